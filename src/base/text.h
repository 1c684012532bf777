/* SPDX-License-Identifier: Apache-2.0
 *
 * Checked text: a span that has passed UTF-8 checking (RFC 3629: no
 * surrogates, no overlong forms, nothing over U+10FFFF).
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/err.h"
#include "base/span.h"

struct text {
	struct span s;
};

/* ERR_SYNTAX if `in` is not UTF-8; `out` borrows `in`. */
MUST enum err text_parse(struct span in, struct text *out);

/* Bytes of the longest prefix of `t` that is at most `max` bytes long and
 * does not cut a character. */
size_t text_cut(struct text t, size_t max);

/* Columns on a terminal, taking every character for one column. */
size_t text_columns(struct text t);

#endif

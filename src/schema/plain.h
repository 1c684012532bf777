/* SPDX-License-Identifier: Apache-2.0
 *
 * Foreign text on a terminal: without what could steer it or hide what it
 * says, and wrapped to columns. Every character counts as one column.
 */
#ifndef SCHEMA_PLAIN_H
#define SCHEMA_PLAIN_H

#include "base/buf.h"
#include "base/span.h"

/* Bytes of the control character at `p` (C0, DEL, C1, line separators and
 * those that turn the direction of writing), 0 if it is another character.
 * `left` bytes are readable; with `lines`, \n and \t are no such characters. */
size_t plain_is_hiding(const unsigned char *p, size_t left, bool lines);

/* Append UTF-8 `s` with each such character replaced by U+FFFD; \t becomes a
 * space, \n too unless `lines`. */
void plain_put(struct buf *out, struct span s, bool lines);

unsigned plain_columns(struct span s);

/* Append `s` wrapped at `columns` (0 = never), the first word at column `at`,
 * further lines indented by `indent`, by two more inside a line that begins
 * with "- ". Words are never cut, so that addresses can be copied. No newline
 * at the end. */
void plain_wrap(struct buf *out, struct span s, unsigned columns, unsigned at,
    unsigned indent);

/* Append `s` cut to `columns` with an ellipsis (0 = whole). */
void plain_cut(struct buf *out, struct span s, unsigned columns);

#endif

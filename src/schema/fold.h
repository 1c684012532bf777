/* SPDX-License-Identifier: Apache-2.0
 *
 * Text into the words by which it is found: lower case, Latin letters without
 * their accents, so that "acao" finds "Ação". A compound with a digit in it
 * (CVE-2026-1234, 192.0.2.7, 2001:db8::7) gives its parts, and also each of
 * its beginnings that ends before a separator, so that it can be asked for
 * exactly. Pure.
 */
#ifndef SCHEMA_FOLD_H
#define SCHEMA_FOLD_H

#include "base/span.h"

#include <stdbool.h>

enum {
	FOLD_WORD_MAX = 64,    /* bytes; the rest of a longer word is dropped */
	FOLD_PARTS_MAX = 8     /* of a compound; longer ones are words only */
};

/* `word` lives during the call. */
typedef void fold_fn(void *ctx, struct span word);

/* Give every word of `text` (UTF-8), as it is indexed. */
void fold_text(struct span text, fold_fn *fn, void *ctx);

/* Give the words that must all be there for `query` to match: a compound with
 * a digit as a whole, everything else by its parts. */
void fold_query(struct span query, fold_fn *fn, void *ctx);

#endif

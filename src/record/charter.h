/* SPDX-License-Identifier: Apache-2.0
 *
 * The charter: who the authorities are and how many of them must sign what.
 * Version 1 is signed by its own threshold and pinned by hash at every node;
 * version n+1 carries the hash of version n and the signatures of both lists
 * (the root rule of The Update Framework).
 */
#ifndef RECORD_CHARTER_H
#define RECORD_CHARTER_H

#include "record/document.h"

struct authority {
	struct span name;
	struct jwk key;
};

struct charter {
	uint64_t version;
	struct digest prev; /* zero in version 1 */
	struct span domain;
	struct authority *authorities; /* distinct names and keys */
	size_t authority_count;
	unsigned k_charter;  /* each 1 .. authority_count */
	unsigned k_register;
	unsigned k_suspend;
	int64_t expires_s; /* POSIX seconds; passing it only warns */
};

/* Parse the payload of `d`; `a` holds what `out` points to. ERR_SCHEMA,
 * ERR_LIMIT, ERR_KEY, ERR_CONFLICT; `out` is untouched on failure. */
MUST enum err charter_parse(const struct document *d, struct arena *a,
    struct charter *out, struct fault *f);

/* Append the payload of `c`, compact, members in the order of the page. */
void charter_write(const struct charter *c, struct buf *out);

/* Is `c` (document `d`) signed by enough keys of its own list? For a first
 * charter, which is also pinned by hash. ERR_SIGNATURE if not. */
MUST enum err charter_check_first(const struct charter *c,
    const struct document *d, struct fault *f);

/* May `c` follow `old` (whose payload hash is `old_hash`)? version = old + 1,
 * prev, same domain (ERR_SCHEMA); at least old's k_charter keys of the old
 * list and its own k_charter keys of its own list signed (ERR_SIGNATURE). */
MUST enum err charter_check_next(const struct charter *c,
    const struct document *d, const struct charter *old,
    const struct digest *old_hash, struct fault *f);

/* How many distinct authorities of `c` signed `d`. */
size_t charter_signers(const struct charter *c, const struct document *d);

/* ERR_SIGNATURE unless at least `need` of them did. */
MUST enum err charter_check_signers(const struct charter *c,
    const struct document *d, unsigned need, struct fault *f);

#endif

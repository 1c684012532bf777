/* SPDX-License-Identifier: Apache-2.0
 *
 * Erasure as law demands: which bodies an entry of a kind that erases names,
 * and the stub that stands in the place of each. A stub has the form of the
 * entry and its envelope, but no word of its body, and a signature of zeros:
 * it proves nothing and is given to nobody. Digest, record and proofs of the
 * entry itself stay as they are. doc/protocol.md, "Erasure". Pure.
 */
#ifndef RECORD_ERASED_H
#define RECORD_ERASED_H

#include "record/entry.h"

enum { ERASED_MOST = 64 }; /* as `of` in schemas/kinds/erase.json */

struct erased_target {
	struct span log; /* origin */
	uint64_t index;
	struct digest digest; /* D */
	struct uuid id;
};

/* The targets that the body of an erasing entry names, in `a`. ERR_SCHEMA,
 * ERR_LIMIT. */
MUST enum err erased_targets(struct json_val body, struct arena *a,
    struct erased_target **out, size_t *n);

/* The stub of entry D, whose text is `jws`, erased by the entry `by`.
 * ERR_SYNTAX if `jws` is no entry; ERR_LIMIT. */
MUST enum err erased_write(struct span jws, const struct digest *d,
    const struct digest *by, struct arena *a, struct buf *out);

/* What the body of a stub says: which entry it stands for, and what erased
 * it (may be NULL). ERR_SCHEMA, with `d` and `by` untouched. */
MUST enum err erased_parse(struct json_val body, struct arena *a,
    struct digest *d, struct digest *by);

#endif

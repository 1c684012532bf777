/* SPDX-License-Identifier: Apache-2.0
 *
 * Checking what was taken out of a node, without the node: entries with their
 * proofs and receipts, by the register documents that go along. Pure but for
 * the arena.
 */
#ifndef CLI_PROOF_CHECK_H
#define CLI_PROOF_CHECK_H

#include "base/arena.h"
#include "record/entry.h"
#include "record/registry.h"

/* An entry that was found good. Spans in the arena or borrowed. */
enum { PROOF_WITNESSES = 3 };

struct proof_entry {
	struct entry entry;
	struct digest digest;  /* D */
	struct digest leaf;    /* hash of its record in the tree */
	uint64_t index;
	uint64_t size;         /* of the log at the checkpoint */
	size_t witnesses;      /* other teams that cosigned it */
	/* when enough others (of proof_check_entry) had cosigned it, by their own
	 * clocks; 0: not enough have */
	uint64_t by_s;
	bool is_void;          /* its key was revoked with a cut below it */
};

/* Verify a signed entry and its C2SP tlog-proof: the signature by a key of its
 * issuer that is in force at that place, the leaf record (extra data of the
 * proof) of this very entry, the inclusion under a checkpoint that the log's
 * key has signed, and which other teams have cosigned. Errors of the parts
 * with place and rule in `f`. */
MUST enum err proof_check_entry(const struct registry *r, struct span jws,
    struct span proof, struct arena *a, struct proof_entry *out,
    struct fault *f);

/* Verify that the receipt is signed by a key of `team` that it has not
 * revoked, says that the team holds the entry at the place of `e`, and that
 * what stood there, under the root that the receipt names, was `e`: by
 * `proof`, empty if there is none. Without it a receipt of another history
 * of the same log would do. `at_s` is when it says so. ERR_SIGNATURE, ERR_KEY,
 * ERR_RULE (it speaks of another log, or not of this entry), ERR_NOT_FOUND
 * (it would do, but there is no proof), ERR_PROOF, ... */
MUST enum err proof_check_receipt(const struct registry *r, struct span team,
    struct span jws, struct span proof, const struct proof_entry *e,
    struct arena *a, int64_t *at_s, struct fault *f);

#endif

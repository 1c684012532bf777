/* SPDX-License-Identifier: Apache-2.0
 *
 * Proof that a log showed two histories: two checkpoints by one key that
 * cannot both be true. Either their sizes are equal and the roots differ, or
 * a consistency proof leads from another root at the smaller size to the
 * larger checkpoint. Anybody who has the log's key can check it.
 * As JSON: {"kind":"equivocation","a":note,"b":note} and, for the second
 * form, "alt_root" (base64) and "proof" (array of base64).
 */
#ifndef LEDGER_EQUIVOCATION_H
#define LEDGER_EQUIVOCATION_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "ledger/note.h"
#include "ledger/proof.h"
#include "ledger/tree.h"

#include <stdbool.h>

struct equivocation {
	struct span a, b;       /* signed notes; size of a <= size of b */
	bool has_proof;         /* the second form */
	struct digest alt_root; /* at the size of a, in b's history */
	struct proof proof;     /* from alt_root to b */
};

/* From two signed checkpoints of `log`, in either order. `larger` reads the
 * tree of the checkpoint with the larger size; it may be NULL when the sizes
 * are equal. `out` borrows the notes. ERR_NOT_FOUND if they do not contradict
 * each other; ERR_USAGE if `larger` is NULL or is not the tree of the larger
 * checkpoint; errors of checkpoint_check and of the source. */
MUST enum err equivocation_make(struct span note_1, struct span note_2,
    const struct note_key *log, const struct tree_source *larger,
    struct equivocation *out, struct fault *f);

/* ERR_NONE only if the log of `log` did equivocate. Else the errors of
 * checkpoint_check, or ERR_PROOF with the rule. */
MUST enum err equivocation_check(const struct equivocation *e,
    const struct note_key *log, struct fault *f);

void equivocation_write(const struct equivocation *e, struct buf *out);

/* Spans of `out` live in `a` or in `json`. ERR_SYNTAX, ERR_CANONICAL,
 * ERR_LIMIT, ERR_CONFLICT, ERR_SCHEMA. */
MUST enum err equivocation_parse(struct span json, struct arena *a,
    struct equivocation *out, struct fault *f);

#endif

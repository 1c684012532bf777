/* SPDX-License-Identifier: Apache-2.0
 *
 * Checkpoints (c2sp.org/tlog-checkpoint): what a log signs about itself. The
 * text is exactly three lines ended by LF: the origin, the size in decimal
 * without leading zeros, the root in base64. Extension lines are refused.
 */
#ifndef LEDGER_CHECKPOINT_H
#define LEDGER_CHECKPOINT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "crypto/hash.h"
#include "crypto/sign.h"
#include "ledger/note.h"

#include <stddef.h>
#include <stdint.h>

enum { CHECKPOINT_TEXT_MAX = 512 };

struct checkpoint {
	struct span origin; /* borrowed */
	uint64_t size;      /* at most TREE_SIZE_MAX */
	struct digest root;
};

/* The text, at most CHECKPOINT_TEXT_MAX bytes. */
void checkpoint_write(const struct checkpoint *c, struct buf *out);

/* Read the text alone; `out` borrows it. ERR_SYNTAX, ERR_CANONICAL or
 * ERR_LIMIT (size) with place and rule in `f` (may be NULL). */
MUST enum err checkpoint_parse(struct span text, struct checkpoint *out,
    struct fault *f);

/* A signed note of `text`; `sig` is the log's signature over it (64 bytes,
 * from the keeper). */
void checkpoint_write_note(struct span text, const struct note_key *log,
    struct span sig, struct buf *out);

/* Read the checkpoint of a signed note without any verification; for what
 * was verified before it was stored. Errors as note_parse and above. */
MUST enum err checkpoint_read(struct span note, struct checkpoint *out,
    struct fault *f);

/* Read a signed note and verify it: origin = name of `log`, signed by `log`
 * (type 0x01). ERR_SYNTAX, ERR_CANONICAL, ERR_LIMIT; ERR_KEY if the origin
 * is another one or no line is by `log`; ERR_SIGNATURE. `out` borrows. */
MUST enum err checkpoint_check(struct span note, const struct note_key *log,
    struct checkpoint *out, struct fault *f);

/* The same, and look at the cosignatures of `n` keys: found[i] is for
 * cosigners[i]. `found` too is untouched on failure. */
MUST enum err checkpoint_check_cosigned(struct span note,
    const struct note_key *log, const struct note_key *cosigners, size_t n,
    struct checkpoint *out, struct note_found *found, struct fault *f);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The proof file (c2sp.org/tlog-proof@v1): that a record is in a log, with a
 * checkpoint cosigned by others, on its own. What a court or auditor gets
 * next to the entry.
 */
#ifndef LEDGER_TLOG_PROOF_H
#define LEDGER_TLOG_PROOF_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "ledger/checkpoint.h"
#include "ledger/note.h"
#include "ledger/proof.h"

#include <stddef.h>
#include <stdint.h>

struct tlog_proof {
	struct span extra; /* base64 as in the file; "" if there is none */
	uint64_t index;
	struct proof proof;
	struct span checkpoint; /* the signed note */
};

void tlog_proof_write(const struct tlog_proof *p, struct buf *out);

/* `out` borrows `in`. ERR_SYNTAX, ERR_CANONICAL, ERR_LIMIT. The checkpoint
 * is taken as it is, tlog_proof_check reads it. */
MUST enum err tlog_proof_parse(struct span in, struct tlog_proof *out,
    struct fault *f);

/* The same for a tree whose size and root another document has signed (a
 * receipt): no extra data, no checkpoint, and a first line of its own, since
 * nobody shall take it for a proof that stands alone. */
void tlog_proof_write_bare(const struct tlog_proof *p, struct buf *out);
MUST enum err tlog_proof_parse_bare(struct span in, struct tlog_proof *out,
    struct fault *f);

/* Verify that `leaf` (a leaf hash) is in the log of `log` at p->index, by a
 * checkpoint that bears its signature and the cosignatures of at least `need`
 * different public keys among the `n` cosigners. Errors as checkpoint_check;
 * ERR_SIGNATURE if there are too few; ERR_PROOF. `out` borrows. */
MUST enum err tlog_proof_check(const struct tlog_proof *p,
    const struct digest *leaf, const struct note_key *log,
    const struct note_key *cosigners, size_t n, size_t need,
    struct checkpoint *out, struct fault *f);

#endif

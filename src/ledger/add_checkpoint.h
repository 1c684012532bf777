/* SPDX-License-Identifier: Apache-2.0
 *
 * The request body by which a log asks an outside witness to cosign
 * (c2sp.org/tlog-witness, add-checkpoint): "old <size>", proof lines, an
 * empty line, the signed checkpoint.
 */
#ifndef LEDGER_ADD_CHECKPOINT_H
#define LEDGER_ADD_CHECKPOINT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "ledger/proof.h"

#include <stdint.h>

struct add_checkpoint {
	uint64_t old_size;
	struct proof proof;
	struct span checkpoint; /* the signed note */
};

void add_checkpoint_write(const struct add_checkpoint *a, struct buf *out);

/* `out` borrows `in`. ERR_SYNTAX, ERR_CANONICAL, ERR_LIMIT. */
MUST enum err add_checkpoint_parse(struct span in, struct add_checkpoint *out,
    struct fault *f);

#endif

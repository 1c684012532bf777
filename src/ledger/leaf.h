/* SPDX-License-Identifier: Apache-2.0
 *
 * The leaf record: what the tree of a log is made of. It holds digests only,
 * so that a body may be withheld or erased while the record stays.
 * Open: 01 00 || SHA-256(JWS); sealed: 01 01 || SHA-256(JWS) ||
 * SHA-256(container).
 */
#ifndef LEDGER_LEAF_H
#define LEDGER_LEAF_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "crypto/hash.h"

#include <stdbool.h>

enum { LEAF_OPEN_BYTES = 34, LEAF_SEALED_BYTES = 66 };

struct leaf {
	bool sealed;
	struct digest entry;     /* SHA-256 of the compact JWS */
	struct digest container; /* SHA-256 of the container; zeros if open */
};

/* ERR_SYNTAX (length), ERR_UNSUPPORTED (version or type byte). */
MUST enum err leaf_parse(struct span record, struct leaf *out);
void leaf_write(const struct leaf *leaf, struct buf *out);

/* RFC 6962 section 2.1: SHA-256(00 || record). */
struct digest leaf_hash(struct span record);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Leaf records.
 */
#include "ledger/leaf.h"

enum { LEAF_VERSION = 1, LEAF_OPEN = 0, LEAF_SEALED = 1 };

enum err
leaf_parse(struct span record, struct leaf *out)
{
	struct leaf leaf = { 0 };

	if (record.n < 2)
		return ERR_SYNTAX;
	if (record.p[0] != LEAF_VERSION || record.p[1] > LEAF_SEALED)
		return ERR_UNSUPPORTED;
	leaf.sealed = record.p[1] == LEAF_SEALED;
	if (record.n != (size_t)(leaf.sealed ? LEAF_SEALED_BYTES :
	    LEAF_OPEN_BYTES))
		return ERR_SYNTAX;
	memcpy(leaf.entry.b, record.p + 2, 32);
	if (leaf.sealed)
		memcpy(leaf.container.b, record.p + LEAF_OPEN_BYTES, 32);
	*out = leaf;
	return ERR_NONE;
}

void
leaf_write(const struct leaf *leaf, struct buf *out)
{
	buf_put_u8(out, LEAF_VERSION);
	buf_put_u8(out, leaf->sealed ? LEAF_SEALED : LEAF_OPEN);
	buf_put(out, digest_span(&leaf->entry));
	if (leaf->sealed)
		buf_put(out, digest_span(&leaf->container));
}

struct digest
leaf_hash(struct span record)
{
	struct span in[2] = { span_of("\0", 1), record };

	return hash_sha256_spans(in, 2);
}

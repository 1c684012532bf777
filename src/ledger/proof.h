/* SPDX-License-Identifier: Apache-2.0
 *
 * Proofs over the tree: that a leaf is in it, and that a tree continues an
 * older one (RFC 6962 sections 2.1.1 and 2.1.2 to make, RFC 9162 sections
 * 2.1.3.2 and 2.1.4.2 to check; the trees are the same).
 */
#ifndef LEDGER_PROOF_H
#define LEDGER_PROOF_H

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/span.h"
#include "crypto/hash.h"
#include "ledger/tree.h"

#include <stddef.h>
#include <stdint.h>

/* Hashes from the leaf upward. A zeroed proof is the empty one. */
struct proof {
	size_t count;
	struct digest hash[LIMIT_PROOF_HASHES];
};

/* ERR_USAGE unless index < size <= TREE_SIZE_MAX; errors of the source. */
MUST enum err proof_make_inclusion(const struct tree_source *source,
    uint64_t index, uint64_t size, struct proof *out);

/* ERR_USAGE unless old_size <= size <= TREE_SIZE_MAX; errors of the source. */
MUST enum err proof_make_consistency(const struct tree_source *source,
    uint64_t old_size, uint64_t size, struct proof *out);

/* ERR_PROOF with the rule in `f` (may be NULL) unless `leaf` (a leaf hash) is
 * leaf `index` of the tree of `size` leaves with `root`. */
MUST enum err proof_check_inclusion(const struct proof *proof,
    uint64_t index, uint64_t size, const struct digest *leaf,
    const struct digest *root, struct fault *f);

/* ERR_PROOF unless the tree (size, root) begins with (old_size, old_root). */
MUST enum err proof_check_consistency(const struct proof *proof,
    uint64_t old_size, uint64_t size, const struct digest *old_root,
    const struct digest *root, struct fault *f);

/* Lines of base64, each ended by LF. */
void proof_write(const struct proof *proof, struct buf *out);

/* Take lines as above and the empty line after them off `rest`, which is
 * untouched on failure. ERR_SYNTAX, ERR_CANONICAL, ERR_LIMIT; the place in
 * `f` counts from `rest`. */
MUST enum err proof_step(struct span *rest, struct proof *out,
    struct fault *f);

#endif

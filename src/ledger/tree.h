/* SPDX-License-Identifier: Apache-2.0
 *
 * The Merkle tree of a log (RFC 6962 section 2.1, SHA-256). To append, only
 * the frontier is kept: the roots of the perfect subtrees that make up the
 * tree. To look back, a `struct tree_source` reads leaf hashes and the hashes
 * of complete subtrees of 256^level leaves, which the writer stored when
 * tree_append reported them; so any old root or proof costs at most about
 * 256 reads a level.
 */
#ifndef LEDGER_TREE_H
#define LEDGER_TREE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "crypto/hash.h"

#include <stddef.h>
#include <stdint.h>

/* The largest size: proofs stay within 63 hashes. */
#define TREE_SIZE_MAX ((uint64_t)INT64_MAX)

enum {
	TREE_PEAKS = 63,  /* perfect subtrees in one tree */
	TREE_LEVELS = 8,  /* 256^level leaves, level 0 to 7 */
	TREE_BYTES = TREE_PEAKS * 32
};

/* A zeroed tree is the empty one. */
struct tree {
	uint64_t size;
	struct digest peak[TREE_PEAKS]; /* largest first; as many as bits set */
};

/* The root of leaves [n * 256^level, (n + 1) * 256^level). */
struct tree_node {
	unsigned level; /* 1 to 7 */
	uint64_t n;
	struct digest hash;
};

/* What one append completed; usually nothing. */
struct tree_done {
	size_t count;
	struct tree_node node[TREE_LEVELS];
};

/* SHA-256(01 || left || right). */
struct digest tree_node_hash(const struct digest *left,
    const struct digest *right);

/* SHA-256 of the empty string. */
struct digest tree_empty_root(void);

/* Append a leaf hash (leaf_hash). `done` may be NULL. The caller sees to it
 * that size < TREE_SIZE_MAX. */
void tree_append(struct tree *t, const struct digest *leaf,
    struct tree_done *done);

struct digest tree_root(const struct tree *t);

/* The peaks, 32 bytes each, largest first; at most TREE_BYTES. The size is
 * stored beside them by the caller. */
void tree_write(const struct tree *t, struct buf *out);

/* ERR_LIMIT if size > TREE_SIZE_MAX, ERR_SYNTAX if the length of `peaks` is
 * not that of the size. */
MUST enum err tree_parse(uint64_t size, struct span peaks, struct tree *out);

/* An existing log, for reading. Both give ERR_NONE or an error that is
 * passed on unchanged. `node` is asked only for complete subtrees of level 1
 * and more, `leaf` only for leaf hashes, both within the size asked about. */
struct tree_source {
	enum err (*leaf)(void *ctx, uint64_t index, struct digest *out);
	enum err (*node)(void *ctx, unsigned level, uint64_t n,
	    struct digest *out);
	void *ctx;
};

/* The root that the log had at `size`. Errors of the source; ERR_LIMIT. */
MUST enum err tree_root_at(const struct tree_source *source, uint64_t size,
    struct digest *out);

/* MTH(D[first:end]), where first is a multiple of the smallest power of two
 * that is not smaller than end - first (as all subtrees of RFC 6962 are) and
 * first < end <= TREE_SIZE_MAX; else ERR_USAGE. */
MUST enum err tree_range(const struct tree_source *source, uint64_t first,
    uint64_t end, struct digest *out);

/* The tree of the first `size` leaves, ready for appending. */
MUST enum err tree_load(const struct tree_source *source, uint64_t size,
    struct tree *out);

/* The largest power of two smaller than n (n >= 2). */
uint64_t tree_split(uint64_t n);

#endif

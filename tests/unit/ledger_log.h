/* SPDX-License-Identifier: Apache-2.0
 *
 * A log in memory for tests: leaf hashes and the subtree hashes that
 * tree_append reported, readable as a tree_source; reads are counted.
 */
#ifndef LEDGER_LOG_H
#define LEDGER_LOG_H

#include "base/mem.h"
#include "ledger/leaf.h"
#include "ledger/tree.h"

#include "cmocka_all.h"

#include <inttypes.h>
#include <stdio.h>

enum { LOG_LEVELS = 4 };

struct log {
	struct tree tree;
	struct digest *hash[LOG_LEVELS];
	uint64_t count[LOG_LEVELS];
	unsigned reads;
};

static inline enum err
log_node(void *ctx, unsigned level, uint64_t n, struct digest *out)
{
	struct log *log = ctx;

	log->reads++;
	if (level >= LOG_LEVELS || n >= log->count[level])
		return ERR_NOT_FOUND;
	*out = log->hash[level][n];
	return ERR_NONE;
}

static inline enum err
log_leaf(void *ctx, uint64_t index, struct digest *out)
{
	return log_node(ctx, 0, index, out);
}

static inline struct tree_source
log_source(struct log *log)
{
	return (struct tree_source){ log_leaf, log_node, log };
}

static inline void
log_init(struct log *log, uint64_t max)
{
	unsigned i;

	memset(log, 0, sizeof *log);
	for (i = 0; i < LOG_LEVELS; i++)
		log->hash[i] = mem_array((max >> 8 * i) + 1,
		    sizeof **log->hash);
}

static inline void
log_release(struct log *log)
{
	unsigned i;

	for (i = 0; i < LOG_LEVELS; i++)
		free(log->hash[i]);
}

static inline void
log_append(struct log *log, struct digest leaf)
{
	struct tree_done done;
	size_t i;

	tree_append(&log->tree, &leaf, &done);
	log->hash[0][log->count[0]++] = leaf;
	for (i = 0; i < done.count; i++) {
		assert_int_equal(done.node[i].n,
		    log->count[done.node[i].level]);
		log->hash[done.node[i].level]
		    [log->count[done.node[i].level]++] = done.node[i].hash;
	}
}

/* Record i of the vectors: entry-i, leaf `sealed` with container-i. */
static inline void
log_record(uint64_t i, uint64_t sealed, struct buf *out)
{
	struct leaf leaf = { 0 };
	char text[40];
	int n;

	n = snprintf(text, sizeof text, "entry-%" PRIu64, i);
	leaf.entry = hash_sha256(span_of(text, (size_t)n));
	leaf.sealed = i == sealed;
	n = snprintf(text, sizeof text, "container-%" PRIu64, i);
	if (leaf.sealed)
		leaf.container = hash_sha256(span_of(text, (size_t)n));
	buf_clear(out);
	leaf_write(&leaf, out);
}

static inline void
log_fill(struct log *log, uint64_t n, uint64_t sealed)
{
	struct buf b;
	uint64_t i;

	buf_init(&b, LEAF_SEALED_BYTES);
	for (i = log->tree.size; i < n; i++) {
		log_record(i, sealed, &b);
		log_append(log, leaf_hash(buf_span(&b)));
	}
	buf_release(&b);
}

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The Merkle tree: frontier, old roots, subtrees.
 */
#include "ledger/tree.h"

#include <assert.h>

struct digest
tree_node_hash(const struct digest *left, const struct digest *right)
{
	struct span in[3] = { span_of("\1", 1), digest_span(left),
	    digest_span(right) };

	return hash_sha256_spans(in, 3);
}

struct digest
tree_empty_root(void)
{
	return hash_sha256(span_of(NULL, 0));
}

static unsigned
bits(uint64_t v)
{
	return (unsigned)__builtin_popcountll(v);
}

uint64_t
tree_split(uint64_t n)
{
	assert(n >= 2);
	return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

static struct digest
fold(const struct digest *peak, size_t n)
{
	struct digest h;

	if (n == 0)
		return tree_empty_root();
	h = peak[--n];
	while (n > 0)
		h = tree_node_hash(&peak[--n], &h);
	return h;
}

void
tree_append(struct tree *t, const struct digest *leaf, struct tree_done *done)
{
	struct digest h = *leaf;
	unsigned n = bits(t->size), height = 0;

	assert(t->size < TREE_SIZE_MAX);
	if (done != NULL)
		done->count = 0;
	while (t->size >> height & 1) {
		h = tree_node_hash(&t->peak[--n], &h);
		height++;
		if (height % 8 == 0 && done != NULL)
			done->node[done->count++] = (struct tree_node){
			    height / 8, t->size >> height, h };
	}
	t->peak[n] = h;
	t->size++;
}

struct digest
tree_root(const struct tree *t)
{
	return fold(t->peak, bits(t->size));
}

void
tree_write(const struct tree *t, struct buf *out)
{
	buf_put_mem(out, t->peak, bits(t->size) * sizeof t->peak[0]);
}

enum err
tree_parse(uint64_t size, struct span peaks, struct tree *out)
{
	if (size > TREE_SIZE_MAX)
		return ERR_LIMIT;
	if (peaks.n != bits(size) * sizeof out->peak[0])
		return ERR_SYNTAX;
	memset(out, 0, sizeof *out);
	out->size = size;
	if (peaks.n != 0)
		memcpy(out->peak, peaks.p, peaks.n);
	return ERR_NONE;
}

/* The root of leaves [first, first + 2^height), first a multiple of it. */
static enum err
perfect(const struct tree_source *s, uint64_t first, unsigned height,
    struct digest *out)
{
	unsigned level = height / 8, count = 1U << height % 8, i, m, top = 0;
	uint64_t base = first >> 8 * level;
	struct digest stack[9], h;
	enum err e;

	for (i = 0; i < count; i++) {
		if (level == 0)
			e = s->leaf(s->ctx, base + i, &h);
		else
			e = s->node(s->ctx, level, base + i, &h);
		if (e != ERR_NONE)
			return e;
		for (m = i; m & 1; m >>= 1) {
			top--;
			h = tree_node_hash(&stack[top], &h);
		}
		stack[top++] = h;
	}
	*out = stack[0];
	return ERR_NONE;
}

/* The perfect subtrees that make up [first, first + width). */
static enum err
peaks_of(const struct tree_source *s, uint64_t first, uint64_t width,
    struct digest peak[TREE_PEAKS])
{
	unsigned height, n = 0;
	enum err e;

	for (height = 63; height-- > 0;) {
		if ((width >> height & 1) == 0)
			continue;
		e = perfect(s, first, height, &peak[n++]);
		if (e != ERR_NONE)
			return e;
		first += (uint64_t)1 << height;
	}
	return ERR_NONE;
}

enum err
tree_range(const struct tree_source *source, uint64_t first, uint64_t end,
    struct digest *out)
{
	struct digest peak[TREE_PEAKS];
	uint64_t width, span;
	enum err e;

	if (first >= end || end > TREE_SIZE_MAX)
		return ERR_USAGE;
	width = end - first;
	span = width == 1 ? 1 : tree_split(width) * 2;
	if ((first & (span - 1)) != 0)
		return ERR_USAGE;
	e = peaks_of(source, first, width, peak);
	if (e == ERR_NONE)
		*out = fold(peak, bits(width));
	return e;
}

enum err
tree_load(const struct tree_source *source, uint64_t size, struct tree *out)
{
	struct tree t = { 0 };
	enum err e;

	if (size > TREE_SIZE_MAX)
		return ERR_LIMIT;
	t.size = size;
	e = peaks_of(source, 0, size, t.peak);
	if (e == ERR_NONE)
		*out = t;
	return e;
}

enum err
tree_root_at(const struct tree_source *source, uint64_t size,
    struct digest *out)
{
	struct tree t;
	enum err e;

	e = tree_load(source, size, &t);
	if (e == ERR_NONE)
		*out = tree_root(&t);
	return e;
}

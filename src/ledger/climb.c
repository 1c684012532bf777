/* SPDX-License-Identifier: Apache-2.0
 *
 * Catching up by tiles. Every full tile has its root as an entry in the tile
 * above it, and the partial tiles of all levels together are the whole tree
 * (the size written in base 256), so verification starts with those.
 */
#include "ledger/climb.h"

#include "base/mem.h"

#include <assert.h>

struct climb {
	uint64_t size;
	struct digest root;
	uint64_t at;      /* all records below are verified or held */
	bool edge_done;
	unsigned edge_got; /* bit per level */
	struct digest edge[TREE_LEVELS][TILE_WIDTH];
	/* the full tile of each level that `at` lies under; level 0 unused */
	bool held[TREE_LEVELS];
	uint64_t held_n[TREE_LEVELS];
	struct digest path[TREE_LEVELS][TILE_WIDTH];
	bool got[TILE_WIDTH]; /* bundles of the present window */
};

struct climb *
climb_create(uint64_t from, uint64_t size, const struct digest *root)
{
	struct climb *c = mem_alloc(sizeof *c);

	assert(from <= size && size <= TREE_SIZE_MAX);
	c->size = size;
	c->root = *root;
	c->at = from;
	return c;
}

void
climb_free(struct climb *c)
{
	free(c);
}

bool
climb_is_done(const struct climb *c)
{
	return c->at == c->size;
}

/* The number of the right-edge tile of a level, and its width (0: none). */
static uint64_t
edge_n(const struct climb *c, unsigned level)
{
	return level == TREE_LEVELS - 1 ? 0 : c->size >> 8 * (level + 1);
}

static unsigned
edge_width(const struct climb *c, unsigned level)
{
	return (unsigned)(c->size >> 8 * level & 0xff);
}

static bool
edge_is_wanted(const struct climb *c, unsigned level)
{
	return edge_width(c, level) != 0 && (c->edge_got >> level & 1) == 0;
}

/* The full tile of `level` over `at`, if there is one. */
static bool
over(const struct climb *c, unsigned level, uint64_t *n)
{
	if (level == TREE_LEVELS - 1)
		return false;
	*n = c->at >> 8 * (level + 1);
	return *n < edge_n(c, level);
}

/* The next tile above the bundles that is missing, from the top. */
static bool
path_wanted(const struct climb *c, struct tile *out)
{
	unsigned level;
	uint64_t n;

	for (level = TREE_LEVELS - 1; level > 0; level--) {
		if (!over(c, level, &n) ||
		    (c->held[level] && c->held_n[level] == n))
			continue;
		*out = (struct tile){ false, level, n, TILE_WIDTH };
		return true;
	}
	return false;
}

/* Bundles [first, end) hang below the level 1 tile over `at`. */
static void
window(const struct climb *c, uint64_t *first, uint64_t *end)
{
	uint64_t all = tile_count(c->size, 0);

	*first = c->at >> 8;
	*end = ((*first >> 8) + 1) << 8;
	if (*end > all)
		*end = all;
}

size_t
climb_want(const struct climb *c, struct tile *out, size_t max)
{
	uint64_t b, end;
	size_t n = 0;
	unsigned level;

	if (climb_is_done(c) || max == 0)
		return 0;
	if (!c->edge_done) {
		for (level = TREE_LEVELS; level-- > 0 && n < max;)
			if (edge_is_wanted(c, level))
				out[n++] = (struct tile){ false, level,
				    edge_n(c, level), edge_width(c, level) };
		return n;
	}
	if (path_wanted(c, &out[0]))
		return 1;
	for (window(c, &b, &end); b < end && n < max; b++)
		if (!c->got[b & 0xff])
			out[n++] = (struct tile){ true, 0, b,
			    tile_width(c->size, 0, b) };
	return n;
}

/* The root of `width` hashes taken as perfect subtrees, right to left, with
 * `right` (may be NULL) the root of all that follows them. */
static struct digest
fold_edge(const struct digest *hash, unsigned width,
    const struct digest *right)
{
	struct digest h[TILE_WIDTH], r = { 0 };
	bool any = right != NULL;
	unsigned bit, n, i;

	if (any)
		r = *right;
	for (bit = 0; bit < 8; bit++) {
		if ((width >> bit & 1) == 0)
			continue;
		width -= 1U << bit;
		memcpy(h, hash + width, sizeof h[0] << bit);
		for (n = (1U << bit) / 2; n > 0; n /= 2)
			for (i = 0; i < n; i++)
				h[i] = tree_node_hash(&h[2 * i],
				    &h[2 * i + 1]);
		r = any ? tree_node_hash(&h[0], &r) : h[0];
		any = true;
	}
	return r;
}

static enum err
edge_check(struct climb *c, struct fault *f)
{
	struct digest r = { 0 };
	bool any = false;
	unsigned level;

	for (level = 0; level < TREE_LEVELS; level++) {
		if (edge_width(c, level) == 0)
			continue;
		if ((c->edge_got >> level & 1) == 0)
			return ERR_NONE;
		r = fold_edge(c->edge[level], edge_width(c, level),
		    any ? &r : NULL);
		any = true;
	}
	if (!digest_is_equal(&r, &c->root)) {
		c->edge_got = 0;
		return fault_at(f, ERR_PROOF, 0, NULL,
		    "the right edge does not give the root");
	}
	c->edge_done = true;
	return ERR_NONE;
}

/* The verified root of leaves [n * 256^level, ...), from the tile holding it,
 * which lies over `at`. */
static const struct digest *
entry(const struct climb *c, unsigned level, uint64_t n)
{
	if (n >> 8 == edge_n(c, level))
		return &c->edge[level][n & 0xff];
	assert(c->held[level] && c->held_n[level] == n >> 8);
	return &c->path[level][n & 0xff];
}

enum err
climb_compare(const struct climb *c, const struct tree_source *held,
    uint64_t *first, uint64_t *end)
{
	struct digest ours;
	struct tile t;

	if (!c->edge_done || path_wanted(c, &t))
		return ERR_STATE;
	for (unsigned level = TREE_LEVELS - 1; level > 0; level--) {
		uint64_t here = c->at >> 8 * level;

		for (uint64_t n = here & ~UINT64_C(255); n < here; n++) {
			enum err e = held->node(held->ctx, level, n, &ours);

			if (e != ERR_NONE)
				return e;
			if (digest_is_equal(&ours, entry(c, level, n)))
				continue;
			*first = n << 8 * level;
			*end = (n + 1) << 8 * level;
			return ERR_CONFLICT;
		}
	}
	return ERR_NONE;
}

static enum err
length_check(struct span bytes, unsigned width, struct fault *f)
{
	if (bytes.n != width * sizeof(struct digest))
		return fault_at(f, ERR_SYNTAX, bytes.n, NULL,
		    "a tile of width %u has %zu bytes", width,
		    width * sizeof(struct digest));
	return ERR_NONE;
}

static enum err
accept_edge(struct climb *c, const struct tile *t, struct span bytes,
    struct fault *f)
{
	enum err e;

	e = length_check(bytes, t->width, f);
	if (e != ERR_NONE)
		return e;
	memcpy(c->edge[t->level], bytes.p, bytes.n);
	c->edge_got |= 1U << t->level;
	return edge_check(c, f);
}

static enum err
accept_path(struct climb *c, const struct tile *t, struct span bytes,
    struct fault *f)
{
	struct digest hash[TILE_WIDTH], root;
	enum err e;

	e = length_check(bytes, t->width, f);
	if (e != ERR_NONE)
		return e;
	memcpy(hash, bytes.p, sizeof hash);
	root = tile_root(hash);
	if (!digest_is_equal(&root, entry(c, t->level + 1, t->n)))
		return fault_at(f, ERR_PROOF, 0, NULL,
		    "the tile does not give its entry in the tile above");
	memcpy(c->path[t->level], hash, sizeof hash);
	c->held[t->level] = true;
	c->held_n[t->level] = t->n;
	return ERR_NONE;
}

/* Move `at` behind the window once every bundle of it is there. */
static void
advance(struct climb *c)
{
	uint64_t b, end;

	for (window(c, &b, &end); b < end; b++)
		if (!c->got[b & 0xff])
			return;
	c->at = end << 8 > c->size ? c->size : end << 8;
	memset(c->got, 0, sizeof c->got);
}

static enum err
accept_bundle(struct climb *c, const struct tile *t, struct span bytes,
    struct fault *f)
{
	struct digest hash[TILE_WIDTH], root;
	bool ok;
	enum err e;

	e = tile_bundle_hash(bytes, t->width, hash, f);
	if (e != ERR_NONE)
		return e;
	if (t->width == TILE_WIDTH) {
		root = tile_root(hash);
		ok = digest_is_equal(&root, entry(c, 1, t->n));
	} else {
		ok = memcmp(hash, c->edge[0],
		    t->width * sizeof hash[0]) == 0;
	}
	if (!ok)
		return fault_at(f, ERR_PROOF, 0, NULL,
		    "the records do not give the tile above");
	c->got[t->n & 0xff] = true;
	advance(c);
	return ERR_NONE;
}

static bool
is_same(const struct tile *a, const struct tile *b)
{
	return a->entries == b->entries && a->level == b->level &&
	    a->n == b->n && a->width == b->width;
}

enum err
climb_accept(struct climb *c, const struct tile *tile, struct span bytes,
    struct fault *f)
{
	struct tile want[TILE_WIDTH];
	size_t n, i;

	n = climb_want(c, want, TILE_WIDTH);
	for (i = 0; i < n && !is_same(&want[i], tile); i++)
		continue;
	if (i == n)
		return fault_at(f, ERR_STATE, 0, NULL,
		    "the tile is not wanted now");
	if (tile->entries)
		return accept_bundle(c, tile, bytes, f);
	return c->edge_done ? accept_path(c, tile, bytes, f) :
	    accept_edge(c, tile, bytes, f);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Tiles and bundles: names, which exist, bytes.
 */
#include "ledger/tile.h"

#include "base/reader.h"
#include "ledger/line.h"

#include <inttypes.h>

/* Could any log have it? */
static bool
is_possible(const struct tile *t)
{
	return t->level < TREE_LEVELS && (!t->entries || t->level == 0) &&
	    t->width >= 1 && t->width <= TILE_WIDTH &&
	    tile_is_within(t, TREE_SIZE_MAX);
}

void
tile_write(const struct tile *tile, struct buf *out)
{
	unsigned group[8], n = 0;
	uint64_t rest = tile->n;

	if (tile->entries)
		buf_put_str(out, "tile/entries");
	else
		buf_put_format(out, "tile/%u", tile->level);
	do {
		group[n++] = (unsigned)(rest % 1000);
		rest /= 1000;
	} while (rest != 0);
	while (n-- > 0)
		buf_put_format(out, "/%s%03u", n == 0 ? "" : "x", group[n]);
	if (tile->width != TILE_WIDTH)
		buf_put_format(out, ".p/%u", tile->width);
}

/* "x001/x234/067" off the front of `rest`. */
static enum err
number_parse(struct span *rest, uint64_t *out)
{
	struct span s = *rest;
	uint64_t n = 0;
	bool more = true, first = true;
	unsigned i;

	while (more) {
		more = s.n > 0 && s.p[0] == 'x';
		if (more)
			s = span_of(s.p + 1, s.n - 1);
		if (s.n < 3 || (more && (s.n < 4 || s.p[3] != '/')))
			return ERR_SYNTAX;
		/* "x000" at the front would be a second spelling */
		if (first && more && memcmp(s.p, "000", 3) == 0)
			return ERR_SYNTAX;
		if (n > UINT64_MAX / 1000 - 1)
			return ERR_LIMIT;
		for (i = 0; i < 3; i++) {
			if (s.p[i] < '0' || s.p[i] > '9')
				return ERR_SYNTAX;
			n = n * 10 + (uint64_t)(s.p[i] - '0');
		}
		s = span_of(s.p + 3 + more, s.n - 3 - more);
		first = false;
	}
	*rest = s;
	*out = n;
	return ERR_NONE;
}

/* "entries/" or "<level>/" off the front of `rest`. */
static enum err
level_parse(struct span *rest, struct tile *out)
{
	const unsigned char *slash;
	struct span word;
	uint64_t level;
	enum err e;

	slash = rest->n == 0 ? NULL : memchr(rest->p, '/', rest->n);
	if (slash == NULL)
		return ERR_SYNTAX;
	word = span_of(rest->p, (size_t)(slash - rest->p));
	*rest = span_of(slash + 1, rest->n - word.n - 1);
	out->entries = span_is_str(word, "entries");
	if (out->entries)
		return ERR_NONE;
	e = line_u64(word, TREE_LEVELS - 1, &level);
	if (e == ERR_NONE)
		out->level = (unsigned)level;
	return e == ERR_CANONICAL ? ERR_SYNTAX : e;
}

enum err
tile_parse(struct span path, struct tile *out)
{
	struct tile t = { .width = TILE_WIDTH };
	struct span rest, digits;
	uint64_t width;
	enum err e;

	e = path.n > TILE_PATH_MAX ? ERR_SYNTAX :
	    line_after(path, "tile/", &rest);
	if (e == ERR_NONE)
		e = level_parse(&rest, &t);
	if (e == ERR_NONE)
		e = number_parse(&rest, &t.n);
	if (e != ERR_NONE)
		return e;
	if (rest.n != 0) {
		if (line_after(rest, ".p/", &digits) != ERR_NONE ||
		    line_u64(digits, TILE_WIDTH - 1, &width) != ERR_NONE ||
		    width == 0)
			return ERR_SYNTAX;
		t.width = (unsigned)width;
	}
	if (!is_possible(&t))
		return ERR_LIMIT;
	*out = t;
	return ERR_NONE;
}

unsigned
tile_width(uint64_t size, unsigned level, uint64_t n)
{
	uint64_t hashes;

	if (level >= TREE_LEVELS)
		return 0;
	hashes = size >> 8 * level;
	if (n < hashes / TILE_WIDTH)
		return TILE_WIDTH;
	return n == hashes / TILE_WIDTH ? (unsigned)(hashes % TILE_WIDTH) : 0;
}

uint64_t
tile_count(uint64_t size, unsigned level)
{
	uint64_t hashes;

	if (level >= TREE_LEVELS)
		return 0;
	hashes = size >> 8 * level;
	return hashes / TILE_WIDTH + (hashes % TILE_WIDTH != 0);
}

bool
tile_is_within(const struct tile *tile, uint64_t size)
{
	return tile->width >= 1 &&
	    tile->width <= tile_width(size, tile->level, tile->n);
}

enum err
tile_make(const struct tree_source *source, const struct tile *tile,
    struct buf *out)
{
	struct digest hash[TILE_WIDTH];
	uint64_t first = tile->n * TILE_WIDTH;
	unsigned i;
	enum err e;

	if (tile->entries || !is_possible(tile))
		return ERR_USAGE;
	for (i = 0; i < tile->width; i++) {
		if (tile->level == 0)
			e = source->leaf(source->ctx, first + i, &hash[i]);
		else
			e = source->node(source->ctx, tile->level, first + i,
			    &hash[i]);
		if (e != ERR_NONE)
			return e;
	}
	buf_put_mem(out, hash, tile->width * sizeof hash[0]);
	return buf_check(out);
}

void
tile_bundle_put(struct span record, struct buf *out)
{
	buf_put_span16(out, record);
}

enum err
tile_bundle_step(struct span *rest, struct span *record)
{
	struct reader r;
	struct span s;

	if (rest->n == 0)
		return ERR_NOT_FOUND;
	reader_init(&r, *rest);
	s = reader_span16(&r, UINT16_MAX);
	if (reader_check(&r, false) != ERR_NONE)
		return ERR_SYNTAX;
	*record = s;
	*rest = reader_rest(&r);
	return ERR_NONE;
}

enum err
tile_bundle_hash(struct span bundle, unsigned width,
    struct digest hash[TILE_WIDTH], struct fault *f)
{
	struct span rest = bundle, record;
	struct leaf leaf;
	unsigned i;
	size_t at;
	enum err e;

	if (width > TILE_WIDTH)
		return fault_at(f, ERR_SYNTAX, 0, NULL,
		    "a bundle has at most %d records", TILE_WIDTH);
	for (i = 0; i < width; i++) {
		at = bundle.n - rest.n;
		e = tile_bundle_step(&rest, &record);
		if (e != ERR_NONE)
			return fault_at(f, ERR_SYNTAX, at, NULL,
			    "the bundle ends after %u of %u records", i,
			    width);
		e = leaf_parse(record, &leaf);
		if (e != ERR_NONE)
			return fault_at(f, e, at, NULL, "no leaf record");
		hash[i] = leaf_hash(record);
	}
	if (rest.n != 0)
		return fault_at(f, ERR_SYNTAX, bundle.n - rest.n, NULL,
		    "bytes after the %u records", width);
	return ERR_NONE;
}

struct digest
tile_root(const struct digest hash[TILE_WIDTH])
{
	struct digest h[TILE_WIDTH / 2];
	unsigned i, n = TILE_WIDTH / 2;

	for (i = 0; i < n; i++)
		h[i] = tree_node_hash(&hash[2 * i], &hash[2 * i + 1]);
	for (n /= 2; n > 0; n /= 2)
		for (i = 0; i < n; i++)
			h[i] = tree_node_hash(&h[2 * i], &h[2 * i + 1]);
	return h[0];
}

/* reaches: tile_parse tile_bundle_hash tile_bundle_step climb_accept
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Paths and bundles as they are; and a climb up a log of 600 records, for
 * which the input says, a byte a step, what the other side sends: the right
 * tile, one of a wrong byte, a cut one, another one, or bytes of the input.
 * No false record is ever accepted, and with right tiles at the end the climb
 * arrives.
 */
#include "base/mem.h"
#include "ledger/climb.h"

#include "fuzz.h"

enum { LEAVES = 600, WANTS = 16, BYTES = LEAVES * (2 + LEAF_SEALED_BYTES) };

static struct digest leaves[LEAVES];
static unsigned char bundles[BYTES]; /* of all records, one after another */
static size_t bundle_at[LEAVES + 1];
static struct digest nodes[LEAVES / TILE_WIDTH];
static struct digest root;

static enum err
leaf_at(void *ctx, uint64_t i, struct digest *out)
{
	(void)ctx;
	if (i >= LEAVES)
		return ERR_NOT_FOUND;
	*out = leaves[i];
	return ERR_NONE;
}

static enum err
node_at(void *ctx, unsigned level, uint64_t n, struct digest *out)
{
	(void)ctx;
	if (level != 1 || n >= LEAVES / TILE_WIDTH)
		return ERR_NOT_FOUND;
	*out = nodes[n];
	return ERR_NONE;
}

static const struct tree_source source = { leaf_at, node_at, NULL };

static void
make_log(void)
{
	struct tree_done done;
	struct tree t = { 0 };
	struct buf b, all;

	buf_init(&b, LEAF_SEALED_BYTES);
	buf_init(&all, BYTES);
	for (size_t i = 0; i < LEAVES; i++) {
		struct leaf l = { .sealed = i % 7 == 0 };
		unsigned char name[2] = { (unsigned char)(i >> 8),
			(unsigned char)i };

		l.entry = hash_sha256(span_of(name, 2));
		if (l.sealed)
			l.container = hash_sha256(span_of(name, 1));
		buf_clear(&b);
		leaf_write(&l, &b);
		leaves[i] = leaf_hash(buf_span(&b));
		tree_append(&t, &leaves[i], &done);
		for (size_t k = 0; k < done.count; k++)
			nodes[done.node[k].n] = done.node[k].hash;
		bundle_at[i] = all.n;
		tile_bundle_put(buf_span(&b), &all);
	}
	bundle_at[LEAVES] = all.n;
	memcpy(bundles, all.p, all.n);
	root = tree_root(&t);
	buf_release(&b);
	buf_release(&all);
}

static void
right_bytes(const struct tile *t, struct buf *out)
{
	size_t first = (size_t)t->n * TILE_WIDTH;

	buf_clear(out);
	if (t->entries)
		buf_put_mem(out, bundles + bundle_at[first],
		    bundle_at[first + t->width] - bundle_at[first]);
	else
		FUZZ_CHECK(tile_make(&source, t, out) == ERR_NONE);
}

/* What comes instead of the bytes in `b`. */
static void
spoil(unsigned char how, struct span in, struct buf *b)
{
	switch (how % 5) {
	case 1:
		b->p[how * 31U % b->n] ^= (unsigned char)(1U << (how & 7));
		break;
	case 2:
		b->n -= 1 + how % b->n;
		break;
	case 3:
		buf_clear(b);
		buf_put(b, in);
		break;
	case 4:
		buf_put_u8(b, how);
		break;
	default:
		break;
	}
}

static void
check_climb(struct span in)
{
	uint64_t from = in.n == 0 ? 0 : in.p[0] * UINT64_C(599) / 255;
	struct climb *c = climb_create(from, LEAVES, &root);
	struct tile want[WANTS];
	struct buf right, sent;
	size_t n, steps = 0;

	buf_init(&right, TILE_BUNDLE_BYTES);
	buf_init(&sent, TILE_BUNDLE_BYTES + 65536);
	while ((n = climb_want(c, want, WANTS)) != 0) {
		unsigned char how = ++steps < in.n && steps < 64 ?
			in.p[steps] : 0;
		const struct tile *t = &want[how / 5 % n];
		enum err e;

		right_bytes(t, &right);
		buf_clear(&sent);
		buf_put(&sent, buf_span(&right));
		spoil(how, in, &sent);
		e = climb_accept(c, t, buf_span(&sent), NULL);
		FUZZ_CHECK(e != ERR_STATE);
		if (t->entries && e == ERR_NONE)
			FUZZ_CHECK(span_is_equal(buf_span(&sent),
			    buf_span(&right)));
		if (t->entries && how % 5 == 0)
			FUZZ_CHECK(e == ERR_NONE);
		FUZZ_CHECK(steps < 1000);
	}
	FUZZ_CHECK(climb_is_done(c));
	climb_free(c);
	buf_release(&right);
	buf_release(&sent);
}

static void
check_bytes(struct span in)
{
	static struct digest hash[TILE_WIDTH];
	struct span rest = in, record;
	struct tile t;
	struct buf out;
	size_t n = 0;

	buf_init(&out, in.n + TILE_PATH_MAX);
	if (tile_parse(in, &t) == ERR_NONE) {
		tile_write(&t, &out);
		FUZZ_CHECK(span_is_equal(buf_span(&out), in));
		FUZZ_CHECK(t.width >= 1 && t.width <= TILE_WIDTH);
	}
	buf_clear(&out);
	while (tile_bundle_step(&rest, &record) == ERR_NONE) {
		tile_bundle_put(record, &out);
		n++;
	}
	FUZZ_CHECK(out.n + rest.n == in.n);
	for (unsigned width = 1; width <= TILE_WIDTH; width += 51)
		if (tile_bundle_hash(in, width, hash, NULL) == ERR_NONE)
			FUZZ_CHECK(n == width && rest.n == 0);
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);

	if (bundle_at[LEAVES] == 0)
		make_log();
	check_bytes(in);
	if (size <= 65536)
		check_climb(in);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger/tile, climb: the log of 70,000 leaves, tile by tile, and catching up
 * from it with good and with spoiled pieces.
 */
#include "ledger/climb.h"
#include "ledger/fork.h"

#include "ledger_log.h"
#include "ledger_vectors.h"

enum { LEAVES = 70000 };
static const uint64_t no_sealed = UINT64_MAX;

static struct vectors vectors;
static struct log big;

static struct span
bytes_of(const struct tile *t, struct buf *b)
{
	struct tree_source source = log_source(&big);
	struct buf record;
	unsigned i;

	buf_clear(b);
	if (!t->entries) {
		assert_ok(tile_make(&source, t, b));
		return buf_span(b);
	}
	buf_init(&record, LEAF_SEALED_BYTES);
	for (i = 0; i < t->width; i++) {
		log_record(t->n * TILE_WIDTH + i, no_sealed, &record);
		tile_bundle_put(buf_span(&record), b);
	}
	buf_release(&record);
	return buf_span(b);
}

static void
check_tile(const char *path, const char *name)
{
	struct digest want = vectors_digest(&vectors, name), got;
	struct tile t;
	struct buf b, again;

	buf_init(&b, TILE_BUNDLE_BYTES);
	buf_init(&again, TILE_PATH_MAX);
	assert_ok(tile_parse(span_str(path), &t));
	assert_int_equal(tile_width(LEAVES, t.level, t.n), t.width);
	tile_write(&t, &again);
	assert_string_equal(buf_str(&again), path);
	got = hash_sha256(bytes_of(&t, &b));
	assert_digest(got, want);
	buf_release(&b);
	buf_release(&again);
}

static void
test_vector_tiles(void **state)
{
	static const char *const paths[] = { "tile/0/273.p/112",
	    "tile/1/001.p/17", "tile/2/000.p/1", "tile/0/000", "tile/0/272",
	    "tile/1/000" };
	struct digest want = vectors_digest(&vectors, "root"), got;
	uint64_t count = 0;
	unsigned i;

	(void)state;
	got = tree_root(&big.tree);
	assert_digest(got, want);
	for (i = 0; i < sizeof paths / sizeof paths[0]; i++)
		check_tile(paths[i], paths[i]);
	check_tile("tile/entries/000", "bundle 0");
	for (i = 0; i < TREE_LEVELS; i++)
		count += tile_count(LEAVES, i);
	assert_int_equal(count, 277);
}

/* Old roots of the big log cost few reads. */
static void
test_old_roots(void **state)
{
	struct tree_source source = log_source(&big);
	static const uint64_t sizes[] = { 1, 255, 256, 257, 65535, 65536,
	    65537, 69999, LEAVES };
	struct tree t = { 0 };
	struct digest got, want;
	uint64_t n = 0;
	unsigned i;

	(void)state;
	for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		for (; n < sizes[i]; n++)
			tree_append(&t, &big.hash[0][n], NULL);
		want = tree_root(&t);
		big.reads = 0;
		assert_ok(tree_root_at(&source, n, &got));
		assert_digest(got, want);
		assert_true(big.reads <= 3 * 256);
	}
}

static void
test_paths(void **state)
{
	static const struct {
		const char *path;
		enum err want;
	} rows[] = {
		{ "tile/0/x001/x234/067", ERR_NONE },
		{ "tile/7/000", ERR_LIMIT },
		{ "tile/7/000.p/127", ERR_NONE },
		{ "tile/entries/x001/000.p/1", ERR_NONE },
		{ "tile/8/000", ERR_LIMIT },
		{ "tile/00/000", ERR_SYNTAX },
		{ "tile/-1/000", ERR_SYNTAX },
		{ "tile/0", ERR_SYNTAX },
		{ "tile/0/", ERR_SYNTAX },
		{ "/tile/0/000", ERR_SYNTAX },
		{ "tile/0/00", ERR_SYNTAX },
		{ "tile/0/0000", ERR_SYNTAX },
		{ "tile/0/001/234", ERR_SYNTAX },
		{ "tile/0/x001", ERR_SYNTAX },
		{ "tile/0/x000/001", ERR_SYNTAX },
		{ "tile/0/x001x234/067", ERR_SYNTAX },
		{ "tile/0/000/", ERR_SYNTAX },
		{ "tile/0/000.p/0", ERR_SYNTAX },
		{ "tile/0/000.p/256", ERR_SYNTAX },
		{ "tile/0/000.p/01", ERR_SYNTAX },
		{ "tile/0/000.p/", ERR_SYNTAX },
		{ "tile/0/000.p", ERR_SYNTAX },
		{ "tile/0/0a0", ERR_SYNTAX },
		{ "tile/0/x999/x999/x999/x999/x999/999", ERR_LIMIT },
		{ "tile/0/x999/x999/x999/x999/x999/x999/999", ERR_LIMIT },
		{ "tile/0/x999/x999/x999/x999/x999/x999/x999/x999/999",
		    ERR_LIMIT },
		{ "tile/6/000", ERR_NONE },
		{ "tile/6/126", ERR_NONE },
		{ "tile/6/127", ERR_LIMIT },
		{ "tile/6/128", ERR_LIMIT },
	};
	struct tile t;
	struct buf b;
	size_t i;
	enum err e;

	(void)state;
	buf_init(&b, TILE_PATH_MAX);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		e = tile_parse(span_str(rows[i].path), &t);
		if (e != rows[i].want)
			fail_msg("%s: %s", rows[i].path, err_token(e));
		if (e != ERR_NONE)
			continue;
		buf_clear(&b);
		tile_write(&t, &b);
		assert_string_equal(buf_str(&b), rows[i].path);
	}
	assert_ok(tile_parse(vectors_line(&vectors, "path 1234067"), &t));
	assert_int_equal(t.n, 1234067);
	buf_release(&b);
}

static void
test_which_exist(void **state)
{
	struct tile t = { false, 0, 1, 5 };
	struct tree_source source = log_source(&big);
	struct buf b;

	(void)state;
	assert_int_equal(tile_width(0, 0, 0), 0);
	assert_int_equal(tile_width(256, 0, 0), 256);
	assert_int_equal(tile_width(256, 0, 1), 0);
	assert_int_equal(tile_width(256, 1, 0), 1);
	assert_int_equal(tile_width(511, 1, 0), 1);
	assert_int_equal(tile_width(511, 0, 1), 255);
	assert_int_equal(tile_width(511, 8, 0), 0);
	assert_int_equal(tile_count(0, 0), 0);
	assert_int_equal(tile_count(257, 0), 2);
	assert_int_equal(tile_count(TREE_SIZE_MAX, 7), 1);
	assert_true(tile_is_within(&t, 261));
	assert_true(tile_is_within(&t, 5000));
	assert_false(tile_is_within(&t, 260));
	buf_init(&b, TILE_BYTES);
	t.entries = true;
	assert_err(tile_make(&source, &t, &b), ERR_USAGE);
	t = (struct tile){ false, 0, 273, 113 };
	assert_err(tile_make(&source, &t, &b), ERR_NOT_FOUND);
	assert_int_equal(b.n, 0);
	buf_release(&b);
}

static void
test_bad_bundles(void **state)
{
	struct digest hash[TILE_WIDTH];
	struct span s, record;
	struct fault f;
	struct buf b;
	struct tile t = { true, 0, 3, 3 };

	(void)state;
	buf_init(&b, TILE_BUNDLE_BYTES + 1);
	bytes_of(&t, &b);
	assert_ok(tile_bundle_hash(buf_span(&b), 3, hash, NULL));
	assert_digest(hash[2], big.hash[0][3 * 256 + 2]);
	s = buf_span(&b);
	assert_ok(tile_bundle_step(&s, &record));
	assert_ok(tile_bundle_step(&s, &record));
	assert_ok(tile_bundle_step(&s, &record));
	assert_err(tile_bundle_step(&s, &record), ERR_NOT_FOUND);
	assert_err(tile_bundle_hash(buf_span(&b), 2, hash, &f), ERR_SYNTAX);
	assert_rule(f, "bytes after");
	assert_err(tile_bundle_hash(buf_span(&b), 4, hash, &f), ERR_SYNTAX);
	assert_rule(f, "ends after 3");
	assert_err(tile_bundle_hash(span_of(b.p, b.n - 1), 3, hash, &f),
	    ERR_SYNTAX);
	assert_rule(f, "ends after 2");
	b.p[2] = 9;
	assert_err(tile_bundle_hash(buf_span(&b), 3, hash, &f),
	    ERR_UNSUPPORTED);
	buf_release(&b);
}

/* Catch up to the end; with `spoil`, the first tile and every bundle comes
 * damaged once. Returns how many pieces were refused. */
static unsigned
climb_all(uint64_t from, uint64_t size, bool spoil)
{
	struct tree_source source = log_source(&big);
	struct tile want[300], t;
	struct climb *c;
	struct digest root;
	struct fault f;
	struct buf b;
	uint64_t records = 0;
	unsigned refused = 0;
	bool again = false;
	size_t n;
	enum err e;

	assert_ok(tree_root_at(&source, size, &root));
	c = climb_create(from, size, &root);
	buf_init(&b, TILE_BUNDLE_BYTES);
	while (!climb_is_done(c)) {
		n = climb_want(c, want, 300);
		assert_true(n > 0);
		t = want[n - 1]; /* order of arrival does not matter */
		assert_true(tile_is_within(&t, size));
		bytes_of(&t, &b);
		if (spoil && !again) {
			/* an edge tile is judged with the last of its set,
			 * so only the first one is spoiled */
			again = true;
			b.p[b.n - 1] ^= 1;
			e = climb_accept(c, &t, buf_span(&b), &f);
			b.p[b.n - 1] ^= 1;
			if (e == ERR_PROOF)
				refused++;
			else
				assert_ok(e);
			continue;
		}
		e = climb_accept(c, &t, buf_span(&b), &f);
		if (e == ERR_PROOF)
			refused++;
		else
			assert_ok(e);
		again = e == ERR_PROOF || !t.entries;
		if (e == ERR_NONE && t.entries)
			records += t.width;
	}
	assert_int_equal(climb_want(c, want, 300), 0);
	assert_int_equal(records, size - (from == size ? size :
	    from / 256 * 256));
	buf_release(&b);
	climb_free(c);
	return refused;
}

static void
test_climb(void **state)
{
	static const uint64_t sizes[] = { 0, 1, 2, 255, 256, 257, 511, 512,
	    65535, 65536, 65537, 65792, LEAVES };
	unsigned i;

	(void)state;
	for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		assert_int_equal(climb_all(0, sizes[i], false), 0);
		assert_int_equal(climb_all(sizes[i], sizes[i], false), 0);
		if (sizes[i] > 1)
			assert_int_equal(climb_all(sizes[i] - 1, sizes[i],
			    false), 0);
		if (sizes[i] > 300)
			assert_int_equal(climb_all(300, sizes[i], false), 0);
	}
}

static void
test_climb_with_spoiled_pieces(void **state)
{
	(void)state;
	assert_true(climb_all(0, 200, true) >= 1);
	assert_true(climb_all(0, 1000, true) >= 1);
	assert_true(climb_all(0, 65536, true) >= 1);
	assert_true(climb_all(0, LEAVES, true) >= 2);
}

/* Each kind of piece refused by itself, with its own rule. */
static void
test_climb_refuses(void **state)
{
	struct digest root = tree_root(&big.tree);
	struct climb *c = climb_create(0, LEAVES, &root);
	struct tile want[4], other;
	struct fault f;
	struct buf b;
	unsigned i;

	(void)state;
	buf_init(&b, TILE_BUNDLE_BYTES);
	assert_int_equal(climb_want(c, want, 4), 3);
	assert_int_equal(want[0].level, 2);
	other = (struct tile){ false, 1, 0, 256 };
	assert_err(climb_accept(c, &other, bytes_of(&other, &b), &f),
	    ERR_STATE);
	bytes_of(&want[0], &b);
	assert_err(climb_accept(c, &want[0], span_of(b.p, b.n - 1), &f),
	    ERR_SYNTAX);
	for (i = 0; i < 3; i++) {
		bytes_of(&want[i], &b);
		b.p[0] ^= i == 0;
		assert_err(climb_accept(c, &want[i], buf_span(&b), &f),
		    i < 2 ? ERR_NONE : ERR_PROOF);
	}
	assert_rule(f, "right edge");
	assert_int_equal(climb_want(c, want, 4), 3);
	for (i = 0; i < 3; i++)
		assert_ok(climb_accept(c, &want[i], bytes_of(&want[i], &b),
		    &f));
	assert_int_equal(climb_want(c, want, 4), 1);
	assert_int_equal(want[0].level, 1);
	bytes_of(&want[0], &b);
	b.p[4000] ^= 1;
	assert_err(climb_accept(c, &want[0], buf_span(&b), &f), ERR_PROOF);
	assert_rule(f, "tile above");
	assert_ok(climb_accept(c, &want[0], bytes_of(&want[0], &b), &f));
	assert_int_equal(climb_want(c, want, 4), 4);
	assert_true(want[0].entries && want[0].n == 0 && want[3].n == 3);
	other = want[1];
	assert_err(climb_accept(c, &want[0], bytes_of(&other, &b), &f),
	    ERR_PROOF);
	assert_rule(f, "records");
	assert_ok(climb_accept(c, &other, buf_span(&b), &f));
	assert_err(climb_accept(c, &other, buf_span(&b), &f), ERR_STATE);
	climb_free(c);
	/* another root */
	root.b[0] ^= 1;
	c = climb_create(0, LEAVES, &root);
	assert_int_equal(climb_want(c, want, 4), 3);
	for (i = 0; i < 3; i++)
		assert_err(climb_accept(c, &want[i], bytes_of(&want[i], &b),
		    &f), i < 2 ? ERR_NONE : ERR_PROOF);
	climb_free(c);
	climb_free(NULL);
	buf_release(&b);
}

/* Held are `held` leaves that part from the big log at `at`; find it, and
 * say how many tiles that took. */
static unsigned
find_fork(uint64_t at, uint64_t held, uint64_t size)
{
	struct tree_source all = log_source(&big), source;
	struct digest root;
	struct tile want[4];
	uint64_t common = UINT64_MAX;
	struct log ours;
	struct fork *f;
	struct buf b;
	unsigned tiles = 0;

	buf_init(&b, TILE_BUNDLE_BYTES);
	log_init(&ours, held);
	source = log_source(&ours);
	log_fill(&ours, at < held ? at : held, no_sealed);
	for (uint64_t i = at; i < held; i++) {
		log_record(i + 1000000, no_sealed, &b);
		log_append(&ours, leaf_hash(buf_span(&b)));
	}
	assert_ok(tree_root_at(&all, size, &root));
	f = fork_create(held, size, &root);
	while (!fork_is_done(f, &common)) {
		size_t n = fork_want(f, want, 4);

		assert_true(n > 0 && tiles < 64);
		for (size_t i = 0; i < n && !fork_is_done(f, &common); i++) {
			enum err e = fork_accept(f, &want[i],
			    bytes_of(&want[i], &b), &source);

			assert_true(e == ERR_NONE || e == ERR_STATE);
			tiles++;
		}
	}
	assert_int_equal(fork_want(f, want, 4), 0);
	assert_int_equal(common, at < held ? at < size ? at : size :
	    held < size ? held : size);
	fork_free(f);
	log_release(&ours);
	buf_release(&b);
	return tiles;
}

static void
test_fork(void **state)
{
	static const uint64_t sizes[] = { 1, 2, 255, 256, 257, 511, 513,
	    1000 };
	static const uint64_t places[] = { 0, 1, 2, 254, 255, 256, 257, 510,
	    511, 512, 600, 999, 5000 };
	const unsigned n = sizeof sizes / sizeof sizes[0];

	(void)state;
	for (unsigned h = 0; h < n; h++)
		for (unsigned s = 0; s < n; s++)
			for (unsigned p = 0; p < 13; p++)
				(void)find_fork(places[p], sizes[h], sizes[s]);
	assert_int_equal(find_fork(7, 0, 10), 0);
	assert_in_range(find_fork(66000, 70000, LEAVES), 1, 20);
	assert_in_range(find_fork(300, 66000, LEAVES), 1, 20);
	assert_in_range(find_fork(65535, 70000, 65537), 1, 20);
	assert_in_range(find_fork(0, 70000, LEAVES), 1, 20);
}

/* What does not lead to the other root says nothing of it. */
static void
test_fork_refuses(void **state)
{
	struct tree_source source = log_source(&big);
	struct digest root = tree_root(&big.tree);
	struct tile want[4];
	uint64_t common;
	struct fork *f;
	struct buf b;

	(void)state;
	buf_init(&b, TILE_BUNDLE_BYTES);
	root.b[3] ^= 1;
	f = fork_create(LEAVES, LEAVES, &root);
	assert_int_equal(fork_want(f, want, 4), 3);
	for (unsigned i = 0; i < 3; i++)
		assert_err(fork_accept(f, &want[i], bytes_of(&want[i], &b),
		    &source), i < 2 ? ERR_NONE : ERR_PROOF);
	assert_false(fork_is_done(f, &common));
	fork_free(f);
	fork_free(NULL);
	buf_release(&b);
}

static int
load(void **state)
{
	(void)state;
	vectors_load(&vectors, "tests/vectors/ledger_tile.txt");
	log_init(&big, LEAVES);
	log_fill(&big, LEAVES, no_sealed);
	return 0;
}

static int
unload(void **state)
{
	(void)state;
	log_release(&big);
	buf_release(&vectors.text);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vector_tiles),
		cmocka_unit_test(test_old_roots),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_which_exist),
		cmocka_unit_test(test_bad_bundles),
		cmocka_unit_test(test_climb),
		cmocka_unit_test(test_climb_with_spoiled_pieces),
		cmocka_unit_test(test_climb_refuses),
		cmocka_unit_test(test_fork),
		cmocka_unit_test(test_fork_refuses),
	};

	return cmocka_run_group_tests(tests, load, unload);
}

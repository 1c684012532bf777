/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger/leaf, tree, proof: vectors, all proofs of small trees, and what must
 * fail. Roots are held against a second, naive computation.
 */
#include "ledger/proof.h"

#include "ledger_log.h"
#include "ledger_vectors.h"

enum { SIZES = 64, SEALED = 5 };

static struct vectors vectors;

/* RFC 6962 section 2.1, word for word. */
static struct digest
naive_root(const struct digest *leaf, uint64_t n)
{
	struct digest l, r;
	uint64_t k = 1;

	if (n == 0)
		return hash_sha256(span_of(NULL, 0));
	if (n == 1)
		return leaf[0];
	while (k * 2 < n)
		k *= 2;
	l = naive_root(leaf, k);
	r = naive_root(leaf + k, n - k);
	return tree_node_hash(&l, &r);
}

static void
test_leaf_records(void **state)
{
	static const char *const names[] = { "record 0", "leaf 0", "record 5",
	    "leaf 5", "open record", "open leaf", "sealed record",
	    "sealed leaf" };
	struct leaf leaf;
	struct digest want, got;
	struct buf b, again;
	size_t i;

	(void)state;
	buf_init(&b, 100);
	buf_init(&again, 100);
	for (i = 0; i < 8; i += 2) {
		buf_clear(&b);
		buf_clear(&again);
		assert_ok(code_parse_hex(vectors_line(&vectors, names[i]),
		    &b));
		assert_ok(leaf_parse(buf_span(&b), &leaf));
		assert_int_equal(leaf.sealed, i % 4 == 2 || i == 6);
		leaf_write(&leaf, &again);
		assert_span(buf_span(&b), buf_span(&again));
		want = vectors_digest(&vectors, names[i + 1]);
		got = leaf_hash(buf_span(&b));
		assert_digest(got, want);
	}
	assert_err(leaf_parse(span_of(b.p, b.n - 1), &leaf), ERR_SYNTAX);
	assert_err(leaf_parse(span_of(b.p, LEAF_OPEN_BYTES), &leaf),
	    ERR_SYNTAX);
	b.p[1] = 0;
	assert_err(leaf_parse(buf_span(&b), &leaf), ERR_SYNTAX);
	b.p[1] = 2;
	assert_err(leaf_parse(buf_span(&b), &leaf), ERR_UNSUPPORTED);
	b.p[0] = 2;
	assert_err(leaf_parse(buf_span(&b), &leaf), ERR_UNSUPPORTED);
	assert_err(leaf_parse(span_of(NULL, 0), &leaf), ERR_SYNTAX);
	buf_release(&b);
	buf_release(&again);
}

static void
test_vector_roots(void **state)
{
	struct log log;
	struct tree_source source = log_source(&log);
	struct digest want, got;
	char name[20];
	unsigned n;

	(void)state;
	log_init(&log, 8);
	for (n = 0; n <= 8; n++) {
		log_fill(&log, n, SEALED);
		snprintf(name, sizeof name, "root %u", n);
		want = vectors_digest(&vectors, name);
		got = tree_root(&log.tree);
		assert_digest(got, want);
	}
	for (n = 0; n <= 8; n++) {
		snprintf(name, sizeof name, "root %u", n);
		want = vectors_digest(&vectors, name);
		assert_ok(tree_root_at(&source, n, &got));
		assert_digest(got, want);
	}
	log_release(&log);
}

static void
test_classic_roots(void **state)
{
	static const struct {
		const char *p;
		size_t n;
	} leaves[8] = { { "", 0 }, { "\0", 1 }, { "\x10", 1 }, { " !", 2 },
	    { "01", 2 }, { "@ABC", 4 }, { "PQRSTUVW", 8 },
	    { "`abcdefghijklmno", 16 } };
	struct tree t = { 0 };
	struct digest leaf, want, got;
	char name[20];
	unsigned i;

	(void)state;
	for (i = 0; i < 8; i++) {
		leaf = leaf_hash(span_of(leaves[i].p, leaves[i].n));
		tree_append(&t, &leaf, NULL);
		snprintf(name, sizeof name, "classic root %u", i + 1);
		want = vectors_digest(&vectors, name);
		got = tree_root(&t);
		assert_digest(got, want);
	}
}

static void
check_proof(const struct proof *p, const char *name)
{
	struct buf b;

	buf_init(&b, 4096);
	proof_write(p, &b);
	buf_put_u8(&b, '\n');
	assert_span(buf_span(&b), vectors_get(&vectors, name));
	buf_release(&b);
}

static void
test_vector_proofs(void **state)
{
	struct log log;
	struct tree_source source = log_source(&log);
	struct proof p;

	(void)state;
	log_init(&log, 7);
	log_fill(&log, 7, SEALED);
	assert_ok(proof_make_inclusion(&source, 5, 7, &p));
	check_proof(&p, "inclusion 5 of 7");
	assert_ok(proof_make_consistency(&source, 3, 7, &p));
	check_proof(&p, "consistency 3 7");
	assert_ok(proof_make_consistency(&source, 4, 7, &p));
	check_proof(&p, "consistency 4 7");
	assert_err(proof_make_inclusion(&source, 7, 7, &p), ERR_USAGE);
	assert_err(proof_make_consistency(&source, 8, 7, &p), ERR_USAGE);
	/* a hole in the source is passed on */
	log.count[0] = 3;
	assert_err(proof_make_inclusion(&source, 0, 7, &p), ERR_NOT_FOUND);
	assert_err(proof_make_consistency(&source, 3, 7, &p), ERR_NOT_FOUND);
	log_release(&log);
}

/* Everything near a good inclusion proof is refused. */
static void
spoil_inclusion(struct proof p, uint64_t i, uint64_t n,
    const struct digest *leaf, const struct digest *root)
{
	struct fault f;
	size_t k;

	for (k = 0; k < p.count; k++) {
		p.hash[k].b[k % 32] ^= 1;
		assert_err(proof_check_inclusion(&p, i, n, leaf, root, &f),
		    ERR_PROOF);
		assert_rule(f, "another root");
		p.hash[k].b[k % 32] ^= 1;
	}
	p.hash[p.count++] = *leaf;
	assert_err(proof_check_inclusion(&p, i, n, leaf, root, &f),
	    ERR_PROOF);
	assert_rule(f, "too long");
	p.count--;
	if (p.count > 0) {
		p.count--;
		assert_err(proof_check_inclusion(&p, i, n, leaf, root, &f),
		    ERR_PROOF);
		assert_rule(f, "too short");
		p.count++;
	}
	assert_err(proof_check_inclusion(&p, i, n, root, root, &f),
	    n == 1 ? ERR_NONE : ERR_PROOF);
	assert_err(proof_check_inclusion(&p, n, n, leaf, root, &f),
	    ERR_PROOF);
	assert_rule(f, "not below");
}

/* By what RFC 9162 checks, a proof for i of n can also be one for (i, m) only
 * if the way up is the same; then the size is held by the signed checkpoint.
 * A doubled size always changes the way. */
static void
test_all_inclusions(void **state)
{
	struct log log;
	struct tree_source source = log_source(&log);
	struct digest root;
	struct proof p;
	uint64_t n, i;
	unsigned made = 0;

	(void)state;
	log_init(&log, SIZES);
	log_fill(&log, SIZES, SEALED);
	for (n = 1; n <= SIZES; n++) {
		root = naive_root(log.hash[0], n);
		for (i = 0; i < n; i++, made++) {
			struct digest *leaf = &log.hash[0][i];

			assert_ok(proof_make_inclusion(&source, i, n, &p));
			assert_ok(proof_check_inclusion(&p, i, n, leaf, &root,
			    NULL));
			spoil_inclusion(p, i, n, leaf, &root);
			assert_err(proof_check_inclusion(&p, i, 2 * n, leaf,
			    &root, NULL), ERR_PROOF);
			if (n > 1)
				assert_err(proof_check_inclusion(&p, i ^ 1,
				    n + (i == n - 1), leaf, &root, NULL),
				    ERR_PROOF);
		}
	}
	assert_int_equal(made, 2080);
	log_release(&log);
}

static void
spoil_consistency(struct proof p, uint64_t m, uint64_t n,
    const struct digest *old, const struct digest *root)
{
	struct fault f;
	struct digest bad = *old;
	size_t k;

	for (k = 0; k < p.count; k++) {
		p.hash[k].b[k % 32] ^= 1;
		assert_err(proof_check_consistency(&p, m, n, old, root, &f),
		    ERR_PROOF);
		assert_rule(f, "root");
		p.hash[k].b[k % 32] ^= 1;
	}
	bad.b[0] ^= 1;
	assert_err(proof_check_consistency(&p, m, n, &bad, root, NULL),
	    ERR_PROOF);
	if (m != 0) {
		bad = *root;
		bad.b[0] ^= 1;
		assert_err(proof_check_consistency(&p, m, n, old, &bad, NULL),
		    ERR_PROOF);
	}
	p.hash[p.count++] = *old;
	assert_err(proof_check_consistency(&p, m, n, old, root, &f),
	    ERR_PROOF);
	assert_rule(f, "too long");
	p.count--;
	if (p.count > 0) {
		p.count--;
		assert_err(proof_check_consistency(&p, m, n, old, root, &f),
		    ERR_PROOF);
		assert_rule(f, "too short");
	}
	assert_err(proof_check_consistency(&p, n + 1, n, old, root, &f),
	    ERR_PROOF);
	assert_rule(f, "larger");
}

static void
test_all_consistencies(void **state)
{
	struct log log;
	struct tree_source source = log_source(&log);
	struct digest old, root;
	struct proof p;
	uint64_t m, n;
	unsigned made = 0;

	(void)state;
	log_init(&log, SIZES);
	log_fill(&log, SIZES, SEALED);
	for (n = 1; n <= SIZES; n++) {
		root = naive_root(log.hash[0], n);
		for (m = 0; m <= n; m++, made++) {
			old = naive_root(log.hash[0], m);
			assert_ok(proof_make_consistency(&source, m, n, &p));
			assert_ok(proof_check_consistency(&p, m, n, &old,
			    &root, NULL));
			spoil_consistency(p, m, n, &old, &root);
			if (m > 0)
				assert_err(proof_check_consistency(&p, m,
				    2 * n, &old, &root, NULL), ERR_PROOF);
			if (m > 0 && m < n)
				assert_err(proof_check_consistency(&p, m - 1,
				    n, &old, &root, NULL), ERR_PROOF);
		}
	}
	assert_int_equal(made, 2144);
	log_release(&log);
}

static void
test_proof_lines(void **state)
{
	static const struct {
		const char *text;
		enum err want;
		const char *rule;
	} rows[] = {
		{ "\nrest", ERR_NONE, "" },
		{ "", ERR_SYNTAX, "no empty line" },
		{ "odDy3eYqHWZp5w8FNDCo4gn/9Pkrn5zlGcXn5xLkunc=\n",
		    ERR_SYNTAX, "no empty line" },
		{ "odDy3eYqHWZp5w8FNDCo4gn/9Pkrn5zlGcXn5xLkund=\n\n",
		    ERR_CANONICAL, "canonical base64" },
		{ "odDy3eYqHWZp5w8FNDCo4gn/9Pkrn5zlGcXn5xLkunc= \n\n",
		    ERR_CANONICAL, "canonical base64" },
		{ "odDy3Q==\n\n", ERR_SYNTAX, "canonical base64" },
	};
	struct proof p;
	struct span s;
	struct fault f;
	struct buf b;
	size_t i;
	enum err e;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		s = span_str(rows[i].text);
		e = proof_step(&s, &p, &f);
		if (e != rows[i].want)
			fail_msg("row %zu: %s", i, err_token(e));
		if (e == ERR_NONE)
			assert_true(span_is_str(s, "rest"));
		else
			assert_rule(f, rows[i].rule);
	}
	buf_init(&b, 8192);
	for (i = 0; i < 65; i++)
		buf_put_str(&b,
		    "odDy3eYqHWZp5w8FNDCo4gn/9Pkrn5zlGcXn5xLkunc=\n");
	buf_put_u8(&b, '\n');
	s = buf_span(&b);
	assert_err(proof_step(&s, &p, &f), ERR_LIMIT);
	s = span_of(b.p + 45, b.n - 45);
	assert_ok(proof_step(&s, &p, &f));
	assert_int_equal(p.count, 64);
	buf_release(&b);
}

static void
test_frontier_survives(void **state)
{
	struct log log;
	struct tree_source source = log_source(&log);
	struct tree t, u;
	struct digest a, b;
	struct buf bytes;
	uint64_t n;

	(void)state;
	log_init(&log, 1000);
	log_fill(&log, 1000, SEALED);
	buf_init(&bytes, TREE_BYTES);
	for (n = 0; n <= 1000; n += 37) {
		assert_ok(tree_load(&source, n, &t));
		buf_clear(&bytes);
		tree_write(&t, &bytes);
		assert_ok(tree_parse(n, buf_span(&bytes), &u));
		a = tree_root(&u);
		b = naive_root(log.hash[0], n);
		assert_digest(a, b);
		if (n < 1000) {
			tree_append(&u, &log.hash[0][n], NULL);
			a = tree_root(&u);
			b = naive_root(log.hash[0], n + 1);
			assert_digest(a, b);
		}
		assert_err(tree_parse(n ^ 1, buf_span(&bytes), &u),
		    ERR_SYNTAX);
	}
	assert_err(tree_parse(TREE_SIZE_MAX + 1, span_of(bytes.p, 32), &u),
	    ERR_LIMIT);
	assert_err(tree_load(&source, TREE_SIZE_MAX + 1, &u), ERR_LIMIT);
	buf_release(&bytes);
	log_release(&log);
}

static void
test_ranges(void **state)
{
	struct log log;
	struct tree_source source = log_source(&log);
	struct digest a, b;

	(void)state;
	log_init(&log, 3000);
	log_fill(&log, 3000, SEALED);
	assert_ok(tree_range(&source, 2048, 3000, &a));
	b = naive_root(log.hash[0] + 2048, 952);
	assert_digest(a, b);
	log.reads = 0;
	assert_ok(tree_range(&source, 0, 2048, &a));
	assert_int_equal(log.reads, 8);
	b = naive_root(log.hash[0], 2048);
	assert_digest(a, b);
	assert_err(tree_range(&source, 1, 3, &a), ERR_USAGE);
	assert_err(tree_range(&source, 512, 2048, &a), ERR_USAGE);
	assert_err(tree_range(&source, 5, 5, &a), ERR_USAGE);
	assert_err(tree_range(&source, 2048, 3001, &a), ERR_NOT_FOUND);
	assert_int_equal(tree_split(2), 1);
	assert_int_equal(tree_split(8), 4);
	assert_int_equal(tree_split(9), 8);
	log_release(&log);
}

static int
load(void **state)
{
	(void)state;
	vectors_load(&vectors, "tests/vectors/ledger_tree.txt");
	return 0;
}

static int
unload(void **state)
{
	(void)state;
	buf_release(&vectors.text);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leaf_records),
		cmocka_unit_test(test_vector_roots),
		cmocka_unit_test(test_classic_roots),
		cmocka_unit_test(test_vector_proofs),
		cmocka_unit_test(test_all_inclusions),
		cmocka_unit_test(test_all_consistencies),
		cmocka_unit_test(test_proof_lines),
		cmocka_unit_test(test_frontier_survives),
		cmocka_unit_test(test_ranges),
	};

	return cmocka_run_group_tests(tests, load, unload);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger/tlog_proof, add_checkpoint, equivocation: vectors, and each refusal
 * for its own reason.
 */
#include "ledger/add_checkpoint.h"
#include "ledger/equivocation.h"
#include "ledger/tlog_proof.h"

#include "ledger_log.h"
#include "ledger_vectors.h"

static struct vectors notes, proofs, pairs;
static struct note_key log_key, cosigner[2];
static struct log honest; /* the seven leaves, leaf 5 sealed */

static void
test_tlog_proof(void **state)
{
	struct span file = vectors_get(&proofs, "tlog proof 5");
	const struct digest *leaf = &honest.hash[0][5];
	struct note_key twice[2] = { cosigner[0], cosigner[0] };
	struct tlog_proof p;
	struct checkpoint c;
	struct fault f;
	struct buf b;

	(void)state;
	assert_ok(tlog_proof_parse(file, &p, NULL));
	assert_int_equal(p.index, 5);
	assert_ok(tlog_proof_check(&p, leaf, &log_key, cosigner, 2, 2, &c,
	    NULL));
	assert_int_equal(c.size, 7);
	buf_init(&b, LIMIT_TLOG_PROOF);
	tlog_proof_write(&p, &b);
	assert_span(buf_span(&b), file);
	p.extra = span_str("AAEC");
	buf_clear(&b);
	tlog_proof_write(&p, &b);
	assert_ok(tlog_proof_parse(buf_span(&b), &p, NULL));
	assert_true(span_is_str(p.extra, "AAEC"));
	assert_err(tlog_proof_check(&p, leaf, &log_key, cosigner, 2, 3, &c,
	    &f), ERR_SIGNATURE);
	assert_rule(f, "2 known cosigners, 3 needed");
	assert_err(tlog_proof_check(&p, leaf, &log_key, twice, 2, 2, &c, &f),
	    ERR_SIGNATURE);
	assert_rule(f, "1 known cosigners");
	assert_err(tlog_proof_check(&p, &honest.hash[0][4], &log_key,
	    cosigner, 2, 2, &c, &f), ERR_PROOF);
	p.proof.count--;
	assert_err(tlog_proof_check(&p, leaf, &log_key, cosigner, 2, 2, &c,
	    &f), ERR_PROOF);
	assert_rule(f, "too short");
	buf_release(&b);
}

static void
test_bad_proof_files(void **state)
{
#define H "c2sp.org/tlog-proof@v1\n"
	static const struct {
		const char *file;
		enum err want;
		const char *rule;
	} rows[] = {
		{ H "index 0\n\nnote", ERR_NONE, NULL },
		{ "c2sp.org/tlog-proof@v2\nindex 0\n\nnote", ERR_SYNTAX,
		    "begins with" },
		{ "", ERR_SYNTAX, "begins with" },
		{ H, ERR_SYNTAX, "no index" },
		{ H "index 05\n\nnote", ERR_CANONICAL, "leading zeros" },
		{ H "index -5\n\nnote", ERR_SYNTAX, "decimal" },
		{ H "index 9223372036854775807\n\n", ERR_LIMIT, "decimal" },
		{ H "extra \nindex 5\n\nnote", ERR_SYNTAX, "extra" },
		{ H "extra AAB=\nindex 5\n\nnote", ERR_CANONICAL, "extra" },
		{ H "index 5\nextra AAEC\n\nnote", ERR_CANONICAL, "hash" },
		{ H "index 5\n", ERR_SYNTAX, "empty line" },
	};
	struct tlog_proof p;
	struct fault f;
	size_t i;
	enum err e;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		e = tlog_proof_parse(span_str(rows[i].file), &p, &f);
		if (rows[i].want == ERR_NONE ? e != ERR_NONE :
		    e == ERR_NONE || strstr(f.rule, rows[i].rule) == NULL)
			fail_msg("row %zu: %s, %s", i, err_token(e), f.rule);
	}
}

static void
test_add_checkpoint(void **state)
{
	struct span body = vectors_get(&proofs, "add checkpoint 3 7");
	struct tree_source source = log_source(&honest);
	struct add_checkpoint a;
	struct checkpoint c;
	struct digest old;
	struct fault f;
	struct buf b;

	(void)state;
	assert_ok(add_checkpoint_parse(body, &a, NULL));
	assert_int_equal(a.old_size, 3);
	assert_ok(checkpoint_check(a.checkpoint, &log_key, &c, NULL));
	assert_ok(tree_root_at(&source, 3, &old));
	assert_ok(proof_check_consistency(&a.proof, 3, c.size, &old, &c.root,
	    NULL));
	buf_init(&b, LIMIT_TLOG_PROOF);
	add_checkpoint_write(&a, &b);
	assert_span(buf_span(&b), body);
	assert_err(add_checkpoint_parse(span_str("old 03\n\n"), &a, &f),
	    ERR_CANONICAL);
	assert_err(add_checkpoint_parse(span_str("new 3\n\n"), &a, &f),
	    ERR_SYNTAX);
	assert_err(add_checkpoint_parse(span_str("old 3\n"), &a, &f),
	    ERR_SYNTAX);
	assert_rule(f, "empty line");
	buf_release(&b);
}

static struct equivocation
pair(const char *name, bool has_proof)
{
	struct equivocation e = { .has_proof = has_proof };
	struct span s;
	char key[60];

	snprintf(key, sizeof key, "%s a", name);
	e.a = vectors_get(&pairs, key);
	snprintf(key, sizeof key, "%s b", name);
	e.b = vectors_get(&pairs, key);
	if (!has_proof)
		return e;
	snprintf(key, sizeof key, "%s alt root", name);
	assert_ok(code_parse_base64_fixed(vectors_line(&pairs, key),
	    e.alt_root.b, 32));
	snprintf(key, sizeof key, "%s proof", name);
	s = vectors_get(&pairs, key);
	assert_ok(proof_step(&s, &e.proof, NULL));
	return e;
}

static void
check_json(const struct equivocation *e)
{
	struct equivocation again;
	struct arena a = { 0 };
	struct buf b;

	buf_init(&b, LIMIT_FRAME);
	equivocation_write(e, &b);
	assert_ok(equivocation_parse(buf_span(&b), &a, &again, NULL));
	assert_ok(equivocation_check(&again, &log_key, NULL));
	assert_span(again.a, e->a);
	assert_int_equal(again.has_proof, e->has_proof);
	arena_release(&a);
	buf_release(&b);
}

static void
test_equivocation_vectors(void **state)
{
	static const char *const names[] = { "same size", "different size",
	    "different size pow2" };
	struct equivocation e;
	struct fault f;
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++) {
		e = pair(names[i], i > 0);
		assert_ok(equivocation_check(&e, &log_key, NULL));
		check_json(&e);
		assert_err(equivocation_check(&e, &cosigner[0], &f),
		    ERR_KEY);
		if (i > 0) {
			e.proof.hash[0].b[0] ^= 1;
			assert_err(equivocation_check(&e, &log_key, &f),
			    ERR_PROOF);
			e.has_proof = false;
			assert_err(equivocation_check(&e, &log_key, &f),
			    ERR_PROOF);
			assert_rule(f, "no proof");
		}
	}
	e.b = e.a;
	assert_err(equivocation_check(&e, &log_key, &f), ERR_PROOF);
	assert_rule(f, "roots are equal");
	e = pair("same size", false);
	e.has_proof = true;
	assert_err(equivocation_check(&e, &log_key, &f), ERR_PROOF);
	assert_rule(f, "not smaller");
	/* an honest continuation is no equivocation: 5 to 7 of one tree */
	e = pair("different size", true);
	struct tree_source source = log_source(&honest);
	e.b = vectors_get(&notes, "checkpoint signed");
	assert_ok(tree_root_at(&source, 5, &e.alt_root));
	assert_ok(proof_make_consistency(&source, 5, 7, &e.proof));
	assert_err(equivocation_check(&e, &log_key, &f), ERR_PROOF);
	assert_rule(f, "root of a");
}

static void
test_equivocation_make(void **state)
{
	struct span a7 = vectors_get(&notes, "checkpoint signed");
	struct equivocation want = pair("same size", false), e;
	struct tree_source source = log_source(&honest);
	struct fault f;

	(void)state;
	assert_ok(equivocation_make(want.a, want.b, &log_key, NULL, &e, &f));
	check_json(&e);
	assert_err(equivocation_make(a7, a7, &log_key, NULL, &e, &f),
	    ERR_NOT_FOUND);
	want = pair("different size", true);
	assert_err(equivocation_make(want.a, a7, &log_key, &source, &e, &f),
	    ERR_NOT_FOUND);
	assert_err(equivocation_make(want.a, want.b, &log_key, NULL, &e, &f),
	    ERR_USAGE);
	assert_err(equivocation_make(want.a, want.b, &log_key, &source, &e,
	    &f), ERR_USAGE);
	assert_rule(f, "not that of");
}

static void
test_bad_equivocation_json(void **state)
{
	static const struct {
		const char *json;
		enum err want;
	} rows[] = {
		{ "", ERR_SYNTAX },
		{ "[]", ERR_SCHEMA },
		{ "{\"kind\":\"other\",\"a\":\"\",\"b\":\"\"}", ERR_SCHEMA },
		{ "{\"kind\":\"equivocation\",\"a\":\"\"}", ERR_SCHEMA },
		{ "{\"kind\":\"equivocation\",\"a\":\"\",\"b\":1}",
		    ERR_SCHEMA },
		{ "{\"kind\":\"equivocation\",\"a\":\"\",\"b\":\"\","
		  "\"c\":0}", ERR_SCHEMA },
		{ "{\"kind\":\"equivocation\",\"a\":\"\",\"a\":\"\","
		  "\"b\":\"\"}", ERR_CONFLICT },
		{ "{\"kind\":\"equivocation\",\"a\":\"\",\"b\":\"\","
		  "\"alt_root\":\"AA==\",\"proof\":[]}", ERR_SYNTAX },
		{ "{\"kind\":\"equivocation\",\"a\":\"\",\"b\":\"\"}",
		    ERR_NONE },
	};
	struct equivocation e;
	struct arena a = { 0 };
	struct fault f;
	size_t i;
	enum err r;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		r = equivocation_parse(span_str(rows[i].json), &a, &e, &f);
		if (r != rows[i].want)
			fail_msg("row %zu: %s", i, err_token(r));
	}
	arena_release(&a);
}

static int
load(void **state)
{
	(void)state;
	vectors_load(&notes, "tests/vectors/ledger_note.txt");
	vectors_load(&proofs, "tests/vectors/ledger_proof.txt");
	vectors_load(&pairs, "tests/vectors/ledger_equivocation.txt");
	assert_ok(note_key_parse(vectors_line(&notes, "log vkey"), &log_key));
	assert_ok(note_key_parse(vectors_line(&notes, "br vkey"),
	    &cosigner[0]));
	assert_ok(note_key_parse(vectors_line(&notes, "cl vkey"),
	    &cosigner[1]));
	log_init(&honest, 7);
	log_fill(&honest, 7, 5);
	return 0;
}

static int
unload(void **state)
{
	(void)state;
	log_release(&honest);
	buf_release(&notes.text);
	buf_release(&proofs.text);
	buf_release(&pairs.text);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tlog_proof),
		cmocka_unit_test(test_bad_proof_files),
		cmocka_unit_test(test_add_checkpoint),
		cmocka_unit_test(test_equivocation_vectors),
		cmocka_unit_test(test_equivocation_make),
		cmocka_unit_test(test_bad_equivocation_json),
	};

	return cmocka_run_group_tests(tests, load, unload);
}

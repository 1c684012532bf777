/* SPDX-License-Identifier: Apache-2.0
 *
 * Circles: the vector, what is no key and no container of one, what the keeper
 * opens and what it refuses, and when which key may be used.
 */
#include "base/code.h"
#include "base/limits.h"
#include "crypto/circle.h"
#include "crypto/jwe.h"
#include "crypto/jws.h"
#include "crypto/keeper_wire.h"
#include "crypto/keyring.h"
#include "watch/circles.h"

#include "cmocka_all.h"

#include <stdio.h>

#define TYP "almenara-entry+jws"
#define ORIGIN "almenara.example/log/uy/7f3a09c2"

enum { DAY = 86400 };

static struct arena arena;

/* --- the vector --- */

static struct span
vector(const char *name)
{
	char line[4096];
	struct span found = { 0 };
	size_t n = strlen(name);
	FILE *f = fopen("tests/vectors/circle.txt", "r");

	assert_non_null(f);
	while (found.n == 0 && fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, name, n) == 0 && line[n] == ' ')
			found = span_str(arena_string(&arena,
			    span_str(line + n + 1)));
	}
	fclose(f);
	assert_true(found.n != 0);
	return found;
}

static struct digest
seed_of(const char *name)
{
	struct span in[] = { span_str("almenara test key: "), vector(name) };

	return hash_sha256_spans(in, 2);
}

static struct circle
vector_circle(void)
{
	struct circle c;

	assert_ok(circle_parse(vector("key_jws"), &arena, &c, NULL));
	return c;
}

static void
test_the_vector(void **state)
{
	struct digest cek = seed_of("cek_label"), iv = seed_of("iv_label");
	struct digest key = seed_of("key_label"), id;
	struct jwe_random random = { .epk = NULL };
	struct circle c = vector_circle();
	char text[48];
	struct buf b;
	struct jwe j;

	(void)state;
	memcpy(random.cek, cek.b, sizeof random.cek);
	memcpy(random.iv, iv.b, sizeof random.iv);
	assert_memory_equal(c.key, key.b, sizeof c.key);
	assert_true(span_is_str(c.log, ORIGIN));
	buf_init(&b, LIMIT_CONTAINER);
	code_write_base64url(&b, digest_span(&c.id));
	assert_true(span_is_equal(buf_span(&b), vector("circle")));
	buf_clear(&b);
	assert_ok(jwe_write_circle(c.log, &c.id, c.key, vector("inner_jws"),
	    &random, &b));
	assert_true(span_is_equal(buf_span(&b), vector("container")));
	assert_true(jwe_find_circle(buf_span(&b), &arena, &id));
	assert_true(digest_is_equal(&id, &c.id));
	assert_ok(jwe_parse(vector("container"), &arena, &j, NULL));
	buf_clear(&b);
	assert_ok(jwe_open_circle(&j, c.key, &b, NULL));
	assert_true(span_is_equal(buf_span(&b), vector("inner_jws")));
	buf_clear(&b);
	circle_write(c.key, &b);
	assert_true(b.n <= CIRCLE_BODY_MAX);
	snprintf(text, sizeof text, "{\"key\":\"");
	assert_memory_equal(b.p, text, strlen(text));
	buf_release(&b);
}

/* --- what is no container of a circle --- */

static struct span
edit(struct span text, const char *from, const char *to)
{
	const unsigned char *at = memmem(text.p, text.n, from, strlen(from));
	struct span out;
	struct buf b;

	assert_non_null(at);
	buf_init(&b, LIMIT_CONTAINER);
	buf_put(&b, span_of(text.p, (size_t)(at - text.p)));
	buf_put_str(&b, to);
	at += strlen(from);
	buf_put(&b, span_of(at, text.n - (size_t)(at - text.p)));
	out = arena_copy(&arena, buf_span(&b));
	buf_release(&b);
	return out;
}

static void
test_other_headers_are_refused(void **state)
{
	static const struct {
		const char *from, *to;
		enum err err;
	} rows[] = {
		{ "\"alg\":\"A256KW\"", "\"alg\":\"A128KW\"",
			ERR_SCHEMA },
		{ "\"alg\":\"A256KW\"", "\"alg\":\"dir\"", ERR_SCHEMA },
		{ "\"alg\":\"A256KW\"",
			"\"alg\":\"A256KW\",\"epk\":{\"crv\":\"X25519\","
			"\"kty\":\"OKP\",\"x\":\"lnvuc-P7qlNnlNCufHrFQAA9g9"
			"QsSpH-Z8tUQYrMbiI\"}", ERR_SCHEMA },
		{ "\"alg\":\"A256KW\"", "\"alg\":\"\\u0041256KW\"",
			ERR_CANONICAL },
		{ "\"alg\":\"A256KW\"", "\"alg\":\"ECDH-ES+A256KW\"",
			ERR_SCHEMA },
		{ "\"kid\":\"", "\"kid\":\"A", ERR_SYNTAX },
		{ "\"encrypted_key\":\"", "\"encrypted_key\":\"AAAA",
			ERR_SYNTAX },
		{ "}],\"iv\"",
			"},{\"header\":{\"alg\":\"A256KW\",\"kid\":\"AAAAAAA"
			"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"},\"encrypted"
			"_key\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
			"AAAAAAAAAAAA\"}],\"iv\"", ERR_CONFLICT },
	};
	struct jwe j;
	struct fault f;
	struct digest id;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct span bad = edit(vector("container"), rows[i].from,
		    rows[i].to);
		enum err e = jwe_parse(bad, &arena, &j, &f);

		if (e != rows[i].err)
			print_message("# row %zu: %s\n", i, f.rule);
		assert_err(e, rows[i].err);
		assert_false(jwe_find_circle(bad, &arena, &id));
	}
}

static void
test_keys_and_circles_do_not_mix(void **state)
{
	static const unsigned char seed[1][32] = { { 5 } };
	const struct jwe_random random = { { 1 }, { 2 }, seed };
	struct circle c = vector_circle();
	struct digest id;
	struct jwk k;
	struct buf b;
	struct jwe j;

	(void)state;
	buf_init(&b, LIMIT_CONTAINER);
	jwk_from_seed(JWK_X25519, seed[0], &k);
	assert_ok(jwe_parse(vector("container"), &arena, &j, NULL));
	assert_err(jwe_open(&j, &k, &b, NULL), ERR_KEY);
	c.key[0] ^= 1;
	assert_err(jwe_open_circle(&j, c.key, &b, NULL), ERR_DECRYPT);
	assert_int_equal(b.n, 0);
	assert_ok(jwe_write(span_str(ORIGIN), (const struct jwk *[]){ &k }, 1,
	    vector("inner_jws"), &random, &b));
	assert_false(jwe_find_circle(buf_span(&b), &arena, &id));
	assert_ok(jwe_parse(buf_span(&b), &arena, &j, NULL));
	assert_err(jwe_open_circle(&j, c.key, &b, NULL), ERR_KEY);
	buf_release(&b);
}

/* --- what is no key --- */

/* An entry of the author of the vector with another payload. */
static struct span
signed_entry(const char *from, const char *to)
{
	struct digest seed = hash_sha256(span_str(
	    "almenara test key: uy entry"));
	struct sign_secret secret;
	struct span out;
	struct jws jws;
	struct jwk k;
	struct buf b;

	assert_ok(jws_parse(vector("key_jws"), TYP, &arena, &jws, NULL));
	jwk_from_seed(JWK_ED25519, seed.b, &k);
	jwk_sign_secret(&k, &secret);
	buf_init(&b, LIMIT_JWS);
	assert_ok(jws_write(TYP, &jws.kid, edit(jws.payload, from, to),
	    &secret, &b));
	out = arena_copy(&arena, buf_span(&b));
	buf_release(&b);
	return out;
}

static void
test_what_is_no_key(void **state)
{
	static const struct {
		const char *from, *to;
		enum err err;
	} rows[] = {
		{ "circle-key", "circle-keys", ERR_SCHEMA },
		{ "\"key\":\"", "\"key\":\"AAAA", ERR_SYNTAX },
		{ "\"body\":{\"key\":\"", "\"body\":{\"x\":1,\"key\":\"",
			ERR_SCHEMA },
		{ "\"key\":\"", "\"kez\":\"", ERR_SCHEMA },
		{ "\"body\":{", "\"b\":{", ERR_SCHEMA },
	};
	struct circle c = { .log = span_str("untouched") };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_err(circle_parse(signed_entry(rows[i].from,
		    rows[i].to), &arena, &c, NULL), rows[i].err);
	assert_int_not_equal(circle_parse(span_str("a.b.c"), &arena, &c,
	    NULL), ERR_NONE);
	assert_true(span_is_str(c.log, "untouched"));
}

/* --- the keeper --- */

static void
fill(void *p, size_t n)
{
	memset(p, 0, n);
	for (size_t i = 0; i < n; i++) {
		static unsigned char next;

		((unsigned char *)p)[i] = next++;
	}
}

static enum err
open_by(struct keeper *k, struct span container, struct span with,
    struct span want, struct span *jws)
{
	struct keeper_job sent = { .what = KEEPER_OPEN, .in = container,
		.with = with, .want = hash_sha256(want) }, *got;
	struct buf wire, answer;
	size_t n;

	buf_init(&wire, LIMIT_KEEPER_BATCH);
	buf_init(&answer, LIMIT_KEEPER_BATCH);
	buf_init(&sent.out, LIMIT_CONTAINER);
	assert_ok(keeper_wire_write_jobs(&sent, 1, &wire));
	assert_ok(keeper_wire_parse_jobs(buf_span(&wire), &arena, &got, &n,
	    NULL));
	assert_ok(keeper_run(k, got, n));
	assert_ok(keeper_wire_write_results(got, n, &answer));
	assert_ok(keeper_wire_parse_results(buf_span(&answer), &sent, 1,
	    NULL));
	*jws = arena_copy(&arena, keeper_opened(&sent.out).jws);
	buf_release(&sent.out);
	buf_release(&got[0].out);
	buf_release(&wire);
	buf_release(&answer);
	return sent.result;
}

static void
test_what_the_keeper_opens(void **state)
{
	struct span box, key = vector("key_jws"), inner = vector("inner_jws");
	struct span other = signed_entry("000010", "000012"), jws;
	struct jwe_random random = { { 1 }, { 2 }, NULL };
	struct circle c = vector_circle();
	struct keyring *r;
	struct keeper *k;
	struct buf b;

	(void)state;
	assert_ok(keyring_make(span_str("x/log/uy/1"), span_str("x/node/uy"),
	    span_str("x/private/uy/1"), JWK_X25519, JWK_P256, fill, &r));
	k = keyring_keeper_create(r);
	box = vector("container");
	assert_ok(open_by(k, box, key, inner, &jws));
	assert_true(span_is_equal(jws, inner));
	assert_err(open_by(k, box, span_str(""), inner, &jws), ERR_KEY);
	/* the same key, handed out by another entry */
	assert_err(open_by(k, box, other, inner, &jws), ERR_KEY);
	assert_err(open_by(k, box, key, key, &jws), ERR_DIGEST);
	assert_int_equal(jws.n, 0);
	/* a container that another log makes with it */
	buf_init(&b, LIMIT_CONTAINER);
	assert_ok(jwe_write_circle(span_str("almenara.example/log/br/7f3a09c2"),
	    &c.id, c.key, inner, &random, &b));
	assert_err(open_by(k, buf_span(&b), key, inner, &jws), ERR_KEY);
	buf_release(&b);
	keyring_keeper_free(k);
	keyring_free(r);
}

/* --- which key, and when --- */

static void
test_what_may_go_to_a_circle(void **state)
{
	const struct span warning = span_str("warning");

	(void)state;
	assert_true(circles_may(warning, span_str("TLP:GREEN"), false));
	assert_true(circles_may(warning, span_str("TLP:AMBER+STRICT"),
	    false));
	assert_false(circles_may(warning, span_str("TLP:RED"), false));
	assert_false(circles_may(warning, span_str("TLP:PINK"), false));
	assert_false(circles_may(warning, span_str("TLP:GREEN"), true));
	assert_false(circles_may(span_str("circle-key"),
	    span_str("TLP:GREEN"), false));
}

static void
test_a_circle_is_its_readers_and_their_keys(void **state)
{
	const struct span two[] = { span_str("br"), span_str("cl") };
	const struct digest kid[] = { { { 1 } }, { { 2 } } };
	const struct digest new[] = { { { 1 } }, { { 3 } } };
	struct digest a = circles_about(two, 2, kid, 2);
	struct digest b = circles_about(two, 1, kid, 1);
	struct digest c = circles_about(two, 2, new, 2);
	struct digest again = circles_about(two, 2, kid, 2);

	(void)state;
	assert_true(digest_is_equal(&a, &again));
	assert_false(digest_is_equal(&a, &b));
	assert_false(digest_is_equal(&a, &c));
}

static void
test_when_a_key_is_used(void **state)
{
	static struct circles c;
	const struct digest about = { { 1 } };
	struct circles_item item = { .about = about, .index = 7,
		.made_s = 1000 };

	(void)state;
	assert_true(circles_want(&c, &about, 0, 1000));
	assert_false(circles_want(&c, &about, 0, 1000)); /* under way */
	circles_made(&c, &about, NULL); /* it could not be */
	assert_true(circles_want(&c, &about, 0, 1000));
	circles_made(&c, &about, &item);
	/* not before its entry is released */
	assert_null(circles_find(&c, &about, 7, 1000));
	assert_non_null(circles_find(&c, &about, 8, 1000));
	assert_false(circles_want(&c, &about, 8, 1000));
	assert_non_null(circles_find(&c, &about, 8, 1000 + 7 * DAY - 1));
	assert_null(circles_find(&c, &about, 8, 1000 + 7 * DAY));
	assert_true(circles_want(&c, &about, 8, 1000 + 7 * DAY));
	item.index = 9;
	item.made_s += 7 * DAY;
	circles_made(&c, &about, &item);
	assert_int_equal(c.n, 1);
	assert_int_equal(circles_find(&c, &about, 10,
	    1000 + 7 * DAY)->index, 9);
	/* a clock that went back says nothing about a key's age */
	assert_non_null(circles_find(&c, &about, 10, item.made_s - 300));
	assert_null(circles_find(&c, &about, 10, item.made_s - 301));
	circles_clear(&c);
	assert_null(circles_find(&c, &about, 10, item.made_s));
}

static void
test_the_oldest_gives_way(void **state)
{
	static struct circles c;
	struct digest about = { { 0 } };

	(void)state;
	for (unsigned i = 0; i <= CIRCLES_MOST; i++) {
		struct circles_item item = { .made_s = 1000 + i };

		about.b[0] = (unsigned char)i;
		item.about = about;
		circles_made(&c, &about, &item);
	}
	assert_int_equal(c.n, CIRCLES_MOST);
	about.b[0] = 0;
	assert_null(circles_find(&c, &about, 1, 2000));
	about.b[0] = CIRCLES_MOST;
	assert_non_null(circles_find(&c, &about, 1, 2000));
	about.b[0] = 1;
	assert_non_null(circles_find(&c, &about, 1, 2000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_vector),
		cmocka_unit_test(test_other_headers_are_refused),
		cmocka_unit_test(test_keys_and_circles_do_not_mix),
		cmocka_unit_test(test_what_is_no_key),
		cmocka_unit_test(test_what_the_keeper_opens),
		cmocka_unit_test(test_what_may_go_to_a_circle),
		cmocka_unit_test(test_a_circle_is_its_readers_and_their_keys),
		cmocka_unit_test(test_when_a_key_is_used),
		cmocka_unit_test(test_the_oldest_gives_way),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_release(&arena);
	return failed;
}

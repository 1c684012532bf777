/* SPDX-License-Identifier: Apache-2.0
 *
 * record/erased: what an erasing entry names, and stubs.
 */
#include "record/erased.h"

#include "base/code.h"
#include "base/limits.h"
#include "crypto/jws.h"

#include "cmocka_all.h"

#include <string.h>

#define D "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
#define ID "0197c5b0-7e00-7abc-8def-0123456789ab"
#define TARGET "{\"log\":\"l\",\"index\":7,\"digest\":\"" D "\",\"id\":\"" ID \
    "\"}"

static struct arena mem;

static struct json_val
parsed(struct span text)
{
	struct json *doc = arena_alloc(&mem, sizeof *doc);

	assert_int_equal(json_parse_arena(text, LIMIT_JSON_DEPTH,
	    LIMIT_JSON_TOKENS, &mem, doc, NULL), ERR_NONE);
	return json_root(doc);
}

static enum err
targets(const char *body, size_t *n)
{
	struct erased_target *t;

	return erased_targets(parsed(span_str(body)), &mem, &t, n);
}

static void
targets_are_read(void **state)
{
	static const char *const wrong[] = { "{}", "{\"of\":{}}",
		"{\"of\":[{}]}", "{\"of\":[" TARGET ",7]}",
		"{\"of\":[{\"log\":\"l\",\"index\":-1,\"digest\":\"" D
		"\",\"id\":\"" ID "\"}]}",
		"{\"of\":[{\"log\":\"l\",\"index\":1,\"digest\":\"x\","
		"\"id\":\"" ID "\"}]}",
		"{\"of\":[{\"log\":\"l\",\"index\":1,\"digest\":\"" D
		"\",\"id\":\"x\"}]}" };
	struct erased_target *t;
	struct buf b;
	size_t n = 99;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(targets(wrong[i], &n), ERR_SCHEMA);
	assert_int_equal(n, 99);
	assert_int_equal(erased_targets(parsed(span_str("{\"of\":[" TARGET
	    "]}")), &mem, &t, &n), ERR_NONE);
	assert_int_equal(n, 1);
	assert_true(span_is_str(t->log, "l"));
	assert_int_equal(t->index, 7);
	assert_int_equal(t->digest.b[0], 0xe3);
	buf_init(&b, 65536);
	buf_put_str(&b, "{\"of\":[" TARGET);
	for (unsigned i = 1; i <= ERASED_MOST; i++) {
		size_t at = b.n;

		buf_put_str(&b, "]}");
		assert_int_equal(targets(buf_str(&b), &n), ERR_NONE);
		assert_int_equal(n, i);
		b.n = at;
		buf_put_str(&b, "," TARGET);
	}
	buf_put_str(&b, "]}");
	assert_int_equal(targets(buf_str(&b), &n), ERR_LIMIT);
	buf_release(&b);
}

static void
a_stub_keeps_the_envelope_alone(void **state)
{
	static const char payload[] = "{\"v\":1,\"log\":\"l\",\"id\":\"" ID
	    "\",\"rev\":3,\"iss\":\"uy\",\"kind\":\"warning\","
	    "\"tlp\":\"TLP:AMBER\",\"iat\":1767225600,\"aud\":[\"br\","
	    "\"cl\"],\"replaces\":[\"" D "\"],"
	    "\"body\":{\"title\":{\"en\":\"canary\"}}}";
	struct digest d = hash_sha256(span_str("d"));
	struct digest by = hash_sha256(span_str("by")), d2, by2;
	struct kid kid = kid_of(&d);
	struct json_val body;
	struct entry e;
	struct buf jws, stub;
	struct jws j;

	(void)state;
	buf_init(&jws, LIMIT_JWS);
	buf_init(&stub, LIMIT_JWS);
	jws_header_write(ENTRY_TYP, &kid, &jws);
	buf_put_u8(&jws, '.');
	code_write_base64url(&jws, span_str(payload));
	buf_put_u8(&jws, '.');
	for (unsigned i = 0; i < 86; i++)
		buf_put_u8(&jws, 'A');
	assert_int_equal(erased_write(buf_span(&jws), &d, &by, &mem, &stub),
	    ERR_NONE);
	assert_int_equal(jws_parse(buf_span(&stub), ENTRY_TYP, &mem, &j,
	    NULL), ERR_NONE);
	assert_null(memmem(j.payload.p, j.payload.n, "canary", 6));
	assert_int_equal(entry_parse(j.payload, &mem, &e, &body, NULL),
	    ERR_NONE);
	assert_int_equal(e.rev, 3);
	assert_int_equal(e.aud_n, 2);
	assert_int_equal(e.replaces_n, 1);
	assert_true(span_is_str(e.kind, "warning"));
	assert_int_equal(erased_parse(body, &mem, &d2, &by2), ERR_NONE);
	assert_true(digest_is_equal(&d, &d2));
	assert_true(digest_is_equal(&by, &by2));
	buf_clear(&stub);
	assert_int_equal(erased_write(span_str("no entry"), &d, &by, &mem,
	    &stub), ERR_SYNTAX);
	assert_int_equal(erased_write(span_str("a.b.c"), &d, &by, &mem,
	    &stub), ERR_SYNTAX);
	assert_int_equal(stub.n, 0);
	assert_int_equal(erased_parse(parsed(span_str("{\"erased\":\"" D
	    "\"}")), &mem, &d2, NULL), ERR_SCHEMA);
	buf_release(&jws);
	buf_release(&stub);
}

static int
teardown(void **state)
{
	(void)state;
	arena_release(&mem);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets_are_read),
		cmocka_unit_test(a_stub_keeps_the_envelope_alone),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}

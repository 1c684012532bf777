/* SPDX-License-Identifier: Apache-2.0
 *
 * record/filled: forms that a browser has sealed, and what is none.
 */
#include "base/limits.h"
#include "record/filled.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

static enum err
parse(const char *text, struct arena *a, struct filled *x, struct fault *f)
{
	return filled_parse(span_str(text), a, x, f);
}

static void
test_taken(void **state)
{
	static const char text[] = "{\"what\":\"a \\\"b\\\"\\n\\tc\","
	    "\"topic\":\"down\",\"contact\":\"\",\"when\":\"ayer\","
	    "\"share\":\"network\",\"named\":\"yes\"}   \n  ";
	struct arena a = { 0 };
	struct json_out w;
	struct filled x;
	struct buf b;

	(void)state;
	assert_int_equal(parse(text, &a, &x, NULL), ERR_NONE);
	assert_true(span_is_str(x.topic, "down"));
	assert_true(span_is_str(x.what, "a \"b\"\n\tc"));
	assert_true(span_is_str(x.when, "ayer"));
	assert_true(span_is_str(x.share, "network"));
	assert_string_equal(filled_consent(x.share, x.named), "contact");
	assert_string_equal(filled_consent(x.share, x.contact), "text");
	assert_string_equal(filled_consent(x.contact, x.contact), "none");
	assert_int_equal(x.contact.n + x.ongoing.n, 0);
	buf_init(&b, 256);
	json_out_init(&w, &b);
	filled_write(&x, &w);
	assert_string_equal(buf_str(&b), "{\"what\":\"a \\\"b\\\"\\n\\tc\","
	    "\"when\":\"ayer\",\"share\":\"network\"}");
	buf_clear(&b);
	assert_int_equal(parse("{\"credit\":\"Eva\",\"topic\":\"weakness\","
	    "\"informed\":\"\",\"product\":\"P 7\",\"what\":\"x\"}", &a, &x,
	    NULL), ERR_NONE);
	json_out_init(&w, &b);
	filled_write(&x, &w);
	assert_string_equal(buf_str(&b), "{\"what\":\"x\",\"product\":\"P 7\","
	    "\"credit\":\"Eva\"}");
	buf_release(&b);
	arena_release(&a);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *text, *field;
		enum err want;
	} rows[] = {
		{ "", NULL, ERR_SYNTAX },
		{ "[]", "form", ERR_SCHEMA },
		{ "{\"topic\":\"down\"}", "what", ERR_SCHEMA },
		{ "{\"topic\":\"down\",\"what\":\"\"}", "what", ERR_SCHEMA },
		{ "{\"topic\":\"\",\"what\":\"x\"}", "topic", ERR_SCHEMA },
		{ "{\"what\":\"x\"}", "topic", ERR_SCHEMA },
		{ "{\"topic\":\"down\",\"what\":7}", "what", ERR_SCHEMA },
		{ "{\"topic\":\"down\",\"what\":\"x\",\"when\":null}", "when",
		    ERR_SCHEMA },
		{ "{\"topic\":\"down\",\"what\":\"x\",\"number\":\"1\"}",
		    "form", ERR_SCHEMA },
		{ "{\"topic\":\"down\",\"what\":\"x\",\"share\":\"all\"}",
		    "share", ERR_SCHEMA },
		{ "{\"topic\":\"down\",\"what\":\"x\",\"named\":\"no\"}",
		    "named", ERR_SCHEMA },
		{ "{\"topic\":\"down\",\"what\":\"a\\u001bb\"}", "what",
		    ERR_SCHEMA },
		{ "{\"topic\":\"down\",\"what\":\"a\\u007fb\"}", "what",
		    ERR_SCHEMA },
		{ "{\"topic\":\"down\",\"what\":\"a\\r\\nb\"}", "what",
		    ERR_SCHEMA },
		{ "{\"topic\":\"12345678901234567\",\"what\":\"x\"}", "topic",
		    ERR_LIMIT },
		{ "{\"topic\":\"weakness\",\"what\":\"x\",\"vendor\":\"y\"}",
		    "product", ERR_SCHEMA },
		{ "{\"topic\":\"down\",\"what\":\"x\"}}", NULL, ERR_SYNTAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct filled x = { .topic = { .n = 77 } };
		struct arena a = { 0 };
		struct fault f = { 0 };
		enum err e = parse(rows[i].text, &a, &x, &f);

		if (e != rows[i].want || x.topic.n != 77 || (rows[i].field !=
		    NULL && strcmp(f.field, rows[i].field) != 0))
			fail_msg("%s: %s, %s", rows[i].text, err_token(e),
			    f.field);
		arena_release(&a);
	}
}

static enum err
parse_long(const char *name, size_t n)
{
	struct arena a = { 0 };
	struct filled x;
	struct buf b;
	enum err e;

	buf_init(&b, 16384);
	buf_put_format(&b, "{\"topic\":\"down\",%s\"%s\":\"",
	    strcmp(name, "what") != 0 ? "\"what\":\"x\"," : "", name);
	memset(buf_extend(&b, n), 'x', n);
	buf_put_str(&b, "\"}");
	e = filled_parse(buf_span(&b), &a, &x, NULL);
	buf_release(&b);
	arena_release(&a);
	return e;
}

static void
test_limits(void **state)
{
	static const char *const small[] = { "ongoing", "when", "contact" };

	(void)state;
	assert_int_equal(parse_long("what", LIMIT_REPORT_TEXT), ERR_NONE);
	assert_int_equal(parse_long("what", LIMIT_REPORT_TEXT + 1), ERR_LIMIT);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(parse_long(small[i], FILLED_SHORT), ERR_NONE);
		assert_int_equal(parse_long(small[i], FILLED_SHORT + 1),
		    ERR_LIMIT);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_taken),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_limits) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

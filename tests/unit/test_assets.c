/* SPDX-License-Identifier: Apache-2.0
 *
 * What organisations have, as they write it: networks, names of hosts, tables.
 */
#include "cmocka_all.h"

#include "base/csv.h"
#include "base/host.h"
#include "base/prefix.h"

#include <string.h>

static void
test_prefix(void **state)
{
	static const struct {
		const char *in, *out;
	} good[] = { { "192.0.2.7", "192.0.2.7" },
		{ "192.0.2.7/24", "192.0.2.0/24" },
		{ "10.255.255.255/9", "10.128.0.0/9" },
		{ "0.0.0.0/0", "0.0.0.0/0" },
		{ "2001:DB8:0:0:0:0:0:1", "2001:db8::1" },
		{ "2001:db8:ffff::/33", "2001:db8:8000::/33" },
		{ "::/0", "::/0" }, { "::ffff:192.0.2.1", "192.0.2.1" } };
	static const char *const bad[] = { "", "192.0.2", "192.0.2.0/33",
		"2001:db8::/129", "192.0.2.0/", "192.0.2.0/2x", "a.example",
		"192.0.2.0/0024", " 192.0.2.1" };
	char text[PREFIX_TEXT];
	struct prefix p;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_int_equal(prefix_parse(span_str(good[i].in), &p),
		    ERR_NONE);
		prefix_mask(&p);
		prefix_write(&p, text);
		assert_string_equal(text, good[i].out);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(prefix_parse(span_str(bad[i]), &p),
		    ERR_SYNTAX);
}

static bool
covers(const char *wide, const char *narrow)
{
	struct prefix w, n;

	assert_int_equal(prefix_parse(span_str(wide), &w), ERR_NONE);
	assert_int_equal(prefix_parse(span_str(narrow), &n), ERR_NONE);
	return prefix_covers(&w, &n);
}

static void
test_prefix_covers(void **state)
{
	(void)state;
	assert_true(covers("192.0.2.0/24", "192.0.2.255"));
	assert_true(covers("192.0.2.0/25", "192.0.2.0/25"));
	assert_true(covers("10.128.0.0/9", "10.200.0.0/16"));
	assert_false(covers("192.0.2.0/25", "192.0.2.128"));
	assert_false(covers("192.0.2.0/25", "192.0.2.0/24"));
	assert_false(covers("2001:db8::/32", "2001:db9::1"));
	assert_false(covers("0.0.0.0/0", "2001:db8::1"));
}

static void
test_host(void **state)
{
	static const char *const bad[] = { "", "example", ".example",
		"a..example", "-a.example", "a-.example", "192.0.2.1",
		"a b.example", "salud\xc3\xb3.example", "a.example..",
		"a.example/x", "x@a.example" };
	char text[HOST_TEXT], most[HOST_TEXT + 8];

	(void)state;
	assert_int_equal(host_parse(span_str("WWW.Example."), text), ERR_NONE);
	assert_string_equal(text, "www.example");
	assert_int_equal(host_parse(span_str("_dmarc.xn--salud-x.example"),
	    text), ERR_NONE);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (host_parse(span_str(bad[i]), text) != ERR_SYNTAX)
			fail_msg("%s", bad[i]);
	memset(most, 'a', sizeof most);
	for (size_t i = 63; i < sizeof most; i += 64)
		most[i] = '.';
	assert_int_equal(host_parse(span_of(most, 253), text), ERR_NONE);
	assert_int_equal(host_parse(span_of(most, 254), text), ERR_SYNTAX);
	/* a label of 63, and one of 64 */
	assert_int_equal(host_parse(span_of(most, 65), text), ERR_NONE);
	most[63] = 'a';
	most[64] = '.';
	assert_int_equal(host_parse(span_of(most, 66), text), ERR_SYNTAX);
	assert_int_equal(host_parse(span_of(most + 1, 65), text), ERR_NONE);
}

static bool
is_under(const char *name, const char *top)
{
	return host_is_under(span_str(name), span_str(top));
}

static void
test_host_is_under(void **state)
{
	(void)state;
	assert_true(is_under("a.example", "a.example"));
	assert_true(is_under("b.a.example", "a.example"));
	assert_false(is_under("ba.example", "a.example"));
	assert_false(is_under("a.example", "b.a.example"));
	assert_false(is_under("a.example", ""));
}

/* --- tables --- */

static enum err
next(struct csv *c, struct arena *a, const char *want)
{
	struct csv_row row = { .n = 0 };
	struct fault f = { 0 };
	char text[256] = "";
	enum err e = csv_next(c, a, &row, &f);

	for (size_t i = 0; i < row.n && e == ERR_NONE; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text),
		    "[%.*s]", SPAN_FMT(row.cell[i]));
	assert_string_equal(text, want);
	if (e != ERR_NONE && e != ERR_NOT_FOUND)
		assert_true(f.at > 0 && f.rule[0] != '\0');
	return e;
}

static void
test_csv(void **state)
{
	struct arena a = { 0 };
	struct csv c;

	(void)state;
	csv_init(&c, span_str("\xef\xbb\xbfname, sector\r\n\r\n"
	    "\"Uno, \"\"S.A.\"\"\",energy\r\n\"dos\nl\xc3\xadneas\",\n,\nz"));
	assert_int_equal(next(&c, &a, "[name][sector]"), ERR_NONE);
	assert_int_equal(c.line, 1);
	assert_int_equal(next(&c, &a, "[Uno, \"S.A.\"][energy]"), ERR_NONE);
	assert_int_equal(c.line, 3);
	assert_int_equal(next(&c, &a, "[dos\nl\xc3\xadneas][]"), ERR_NONE);
	assert_int_equal(c.line, 4);
	assert_int_equal(next(&c, &a, "[][]"), ERR_NONE);
	assert_int_equal(c.line, 6);
	assert_int_equal(next(&c, &a, "[z]"), ERR_NONE);
	assert_int_equal(next(&c, &a, ""), ERR_NOT_FOUND);
	csv_init(&c, span_str("\"a,b\";c,d\n1,5;2"));
	assert_int_equal(next(&c, &a, "[a,b][c,d]"), ERR_NONE);
	assert_int_equal(next(&c, &a, "[1,5][2]"), ERR_NONE);
	arena_release(&a);
}

static void
test_csv_refused(void **state)
{
	struct arena a = { 0 };
	char wide[2 * CSV_CELLS + 2];
	struct csv c;

	(void)state;
	csv_init(&c, span_str("a,b\n\"c"));
	assert_int_equal(next(&c, &a, "[a][b]"), ERR_NONE);
	assert_int_equal(next(&c, &a, ""), ERR_SYNTAX);
	csv_init(&c, span_str("\"a\"b,c"));
	assert_int_equal(next(&c, &a, ""), ERR_SYNTAX);
	memset(wide, ',', sizeof wide);
	csv_init(&c, span_of(wide, CSV_CELLS));
	assert_int_equal(next(&c, &a, ""), ERR_LIMIT);
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_prefix_covers),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_host_is_under),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_csv_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

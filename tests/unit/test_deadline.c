/* SPDX-License-Identifier: Apache-2.0
 *
 * Duties to report: what a profile says, and by when, in virtual time.
 */
#include "rules/deadline.h"

#include "base/instant.h"

#include "cmocka_all.h"

enum { HOUR = 3600, DAY = 86400, NOW = 1795262400 /* 2026-11-21T12:00:00Z */ };

static const struct kind *report;

static const char profile[] =
    "# three lines of one law\n"
    "duty vital early-warning to \"national authority\" \\\n"
    "    within 3 hours of received topic locked, down harm vital\n"
    "duty vital notification to authority within 24 hours of received "
    "harm vital\n"
    "duty vital notification to authority within 72 hours of received "
    "harm significant vital\n"
    "duty vital final to authority within 15 days of notification\n"
    "duty banks notification to supervisor within 4 hours of classified "
    "sector financial\n"
    "duty banks final to supervisor within 1 months of notification\n";

static struct deadlines
parse(const char *text)
{
	struct deadlines d = { .n = 0 };
	struct fault f = { 0 };

	assert_ok(deadlines_parse(span_str(text), report, &d, &f));
	return d;
}

static void
test_what_runs(void **state)
{
	static const struct deadline_done told[] = {
		{ { (const unsigned char *)"vital", 5 },
		    { (const unsigned char *)"notification", 12 },
		    NOW + 30 * HOUR } };
	static const struct {
		const char *name, *topic, *sector, *harm;
		int64_t classified_s;
		size_t done;
		const char *want; /* law step hours[*], * if it was done */
	} rows[] = {
		{ "nothing is known of it", "locked", "", "", 0, 0, "" },
		{ "vital, of a topic", "locked", "", "vital", 0, 0,
		    "vital early-warning 3; vital notification 24; "
		    "vital final 384; " },
		{ "vital, of another one", "account", "", "vital", 0, 0,
		    "vital notification 24; vital final 384; " },
		{ "less: the later line alone", "down", "", "significant", 0,
		    0, "vital notification 72; vital final 432; " },
		{ "not classified yet", "down", "financial", "", 0, 0, "" },
		{ "a sector and what is below", "down", "financial/banking",
		    "", NOW + 2 * HOUR, 0, "banks notification 6; banks "
		    "final 726; " },
		{ "another sector", "down", "energy", "", NOW + 2 * HOUR, 0,
		    "" },
		{ "a word that only begins so", "down", "financials", "",
		    NOW + 2 * HOUR, 0, "" },
		{ "the next counts from when it was done", "down", "",
		    "significant", 0, 1, "vital notification 72*; vital "
		    "final 390; " } };
	struct deadlines d = parse(profile);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct deadline_facts f = {
			.topic = span_str(rows[i].topic),
			.sector = span_str(rows[i].sector),
			.harm = span_str(rows[i].harm), .received_s = NOW,
			.classified_s = rows[i].classified_s, .done = told,
			.done_n = rows[i].done };
		struct deadline out[DEADLINE_RULES];
		char got[512] = "";
		size_t n = deadlines_of(&d, &f, out), at = 0;

		for (size_t k = 0; k < n; k++)
			at += (size_t)snprintf(got + at, sizeof got - at,
			    "%.*s %s %lld%s; ", SPAN_FMT(out[k].law),
			    deadline_word(out[k].step),
			    (long long)(out[k].due_s - NOW) / HOUR,
			    out[k].done_s != 0 ? "*" : "");
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: %s, not %s", rows[i].name, got,
			    rows[i].want);
	}
}

static int64_t
at(const char *text)
{
	struct wall w;

	assert_ok(wall_parse(span_str(text), &w));
	return w.ms / 1000;
}

static void
test_months(void **state)
{
	static const struct {
		const char *from;
		unsigned n;
		const char *to;
	} rows[] = {
		{ "2026-01-15T10:00:00Z", 1, "2026-02-15T10:00:00Z" },
		{ "2026-01-31T10:00:00Z", 1, "2026-02-28T10:00:00Z" },
		{ "2028-01-31T23:59:59Z", 1, "2028-02-29T23:59:59Z" },
		{ "2026-12-31T00:00:00Z", 1, "2027-01-31T00:00:00Z" },
		{ "2026-08-31T00:00:00Z", 6, "2027-02-28T00:00:00Z" },
		{ "2026-02-27T00:00:00Z", 25, "2028-03-27T00:00:00Z" } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(deadline_after(at(rows[i].from), rows[i].n,
		    DEADLINE_MONTHS), at(rows[i].to));
	assert_int_equal(deadline_after(NOW, 90, DEADLINE_MINUTES),
	    NOW + 5400);
	assert_int_equal(deadline_after(NOW, 15, DEADLINE_DAYS),
	    NOW + 15 * DAY);
}

static void
test_mistakes(void **state)
{
	static const struct {
		const char *text;
		enum err err;
		const char *field, *rule;
	} rows[] = {
		{ "duties", ERR_SYNTAX, "1:1", "\"duty\" belongs here" },
		{ "\nduty A", ERR_SYNTAX, "2:6", "small letters" },
		{ "duty a soon", ERR_SYNTAX, "1:8", "early-warning" },
		{ "duty a final b", ERR_SYNTAX, "1:14", "\"to\"" },
		{ "duty a final to b within 0 days", ERR_SYNTAX, "1:26",
		    "from 1 on" },
		{ "duty a final to b within 10000 days", ERR_LIMIT, "1:26",
		    "9999" },
		{ "duty a final to b within 1 weeks", ERR_SYNTAX, "1:28",
		    "months" },
		{ "duty a final to b within 1 days of notification",
		    ERR_RULE, "1:36", "no line before" },
		{ "duty a final to b within 1 days of final", ERR_RULE, "1:36",
		    "no line before" },
		{ "duty a final to b within 1 days of received topic snow",
		    ERR_SCHEMA, "1:51", "no word" },
		{ "duty a final to b within 1 days of received harm",
		    ERR_SYNTAX, "1:49", "a word of this" },
		{ "duty a final to b within 1 days of received harm vital "
		  "harm none", ERR_SYNTAX, "1:61", "twice" },
		{ "duty a final to b within 1 days of received now",
		    ERR_SYNTAX, "1:45", "the end of the line" } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct deadlines d = { .n = 7 };
		struct fault f = { 0 };
		enum err e = deadlines_parse(span_str(rows[i].text), report,
		    &d, &f);

		if (e != rows[i].err || strcmp(f.field, rows[i].field) != 0 ||
		    strstr(f.rule, rows[i].rule) == NULL || d.n != 7)
			fail_msg("%s: %s %s: %s", rows[i].text, err_token(e),
			    f.field, f.rule);
	}
}

static int
set_up(void **state)
{
	static struct schema *s;

	(void)state;
	assert_ok(schema_load(&schema_files, &s, NULL));
	report = kind_find(s, span_str("report"));
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_runs),
		cmocka_unit_test(test_months),
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}

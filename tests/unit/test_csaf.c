/* SPDX-License-Identifier: Apache-2.0
 *
 * gateways/csaf: one good document of our own and one change a breach.
 */
#include "csaf_world.h"

#include "gateways/cvss.h"

static const char good[] =
    "{\"document\":{\"category\":\"csaf_security_advisory\","
    "\"csaf_version\":\"2.0\",\"lang\":\"es-UY\","
    "\"distribution\":{\"text\":\"TLP:AMBER+STRICT\","
    "\"tlp\":{\"label\":\"AMBER\"}},"
    "\"publisher\":{\"category\":\"vendor\",\"name\":\"Acme\","
    "\"namespace\":\"https://acme.example\"},"
    "\"title\":\"Puerta abierta\","
    "\"references\":[{\"category\":\"self\",\"summary\":\"x\","
    "\"url\":\"https://acme.example/a-1.json\"}],"
    "\"tracking\":{\"id\":\"A-1\",\"aliases\":[\"ALIAS-7\"],"
    "\"status\":\"final\",\"version\":\"1\","
    "\"initial_release_date\":\"2026-01-02T03:04:05Z\","
    "\"current_release_date\":\"2026-01-02T03:04:05Z\","
    "\"revision_history\":[{\"date\":\"2026-01-02T03:04:05Z\","
    "\"number\":\"1\",\"summary\":\"first\"}]}},"
    "\"product_tree\":{\"branches\":[{\"category\":\"vendor\","
    "\"name\":\"Acme\",\"branches\":[{\"category\":\"product_name\","
    "\"name\":\"Gate\",\"branches\":[{\"category\":\"product_version\","
    "\"name\":\"1.0\",\"product\":{\"name\":\"Acme Gate 1.0\","
    "\"product_id\":\"P1\"}},{\"category\":\"product_version\","
    "\"name\":\"1.1\",\"product\":{\"name\":\"Acme Gate 1.1\","
    "\"product_id\":\"P2\"}}]}]}]},"
    "\"vulnerabilities\":[{\"cve\":\"CVE-2026-12345\","
    "\"notes\":[{\"category\":\"description\",\"text\":\"d\"}],"
    "\"product_status\":{\"known_affected\":[\"P1\",\"P2\"]},"
    "\"scores\":[{\"products\":[\"P1\"],\"cvss_v3\":{\"version\":\"3.1\","
    "\"vectorString\":\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\","
    "\"baseScore\":9.8,\"baseSeverity\":\"CRITICAL\"}}],"
    "\"threats\":[{\"category\":\"exploit_status\","
    "\"details\":\"Exploited in the wild\",\"product_ids\":[\"P1\"]}],"
    "\"remediations\":[{\"category\":\"vendor_fix\",\"details\":\"2.0\","
    "\"url\":\"https://acme.example/2\",\"product_ids\":[\"P1\"]}]}]}";

/* `text` with the first `from` replaced. */
static struct span
replaced(struct span text, struct span from, struct span to)
{
	unsigned char *at = memmem(text.p, text.n, from.p, from.n), *p;
	size_t before, n;

	assert_non_null(at);
	before = (size_t)(at - text.p);
	n = text.n - from.n + to.n;
	p = arena_alloc(&mem, n + 1);
	memcpy(p, text.p, before);
	memcpy(p + before, to.p, to.n);
	memcpy(p + before + to.n, at + from.n, n - before - to.n);
	return span_of(p, n);
}

static struct span
changed(const char *from, const char *to)
{
	return replaced(span_str(good), span_str(from), span_str(to));
}

static void
test_good(void **state)
{
	struct csaf_draft d = { 0 };
	struct fault f = { 0 };
	struct json_val body, row;

	(void)state;
	if (csaf_import(span_str(good), &context, &mem, &d, &f) != ERR_NONE)
		fail_msg("%s: %s", f.field, f.rule);
	assert_body("good", &d);
	assert_int_equal(d.tlp, TLP_AMBER_STRICT);
	assert_true(d.tlp_stated);
	assert_int_equal(d.level, 5);
	assert_true(span_is_str(d.id, "A-1"));
	body = parse(d.body, LIMIT_JSON_TOKENS);
	assert_true(json_is_str(json_get(body, "exploitation"), "observed"));
	assert_true(json_is_str(json_get(body, "fix"), "available"));
	assert_true(json_is_str(json_first(json_get(body, "ids")),
	    "ALIAS-7"));
	assert_true(json_is_str(json_get(json_get(body, "title"), "es-UY"),
	    "Puerta abierta"));
	row = json_first(json_get(body, "products"));
	assert_int_equal(json_count(json_get(body, "products")), 1);
	assert_int_equal(json_count(json_get(row, "versions")), 2);
	assert_true(json_is_str(json_get(row, "state"), "affected"));
}

static void
test_changes(void **state)
{
	static const struct {
		const char *from, *to, *rule;
		enum err e;
	} cases[] = {
		{ "\"2.0\"", "\"2.1\"", "is not CSAF", ERR_UNSUPPORTED },
		{ "{\"document\"", "{\"feed\"", "no CSAF", ERR_UNSUPPORTED },
		{ "\"title\"", "\"titel\"", "schema: title", ERR_SCHEMA },
		{ "\"AMBER\"", "\"BLUE\"", "schema", ERR_SCHEMA },
		{ "[\"P1\",\"P2\"]", "[\"P1\",\"P3\"]", "6.1.1:", ERR_SCHEMA },
		{ "\"product_tree\":{", "\"product_tree\":{"
		    "\"full_product_names\":[{\"name\":\"x\","
		    "\"product_id\":\"P1\"}],", "6.1.2:", ERR_SCHEMA },
		{ "\"baseScore\":9.8", "\"baseScore\":9.7", "6.1.9:",
		    ERR_SCHEMA },
		{ "C:H/", "C:H/C:H/", "6.1.8:", ERR_SCHEMA },
		{ "es-UY", "qq-UY", "6.1.12:", ERR_SCHEMA },
		{ "\"version\":\"1\"", "\"version\":\"2\"", "6.1.16:",
		    ERR_SCHEMA },
		{ "\"1.0\"", "\"< 1.0\"", "6.1.31:", ERR_SCHEMA },
		{ "}]}]}", "}]}]}}", "", ERR_SYNTAX },
	};
	struct csaf_draft d = { .level = 77 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fault f = { 0 };
		enum err e = csaf_import(changed(cases[i].from, cases[i].to),
		    &context, &mem, &d, &f);

		if (e != cases[i].e || strstr(f.rule, cases[i].rule) == NULL)
			fail_msg("%s: %s, %s", cases[i].to, err_token(e),
			    f.rule);
		assert_int_equal(d.level, 77);
	}
}

/* Every prefix of a good document is refused, none crashes. */
static void
test_cut(void **state)
{
	struct csaf_draft d;

	(void)state;
	for (size_t n = 0; n < sizeof good - 1; n += 7)
		assert_int_not_equal(csaf_import(span_of(good, n), &context,
		    &mem, &d, NULL), ERR_NONE);
}

static void
test_label(void **state)
{
	static const struct {
		const char *from, *to;
		enum tlp tlp;
		bool stated;
	} cases[] = {
		{ "\"AMBER\"", "\"RED\"", TLP_RED, true },
		{ "TLP:AMBER+STRICT", "-", TLP_AMBER, true },
		{ "\"text\":\"TLP:AMBER+STRICT\",\"tlp\":{\"label\":"
		    "\"AMBER\"}", "\"tlp\":{\"label\":\"WHITE\"}", TLP_CLEAR,
		    true },
		{ ",\"tlp\":{\"label\":\"AMBER\"}", "", TLP_AMBER_STRICT,
		    false },
		{ "\"distribution\"", "\"distributed\"", TLP_AMBER, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct csaf_draft d = { 0 };

		assert_int_equal(csaf_import(changed(cases[i].from,
		    cases[i].to), &context, &mem, &d, NULL), ERR_NONE);
		assert_int_equal(d.tlp, cases[i].tlp);
		assert_int_equal(d.tlp_stated, cases[i].stated);
	}
}

/* Far more than an entry holds: the lowest scores go, by name. */
static void
test_large(void **state)
{
	struct csaf_draft d = { 0 };
	struct json_val cvss;
	struct buf text;
	double first;

	(void)state;
	buf_init(&text, 2 << 20);
	buf_put_mem(&text, good, sizeof good - 1 - 2);
	for (int i = 0; i < 2000; i++)
		buf_put_format(&text, ",{\"cve\":\"CVE-2025-%d\",\"notes\":"
		    "[{\"category\":\"other\",\"text\":\"t\"}],"
		    "\"product_status\":{\"known_affected\":[\"P1\"]},"
		    "\"scores\":[{\"products\":[\"P1\"],\"cvss_v3\":{"
		    "\"version\":\"3.1\",\"vectorString\":\"CVSS:3.1/AV:L/"
		    "AC:L/PR:H/UI:R/S:U/C:H/I:H/A:H\",\"baseScore\":6.5,"
		    "\"baseSeverity\":\"MEDIUM\"}}]}", 10000 + i);
	buf_put_str(&text, "]}");
	assert_int_equal(csaf_import(buf_span(&text), &context, &mem, &d,
	    NULL), ERR_NONE);
	buf_release(&text);
	assert_body("large", &d);
	cvss = json_get(parse(d.body, LIMIT_JSON_TOKENS), "cvss");
	assert_true(json_count(cvss) > 100);
	assert_int_equal(json_double(json_get(json_first(cvss), "score"),
	    &first), ERR_NONE);
	assert_true(first > 9.7);
	assert_true(span_is_str(d.left_out[0],
	    "vulnerabilities[].cve (1489)"));
	assert_true(is_left_out(&d, "vulnerabilities.scores, the lowest", 34));
}

static void
test_cvss(void **state)
{
	static const struct {
		const char *vector;
		int base, temporal;
	} cases[] = {
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 98, 98 },
		{ "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 100, 100 },
		{ "CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 61, 61 },
		{ "CVSS:3.1/AV:L/AC:L/PR:H/UI:R/S:U/C:H/I:H/A:H", 65, 65 },
		{ "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N", 0, 0 },
		{ "AV:N/AC:L/Au:N/C:C/I:C/A:C", 100, 100 },
		/* the examples of the CVSS 2.0 guide, 3.3 */
		{ "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C", 78, 64 },
		{ "AV:N/AC:L/Au:N/C:P/I:P/A:P", 75, 75 },
		{ "AV:N/AC:M/Au:N/C:N/I:P/A:N", 43, 43 },
		{ "AV:N/AC:L/Au:S/C:P/I:N/A:N", 40, 40 },
		{ "AV:L/AC:H/Au:N/C:C/I:C/A:C/E:POC/RL:OF/RC:C", 62, 49 },
	};
	static const char *const bad[] = { "", "CVSS:3.1/", "AV:N",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/",
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:Q" };
	struct cvss c;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(cvss_parse(span_str(cases[i].vector), &c),
		    ERR_NONE);
		assert_int_equal(cvss_base(&c), cases[i].base);
		assert_int_equal(cvss_temporal(&c), cases[i].temporal);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(cvss_parse(span_str(bad[i]), &c),
		    ERR_SYNTAX);
}

/* A remediation that names a huge group costs as much as the group has. */
static void
test_work(void **state)
{
	struct csaf_draft d = { .level = 77 };
	struct fault f = { 0 };
	struct buf text;

	(void)state;
	buf_init(&text, 16 << 20);
	buf_put_mem(&text, good, (size_t)(strstr(good, "\"branches\"") - good));
	buf_put_str(&text, "\"product_groups\":[{\"group_id\":\"G\","
	    "\"product_ids\":[\"P1\"");
	for (int i = 0; i < 20000; i++)
		buf_put_str(&text, ",\"P2\"");
	buf_put_str(&text, "]}],");
	buf_put_mem(&text, strstr(good, "\"branches\""),
	    (size_t)(strstr(good, "{\"category\":\"vendor_fix") -
	    strstr(good, "\"branches\"")));
	for (int i = 0; i < 420; i++)
		buf_put_format(&text, "%s{\"category\":\"mitigation\","
		    "\"details\":\"d%d\",\"group_ids\":[\"G\"]}",
		    i == 0 ? "" : ",", i);
	buf_put_str(&text, "]}]}");
	assert_int_equal(csaf_import(buf_span(&text), &context, &mem, &d,
	    &f), ERR_LIMIT);
	assert_non_null(strstr(f.rule, "more than"));
	assert_int_equal(d.level, 77);
	buf_release(&text);
}

/* Both tables say something in each row and end. */
static void
test_tables(void **state)
{
	size_t n = 0;

	(void)state;
	for (; csaf_checked(n) != NULL; n++)
		assert_true(strncmp(csaf_checked(n)->number, "6.1.", 4) == 0);
	assert_int_equal(n, 43);
	for (n = 0; csaf_unchecked(n) != NULL; n++)
		assert_true(strlen(csaf_unchecked(n)->reason) > 10);
	assert_int_equal(n, 5);
}

static struct span
vector(const char *name)
{
	char path[512];
	struct span s;

	snprintf(path, sizeof path, "tests/vectors/csaf/%s", name);
	s = read_file(path);
	if (s.n == 0)
		fail_msg("%s is not there", path);
	return s;
}

/* One good document a profile; the names of the files say which. */
static void
test_profiles(void **state)
{
	static const char *const names[] = { "base", "informational",
		"incident", "advisory", "vex" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct csaf_draft d = { 0 };
		struct fault f = { 0 };
		char name[64];

		snprintf(name, sizeof name, "good_%s.json", names[i]);
		if (csaf_import(vector(name), &context, &mem, &d, &f) !=
		    ERR_NONE)
			fail_msg("%s: %s %s", name, f.field, f.rule);
		assert_body(name, &d);
	}
}

static struct span
member_of(struct json_val v, const char *key)
{
	struct span s;

	assert_int_equal(json_text(json_get(v, key), &mem, &s), ERR_NONE);
	return s;
}

/* bad.json: changes to the good documents, each with its rule. */
static void
test_breaches(void **state)
{
	struct json_val list = parse(vector("bad.json"), LIMIT_JSON_TOKENS);
	size_t n = 0;

	(void)state;
	for (struct json_val c = json_first(list); c.type != JSON_ABSENT;
	    c = json_next(list, c)) {
		struct span rule = member_of(c, "rule");
		struct span text = replaced(vector(arena_string(&mem,
		    member_of(c, "of"))), member_of(c, "from"),
		    member_of(c, "to"));
		struct csaf_draft d = { .level = 77 };
		struct fault f = { 0 };

		if (csaf_import(text, &context, &mem, &d, &f) != ERR_SCHEMA ||
		    !has_number(f.rule, rule))
			fail_msg("%.*s: %s %s", SPAN_FMT(rule), f.field,
			    f.rule);
		assert_int_equal(d.level, 77);
		n++;
	}
	assert_int_equal(n, 43);
}

/* A document with everything: each thing is there or named. */
static void
test_everything(void **state)
{
	static const char *const there[] = { "\"family\":\"Gates\"",
		"\"restart\":\"service\"", "\"discovered\":1767225600",
		"\"released\":1767312000", "\"date\":1767398400",
		"\"date\":1767484800", "Open gate", "Someone walks in",
		"Seen in attacks", "\"products\":[\"P1\"]", "CWE-787",
		"The gate does not close." };
	static const char *const named[] = { "document.acknowledgments",
		"document.aggregate_severity", "document.publisher.namespace",
		"document.publisher.contact_details", "document.source_lang",
		"document.tracking.generator",
		"document.tracking.revision_history", "document.x_new",
		"document.distribution.text",
		"product_tree.branches.product.product_identification_helper"
		".hashes", "vulnerabilities.acknowledgments",
		"vulnerabilities.flags", "vulnerabilities.involvements",
		"vulnerabilities.references.summary",
		"vulnerabilities.remediations.entitlements",
		"vulnerabilities.remediations.restart_required.details",
		"vulnerabilities.product_status: first or last, told as "
		"affected", "product_tree.product_groups: resolved to "
		"products", "vulnerabilities.scores: single metrics, the "
		"vector has them", "x_root" };
	struct csaf_draft d = { 0 };
	struct fault f = { 0 };

	(void)state;
	if (csaf_import(vector("everything.json"), &context, &mem, &d,
	    &f) != ERR_NONE)
		fail_msg("%s %s", f.field, f.rule);
	assert_body("everything", &d);
	for (size_t i = 0; i < sizeof there / sizeof *there; i++) {
		if (memmem(d.body.p, d.body.n, there[i],
		    strlen(there[i])) == NULL)
			fail_msg("lost: %s", there[i]);
	}
	for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
		if (!is_left_out(&d, named[i], strlen(named[i])))
			fail_msg("not named: %s", named[i]);
	}
}

/* doc/csaf.md has a line for each row of both tables, in order, and none
 * more. */
static void
test_manual(void **state)
{
	struct span doc = read_file("doc/csaf.md");
	struct buf b;
	size_t rows = 0, n = 0;

	(void)state;
	assert_true(doc.n > 0);
	buf_init(&b, 64 << 10);
	for (; csaf_checked(n) != NULL; n++)
		buf_put_format(&b, "| %s | %s |\n", csaf_checked(n)->number,
		    csaf_checked(n)->name);
	if (memmem(doc.p, doc.n, b.p, b.n) == NULL)
		fail_msg("doc/csaf.md: checked rules should be\n%.*s",
		    SPAN_FMT(buf_span(&b)));
	b.n = 0;
	for (size_t i = 0; csaf_unchecked(i) != NULL; i++, n++)
		buf_put_format(&b, "| %s | %s |\n", csaf_unchecked(i)->number,
		    csaf_unchecked(i)->reason);
	if (memmem(doc.p, doc.n, b.p, b.n) == NULL)
		fail_msg("doc/csaf.md: unchecked rules should be\n%.*s",
		    SPAN_FMT(buf_span(&b)));
	for (size_t i = 0; i + 1 < doc.n; i++)
		rows += doc.p[i] == '\n' && doc.p[i + 1] == '|';
	/* two tables with a head and a rule each */
	assert_int_equal(rows, n + 4);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_label),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_cvss),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_work),
		cmocka_unit_test(test_profiles),
		cmocka_unit_test(test_breaches),
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_manual),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

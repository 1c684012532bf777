/* SPDX-License-Identifier: Apache-2.0
 *
 * gateways/csaf: one good document of our own and one change a breach; the
 * mandatory tests of OASIS and 45 real advisories where the shared data is.
 */
#include "base/instant.h"
#include "base/limits.h"
#include "gateways/csaf.h"
#include "gateways/cvss.h"
#include "schema/check.h"

#include "cmocka_all.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { CSAF_TEST_PATH = 256 };

static struct schema *all;
static struct arena mem;
static struct csaf_context context;

static int
setup(void **state)
{
	struct fault f = { 0 };

	(void)state;
	if (schema_load(&schema_files, &all, &f) != ERR_NONE) {
		print_error("%s: %s\n", f.field, f.rule);
		return -1;
	}
	context = (struct csaf_context){ .schema = all,
		.sha256 = span_str("9f86d081884c7d659a2feaa0c55ad015"
		    "a3bf4f1b2b0b822cd15d6c15b0f00a08"),
		.author_post = span_str("Duty officer") };
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	schema_free(all);
	arena_release(&mem);
	return 0;
}

/* The whole file, empty if there is none. */
static struct span
read_file(const char *path)
{
	FILE *in = fopen(path, "rb");
	unsigned char *p;
	size_t n;

	if (in == NULL)
		return (struct span){ 0 };
	p = arena_alloc(&mem, 2 << 20);
	n = fread(p, 1, 2 << 20, in);
	fclose(in);
	return span_of(p, n);
}

/* A file of the shared data; NULL if there is no shared data. */
static const char *
shared(const char *name)
{
	static char path[512];
	const char *root = getenv("ALMENARA_SHARED");
	FILE *in;

	snprintf(path, sizeof path, "%s/data/csaf/%s",
	    root == NULL ? "../shared" : root, name);
	in = fopen(path, "rb");
	if (in == NULL)
		return NULL;
	fclose(in);
	return path;
}

static struct json_val
parse(struct span text, size_t tokens)
{
	struct json *doc = arena_alloc(&mem, sizeof *doc);
	struct fault f = { 0 };

	if (json_parse_arena(text, LIMIT_IMPORT_DEPTH, tokens, &mem, doc,
	    &f) != ERR_NONE)
		fail_msg("%s at %zu", f.rule, f.at);
	return json_root(doc);
}

/* The draft with what a person must add. */
static struct span
filled(const struct csaf_draft *draft)
{
	struct json_val body = parse(draft->body, LIMIT_JSON_TOKENS);
	struct buf b;
	struct span out;

	buf_init(&b, CSAF_BODY_MAX + 512);
	buf_put(&b, span_of(draft->body.p, draft->body.n - 1));
	buf_put_str(&b, ",\"states\":[\"UY\"],\"sectors\":[\"government\"],"
	    "\"requested_action\":\"check\"");
	if (json_get(body, "exploitation").type == JSON_ABSENT)
		buf_put_str(&b, ",\"exploitation\":\"none_known\"");
	if (json_get(body, "fix").type == JSON_ABSENT)
		buf_put_str(&b, ",\"fix\":\"none\"");
	buf_put_str(&b, "}");
	assert_int_equal(buf_check(&b), ERR_NONE);
	out = arena_copy(&mem, buf_span(&b));
	buf_release(&b);
	return out;
}

/* With that it must be a body that may be signed. */
static void
assert_body(const char *name, const struct csaf_draft *draft)
{
	const struct kind *k = kind_find(all, span_str("advisory"));
	struct json_val body = parse(filled(draft), LIMIT_JSON_TOKENS);
	struct fault f = { 0 };

	assert_true(draft->body.n <= CSAF_BODY_MAX);
	if (body_check(all, k, body, CHECK_SENT, &mem, &f) != ERR_NONE)
		fail_msg("%s: %s %s", name, f.field, f.rule);
}

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

/* Is `part` of `n` bytes, without brackets, a line of `left_out`? */
static bool
is_left_out(const struct csaf_draft *d, const char *part, size_t n)
{
	for (size_t i = 0; i < d->left_out_count; i++) {
		struct span s = d->left_out[i];
		char bare[CSAF_TEST_PATH];
		size_t k = 0;

		for (size_t x = 0; x < s.n && k < sizeof bare - 1; x++) {
			if (s.p[x] != '[' && s.p[x] != ']')
				bare[k++] = (char)s.p[x];
		}
		bare[k] = '\0';
		if (k > n && strncmp(bare, part, n) == 0 && bare[n] == ' ')
			return true;
	}
	return false;
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

/* "CSAF 6.1.27.9: ..." has the number `id`. */
static bool
has_number(const char *rule, struct span id)
{
	return strncmp(rule, "CSAF ", 5) == 0 &&
	    strncmp(rule + 5, (const char *)id.p, id.n) == 0 &&
	    rule[5 + id.n] == ':';
}

struct tally {
	int passed, refused, other, wrong;
};

static void
run_case(struct json_val t, struct json_val file, bool good_one,
    struct tally *n)
{
	struct span id, name;
	struct csaf_draft d = { 0 };
	struct fault f = { 0 };
	char rest[256];
	enum err e;

	assert_int_equal(json_text(json_get(t, "id"), &mem, &id), ERR_NONE);
	assert_int_equal(json_text(json_get(file, "name"), &mem, &name),
	    ERR_NONE);
	snprintf(rest, sizeof rest, "oasis-2.0/test/validator/data/%.*s",
	    SPAN_FMT(name));
	e = csaf_import(read_file(shared(rest)), &context, &mem, &d, &f);
	if (good_one && e == ERR_NONE) {
		assert_body(rest, &d);
		n->passed++;
	} else if (!good_one && e == ERR_SCHEMA && has_number(f.rule, id)) {
		n->refused++;
	} else if (!good_one && e == ERR_SCHEMA &&
	    strncmp((const char *)id.p, "6.1.27.", 7) == 0 &&
	    strncmp(f.rule, "CSAF 6.1.27.", 12) == 0) {
		n->other++;
	} else {
		print_message("%.*s: %s %s %s\n", SPAN_FMT(name),
		    err_token(e), f.field, f.rule);
		n->wrong++;
	}
}

static void
test_mandatory(void **state)
{
	const char *path = shared(
	    "oasis-2.0/test/validator/data/testcases.json");
	struct tally n = { 0 };
	struct json_val tests;

	(void)state;
	if (path == NULL) {
		print_message("# skipped: needs the shared data\n");
		return;
	}
	tests = json_get(parse(read_file(path), LIMIT_JSON_TOKENS), "tests");
	for (struct json_val t = json_first(tests); t.type != JSON_ABSENT;
	    t = json_next(tests, t)) {
		struct json_val bad = json_get(t, "failures");
		struct json_val fine = json_get(t, "valid");

		if (!json_is_str(json_get(t, "group"), "mandatory"))
			continue;
		for (struct json_val x = json_first(bad);
		    x.type != JSON_ABSENT; x = json_next(bad, x))
			run_case(t, x, false, &n);
		for (struct json_val x = json_first(fine);
		    x.type != JSON_ABSENT; x = json_next(fine, x))
			run_case(t, x, true, &n);
	}
	assert_int_equal(n.wrong, 0);
	assert_int_equal(n.passed, 60);
	assert_int_equal(n.refused, 83);
	/* of two rules of their profile that they break the other is told */
	assert_int_equal(n.other, 4);
}

/* Every string in the body, between line feeds. */
static void
gather(struct json_val v, struct buf *out)
{
	struct span s;

	if (json_text(v, &mem, &s) == ERR_NONE) {
		buf_put(out, s);
		buf_put_str(out, "\n");
	}
	for (struct json_val m = json_first(v); m.type != JSON_ABSENT;
	    m = json_next(v, m))
		gather(m, out);
}

struct carried {
	struct buf text;
	const struct csaf_draft *draft;
	const char *file;
	int lost;
};

/* Is `v` a line of the draft, or named as left out under `part`? */
static void
assert_carried(struct carried *c, struct json_val v, const char *part)
{
	struct span s;

	if (json_text(v, &mem, &s) != ERR_NONE || memmem(c->text.p,
	    c->text.n, s.p, s.n) != NULL)
		return;
	for (size_t i = 0; i < c->draft->left_out_count; i++) {
		if (memmem(c->draft->left_out[i].p, c->draft->left_out[i].n,
		    part, strlen(part)) != NULL)
			return;
	}
	print_message("%s: lost %.*s\n", c->file, SPAN_FMT(s));
	c->lost++;
}

static bool
is_inside(const char *list, struct json_val word)
{
	struct span s;
	char key[64];

	if (json_text(word, &mem, &s) != ERR_NONE || s.n > 60)
		return false;
	snprintf(key, sizeof key, " %.*s ", SPAN_FMT(s));
	return strstr(list, key) != NULL;
}

/* The member paths whose values the draft carries. */
static const char *const carried_paths[] = {
	"document", "document.category", "document.csaf_version",
	"document.distribution", "document.distribution.tlp",
	"document.distribution.tlp.label", "document.lang", "document.notes",
	"document.notes.category", "document.notes.text",
	"document.notes.title", "document.publisher",
	"document.publisher.name", "document.references",
	"document.references.url", "document.title", "document.tracking",
	"document.tracking.aliases",
	"document.tracking.current_release_date", "document.tracking.id",
	"document.tracking.initial_release_date", "document.tracking.status",
	"document.tracking.version", "product_tree", "product_tree.branches",
	"product_tree.branches.category", "product_tree.branches.name",
	"product_tree.branches.product",
	"product_tree.branches.product.name",
	"product_tree.branches.product.product_id",
	"product_tree.branches.product.product_identification_helper",
	"product_tree.branches.product.product_identification_helper"
	    ".model_numbers",
	"product_tree.relationships",
	"product_tree.relationships.full_product_name",
	"product_tree.relationships.full_product_name.name",
	"product_tree.relationships.full_product_name.product_id",
	"vulnerabilities", "vulnerabilities.cve", "vulnerabilities.cwe",
	"vulnerabilities.cwe.id", "vulnerabilities.cwe.name",
	"vulnerabilities.ids", "vulnerabilities.discovery_date",
	"vulnerabilities.notes", "vulnerabilities.notes.category",
	"vulnerabilities.notes.text", "vulnerabilities.notes.title",
	"vulnerabilities.product_status",
	"vulnerabilities.product_status.fixed",
	"vulnerabilities.product_status.known_affected",
	"vulnerabilities.references", "vulnerabilities.references.url",
	"vulnerabilities.release_date", "vulnerabilities.remediations",
	"vulnerabilities.remediations.category",
	"vulnerabilities.remediations.date",
	"vulnerabilities.remediations.details",
	"vulnerabilities.remediations.product_ids",
	"vulnerabilities.remediations.url", "vulnerabilities.scores",
	"vulnerabilities.scores.cvss_v3",
	"vulnerabilities.scores.cvss_v3.baseScore",
	"vulnerabilities.scores.cvss_v3.baseSeverity",
	"vulnerabilities.scores.cvss_v3.vectorString",
	"vulnerabilities.scores.cvss_v3.version",
	"vulnerabilities.scores.products", "vulnerabilities.threats",
	"vulnerabilities.threats.category",
	"vulnerabilities.threats.details",
	"vulnerabilities.threats.product_ids", "vulnerabilities.title", NULL
};

/* What the draft sums up in words, and the words. */
static const char *const summed_up[][2] = {
	{ "vulnerabilities.scores.cvss_v3.", "vulnerabilities[].scores: "
	    "single metrics" },
	{ "product_tree.product_groups", "product_tree.product_groups: " },
	{ NULL, NULL }
};

static bool
is_summed_up(const struct csaf_draft *d, const char *path)
{
	for (size_t i = 0; summed_up[i][0] != NULL; i++) {
		if (strncmp(path, summed_up[i][0],
		    strlen(summed_up[i][0])) != 0)
			continue;
		for (size_t k = 0; k < d->left_out_count; k++) {
			if (strncmp((const char *)d->left_out[k].p,
			    summed_up[i][1], strlen(summed_up[i][1])) == 0)
				return true;
		}
	}
	return false;
}

/* Carried, or itself or what it is in named as left out. */
static void
assert_path(struct carried *c, const char *path)
{
	for (size_t i = 0; carried_paths[i] != NULL; i++) {
		if (strcmp(path, carried_paths[i]) == 0)
			return;
	}
	for (size_t n = strlen(path); n > 0; n--) {
		if ((path[n] == '.' || path[n] == '\0') &&
		    is_left_out(c->draft, path, n))
			return;
	}
	if (is_summed_up(c->draft, path))
		return;
	print_message("%s: neither carried nor named: %s\n", c->file, path);
	c->lost++;
}

/* A date of the original is a member of the draft, in seconds. */
static void
assert_date(struct carried *c, struct json_val v)
{
	struct span s;
	struct wall t;
	char text[32];

	assert_int_equal(json_text(v, &mem, &s), ERR_NONE);
	assert_int_equal(wall_parse(s, &t), ERR_NONE);
	snprintf(text, sizeof text, "\":%lld", (long long)(t.ms / 1000));
	if (memmem(c->draft->body.p, c->draft->body.n, text,
	    strlen(text)) != NULL ||
	    is_left_out(c->draft, "vulnerabilities: titles and dates", 33) ||
	    is_left_out(c->draft, "vulnerabilities.remediations that did not "
	    "fit", 45))
		return;
	print_message("%s: lost date %.*s\n", c->file, SPAN_FMT(s));
	c->lost++;
}

static void
assert_values(struct carried *c, struct json_val v, struct span key)
{
	struct json_val category = json_get(v, "category");

	if (span_is_str(key, "cve"))
		assert_carried(c, v, "vulnerabilities[].cve");
	if (span_is_str(key, "vectorString"))
		assert_carried(c, v, "vulnerabilities[].scores, the lowest");
	if (span_is_str(key, "product_id"))
		assert_carried(c, v, "product_tree: products that");
	if (span_is_str(key, "url"))
		assert_carried(c, v, "references: addresses");
	if (span_is_str(key, "title"))
		assert_carried(c, v, "title");
	if (is_inside(" vendor product_family product_name product_version "
	    "product_version_range ", category))
		assert_carried(c, json_get(v, "name"),
		    "product_tree: products that");
	if (is_inside(" vendor_fix workaround mitigation none_available "
	    "no_fix_planned ", category))
		assert_carried(c, json_get(v, "details"),
		    "vulnerabilities[].remediations that");
	if (is_inside(" impact exploit_status target_set ", category))
		assert_carried(c, json_get(v, "details"),
		    "vulnerabilities[].threats");
	if (span_is_str(key, "discovery_date") ||
	    span_is_str(key, "release_date") || span_is_str(key, "date") ||
	    span_is_str(key, "current_release_date") ||
	    span_is_str(key, "initial_release_date"))
		assert_date(c, v);
}

/* Walk the original by the names of its members. */
static void
assert_all(struct carried *c, struct json_val v, struct span key,
    const char *path)
{
	char here[CSAF_TEST_PATH];

	assert_values(c, v, key);
	for (struct json_val m = json_first(v); m.type != JSON_ABSENT;
	    m = json_next(v, m)) {
		struct span name = json_key(m, &mem);

		if (v.type != JSON_OBJECT) {
			assert_all(c, m, key, path);
			continue;
		}
		snprintf(here, sizeof here, "%s%s%.*s", path,
		    *path == '\0' ? "" : ".", SPAN_FMT(name));
		/* branches stand in branches */
		if (span_is_str(name, "branches"))
			snprintf(here, sizeof here, "product_tree.branches");
		assert_path(c, here);
		/* named whole: the label's address, old dates, notes */
		if (!span_is_str(name, "notes") &&
		    !span_is_str(name, "tlp") &&
		    !span_is_str(name, "generator") &&
		    !span_is_str(name, "acknowledgments") &&
		    !span_is_str(name, "revision_history"))
			assert_all(c, m, name, here);
	}
}

static void
import_real(const char *path, int *count)
{
	struct span text = read_file(path);
	struct csaf_draft d = { 0 };
	struct fault f = { 0 };
	struct carried c = { .draft = &d, .file = path };
	enum err e = csaf_import(text, &context, &mem, &d, &f);

	if (e == ERR_UNSUPPORTED && strstr(path, "feed") != NULL)
		return;
	if (e != ERR_NONE)
		fail_msg("%s: %s %s", path, f.field, f.rule);
	assert_body(path, &d);
	assert_int_equal(d.tlp, TLP_CLEAR);
	buf_init(&c.text, 1 << 20);
	gather(parse(d.body, LIMIT_JSON_TOKENS), &c.text);
	assert_all(&c, parse(text, LIMIT_IMPORT_TOKENS),
	    (struct span){ 0 }, "");
	buf_release(&c.text);
	assert_int_equal(c.lost, 0);
	(*count)++;
}

static void
walk(const char *folder, int *count)
{
	DIR *dir = opendir(folder);
	struct dirent *e;

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		size_t n = strlen(e->d_name);
		char path[1024];

		snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
		if (e->d_name[0] == '.')
			continue;
		if (n > 5 && strcmp(e->d_name + n - 5, ".json") == 0) {
			import_real(path, count);
			arena_release(&mem);
		} else if (e->d_type == DT_DIR) {
			walk(path, count);
		}
	}
	if (dir != NULL)
		closedir(dir);
}

static void
test_real(void **state)
{
	const char *path = shared("cisa/IT/white/index.txt");
	char folder[512];
	int count = 0;

	(void)state;
	if (path == NULL) {
		print_message("# skipped: needs the shared data\n");
		return;
	}
	snprintf(folder, sizeof folder, "%.*s",
	    (int)(strlen(path) - strlen("/IT/white/index.txt")), path);
	walk(folder, &count);
	assert_int_equal(count, 45);
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
		cmocka_unit_test(test_mandatory),
		cmocka_unit_test(test_real),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

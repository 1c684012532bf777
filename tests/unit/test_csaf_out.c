/* SPDX-License-Identifier: Apache-2.0
 *
 * gateways/csaf_out: a notice becomes a document of CSAF, and is the same
 * notice when it is read again. With a folder in ALMENARA_CSAF_OUT what was
 * written is left there, for checkers that are not ours (tests/system).
 */
#include "csaf_world.h"

#include "gateways/csaf_out.h"
#include "gateways/csaf_provider.h"

#include <dirent.h>

static void
leave(const char *name, struct span text)
{
	const char *folder = getenv("ALMENARA_CSAF_OUT");
	char path[512];
	FILE *out;

	if (folder == NULL)
		return;
	snprintf(path, sizeof path, "%s/%s.json", folder, name);
	out = fopen(path, "wb");
	assert_non_null(out);
	assert_int_equal(fwrite(text.p, 1, text.n, out), text.n);
	assert_int_equal(fclose(out), 0);
}

static struct span
written(const char *kind, struct span body, size_t revisions)
{
	static const int64_t at[] = { 1785000000, 1785000600, 1785000600,
		1784000000 };
	const struct csaf_out n = { .schema = all,
		.kind = kind_find(all, span_str(kind)),
		.body = parse(body, LIMIT_IMPORT_TOKENS),
		.id = "uy-0190b7e2-0000-7000-8000-000000000001",
		.publisher = "CERT of the test",
		.namespace = "https://cert.test.example/",
		.contact = "cert@test.example",
		.self = "https://cert.test.example/csaf/white/2026/x.json",
		.page = "https://cert.test.example/en/w/uy/x/",
		.at_s = at, .revisions = revisions };
	struct fault f = { 0 };
	struct buf b;
	struct span out;

	assert_non_null(n.kind);
	buf_init(&b, CSAF_TEST_FILE);
	if (csaf_write(&n, &mem, &b, &f) != ERR_NONE)
		fail_msg("%s: %s\n%s", f.field, f.rule, buf_str(&b));
	out = arena_copy(&mem, buf_span(&b));
	buf_release(&b);
	return out;
}

static struct span
taken(const char *name, struct span document)
{
	struct csaf_draft d = { 0 };
	struct fault f = { 0 };

	if (csaf_import(document, &context, &mem, &d, &f) != ERR_NONE)
		fail_msg("%s: %s: %s", name, f.field, f.rule);
	return d.body;
}

static void
is_kept(const char *name, struct span before, struct span after,
    const char *member)
{
	struct span x = json_raw(json_get(parse(before, LIMIT_IMPORT_TOKENS), member)),
	    y = json_raw(json_get(parse(after, LIMIT_IMPORT_TOKENS), member));

	if (!span_is_equal(x, y))
		fail_msg("%s: %s was\n%.*s\nand is\n%.*s", name, member,
		    SPAN_FMT(x), SPAN_FMT(y));
}

/* A document that came in, as a notice, goes out; comes in, is the same
 * notice, and goes out as the same bytes. */
static void
around(const char *name, struct span document)
{
	static const char *const members[] = { "title", "language", "level",
		"severity", "urgency", "certainty", "exploitation", "fix",
		"cve", "cwe", "products", "threats", "cvss" };
	struct span first = taken(name, document);
	struct span one = written("advisory", first, 1);
	struct span again = taken(name, one);
	struct span two = written("advisory", again, 1);

	/* of what did not fit as a whole, less fits the second time */
	for (size_t i = 0; i < sizeof members / sizeof *members &&
	    first.n < CSAF_BODY_MAX * 3 / 4; i++)
		is_kept(name, first, again, members[i]);
	if (first.n < CSAF_BODY_MAX * 3 / 4 && !span_is_equal(one, two)) {
		leave("one", one);
		leave("two", two);
		fail_msg("%s: is another document the second time", name);
	}
	leave(name, one);
}

static int
around_folder(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *en;
	int n = 0;

	assert_non_null(d);
	while ((en = readdir(d)) != NULL) {
		char path[1024];
		size_t end = strlen(en->d_name);

		snprintf(path, sizeof path, "%s/%s", folder, en->d_name);
		if (en->d_type == DT_DIR && en->d_name[0] != '.')
			n += around_folder(path);
		if (end < 6 || strcmp(en->d_name + end - 5, ".json") != 0 ||
		    strcmp(en->d_name, "bad.json") == 0 ||
		    strstr(en->d_name, "csaf-") != NULL)
			continue;
		around(en->d_name, read_file(path));
		n++;
		arena_reset(&mem);
	}
	closedir(d);
	return n;
}

static void
test_around(void **state)
{
	(void)state;
	assert_int_equal(around_folder("tests/vectors/csaf"), 6);
}

static void
test_around_real(void **state)
{
	const char *root = getenv("ALMENARA_SHARED");
	char path[512];
	DIR *d;

	(void)state;
	snprintf(path, sizeof path, "%s/data/csaf/cisa",
	    root == NULL ? "../shared" : root);
	d = opendir(path);
	if (d == NULL) {
		print_message("# skipped: needs the shared data\n");
		return;
	}
	closedir(d);
	assert_int_equal(around_folder(path), 45);
}

static struct json_val
document_of(struct span text)
{
	return json_get(parse(text, LIMIT_IMPORT_TOKENS), "document");
}

static void
test_kinds(void **state)
{
	static const struct {
		const char *kind, *category;
	} rows[] = { { "advisory", "csaf_security_advisory" },
		{ "warning", "csaf_informational_advisory" },
		{ "authority-brief", "csaf_informational_advisory" },
		{ "cvd_case", "csaf_base" } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char path[128];
		struct span text;

		snprintf(path, sizeof path, "tests/vectors/kinds/%s.json",
		    rows[i].kind);
		text = written(rows[i].kind, read_file(path), 3);
		leave(rows[i].kind, text);
		if (!json_is_str(json_get(document_of(text), "category"),
		    rows[i].category))
			fail_msg("%s: another category", rows[i].kind);
	}
}

/* Numbers follow each other, times never go back, the end is told. */
static void
test_history(void **state)
{
	static const char body[] = "{\"title\":{\"pt\":\"Alarme\"},"
	    "\"language\":\"pt\",\"level\":4,\"withdrawn\":{\"reason\":"
	    "{\"pt\":\"Era falso\"}}}";
	struct span text = written("warning", span_str(body), 4);
	struct json_val t = json_get(document_of(text), "tracking"),
	    last = { 0 };

	(void)state;
	leave("withdrawn", text);
	assert_true(json_is_str(json_get(t, "version"), "4"));
	assert_true(json_is_str(json_get(t, "initial_release_date"),
	    "2026-07-25T17:20:00Z"));
	assert_true(json_is_str(json_get(t, "current_release_date"),
	    "2026-07-25T17:30:00Z"));
	for (struct json_val r = json_first(json_get(t, "revision_history"));
	    r.type != JSON_ABSENT;
	    r = json_next(json_get(t, "revision_history"), r))
		last = r;
	assert_true(json_is_str(json_get(last, "number"), "4"));
	assert_true(json_is_str(json_get(last, "summary"), "Retirada"));
	assert_non_null(memmem(text.p, text.n, "Era falso", 9));
}

/* What people type is not always what the schema of CSAF allows. */
static void
test_rough(void **state)
{
	static const char body[] = "{\"title\":{\"es\":\"A\"},\"language\":"
	    "\"es-UY\",\"references\":[\"https://a.example/x|y z%zz%41\"],"
	    "\"cve\":[\"CVE-2026-1000\",\"CVE-2026-1000\"],"
	    "\"products\":[{\"name\":\"Puerta\",\"state\":\"affected\","
	    "\"versions\":[\"< 2.0\",\"3 and later\",\"4\"],"
	    "\"cpe\":\"cpe of the gate\",\"purl\":\"npm gate\"},"
	    "{\"vendor\":\"Acme\",\"name\":\"Acme Puerta\",\"state\":"
	    "\"fixed\",\"cpe\":\"cpe:2.3:a:acme:gate:1:*:*:*:*:*:*:*\","
	    "\"purl\":\"pkg:npm/gate@1\"},"
	    "{\"name\":\"Muro\",\"state\":\"not_stated\"}],"
	    "\"cvss\":[{\"score\":9,\"version\":\"3.1\",\"vector\":\"none\"},"
	    "{\"score\":1.0,\"version\":\"3.1\",\"vector\":\"CVSS:3.1/AV:N/"
	    "AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\"},{\"score\":9.8,\"version\":"
	    "\"3.1\",\"vector\":\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:H/"
	    "A:H\"}],\"remediations\":[{\"kind\":\"fix\",\"text\":{\"es\":"
	    "\"Actualice\"},\"products\":[\"nobody\"]},{\"kind\":"
	    "\"workaround\",\"text\":{\"es\":\"Cierre\"}}]}";
	struct span text = written("advisory", span_str(body), 1);
	struct json_val v = json_first(json_get(parse(text, LIMIT_IMPORT_TOKENS),
	    "vulnerabilities"));
	double score;

	(void)state;
	leave("rough", text);
	assert_non_null(memmem(text.p, text.n,
	    "https://a.example/x%7Cy%20z%25zz%41", 35));
	assert_null(memmem(text.p, text.n, "cpe of the gate", 15));
	assert_non_null(memmem(text.p, text.n, "cpe:2.3:a:acme", 14));
	assert_non_null(memmem(text.p, text.n, "pkg:npm/gate@1", 14));
	assert_null(memmem(text.p, text.n, "Acme Acme", 9));
	assert_int_equal(json_count(json_get(v, "scores")), 1);
	/* by the vector, whatever the notice says */
	assert_int_equal(json_double(json_get(json_get(json_first(json_get(v,
	    "scores")), "cvss_v3"), "baseScore"), &score), ERR_NONE);
	assert_true(score > 9.7);
	assert_int_equal(json_count(json_get(v, "remediations")), 1);
	assert_int_equal(json_count(json_get(json_get(v, "product_status"),
	    "known_affected")), 3);
}

/* A rule that is broken is told, not published. */
static void
test_refused(void **state)
{
	static const int64_t at = 1785000000;
	const struct csaf_out n = { .schema = all,
		.kind = kind_find(all, span_str("warning")),
		.body = parse(span_str("{\"title\":{\"qq\":\"A\"},"
		    "\"language\":\"qq\"}"), LIMIT_IMPORT_TOKENS),
		.id = "x", .publisher = "x", .namespace = "https://x/",
		.contact = "", .self = "https://x/a.json",
		.page = "https://x/", .at_s = &at, .revisions = 1 };
	struct fault f = { 0 };
	struct buf b;

	(void)state;
	buf_init(&b, CSAF_TEST_FILE);
	assert_int_equal(csaf_write(&n, &mem, &b, &f), ERR_SCHEMA);
	assert_non_null(strstr(f.rule, "6.1.12"));
	buf_release(&b);
	buf_init(&b, 100);
	assert_int_equal(csaf_write(&n, &mem, &b, &f), ERR_LIMIT);
	buf_release(&b);
}

static void
test_places(void **state)
{
	char path[CSAF_PATH];
	char name[200];

	(void)state;
	assert_true(csaf_place("UY.Cert--Ab..c+1", 1785000000, path));
	assert_string_equal(path, "2026/uy_cert--ab_c+1.json");
	memset(name, 'a', sizeof name);
	name[sizeof name - 1] = '\0';
	assert_false(csaf_place(name, 0, path));
	assert_false(csaf_place("", 0, path));
}

static void
test_lists(void **state)
{
	const struct csaf_provider p = { .url = "https://x.example/",
		.name = "X", .contact = "", .fingerprint = "AB",
		.updated_s = 1785000000 };
	const struct csaf_listed doc[] = {
		{ "b", "2026/b.json", span_str("B"), 1785000000, 1785000600 },
		{ "a", "2025/a.json", span_str("A \"a\""), 1760000000,
		    1760000000 } };
	struct json_val feed;
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	csaf_index_write(doc, 2, &b);
	assert_string_equal(buf_str(&b), "2026/b.json\n2025/a.json\n");
	buf_clear(&b);
	csaf_changes_write(doc, 2, &b);
	assert_string_equal(buf_str(&b),
	    "\"2026/b.json\",\"2026-07-25T17:30:00Z\"\n"
	    "\"2025/a.json\",\"2025-10-09T08:53:20Z\"\n");
	buf_clear(&b);
	csaf_feed_write(&p, doc, 2, &b);
	feed = json_get(parse(buf_span(&b), LIMIT_IMPORT_TOKENS), "feed");
	assert_int_equal(json_count(json_get(feed, "entry")), 2);
	assert_int_equal(json_count(json_get(json_first(json_get(feed,
	    "entry")), "link")), 4);
	assert_true(json_is_str(json_get(feed, "updated"),
	    "2026-07-25T17:30:00Z"));
	buf_clear(&b);
	csaf_provider_write(&p, &b);
	assert_true(json_is_str(json_get(parse(buf_span(&b), LIMIT_IMPORT_TOKENS),
	    "canonical_url"), "https://x.example/.well-known/csaf/"
	    "provider-metadata.json"));
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_around),
		cmocka_unit_test(test_around_real),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_rough),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

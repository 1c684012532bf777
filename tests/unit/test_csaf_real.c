/* SPDX-License-Identifier: Apache-2.0
 *
 * gateways/csaf over documents of others: the mandatory tests of OASIS and 45
 * real advisories, where the shared data is.
 */
#include "csaf_world.h"

#include "base/instant.h"

#include <dirent.h>

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mandatory),
		cmocka_unit_test(test_real),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

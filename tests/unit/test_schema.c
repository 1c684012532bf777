/* SPDX-License-Identifier: Apache-2.0
 *
 * schema/: the kinds built in, levels against tests/vectors/levels.txt, the
 * check against one sample a kind and one breach a rule, showing in the four
 * languages. Samples are tests/vectors/kinds/<kind>.json.
 */
#include "base/limits.h"
#include "schema/check.h"
#include "schema/kind.h"
#include "schema/level.h"
#include "schema/plain.h"
#include "schema/show.h"
#include "schema/tlp.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

static struct schema *all;
static struct arena mem;

static int
setup(void **state)
{
	struct fault f = { 0 };

	(void)state;
	if (schema_load(&schema_files, &all, &f) == ERR_NONE)
		return 0;
	print_error("%s: %s at %zu\n", f.field, f.rule, f.at);
	return -1;
}

static int
teardown(void **state)
{
	(void)state;
	schema_free(all);
	arena_release(&mem);
	return 0;
}

static struct json_val
parse(const char *text)
{
	struct json *doc = arena_alloc(&mem, sizeof *doc);
	struct span copy = arena_copy(&mem, span_str(text));
	struct fault f = { 0 };

	if (json_parse_arena(copy, LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &mem,
	    doc, &f) != ERR_NONE)
		fail_msg("%s: %s at %zu", text, f.rule, f.at);
	return json_root(doc);
}

/* The sample body of a kind; absent if it has none. */
static struct json_val
sample(const char *kind)
{
	static char text[LIMIT_PAYLOAD];
	char path[128];
	FILE *in;
	size_t n;

	snprintf(path, sizeof path, "tests/vectors/kinds/%s.json", kind);
	in = fopen(path, "r");
	if (in == NULL)
		return (struct json_val){ 0 };
	n = fread(text, 1, sizeof text - 1, in);
	fclose(in);
	text[n] = '\0';
	return parse(text);
}

static void
assert_named(const struct names *n, const char *what)
{
	for (int l = 0; l < LANG_COUNT; l++) {
		if (n->in[l] == NULL || *n->in[l] == '\0' ||
		    strchr(n->in[l], '?') == n->in[l])
			fail_msg("%s has no label in %s", what,
			    lang_tag((enum lang)l));
	}
}

static void
assert_field(const struct field *fd, bool is_item)
{
	if (!is_item)
		assert_named(&fd->names, fd->name);
	assert_int_equal(fd->type == FIELD_ENUM, fd->choices != NULL);
	assert_int_equal(fd->type == FIELD_LIST, fd->item != NULL);
	assert_int_equal(fd->type == FIELD_OBJECT, fd->field_count != 0);
	for (size_t i = 0; fd->choices != NULL && i < fd->choices->count; i++)
		assert_named(&fd->choices->at[i].names,
		    fd->choices->at[i].value);
	for (size_t i = 0; i < fd->field_count; i++)
		assert_field(&fd->field[i], false);
	if (fd->item != NULL)
		assert_field(fd->item, true);
}

static void
test_every_kind_is_whole(void **state)
{
	unsigned notices = 0;

	(void)state;
	assert_true(kind_count(all) >= 11);
	for (size_t i = 0; i < kind_count(all); i++) {
		const struct kind *k = kind_at(all, i);

		assert_ptr_equal(kind_find(all, span_str(k->name)), k);
		assert_named(&k->names, k->name);
		assert_named(&k->meaning, k->name);
		assert_true(k->field_count > 0);
		assert_false(k->notice && k->is_private);
		notices += k->notice;
		for (size_t j = 0; j < k->field_count; j++)
			assert_field(&k->field[j], false);
	}
	assert_true(notices >= 4);
	assert_null(kind_find(all, span_str("nothing")));
}

static void
test_kinds_have_their_attributes(void **state)
{
	const struct kind *k = kind_find(all, span_str("warning"));

	(void)state;
	assert_non_null(k);
	assert_true(k->notice && k->answers && k->levelled && k->reviewed);
	assert_false(k->is_private || k->is_answer || k->about);
	k = kind_find(all, span_str("acknowledgement"));
	assert_non_null(k);
	assert_true(k->is_answer && k->about && !k->notice);
	k = kind_find(all, span_str("person"));
	assert_non_null(k);
	assert_true(k->is_private && !k->notice);
}

static void
assert_level(const char *severity, const char *urgency, const char *certainty,
    unsigned down, double cvss, bool exploited, int wanted)
{
	struct level_input in = { span_str(severity), span_str(urgency),
		span_str(certainty), down, cvss, exploited };
	int level = 0;

	assert_ok(level_compute(schema_levels(all), &in, &level));
	if (level != wanted)
		fail_msg("%s/%s/%s: %d, not %d", severity, urgency, certainty,
		    level, wanted);
}

static void
test_levels_follow_the_vectors(void **state)
{
	static const char *const certainty[] = { "Observed", "Likely",
		"Possible", "Unlikely", "Unknown" };
	FILE *in = fopen("tests/vectors/levels.txt", "r");
	char line[128], severity[16], urgency[16];
	unsigned seen = 0;
	int want[5];

	(void)state;
	assert_non_null(in);
	while (fgets(line, sizeof line, in) != NULL) {
		if (line[0] == '#')
			continue;
		assert_int_equal(sscanf(line, "%15s %15s %d %d %d %d %d",
		    severity, urgency, &want[0], &want[1], &want[2], &want[3],
		    &want[4]), 7);
		for (int i = 0; i < 5; i++, seen++)
			assert_level(severity, urgency, certainty[i], 0, 0,
			    false, want[i]);
	}
	fclose(in);
	assert_int_equal(seen, 125);
}

static void
test_floors_raise_and_never_lower(void **state)
{
	struct level_input bad = { span_str("Mild"), span_str("Past"),
		span_str("Likely"), 0, 0, false };
	int level = 77;

	(void)state;
	assert_level("Minor", "Past", "Unlikely", 1, 0, false, 4);
	assert_level("Minor", "Past", "Unlikely", 2, 0, false, 5);
	assert_level("Minor", "Past", "Unlikely", 9, 0, false, 5);
	assert_level("Minor", "Past", "Unlikely", 0, 9.0, true, 4);
	assert_level("Minor", "Past", "Unlikely", 0, 9.0, false, 3);
	assert_level("Minor", "Past", "Unlikely", 0, 8.9, true, 3);
	assert_level("Minor", "Past", "Unlikely", 0, 8.9, false, 1);
	assert_level("Minor", "Past", "Unlikely", 0, 7.0, true, 3);
	assert_level("Minor", "Past", "Unlikely", 0, 6.9, true, 1);
	assert_level("Extreme", "Immediate", "Observed", 1, 9.9, true, 5);
	assert_err(level_compute(schema_levels(all), &bad, &level),
	    ERR_SCHEMA);
	assert_int_equal(level, 77);
}

static void
test_level_is_read_from_a_body(void **state)
{
	struct json_val body = parse("{\"severity\":\"Minor\",\"urgency\":"
	    "\"Past\",\"certainty\":\"Likely\",\"level\":3,\"states_down\":"
	    "[\"UY\",\"UY\"],\"cvss\":[{\"score\":5},{\"score\":9.1}],"
	    "\"exploitation\":\"observed\"}");
	struct level_input in;
	struct fault f = { 0 };

	(void)state;
	level_input_of(body, &mem, &in);
	assert_int_equal(in.states_down, 1);
	assert_true(in.exploited && in.cvss > 9.0 && in.cvss < 9.2);
	assert_int_equal(level_of(body), 3);
	assert_err(level_check(schema_levels(all), body, &mem, &f),
	    ERR_SCHEMA);
	assert_string_equal(f.field, "level");
	assert_non_null(strstr(f.rule, "level 4"));
	body = parse("{\"severity\":\"Severe\",\"urgency\":\"Immediate\","
	    "\"certainty\":\"Observed\",\"level\":2,\"level_lowered\":"
	    "{\"reason\":\"only a lab\",\"by\":\"lead\"}}");
	assert_ok(level_check(schema_levels(all), body, &mem, &f));
	level_input_of(parse("[1]"), &mem, &in);
	assert_true(span_is_str(in.severity, "Unknown"));
	assert_int_equal(level_of(parse("{\"level\":6}")), 0);
}

static void
test_labels_and_their_order(void **state)
{
	static const struct {
		const char *text;
		enum err strict, import;
		enum tlp tlp;
	} rows[] = {
		{ "TLP:CLEAR", ERR_NONE, ERR_NONE, TLP_CLEAR },
		{ "TLP:AMBER", ERR_NONE, ERR_NONE, TLP_AMBER },
		{ "TLP:AMBER+STRICT", ERR_NONE, ERR_NONE, TLP_AMBER_STRICT },
		{ "TLP:RED", ERR_NONE, ERR_NONE, TLP_RED },
		{ "TLP:WHITE", ERR_SYNTAX, ERR_NONE, TLP_CLEAR },
		{ "white", ERR_SYNTAX, ERR_NONE, TLP_CLEAR },
		{ "tlp:amber-strict", ERR_SYNTAX, ERR_NONE, TLP_AMBER_STRICT },
		{ "Amber Strict", ERR_SYNTAX, ERR_NONE, TLP_AMBER_STRICT },
		{ "tlp:green", ERR_SYNTAX, ERR_NONE, TLP_GREEN },
		{ "TLP:AMBER ", ERR_SYNTAX, ERR_SYNTAX, TLP_CLEAR },
		{ "", ERR_SYNTAX, ERR_SYNTAX, TLP_CLEAR },
		{ "TLP:TLP:TLP:TLP:TLP:TLP:RED", ERR_SYNTAX, ERR_SYNTAX, TLP_RED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		enum tlp a = TLP_COUNT, b = TLP_COUNT;
		struct span s = span_str(rows[i].text);

		assert_err(tlp_parse(s, &a), rows[i].strict);
		assert_int_equal(a, rows[i].strict == ERR_NONE ? rows[i].tlp :
		    TLP_COUNT);
		assert_err(tlp_import(s, &b), rows[i].import);
		assert_int_equal(b, rows[i].import == ERR_NONE ? rows[i].tlp :
		    TLP_COUNT);
	}
	assert_int_equal(tlp_stricter(TLP_GREEN, TLP_RED), TLP_RED);
	assert_int_equal(tlp_stricter(TLP_AMBER_STRICT, TLP_AMBER),
	    TLP_AMBER_STRICT);
	assert_string_equal(tlp_label(TLP_AMBER_STRICT), "TLP:AMBER+STRICT");
	assert_string_equal(tlp_name(all, TLP_CLEAR, LANG_FR), "Public");
	assert_non_null(strstr(tlp_rule(all, TLP_RED, LANG_ES), "nadie"));
}

static void
test_languages_and_words(void **state)
{
	(void)state;
	assert_int_equal(lang_of(span_str("es_UY.UTF-8"), LANG_EN), LANG_ES);
	assert_int_equal(lang_of(span_str("pt-BR"), LANG_EN), LANG_PT);
	assert_int_equal(lang_of(span_str("FR"), LANG_EN), LANG_FR);
	assert_int_equal(lang_of(span_str("C"), LANG_PT), LANG_PT);
	assert_int_equal(lang_of(span_str("est"), LANG_EN), LANG_EN);
	assert_int_equal(lang_of(span_str("POSIX"), LANG_EN), LANG_EN);
	assert_int_equal(lang_of(span_str(""), LANG_FR), LANG_FR);
	assert_true(lang_is_tag(span_str("pt-BR")));
	assert_true(lang_is_tag(span_str("es-419")));
	assert_true(lang_is_tag(span_str("zh-Hant-TW")));
	assert_false(lang_is_tag(span_str("e")));
	assert_false(lang_is_tag(span_str("es_UY")));
	assert_false(lang_is_tag(span_str("es-")));
	assert_false(lang_is_tag(span_str("es-4")));
	assert_false(lang_is_tag(span_str("419")));
	assert_string_equal(word(all, "issued", LANG_ES), "Emitida");
	assert_string_equal(word(all, "no such word", LANG_ES),
	    "no such word");
	assert_string_equal(word_count(all, "state", 1, LANG_PT), "Estado");
	assert_string_equal(word_count(all, "day", 2, LANG_PT), "dias");
	assert_string_equal(word_count(all, "day", 0, LANG_FR), "jour");
	assert_string_equal(word_count(all, "day", 0, LANG_EN), "days");
}

static void
test_forms(void **state)
{
	(void)state;
	assert_true(form_match("CVE-####-####+", span_str("CVE-2026-1234")));
	assert_true(form_match("CVE-####-####+", span_str("CVE-2026-123456")));
	assert_false(form_match("CVE-####-####+", span_str("CVE-2026-123")));
	assert_false(form_match("CVE-####-####+", span_str("cve-2026-1234")));
	assert_false(form_match("CVE-####-####+", span_str("CVE-2026-1234x")));
	assert_true(form_match("T####|T####.###", span_str("T1059.001")));
	assert_true(form_match("T####|T####.###", span_str("T1059")));
	assert_false(form_match("T####|T####.###", span_str("T1059.")));
	assert_false(form_match("#+", span_str("")));
	assert_true(form_match("@$*", span_str("Zf~")));
	assert_false(form_match("@$*", span_str("Zg~")));
	assert_false(form_match("*+", span_str("a b")));
}

static void
test_samples_are_accepted(void **state)
{
	unsigned seen = 0;

	(void)state;
	for (size_t i = 0; i < kind_count(all); i++) {
		const struct kind *k = kind_at(all, i);
		struct json_val body = sample(k->name);
		struct fault f = { 0 };

		if (body.type == JSON_ABSENT)
			continue;
		seen++;
		if (body_check(all, k, body, CHECK_SENT, &mem, &f) != ERR_NONE)
			fail_msg("%s: %s %s", k->name, f.field, f.rule);
		assert_ok(body_check(all, k, body, CHECK_RECEIVED, &mem,
		    NULL));
	}
	assert_true(seen >= 11);
}

/* One breach: member `name` of the kind's sample set to `value`, or left away
 * if that is NULL; `tolerated` where a receiver lets it pass. */
struct breach {
	const char *kind, *name, *value, *field;
	enum err e;
	bool tolerated;
};

static void
replace_member(struct json_val body, const struct breach *b, struct buf *out)
{
	struct json_out w;
	struct json_val m;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	for (m = json_first(body); m.type != JSON_ABSENT;
	    m = json_next(body, m)) {
		struct span key = json_key(m, &mem);

		if (span_is_str(key, b->name))
			continue;
		json_put_key_span(&w, key);
		json_put_raw(&w, json_raw(m));
	}
	if (b->value != NULL) {
		json_put_key(&w, b->name);
		json_put_raw(&w, span_str(b->value));
	}
	json_put_close(&w, '}');
}

#define LONG_201                                                               \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"       \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"       \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct breach breaches[] = {
	{ "warning", "title", NULL, "title", ERR_SCHEMA, false },
	{ "warning", "impact", NULL, "impact", ERR_SCHEMA, false },
	{ "warning", "title", "\"x\"", "title", ERR_SCHEMA, false },
	{ "warning", "title", "{}", "title", ERR_SCHEMA, false },
	{ "warning", "title", "{\"es\":\"\"}", "title.es", ERR_SCHEMA, false },
	{ "warning", "title", "{\"e\":\"x\"}", "title.e", ERR_SCHEMA, false },
	{ "warning", "title", "{\"es\":1}", "title.es", ERR_SCHEMA, false },
	{ "warning", "title", "{\"es\":\"" LONG_201 "\"}", "title.es",
	    ERR_LIMIT, false },
	{ "warning", "title", "{\"es\":\"a\\nb\"}", "title.es", ERR_SCHEMA,
	    true },
	{ "warning", "summary", "{\"es\":\"a\\u001b[2J\"}", "summary.es",
	    ERR_SCHEMA, true },
	{ "warning", "summary", "{\"es\":\"a\\u202eb\"}", "summary.es",
	    ERR_SCHEMA, true },
	{ "warning", "level", "6", "level", ERR_SCHEMA, false },
	{ "warning", "level", "\"4\"", "level", ERR_SCHEMA, false },
	{ "warning", "level", "3", "level", ERR_SCHEMA, true },
	{ "warning", "severity", "\"Mild\"", "severity", ERR_SCHEMA, true },
	{ "warning", "severity", "\"Mi ld\"", "severity", ERR_SCHEMA, false },
	{ "warning", "severity", "4", "severity", ERR_SCHEMA, false },
	{ "warning", "rsit", "[]", "rsit", ERR_SCHEMA, false },
	{ "warning", "rsit", "\"fraud/phishing\"", "rsit", ERR_SCHEMA, false },
	{ "warning", "states", "[\"UY\",\"uy\"]", "states[1]", ERR_SCHEMA,
	    false },
	{ "warning", "states", "[\"URU\"]", "states[0]", ERR_SCHEMA, false },
	{ "warning", "language", "\"es_UY\"", "language", ERR_SCHEMA, false },
	{ "warning", "reply_by", "-1", "reply_by", ERR_SCHEMA, false },
	{ "warning", "reply_by", "253402300800", "reply_by", ERR_SCHEMA,
	    false },
	{ "warning", "reply_by", "1.5", "reply_by", ERR_SCHEMA, false },
	{ "warning", "references", "[\"https://a.example\",\"javascript:1\"]",
	    "references[1]", ERR_SCHEMA, false },
	{ "warning", "references", "[\"https://a b\"]", "references[0]",
	    ERR_SCHEMA, false },
	{ "warning", "techniques", "[\"T1\"]", "techniques[0]", ERR_SCHEMA,
	    false },
	{ "warning", "observables", "[{\"type\":\"ipv4\"}]",
	    "observables[0].value", ERR_SCHEMA, false },
	{ "warning", "observables", "[{\"type\":\"ipv4\",\"value\":\"1\","
	    "\"more\":1}]", "observables[0].more", ERR_SCHEMA, true },
	{ "warning", "affected_count", "-3", "affected_count", ERR_SCHEMA,
	    false },
	{ "warning", "surprise", "1", "surprise", ERR_SCHEMA, true },
	{ "warning", "targets", "[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\","
	    "\"8\",\"9\",\"0\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\","
	    "\"9\",\"0\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\","
	    "\"0\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"0\","
	    "\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"0\",\"1\","
	    "\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"0\",\"1\",\"2\","
	    "\"3\",\"4\",\"5\"]", "targets", ERR_LIMIT, false },
	{ "advisory", "cve", "[\"CVE-26-1\"]", "cve[0]", ERR_SCHEMA, false },
	{ "advisory", "cvss", "[{\"score\":10.1,\"version\":\"3.1\"}]",
	    "cvss[0].score", ERR_SCHEMA, false },
	{ "advisory", "cvss", "[{\"score\":\"9\",\"version\":\"3.1\"}]",
	    "cvss[0].score", ERR_SCHEMA, false },
	{ "advisory", "products", "[{\"name\":\"x\",\"state\":\"fixed\"},"
	    "{\"name\":\"x\",\"state\":\"broken\"}]", "products[1].state",
	    ERR_SCHEMA, true },
	{ "advisory", "source", "{\"id\":\"1\",\"publisher\":\"x\",\"sha256\":"
	    "\"9f86\"}", "source.sha256", ERR_SCHEMA, false },
	{ "mitigation", "applies_to", "[\"AAAA\"]", "applies_to[0]",
	    ERR_SCHEMA, false },
	{ "mitigation", "tested_by", "[\"CSIRT UY\"]", "tested_by[0]",
	    ERR_SCHEMA, false },
	{ "person", "active", "1", "active", ERR_SCHEMA, false },
	{ "person", "login", "\"\"", "login", ERR_SCHEMA, false },
};

static void
test_breaches_are_refused_with_their_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof breaches / sizeof breaches[0]; i++) {
		const struct breach *b = &breaches[i];
		const struct kind *k = kind_find(all, span_str(b->kind));
		struct fault f = { 0 };
		struct json_val body;
		struct buf text;
		enum err e;

		buf_init(&text, LIMIT_PAYLOAD);
		replace_member(sample(b->kind), b, &text);
		body = parse(buf_str(&text));
		e = body_check(all, k, body, CHECK_SENT, &mem, &f);
		if (e != b->e || strcmp(f.field, b->field) != 0)
			fail_msg("row %zu: %s, '%s' %s", i, err_token(e),
			    f.field, f.rule);
		assert_true(f.rule[0] != '\0');
		e = body_check(all, k, body, CHECK_RECEIVED, &mem, NULL);
		assert_int_equal(e, b->tolerated ? ERR_NONE : b->e);
		buf_release(&text);
	}
	assert_err(body_check(all, kind_at(all, 0), parse("[]"),
	    CHECK_RECEIVED, &mem, NULL), ERR_SCHEMA);
}

static void
test_all_that_is_missing_is_told(void **state)
{
	const struct kind *k = kind_find(all, span_str("warning"));
	struct fault f = { 0 };

	(void)state;
	assert_err(body_check(all, k, parse("{\"title\":{\"es\":\"x\"}}"),
	    CHECK_SENT, &mem, &f), ERR_SCHEMA);
	assert_string_equal(f.field, "language");
	assert_string_equal(f.rule, "is missing; also author_post, states, "
	    "sectors, requested_action, level, severity, urgency, certainty, "
	    "rsit, attack_vector, impact, outlook");
}

static void
test_withdrawal_needs_little(void **state)
{
	const struct kind *k = kind_find(all, span_str("warning"));
	struct json_val body = parse("{\"title\":{\"es\":\"x\"},\"language\":"
	    "\"es\",\"author_post\":\"a\",\"level\":1,\"withdrawn\":{"
	    "\"reason\":{\"es\":\"Error\"}}}");
	struct show how = { .schema = all, .lang = LANG_FR };
	struct show_head head = { .kind = span_str("warning") };
	struct fault f = { 0 };
	struct buf out;

	(void)state;
	buf_init(&out, LIMIT_SHOWN);
	assert_true(body_is_end(k, body));
	assert_ok(body_check(all, k, body, CHECK_SENT, &mem, &f));
	assert_ok(show_line(&how, &head, body, &mem, &out));
	assert_string_equal(buf_str(&out), "● [Retiré] Alerte: x");
	buf_release(&out);
	body = parse("{\"title\":{\"es\":\"x\"},\"language\":\"es\","
	    "\"author_post\":\"a\",\"level\":4,\"withdrawn\":{}}");
	assert_err(body_check(all, k, body, CHECK_SENT, &mem, &f),
	    ERR_SCHEMA);
	assert_string_equal(f.field, "withdrawn.reason");
	body = parse("{\"title\":{\"es\":\"x\"},\"language\":\"es\","
	    "\"author_post\":\"a\",\"closed\":{\"outcome\":\"resolved\"}}");
	assert_err(body_check(all, k, body, CHECK_SENT, &mem, &f),
	    ERR_SCHEMA);
	assert_string_equal(f.field, "level");
}

/* The files built in and one more. */
static enum err
load_with(const char *name, const char *text, struct schema **out,
    struct fault *f)
{
	size_t n = schema_files.count;
	struct embed *file = calloc(n + 1, sizeof *file);
	struct embed_set set = { file, n + 1 };
	enum err e;

	assert_non_null(file);
	memcpy(file, schema_files.file, n * sizeof *file);
	file[n] = (struct embed){ name, (const unsigned char *)text,
		strlen(text) };
	e = schema_load(&set, out, f);
	free(file);
	return e;
}

#define BRIEF_HEAD                                                             \
	"{\"kind\":\"brief\",\"en\":\"Brief\",\"es\":\"Informe\","             \
	"\"pt\":\"Informe\",\"fr\":\"Note\",\"meaning\":{\"en\":\"a\","        \
	"\"es\":\"b\",\"pt\":\"c\",\"fr\":\"d\"},\"notice\":true,"
#define LABELS "\"en\":\"a\",\"es\":\"b\",\"pt\":\"c\",\"fr\":\"d\""

static void
test_a_kind_is_one_file(void **state)
{
	static const char file[] = BRIEF_HEAD "\"uses\":[\"head\"],"
	    "\"fields\":[{\"name\":\"ask\",\"type\":\"ml\",\"need\":\"always\","
	    LABELS "}]}";
	struct json_val body = parse("{\"ask\":{\"fr\":\"lire\"}}");
	struct schema *s = NULL;
	struct fault f = { 0 };
	struct show how = { .lang = LANG_ES };
	struct show_head head = { .kind = span_str("brief") };
	struct buf out;

	(void)state;
	if (load_with("kinds/brief.json", file, &s, &f) != ERR_NONE)
		fail_msg("%s %s", f.field, f.rule);
	assert_int_equal(kind_count(s), kind_count(all) + 1);
	assert_err(body_check(s, kind_find(s, span_str("brief")), body,
	    CHECK_SENT, &mem, &f), ERR_SCHEMA);
	assert_string_equal(f.field, "title");
	how.schema = s;
	buf_init(&out, LIMIT_SHOWN);
	assert_ok(show_record(&how, &head, body, &mem, &out));
	assert_non_null(strstr(buf_str(&out), "Informe"));
	assert_non_null(strstr(buf_str(&out), "lire [solo en francés]"));
	buf_release(&out);
	schema_free(s);
}

static void
test_bad_schema_files_are_refused(void **state)
{
	static const struct {
		const char *name, *text, *field;
	} rows[] = {
		{ "kinds/brief.json", "{", "kinds/brief.json" },
		{ "kinds/brief.json", "[]", "kinds/brief.json" },
		{ "kinds/other.json", BRIEF_HEAD "\"fields\":[]}",
		    "kinds/other.json: brief" },
		{ "kinds/brief.json", BRIEF_HEAD "\"limt\":1,\"fields\":[]}",
		    "kinds/brief.json" },
		{ "kinds/brief.json", BRIEF_HEAD "\"uses\":[\"none\"]}",
		    "kinds/brief.json: blocks/none.json" },
		{ "kinds/brief.json", BRIEF_HEAD "\"levelled\":true}",
		    "kinds/brief.json" },
		{ "kinds/brief.json", BRIEF_HEAD "\"reviewed\":1}",
		    "kinds/brief.json: reviewed" },
		{ "kinds/brief.json", BRIEF_HEAD "\"fields\":[{\"name\":\"x\","
		    "\"type\":\"real\"," LABELS "}]}", "kinds/brief.json: x" },
		{ "kinds/brief.json", BRIEF_HEAD "\"fields\":[{\"name\":\"x\","
		    "\"type\":\"int\",\"en\":\"a\"}]}", "kinds/brief.json: x" },
		{ "kinds/brief.json", BRIEF_HEAD "\"fields\":[{\"name\":\"x\","
		    "\"type\":\"int\",\"en\":\"\",\"es\":\"b\",\"pt\":\"c\","
		    "\"fr\":\"d\"}]}", "kinds/brief.json: x" },
		{ "kinds/brief.json", BRIEF_HEAD "\"fields\":[{\"name\":\"x\","
		    "\"type\":\"enum\",\"from\":\"none\"," LABELS "}]}",
		    "kinds/brief.json: none" },
		{ "kinds/brief.json", BRIEF_HEAD "\"fields\":[{\"name\":\"x\","
		    "\"type\":\"list\"," LABELS "}]}",
		    "kinds/brief.json: fields" },
		{ "kinds/brief.json", BRIEF_HEAD "\"fields\":[{\"name\":\"x\","
		    "\"type\":\"text\",\"max\":70000," LABELS "}]}",
		    "kinds/brief.json: max" },
		{ "kinds/brief.json", BRIEF_HEAD "\"uses\":[\"head\"],"
		    "\"fields\":[{\"name\":\"title\",\"type\":\"ml\"," LABELS
		    "}]}", "kinds/brief.json: title" },
		{ "lists/mine.json", "{\"list\":\"mine\",\"values\":[]}",
		    "lists/mine.json: mine" },
		{ "lists/mine.json", "{\"list\":\"severity\",\"values\":["
		    "{\"value\":\"a\"," LABELS "}]}",
		    "lists/mine.json: severity" },
		{ "lists/mine.json", "{\"list\":\"mine\",\"values\":["
		    "{\"value\":\"a\"," LABELS "},{\"value\":\"a\"," LABELS
		    "}]}", "lists/mine.json: mine" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct schema *s = NULL;
		struct fault f = { 0 };

		if (load_with(rows[i].name, rows[i].text, &s, &f) == ERR_NONE ||
		    strcmp(f.field, rows[i].field) != 0)
			fail_msg("row %zu: '%s' %s", i, f.field, f.rule);
		assert_null(s);
	}
}

static void
show(const char *kind, struct json_val body, struct show how, struct buf *out)
{
	struct show_head head = { .kind = span_str(kind),
		.iss = span_str("csirt-uy"), .id = span_str("0417"),
		.rev = 2, .tlp = TLP_AMBER, .has_tlp = true,
		.iat = { 1795244400000 } };

	how.schema = all;
	buf_clear(out);
	assert_ok(show_record(&how, &head, body, &mem, out));
}

static void
test_every_sample_is_shown_in_four_languages(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, LIMIT_SHOWN);
	for (size_t i = 0; i < kind_count(all); i++) {
		const struct kind *k = kind_at(all, i);
		struct json_val body = sample(k->name), m;

		if (body.type == JSON_ABSENT)
			continue;
		for (int l = 0; l < LANG_COUNT; l++) {
			show(k->name, body, (struct show){ .lang =
			    (enum lang)l, .full = true }, &out);
			assert_non_null(strstr(buf_str(&out),
			    k->names.in[l]));
			for (m = json_first(body); m.type != JSON_ABSENT;
			    m = json_next(body, m)) {
				const struct field *fd = field_find(k,
				    json_key(m, &mem));

				if (strcmp(fd->name, "title") == 0 ||
				    strcmp(fd->name, "level") == 0 ||
				    (m.type == JSON_ARRAY &&
				    json_count(m) == 0))
					continue;
				assert_non_null(strstr(buf_str(&out),
				    fd->names.in[l]));
			}
		}
	}
	buf_release(&out);
}

static void
assert_shown(struct buf *out, const char *text)
{
	if (strstr(buf_str(out), text) == NULL)
		fail_msg("no '%s' in:\n%s", text, buf_str(out));
}

static void
test_show_translates_what_it_can(void **state)
{
	struct json_val body = sample("warning");
	struct buf out;

	(void)state;
	buf_init(&out, LIMIT_SHOWN);
	show("warning", body, (struct show){ .lang = LANG_FR }, &out);
	assert_shown(&out, "▲▲▲ Grave (4/5)  Alerte  TLP:AMBER (Organisation "
	    "et ses clients)");
	assert_shown(&out, "*** EXERCICE – NON RÉEL ***");
	/* no French: the language of the document, and said so */
	assert_shown(&out, "Cifrado de servidores de pago en curso [uniquement "
	    "en espagnol]");
	assert_shown(&out, "Uruguay, Brésil");
	assert_shown(&out, "Systèmes de paiement, Institutions publiques");
	assert_shown(&out, "- Adresse IPv4, 203.0.113.7, Contrôle");
	assert_shown(&out, "2026-11-21 07:00 UTC");
	assert_null(strstr(buf_str(&out), "inconnu de cette version"));
	show("warning", body, (struct show){ .lang = LANG_EN, .ascii = true,
	    .offset_min = -480 }, &out);
	assert_shown(&out, "!!! Severe (4/5)  Warning");
	assert_shown(&out, "Payment servers are being encrypted [Machine "
	    "translation, not checked]");
	assert_shown(&out, "2026-11-21 07:00 UTC (2026-11-20 23:00 "
	    "UTC-08:00)");
	show("warning", body, (struct show){ .lang = LANG_PT, .brief = true },
	    &out);
	assert_null(strstr(buf_str(&out), "203.0.113.7"));
	buf_release(&out);
}

static void
test_show_keeps_what_it_does_not_know(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, LIMIT_SHOWN);
	show("epoch", parse("{\"prev\":[{\"origin\":\"log.uy\",\"size\":3}],"
	    "\"reason\":{\"es\":\"Copia restaurada\",\"en\":\"Restored\"}}"),
	    (struct show){ .lang = LANG_ES }, &out);
	assert_shown(&out, "no conoce este tipo");
	assert_shown(&out, "prev[0].origin");
	assert_shown(&out, "log.uy");
	assert_shown(&out, "Copia restaurada");
	show("comment", parse("{\"text\":{\"en\":\"a\\u001b[2J\\u202eb\"},"
	    "\"mood\":\"calm\",\"author_post\":\"x\"}"),
	    (struct show){ .lang = LANG_EN }, &out);
	assert_shown(&out, "a\xef\xbf\xbd[2J\xef\xbf\xbd" "b");
	assert_shown(&out, "mood");
	assert_null(strchr(buf_str(&out), 0x1b));
	show("acknowledgement", parse("{\"answer\":\"panicking\"}"),
	    (struct show){ .lang = LANG_EN }, &out);
	assert_shown(&out, "panicking (not known to this version)");
	show("warning", parse("[1,\"x\"]"), (struct show){ .lang = LANG_EN },
	    &out);
	assert_shown(&out, "body[1]");
	buf_release(&out);
}

static void
test_show_wraps_and_cuts(void **state)
{
	struct show how = { .schema = all, .lang = LANG_ES, .columns = 30 };
	struct show_head head = { .kind = span_str("warning") };
	struct buf out;

	(void)state;
	buf_init(&out, LIMIT_SHOWN);
	plain_wrap(&out, span_str("uno dos tres\n\ncuatro  é"), 8, 0, 2);
	assert_string_equal(buf_str(&out), "uno dos\n  tres\n\n  cuatro\n"
	    "  é");
	buf_clear(&out);
	plain_wrap(&out, span_str("- a b c\n- d"), 6, 1, 1);
	assert_string_equal(buf_str(&out), "- a b\n   c\n - d");
	buf_clear(&out);
	plain_wrap(&out, span_str("https://a.example/very/long b"), 8, 4, 4);
	assert_string_equal(buf_str(&out),
	    "https://a.example/very/long\n    b");
	buf_clear(&out);
	assert_ok(show_line(&how, &head, sample("warning"), &mem, &out));
	assert_string_equal(buf_str(&out), "▲▲▲ [EJERCICIO] Alerta: Cifra…");
	buf_clear(&out);
	how.columns = 60;
	assert_ok(show_record(&how, &head, sample("advisory"), &mem, &out));
	for (const char *p = buf_str(&out), *q; *p != '\0'; p = q + 1) {
		q = strchr(p, '\n');
		assert_non_null(q);
		if (memchr(p, ' ', (size_t)(q - p)) != NULL &&
		    plain_columns(span_of(p, (size_t)(q - p))) > 60)
			assert_null(strstr(p, "servidores de pago"));
	}
	buf_release(&out);
	buf_init(&out, 16);
	assert_err(show_record(&how, &head, sample("advisory"), &mem, &out),
	    ERR_LIMIT);
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind_is_whole),
		cmocka_unit_test(test_kinds_have_their_attributes),
		cmocka_unit_test(test_levels_follow_the_vectors),
		cmocka_unit_test(test_floors_raise_and_never_lower),
		cmocka_unit_test(test_level_is_read_from_a_body),
		cmocka_unit_test(test_labels_and_their_order),
		cmocka_unit_test(test_languages_and_words),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_samples_are_accepted),
		cmocka_unit_test(test_breaches_are_refused_with_their_place),
		cmocka_unit_test(test_all_that_is_missing_is_told),
		cmocka_unit_test(test_withdrawal_needs_little),
		cmocka_unit_test(test_a_kind_is_one_file),
		cmocka_unit_test(test_bad_schema_files_are_refused),
		cmocka_unit_test(test_every_sample_is_shown_in_four_languages),
		cmocka_unit_test(test_show_translates_what_it_can),
		cmocka_unit_test(test_show_keeps_what_it_does_not_know),
		cmocka_unit_test(test_show_wraps_and_cuts),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

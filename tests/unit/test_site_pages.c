/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages of the public site that are made of records of teams: the directory,
 * the team by RFC 2350, and what other sites show of the highest level. What
 * is hostile in them comes out as text.
 */
#include "site/pages.h"

#include "cmocka_all.h"

#include "base/limits.h"
#include "base/mem.h"
#include "schema/check.h"
#include "schema/plain.h"

#include <stdlib.h>
#include <string.h>

extern const struct embed_set site_templates;

enum { FILES = 256 };

struct site {
	struct schema *schema;
	struct catalogue words[LANG_COUNT];
	struct site_about about;
	struct pages_set *pages;
	struct arena a;
	char *path[FILES], *text[FILES];
	size_t n;
};

static enum err
find_own(void *ctx, const char *name, struct span *out)
{
	const struct embed *e = embed_find(&site_templates, name);

	(void)ctx;
	if (e == NULL)
		return ERR_NOT_FOUND;
	*out = span_of(e->p, e->n);
	return ERR_NONE;
}

static void
put(void *ctx, const char *path, struct span bytes)
{
	struct site *s = ctx;

	assert_in_range(s->n, 0, FILES - 1);
	s->path[s->n] = mem_string(path);
	s->text[s->n] = mem_alloc(bytes.n + 1);
	memcpy(s->text[s->n++], bytes.p, bytes.n);
}

static void
forget(struct site *s)
{
	while (s->n != 0) {
		free(s->path[--s->n]);
		free(s->text[s->n]);
	}
}

static const char *
file(const struct site *s, const char *path)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->path[i], path) == 0)
			return s->text[i];
	fail_msg("there is no %s", path);
	return "";
}

static void
has(const struct site *s, const char *path, const char *words)
{
	if (strstr(file(s, path), words) == NULL)
		fail_msg("%s does not say \"%s\":\n%s", path, words,
		    file(s, path));
}

static void
has_not(const struct site *s, const char *path, const char *words)
{
	if (strstr(file(s, path), words) != NULL)
		fail_msg("%s says \"%s\"", path, words);
}

static int
setup(void **state)
{
	static const struct site_about about = {
		.url = "https://cert.example/", .name = "CERT <of> the state",
		.team = "uy", .state = "UY", .phone = "+598 2000 0000",
		.mail = "cert@cert.example" };
	const struct template_source from = { NULL, find_own };
	struct site *s = mem_alloc(sizeof *s);
	struct fault f = { 0 };

	s->about = about;
	assert_ok(schema_load(&schema_files, &s->schema, NULL));
	for (int l = 0; l < LANG_COUNT; l++)
		assert_ok(catalogue_open(&locale_files, (enum lang)l,
		    &s->words[l], NULL));
	if (pages_open(&from, &s->about, s->schema, s->words, &s->pages,
	    &f) != ERR_NONE)
		fail_msg("%s: %s", f.field, f.rule);
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	struct site *s = *state;
	const char *first;

	assert_int_equal(pages_faults(s->pages, &first), 0);
	forget(s);
	pages_close(s->pages);
	schema_free(s->schema);
	arena_release(&s->a);
	free(s);
	return 0;
}

/* --- records --- */

static struct json_val
body_of(struct site *s, const char *text)
{
	struct json *doc = arena_alloc(&s->a, sizeof *doc);

	assert_ok(json_parse_arena(span_str(arena_string(&s->a,
	    span_str(text))), LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &s->a, doc,
	    NULL));
	return json_root(doc);
}

static struct site_notice
notice(struct site *s, const char *kind, const char *iss, const char *text)
{
	static unsigned char next;
	struct site_notice n = { .iss = span_str(iss), .state = "",
		.iat_s = 1790000000, .in_feed = true,
		.kind = kind_find(s->schema, span_str(kind)),
		.body = body_of(s, text) };

	n.id.b[15] = ++next;
	assert_non_null(n.kind);
	return n;
}

static const struct site_team teams[] = {
	{ .id = "br", .state = "BR", .key_words = "one two",
	    .key_hex = "00aa 11bb" },
	{ .id = "cl", .state = "CL", .key_words = "three", .key_hex = "22cc" },
	{ .id = "uy", .state = "UY", .key_words = "four", .key_hex = "33dd",
	    .is_own = true },
};

enum { TEAMS = sizeof teams / sizeof *teams };

static void
make_network(struct site *s, const struct site_notice *const *all, size_t n)
{
	struct site_team team[TEAMS];

	memcpy(team, teams, sizeof team);
	forget(s);
	pages_network(s->pages, team, TEAMS, all, n, 1795219200, put, s);
}

static const char hostile[] = "{\"title\":{\"en\":\"CERT <b>BR</b>\"},"
    "\"phone\":\"+55 \\\" onclick=x\",\"mail\":\"a@b.example\","
    "\"web\":\"javascript:alert(1)\","
    "\"report_url\":\"https://br.example/?a=1&b=\\\"\","
    "\"hours\":{\"en\":\"Day & night\"},\"languages\":[\"pt\",\"gn\"],"
    "\"constituency\":{\"en\":\"<script>x</script>\"},"
    "\"author_post\":\"x\",\"language\":\"en\"}";

static void
test_directory(void **state)
{
	struct site *s = *state;
	struct site_notice card = notice(s, "team-card", "br", hostile);
	const struct site_notice *const all[] = { &card };
	static const char page[] = "es/directory/index.html";

	make_network(s, all, 1);
	has(s, page, "<h2 id=\"BR\">Brasil</h2>");
	has(s, page, "CERT &lt;b&gt;BR&lt;/b&gt;");
	has(s, page, "<a href=\"tel:+55\">+55 &#34; onclick=x</a>");
	has(s, page, "&lt;script&gt;x&lt;/script&gt;");
	has(s, page, "<a class=\"url\" href=\"#\">javascript:alert(1)</a>");
	has(s, page, "b=%22\"");
	has(s, page, "Português, gn");
	has(s, page, "one two<br><code class=\"key\">00aa 11bb</code>");
	has(s, page, "<p lang=\"en\">Day &amp; night</p>");
	has_not(s, page, "<b>BR");
	has_not(s, page, "<script");
	/* the own one by the settings, another that says nothing */
	has(s, page, "<span lang=\"es\">CERT &lt;of&gt; the state</span>");
	has(s, page, "mailto:cert@cert.example");
	has(s, page, "Este equipo aún no ha dicho");
	has(s, page, "<li>Argentina</li>");
	has_not(s, page, "<li>Chile</li>");
	has(s, "pt/network/index.html", "../../pt/directory/#BR");
	/* the newest that stands */
	card.stand = SITE_WITHDRAWN;
	make_network(s, all, 1);
	has_not(s, page, "CERT &lt;b&gt;BR");
	has(s, page, "<h2 id=\"BR\">Brasil</h2>");
}

/* What one team says of another counts for nothing. */
static void
test_card_of_another(void **state)
{
	struct site *s = *state;
	struct site_notice newer = notice(s, "team-card", "uy",
	    "{\"title\":{\"en\":\"Newer\"}}");
	struct site_notice older = notice(s, "team-card", "uy",
	    "{\"title\":{\"en\":\"Older\"},\"fax\":\"12\"}");
	struct site_notice other = notice(s, "team-card", "br", hostile);
	struct site_notice guide = notice(s, "guide", "uy",
	    "{\"title\":{\"en\":\"Guide\"}}");
	const struct site_notice *const all[] = { &guide, &other, &newer,
		&older };

	make_network(s, all, 4);
	has(s, "en/rfc2350/index.html", "<span lang=\"en\">Newer</span>");
	has_not(s, "en/rfc2350/index.html", "Older");
	has_not(s, "en/rfc2350/index.html", "onclick");
}

static void
test_rfc2350(void **state)
{
	static const char *const heads[] = { "1. ", "   1.1 ", "   1.4 ",
		"2. ", "   2.1 ", "   2.5 ", "   2.11 ", "3. ", "   3.4 ",
		"4. ", "   4.3 ", "5. ", "   5.2 ", "6. ", "7. " };
	static const char *const no[] = { "Not stated", "no lo ha indicado",
		"não informou", "ne l’a pas précisé" };
	struct site *s = *state;
	struct site_notice card = notice(s, "team-card", "uy",
	    "{\"title\":{\"es\":\"CERTuy\"},\"short_name\":\"C\","
	    "\"mission\":{\"es\":\"Primera línea.\\nSegunda <línea>.\"},"
	    "\"cooperation\":{\"es\":\"Con todos.\"},"
	    "\"address\":{\"es\":\"Calle Uno 1\\n7. Trampa\"},"
	    "\"openpgp\":\"00112233445566778899aabbccddeeff00112233\","
	    "\"language\":\"es\"}");
	const struct site_notice *const all[] = { &card };
	char path[64];

	make_network(s, NULL, 0);
	/* the key of the site only signs */
	has_not(s, SITE_SECURITY, "Encryption:");
	has(s, SITE_SECURITY, "\nExpires: 2027-05-02T00:00:00Z\n");
	for (int l = 0; l < LANG_COUNT; l++) {
		snprintf(path, sizeof path, "%s/rfc2350/rfc2350.txt",
		    lang_tag((enum lang)l));
		has(s, path, no[l]);
		has(s, path, "cert@cert.example");
		has(s, path, "(TLP"); /* as the program brings it */
		for (const char *at = file(s, path); *at != '\0';) {
			size_t n = strcspn(at, "\n");

			assert_in_range(plain_columns(span_of(at, n)), 0, 72);
			at += n + 1;
		}
	}
	assert_string_equal(file(s, SITE_RFC2350),
	    file(s, "en/rfc2350/rfc2350.txt"));
	make_network(s, all, 1);
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		char line[32];

		snprintf(line, sizeof line, "\n%s", heads[i]);
		has(s, SITE_RFC2350, line);
	}
	has(s, SITE_RFC2350, "\n      CERTuy (C), Uruguay\n");
	has(s, SITE_RFC2350, "\n      Segunda <línea>.\n");
	has(s, SITE_RFC2350, "\n      Con todos.\n");
	has(s, SITE_SECURITY, "\nEncryption: openpgp4fpr:"
	    "00112233445566778899aabbccddeeff00112233\nCSAF: ");
	has(s, SITE_RFC2350, "\n      7. Trampa\n");
	has(s, SITE_RFC2350, "\n      2026-09-21 ");
	has_not(s, SITE_RFC2350, "(TLP");
	has(s, "fr/rfc2350/index.html", "<p lang=\"es\">Segunda &lt;línea");
	has(s, "fr/rfc2350/index.html", "33dd");
}

/* What the program brings is what a team could release. */
static void
test_brought(void **state)
{
	struct site *s = *state;
	struct fault f = { 0 };
	struct span text = { 0 };
	struct json_val v;

	assert_ok(find_own(NULL, "team-card.json", &text));
	v = body_of(s, (const char *)text.p);
	if (body_check(s->schema, kind_find(s->schema, span_str("team-card")),
	    v, CHECK_SENT, &s->a, &f) != ERR_NONE)
		fail_msg("%s: %s", f.field, f.rule);
	for (int l = 0; l < LANG_COUNT; l++)
		assert_int_equal(json_get(json_get(v, "disclaimer"),
		    lang_tag((enum lang)l)).type, JSON_STRING);
}

/* --- the banner --- */

static void
make_banner(struct site *s, const struct site_notice *const *all, size_t n)
{
	forget(s);
	pages_lists(s->pages, all, n, 1790000500, put, s);
}

static const char *const calm =
    "{\"version\":1,\"language\":\"en\",\"heading\":\"Emergency\","
    "\"from\":\"CERT <of> the state\",\"emergencies\":[],\"more\":0}\n";

static void
test_banner(void **state)
{
	struct site *s = *state;
	struct site_notice n = notice(s, "warning", "uy", "{\"title\":"
	    "{\"en\":\"<img src=x> \\\"all\\\"\",\"es\":\"Todo\"},"
	    "\"language\":\"en\"}");
	const struct site_notice *const all[] = { &n };

	n.level = 4;
	make_banner(s, all, 1);
	assert_string_equal(file(s, "en/banner.json"), calm);
	has(s, "en/widget.html", "<main></main>");
	n.level = 5;
	make_banner(s, all, 1);
	has(s, "en/banner.json", "\"title\":\"<img src=x> \\\"all\\\"\"");
	has(s, "es/banner.json", "\"title\":\"Todo\",\"title_language\":"
	    "\"es\",\"url\":\"https://cert.example/es/w/uy/");
	has(s, "en/widget.html", "&lt;img src=x&gt;");
	has(s, "es/widget.html", ">Todo</a>");
	has(s, "fr/widget.html", "lang=\"en\">&lt;img");
	n.exp_s = 1790000400;
	make_banner(s, all, 1);
	assert_string_equal(file(s, "en/banner.json"), calm);
	n.exp_s = 0;
	n.stand = SITE_WITHDRAWN;
	make_banner(s, all, 1);
	assert_string_equal(file(s, "en/banner.json"), calm);
	has(s, "es/widget.html", "<main></main>");
}

/* However many there are and however long. */
static void
test_banner_is_small(void **state)
{
	enum { MANY = 9 };
	struct site *s = *state;
	struct site_notice n[MANY];
	const struct site_notice *all[MANY];
	char title[400], text[512];
	struct json doc;
	struct span script = { 0 };
	uint64_t more;

	memset(title, '"', sizeof title);
	for (size_t i = 0; i < 390; i += 2)
		title[i] = '\\';
	title[390] = '\0';
	snprintf(text, sizeof text, "{\"title\":{\"en\":\"%s\"}}", title);
	for (size_t i = 0; i < MANY; i++) {
		n[i] = notice(s, "warning", "uy", text);
		n[i].level = 5;
		all[i] = &n[i];
	}
	make_banner(s, all, MANY);
	for (int l = 0; l < LANG_COUNT; l++) {
		char path[32];

		snprintf(path, sizeof path, "%s/banner.json",
		    lang_tag((enum lang)l));
		assert_in_range(strlen(file(s, path)), 1, SITE_BANNER_MAX);
		assert_ok(json_parse_arena(span_str(file(s, path)), 8, 1000,
		    &s->a, &doc, NULL));
		assert_ok(json_u64(json_get(json_root(&doc), "more"), &more));
		assert_int_equal(json_count(json_get(json_root(&doc),
		    "emergencies")) + more, MANY);
		assert_true(more < MANY);
	}
	assert_in_range(strlen(calm), 1, 256);
	assert_ok(find_own(NULL, SITE_WIDGET, &script));
	assert_in_range(script.n, 1, SITE_WIDGET_MAX);
}

/* --- the home page --- */

/* With more in force than a first look can take the urgent are there first. */
static void
test_home_is_small(void **state)
{
	enum { MANY = 120 };
	struct site *s = *state;
	struct site_notice n[MANY];
	const struct site_notice *all[MANY];
	char text[64], last[16];

	for (int i = 0; i < MANY; i++) {
		snprintf(text, sizeof text, "{\"title\":{\"en\":\"no. %d.\"}}",
		    i);
		n[i] = notice(s, "warning", "uy", text);
		n[i].level = i < 100 ? 2 : 4;
		all[i] = &n[i];
	}
	make_banner(s, all, MANY);
	has(s, "en/index.html", "120 notices in force");
	has(s, "en/index.html", "70 more notices are in force.");
	has(s, "es/index.html", "70 comunicaciones más están vigentes.");
	for (int i = 0; i < MANY; i++) {
		snprintf(last, sizeof last, "no. %d.", i);
		if ((strstr(file(s, "en/index.html"), last) != NULL) !=
		    (i < 30 || i >= 100))
			fail_msg("notice %d", i);
	}
	make_banner(s, all, 50);
	assert_null(strstr(file(s, "en/index.html"), "more notice"));
}

/* --- notices that say little --- */

/* What the page of a notice of level 4 that says nothing but its title has. */
static void
bare_has(struct site *s, enum site_stand stand, const char *words,
    const char *not)
{
	struct site_notice n = notice(s, "warning", "uy", "{\"title\":{\"en\":"
	    "\"A\"},\"language\":\"en\"}");
	char place[SITE_PLACE], path[LIMIT_SITE_PATH];

	n.level = 4;
	n.stand = stand;
	pages_notice(s->pages, &n, span_str(""), put, s);
	site_place(&n, place);
	snprintf(path, sizeof path, "es/%sindex.html", place);
	has(s, path, words);
	has_not(s, path, not);
	forget(s);
}

/* Nobody is told to act at once and that nothing is asked of him. */
static void
test_bare(void **state)
{
	struct site *s = *state;

	bare_has(s, SITE_STANDS, "Actúe de inmediato", "No se le pide nada");
	bare_has(s, SITE_STANDS, "Estará aquí", "No se le pide nada");
	bare_has(s, SITE_WITHDRAWN, "No se le pide nada",
	    "Actúe de inmediato");
	bare_has(s, SITE_CLOSED, "No se le pide nada", "Actúe de inmediato");
}

/* --- joint sites --- */

static struct site_notice
marked(struct site *s, const char *iss, const char *log, const char *by)
{
	struct site_notice n = notice(s, "warning", iss, "{\"title\":{\"en\":"
	    "\"A <b>\"},\"language\":\"en\"}");

	n.state = "BR";
	n.mark = (struct site_mark){ .log = span_str(log),
		.by = span_str(by), .at_s = 1790000100 };
	n.mark.root.b[0] = 1;
	return n;
}

static void
test_joint(void **state)
{
	struct site *s = *state;
	/* cl has left the register; br passes on what it said */
	struct site_notice n[] = { marked(s, "br", "x.org/log/br/00000001",
	    ""), marked(s, "cl", "x.org/log/br/00000001", "br") };
	const struct site_notice *const at[] = { &n[0], &n[1] };
	const struct site_team team[] = { { .id = "br", .state = "BR",
	    .key_words = "", .key_hex = "", .held = { .is_held = true,
		.is_whole = true, .until_s = 1790002800, .since_s = 1780000000,
		.log = "x.org/log/br/00000001" } }, { .id = "pe",
	    .state = "PE", .key_words = "", .key_hex = "",
	    .held = { .log = "" } } };
	char place[SITE_PLACE], path[LIMIT_SITE_PATH];

	s->about.is_joint = true;
	pages_joint(s->pages, team, 2, at, 2, 1790003000, put, s);
	pages_notice(s->pages, &n[1], span_str(""), put, s);
	has(s, "en/from/br/index.html", "/w/br/");
	has_not(s, "en/from/br/index.html", "/w/cl/");
	has(s, "pt/from/cl/index.html", "/w/cl/");
	has(s, "es/from/pe/index.html", "no se tiene aquí");
	has(s, "en/members/index.html", "held whole: 1 of 2");
	has(s, "members.json", "\"count\":1");
	has(s, "search.words", "almenara-search 1\t2\t2\n");
	site_place(&n[1], place);
	snprintf(path, sizeof path, "fr/%sindex.html", place);
	has(s, path, "Transmis par</dt><dd>br");
	has(s, path, "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
	snprintf(path, sizeof path, "fr/%snotice.txt", place);
	has(s, path, "Transmis par: br");
	snprintf(path, sizeof path, "%snotice.cap", place);
	has(s, path, "<sender>cl@x.org</sender>");
	forget(s);
	s->about.is_joint = false;
	pages_notice(s->pages, &n[1], span_str(""), put, s);
	snprintf(path, sizeof path, "fr/%sindex.html", place);
	has_not(s, path, "x.org");
	snprintf(path, sizeof path, "%snotice.json", place);
	has_not(s, path, "origin");
	snprintf(path, sizeof path, "%snotice.cap", place);
	has(s, path, "<sender>cert.example</sender>");
}

int
main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = { TEST(test_directory),
		TEST(test_card_of_another), TEST(test_rfc2350),
		TEST(test_brought), TEST(test_banner),
		TEST(test_banner_is_small), TEST(test_home_is_small),
		TEST(test_bare),
		TEST(test_joint) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

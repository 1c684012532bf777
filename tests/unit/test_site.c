/* SPDX-License-Identifier: Apache-2.0
 *
 * The public site without a node: how templates escape and which are refused,
 * catalogues of words, and that every word of the site is there in all
 * languages; the list of files; what pages say of a notice.
 */
#include "site/catalogue.h"
#include "site/files.h"
#include "site/guides.h"
#include "site/manifest.h"
#include "site/pages.h"
#include "site/template.h"

#include "cmocka_all.h"

#include "base/limits.h"
#include "base/mem.h"
#include "schema/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern const struct embed_set site_templates;

/* --- templates --- */

static enum err
find_text(void *ctx, const char *name, struct span *out)
{
	const char *const *file = ctx;

	for (; file[0] != NULL; file += 2)
		if (strcmp(file[0], name) == 0) {
			*out = span_str(file[1]);
			return ERR_NONE;
		}
	return ERR_NOT_FOUND;
}

static enum err
compile(const char *name, const char *text, struct template **out,
    struct fault *f)
{
	const char *files[] = { name, text, "part.html", "<i>{{v}}</i>",
		"loop.html", "{{>loop.html}}", "bad.html", "<b>\n<a {{v}}>",
		NULL, NULL };
	const struct template_source from = { files, find_text };

	return template_compile(&from, name, out, f);
}

static char *
render(const char *name, const char *text, const char *json,
    const struct catalogue *words, size_t *misses)
{
	struct arena a = { 0 };
	struct template *t;
	struct json doc;
	struct fault f = { 0 };
	struct buf out;
	char *s;

	if (compile(name, text, &t, &f) != ERR_NONE)
		fail_msg("%s: %s: %s", text, f.field, f.rule);
	buf_init(&out, 65536);
	assert_int_equal(json_parse_arena(span_str(json), 8, 1000, &a, &doc,
	    NULL), ERR_NONE);
	assert_int_equal(template_render(t, json_root(&doc), words, &a, &out,
	    misses, NULL), ERR_NONE);
	s = mem_string(buf_str(&out));
	buf_release(&out);
	template_free(t);
	arena_release(&a);
	return s;
}

static void
is_filled(const char *name, const char *text, const char *json,
    const char *want)
{
	char *got = render(name, text, json, NULL, NULL);

	assert_string_equal(got, want);
	free(got);
}

#define EVIL "{\"v\":\"<a href='x' onclick=\\\"y\\\">&\"}"

static void
test_places(void **state)
{
	static const struct {
		const char *name, *text, *json, *want;
	} rows[] = {
		{ "a.html", "<p>{{v}}</p>", EVIL, "<p>&lt;a href=&#39;x&#39; "
		    "onclick=&#34;y&#34;&gt;&amp;</p>" },
		{ "a.html", "<p title=\"{{v}}\">", EVIL, "<p title=\"&lt;a "
		    "href=&#39;x&#39; onclick=&#34;y&#34;&gt;&amp;\">" },
		{ "a.html", "<p title='{{v}}'>", EVIL, "<p title='&lt;a "
		    "href=&#39;x&#39; onclick=&#34;y&#34;&gt;&amp;'>" },
		{ "a.html", "<title>{{v}}</title>", "{\"v\":\"</title><script>"
		    "\"}", "<title>&lt;/title&gt;&lt;script&gt;</title>" },
		{ "a.txt", "A: {{v}}\n", "{\"v\":\"x\\nB: <y>\"}",
		    "A: x B: <y>\n" },
		{ "a.xml", "<a b=\"{{v}}\">{{v}}</a>", "{\"v\":\"]]>&<\"}",
		    "<a b=\"]]&gt;&amp;&lt;\">]]&gt;&amp;&lt;</a>" },
		/* addresses */
		{ "a.html", "<a href=\"{{v}}\">", "{\"v\":\"https://x/?a=1&b="
		    "\\\"\"}", "<a href=\"https://x/?a=1&amp;b=%22\">" },
		{ "a.html", "<a href=\"{{v}}\">",
		    "{\"v\":\"javascript:alert(1)\"}", "<a href=\"#\">" },
		{ "a.html", "<a href=\"{{v}}\">",
		    "{\"v\":\"JaVaScRiPt:alert(1)\"}", "<a href=\"#\">" },
		{ "a.html", "<a href=\"{{v}}\">",
		    "{\"v\":\"java\\tscript:alert(1)\"}", "<a href=\"#\">" },
		{ "a.html", "<a href=\"{{v}}\">",
		    "{\"v\":\" javascript:alert(1)\"}", "<a href=\"#\">" },
		{ "a.html", "<a href='{{v}}'>", "{\"v\":\"data:text/html,x\"}",
		    "<a href='#'>" },
		{ "a.html", "<img src=\"{{v}}\">", "{\"v\":\"//evil/x\"}",
		    "<img src=\"#\">" },
		{ "a.html", "<img src=\"{{v}}\">", "{\"v\":\"/\\\\evil\"}",
		    "<img src=\"#\">" },
		{ "a.html", "<a href=\"{{v}}\">", "{\"v\":\"../es/a'b\"}",
		    "<a href=\"../es/a%27b\">" },
		{ "a.html", "<a href=\"/x/{{v}}\">", "{\"v\":\"a?b#c&d/e\"}",
		    "<a href=\"/x/a%3Fb%23c%26d/e\">" },
		{ "a.html", "<a href=\"/{{v}}\">", "{\"v\":\"/evil\"}",
		    "<a href=\"/%2Fevil\">" },
		{ "a.html", "<a HREF=\"{{v}}\">",
		    "{\"v\":\"vbscript:x\"}", "<a HREF=\"#\">" },
		/* what steers the reader's eye or terminal */
		{ "a.html", "{{v}}", "{\"v\":\"a\\u202eb\\u2066c\\u0007d\"}",
		    "a\xef\xbf\xbd" "b\xef\xbf\xbd" "c\xef\xbf\xbd" "d" },
		{ "a.txt", "{{v}}", "{\"v\":\"\\u001b[2J\\u009b\"}",
		    "\xef\xbf\xbd[2J\xef\xbf\xbd" },
		/* sections */
		{ "a.html", "{{#l}}<i>{{.}}</i>{{/l}}{{^l}}none{{/l}}",
		    "{\"l\":[\"a\",\"<\"]}", "<i>a</i><i>&lt;</i>" },
		{ "a.html", "{{#l}}x{{/l}}{{^l}}none{{/l}}", "{\"l\":[]}",
		    "none" },
		{ "a.html", "{{#o}}{{v}}{{w.x}}{{/o}}",
		    "{\"v\":\"out\",\"o\":{\"w\":{\"x\":\"in\"}}}", "outin" },
		{ "a.html", "{{#n}}x{{/n}}{{#z}}y{{/z}}{{#e}}z{{/e}}",
		    "{\"n\":1,\"z\":0,\"e\":\"\"}", "x" },
		{ "a.html", "<p{{! not shown }} class=\"a{{#v}} b{{/v}}\">",
		    "{\"v\":true}", "<p class=\"a b\">" },
		{ "a.html", "<b>{{>part.html}}</b>", "{\"v\":\"<\"}",
		    "<b><i>&lt;</i></b>" },
		{ "a.html", "{{_ from {v}}}", "{\"v\":\"<\"}", "from &lt;" },
		{ "a.html", "{{* n | {n} a | {n} b }}{{* m | {m} a | {m} b }}",
		    "{\"n\":1,\"m\":2}", "1 a2 b" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		is_filled(rows[i].name, rows[i].text, rows[i].json,
		    rows[i].want);
}

static void
test_unsafe_are_refused(void **state)
{
	static const struct {
		const char *name, *text;
		enum err e;
		const char *field;
	} rows[] = {
		{ "a.html", "<script>x={{v}}</script>", ERR_RULE, "a.html:1" },
		{ "a.html", "<style>\np{{v}}</style>", ERR_RULE, "a.html:2" },
		{ "a.html", "<SCRIPT >\n\n{{v}}", ERR_RULE, "a.html:3" },
		{ "a.html", "<p onclick=\"{{v}}\">", ERR_RULE, "a.html:1" },
		{ "a.html", "<p OnClick='{{v}}'>", ERR_RULE, "a.html:1" },
		{ "a.html", "<p style=\"{{v}}\">", ERR_RULE, "a.html:1" },
		{ "a.html", "<iframe srcdoc=\"{{v}}\">", ERR_RULE, "a.html:1" },
		{ "a.html", "<iframe src=\"{{v}}\">", ERR_RULE, "a.html:1" },
		{ "a.html", "<base href=\"{{v}}\">", ERR_RULE, "a.html:1" },
		{ "a.html", "<img srcset=\"{{v}}\">", ERR_RULE, "a.html:1" },
		{ "a.html", "<script src=\"{{v}}\">", ERR_RULE, "a.html:1" },
		{ "a.html", "<a href={{v}}>", ERR_RULE, "a.html:1" },
		{ "a.html", "<a href=x{{v}}>", ERR_RULE, "a.html:1" },
		{ "a.html", "<{{v}}>", ERR_RULE, "a.html:1" },
		{ "a.html", "<a {{v}}>", ERR_RULE, "a.html:1" },
		{ "a.html", "<a {{v}}=\"x\">", ERR_RULE, "a.html:1" },
		{ "a.html", "<a x{{v}}=\"x\">", ERR_RULE, "a.html:1" },
		{ "a.html", "</{{v}}>", ERR_RULE, "a.html:1" },
		{ "a.html", "<!-- {{v}} -->", ERR_RULE, "a.html:1" },
		{ "a.html", "<!-- > {{v}} -->", ERR_RULE, "a.html:1" },
		{ "a.html", "<!doctype {{v}}>", ERR_RULE, "a.html:1" },
		{ "a.html", "<meta http-equiv=\"refresh\" content=\"{{v}}\">",
		    ERR_RULE, "a.html:1" },
		{ "a.html", "<p>{{#a}}<b class=\"{{/a}}", ERR_RULE,
		    "a.html:1" },
		{ "a.html", "{{#a}}<script>{{/a}}{{v}}", ERR_RULE, "a.html:1" },
		{ "a.html", "<a href=\"{{#a}}x{{/a}}{{v}}\">", ERR_RULE,
		    "a.html:1" },
		{ "a.html", "<a href=\"{{_ words}}\">", ERR_RULE, "a.html:1" },
		{ "a.html", "<a title=\"{{>part.html}}\">", ERR_RULE,
		    "a.html:1" },
		{ "a.html", "<p", ERR_RULE, "a.html:1" },
		{ "a.html", "a < b", ERR_RULE, "a.html:1" },
		{ "a.html", "{{{v}}}", ERR_RULE, "a.html:1" },
		{ "a.html", "{{& v}}", ERR_RULE, "a.html:1" },
		{ "a.html", "\n{{>bad.html}}", ERR_RULE, "bad.html:2" },
		{ "a.html", "{{v", ERR_SYNTAX, "a.html:1" },
		{ "a.html", "{{#a}}", ERR_SYNTAX, "a.html:1" },
		{ "a.html", "{{/a}}", ERR_SYNTAX, "a.html:1" },
		{ "a.html", "{{#a}}{{#b}}{{/a}}{{/b}}", ERR_SYNTAX,
		    "a.html:1" },
		{ "a.html", "{{A b}}", ERR_SYNTAX, "a.html:1" },
		{ "a.html", "{{_ from {A b}}}", ERR_SYNTAX, "a.html:1" },
		{ "a.html", "{{* n | one}}", ERR_SYNTAX, "a.html:1" },
		{ "a.html", "{{>none.html}}", ERR_NOT_FOUND, "none.html:1" },
		{ "a.html", "{{>loop.html}}", ERR_LIMIT, "loop.html:1" },
		{ "a.exe", "x", ERR_USAGE, "a.exe:1" },
		{ "a.xml", "<!DOCTYPE x [<!ENTITY y 'z'>]>", ERR_RULE,
		    "a.xml:1" },
		{ "a.xml", "<![CDATA[{{v}}]]>", ERR_RULE, "a.xml:1" },
		{ "a.xml", "<a xmlns:x=\"{{v}}\">", ERR_RULE, "a.xml:1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct template *t = NULL;
		struct fault f = { 0 };
		enum err e = compile(rows[i].name, rows[i].text, &t, &f);

		if (e != rows[i].e || strcmp(f.field, rows[i].field) != 0 ||
		    f.rule[0] == '\0')
			fail_msg("%s: %s %s %s", rows[i].text, err_token(e),
			    f.field, f.rule);
		template_free(t);
	}
}

static void
test_misses_are_counted(void **state)
{
	size_t misses = 0;
	char *s = render("a.html", "{{v}}{{w}}{{_ {x}}}{{#y}}{{/y}}",
	    "{\"v\":\"\"}", NULL, &misses);

	(void)state;
	assert_int_equal(misses, 2);
	assert_string_equal(s, "");
	free(s);
}

/* --- words --- */

static const char mo_text[] = "\xde\x12\x04\x95";

static void
test_catalogue(void **state)
{
	struct catalogue es, pseudo = catalogue_pseudo();
	struct arena a = { 0 };
	struct span s;

	(void)state;
	assert_int_equal(catalogue_open(&locale_files, LANG_ES, &es, NULL),
	    ERR_NONE);
	s = catalogue_text(&es, span_str("Archive"), &a);
	assert_true(span_is_str(s, "Archivo"));
	s = catalogue_text(&es, span_str("no such words"), &a);
	assert_true(span_is_str(s, "no such words"));
	s = catalogue_count(&es, span_str("{count} notice"),
	    span_str("{count} notices"), 1, &a);
	assert_true(span_is_str(s, "{count} comunicación"));
	s = catalogue_count(&es, span_str("{count} notice"),
	    span_str("{count} notices"), 0, &a);
	assert_true(span_is_str(s, "{count} comunicaciones"));
	/* counted words are not others */
	s = catalogue_text(&es, span_str("{count} notice"), &a);
	assert_true(span_is_str(s, "{count} notice"));
	s = catalogue_text(&pseudo, span_str("at {count} noon"), &a);
	assert_true(span_is_str(s, "[át {count} ñõõñ~ ~ ~ ]"));
	arena_release(&a);
}

static void
test_counting_of_zero(void **state)
{
	struct catalogue fr, pt;
	struct arena a = { 0 };

	(void)state;
	assert_int_equal(catalogue_open(&locale_files, LANG_FR, &fr, NULL),
	    ERR_NONE);
	assert_int_equal(catalogue_open(&locale_files, LANG_PT, &pt, NULL),
	    ERR_NONE);
	assert_true(span_is_str(catalogue_count(&fr, span_str("{count} notice"),
	    span_str("{count} notices"), 0, &a), "{count} communication"));
	assert_true(span_is_str(catalogue_count(&pt, span_str("{count} notice"),
	    span_str("{count} notices"), 0, &a), "{count} comunicado"));
	arena_release(&a);
}

static void
put_u32(struct buf *b, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		buf_put_u8(b, (uint8_t)(v >> 8 * i));
}

/* A catalogue with this rule and one entry "a". */
static void
write_mo(const char *rule, struct buf *b)
{
	char head[512];
	size_t n;

	snprintf(head, sizeof head, "Plural-Forms: %s\n", rule);
	n = strlen(head);
	put_u32(b, 0x950412de);
	put_u32(b, 0);
	put_u32(b, 2);  /* entries */
	put_u32(b, 28); /* names */
	put_u32(b, 44); /* words */
	put_u32(b, 0);
	put_u32(b, 0);
	put_u32(b, 0);
	put_u32(b, 60); /* "" */
	put_u32(b, 1);
	put_u32(b, 61); /* "a" */
	put_u32(b, (uint32_t)n);
	put_u32(b, 66);
	put_u32(b, 2);
	put_u32(b, 63);
	buf_put_mem(b, "\0a\0bc\0", 6);
	buf_put_mem(b, head, n + 1);
}

static void
test_rules_that_count(void **state)
{
	static const struct {
		const char *rule;
		enum err e;
		unsigned forms[6]; /* of 0, 1, 2, 5, 11, 21 */
	} rows[] = {
		{ "nplurals=2; plural=(n != 1);", ERR_NONE,
		    { 1, 0, 1, 1, 1, 1 } },
		{ "nplurals=2; plural=n > 1", ERR_NONE, { 0, 0, 1, 1, 1, 1 } },
		{ "nplurals=1; plural=0;", ERR_NONE, { 0 } },
		{ "nplurals=3; plural=n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : "
		    "2;", ERR_NONE, { 2, 0, 1, 1, 1, 0 } },
		{ "nplurals=3; plural=!(n%2) + n/5*0 + (1-1);", ERR_NONE,
		    { 1, 0, 1, 0, 0, 0 } },
		{ "nplurals=2; plural=n;", ERR_NONE, { 0, 1, 0, 0, 0, 0 } },
		{ "nplurals=2; plural=1/(n-n) || 1%0;", ERR_NONE, { 0 } },
		{ "nplurals=9; plural=0;", ERR_SYNTAX, { 0 } },
		{ "nplurals=2; plural=n !=;", ERR_SYNTAX, { 0 } },
		{ "nplurals=2; plural=(n;", ERR_SYNTAX, { 0 } },
		{ "nplurals=2; plural=n ? 1;", ERR_SYNTAX, { 0 } },
		{ "nplurals=2; plural=99999999999;", ERR_SYNTAX, { 0 } },
		{ "nplurals=2; plural=n; x", ERR_SYNTAX, { 0 } },
		{ "nplurals=2; plural="
		    "((((((((((((((((((((n))))))))))))))))))));", ERR_SYNTAX,
		    { 0 } },
	};
	static const uint64_t ns[6] = { 0, 1, 2, 5, 11, 21 };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct mo m;
		struct buf b;

		buf_init(&b, 4096);
		write_mo(rows[i].rule, &b);
		assert_int_equal(mo_open(buf_span(&b), &m, NULL), rows[i].e);
		for (size_t k = 0; rows[i].e == ERR_NONE && k < 6; k++)
			assert_int_equal(mo_form(&m, ns[k]),
			    rows[i].forms[k]);
		if (rows[i].e == ERR_NONE)
			assert_true(span_is_str(mo_find(&m, span_str("a"),
			    span_str("")), "bc"));
		buf_release(&b);
	}
}

/* Each single byte changed, and each length: nothing is read outside (under
 * the sanitizers), and what opens can be asked. */
static void
test_broken_catalogues(void **state)
{
	struct mo m;
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	write_mo("nplurals=2; plural=(n != 1);", &b);
	for (size_t i = 0; i < b.n; i++)
		for (unsigned v = 0; v < 256; v += 5) {
			unsigned char was = b.p[i];

			b.p[i] = (unsigned char)v;
			if (mo_open(buf_span(&b), &m, NULL) == ERR_NONE) {
				(void)mo_find(&m, span_str("a"), span_str(""));
				(void)mo_form(&m, 3);
			}
			b.p[i] = was;
		}
	for (size_t n = 0; n < b.n; n++) {
		unsigned char *cut = mem_copy(b.p, n);

		assert_int_not_equal(mo_open(span_of(cut, n), &m, NULL),
		    ERR_NONE);
		free(cut);
	}
	assert_int_not_equal(mo_open(span_of(mo_text, 4), &m, NULL),
	    ERR_NONE);
	buf_release(&b);
}

/* --- every word in every language --- */

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

struct wanted {
	const struct catalogue *c;
	const char *lang;
	bool seen[512];
	size_t missing;
};

/* The same names in braces in both. */
static size_t
braces(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '{';
	return n;
}

static void
want_word(void *ctx, struct span one, struct span many)
{
	struct wanted *w = ctx;
	struct span there;

	if (!catalogue_has(w->c, one, many)) {
		print_error("%s: no words for \"%.*s\"\n", w->lang,
		    SPAN_FMT(one));
		w->missing++;
		return;
	}
	there = mo_find(&w->c->mo, one, many);
	if (braces(mo_pick(there, 0)) != braces(one)) {
		print_error("%s: other names in \"%.*s\"\n", w->lang,
		    SPAN_FMT(one));
		w->missing++;
	}
	for (uint32_t i = 0; i < w->c->mo.count; i++) {
		struct span name = mo_name(&w->c->mo, i);

		if (name.n >= one.n && span_is_equal(span_of(name.p, one.n),
		    one) && (name.n == one.n || name.p[one.n] == '\0'))
			w->seen[i] = true;
	}
}

/* msgfmt leaves out what is empty or marked fuzzy. */
static void
test_no_word_is_missing(void **state)
{
	const struct template_source from = { NULL, find_own };

	(void)state;
	for (int l = LANG_ES; l < LANG_COUNT; l++) {
		struct wanted w = { .lang = lang_tag((enum lang)l) };
		struct catalogue c;

		assert_int_equal(catalogue_open(&locale_files, (enum lang)l,
		    &c, NULL), ERR_NONE);
		w.c = &c;
		for (size_t i = 0; pages_template(i) != NULL; i++) {
			struct template *t;

			assert_int_equal(template_compile(&from,
			    pages_template(i), &t, NULL), ERR_NONE);
			template_words(t, want_word, &w);
			template_free(t);
		}
		assert_in_range(c.mo.count, 40, 512);
		for (uint32_t i = 1; i < c.mo.count; i++)
			if (!w.seen[i]) {
				print_error("%s: nothing says \"%s\"\n",
				    w.lang, (const char *)mo_name(&c.mo,
				    i).p);
				w.missing++;
			}
		assert_int_equal(w.missing, 0);
	}
}

/* --- the list of files --- */

/* --- guides --- */

static void
speaks_all(const char *name, struct json_val ml)
{
	for (int l = 0; l < LANG_COUNT; l++)
		if (json_get(ml, lang_tag((enum lang)l)).type != JSON_STRING)
			fail_msg("%s: a text is missing in %s", name,
			    lang_tag((enum lang)l));
}

/* What the program brings is what a team could release. */
static void
test_guides(void **state)
{
	static const char *const lists[] = { "steps", "avoid" };
	const struct template_source from = { NULL, find_own };
	struct schema *schema;
	struct guides g;
	struct arena a = { 0 };
	size_t n = 0;

	(void)state;
	assert_int_equal(schema_load(&schema_files, &schema, NULL), ERR_NONE);
	assert_int_equal(guides_open(&from, &g, NULL), ERR_NONE);
	while (guides_brought(n) != NULL)
		n++;
	assert_int_equal(g.brought, n);
	assert_true(n >= 10);
	for (size_t i = 0; i < n; i++) {
		struct json_val body = g.first[i].body;
		struct fault f = { 0 };

		assert_string_equal(g.first[i].name, guides_brought(i));
		if (body_check(schema, kind_find(schema, span_str("guide")),
		    body, CHECK_SENT, &a, &f) != ERR_NONE)
			fail_msg("%s: %s %s", guides_brought(i), f.field,
			    f.rule);
		speaks_all(guides_brought(i), json_get(body, "title"));
		speaks_all(guides_brought(i), json_get(body, "summary"));
		for (size_t k = 0; k < 2; k++)
			for (struct json_val v = json_first(json_get(body,
			    lists[k])); v.type != JSON_ABSENT;
			    v = json_next(json_get(body, lists[k]), v))
				speaks_all(guides_brought(i), json_get(v,
				    "text"));
	}
	/* without records of the team they stand as they are, but for the
	 * policy, which makes promises */
	guides_take(&g, NULL, 0, "uy");
	assert_int_equal(g.n, n - 1);
	assert_false(g.has_policy);
	for (size_t i = 0; i < g.n; i++)
		assert_string_not_equal(g.at[i].name, "disclosure");
	assert_string_equal(g.at[0].name, "report");
	guides_close(&g);
	schema_free(schema);
	arena_release(&a);
}

static void
test_manifest_lines(void **state)
{
	static const char hash[] =
	    "00000000000000000000000000000000000000000000000000000000000000ff";
	static const struct {
		const char *path;
		bool good;
	} rows[] = { { "index.html", true }, { "en/w/uy/01-2/notice.txt", true },
		{ ".well-known/security.txt", true }, { "", false },
		{ "/etc/passwd", false }, { "../x", false },
		{ "a/../b", false }, { "a//b", false }, { "a/", false },
		{ "a/.b", false }, { ".ssh/x", false }, { "a b", false },
		{ "a\\b", false }, { ".well-known/", false },
		{ ".well-known/../x", false }, { "a\tb", false } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct span rest, path;
		struct digest d;
		char line[256];

		snprintf(line, sizeof line, "%s  %s\n", hash, rows[i].path);
		rest = span_str(line);
		assert_int_equal(manifest_next(&rest, &d, &path),
		    rows[i].good ? ERR_NONE : ERR_SYNTAX);
		if (rows[i].good) {
			assert_true(span_is_str(path, rows[i].path));
			assert_int_equal(d.b[31], 0xff);
			assert_int_equal(manifest_next(&rest, &d, &path),
			    ERR_NOT_FOUND);
		}
	}
}

static void
test_manifest_signature(void **state)
{
	const unsigned char seed[32] = { 1 }, other_seed[32] = { 2 };
	struct manifest m = { .team = span_str("uy"), .at_s = 5, .files = 7,
		.list = { { 9 } } }, read;
	struct jwk other;
	struct sign_secret secret;
	struct arena a = { 0 };
	struct buf b, jws;
	struct kid kid;

	(void)state;
	buf_init(&b, 4096);
	buf_init(&jws, 4096);
	jwk_from_seed(JWK_ED25519, seed, &m.key);
	jwk_from_seed(JWK_ED25519, other_seed, &other);
	manifest_write(&m, &b);
	kid = jwk_kid(&m.key);
	jwk_sign_secret(&m.key, &secret);
	assert_int_equal(jws_write(MANIFEST_TYP, &kid, buf_span(&b), &secret,
	    &jws), ERR_NONE);
	assert_int_equal(manifest_parse(buf_span(&jws), &a, &read, NULL),
	    ERR_NONE);
	assert_true(span_is_str(read.team, "uy"));
	assert_int_equal(read.at_s, 5);
	assert_int_equal(read.files, 7);
	assert_memory_equal(&read.list, &m.list, sizeof m.list);
	assert_true(kid_is_equal(&read.kid, &kid));
	/* by another key than the one it names */
	buf_clear(&jws);
	jwk_sign_secret(&other, &secret);
	assert_int_equal(jws_write(MANIFEST_TYP, &kid, buf_span(&b), &secret,
	    &jws), ERR_NONE);
	assert_int_equal(manifest_parse(buf_span(&jws), &a, &read, NULL),
	    ERR_SIGNATURE);
	buf_clear(&jws);
	kid = jwk_kid(&other);
	assert_int_equal(jws_write(MANIFEST_TYP, &kid, buf_span(&b), &secret,
	    &jws), ERR_NONE);
	assert_int_equal(manifest_parse(buf_span(&jws), &a, &read, NULL),
	    ERR_KEY);
	arena_release(&a);
	buf_release(&b);
	buf_release(&jws);
}

/* --- the folder --- */

/* What does not get smaller gets larger: not too large for its room. */
static void
test_large_files(void **state)
{
	char dir[] = "build-site-XXXXXX";
	const size_t n = 5000000;
	unsigned char *bytes = malloc(n);
	uint64_t x = 1;
	struct files *t;

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < n; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		bytes[i] = (unsigned char)(x >> 56);
	}
	assert_non_null(mkdtemp(dir));
	assert_int_equal(files_open(dir, &t, NULL), ERR_NONE);
	assert_int_equal(files_put(t, "large.json", span_of(bytes, n)),
	    ERR_NONE);
	assert_true(files_has(t, "large.json"));
	assert_false(files_has(t, "large.json.gz"));
	assert_int_equal(files_remove(t, "large.json"), ERR_NONE);
	files_close(t);
	assert_int_equal(rmdir(dir), 0);
	free(bytes);
}

static void
test_files(void **state)
{
	char dir[] = "build-site-XXXXXX", path[64];
	struct stat first, second;
	struct files *t;
	char text[4000];
	struct buf list;

	(void)state;
	memset(text, 'x', sizeof text);
	buf_init(&list, 65536);
	assert_non_null(mkdtemp(dir));
	assert_int_equal(files_open(dir, &t, NULL), ERR_NONE);
	assert_int_equal(files_put(t, "a/b.html", span_str("hello")),
	    ERR_NONE);
	assert_int_equal(files_put(t, "c.html", span_of(text, sizeof text)),
	    ERR_NONE);
	assert_true(files_has(t, "c.html.gz") && files_has(t, "c.html.br"));
	assert_false(files_has(t, "a/b.html.gz"));
	assert_int_equal(files_changes(t), 4);
	/* what programs read is as it is */
	assert_int_equal(files_put(t, "manifest.txt", span_of(text,
	    sizeof text)), ERR_NONE);
	assert_false(files_has(t, "manifest.txt.gz"));
	assert_int_equal(files_remove(t, "manifest.txt"), ERR_NONE);
	assert_int_equal(files_changes(t), 6);
	snprintf(path, sizeof path, "%s/c.html", dir);
	assert_int_equal(stat(path, &first), 0);
	assert_int_equal(files_put(t, "c.html", span_of(text, sizeof text)),
	    ERR_NONE);
	assert_int_equal(stat(path, &second), 0);
	assert_int_equal(files_changes(t), 6);
	assert_int_equal(first.st_ino, second.st_ino);
	assert_int_equal(files_list(t, &list), 4);
	/* what stands in it when it is opened is known by its bytes */
	files_close(t);
	assert_int_equal(truncate(path, 10), 0);
	assert_int_equal(files_open(dir, &t, NULL), ERR_NONE);
	files_mark(t);
	assert_int_equal(files_put(t, "c.html", span_of(text, sizeof text)),
	    ERR_NONE);
	assert_int_equal(files_changes(t), 1);
	assert_int_equal(stat(path, &second), 0);
	assert_int_equal(second.st_size, sizeof text);
	assert_int_equal(files_sweep(t), ERR_NONE);
	assert_false(files_has(t, "a/b.html"));
	assert_int_equal(files_remove(t, "c.html"), ERR_NONE);
	buf_clear(&list);
	assert_int_equal(files_list(t, &list), 0);
	files_close(t);
	snprintf(path, sizeof path, "%s/a", dir);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(dir), 0);
	buf_release(&list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_unsafe_are_refused),
		cmocka_unit_test(test_misses_are_counted),
		cmocka_unit_test(test_catalogue),
		cmocka_unit_test(test_counting_of_zero),
		cmocka_unit_test(test_rules_that_count),
		cmocka_unit_test(test_broken_catalogues),
		cmocka_unit_test(test_no_word_is_missing),
		cmocka_unit_test(test_guides),
		cmocka_unit_test(test_manifest_lines),
		cmocka_unit_test(test_manifest_signature),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_large_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

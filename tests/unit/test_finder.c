/* SPDX-License-Identifier: Apache-2.0
 *
 * Search on a joint site: the file of words, what is found in it and in which
 * order, what a query may be, and what all of them together may cost.
 */
#include "site/finder.h"
#include "web/query.h"
#include "web/search.h"

#include "cmocka_all.h"

#include "base/mem.h"

#include <stdlib.h>

struct world {
	struct schema *schema;
	struct catalogue words[LANG_COUNT];
	struct arena a;
	struct buf file;
	struct finder finder;
};

static struct json_val
body_of(struct arena *a, const char *text)
{
	struct json *doc = arena_alloc(a, sizeof *doc);

	assert_ok(json_parse_arena(span_str(text), LIMIT_JSON_DEPTH,
	    LIMIT_JSON_TOKENS, a, doc, NULL));
	return json_root(doc);
}

static const struct {
	const char *team, *state;
	int level;
	const char *body;
} notices[] = {
	{ "br", "BR", 4, "{\"title\":{\"pt\":\"Ação contra a fraude\"},"
	    "\"language\":\"pt\",\"summary\":{\"pt\":\"Veja CVE-2026-1234 no "
	    "farol faro\"}}" },
	{ "uy", "UY", 3, "{\"title\":{\"es\":\"Faro\\tapagado\\n<b>\",\"en\":"
	    "\"Lighthouse dark\"},\"language\":\"es\",\"summary\":{\"es\":"
	    "\"Una accion de la telefonica\"}}" },
	{ "cl", "CL", 0, "{\"title\":{\"de\":\"Leuchtturm\"},\"language\":"
	    "\"de\",\"summary\":{\"de\":\"Fraude\"}}" },
};
enum { NOTICES = sizeof notices / sizeof *notices };

static void
write_file(struct world *w)
{
	struct site_about about = { .url = "https://oas.example/",
		.name = "", .team = "oas", .state = "", .phone = "",
		.mail = "", .is_joint = true };
	struct arena mem = { 0 };
	struct site_model m = { &about, w->schema, w->words, &mem, NULL };
	struct site_notice n[NOTICES];
	const struct site_notice *at[NOTICES];
	struct finder_memory *y = finder_memory_create();
	struct buf again;

	buf_init(&again, LIMIT_SITE_WORDS);
	for (size_t i = 0; i < NOTICES; i++) {
		n[i] = (struct site_notice){ .iss = span_str(notices[i].team),
			.state = notices[i].state, .iat_s = 1790000000 -
			    (int64_t)i, .level = notices[i].level,
			.kind = kind_find(w->schema, span_str("warning")),
			.body = body_of(&w->a, notices[i].body),
			.mark = { .log = span_str("x/log/y/00000000") } };
		n[i].id.b[0] = (unsigned char)i;
		at[i] = &n[i];
	}
	finder_write(&m, y, at, NOTICES, &w->file);
	/* made of what was made before, it is the same; and one less is */
	finder_write(&m, y, at, NOTICES, &again);
	assert_true(span_is_equal(buf_span(&w->file), buf_span(&again)));
	n[1].stand = SITE_WITHDRAWN;
	buf_clear(&again);
	finder_write(&m, y, at + 1, NOTICES - 1, &again);
	assert_non_null(strstr(buf_str(&again), "\"withdrawn\":true"));
	assert_null(strstr(buf_str(&again), " acao "));
	buf_release(&again);
	finder_memory_free(y);
	arena_release(&mem);
}

static int
setup(void **state)
{
	struct world *w = mem_alloc(sizeof *w);

	assert_ok(schema_load(&schema_files, &w->schema, NULL));
	buf_init(&w->file, LIMIT_SITE_WORDS);
	write_file(w);
	assert_ok(finder_parse(buf_span(&w->file), &w->finder, NULL));
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	finder_release(&w->finder);
	buf_release(&w->file);
	schema_free(w->schema);
	arena_release(&w->a);
	free(w);
	return 0;
}

/* --- finding --- */

/* The teams of what is found, in order. */
static const char *
find(struct world *w, const char *text, const char *state, int level,
    bool by_match)
{
	static char out[64];
	struct finder_query q = { .level = level, .by_match = by_match };
	uint32_t at[NOTICES];
	size_t n;

	memcpy(q.state, state, strlen(state));
	finder_ask(&q, span_str(text));
	n = finder_find(&w->finder, &q, at);
	out[0] = '\0';
	for (size_t i = 0; i < n; i++)
		snprintf(out + strlen(out), sizeof out - strlen(out), "%s ",
		    notices[at[i]].team);
	return out;
}

static void
test_what_is_found(void **state)
{
	static const struct {
		const char *text, *state;
		int level;
		bool by_match;
		const char *found;
	} rows[] = {
		{ "ACAO", "", 0, false, "br " },
		{ "acción", "", 0, false, "uy " },
		{ "fraude", "", 0, false, "br cl " },
		{ "faro", "", 0, false, "br uy " }, /* farol begins so */
		{ "faro", "", 0, true, "uy br " },  /* a whole word, a title */
		{ "arol", "", 0, false, "" },
		{ "cve-2026-1234", "", 0, false, "br " },
		{ "cve-2026-12", "", 0, false, "br " },
		{ "lighthouse faro", "", 0, false, "uy " },
		{ "lighthouse fraude", "", 0, false, "" },
		{ "fr", "", 0, false, "" },  /* too short to begin others */
		{ "uy", "", 0, false, "uy " },
		{ "Chili", "", 0, false, "cl " }, /* in French */
		{ "warning", "", 0, false, "br uy cl " },
		{ "avertissement", "", 0, false, "" },
		{ "alerte", "", 0, false, "br uy cl " },
		{ "", "UY", 0, false, "uy " },
		{ "", "", 3, false, "br uy " },
		{ "fraude", "CL", 0, false, "cl " },
		{ "fraude", "CL", 4, false, "" },
		{ "fraude fraude FRAUDE", "", 0, false, "br cl " },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(find(*state, rows[i].text, rows[i].state,
		    rows[i].level, rows[i].by_match), rows[i].found);
}

static void
test_what_is_shown(void **state)
{
	struct world *w = *state;
	struct json_out out;
	struct json doc;
	struct buf b;
	struct span s;

	buf_init(&b, 4096);
	for (int l = 0; l < LANG_COUNT; l++) {
		buf_clear(&b);
		json_out_init(&out, &b);
		json_put_open(&out, '{');
		assert_ok(finder_show(&w->finder.line[1], (enum lang)l, &w->a,
		    &out));
		json_put_close(&out, '}');
		assert_ok(json_parse_arena(buf_span(&b), 4, 128, &w->a, &doc,
		    NULL));
		assert_ok(json_text(json_get(json_root(&doc), "title"), &w->a,
		    &s));
		assert_true(span_is_str(s, l == LANG_EN ? "Lighthouse dark" :
		    "Faro\tapagado\n<b>"));
		assert_true(json_is_str(json_get(json_root(&doc), "place"),
		    "w/uy/01000000-0000-0000-0000-000000000000/"));
		assert_true(json_is_str(json_get(json_root(&doc), "tag"),
		    l == LANG_EN ? "en" : "es"));
	}
	buf_release(&b);
}

static void
test_terms_are_counted(void **state)
{
	struct finder_query q = { 0 };

	(void)state;
	finder_ask(&q, span_str("a b c d e f g h"));
	assert_int_equal(q.n, LIMIT_WEB_TERMS);
	assert_false(q.is_cut);
	finder_ask(&q, span_str("h i"));
	assert_int_equal(q.n, LIMIT_WEB_TERMS);
	assert_true(q.is_cut);
}

/* --- files that are none --- */

static void
test_broken_files(void **state)
{
	static const char *const rows[] = { "", "x", "almenara-search 1",
		"almenara-search 1\t1\t1\n", "almenara-search 2\t0\t0\n",
		"almenara-search 1\t0\t0\nx", "almenara-search 1\t2\t1\n\n\n",
		"almenara-search 1\t99999999999\t99999999999\n",
		"almenara-search 1\t1\t1\n1\t6\tUY\t\t\t{}\n",
		"almenara-search 1\t1\t1\n1\t1\tURY\t\t\t{}\n",
		"almenara-search 1\t1\t1\n1\t1\tUY\ta b\t\t{}\n",
		"almenara-search 1\t1\t1\n1\t1\tUY\t a \t{}\n",
		"almenara-search 1\t1\t1\n-1\t1\tUY\t a \t\t{}\n" };
	static const char good[] = "almenara-search 1\t1\t7\n"
	    "1\t1\tUY\t a \t\t{}\n";
	struct finder f = { 0 };
	struct json_out w;
	struct arena a = { 0 };
	struct buf b;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (finder_parse(span_str(rows[i]), &f, NULL) == ERR_NONE)
			fail_msg("read: %s", rows[i]);
	assert_ok(finder_parse(span_str(good), &f, NULL));
	assert_int_equal(f.all, 7);
	buf_init(&b, 4096);
	json_out_init(&w, &b);
	/* what is shown is only looked at then */
	assert_int_equal(finder_show(&f.line[0], LANG_EN, &a, &w),
	    ERR_SYNTAX);
	buf_release(&b);
	arena_release(&a);
	finder_release(&f);
}

/* Many of the least lines that are read as such: memory for nothing. */
static enum err
parse_lines(unsigned n)
{
	struct finder f = { 0 };
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_SITE_WORDS);
	buf_put_format(&b, "almenara-search 1\t%u\t%u\n", n, n);
	for (unsigned i = 0; i < n; i++)
		buf_put_str(&b, "1\t1\t\t\t\t\n");
	e = finder_parse(buf_span(&b), &f, NULL);
	finder_release(&f);
	buf_release(&b);
	return e;
}

static void
test_too_many_lines(void **state)
{
	(void)state;
	assert_ok(parse_lines(262144));
	assert_int_equal(parse_lines(262145), ERR_SYNTAX);
}

/* --- queries --- */

static enum err
ask(const char *words, const char *state, const char *level, const char *by,
    const char *page, struct query *q)
{
	const struct query_raw raw = { span_str(words), span_str(state),
		span_str(level), span_str(by), span_str(page) };

	return query_parse(&raw, q, NULL);
}

static void
test_queries(void **state)
{
	const struct query_raw none = { 0 };
	char most[LIMIT_WEB_QUERY + 2];
	struct query q = { .page = 77 };

	(void)state;
	memset(most, 'a', sizeof most);
	most[LIMIT_WEB_QUERY + 1] = '\0';
	assert_int_equal(ask(most, "", "", "", "", &q), ERR_LIMIT);
	assert_int_equal(ask("%", "", "", "", "", &q), ERR_SYNTAX);
	assert_int_equal(ask("%4", "", "", "", "", &q), ERR_SYNTAX);
	assert_int_equal(ask("%g0", "", "", "", "", &q), ERR_SYNTAX);
	assert_int_equal(ask("%ff", "", "", "", "", &q), ERR_SYNTAX);
	assert_int_equal(ask("", "uy", "", "", "", &q), ERR_SYNTAX);
	assert_int_equal(ask("", "URY", "", "", "", &q), ERR_SYNTAX);
	assert_int_equal(ask("", "", "6", "", "", &q), ERR_SYNTAX);
	assert_int_equal(ask("", "", "0", "", "", &q), ERR_SYNTAX);
	assert_int_equal(ask("", "", "", "x", "", &q), ERR_SYNTAX);
	assert_int_equal(ask("", "", "", "", "10000", &q), ERR_SYNTAX);
	assert_int_equal(ask("", "", "", "", "-1", &q), ERR_SYNTAX);
	assert_int_equal(q.page, 77);
	most[LIMIT_WEB_QUERY] = '\0';
	assert_ok(ask(most, "", "", "", "", &q));
	assert_ok(ask("a%20b+c%2B%00d%C3%A9", "UY", "5", "match", "9999",
	    &q));
	assert_string_equal(q.words, "a b c+ d\xc3\xa9");
	assert_string_equal(q.state, "UY");
	assert_int_equal(q.level, 5);
	assert_true(q.by_match);
	assert_int_equal(q.page, 9999);
	assert_true(query_is_asked(&q));
	assert_ok(query_parse(&none, &q, NULL));
	assert_int_equal(q.page, 1);
	assert_false(query_is_asked(&q));
	assert_ok(ask("++", "", "", "time", "", &q));
	assert_false(query_is_asked(&q));
}

/* --- what all searches together may cost --- */

static void
test_room(void **state)
{
	struct search_room r = { .left = SEARCH_ROOM, .at_ms = 1000 };

	(void)state;
	assert_true(search_room_take(&r, SEARCH_ROOM - 5, 1000));
	assert_true(search_room_take(&r, 5, 1000));
	assert_false(search_room_take(&r, 1, 1000));
	assert_true(search_room_take(&r, SEARCH_ROOM_MS, 1001));
	assert_false(search_room_take(&r, 1, 1001));
	assert_false(search_room_take(&r, 3 * SEARCH_ROOM_MS, 1003));
	assert_true(search_room_take(&r, 3 * SEARCH_ROOM_MS, 1004));
	/* one that is larger than all is made when nothing else was */
	assert_false(search_room_take(&r, UINT64_MAX, 1005));
	assert_true(search_room_take(&r, UINT64_MAX, 1000000));
	assert_false(search_room_take(&r, 1, 1000000));
	/* a clock that does not move gives nothing */
	assert_false(search_room_take(&r, 1, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_is_found, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_what_is_shown, setup,
		    teardown),
		cmocka_unit_test(test_terms_are_counted),
		cmocka_unit_test(test_broken_files),
		cmocka_unit_test(test_too_many_lines),
		cmocka_unit_test(test_queries),
		cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

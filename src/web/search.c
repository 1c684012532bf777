/* SPDX-License-Identifier: Apache-2.0
 *
 * Search on a joint site.
 */
#include "web/search.h"

#include "base/embed.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "schema/kind.h"
#include "schema/level.h"
#include "site/finder.h"
#include "site/template.h"
#include "web/frame.h"
#include "web/pace.h"
#include "web/query.h"
#include "web/refusal.h"

#include <stdlib.h>

extern const struct embed_set schema_files, site_templates;

enum {
	ROWS = 20,           /* of a page */
	EACH = 30,           /* searches at once from a network, */
	EACH_MS = 1000,      /* and one more in so long */
	PAGE_MOST = 262144,
	TAG_MOST = 64
};

struct search {
	bool is_limited;
	struct files *files;
	struct schema *schema;
	struct template *page;   /* NULL: there is no search */
	struct catalogue words[LANG_COUNT];
	struct pace each;
	struct search_room room;
	struct buf bytes;        /* of the file, which `finder` borrows */
	struct finder finder;
	char tag[TAG_MOST];      /* of the file that was read; "": none */
	bool is_good;
};

bool
search_room_take(struct search_room *r, uint64_t bytes, int64_t now_ms)
{
	uint64_t ms = now_ms > r->at_ms ? (uint64_t)(now_ms - r->at_ms) : 0;

	if (ms >= SEARCH_ROOM / SEARCH_ROOM_MS)
		r->left = SEARCH_ROOM;
	else
		r->left += ms * SEARCH_ROOM_MS;
	if (r->left > SEARCH_ROOM)
		r->left = SEARCH_ROOM;
	r->at_ms = now_ms;
	/* with all of it one may always be made */
	if (r->left < bytes && r->left < SEARCH_ROOM)
		return false;
	r->left -= bytes < r->left ? bytes : r->left;
	return true;
}

/* --- the file of words --- */

static void
forget(struct search *s)
{
	finder_release(&s->finder);
	buf_clear(&s->bytes);
	s->tag[0] = '\0';
	s->is_good = false;
}

/* False: there is none now, or it is no such file. */
static bool
read_words(struct search *s, int64_t now_ms)
{
	static const enum coding plain[] = { CODING_NONE };
	struct fault f = { 0 };
	struct web_file file;
	bool is_folder;
	enum err e = files_find(s->files, span_str(FINDER_FILE), plain, 1,
	    now_ms, &file, &is_folder);

	if (e == ERR_NOT_FOUND)
		forget(s);
	if (e != ERR_NONE)
		return s->is_good; /* what was read is good for a while */
	if (strcmp(s->tag, file.tag) == 0)
		return s->is_good;
	forget(s);
	snprintf(s->tag, sizeof s->tag, "%s", file.tag);
	if (files_read(s->files, &file, &s->bytes) != ERR_NONE) {
		s->tag[0] = '\0'; /* another time perhaps */
		return s->is_good;
	}
	e = finder_parse(buf_span(&s->bytes), &s->finder, &f);
	if (e != ERR_NONE)
		log_event(LOG_ERROR, "web.words", log_err("error", e),
		    log_str("field", f.field), log_str("rule", f.rule));
	s->is_good = e == ERR_NONE;
	return s->is_good;
}

/* --- what the page says --- */

struct asked {
	struct search *search;
	struct http_call *call;
	enum lang lang;
	int64_t now_ms;
	struct query query;
	struct finder_query finder;
};

static void
put_option(struct json_out *w, const char *code, const char *name,
    bool is_chosen)
{
	json_put_open(w, '{');
	json_put_member_str(w, "code", code);
	json_put_member_str(w, "name", name);
	json_put_member_bool(w, "chosen", is_chosen);
	json_put_close(w, '}');
}

static void
put_choices(const struct asked *a, struct json_out *w)
{
	const struct choices *states = choices_find(a->search->schema,
	    "states");
	char code[8];

	json_put_key(w, "states");
	json_put_open(w, '[');
	for (size_t i = 0; states != NULL && i < states->count; i++)
		put_option(w, states->at[i].value,
		    states->at[i].names.in[a->lang],
		    strcmp(states->at[i].value, a->query.state) == 0);
	json_put_close(w, ']');
	json_put_key(w, "levels");
	json_put_open(w, '[');
	for (int l = LEVEL_MIN; l <= LEVEL_MAX; l++) {
		const struct level *level = level_find(schema_levels(
		    a->search->schema), l);

		snprintf(code, sizeof code, "%d", l);
		put_option(w, code, level->names.in[a->lang],
		    l == a->query.level);
	}
	json_put_close(w, ']');
}

static void
put_found(const struct asked *a, struct arena *mem, struct json_out *w)
{
	const struct finder *f = &a->search->finder;
	uint32_t *at = mem_array(f->n + 1, sizeof *at);
	size_t n = finder_find(f, &a->finder, at);
	size_t pages = (n + ROWS - 1) / ROWS, page = a->query.page;
	size_t from = (page - 1) * ROWS;

	json_put_member_u64(w, "count", n);
	json_put_member_u64(w, "number", page);
	json_put_member_u64(w, "pages", page <= pages && pages > 1 ? pages :
								     0);
	json_put_key(w, "found");
	json_put_open(w, '[');
	for (size_t i = from; i < n && i < from + ROWS; i++) {
		const struct level *level = level_find(schema_levels(
		    a->search->schema), f->line[at[i]].level);

		json_put_open(w, '{');
		(void)!finder_show(&f->line[at[i]], a->lang, mem, w);
		if (level != NULL) {
			json_put_member_str(w, "level_id", level->id);
			json_put_member_str(w, "sign", level->sign);
		}
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
	json_put_member_bool(w, "turns", n > ROWS);
	json_put_member_u64(w, "before", page > 1 && page <= pages + 1 ?
	    page - 1 : 0);
	json_put_member_u64(w, "after", page < pages &&
	    page < QUERY_PAGE_MOST ? page + 1 : 0);
	free(at);
}

static void
put_model(const struct asked *a, bool is_asked, struct arena *mem,
    struct buf *out)
{
	const struct finder *f = &a->search->finder;
	char level[8] = "";
	struct json_out w;

	if (a->query.level != 0)
		snprintf(level, sizeof level, "%d", a->query.level);
	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_str(&w, "lang", lang_tag(a->lang));
	json_put_member_str(&w, "root", "/");
	json_put_member_str(&w, "q", a->query.words);
	json_put_member_str(&w, "state", a->query.state);
	json_put_member_str(&w, "at_least", level);
	json_put_member_str(&w, "by", a->query.by_match ? "match" : "time");
	json_put_member_bool(&w, "by_match", a->query.by_match);
	put_choices(a, &w);
	json_put_member_bool(&w, "asked", is_asked);
	json_put_member_bool(&w, "is_cut", a->finder.is_cut);
	json_put_member_bool(&w, "is_part", f->all > f->n);
	json_put_member_u64(&w, "lines", f->n);
	json_put_member_u64(&w, "all", f->all);
	if (is_asked)
		put_found(a, mem, &w);
	json_put_close(&w, '}');
}

/* --- answers --- */

static void
answer(struct http_call *call, unsigned status, enum lang lang,
    const struct buf *page)
{
	struct http_body *b = http_body_of(buf_span(page));

	http_body_header(b, "Content-Type", "text/html; charset=utf-8");
	http_body_header(b, "Content-Language", lang_tag(lang));
	http_body_header(b, "Cache-Control", "no-store");
	http_body_header(b, "X-Robots-Tag", "noindex");
	if (status == 429 || status == 503)
		http_body_header(b, "Retry-After", "5");
	http_answer(call, status, b);
	http_body_free(b);
}

static void
refuse(const struct asked *a, unsigned status)
{
	struct buf page;

	buf_init(&page, 4096);
	refusal_write(status, a->lang, &page);
	answer(a->call, status, a->lang, &page);
	buf_release(&page);
}

static void
show(const struct asked *a, bool is_asked)
{
	struct search *s = a->search;
	struct span before, after;
	struct arena mem = { 0 };
	struct buf model, out;
	struct json doc;
	enum err e;

	buf_init(&model, PAGE_MOST);
	buf_init(&out, 2 * PAGE_MOST);
	put_model(a, is_asked, &mem, &model);
	frame_find(s->files, "search/", a->lang, a->now_ms, &before, &after);
	buf_put(&out, before);
	e = buf_check(&model);
	if (e == ERR_NONE)
		e = json_parse_arena(buf_span(&model), LIMIT_JSON_DEPTH,
		    PAGE_MOST, &mem, &doc, NULL);
	if (e == ERR_NONE)
		e = template_render(s->page, json_root(&doc),
		    &s->words[a->lang], &mem, &out, NULL, NULL);
	buf_put(&out, after);
	if (e == ERR_NONE) {
		answer(a->call, 200, a->lang, &out);
	} else {
		log_event(LOG_ERROR, "web.search", log_err("error", e));
		refuse(a, 503);
	}
	buf_release(&model);
	buf_release(&out);
	arena_release(&mem);
}

static void
search(struct asked *a)
{
	struct search *s = a->search;
	bool is_asked = query_is_asked(&a->query);
	crowd_key from = s->is_limited ? http_from(a->call) : 0;

	finder_ask(&a->finder, span_of(a->query.words, a->query.n));
	memcpy(a->finder.state, a->query.state, sizeof a->finder.state);
	a->finder.level = a->query.level;
	a->finder.by_match = a->query.by_match;
	/* of signs alone there are no words: nothing is found by them */
	if (a->finder.n == 0 && a->query.state[0] == '\0' &&
	    a->query.level == 0)
		is_asked = false;
	if (!is_asked)
		show(a, false);
	else if (!pace_take(&s->each, from, a->now_ms))
		refuse(a, 429);
	else if (!search_room_take(&s->room, finder_cost(&s->finder,
	    &a->finder), a->now_ms))
		refuse(a, 503);
	else
		show(a, true);
}

static bool
is_for_us(const struct web_path *p)
{
	return p->has_lang && p->n >= 3 && p->is_folder &&
	    span_is_str(span_of(p->name + 3, p->n - 3), "search/");
}

static void
take_query(struct search *s, struct http_call *call, enum lang lang,
    int64_t now_ms)
{
	struct asked a = { .search = s, .call = call, .lang = lang,
		.now_ms = now_ms };
	const struct query_raw raw = { http_argument(call, "q"),
		http_argument(call, "state"), http_argument(call, "level"),
		http_argument(call, "by"), http_argument(call, "p") };

	if (query_parse(&raw, &a.query, NULL) != ERR_NONE)
		refuse(&a, 400);
	else
		search(&a);
}

bool
search_answer(struct search *s, struct http_call *call,
    const struct web_path *p, int64_t now_ms)
{
	enum http_method m = http_method(call);

	if (!is_for_us(p) || (m != HTTP_GET && m != HTTP_HEAD) ||
	    http_has_body(call) || s->page == NULL || !read_words(s, now_ms))
		return false;
	take_query(s, call, p->lang, now_ms);
	return true;
}

/* --- life --- */

static enum err
find_template(void *ctx, const char *name, struct span *out)
{
	const struct embed *f = embed_find(&site_templates, name);

	(void)ctx;
	if (f == NULL)
		return ERR_NOT_FOUND;
	*out = span_of(f->p, f->n);
	return ERR_NONE;
}

struct search *
search_create(const char *root, bool is_limited)
{
	const struct template_source from = { NULL, find_template };
	struct search *s = mem_alloc(sizeof *s);
	struct fault f = { 0 };
	uint64_t salt;
	enum err e;

	s->is_limited = is_limited;
	s->files = files_create(root);
	s->room.left = SEARCH_ROOM;
	buf_init(&s->bytes, LIMIT_SITE_WORDS);
	random_fill(&salt, sizeof salt);
	pace_init(&s->each, EACH, EACH_MS, salt);
	e = schema_load(&schema_files, &s->schema, &f);
	for (int l = 0; e == ERR_NONE && l < LANG_COUNT; l++)
		e = catalogue_open(&locale_files, (enum lang)l, &s->words[l],
		    &f);
	if (e == ERR_NONE)
		e = template_compile(&from, "search-found.html", &s->page, &f);
	if (e != ERR_NONE)
		log_event(LOG_ERROR, "web.search", log_err("error", e),
		    log_str("field", f.field), log_str("rule", f.rule));
	return s;
}

void
search_free(struct search *s)
{
	if (s == NULL)
		return;
	forget(s);
	buf_release(&s->bytes);
	template_free(s->page);
	schema_free(s->schema);
	files_free(s->files);
	free(s);
}

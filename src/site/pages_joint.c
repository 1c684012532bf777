/* SPDX-License-Identifier: Apache-2.0
 *
 * The pages that only a joint site has.
 */
#include "site/pages_inside.h"

#include "site/finder.h"

#include <stdlib.h>

enum { SHOWN = 200 }; /* of one team; search finds all */

void
pages_origin_text(struct pages_set *p, const struct site_notice *n,
    enum lang lang, struct buf *out)
{
	struct json_out w;

	if (!p->about->is_joint)
		return;
	pages_begin(p, &w, lang, "");
	model_origin(&p->model, &w, lang, n);
	model_end(&p->model, &w);
	if (pages_fill(p, PAGE_ORIGIN_TEXT, lang))
		buf_put(out, buf_span(&p->page));
}

struct joint {
	struct pages_set *p;
	const struct site_notice *const *notice;
	size_t n;
	int64_t now_s;
	pages_put_fn *put;
	void *ctx;
};

static bool
is_news_of(const struct site_notice *n, const char *team)
{
	return kind_is_news(n->kind) && span_is_str(n->iss, team);
}

static uint64_t
count_of(const struct joint *j, const char *team)
{
	uint64_t count = 0;

	for (size_t i = 0; i < j->n; i++)
		count += is_news_of(j->notice[i], team);
	return count;
}

static void
put_origin(const struct joint *j, const struct site_team *t, enum lang lang)
{
	char page[SITE_PLACE], path[LIMIT_SITE_PATH + 1];
	struct pages_set *p = j->p;
	struct json_out w;
	size_t shown = 0;

	snprintf(page, sizeof page, "from/%s/", t->id);
	pages_begin(p, &w, lang, page);
	model_member(&p->model, &w, lang, t, count_of(j, t->id));
	json_put_key(&w, "notices");
	json_put_open(&w, '[');
	for (size_t i = 0; i < j->n && shown < SHOWN; i++) {
		if (!is_news_of(j->notice[i], t->id))
			continue;
		json_put_open(&w, '{');
		model_notice(&p->model, &w, lang, j->notice[i], false);
		json_put_close(&w, '}');
		shown++;
	}
	json_put_close(&w, ']');
	json_put_member_bool(&w, "more", count_of(j, t->id) > shown);
	pages_path(path, lang, page, "index.html");
	pages_finish(p, &w, PAGE_ORIGIN, lang, path, j->put, j->ctx);
}

static void
put_list(const struct joint *j, const struct site_team *team, size_t n,
    enum lang lang, struct json_out *w)
{
	json_put_key(w, "members");
	json_put_open(w, '[');
	for (size_t i = 0; i < n; i++) {
		json_put_open(w, '{');
		model_member(&j->p->model, w, lang, &team[i],
		    count_of(j, team[i].id));
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static void
put_members(const struct joint *j, const struct site_team *team, size_t n,
    enum lang lang)
{
	char path[LIMIT_SITE_PATH + 1];
	uint64_t held = 0;
	struct json_out w;

	for (size_t i = 0; i < n; i++)
		held += team[i].held.is_held && team[i].held.is_whole;
	pages_begin(j->p, &w, lang, "members/");
	put_list(j, team, n, lang, &w);
	json_put_member_u64(&w, "held", held);
	json_put_member_u64(&w, "all", n);
	model_time(&w, "written", j->now_s);
	pages_path(path, lang, "members/", "index.html");
	pages_finish(j->p, &w, PAGE_MEMBERS, lang, path, j->put, j->ctx);
}

static void
put_members_json(const struct joint *j, const struct site_team *team,
    size_t n)
{
	struct pages_set *p = j->p;
	struct json_out w;

	buf_clear(&p->page);
	json_out_init(&w, &p->page);
	json_put_open(&w, '{');
	model_time(&w, "written", j->now_s);
	put_list(j, team, n, LANG_EN, &w);
	json_put_close(&w, '}');
	buf_put_str(&p->page, "\n");
	if (buf_check(&p->page) == ERR_NONE)
		j->put(j->ctx, "members.json", buf_span(&p->page));
	arena_reset(&p->a);
}

/* Who has left the register is still whom its notices are from. */
static bool
is_other(const struct joint *j, size_t i, const struct site_team *team,
    size_t n)
{
	struct span iss = j->notice[i]->iss;

	for (size_t t = 0; t < n; t++)
		if (span_is_str(iss, team[t].id))
			return false;
	for (size_t k = 0; k < i; k++)
		if (span_is_equal(j->notice[k]->iss, iss))
			return false;
	return true;
}

static void
put_others(const struct joint *j, const struct site_team *team, size_t n)
{
	char id[LIMIT_NAME + 1];

	for (size_t i = 0; i < j->n; i++) {
		const struct site_notice *s = j->notice[i];
		const struct site_team t = { .id = id, .state = s->state,
			.key_words = "", .key_hex = "",
			.held = { .log = "" } };

		if (!is_other(j, i, team, n))
			continue;
		snprintf(id, sizeof id, "%.*s", SPAN_FMT(s->iss));
		for (int l = 0; l < LANG_COUNT; l++)
			put_origin(j, &t, (enum lang)l);
	}
}

static void
put_words(const struct joint *j)
{
	size_t n = j->n;
	const struct site_notice **news = pages_only_news(j->notice, &n);
	struct buf out;

	buf_init(&out, LIMIT_SITE_WORDS);
	finder_write(&j->p->model, j->p->lines, news, n, &out);
	j->put(j->ctx, FINDER_FILE, buf_span(&out));
	buf_release(&out);
	free(news);
}

void
pages_joint(struct pages_set *p, const struct site_team *team, size_t n,
    const struct site_notice *const *notice, size_t notices, int64_t now_s,
    pages_put_fn *put, void *ctx)
{
	const struct joint j = { p, notice, notices, now_s, put, ctx };

	for (int l = 0; l < LANG_COUNT; l++) {
		for (size_t i = 0; i < n; i++)
			put_origin(&j, &team[i], (enum lang)l);
		put_members(&j, team, n, (enum lang)l);
	}
	put_others(&j, team, n);
	put_members_json(&j, team, n);
	put_words(&j);
}

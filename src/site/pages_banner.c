/* SPDX-License-Identifier: Apache-2.0
 *
 * What is at the highest level now, for other sites of the state: a feed that
 * the widget reads, and a page without script that stands in a frame.
 */
#include "site/pages_inside.h"

enum { TAIL = 64 }; /* what stands behind the items, at most */

struct worst {
	const struct site_notice *at[SITE_BANNER_ITEMS];
	size_t n;
	uint64_t more; /* and so many besides */
};

static void
find_worst(const struct site_notice *const *notice, size_t n, int64_t now_s,
    struct worst *out)
{
	*out = (struct worst){ .n = 0 };
	for (size_t i = 0; i < n; i++) {
		if (notice[i]->level != LEVEL_MAX ||
		    !pages_is_in_force(notice[i], now_s))
			continue;
		if (out->n < SITE_BANNER_ITEMS)
			out->at[out->n++] = notice[i];
		else
			out->more++;
	}
}

static const char *
heading(const struct site_model *m, enum lang lang)
{
	const struct level *l = level_find(schema_levels(m->schema),
	    LEVEL_MAX);

	return l != NULL ? l->names.in[lang] : "";
}

static const char *
from(const struct site_about *s)
{
	return s->name[0] != '\0' ? s->name : s->team;
}

/* --- the feed --- */

static void
write_item(struct pages_set *p, enum lang lang, const struct site_notice *n,
    struct buf *out)
{
	struct span tag = { 0 };
	struct span title = site_title(n, lang, &p->a, &tag);
	char place[SITE_PLACE];
	struct json_out w;
	struct buf url;

	site_place(n, place);
	buf_init(&url, SITE_BANNER_MAX);
	buf_put_format(&url, "%s%s/%s", p->about->url, lang_tag(lang), place);
	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_span(&w, "title", title);
	json_put_member_span(&w, "title_language", tag);
	json_put_member_span(&w, "url", buf_span(&url));
	json_put_close(&w, '}');
	if (buf_check(&url) != ERR_NONE)
		out->over = true;
	buf_release(&url);
}

static void
put_feed(struct pages_set *p, enum lang lang, const struct worst *worst,
    pages_put_fn *put, void *ctx)
{
	char path[LIMIT_SITE_PATH + 1];
	uint64_t more = worst->more;
	struct buf item;
	struct json_out w;

	buf_init(&item, SITE_BANNER_MAX);
	buf_clear(&p->page);
	json_out_init(&w, &p->page);
	json_put_open(&w, '{');
	json_put_member_u64(&w, "version", 1);
	json_put_member_str(&w, "language", lang_tag(lang));
	json_put_member_str(&w, "heading", heading(&p->model, lang));
	json_put_member_str(&w, "from", from(p->about));
	json_put_key(&w, "emergencies");
	json_put_open(&w, '[');
	for (size_t i = 0; i < worst->n; i++) {
		buf_clear(&item);
		write_item(p, lang, worst->at[i], &item);
		if (buf_check(&item) != ERR_NONE ||
		    p->page.n + item.n + TAIL > SITE_BANNER_MAX)
			more++;
		else
			json_put_raw(&w, buf_span(&item));
	}
	json_put_close(&w, ']');
	json_put_member_u64(&w, "more", more);
	json_put_close(&w, '}');
	buf_put_str(&p->page, "\n");
	pages_path(path, lang, "", "banner.json");
	put(ctx, path, buf_span(&p->page));
	buf_release(&item);
	arena_reset(&p->a);
}

/* --- the page for a frame --- */

static void
put_page(struct pages_set *p, enum lang lang, const struct worst *worst,
    pages_put_fn *put, void *ctx)
{
	char path[LIMIT_SITE_PATH + 1];
	struct json_out w;

	pages_begin(p, &w, lang, "");
	json_put_member_str(&w, "heading", heading(&p->model, lang));
	json_put_member_bool(&w, "any", worst->n != 0);
	json_put_key(&w, "emergencies");
	json_put_open(&w, '[');
	for (size_t i = 0; i < worst->n; i++) {
		json_put_open(&w, '{');
		model_notice(&p->model, &w, lang, worst->at[i], false);
		json_put_close(&w, '}');
	}
	json_put_close(&w, ']');
	pages_path(path, lang, "", "widget.html");
	pages_finish(p, &w, PAGE_WIDGET, lang, path, put, ctx);
}

void
pages_banner(struct pages_set *p, const struct site_notice *const *notice,
    size_t n, int64_t now_s, pages_put_fn *put, void *ctx)
{
	struct worst worst;

	find_worst(notice, n, now_s, &worst);
	for (int l = 0; l < LANG_COUNT; l++) {
		put_feed(p, (enum lang)l, &worst, put, ctx);
		put_page(p, (enum lang)l, &worst, put, ctx);
	}
}

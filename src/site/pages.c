/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of the site.
 */
#include "site/pages_inside.h"

#include "base/mem.h"
#include "record/entry.h"
#include "schema/show.h"
#include "site/finder.h"
#include "site/hashed.h"

#include <stdlib.h>

enum {
	FEED_ITEMS = 50,
	HOME_MOST = 50 /* so that a first view stays small */
};

static const char *const names[PAGES + 1] = { [PAGE_HOME] = "home.html",
	[PAGE_NOTICE] = "notice.html", [PAGE_GONE] = "gone.html",
	[PAGE_ARCHIVE] = "archive.html", [PAGE_NETWORK] = "network.html",
	[PAGE_DIRECTORY] = "directory.html",
	[PAGE_RFC2350] = "rfc2350.html", [PAGE_RFC2350_TEXT] = "rfc2350.txt",
	[PAGE_VERIFY] = "verify.html",
	[PAGE_ACCESSIBILITY] = "accessibility.html",
	[PAGE_PRIVACY] = "privacy.html", [PAGE_GUIDES] = "guides.html",
	[PAGE_GUIDE] = "guide.html", [PAGE_WIDGET] = "widget.html",
	[PAGE_REPORT] = "report.html", [PAGE_WEAKNESS] = "weakness.html",
	[PAGE_DISCLOSURE] = "disclosure.html", [PAGE_SEARCH] = "search.html",
	[PAGE_ORIGIN] = "origin.html", [PAGE_ORIGIN_TEXT] = "origin.txt",
	[PAGE_MEMBERS] = "members.html",
	[PAGE_404] = "error404.html", [PAGE_500] = "error500.html",
	[PAGE_CHOOSER] = "chooser.html", [PAGE_FEED] = "feed.atom",
	[PAGE_CAP] = "notice.cap", [PAGE_SITEMAP] = "sitemap.xml",
	[PAGE_SECURITY] = "security.txt" };

const char *
pages_template(size_t i)
{
	/* what the web process fills by itself */
	static const char *const more[] = { "intake-report.html",
		"intake-weakness.html",
		"intake-check.html", "intake-receipt.html",
		"intake-follow.html", "search-found.html" };

	if (i < PAGES)
		return names[i];
	return i - PAGES < sizeof more / sizeof *more ? more[i - PAGES] :
							NULL;
}

enum err
pages_open(const struct template_source *from, struct site_about *about,
    const struct schema *schema, const struct catalogue *words,
    struct pages_set **out, struct fault *f)
{
	struct pages_set *p = mem_alloc(sizeof *p);
	enum err e = from->find(from->ctx, "style.css", &p->style);

	if (e != ERR_NONE)
		(void)fault_at(f, e, 0, "style.css", "there is no such file");
	if (e == ERR_NONE) {
		e = from->find(from->ctx, SITE_WIDGET, &p->widget);
		if (e != ERR_NONE)
			(void)fault_at(f, e, 0, SITE_WIDGET,
			    "there is no such file");
	}
	for (size_t i = 0; e == ERR_NONE && i < PAGES; i++)
		e = template_compile(from, names[i], &p->t[i], f);
	if (e == ERR_NONE)
		e = guides_open(from, &p->guides, f);
	if (e == ERR_NONE)
		e = pages_open_card(p, from, f);
	if (e != ERR_NONE) {
		pages_close(p);
		return e;
	}
	hashed_name("style", p->style, ".css", about->style);
	p->about = about;
	p->lines = finder_memory_create();
	buf_init(&p->json, LIMIT_SITE_PAGE);
	buf_init(&p->page, LIMIT_SITE_PAGE);
	p->model = (struct site_model){ about, schema, words, &p->a,
		&p->json };
	*out = p;
	return ERR_NONE;
}

void
pages_close(struct pages_set *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < PAGES; i++)
		template_free(p->t[i]);
	guides_close(&p->guides);
	finder_memory_free(p->lines);
	buf_release(&p->json);
	buf_release(&p->page);
	arena_release(&p->brought);
	arena_release(&p->a);
	free(p);
}

size_t
pages_faults(const struct pages_set *p, const char **first)
{
	*first = p->first;
	return p->faults;
}

static void
note_fault(struct pages_set *p, enum page page, struct span what)
{
	if (p->faults++ == 0)
		snprintf(p->first, sizeof p->first, "%s: %.*s", names[page],
		    SPAN_FMT(what));
}

/* --- one file --- */

bool
pages_fill(struct pages_set *p, enum page page, enum lang lang)
{
	struct span first = { 0 };
	struct json doc;
	size_t misses = 0;
	enum err e = buf_check(&p->json);

	buf_clear(&p->page);
	if (e == ERR_NONE)
		e = json_parse_arena(buf_span(&p->json), LIMIT_JSON_DEPTH,
		    LIMIT_SITE_PAGE, &p->a, &doc, NULL);
	if (e == ERR_NONE)
		e = template_render(p->t[page], json_root(&doc),
		    &p->model.words[lang], &p->a, &p->page, &misses, &first);
	if (e != ERR_NONE)
		note_fault(p, page, span_str(err_token(e)));
	else if (misses != 0)
		note_fault(p, page, first);
	return e == ERR_NONE;
}

void
pages_begin(struct pages_set *p, struct json_out *w, enum lang lang,
    const char *page)
{
	buf_clear(&p->json);
	model_begin(&p->model, w, lang, page);
}

void
pages_finish(struct pages_set *p, struct json_out *w, enum page page,
    enum lang lang, const char *path, pages_put_fn *put, void *ctx)
{
	model_end(&p->model, w);
	if (pages_fill(p, page, lang))
		put(ctx, path, buf_span(&p->page));
	arena_reset(&p->a);
}

void
pages_path(char out[LIMIT_SITE_PATH + 1], enum lang lang, const char *page,
    const char *file)
{
	snprintf(out, LIMIT_SITE_PATH + 1, "%s/%s%s", lang_tag(lang), page,
	    file);
}

static void
put_chooser(struct pages_set *p, const char *page, pages_put_fn *put,
    void *ctx)
{
	char path[LIMIT_SITE_PATH + 1];
	struct json_out w;

	pages_begin(p, &w, LANG_EN, page);
	/* stands one folder higher than what it leads to */
	json_put_member_str(&w, "up", site_root(page, &p->a));
	snprintf(path, sizeof path, "%sindex.html", page);
	pages_finish(p, &w, PAGE_CHOOSER, LANG_EN, path, put, ctx);
}

/* --- beside one notice --- */

static void
put_text(struct pages_set *p, const struct site_notice *n, enum lang lang,
    const char *path, pages_put_fn *put, void *ctx)
{
	const struct show how = { .schema = p->model.schema, .lang = lang,
		.columns = 78 };
	struct buf text;
	char id[UUID_TEXT + 1];
	struct show_head head = { .kind = span_str(n->kind->name),
		.iss = n->iss, .rev = n->rev, .tlp = TLP_CLEAR,
		.has_tlp = true, .iat = { n->iat_s * 1000 },
		.exp = { n->exp_s * 1000 } };

	uuid_write(&n->id, id);
	head.id = span_str(id);
	buf_init(&text, LIMIT_SITE_PAGE);
	if (show_record(&how, &head, n->body, &p->a, &text) == ERR_NONE) {
		pages_origin_text(p, n, lang, &text);
		put(ctx, path, buf_span(&text));
	} else {
		note_fault(p, PAGE_NOTICE, span_str("notice.txt"));
	}
	buf_release(&text);
	arena_reset(&p->a);
}

/* The envelope as it is, and the body. */
static void
put_json(struct pages_set *p, const struct site_notice *n, const char *path,
    pages_put_fn *put, void *ctx)
{
	char id[UUID_TEXT + 1], digest[ENTRY_DIGEST_TEXT + 1];
	struct json_out w;

	uuid_write(&n->id, id);
	entry_write_digest(&n->digest, digest);
	buf_clear(&p->page);
	json_out_init(&w, &p->page);
	json_put_open(&w, '{');
	json_put_member_span(&w, "team", n->iss);
	json_put_member_str(&w, "id", id);
	json_put_member_u64(&w, "rev", n->rev);
	json_put_member_str(&w, "kind", n->kind->name);
	json_put_member_str(&w, "tlp", tlp_label(TLP_CLEAR));
	json_put_member_u64(&w, "issued", (uint64_t)n->iat_s);
	if (n->exp_s != 0)
		json_put_member_u64(&w, "expires", (uint64_t)n->exp_s);
	json_put_member_str(&w, "digest", digest);
	model_origin(&p->model, &w, LANG_EN, n);
	json_put_key(&w, "body");
	json_put_raw(&w, json_raw(n->body));
	json_put_close(&w, '}');
	buf_put_str(&p->page, "\n");
	if (buf_check(&p->page) == ERR_NONE)
		put(ctx, path, buf_span(&p->page));
}

static void
put_cap(struct pages_set *p, const struct site_notice *n, const char *path,
    pages_put_fn *put, void *ctx)
{
	buf_clear(&p->json);
	model_cap(&p->model, n);
	if (pages_fill(p, PAGE_CAP, LANG_EN))
		put(ctx, path, buf_span(&p->page));
	arena_reset(&p->a);
}

void
pages_notice(struct pages_set *p, const struct site_notice *n,
    struct span jws, pages_put_fn *put, void *ctx)
{
	char place[SITE_PLACE], path[LIMIT_SITE_PATH + 1];
	struct json_out w;

	site_place(n, place);
	for (int l = 0; l < LANG_COUNT; l++) {
		enum lang lang = (enum lang)l;

		pages_path(path, lang, place, "index.html");
		pages_begin(p, &w, lang, place);
		model_notice(&p->model, &w, lang, n, true);
		pages_finish(p, &w, PAGE_NOTICE, lang, path, put, ctx);
		pages_path(path, lang, place, "notice.txt");
		put_text(p, n, lang, path, put, ctx);
	}
	put_chooser(p, place, put, ctx);
	snprintf(path, sizeof path, "%snotice.json", place);
	put_json(p, n, path, put, ctx);
	arena_reset(&p->a);
	snprintf(path, sizeof path, "%snotice.cap", place);
	put_cap(p, n, path, put, ctx);
	snprintf(path, sizeof path, "%snotice.jws", place);
	if (jws.n != 0)
		put(ctx, path, jws);
}

void
pages_gone(struct pages_set *p, const char *place, pages_put_fn *put,
    void *ctx)
{
	char path[LIMIT_SITE_PATH + 1];
	struct json_out w;

	for (int l = 0; l < LANG_COUNT; l++) {
		pages_path(path, (enum lang)l, place, "index.html");
		pages_begin(p, &w, (enum lang)l, place);
		pages_finish(p, &w, PAGE_GONE, (enum lang)l, path, put, ctx);
	}
	put_chooser(p, place, put, ctx);
}

/* --- lists --- */

struct list {
	struct pages_set *p;
	const struct site_notice *const *notice;
	size_t n;
	int64_t now_s;
	pages_put_fn *put;
	void *ctx;
};

bool
pages_is_in_force(const struct site_notice *n, int64_t now_s)
{
	return n->stand == SITE_STANDS && (n->exp_s == 0 || n->exp_s > now_s);
}

/* Of what is in force as much as a first look can take: the urgent before the
 * others, of each the newest. */
struct front {
	size_t count, urgent; /* all that is in force */
	size_t shown_urgent, shown_other;
};

static bool
is_urgent(const struct site_notice *n)
{
	return n->level >= LEVEL_URGENT;
}

static struct front
front_of(const struct list *l)
{
	struct front f = { 0 };

	for (size_t i = 0; i < l->n; i++) {
		if (!pages_is_in_force(l->notice[i], l->now_s))
			continue;
		f.count++;
		f.urgent += is_urgent(l->notice[i]);
	}
	f.shown_urgent = f.urgent < HOME_MOST ? f.urgent : HOME_MOST;
	f.shown_other = HOME_MOST - f.shown_urgent;
	if (f.shown_other > f.count - f.urgent)
		f.shown_other = f.count - f.urgent;
	return f;
}

/* The newest of the highest level: NULL if there is none of it. */
static const struct site_notice *
put_front(const struct list *l, enum lang lang, struct front f,
    struct json_out *w)
{
	const struct site_notice *worst = NULL;

	json_put_key(w, "notices");
	json_put_open(w, '[');
	for (size_t i = 0; i < l->n; i++) {
		size_t *left = is_urgent(l->notice[i]) ? &f.shown_urgent :
							 &f.shown_other;

		if (!pages_is_in_force(l->notice[i], l->now_s))
			continue;
		if (l->notice[i]->level == LEVEL_MAX && worst == NULL)
			worst = l->notice[i];
		if (*left == 0)
			continue;
		(*left)--;
		json_put_open(w, '{');
		model_notice(&l->p->model, w, lang, l->notice[i], false);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
	return worst;
}

static void
put_home(const struct list *l, enum lang lang)
{
	const struct site_model *m = &l->p->model;
	const struct site_notice *worst;
	char path[LIMIT_SITE_PATH + 1];
	struct front f = front_of(l);
	struct json_out w;

	pages_begin(l->p, &w, lang, "");
	worst = put_front(l, lang, f, &w);
	json_put_member_u64(&w, "count", f.count);
	json_put_member_u64(&w, "more",
	    f.count - f.shown_urgent - f.shown_other);
	model_time(&w, "written", l->now_s);
	if (worst != NULL) {
		json_put_key(&w, "banner");
		json_put_open(&w, '{');
		model_notice(m, &w, lang, worst, false);
		json_put_close(&w, '}');
	}
	pages_path(path, lang, "", "index.html");
	pages_finish(l->p, &w, PAGE_HOME, lang, path, l->put, l->ctx);
}

static void
put_items(const struct list *l, struct json_out *w, enum lang lang)
{
	json_put_key(w, "items");
	json_put_open(w, '[');
	for (size_t i = 0; i < l->n && i < FEED_ITEMS; i++)
		model_feed_item(&l->p->model, w, lang, l->notice[i]);
	json_put_close(w, ']');
}

static void
put_json_feed(const struct list *l, enum lang lang)
{
	struct pages_set *p = l->p;
	const struct site_about *s = p->about;
	char path[LIMIT_SITE_PATH + 1];
	struct json_out w;
	struct buf url;

	buf_init(&url, 1024);
	buf_clear(&p->page);
	json_out_init(&w, &p->page);
	json_put_open(&w, '{');
	json_put_member_str(&w, "version", "https://jsonfeed.org/version/1.1");
	json_put_member_str(&w, "title", s->name[0] != '\0' ? s->name :
	    s->team);
	buf_put_format(&url, "%s%s/", s->url, lang_tag(lang));
	json_put_member_span(&w, "home_page_url", buf_span(&url));
	buf_put_str(&url, "feed.json");
	json_put_member_span(&w, "feed_url", buf_span(&url));
	json_put_member_str(&w, "language", lang_tag(lang));
	put_items(l, &w, lang);
	json_put_close(&w, '}');
	buf_put_str(&p->page, "\n");
	pages_path(path, lang, "", "feed.json");
	if (buf_check(&p->page) == ERR_NONE)
		l->put(l->ctx, path, buf_span(&p->page));
	buf_release(&url);
	arena_reset(&p->a);
}

static void
put_feed(const struct list *l, enum lang lang, const char *path)
{
	char iso[INSTANT_TEXT_MAX];
	int64_t newest = 0;
	struct json_out w;

	if (l->n == 0)
		newest = l->now_s;
	for (size_t i = 0; i < l->n; i++)
		if (l->notice[i]->iat_s > newest)
			newest = l->notice[i]->iat_s;
	pages_begin(l->p, &w, lang, "");
	wall_write((struct wall){ newest * 1000 }, iso);
	json_put_member_str(&w, "updated", iso);
	json_put_member_str(&w, "self", path);
	put_items(l, &w, lang);
	pages_finish(l->p, &w, PAGE_FEED, lang, path, l->put, l->ctx);
}

/* "2026-11" */
static void
month_of(const struct site_notice *n, char out[8])
{
	char iso[INSTANT_TEXT_MAX];

	wall_write((struct wall){ n->iat_s * 1000 }, iso);
	memcpy(out, iso, 7);
	out[7] = '\0';
}

/* Notices come by time, so those of a month stand together. */
static void
put_months(const struct list *l, struct json_out *w)
{
	char last[8] = "", month[8];

	json_put_key(w, "months");
	json_put_open(w, '[');
	for (size_t i = 0; i < l->n; i++) {
		month_of(l->notice[i], month);
		if (strcmp(month, last) == 0)
			continue;
		memcpy(last, month, sizeof last);
		json_put_open(w, '{');
		json_put_member_str(w, "m", month);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

/* Notices [from, to): those of one month, or none, for the list of months. */
static void
put_archive(const struct list *l, enum lang lang, size_t from, size_t to)
{
	char page[32] = "archive/", path[LIMIT_SITE_PATH + 1], month[8];
	struct json_out w;

	if (from != to) {
		month_of(l->notice[from], month);
		snprintf(page, sizeof page, "archive/%s/", month);
	}
	pages_begin(l->p, &w, lang, page);
	if (from != to)
		json_put_member_str(&w, "month", month);
	else
		put_months(l, &w);
	json_put_member_u64(&w, "count", to - from);
	json_put_key(&w, "notices");
	json_put_open(&w, '[');
	for (size_t i = from; i < to; i++) {
		json_put_open(&w, '{');
		model_notice(&l->p->model, &w, lang, l->notice[i], false);
		json_put_close(&w, '}');
	}
	json_put_close(&w, ']');
	pages_path(path, lang, page, "index.html");
	pages_finish(l->p, &w, PAGE_ARCHIVE, lang, path, l->put, l->ctx);
}

static void
put_archives(const struct list *l, enum lang lang)
{
	size_t from = 0;

	put_archive(l, lang, 0, 0);
	for (size_t i = 1; i <= l->n; i++) {
		char a[8], b[8];

		if (i < l->n) {
			month_of(l->notice[from], a);
			month_of(l->notice[i], b);
			if (strcmp(a, b) == 0)
				continue;
		}
		put_archive(l, lang, from, i);
		from = i;
	}
}

static void
put_sitemap(const struct list *l)
{
	static const char *const fixed[] = { "", "archive/", "network/",
		"directory/", "rfc2350/", "disclosure/", "guides/", "verify/",
		"accessibility/", "privacy/", "report/",
		"report/vulnerability/", "members/", "search/" };
	struct pages_set *p = l->p;
	/* the last two are of joint sites */
	size_t fixed_n = sizeof fixed / sizeof *fixed -
	    (p->about->is_joint ? 0 : 2);
	char place[SITE_PLACE];
	struct json_out w;
	struct buf url;

	buf_init(&url, 1024);
	pages_begin(p, &w, LANG_EN, "");
	json_put_key(&w, "urls");
	json_put_open(&w, '[');
	for (int lang = 0; lang < LANG_COUNT; lang++)
		for (size_t i = 0; i < fixed_n + l->n && i < 12000; i++) {
			if (i >= fixed_n)
				site_place(l->notice[i - fixed_n], place);
			buf_clear(&url);
			buf_put_format(&url, "%s%s/%s", p->about->url,
			    lang_tag((enum lang)lang), i < fixed_n ? fixed[i] :
								place);
			json_put_span(&w, buf_span(&url));
		}
	for (int lang = 0; lang < LANG_COUNT; lang++)
		for (size_t i = 0; i < p->guides.n; i++) {
			buf_clear(&url);
			buf_put_format(&url, "%s%s/guides/%s/", p->about->url,
			    lang_tag((enum lang)lang), p->guides.at[i].name);
			json_put_span(&w, buf_span(&url));
		}
	json_put_close(&w, ']');
	pages_finish(p, &w, PAGE_SITEMAP, LANG_EN, "sitemap.xml", l->put, l->ctx);
	buf_release(&url);
}

static void
put_guide(struct pages_set *p, enum lang lang, const struct guide *g,
    pages_put_fn *put, void *ctx)
{
	char page[GUIDE_NAME + 16], path[LIMIT_SITE_PATH + 1];
	struct json_out w;

	snprintf(page, sizeof page, "guides/%s/", g->name);
	pages_begin(p, &w, lang, page);
	model_guide(&p->model, &w, lang, g->body);
	pages_path(path, lang, page, "index.html");
	pages_finish(p, &w, PAGE_GUIDE, lang, path, put, ctx);
}

/* By the team's own word; what the program brings promises nothing in its
 * name. */
static void
put_disclosure(struct pages_set *p, enum lang lang, pages_put_fn *put,
    void *ctx)
{
	static const char page[] = "disclosure/";
	char path[LIMIT_SITE_PATH + 1];
	struct json_out w;

	pages_begin(p, &w, lang, page);
	json_put_member_bool(&w, "is_said", p->guides.has_policy);
	if (p->guides.has_policy)
		model_guide(&p->model, &w, lang, p->guides.policy.body);
	pages_path(path, lang, page, "index.html");
	pages_finish(p, &w, PAGE_DISCLOSURE, lang, path, put, ctx);
}

static void
put_guides(struct pages_set *p, enum lang lang, pages_put_fn *put, void *ctx)
{
	char path[LIMIT_SITE_PATH + 1];
	struct json_out w;

	for (size_t i = 0; i < p->guides.n; i++)
		put_guide(p, lang, &p->guides.at[i], put, ctx);
	pages_begin(p, &w, lang, "guides/");
	json_put_key(&w, "guides");
	json_put_open(&w, '[');
	for (size_t i = 0; i < p->guides.n; i++) {
		json_put_open(&w, '{');
		model_guide(&p->model, &w, lang, p->guides.at[i].body);
		json_put_close(&w, '}');
	}
	json_put_close(&w, ']');
	pages_path(path, lang, "guides/", "index.html");
	pages_finish(p, &w, PAGE_GUIDES, lang, path, put, ctx);
}

const struct site_notice **
pages_only_news(const struct site_notice *const *notice, size_t *n)
{
	const struct site_notice **some = mem_array(*n + 1, sizeof *some);
	size_t k = 0;

	for (size_t i = 0; i < *n; i++)
		if (kind_is_news(notice[i]->kind))
			some[k++] = notice[i];
	*n = k;
	return some;
}

void
pages_lists(struct pages_set *p, const struct site_notice *const *notice,
    size_t n, int64_t now_s, pages_put_fn *put, void *ctx)
{
	struct list l = { p, NULL, n, now_s, put, ctx };
	const struct site_notice **some = pages_only_news(notice, &l.n);
	char path[LIMIT_SITE_PATH + 1];

	l.notice = some;
	guides_take(&p->guides, notice, n, p->about->team);

	/* what others wait for first: months and maps are long */
	pages_banner(p, some, l.n, now_s, put, ctx);
	put_feed(&l, LANG_EN, "cap/index.atom");
	for (int i = 0; i < LANG_COUNT; i++) {
		put_json_feed(&l, (enum lang)i);
		pages_path(path, (enum lang)i, "", "feed.atom");
		put_feed(&l, (enum lang)i, path);
	}
	for (int i = 0; i < LANG_COUNT; i++)
		put_home(&l, (enum lang)i);
	for (int i = 0; i < LANG_COUNT; i++) {
		put_archives(&l, (enum lang)i);
		put_guides(p, (enum lang)i, put, ctx);
		put_disclosure(p, (enum lang)i, put, ctx);
	}
	put_sitemap(&l);
	free(some);
}

/* --- what is always there --- */

static void
put_fixed(struct pages_set *p, enum page page, enum lang lang,
    const char *name, pages_put_fn *put, void *ctx)
{
	char path[LIMIT_SITE_PATH + 1];
	struct json_out w;

	pages_begin(p, &w, lang, name);
	pages_path(path, lang, name, "index.html");
	pages_finish(p, &w, page, lang, path, put, ctx);
}

/* At whatever address it is shown, its links must hold. */
static void
put_error(struct pages_set *p, enum page page, enum lang lang,
    const char *file, pages_put_fn *put, void *ctx)
{
	char path[LIMIT_SITE_PATH + 1];
	const char *root = strstr(p->about->url, "://");
	struct json_out w;

	root = root != NULL ? strchr(root + 3, '/') : NULL;
	pages_path(path, lang, "", file);
	buf_clear(&p->json);
	model_begin_at(&p->model, &w, lang, "", root != NULL ? root : "/");
	pages_finish(p, &w, page, lang, path, put, ctx);
}

void
pages_fixed(struct pages_set *p, pages_put_fn *put, void *ctx)
{
	char name[HASHED_NAME];
	struct span script = hashed_script(name);

	put(ctx, p->about->style, p->style);
	put(ctx, SITE_WIDGET, p->widget);
	put(ctx, name, script);
	for (int i = 0; i < LANG_COUNT; i++) {
		enum lang lang = (enum lang)i;

		put_fixed(p, PAGE_VERIFY, lang, "verify/", put, ctx);
		put_fixed(p, PAGE_ACCESSIBILITY, lang, "accessibility/", put,
		    ctx);
		put_fixed(p, PAGE_PRIVACY, lang, "privacy/", put, ctx);
		put_fixed(p, PAGE_REPORT, lang, "report/", put, ctx);
		put_fixed(p, PAGE_WEAKNESS, lang, "report/vulnerability/", put,
		    ctx);
		if (p->about->is_joint)
			put_fixed(p, PAGE_SEARCH, lang, "search/", put, ctx);
		put_error(p, PAGE_404, lang, "404.html", put, ctx);
		put_error(p, PAGE_500, lang, "500.html", put, ctx);
	}
	put_chooser(p, "", put, ctx);
	put(ctx, "robots.txt", span_str("User-agent: *\nAllow: /\n"));
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * What every page says, and what a notice says.
 */
#include "site/model.h"

#include "base/limits.h"
#include "record/entry.h"
#include "schema/level.h"
#include "schema/show.h"

enum { ASKS = 2 }; /* a level that asks something of everybody */

static const char *const own_names[LANG_COUNT] = { "English", "Español",
	"Português", "Français" };

void
site_place(const struct site_notice *n, char out[SITE_PLACE])
{
	char id[UUID_TEXT + 1];

	uuid_write(&n->id, id);
	snprintf(out, SITE_PLACE, "w/%.*s/%s/", SPAN_FMT(n->iss), id);
}

const char *
site_root(const char *path, struct arena *a)
{
	struct buf b;
	const char *s;

	buf_init(&b, 256);
	for (; *path != '\0'; path++)
		if (*path == '/')
			buf_put_str(&b, "../");
	if (b.n == 0)
		buf_put_str(&b, "./");
	s = arena_string(a, buf_span(&b));
	buf_release(&b);
	return s;
}

void
model_time(struct json_out *w, const char *key, int64_t s)
{
	char iso[INSTANT_TEXT_MAX], text[INSTANT_TEXT_MAX];

	wall_write((struct wall){ s * 1000 }, iso);
	snprintf(text, sizeof text, "%.10s %.5s UTC", iso, iso + 11);
	json_put_key(w, key);
	json_put_open(w, '{');
	json_put_member_str(w, "iso", iso);
	json_put_member_str(w, "text", text);
	json_put_close(w, '}');
}

const char *
model_state(const struct site_model *m, const char *state, enum lang lang)
{
	const struct choices *states = choices_find(m->schema, "states");
	const struct choice *c = states == NULL ? NULL :
	    choice_find(states, span_str(state));

	return c != NULL ? c->names.in[lang] : state;
}

struct span
model_language(struct span tag)
{
	for (int l = 0; l < LANG_COUNT; l++)
		if (span_is_str(tag, lang_tag((enum lang)l)))
			return span_str(own_names[l]);
	return tag;
}

void
model_tel(struct json_out *w, struct span phone)
{
	struct buf tel;

	buf_init(&tel, 256);
	for (size_t i = 0; i < phone.n; i++)
		if (phone.p[i] == '+' ||
		    (phone.p[i] >= '0' && phone.p[i] <= '9'))
			buf_put_u8(&tel, phone.p[i]);
	json_put_member_span(w, "tel", buf_span(&tel));
	buf_release(&tel);
}

static void
put_site(const struct site_model *m, struct json_out *w, enum lang lang)
{
	const struct site_about *s = m->about;

	json_put_key(w, "site");
	json_put_open(w, '{');
	json_put_member_str(w, "name", s->name[0] != '\0' ? s->name : s->team);
	json_put_member_str(w, "team", s->team);
	json_put_member_str(w, "url", s->url);
	json_put_member_str(w, "state", model_state(m, s->state, lang));
	json_put_member_str(w, "phone", s->phone);
	model_tel(w, span_str(s->phone));
	json_put_member_str(w, "mail", s->mail);
	json_put_member_bool(w, "contact", s->phone[0] != '\0' ||
	    s->mail[0] != '\0');
	json_put_member_bool(w, "joint", s->is_joint);
	json_put_member_str(w, "style", s->style);
	json_put_close(w, '}');
}

void
model_begin(const struct site_model *m, struct json_out *w, enum lang lang,
    const char *page)
{
	char path[SITE_PLACE + 8];

	snprintf(path, sizeof path, "%s/%s", lang_tag(lang), page);
	model_begin_at(m, w, lang, page, site_root(path, m->a));
}

void
model_begin_at(const struct site_model *m, struct json_out *w,
    enum lang lang, const char *page, const char *root)
{
	json_out_init(w, m->out);
	json_put_open(w, '{');
	json_put_member_str(w, "lang", lang_tag(lang));
	json_put_member_str(w, "here", page);
	json_put_member_str(w, "root", root);
	put_site(m, w, lang);
	json_put_key(w, "langs");
	json_put_open(w, '[');
	for (int l = 0; l < LANG_COUNT; l++) {
		json_put_open(w, '{');
		json_put_member_str(w, "tag", lang_tag((enum lang)l));
		json_put_member_str(w, "name", own_names[l]);
		json_put_member_bool(w, "current", l == (int)lang);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

void
model_end(const struct site_model *m, struct json_out *w)
{
	(void)m;
	json_put_close(w, '}');
}

/* --- texts --- */

static struct span
own_language(struct json_val body, struct arena *a)
{
	struct span s = { 0 };

	if (json_text(json_get(body, "language"), a, &s) != ERR_NONE)
		s = span_str("");
	return s;
}

struct span
site_title(const struct site_notice *n, enum lang lang, struct arena *a,
    struct span *tag)
{
	struct span t = show_ml(json_get(n->body, "title"), lang,
	    own_language(n->body, a), a, tag);

	if (t.n == 0) {
		t = span_str(n->kind->names.in[lang]);
		*tag = span_str(lang_tag(lang));
	}
	return t;
}

static bool
is_tag_of(struct span tag, enum lang lang)
{
	return tag.n >= 2 && memcmp(tag.p, lang_tag(lang), 2) == 0 &&
	    (tag.n == 2 || tag.p[2] == '-');
}

bool
site_speaks(const struct site_notice *n, enum lang lang, struct arena *a)
{
	struct span tag = { 0 };

	(void)site_title(n, lang, a, &tag);
	return is_tag_of(tag, lang) &&
	    json_get(n->body, "title").type == JSON_OBJECT;
}

void
model_lines(struct json_out *w, const char *key, struct span text)
{
	size_t from = 0;

	json_put_key(w, key);
	json_put_open(w, '[');
	while (from < text.n) {
		struct span rest = span_of(text.p + from, text.n - from);
		const unsigned char *end = memchr(rest.p, '\n', rest.n);
		size_t n = end != NULL ? (size_t)(end - rest.p) : rest.n;

		if (n != 0)
			json_put_span(w, span_of(rest.p, n));
		from += n + 1;
	}
	json_put_close(w, ']');
}

/* A text in the nearest language: {"lang", "foreign", "lines"} under `key`,
 * nothing if it is not there. */
static bool
put_text(const struct site_model *m, struct json_out *w, const char *key,
    struct json_val ml, const struct site_notice *n, enum lang lang)
{
	struct span tag = { 0 };
	struct span text = show_ml(ml, lang, own_language(n->body, m->a), m->a,
	    &tag);

	if (text.n == 0)
		return false;
	json_put_key(w, key);
	json_put_open(w, '{');
	json_put_member_span(w, "tag", tag);
	json_put_member_bool(w, "foreign", !is_tag_of(tag, lang));
	model_lines(w, "lines", text);
	json_put_close(w, '}');
	return true;
}

/* --- the three questions --- */

static struct json_val
member(const struct site_notice *n, const char *name)
{
	return json_get(n->body, name);
}

static const char *
choice_words(const struct site_notice *n, const char *name, enum lang lang,
    const struct site_model *m)
{
	const struct field *fd = field_find(n->kind, span_str(name));
	const struct show how = { .schema = m->schema, .lang = lang };
	struct span value;

	if (fd == NULL || fd->choices == NULL ||
	    json_text(member(n, name), m->a, &value) != ERR_NONE)
		return NULL;
	return show_choice(&how, fd, value, m->a);
}

static void
put_wrong(const struct site_model *m, struct json_out *w,
    const struct site_notice *n, enum lang lang)
{
	/* what was written for the public goes before what was not */
	if (!put_text(m, w, "wrong", member(n, "public_text"), n, lang))
		(void)put_text(m, w, "wrong", member(n, "summary"), n, lang);
}

static void
put_steps(const struct site_model *m, struct json_out *w,
    const struct site_notice *n, enum lang lang)
{
	struct json_val list = member(n, "remediations");
	const char *asked = choice_words(n, "requested_action", lang, m);

	if (asked != NULL)
		json_put_member_str(w, "asked", asked);
	json_put_key(w, "steps");
	json_put_open(w, '[');
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		struct span url = { 0 };

		json_put_open(w, '{');
		(void)put_text(m, w, "text", json_get(v, "text"), n, lang);
		if (json_text(json_get(v, "url"), m->a, &url) == ERR_NONE)
			json_put_member_span(w, "url", url);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
	json_put_member_bool(w, "has_steps", asked != NULL ||
	    json_count(list) != 0);
}

static void
put_end(const struct site_model *m, struct json_out *w,
    const struct site_notice *n, enum lang lang)
{
	struct json_val end = member(n, n->stand == SITE_WITHDRAWN ?
	    "withdrawn" : "closed");

	(void)put_text(m, w, "reason", json_get(end, "reason"), n, lang);
}

/* --- the rest of it --- */

struct rows {
	struct json_out *w;
	enum lang lang;
};

/* Told elsewhere on the page, or of no use to the public. */
static bool
is_told(const char *name)
{
	static const char *const list[] = { "withdrawn", "closed", "summary",
		"public_text", "impact", "requested_action", "remediations",
		"author_post", "language", "reply_by", "pap", "attachments",
		"exercise", "level_lowered" };

	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		if (strcmp(list[i], name) == 0)
			return true;
	return false;
}

static void
put_row(void *ctx, const struct field *fd, struct span value)
{
	struct rows *r = ctx;

	if (is_told(fd->name) || value.n == 0)
		return;
	json_put_open(r->w, '{');
	json_put_member_str(r->w, "label", fd->names.in[r->lang]);
	model_lines(r->w, "lines", value);
	json_put_close(r->w, '}');
}

static void
put_rows(const struct site_model *m, struct json_out *w,
    const struct site_notice *n, enum lang lang)
{
	const struct show how = { .schema = m->schema, .lang = lang };
	struct rows rows = { w, lang };

	json_put_key(w, "rows");
	json_put_open(w, '[');
	show_fields(&how, n->kind, n->body, m->a, put_row, &rows);
	json_put_close(w, ']');
}

static void
put_past(struct json_out *w, const struct site_notice *n)
{
	json_put_key(w, "revisions");
	json_put_open(w, '[');
	for (size_t i = n->past_n; i-- > 0;) {
		json_put_open(w, '{');
		json_put_member_u64(w, "rev", n->past[i].rev);
		json_put_member_bool(w, "updated", n->past[i].rev > 0);
		model_time(w, "at", n->past[i].iat_s);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
	json_put_member_bool(w, "has_past", n->past_n != 0);
}

static void
put_level(const struct site_model *m, struct json_out *w,
    const struct site_notice *n, enum lang lang)
{
	const struct level *l = level_find(schema_levels(m->schema), n->level);

	if (l == NULL)
		return;
	json_put_key(w, "level");
	json_put_open(w, '{');
	json_put_member_u64(w, "n", (uint64_t)l->level);
	json_put_member_str(w, "id", l->id);
	json_put_member_str(w, "name", l->names.in[lang]);
	json_put_member_str(w, "sign", l->sign);
	json_put_close(w, '}');
}

/* What its level asks of everybody, while it is in force: for a notice that
 * does not say itself what it does, or what is to be done. */
static void
put_meaning(const struct site_model *m, struct json_out *w,
    const struct site_notice *n, enum lang lang)
{
	const struct level *l = level_find(schema_levels(m->schema), n->level);

	if (l == NULL || n->stand != SITE_STANDS)
		return;
	json_put_member_str(w, "means", l->meaning.in[lang]);
	json_put_member_bool(w, "awaits", l->level >= ASKS);
}

static void
put_head(const struct site_model *m, struct json_out *w,
    const struct site_notice *n, enum lang lang)
{
	char place[SITE_PLACE], id[UUID_TEXT + 1];
	struct span tag = { 0 };
	struct span title = site_title(n, lang, m->a, &tag);

	site_place(n, place);
	uuid_write(&n->id, id);
	json_put_member_str(w, "place", place);
	json_put_member_str(w, "csaf", n->csaf != NULL ? n->csaf : "");
	json_put_member_str(w, "id", id);
	json_put_member_str(w, "short", id + UUID_TEXT - 6);
	json_put_member_u64(w, "rev", n->rev);
	json_put_member_str(w, "kind", n->kind->names.in[lang]);
	json_put_member_span(w, "iss", n->iss);
	json_put_member_str(w, "from", n->state[0] != '\0' ?
	    model_state(m, n->state, lang) : arena_string(m->a, n->iss));
	json_put_member_span(w, "title", title);
	json_put_member_span(w, "title_lang", tag);
	json_put_member_bool(w, "foreign", !is_tag_of(tag, lang));
	put_level(m, w, n, lang);
	model_time(w, "at", n->iat_s);
	json_put_member_bool(w, "updated", n->rev > 0);
	json_put_member_bool(w, "withdrawn", n->stand == SITE_WITHDRAWN);
	json_put_member_bool(w, "closed", n->stand == SITE_CLOSED);
	json_put_member_bool(w, "over", n->stand != SITE_STANDS);
	put_meaning(m, w, n, lang);
	model_origin(m, w, lang, n);
}

void
model_notice(const struct site_model *m, struct json_out *w, enum lang lang,
    const struct site_notice *n, bool whole)
{
	char digest[ENTRY_DIGEST_TEXT + 1];

	put_head(m, w, n, lang);
	put_wrong(m, w, n, lang);
	if (!whole)
		return;
	entry_write_digest(&n->digest, digest);
	json_put_member_str(w, "digest", digest);
	(void)put_text(m, w, "does", member(n, "impact"), n, lang);
	put_steps(m, w, n, lang);
	if (n->stand != SITE_STANDS)
		put_end(m, w, n, lang);
	put_rows(m, w, n, lang);
	put_past(w, n);
	if (n->exp_s != 0)
		model_time(w, "expires", n->exp_s);
}

/* --- feeds --- */

void
model_feed_item(const struct site_model *m, struct json_out *w, enum lang lang,
    const struct site_notice *n)
{
	char place[SITE_PLACE], iso[INSTANT_TEXT_MAX];
	struct span tag = { 0 };
	struct buf b;

	site_place(n, place);
	buf_init(&b, LIMIT_PAYLOAD);
	json_put_open(w, '{');
	buf_put_format(&b, "%s%s", m->about->url, place);
	json_put_member_span(w, "id", buf_span(&b));
	buf_clear(&b);
	buf_put_format(&b, "%s%s/%s", m->about->url, lang_tag(lang), place);
	json_put_member_span(w, "url", buf_span(&b));
	buf_clear(&b);
	json_put_member_span(w, "title", site_title(n, lang, m->a, &tag));
	json_put_member_span(w, "language", tag);
	buf_put(&b, show_ml(member(n, json_get(n->body, "public_text").type ==
		JSON_OBJECT ? "public_text" : "summary"), lang,
	    own_language(n->body, m->a), m->a, NULL));
	json_put_member_span(w, "content_text", buf_span(&b));
	wall_write((struct wall){ n->iat_s * 1000 }, iso);
	json_put_member_str(w, "date_modified", iso);
	if (m->about->is_joint) {
		json_put_key(w, "authors");
		json_put_open(w, '[');
		json_put_open(w, '{');
		json_put_member_span(w, "name", n->iss);
		json_put_close(w, '}');
		json_put_close(w, ']');
	}
	json_put_key(w, "tags");
	json_put_open(w, '[');
	json_put_str(w, n->kind->names.in[lang]);
	json_put_close(w, ']');
	json_put_key(w, "_almenara");
	json_put_open(w, '{');
	json_put_member_span(w, "team", n->iss);
	json_put_member_u64(w, "level", (uint64_t)n->level);
	json_put_member_u64(w, "rev", n->rev);
	json_put_member_bool(w, "withdrawn", n->stand == SITE_WITHDRAWN);
	json_put_member_bool(w, "over", n->stand != SITE_STANDS);
	model_origin(m, w, lang, n);
	json_put_close(w, '}');
	json_put_close(w, '}');
	buf_release(&b);
}

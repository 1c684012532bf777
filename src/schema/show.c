/* SPDX-License-Identifier: Apache-2.0
 *
 * Records as text, driven by the fields of their kind.
 */
#include "schema/show.h"

#include "base/limits.h"
#include "schema/level.h"
#include "schema/plain.h"
#include "schema/show_value.h"

#include <inttypes.h>

enum {
	LABEL_COLUMNS = 30, /* wider labels stand on a line of their own */
	GAP = 2,
	KEY_COLUMNS = 60,    /* of a name that is not known here */
	PATH_BYTES = 8192    /* such names, as deep as JSON may be */
};

/* Write the row of `label` and of what w->value holds, and empty it. */
static void
put_row(struct view *w, const char *label, bool is_block)
{
	unsigned wide = plain_columns(span_str(label));
	unsigned at = w->label + GAP;
	struct span s = buf_span(&w->value);

	if (w->how->columns != 0 && at * 2 > w->how->columns)
		is_block = true;
	plain_put(w->out, span_str(label), false);
	if (is_block || wide > w->label) {
		at = GAP;
		buf_put_format(w->out, "\n%*s", (int)at, "");
	} else {
		buf_put_format(w->out, "%*s", (int)(at - wide), "");
	}
	plain_wrap(w->out, s, w->how->columns, at, at);
	buf_put_str(w->out, "\n");
	if (w->value.over)
		w->out->over = true;
	buf_clear(&w->value);
}

static void
put_word_row(struct view *w, const char *id)
{
	put_row(w, show_say(w, id), false);
}

/* What the envelope says, in rows. */
static void
put_head(struct view *w, const struct show_head *h)
{
	if (h->iss.n != 0) {
		plain_put(&w->value, h->iss, false);
		put_word_row(w, "from");
	}
	if (h->iat.ms != 0) {
		show_put_time(w, h->iat.ms / 1000);
		put_word_row(w, "issued");
	}
	if (h->exp.ms != 0) {
		show_put_time(w, h->exp.ms / 1000);
		put_word_row(w, h->is_expired ? "expired" : "expires");
	}
	if (h->id.n != 0) {
		plain_put(&w->value, h->id, false);
		put_word_row(w, "id");
	}
	if (h->rev != 0) {
		buf_put_format(&w->value, "%" PRIu64, h->rev);
		put_word_row(w, "revision");
	}
}

static void
put_kind_name(const struct show *how, const struct show_head *h,
    struct buf *out)
{
	const struct kind *k = kind_find(how->schema, h->kind);

	if (k != NULL)
		buf_put_str(out, k->names.in[how->lang]);
	else
		plain_put(out, h->kind, false);
}

/* A kind that tests is marked by itself, whatever its body says. */
static bool
is_test(const struct show *how, const struct show_head *h)
{
	const struct kind *k = kind_find(how->schema, h->kind);

	return k != NULL && k->tests;
}

static bool
is_exercise(struct json_val body)
{
	struct json_val v = json_get(body, "exercise");

	return v.type != JSON_ABSENT && v.type != JSON_FALSE;
}

static void
put_mark(const struct show *how, const struct show_head *h,
    struct json_val body, struct buf *out)
{
	if (is_test(how, h) || is_exercise(body))
		buf_put_format(out, "[%s] ", word(how->schema,
		    is_test(how, h) ? "test_mark" : "exercise_mark",
		    how->lang));
}

/* The lines above the rows: level, kind, label; exercise; title. */
static void
put_top(struct view *w, const struct show_head *h)
{
	const struct show *how = w->how;
	int level = level_of(w->body);

	if (level != 0) {
		show_put_level(w, level);
		buf_put_str(&w->value, "  ");
	}
	put_kind_name(how, h, &w->value);
	if (h->has_tlp)
		buf_put_format(&w->value, "  %s (%s)", tlp_label(h->tlp),
		    tlp_name(how->schema, h->tlp, how->lang));
	if (is_test(how, h) || is_exercise(w->body))
		buf_put_format(&w->value, "\n*** %s ***", show_say(w,
		    is_test(how, h) ? "test_banner" : "exercise_banner"));
	if (json_get(w->body, "title").type != JSON_ABSENT) {
		buf_put_str(&w->value, "\n");
		put_mark(how, h, w->body, &w->value);
		show_put_ml(w, json_get(w->body, "title"), false);
	}
	plain_wrap(w->out, buf_span(&w->value), how->columns, 0, 0);
	buf_put_str(w->out, "\n\n");
	buf_clear(&w->value);
}

/* Shown by put_top already. */
static bool
is_in_top(const char *name)
{
	return strcmp(name, "title") == 0 || strcmp(name, "level") == 0;
}

/* An object whose members are all texts under language tags. */
static bool
looks_ml(struct json_val v, struct arena *a)
{
	struct json_val m;

	if (v.type != JSON_OBJECT || json_count(v) == 0)
		return false;
	for (m = json_first(v); m.type != JSON_ABSENT; m = json_next(v, m)) {
		struct span tag = json_key(m, a);

		if (m.type != JSON_STRING || show_primary(tag).n != 2 ||
		    !lang_is_tag(tag))
			return false;
	}
	return true;
}

/* The member's name, short enough to stand in a path, in w->a. */
static struct span
short_key(struct view *w, struct json_val m)
{
	struct buf plain, cut;
	struct span s;

	buf_init(&plain, 3 * LIMIT_PAYLOAD);
	buf_init(&cut, PATH_BYTES);
	plain_put(&plain, json_key(m, w->a), false);
	plain_cut(&cut, buf_span(&plain), KEY_COLUMNS);
	s = arena_copy(w->a, buf_span(&cut));
	buf_release(&plain);
	buf_release(&cut);
	return s;
}

/* Rows for a value about which nothing is known. `path` is its place. */
static void
put_generic(struct view *w, struct span path, struct json_val v)
{
	struct json_val m;
	struct buf inner;
	size_t i = 0;

	if (looks_ml(v, w->a)) {
		show_put_ml(w, v, true);
		put_row(w, arena_string(w->a, path), false);
		return;
	}
	if (v.type != JSON_OBJECT && v.type != JSON_ARRAY) {
		show_put_raw(w, v);
		put_row(w, arena_string(w->a, path), false);
		return;
	}
	buf_init(&inner, PATH_BYTES);
	for (m = json_first(v); m.type != JSON_ABSENT && !w->out->over;
	    m = json_next(v, m)) {
		buf_clear(&inner);
		buf_put(&inner, path);
		if (v.type == JSON_ARRAY) {
			buf_put_format(&inner, "[%zu]", i++);
		} else {
			buf_put_str(&inner, ".");
			buf_put(&inner, short_key(w, m));
		}
		put_generic(w, buf_span(&inner), m);
	}
	buf_release(&inner);
}

static bool
is_shown(const struct show *how, const struct field *fd)
{
	if (how->brief && !fd->brief)
		return false;
	return how->full || !fd->hidden;
}

/* The fields that the body has and that are not empty lists, by rank. Returns
 * how many. */
static size_t
order_fields(struct view *w, const struct kind *k,
    const struct field *row[static LIMIT_FIELDS])
{
	size_t n = 0;

	for (size_t i = 0; i < k->field_count; i++) {
		const struct field *fd = &k->field[i];
		struct json_val v = json_get(w->body, fd->name);
		size_t at = n;

		if (!is_shown(w->how, fd) || is_in_top(fd->name) ||
		    v.type == JSON_ABSENT ||
		    (v.type == JSON_ARRAY && json_count(v) == 0))
			continue;
		for (; at > 0 && row[at - 1]->rank > fd->rank; at--)
			row[at] = row[at - 1];
		row[at] = fd;
		n++;
	}
	return n;
}

static void
widen(struct view *w, const char *label)
{
	unsigned n = plain_columns(span_str(label));

	if (n <= LABEL_COLUMNS && n > w->label)
		w->label = n;
}

static bool
is_block(const struct field *fd)
{
	return fd->lines || fd->type == FIELD_OBJECT ||
	    (fd->type == FIELD_LIST && !show_is_short(fd->item));
}

static void
put_known(struct view *w, const struct kind *k, const struct show_head *h)
{
	const struct field *row[LIMIT_FIELDS];
	size_t n = order_fields(w, k, row);
	struct json_val m;

	for (size_t i = 0; i < n; i++)
		widen(w, row[i]->names.in[w->how->lang]);
	put_top(w, h);
	put_head(w, h);
	for (size_t i = 0; i < n; i++) {
		show_put_value(w, row[i], json_get(w->body, row[i]->name), false);
		put_row(w, row[i]->names.in[w->how->lang], is_block(row[i]));
	}
	if (w->how->brief)
		return;
	/* what a newer version has added */
	for (m = json_first(w->body); m.type != JSON_ABSENT;
	    m = json_next(w->body, m)) {
		if (field_find(k, json_key(m, w->a)) == NULL)
			put_generic(w, short_key(w, m), m);
	}
}

static void
put_unknown(struct view *w, const struct show_head *h)
{
	struct json_val m;

	put_top(w, h);
	plain_wrap(w->out, span_str(show_say(w, "unknown_kind")), w->how->columns,
	    0, 0);
	buf_put_str(w->out, "\n\n");
	put_head(w, h);
	if (w->body.type != JSON_OBJECT) {
		put_generic(w, span_str("body"), w->body);
		return;
	}
	for (m = json_first(w->body); m.type != JSON_ABSENT;
	    m = json_next(w->body, m)) {
		struct span key = json_key(m, w->a);

		if (!span_is_str(key, "title") && !span_is_str(key, "level"))
			put_generic(w, short_key(w, m), m);
	}
}

static void
view_init(struct view *w, const struct show *how, struct json_val body,
    struct arena *a, struct buf *out)
{
	static const char *const head_words[] = { "from", "issued", "expires",
		"id", "revision" };

	*w = (struct view){ .how = how, .body = body, .a = a, .out = out };
	buf_init(&w->value, LIMIT_SHOWN);
	if (json_text(json_get(body, "language"), a, &w->own) != ERR_NONE)
		w->own = span_of(NULL, 0);
	for (size_t i = 0; i < sizeof head_words / sizeof head_words[0]; i++)
		widen(w, show_say(w, head_words[i]));
}

enum err
show_record(const struct show *how, const struct show_head *head,
    struct json_val body, struct arena *a, struct buf *out)
{
	const struct kind *k = kind_find(how->schema, head->kind);
	struct view w;

	view_init(&w, how, body, a, out);
	if (k != NULL && body.type == JSON_OBJECT)
		put_known(&w, k, head);
	else
		put_unknown(&w, head);
	buf_release(&w.value);
	return buf_check(out);
}

void
show_fields(const struct show *how, const struct kind *k,
    struct json_val body, struct arena *a, show_field_fn *fn, void *ctx)
{
	const struct field *row[LIMIT_FIELDS];
	struct view w;
	size_t n;

	view_init(&w, how, body, a, NULL);
	n = order_fields(&w, k, row);
	for (size_t i = 0; i < n; i++) {
		show_put_value(&w, row[i], json_get(body, row[i]->name), false);
		fn(ctx, row[i], buf_span(&w.value));
		buf_clear(&w.value);
	}
	buf_release(&w.value);
}

static enum err
put_title(const struct show *how, const struct show_head *head,
    struct json_val body, struct arena *a, struct buf *out)
{
	struct span own = span_of(NULL, 0), title;

	if (json_text(json_get(body, "language"), a, &own) != ERR_NONE)
		own = span_of(NULL, 0);
	title = show_ml(json_get(body, "title"), how->lang, own, a, NULL);
	if (title.n != 0)
		plain_put(out, title, false);
	else
		put_kind_name(how, head, out);
	return buf_check(out);
}

enum err
show_title(const struct show *how, const struct show_head *head,
    struct json_val body, struct arena *a, struct buf *out)
{
	put_mark(how, head, body, out);
	return put_title(how, head, body, a, out);
}

enum err
show_line(const struct show *how, const struct show_head *head,
    struct json_val body, struct arena *a, struct buf *out)
{
	const struct kind *k = kind_find(how->schema, head->kind);
	const struct level *l = level_find(schema_levels(how->schema),
	    level_of(body));
	struct buf line;
	enum err e;

	buf_init(&line, LIMIT_SHOWN);
	if (l != NULL)
		buf_put_format(&line, "%s ", how->ascii ? l->ascii : l->sign);
	put_mark(how, head, body, &line);
	for (size_t i = 0; k != NULL && i < k->field_count; i++) {
		const struct field *fd = &k->field[i];

		if (fd->ends && json_get(body, fd->name).type != JSON_ABSENT)
			buf_put_format(&line, "[%s] ",
			    fd->names.in[how->lang]);
	}
	put_kind_name(how, head, &line);
	if (json_get(body, "title").type != JSON_ABSENT) {
		buf_put_str(&line, ": ");
		e = put_title(how, head, body, a, &line);
	} else {
		e = buf_check(&line);
	}
	plain_cut(out, buf_span(&line), how->columns);
	buf_release(&line);
	return e != ERR_NONE ? e : buf_check(out);
}

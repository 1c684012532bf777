/* SPDX-License-Identifier: Apache-2.0
 *
 * Records as text, driven by the fields of their kind.
 */
#include "schema/show.h"

#include "base/limits.h"
#include "schema/level.h"
#include "schema/plain.h"

#include <inttypes.h>
#include <stdio.h>

enum {
	LABEL_COLUMNS = 30, /* wider labels stand on a line of their own */
	GAP = 2
};

/* One record being shown. */
struct view {
	const struct show *how;
	struct json_val body;
	struct arena *a;
	struct buf *out;
	struct buf value;  /* of the row at hand */
	struct span own;   /* the language that the record was written in */
	unsigned label;    /* columns of the widest label in use */
};

static void put_value(struct view *w, const struct field *fd,
    struct json_val v, bool is_inner);

static const char *
say(const struct view *w, const char *id)
{
	return word(w->how->schema, id, w->how->lang);
}

/* Does the tag say the language `primary`, with or without a region? */
static bool
is_language(struct span tag, struct span primary)
{
	return primary.n != 0 && tag.n >= primary.n &&
	    memcmp(tag.p, primary.p, primary.n) == 0 &&
	    (tag.n == primary.n || tag.p[primary.n] == '-');
}

/* "pt" of "pt-BR". */
static struct span
primary_of(struct span tag)
{
	size_t n = 0;

	while (n < tag.n && tag.p[n] != '-')
		n++;
	return span_of(tag.p, n);
}

static struct json_val
find_language(struct json_val ml, struct span primary, struct arena *a)
{
	struct json_val m;

	for (m = json_first(ml); m.type != JSON_ABSENT; m = json_next(ml, m)) {
		if (m.type == JSON_STRING &&
		    is_language(json_key(m, a), primary))
			break;
	}
	return m;
}

struct span
show_ml(struct json_val ml, enum lang want, struct span own, struct arena *a,
    struct span *tag)
{
	struct span order[2 + LANG_COUNT], text = span_of(NULL, 0);
	struct json_val m = { 0 };
	size_t n = 0;

	if (ml.type != JSON_OBJECT)
		return text;
	order[n++] = span_str(lang_tag(want));
	order[n++] = primary_of(own);
	for (int l = 0; l < LANG_COUNT; l++)
		order[n++] = span_str(lang_tag((enum lang)l));
	for (size_t i = 0; i < n && m.type == JSON_ABSENT; i++)
		m = find_language(ml, order[i], a);
	if (m.type == JSON_ABSENT)
		m = json_first(ml);
	if (json_text(m, a, &text) != ERR_NONE)
		return span_of(NULL, 0);
	if (tag != NULL)
		*tag = json_key(m, a);
	return text;
}

/* Was the text in this language made by a machine and not checked? */
static bool
is_machine_made(const struct view *w, struct span tag)
{
	struct json_val list = json_get(w->body, "translations"), v;
	struct span s;

	if (list.type != JSON_ARRAY)
		return false;
	for (v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		if (json_text(json_get(v, "language"), w->a, &s) == ERR_NONE &&
		    span_is_equal(s, tag) &&
		    json_is_str(json_get(v, "status"), "machine"))
			return true;
	}
	return false;
}

/* "Spanish" for "es-UY"; the tag itself if there is no word for it. */
static void
put_language(struct view *w, struct span tag)
{
	struct span primary = primary_of(tag);
	const char *name;
	char id[16];

	snprintf(id, sizeof id, "lang_%.*s",
	    (int)(primary.n < 8 ? primary.n : 8), (const char *)primary.p);
	name = say(w, id);
	if (strcmp(name, id) == 0)
		plain_put(&w->value, tag, false);
	else
		buf_put_str(&w->value, name);
}

static void
put_ml(struct view *w, struct json_val v, bool lines)
{
	struct span tag = span_of(NULL, 0), want, text;

	want = span_str(lang_tag(w->how->lang));
	text = show_ml(v, w->how->lang, w->own, w->a, &tag);
	plain_put(&w->value, text, lines);
	if (text.n == 0)
		return;
	if (!is_language(tag, want)) {
		buf_put_format(&w->value, " [%s ", say(w, "only_in"));
		put_language(w, tag);
		buf_put_str(&w->value, "]");
	} else if (is_machine_made(w, tag)) {
		buf_put_format(&w->value, " [%s]",
		    say(w, "machine_translation"));
	}
}

/* "2026-11-21 12:00 UTC", and the reader's time beside it. */
static void
put_time(struct view *w, int64_t seconds)
{
	char utc[INSTANT_TEXT_MAX], local[INSTANT_TEXT_MAX];
	int offset = w->how->offset_min, m = offset < 0 ? -offset : offset;

	wall_write((struct wall){ seconds * 1000 }, utc);
	buf_put_format(&w->value, "%.10s %.5s UTC", utc, utc + 11);
	if (offset == 0)
		return;
	wall_write((struct wall){ (seconds + offset * 60) * 1000 }, local);
	buf_put_str(&w->value, " (");
	if (strncmp(utc, local, 10) != 0)
		buf_put_format(&w->value, "%.10s ", local);
	buf_put_format(&w->value, "%.5s UTC%c%02d:%02d)", local + 11,
	    offset < 0 ? '-' : '+', m / 60, m % 60);
}

/* Text of JSON as it stands: numbers, true, and what has an unforeseen type. */
static void
put_raw(struct view *w, struct json_val v)
{
	struct span s;

	if (json_text(v, w->a, &s) != ERR_NONE)
		s = json_raw(v);
	plain_put(&w->value, s, false);
}

static void
put_level(struct view *w, int n)
{
	const struct level *l = level_find(schema_levels(w->how->schema), n);

	if (l != NULL)
		buf_put_format(&w->value, "%s %s (%d/%d)",
		    w->how->ascii ? l->ascii : l->sign,
		    l->names.in[w->how->lang], n, (int)LEVEL_MAX);
}

static void
put_choice(struct view *w, const struct choices *c, struct json_val v,
    bool is_open)
{
	const struct choice *one;
	struct span s;

	if (json_text(v, w->a, &s) != ERR_NONE) {
		put_raw(w, v);
		return;
	}
	one = c == NULL ? NULL : choice_find(c, s);
	if (one != NULL) {
		buf_put_str(&w->value, one->names.in[w->how->lang]);
		return;
	}
	plain_put(&w->value, s, false);
	if (!is_open)
		buf_put_format(&w->value, " (%s)", say(w, "not_known_here"));
}

const char *
show_choice(const struct show *how, const struct field *fd,
    struct span value, struct arena *a)
{
	const struct choice *c = fd->choices == NULL ? NULL :
	    choice_find(fd->choices, value);

	return c != NULL ? c->names.in[how->lang] : arena_string(a, value);
}

/* Items that may stand one after the other on a line. */
static bool
is_short(const struct field *item)
{
	return item->type == FIELD_ENUM || item->type == FIELD_CC ||
	    item->type == FIELD_LANG || item->type == FIELD_TEAM ||
	    item->type == FIELD_INT || item->form != NULL;
}

static void
put_list(struct view *w, const struct field *fd, struct json_val v,
    bool is_inner)
{
	bool in_line = is_inner || is_short(fd->item);
	bool first = true;
	struct json_val m;

	for (m = json_first(v); m.type != JSON_ABSENT; m = json_next(v, m)) {
		if (!first)
			buf_put_str(&w->value, in_line ? ", " : "\n");
		if (!in_line)
			buf_put_str(&w->value, "- ");
		put_value(w, fd->item, m, true);
		first = false;
	}
}

/* Does the value need its label to be understood inside an object? */
static bool
needs_label(const struct field *fd)
{
	return fd->type == FIELD_INT || fd->type == FIELD_NUM ||
	    fd->type == FIELD_TS || fd->type == FIELD_DATE ||
	    fd->type == FIELD_BOOL;
}

static void
put_object(struct view *w, const struct field *fd, struct json_val v,
    bool is_inner)
{
	bool first = true;

	for (size_t i = 0; i < fd->field_count; i++) {
		const struct field *one = &fd->field[i];
		struct json_val m = json_get(v, one->name);

		if (m.type == JSON_ABSENT || (one->hidden && !w->how->full))
			continue;
		if (!first)
			buf_put_str(&w->value, is_inner ? ", " : "\n");
		if (!is_inner || needs_label(one))
			buf_put_format(&w->value, "%s: ",
			    one->names.in[w->how->lang]);
		put_value(w, one, m, true);
		first = false;
	}
}

static void
put_value(struct view *w, const struct field *fd, struct json_val v,
    bool is_inner)
{
	const struct schema *s = w->how->schema;
	struct span text;
	int64_t n;

	if (fd->type == FIELD_ML && v.type == JSON_OBJECT) {
		put_ml(w, v, fd->lines);
	} else if (fd->type == FIELD_LIST && v.type == JSON_ARRAY) {
		put_list(w, fd, v, is_inner);
	} else if (fd->type == FIELD_OBJECT && v.type == JSON_OBJECT) {
		put_object(w, fd, v, is_inner);
	} else if (fd->type == FIELD_ENUM) {
		put_choice(w, fd->choices, v, false);
	} else if (fd->type == FIELD_CC) {
		put_choice(w, choices_find(s, "states"), v, true);
	} else if (fd->type == FIELD_BOOL &&
	    (v.type == JSON_TRUE || v.type == JSON_FALSE)) {
		buf_put_str(&w->value,
		    say(w, v.type == JSON_TRUE ? "yes" : "no"));
	} else if (fd->type == FIELD_TS && json_i64(v, &n) == ERR_NONE &&
	    n >= 0 && n < INT64_C(253402300800)) {
		put_time(w, n);
	} else if (fd->type == FIELD_LEVEL && json_i64(v, &n) == ERR_NONE &&
	    n >= LEVEL_MIN && n <= LEVEL_MAX) {
		put_level(w, (int)n);
	} else if (json_text(v, w->a, &text) != ERR_NONE) {
		put_raw(w, v);
	} else if (fd->type == FIELD_LANG) {
		put_language(w, text);
	} else {
		plain_put(&w->value, text, fd->lines);
	}
}

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
	put_row(w, say(w, id), false);
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
		put_time(w, h->iat.ms / 1000);
		put_word_row(w, "issued");
	}
	if (h->exp.ms != 0) {
		put_time(w, h->exp.ms / 1000);
		put_word_row(w, "expires");
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

/* The lines above the rows: level, kind, label; exercise; title. */
static void
put_top(struct view *w, const struct show_head *h)
{
	const struct show *how = w->how;
	struct json_val exercise = json_get(w->body, "exercise");
	int level = level_of(w->body);

	if (level != 0) {
		put_level(w, level);
		buf_put_str(&w->value, "  ");
	}
	put_kind_name(how, h, &w->value);
	if (h->has_tlp)
		buf_put_format(&w->value, "  %s (%s)", tlp_label(h->tlp),
		    tlp_name(how->schema, h->tlp, how->lang));
	if (exercise.type != JSON_ABSENT && exercise.type != JSON_FALSE) {
		buf_put_format(&w->value, "\n*** %s ***",
		    say(w, "exercise_banner"));
	}
	if (json_get(w->body, "title").type != JSON_ABSENT) {
		buf_put_str(&w->value, "\n");
		put_ml(w, json_get(w->body, "title"), false);
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

		if (m.type != JSON_STRING || primary_of(tag).n != 2 ||
		    !lang_is_tag(tag))
			return false;
	}
	return true;
}

/* Rows for a value about which nothing is known. `path` is its place. */
static void
put_generic(struct view *w, struct span path, struct json_val v)
{
	struct json_val m;
	size_t i = 0;

	if (looks_ml(v, w->a)) {
		put_ml(w, v, true);
	} else if (v.type == JSON_OBJECT || v.type == JSON_ARRAY) {
		for (m = json_first(v); m.type != JSON_ABSENT;
		    m = json_next(v, m)) {
			struct buf inner;

			buf_init(&inner, LIMIT_PAYLOAD);
			plain_put(&inner, path, false);
			if (v.type == JSON_ARRAY) {
				buf_put_format(&inner, "[%zu]", i++);
			} else {
				buf_put_str(&inner, path.n == 0 ? "" : ".");
				plain_put(&inner, json_key(m, w->a), false);
			}
			put_generic(w, buf_span(&inner), m);
			buf_release(&inner);
		}
		return;
	} else {
		put_raw(w, v);
	}
	put_row(w, arena_string(w->a, path), false);
}

static bool
is_shown(const struct show *how, const struct field *fd)
{
	if (how->brief && !fd->brief)
		return false;
	return how->full || !fd->hidden;
}

/* The fields that the body has and that are not empty lists, by rank. Returns how many. */
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
	    (fd->type == FIELD_LIST && !is_short(fd->item));
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
		put_value(w, row[i], json_get(w->body, row[i]->name), false);
		put_row(w, row[i]->names.in[w->how->lang], is_block(row[i]));
	}
	if (w->how->brief)
		return;
	/* what a newer version has added */
	for (m = json_first(w->body); m.type != JSON_ABSENT;
	    m = json_next(w->body, m)) {
		struct span key = json_key(m, w->a);

		if (field_find(k, key) == NULL)
			put_generic(w, key, m);
	}
}

static void
put_unknown(struct view *w, const struct show_head *h)
{
	struct json_val m;

	put_top(w, h);
	plain_wrap(w->out, span_str(say(w, "unknown_kind")), w->how->columns,
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
			put_generic(w, key, m);
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
		widen(w, say(w, head_words[i]));
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

enum err
show_title(const struct show *how, const struct show_head *head,
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
show_line(const struct show *how, const struct show_head *head,
    struct json_val body, struct arena *a, struct buf *out)
{
	const struct kind *k = kind_find(how->schema, head->kind);
	const struct level *l = level_find(schema_levels(how->schema),
	    level_of(body));
	struct json_val exercise = json_get(body, "exercise");
	struct buf line;
	enum err e;

	buf_init(&line, LIMIT_SHOWN);
	if (l != NULL)
		buf_put_format(&line, "%s ", how->ascii ? l->ascii : l->sign);
	if (exercise.type != JSON_ABSENT && exercise.type != JSON_FALSE)
		buf_put_format(&line, "[%s] ",
		    word(how->schema, "exercise", how->lang));
	for (size_t i = 0; k != NULL && i < k->field_count; i++) {
		const struct field *fd = &k->field[i];

		if (fd->ends && json_get(body, fd->name).type != JSON_ABSENT)
			buf_put_format(&line, "[%s] ",
			    fd->names.in[how->lang]);
	}
	put_kind_name(how, head, &line);
	if (json_get(body, "title").type != JSON_ABSENT) {
		buf_put_str(&line, ": ");
		e = show_title(how, head, body, a, &line);
	} else {
		e = buf_check(&line);
	}
	plain_cut(out, buf_span(&line), how->columns);
	buf_release(&line);
	return e != ERR_NONE ? e : buf_check(out);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Values as text: coded ones in the reader's words, free text in the nearest
 * language that there is.
 */
#include "schema/show_value.h"

#include "schema/level.h"
#include "schema/plain.h"

#include <stdio.h>

const char *
show_say(const struct view *w, const char *id)
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

struct span
show_primary(struct span tag)
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
	order[n++] = show_primary(own);
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
	struct span primary = show_primary(tag);
	const char *name;
	char id[16];

	snprintf(id, sizeof id, "lang_%.*s",
	    (int)(primary.n < 8 ? primary.n : 8), (const char *)primary.p);
	name = show_say(w, id);
	if (strcmp(name, id) == 0)
		plain_put(&w->value, tag, false);
	else
		buf_put_str(&w->value, name);
}

void
show_put_ml(struct view *w, struct json_val v, bool lines)
{
	struct span tag = span_of(NULL, 0), want, text;

	want = span_str(lang_tag(w->how->lang));
	text = show_ml(v, w->how->lang, w->own, w->a, &tag);
	plain_put(&w->value, text, lines);
	if (text.n == 0)
		return;
	if (!is_language(tag, want)) {
		buf_put_format(&w->value, " [%s ", show_say(w, "only_in"));
		put_language(w, tag);
		buf_put_str(&w->value, "]");
	} else if (is_machine_made(w, tag)) {
		buf_put_format(&w->value, " [%s]",
		    show_say(w, "machine_translation"));
	}
}

/* "2026-11-21 12:00 UTC", and the reader's time beside it. */
void
show_put_time(struct view *w, int64_t seconds)
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
void
show_put_raw(struct view *w, struct json_val v)
{
	struct span s;

	if (json_text(v, w->a, &s) != ERR_NONE)
		s = json_raw(v);
	plain_put(&w->value, s, false);
}

void
show_put_level(struct view *w, int n)
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
		show_put_raw(w, v);
		return;
	}
	one = c == NULL ? NULL : choice_find(c, s);
	if (one != NULL) {
		buf_put_str(&w->value, one->names.in[w->how->lang]);
		return;
	}
	plain_put(&w->value, s, false);
	if (!is_open)
		buf_put_format(&w->value, " (%s)", show_say(w, "not_known_here"));
}

const char *
show_choice(const struct show *how, const struct field *fd,
    struct span value, struct arena *a)
{
	const struct choice *c = fd->choices == NULL ? NULL :
	    choice_find(fd->choices, value);

	return c != NULL ? c->names.in[how->lang] : arena_string(a, value);
}

bool
show_is_short(const struct field *item)
{
	return item->type == FIELD_ENUM || item->type == FIELD_CC ||
	    item->type == FIELD_LANG || item->type == FIELD_TEAM ||
	    item->type == FIELD_INT || item->form != NULL;
}

static void
put_list(struct view *w, const struct field *fd, struct json_val v,
    bool is_inner)
{
	bool in_line = is_inner || show_is_short(fd->item);
	bool first = true;
	struct json_val m;

	for (m = json_first(v); m.type != JSON_ABSENT; m = json_next(v, m)) {
		if (!first)
			buf_put_str(&w->value, in_line ? ", " : "\n");
		if (!in_line)
			buf_put_str(&w->value, "- ");
		show_put_value(w, fd->item, m, true);
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
		show_put_value(w, one, m, true);
		first = false;
	}
}

void
show_put_value(struct view *w, const struct field *fd, struct json_val v,
    bool is_inner)
{
	const struct schema *s = w->how->schema;
	struct span text;
	int64_t n;

	if (fd->type == FIELD_ML && v.type == JSON_OBJECT) {
		show_put_ml(w, v, fd->lines);
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
		    show_say(w, v.type == JSON_TRUE ? "yes" : "no"));
	} else if (fd->type == FIELD_TS && json_i64(v, &n) == ERR_NONE &&
	    n >= 0 && n < INT64_C(253402300800)) {
		show_put_time(w, n);
	} else if (fd->type == FIELD_LEVEL && json_i64(v, &n) == ERR_NONE &&
	    n >= LEVEL_MIN && n <= LEVEL_MAX) {
		show_put_level(w, (int)n);
	} else if (json_text(v, w->a, &text) != ERR_NONE) {
		show_put_raw(w, v);
	} else if (fd->type == FIELD_LANG) {
		put_language(w, text);
	} else {
		plain_put(&w->value, text, fd->lines);
	}
}

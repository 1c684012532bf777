/* SPDX-License-Identifier: Apache-2.0
 *
 * The same from several origins.
 */
#include "watch/overlap.h"

#include "record/entry.h"

#include <string.h>

static bool
is_same(const struct overlap_side *x, const struct overlap_side *y)
{
	return uuid_is_equal(&x->id, &y->id) &&
	    span_is_equal(x->team, y->team);
}

static bool
is_one_affair(const struct overlap_side *x, const struct overlap_side *y)
{
	return span_is_equal(x->team, y->team) ||
	    (x->has_re && digest_is_equal(&x->re, &y->digest)) ||
	    (y->has_re && digest_is_equal(&y->re, &x->digest)) ||
	    (x->has_re && y->has_re && digest_is_equal(&x->re, &y->re));
}

/* Its place, o->n if it has none. */
static size_t
find(const struct overlap *o, const struct overlap_side *side)
{
	size_t i = 0;

	while (i < o->n && !is_same(&o->side[i], side))
		i++;
	return i;
}

/* True if that is news. A newer revision of a side alone is none. */
static bool
add(struct overlap *o, const struct overlap_side *side)
{
	size_t i = find(o, side);
	bool was_shut;

	if (i == LIMIT_OVERLAP_SIDES)
		return false;
	if (i == o->n) {
		o->side[o->n++] = *side;
		return true;
	}
	was_shut = o->side[i].is_shut;
	o->side[i] = *side;
	return was_shut && !side->is_shut;
}

/* The one that has a side of `fresh` or of those others. */
static const struct overlap *
find_known(const struct overlap *known, size_t known_n, struct span exercise,
    const struct overlap_side *fresh, const struct overlap_side *holder,
    size_t holder_n)
{
	for (size_t i = 0; i < known_n; i++) {
		const struct overlap *o = &known[i];

		if (!span_is_equal(o->exercise, exercise))
			continue;
		if (find(o, fresh) < o->n)
			return o;
		for (size_t k = 0; k < holder_n; k++)
			if (!is_one_affair(fresh, &holder[k]) &&
			    find(o, &holder[k]) < o->n)
				return o;
	}
	return NULL;
}

enum overlap_due
overlap_decide(const struct overlap *known, size_t known_n,
    struct span observable, struct span exercise,
    const struct overlap_side *fresh, const struct overlap_side *holder,
    size_t holder_n, struct overlap *out)
{
	const struct overlap *old = find_known(known, known_n, exercise,
	    fresh, holder, holder_n);
	struct overlap o = { .observable = observable, .exercise = exercise };
	bool is_news = false;
	size_t others = 0;

	if (old != NULL)
		o = *old;
	for (size_t i = 0; i < holder_n; i++) {
		if (is_one_affair(fresh, &holder[i]))
			continue;
		others++;
		is_news |= add(&o, &holder[i]);
	}
	if (others == 0)
		return OVERLAP_NOTHING;
	is_news |= add(&o, fresh);
	if (!is_news)
		return OVERLAP_NOTHING;
	o.is_done = false;
	*out = o;
	return old != NULL ? OVERLAP_MORE : OVERLAP_NEW;
}

static bool
has_team(const struct span *list, size_t n, struct span team)
{
	for (size_t i = 0; i < n; i++)
		if (span_is_equal(list[i], team))
			return true;
	return false;
}

size_t
overlap_open_teams(const struct overlap *o)
{
	struct span team[LIMIT_OVERLAP_SIDES];
	size_t n = 0;

	for (size_t i = 0; i < o->n; i++)
		if (!o->side[i].is_shut &&
		    !has_team(team, n, o->side[i].team))
			team[n++] = o->side[i].team;
	return n;
}

bool
overlap_may_go(const struct overlap *o, const struct span *named,
    size_t named_n, const struct span *aud, size_t aud_n, struct span *out)
{
	struct span silent[LIMIT_OVERLAP_SIDES], origin[LIMIT_OVERLAP_SIDES];
	size_t silent_n = 0, origin_n = 0;

	for (size_t i = 0; i < o->n; i++) {
		struct span team = o->side[i].team;

		if (!has_team(aud, aud_n, team) ||
		    has_team(origin, origin_n, team))
			continue;
		origin[origin_n++] = team;
		if (!has_team(named, named_n, team))
			silent[silent_n++] = team;
	}
	/* alone with those who were not its origin it learns of nobody */
	if (silent_n == 0 || origin_n < 2 ||
	    aud_n - origin_n >= OVERLAP_CROWD)
		return true;
	*out = silent[0];
	return false;
}

bool
overlap_link_is_due(const struct overlap *o, const bool *agreed,
    const struct overlap_side *told, size_t told_n)
{
	bool is_news = false, is_several = false;
	const struct overlap_side *first = NULL;

	for (size_t i = 0; i < o->n; i++) {
		size_t k = 0;

		if (!agreed[i])
			continue;
		if (first == NULL)
			first = &o->side[i];
		is_several |= !span_is_equal(first->team, o->side[i].team);
		while (k < told_n && !is_same(&told[k], &o->side[i]))
			k++;
		is_news |= k == told_n;
	}
	return is_several && is_news;
}

/* --- as a record --- */

static void
put_id(struct json_out *w, const char *name, const struct uuid *id)
{
	char text[UUID_TEXT + 1];

	uuid_write(id, text);
	json_put_member_str(w, name, text);
}

static void
put_digest(struct json_out *w, const char *name, const struct digest *d)
{
	char text[ENTRY_DIGEST_TEXT + 1];

	entry_write_digest(d, text);
	json_put_member_str(w, name, text);
}

static void
put_side(struct json_out *w, const struct overlap_side *x)
{
	json_put_open(w, '{');
	json_put_member_span(w, "team", x->team);
	put_id(w, "id", &x->id);
	put_digest(w, "digest", &x->digest);
	if (x->has_re)
		put_digest(w, "re", &x->re);
	if (x->is_shut)
		json_put_member_bool(w, "shut", true);
	json_put_close(w, '}');
}

void
overlap_write(const struct overlap *o, struct buf *out)
{
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_str(&w, "state", o->is_done ? "done" : "open");
	json_put_member_span(&w, "observable", o->observable);
	if (o->exercise.n != 0)
		json_put_member_span(&w, "exercise", o->exercise);
	if (o->has_draft)
		put_id(&w, "draft", &o->draft);
	json_put_key(&w, "sides");
	json_put_open(&w, '[');
	for (size_t i = 0; i < o->n; i++)
		put_side(&w, &o->side[i]);
	json_put_close(&w, ']');
	json_put_close(&w, '}');
}

static enum err
parse_digest(struct json_val v, const char *member, struct arena *a,
    struct digest *out, struct fault *f)
{
	struct span s;

	if (json_text(json_get(v, member), a, &s) != ERR_NONE ||
	    entry_parse_digest(s, out) != ERR_NONE)
		return fault_at(f, ERR_SCHEMA, 0, member, "is no digest");
	return ERR_NONE;
}

static enum err
parse_id(struct json_val v, const char *member, struct arena *a,
    struct uuid *out, struct fault *f)
{
	struct span s;

	if (json_text(json_get(v, member), a, &s) != ERR_NONE ||
	    uuid_parse(s, out) != ERR_NONE)
		return fault_at(f, ERR_SCHEMA, 0, member, "is no id");
	return ERR_NONE;
}

static enum err
parse_side(struct json_val v, struct arena *a, struct overlap_side *x,
    struct fault *f)
{
	enum err e = json_text(json_get(v, "team"), a, &x->team);

	if (e != ERR_NONE)
		return fault_at(f, ERR_SCHEMA, 0, "team", "is no team");
	e = parse_id(v, "id", a, &x->id, f);
	if (e == ERR_NONE)
		e = parse_digest(v, "digest", a, &x->digest, f);
	x->has_re = json_get(v, "re").type != JSON_ABSENT;
	if (e == ERR_NONE && x->has_re)
		e = parse_digest(v, "re", a, &x->re, f);
	x->is_shut = json_get(v, "shut").type == JSON_TRUE;
	return e;
}

enum err
overlap_parse(struct json_val body, struct arena *a, struct overlap *out,
    struct fault *f)
{
	struct json_val list = json_get(body, "sides");
	struct overlap o = { .exercise = span_str(""),
		.is_done = json_is_str(json_get(body, "state"), "done") };
	enum err e = ERR_NONE;

	if (json_text(json_get(body, "observable"), a, &o.observable) !=
	    ERR_NONE)
		return fault_at(f, ERR_SCHEMA, 0, "observable", "is no text");
	if (json_get(body, "exercise").type != JSON_ABSENT &&
	    json_text(json_get(body, "exercise"), a, &o.exercise) != ERR_NONE)
		return fault_at(f, ERR_SCHEMA, 0, "exercise", "is no text");
	o.has_draft = json_get(body, "draft").type != JSON_ABSENT;
	if (o.has_draft)
		e = parse_id(body, "draft", a, &o.draft, f);
	if (e == ERR_NONE && (list.type != JSON_ARRAY ||
	    json_count(list) > LIMIT_OVERLAP_SIDES))
		return fault_at(f, ERR_SCHEMA, 0, "sides", "is no list of %d "
		    "at most", LIMIT_OVERLAP_SIDES);
	if (e == ERR_NONE)
		for (struct json_val v = json_first(list);
		     e == ERR_NONE && v.type != JSON_ABSENT;
		     v = json_next(list, v))
			e = parse_side(v, a, &o.side[o.n++], f);
	if (e == ERR_NONE)
		*out = o;
	return e;
}

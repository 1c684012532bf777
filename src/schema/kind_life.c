/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading the member `life` of a kind file. What it names must be there:
 * states are values of its field, needs are fields of its kind.
 */
#include "base/limits.h"
#include "schema/set.h"

#include <string.h>

static MUST enum err
load_strings(struct load *ld, struct json_val v, const char *key,
    struct life_list *out)
{
	struct json_val list = json_get(v, key);
	const char **at;
	size_t n = 0;

	if (list.type == JSON_ABSENT)
		return ERR_NONE;
	if (list.type != JSON_ARRAY || json_count(list) == 0)
		return load_refuse(ld, list, key, "is no list of names");
	at = arena_alloc(&ld->s->mem, json_count(list) * sizeof *at);
	for (struct json_val m = json_first(list); m.type != JSON_ABSENT;
	     m = json_next(list, m)) {
		struct span s;

		if (json_text(m, &ld->tmp, &s) != ERR_NONE || s.n == 0)
			return load_refuse(ld, m, key, "is no list of names");
		at[n++] = arena_string(&ld->s->mem, s);
	}
	*out = (struct life_list){ at, n };
	return ERR_NONE;
}

static MUST enum err
check_states(struct load *ld, struct json_val v, const struct field *state,
    const struct life_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		if (choice_find(state->choices, span_str(l->at[i])) == NULL)
			return load_refuse(ld, v, l->at[i],
			    "is no state of this kind");
	return ERR_NONE;
}

static MUST enum err
check_fields(struct load *ld, struct json_val v, const struct kind *k,
    const struct life_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		if (field_find(k, span_str(l->at[i])) == NULL)
			return load_refuse(ld, v, l->at[i],
			    "is no field of this kind");
	return ERR_NONE;
}

static bool
is_time(const struct kind *k, const char *name)
{
	const struct field *fd = field_find(k, span_str(name));

	return fd != NULL && fd->type == FIELD_TS;
}

static MUST enum err
load_seconds(struct load *ld, struct json_val v, const char *key, int64_t *out)
{
	struct json_val m = json_get(v, key);

	if (m.type == JSON_ABSENT)
		return ERR_NONE;
	if (json_i64(m, out) != ERR_NONE || *out < 1 ||
	    *out > LIMIT_LIFE_SECONDS)
		return load_refuse(ld, m, key, "is no number of seconds");
	return ERR_NONE;
}

static MUST enum err
load_step(struct load *ld, struct json_val v, const struct kind *k,
    const struct field *state, struct life_step *out)
{
	static const char *const known[] = { "action", "from", "to", "by",
		"needs", "after_s", "reached", "en", "es", "pt", "fr", NULL };
	struct life_list to = { &out->to, 1 };
	enum err e;

	if ((e = load_only(ld, v, "steps", known)) != ERR_NONE ||
	    (e = load_string(ld, v, "action", &out->action)) != ERR_NONE ||
	    (e = load_names(ld, v, out->action, &out->names)) != ERR_NONE ||
	    (e = load_string(ld, v, "to", &out->to)) != ERR_NONE ||
	    (e = load_strings(ld, v, "from", &out->from)) != ERR_NONE ||
	    (e = load_strings(ld, v, "by", &out->by)) != ERR_NONE ||
	    (e = load_strings(ld, v, "needs", &out->needs)) != ERR_NONE ||
	    (e = load_seconds(ld, v, "after_s", &out->after_s)) != ERR_NONE ||
	    (e = check_states(ld, v, state, &to)) != ERR_NONE ||
	    (e = check_states(ld, v, state, &out->from)) != ERR_NONE ||
	    (e = check_fields(ld, v, k, &out->needs)) != ERR_NONE)
		return e;
	if (json_get(v, "reached").type == JSON_ABSENT)
		return ERR_NONE;
	e = load_string(ld, v, "reached", &out->reached);
	if (e == ERR_NONE && !is_time(k, out->reached))
		e = load_refuse(ld, v, out->reached,
		    "is no field with a time");
	return e;
}

static MUST enum err
load_clock(struct load *ld, struct json_val v, const struct kind *k,
    const struct field *state, struct life_clock *out)
{
	static const char *const known[] = { "clock", "since", "until",
		"within_s", "en", "es", "pt", "fr", NULL };
	struct life_list since = { &out->since, 1 };
	enum err e;

	if ((e = load_only(ld, v, "clocks", known)) != ERR_NONE ||
	    (e = load_string(ld, v, "clock", &out->id)) != ERR_NONE ||
	    (e = load_names(ld, v, out->id, &out->names)) != ERR_NONE ||
	    (e = load_string(ld, v, "since", &out->since)) != ERR_NONE ||
	    (e = load_strings(ld, v, "until", &out->until)) != ERR_NONE ||
	    (e = load_seconds(ld, v, "within_s", &out->within_s)) !=
	    ERR_NONE ||
	    (e = check_states(ld, v, state, &out->until)) != ERR_NONE)
		return e;
	out->since_field = is_time(k, out->since);
	return out->since_field ? ERR_NONE :
	    check_states(ld, v, state, &since);
}

static MUST enum err
load_steps(struct load *ld, struct json_val v, const struct kind *k,
    const struct field *state, struct life *out)
{
	struct json_val list = json_get(v, "steps");
	struct life_step *step;
	enum err e = ERR_NONE;

	if (list.type != JSON_ARRAY)
		return load_refuse(ld, v, "steps", "is no list");
	step = arena_alloc(&ld->s->mem, (json_count(list) + 1) * sizeof *step);
	out->step = step;
	for (struct json_val m = json_first(list);
	     e == ERR_NONE && m.type != JSON_ABSENT; m = json_next(list, m))
		e = load_step(ld, m, k, state, &step[out->step_count++]);
	if (e == ERR_NONE && life_first(out) == NULL)
		e = load_refuse(ld, list, "steps", "none begins the record");
	return e;
}

static MUST enum err
load_clocks(struct load *ld, struct json_val v, const struct kind *k,
    const struct field *state, struct life *out)
{
	struct json_val list = json_get(v, "clocks");
	struct life_clock *clock;
	enum err e = ERR_NONE;

	if (list.type == JSON_ABSENT)
		return ERR_NONE;
	if (list.type != JSON_ARRAY || json_count(list) > LIFE_CLOCKS_MAX)
		return load_refuse(ld, list, "clocks", "is no short list");
	clock = arena_alloc(&ld->s->mem,
	    (json_count(list) + 1) * sizeof *clock);
	out->clock = clock;
	for (struct json_val m = json_first(list);
	     e == ERR_NONE && m.type != JSON_ABSENT; m = json_next(list, m))
		e = load_clock(ld, m, k, state, &clock[out->clock_count++]);
	return e;
}

static MUST enum err
load_lapse(struct load *ld, struct json_val v, const struct kind *k,
    const struct field *state, struct life_lapse *out)
{
	static const char *const known[] = { "from", "at", "to", "within_s",
		NULL };
	struct life_list to = { &out->to, 1 };
	enum err e;

	if ((e = load_only(ld, v, "lapses", known)) != ERR_NONE ||
	    (e = load_string(ld, v, "at", &out->at)) != ERR_NONE ||
	    (e = load_string(ld, v, "to", &out->to)) != ERR_NONE ||
	    (e = load_strings(ld, v, "from", &out->from)) != ERR_NONE ||
	    (e = load_seconds(ld, v, "within_s", &out->within_s)) !=
	    ERR_NONE ||
	    (e = check_states(ld, v, state, &to)) != ERR_NONE ||
	    (e = check_states(ld, v, state, &out->from)) != ERR_NONE)
		return e;
	return is_time(k, out->at) ? ERR_NONE :
	    load_refuse(ld, v, out->at, "is no field with a time");
}

static MUST enum err
load_lapses(struct load *ld, struct json_val v, const struct kind *k,
    const struct field *state, struct life *out)
{
	struct json_val list = json_get(v, "lapses");
	struct life_lapse *lapse;
	enum err e = ERR_NONE;

	if (list.type == JSON_ABSENT)
		return ERR_NONE;
	if (list.type != JSON_ARRAY)
		return load_refuse(ld, list, "lapses", "is no list");
	lapse = arena_alloc(&ld->s->mem,
	    (json_count(list) + 1) * sizeof *lapse);
	out->lapse = lapse;
	for (struct json_val m = json_first(list);
	     e == ERR_NONE && m.type != JSON_ABSENT; m = json_next(list, m))
		e = load_lapse(ld, m, k, state, &lapse[out->lapse_count++]);
	return e;
}

static MUST enum err
load_one(struct load *ld, struct json_val v, const struct kind *k,
    struct life *out)
{
	const struct field *fd;
	enum err e;

	if (json_get(v, "one").type == JSON_ABSENT)
		return ERR_NONE;
	e = load_string(ld, v, "one", &out->one);
	if (e != ERR_NONE)
		return e;
	fd = field_find(k, span_str(out->one));
	return fd != NULL && fd->type == FIELD_ENUM && k->about ? ERR_NONE :
	    load_refuse(ld, v, out->one,
		"is no coded field of a kind about another");
}

/* It must have a word for each action. */
static MUST enum err
load_event(struct load *ld, struct json_val v, const struct kind *k,
    struct life *out)
{
	const struct field *fd, *what = NULL;
	enum err e;

	if (json_get(v, "event").type == JSON_ABSENT)
		return ERR_NONE;
	e = load_string(ld, v, "event", &out->event);
	if (e != ERR_NONE)
		return e;
	fd = field_find(k, span_str(out->event));
	for (size_t i = 0; fd != NULL && i < fd->field_count; i++)
		if (strcmp(fd->field[i].name, "what") == 0)
			what = &fd->field[i];
	if (what == NULL || what->type != FIELD_ENUM)
		return load_refuse(ld, v, out->event,
		    "is no object with a coded member 'what'");
	for (size_t i = 0; i < out->step_count; i++)
		if (choice_find(what->choices,
			span_str(out->step[i].action)) == NULL)
			return load_refuse(ld, v, out->step[i].action,
			    "is no value of 'what'");
	return ERR_NONE;
}

enum err
load_life(struct load *ld, struct json_val v, struct kind *k)
{
	static const char *const known[] = { "field", "steps", "clocks",
		"lapses", "one", "event", NULL };
	struct life *l = arena_alloc(&ld->s->mem, sizeof *l);
	struct json_val m = json_get(v, "life");
	const struct field *state;
	enum err e;

	if (m.type == JSON_ABSENT)
		return ERR_NONE;
	if ((e = load_only(ld, m, "life", known)) != ERR_NONE ||
	    (e = load_string(ld, m, "field", &l->field)) != ERR_NONE)
		return e;
	state = field_find(k, span_str(l->field));
	if (state == NULL || state->type != FIELD_ENUM)
		return load_refuse(ld, m, l->field, "is no coded field");
	if ((e = load_steps(ld, m, k, state, l)) != ERR_NONE ||
	    (e = load_clocks(ld, m, k, state, l)) != ERR_NONE ||
	    (e = load_lapses(ld, m, k, state, l)) != ERR_NONE ||
	    (e = load_one(ld, m, k, l)) != ERR_NONE ||
	    (e = load_event(ld, m, k, l)) != ERR_NONE)
		return e;
	k->life = l;
	return ERR_NONE;
}

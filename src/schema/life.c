/* SPDX-License-Identifier: Apache-2.0
 *
 * Walking life cycles. They are read in kind_life.c.
 */
#include "schema/life.h"

static bool
has(const struct life_list *l, struct span name)
{
	for (size_t i = 0; i < l->count; i++)
		if (span_is_str(name, l->at[i]))
			return true;
	return false;
}

struct span
life_state(const struct life *l, struct json_val body, struct arena *a)
{
	struct span s;

	return json_text(json_get(body, l->field), a, &s) == ERR_NONE ? s :
	    span_str("");
}

/* The lapse of `state`, and its time; NULL: it stays. */
static const struct life_lapse *
find_lapse(const struct life *l, struct span state, struct json_val body,
    int64_t *at_s)
{
	for (size_t i = 0; i < l->lapse_count; i++)
		if (has(&l->lapse[i].from, state) &&
		    json_i64(json_get(body, l->lapse[i].at), at_s) == ERR_NONE)
			return &l->lapse[i];
	return NULL;
}

struct span
life_now(const struct life *l, struct json_val body, int64_t now_s,
    struct arena *a)
{
	struct span state = life_state(l, body, a);
	const struct life_lapse *x;
	int64_t at_s;

	x = find_lapse(l, state, body, &at_s);
	return x != NULL && at_s <= now_s ? span_str(x->to) : state;
}

int64_t
life_lapses_at(const struct life *l, struct json_val body, struct arena *a)
{
	int64_t at_s;

	return find_lapse(l, life_state(l, body, a), body, &at_s) != NULL ?
	    at_s : 0;
}

enum err
life_check_lapse(const struct life *l, struct span state, struct json_val body,
    int64_t now_s, struct fault *f)
{
	const struct life_lapse *x;
	int64_t at_s;

	x = find_lapse(l, state, body, &at_s);
	if (x == NULL)
		return ERR_NONE;
	if (at_s <= now_s)
		return fault_at(f, ERR_RULE, 0, x->at,
		    "its time has passed already");
	if (x->within_s != 0 && at_s - now_s > x->within_s)
		return fault_at(f, ERR_RULE, 0, x->at,
		    "is more than %lld hours ahead",
		    (long long)(x->within_s / 3600));
	return ERR_NONE;
}

bool
life_is_final(const struct life *l, struct span state)
{
	for (size_t i = 0; i < l->step_count; i++)
		if (has(&l->step[i].from, state))
			return false;
	return true;
}

const struct life_step *
life_first(const struct life *l)
{
	return life_begin(l, span_str(""));
}

const struct life_step *
life_begin(const struct life *l, struct span action)
{
	for (size_t i = 0; i < l->step_count; i++)
		if (l->step[i].from.count == 0 &&
		    (action.n == 0 ||
			span_is_str(action, l->step[i].action)))
			return &l->step[i];
	return NULL;
}

const struct life_step *
life_find(const struct life *l, struct span state, struct span action)
{
	for (size_t i = 0; i < l->step_count; i++)
		if (has(&l->step[i].from, state) &&
		    span_is_str(action, l->step[i].action))
			return &l->step[i];
	return NULL;
}

static bool
may(const struct life_step *s, struct span roles)
{
	size_t at = 0;

	if (s->by.count == 0 || span_is_str(roles, "*"))
		return true;
	while (at < roles.n) {
		size_t end = at;

		while (end < roles.n && roles.p[end] != ' ')
			end++;
		if (has(&s->by, span_of(roles.p + at, end - at)))
			return true;
		at = end + 1;
	}
	return false;
}

static bool
is_empty(struct json_val v)
{
	return v.type == JSON_ABSENT || v.type == JSON_NULL ||
	    ((v.type == JSON_ARRAY || v.type == JSON_OBJECT) &&
		json_count(v) == 0);
}

enum err
life_check(const struct life_step *s, struct span roles, struct json_val body,
    int64_t since_s, int64_t now_s, struct fault *f)
{
	int64_t when;

	if (!may(s, roles))
		return fault_at(f, ERR_RULE, 0, s->action,
		    "this step is for the %s%s%s", s->by.at[0],
		    s->by.count > 1 ? " or the " : "",
		    s->by.count > 1 ? s->by.at[1] : "");
	for (size_t i = 0; i < s->needs.count; i++)
		if (is_empty(json_get(body, s->needs.at[i])))
			return fault_at(f, ERR_RULE, 0, s->needs.at[i],
			    "is needed for this step");
	if (now_s - since_s < s->after_s)
		return fault_at(f, ERR_RULE, 0, s->action,
		    "it is too soon: %lld s of %lld have passed",
		    (long long)(now_s - since_s), (long long)s->after_s);
	if (s->reached != NULL &&
	    json_i64(json_get(body, s->reached), &when) == ERR_NONE &&
	    now_s < when)
		return fault_at(f, ERR_RULE, 0, s->reached,
		    "its time has not come");
	return ERR_NONE;
}

static bool
entered(const struct life_past *past, size_t n, const struct life_list *states,
    int64_t *at_s)
{
	for (size_t i = 0; i < n; i++)
		if (has(states, past[i].state)) {
			*at_s = past[i].at_s;
			return true;
		}
	return false;
}

static bool
begun(const struct life_clock *c, const struct life_past *past, size_t n,
    struct json_val body, int64_t *at_s)
{
	const struct life_list since = { &c->since, 1 };

	if (c->since_field)
		return json_i64(json_get(body, c->since), at_s) == ERR_NONE;
	return entered(past, n, &since, at_s);
}

size_t
life_clocks(const struct life *l, const struct life_past *past, size_t past_n,
    struct json_val body, int64_t now_s, struct life_due *out)
{
	size_t n = 0;

	for (size_t i = 0; i < l->clock_count; i++) {
		const struct life_clock *c = &l->clock[i];
		struct life_due d = { .clock = c };
		int64_t since;

		if (!begun(c, past, past_n, body, &since))
			continue;
		d.due_s = since + c->within_s;
		(void)!entered(past, past_n, &c->until, &d.done_s);
		d.is_late = (d.done_s != 0 ? d.done_s : now_s) > d.due_s;
		out[n++] = d;
	}
	return n;
}

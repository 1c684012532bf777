/* SPDX-License-Identifier: Apache-2.0
 *
 * Turns and presence.
 */
#include "watch/duty.h"

#include "base/json.h"
#include "base/limits.h"

#include <string.h>

enum { LONGEST_S = 86400 };

static enum err
load_time(struct json_val v, const char *key, int64_t *out_ms,
    struct fault *f)
{
	uint64_t s;

	if (json_u64(json_get(v, key), &s) != ERR_NONE || s == 0 ||
	    s > LONGEST_S)
		return fault_at(f, ERR_SCHEMA, 0, key,
		    "is not seconds up to a day");
	*out_ms = (int64_t)s * 1000;
	return ERR_NONE;
}

enum err
duty_policy_load(const struct embed_set *files, struct duty_policy *out,
    struct fault *f)
{
	struct duty_policy p = { 0 };
	struct arena a = { 0 };
	struct json_val v;
	struct json doc;
	enum err e = json_parse_embed(files, "escalation.json", &a, &doc, f);

	if (e == ERR_NONE) {
		v = json_get(json_root(&doc), "duty");
		e = load_time(v, "confirm_s", &p.confirm_ms, f);
		if (e == ERR_NONE)
			e = load_time(v, "session_s", &p.session_ms, f);
		if (e == ERR_NONE)
			e = load_time(v, "accept_s", &p.accept_ms, f);
		if (e == ERR_NONE)
			e = load_time(v, "overrun_s", &p.overrun_ms, f);
	}
	arena_release(&a);
	if (e == ERR_NONE)
		*out = p;
	return e;
}

/* --- presence --- */

void
duty_acted(struct duty_sign *s, struct mono at)
{
	if (s->has_acted && s->acted.ms >= at.ms)
		return;
	s->has_acted = true;
	s->acted = at;
}

void
duty_armed(struct duty_sign *s, struct mono now)
{
	s->open++;
	duty_heard(s, now);
}

void
duty_heard(struct duty_sign *s, struct mono now)
{
	s->was_armed = true;
	s->armed = now;
}

void
duty_closed(struct duty_sign *s, struct mono now)
{
	/* what she did before does not say that she is there after */
	s->armed = now;
	if (s->open != 0)
		s->open--;
}

enum presence
duty_presence(const struct duty_policy *p, const struct duty_sign *s,
    struct mono now)
{
	if (s->open != 0 && now.ms - s->armed.ms < p->session_ms)
		return PRESENCE_ARMED;
	if (s->has_acted && now.ms - s->acted.ms < p->confirm_ms &&
	    (!s->was_armed || s->acted.ms > s->armed.ms))
		return PRESENCE_CONFIRMED;
	return PRESENCE_NONE;
}

const char *
presence_word(enum presence p)
{
	static const char *const words[] = { [PRESENCE_NONE] = "unconfirmed",
		[PRESENCE_CONFIRMED] = "confirmed",
		[PRESENCE_ARMED] = "armed" };

	return words[p];
}

/* --- a turn --- */

/* Is it so late? Else it is looked at when it will be. */
static bool
is_past(int64_t at_ms, struct wall now, int64_t *wait_ms)
{
	if (now.ms >= at_ms)
		return true;
	if (at_ms - now.ms < *wait_ms)
		*wait_ms = at_ms - now.ms;
	return false;
}

enum duty_act
duty_look(const struct duty_policy *p, const struct duty_turn *t,
    const struct duty_facts *facts, struct wall now, int64_t *wait_ms)
{
	*wait_ms = DUTY_LOOK_MS;
	if (facts->is_succeeded)
		return DUTY_END;
	if (facts->left_s != 0 && is_past(facts->left_s * 1000 +
		p->overrun_ms, now, wait_ms))
		return facts->urgent == 0 && !t->is_handing ? DUTY_END :
							      DUTY_OVERRUN;
	if (t->is_handing && is_past(t->offered_s * 1000 + p->accept_ms, now,
	    wait_ms))
		return DUTY_UNACCEPTED;
	return DUTY_STAY;
}

static bool
is_offered(const struct duty_turn *t, const char *person, unsigned holds)
{
	if (!t->is_handing)
		return false;
	return t->to_post == POST_COUNT ? strcmp(t->to, person) == 0 :
					  (holds & 1U << t->to_post) != 0;
}

enum err
duty_may_take(const struct duty_turn *t, const char *person, bool is_lead,
    unsigned holds, enum presence presence, struct fault *f)
{
	if (strcmp(t->person, person) == 0 && !t->is_handing)
		return fault_at(f, ERR_RULE, 0, "post",
		    "you have it already");
	if (is_lead || presence == PRESENCE_NONE ||
	    strcmp(t->person, person) == 0 || is_offered(t, person, holds))
		return ERR_NONE;
	return fault_at(f, ERR_RULE, 0, "post", "%s has it, is present, and "
	    "did not hand it over to you", t->person);
}

enum err
duty_may_leave(const struct duty_facts *facts, struct fault *f)
{
	if (facts->urgent != 0)
		return fault_at(f, ERR_RULE, 0, "to", "%u of level 4 or 5 open: "
		    "say to whom it goes", facts->urgent);
	return ERR_NONE;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The records of the desk: escalation, page, page-stop in the private log; the
 * word to another team, which says that somebody does not answer, and no more.
 */
#include "watch/desk_inside.h"

#include "base/json.h"
#include "record/entry.h"

#include <stdio.h>

static const char *const states[] = { [ESCALATION_ARMED] = "armed",
	[ESCALATION_CALLING] = "calling", [ESCALATION_DONE] = "done" };
static const char *const ends[] = { [ESCALATION_OPEN] = "",
	[ESCALATION_ANSWERED] = "answered",
	[ESCALATION_EXHAUSTED] = "exhausted",
	[ESCALATION_CANCELLED] = "cancelled" };

static void
put_id(struct json_out *w, const char *key, const struct uuid *id)
{
	char text[UUID_TEXT + 1];

	uuid_write(id, text);
	json_put_member_str(w, key, text);
}

static void
put_notice(struct json_out *w, const struct desk_notice *n)
{
	char text[ENTRY_DIGEST_TEXT + 1];

	entry_write_digest(&n->digest, text);
	json_put_key(w, "notice");
	json_put_open(w, '{');
	put_id(w, "id", &n->id);
	json_put_member_str(w, "digest", text);
	json_put_member_str(w, "origin", n->origin);
	json_put_member_u64(w, "number", n->number);
	json_put_close(w, '}');
}

static void
put_posts(struct json_out *w, const char *key, unsigned posts)
{
	json_put_key(w, key);
	json_put_open(w, '[');
	for (enum post p = 0; p < POST_COUNT; p++)
		if ((posts & 1U << p) != 0)
			json_put_str(w, post_word(p));
	json_put_close(w, ']');
}

static void
put_answers(struct json_out *w, const struct desk_item *it)
{
	json_put_key(w, "answers");
	json_put_open(w, '[');
	for (size_t i = 0; i < it->answer_n; i++) {
		const struct desk_answer *a = &it->answer[i];

		json_put_open(w, '{');
		json_put_member_str(w, "person", a->person);
		put_posts(w, "posts", a->posts);
		json_put_member_u64(w, "at", (uint64_t)a->at_s);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static void
put_outs(struct json_out *w, const struct desk_item *it)
{
	json_put_key(w, "made");
	json_put_open(w, '[');
	for (size_t i = 0; i < it->out_n; i++) {
		const struct desk_out *o = &it->out[i];

		json_put_open(w, '{');
		put_id(w, "id", &o->id);
		if (o->is_word) {
			json_put_member_str(w, "told", told_word(o->told));
		} else {
			json_put_member_str(w, "person", o->person);
			json_put_member_str(w, "post", post_word(o->post));
			json_put_member_str(w, "channel",
			    channel_word(o->channel));
		}
		if (o->is_quiet)
			json_put_member_bool(w, "quiet", true);
		if (o->count != 0)
			json_put_member_u64(w, "count", o->count);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

void
desk_write_item(const struct desk_item *it, const struct ladder *l,
    struct buf *out)
{
	const struct desk_notice *n = &it->notice;
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_str(&w, "case", ladder_case_word(it->what));
	json_put_member_str(&w, "state", states[it->e.state]);
	if (it->e.end != ESCALATION_OPEN)
		json_put_member_str(&w, "end", ends[it->e.end]);
	put_notice(&w, n);
	json_put_member_u64(&w, "level", (uint64_t)n->level);
	json_put_member_bool(&w, "exercise", n->exercise);
	json_put_member_str(&w, "issuer", n->issuer);
	json_put_member_str(&w, "silent", n->silent);
	if (n->campaign[0] != '\0')
		json_put_member_str(&w, "campaign", n->campaign);
	json_put_member_u64(&w, "issued", (uint64_t)n->iat_s);
	json_put_member_u64(&w, "step", it->e.step);
	json_put_member_u64(&w, "steps", l->n);
	json_put_member_u64(&w, "from_ms", (uint64_t)it->e.from_ms);
	json_put_member_u64(&w, "at", (uint64_t)(it->step_ms / 1000));
	json_put_member_bool(&w, "doubted", it->e.is_doubted);
	put_posts(&w, "answered", it->e.answered);
	put_answers(&w, it);
	put_outs(&w, it);
	json_put_member_u64(&w, "merged", it->merged);
	json_put_member_u64(&w, "held", it->held);
	json_put_member_u64(&w, "absent", it->absent);
	json_put_close(&w, '}');
}

void
desk_write_page(const struct desk_item *it, const struct ladder *l,
    const struct desk_out *o, struct buf *out)
{
	char mark[DESK_MARK + 1];
	int64_t left_ms = l->exhausted_ms -
	    (it->e.step != 0 && it->e.step <= l->n ?
		l->step[it->e.step - 1].after_ms : 0);
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	put_id(&w, "id", &o->id);
	json_put_member_str(&w, "person", o->person);
	json_put_member_str(&w, "post", post_word(o->post));
	json_put_member_str(&w, "channel", channel_word(o->channel));
	json_put_member_str(&w, "reason",
	    it->what == LADDER_TEST ? "trial" :
	    it->what == LADDER_RECIPIENT ? "escalation" : "unanswered");
	put_notice(&w, &it->notice);
	json_put_member_u64(&w, "level", (uint64_t)it->notice.level);
	put_id(&w, "escalation", &it->id);
	json_put_member_u64(&w, "step", it->e.step);
	if (o->count > 1) {
		json_put_member_u64(&w, "count", o->count);
		desk_storm_mark(it, mark);
		json_put_member_str(&w, "dedup", mark);
	}
	json_put_member_bool(&w, "exercise", it->notice.exercise);
	json_put_member_u64(&w, "until",
	    (uint64_t)((it->e.from_ms + (left_ms > 0 ? left_ms : 0)) / 1000));
	json_put_close(&w, '}');
}

void
desk_write_stop(const struct desk_item *it, const char *person,
    enum escalation_end end, struct wall now, struct buf *out)
{
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	put_id(&w, "escalation", &it->id);
	if (person[0] != '\0')
		json_put_member_str(&w, "person", person);
	json_put_member_str(&w, "why", end == ESCALATION_CANCELLED ?
	    "cancelled" : "answered");
	json_put_member_u64(&w, "at", (uint64_t)(now.ms / 1000));
	json_put_close(&w, '}');
}

void
desk_write_word(const struct desk_item *it, const struct desk_out *o,
    struct buf *out)
{
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_str(&w, "silent", it->notice.silent);
	json_put_member_str(&w, "what", o->to_issuer ? "exhausted" :
	    it->what == LADDER_NO_RECEIPT ? "no_receipt" : "no_answer");
	json_put_member_u64(&w, "level", (uint64_t)it->notice.level);
	json_put_member_u64(&w, "since", (uint64_t)it->notice.iat_s);
	json_put_member_u64(&w, "step", it->e.step);
	json_put_member_bool(&w, "exercise", it->notice.exercise);
	json_put_close(&w, '}');
}

/* --- reading --- */

static enum err
get_string(struct json_val v, const char *key, size_t most, struct arena *a,
    const char **out, struct fault *f)
{
	struct span s;

	if (json_text(json_get(v, key), a, &s) != ERR_NONE || s.n > most)
		return fault_at(f, ERR_SCHEMA, 0, key, "is missing or too "
		    "long");
	*out = arena_string(a, s);
	return ERR_NONE;
}

static enum err
get_text(struct json_val v, const char *key, char *out, size_t max,
    struct arena *a, struct fault *f)
{
	const char *s;
	enum err e = get_string(v, key, max - 1, a, &s, f);

	if (e == ERR_NONE)
		snprintf(out, max, "%s", s);
	return e;
}

static enum err
get_uuid(struct json_val v, const char *key, struct uuid *out,
    struct arena *a, struct fault *f)
{
	struct span s;

	if (json_text(json_get(v, key), a, &s) != ERR_NONE ||
	    uuid_parse(s, out) != ERR_NONE)
		return fault_at(f, ERR_SCHEMA, 0, key, "is no id");
	return ERR_NONE;
}

static unsigned
get_posts(struct json_val list, struct arena *a)
{
	unsigned set = 0;
	struct span s;

	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v))
		if (json_text(v, a, &s) == ERR_NONE &&
		    post_find(s) != POST_COUNT)
			set |= 1U << post_find(s);
	return set;
}

static enum err
parse_notice(struct json_val body, struct desk_notice *n, struct arena *a,
    struct fault *f)
{
	struct json_val v = json_get(body, "notice");
	uint64_t level, iat = 0;
	struct span s;
	enum err e = get_uuid(v, "id", &n->id, a, f);

	if (e == ERR_NONE)
		e = json_text(json_get(v, "digest"), a, &s);
	if (e == ERR_NONE)
		e = entry_parse_digest(s, &n->digest);
	if (e == ERR_NONE)
		e = get_string(v, "origin", LIMIT_NAME, a, &n->origin, f);
	if (e == ERR_NONE)
		e = json_u64(json_get(v, "number"), &n->number);
	if (e == ERR_NONE)
		e = json_u64(json_get(body, "level"), &level);
	if (e == ERR_NONE && (level == 0 || level >= LADDER_LEVELS))
		e = fault_at(f, ERR_SCHEMA, 0, "level", "is none");
	if (e == ERR_NONE)
		e = json_u64(json_get(body, "issued"), &iat);
	if (e == ERR_NONE)
		e = get_string(body, "issuer", LIMIT_TEAM_NAME, a, &n->issuer,
		    f);
	if (e == ERR_NONE)
		e = get_string(body, "silent", LIMIT_TEAM_NAME, a, &n->silent,
		    f);
	if (e != ERR_NONE)
		return e;
	n->level = (int)level;
	n->iat_s = (int64_t)iat;
	n->exercise = json_get(body, "exercise").type == JSON_TRUE;
	n->campaign = "";
	(void)!get_string(body, "campaign", DESK_CAMPAIGN, a, &n->campaign,
	    NULL);
	return ERR_NONE;
}

static enum err
parse_out(struct json_val v, struct desk_out *o, struct arena *a,
    struct fault *f)
{
	uint64_t count = 0;
	struct span s;
	enum err e = get_uuid(v, "id", &o->id, a, f);

	if (e != ERR_NONE)
		return e;
	(void)!json_u64(json_get(v, "count"), &count);
	o->count = (unsigned)count;
	if (json_text(json_get(v, "told"), a, &s) == ERR_NONE) {
		o->is_word = true;
		for (o->told = 0; o->told < TOLD_COUNT; o->told++)
			if (span_is_str(s, told_word(o->told)))
				return ERR_NONE;
		return fault_at(f, ERR_SCHEMA, 0, "told", "is nobody");
	}
	e = get_text(v, "person", o->person, sizeof o->person, a, f);
	if (e == ERR_NONE)
		e = json_text(json_get(v, "post"), a, &s);
	if (e == ERR_NONE && (o->post = post_find(s)) == POST_COUNT)
		e = fault_at(f, ERR_SCHEMA, 0, "post", "is none");
	if (e == ERR_NONE)
		e = json_text(json_get(v, "channel"), a, &s);
	if (e == ERR_NONE && (o->channel = channel_find(s)) == CHANNEL_COUNT)
		e = fault_at(f, ERR_SCHEMA, 0, "channel", "is none");
	o->is_quiet = json_get(v, "quiet").type == JSON_TRUE;
	return e;
}

static enum err
parse_lists(struct json_val body, struct desk_item *it, struct arena *a,
    struct fault *f)
{
	struct json_val list = json_get(body, "made");
	enum err e = ERR_NONE;

	for (struct json_val v = json_first(list); e == ERR_NONE &&
	     v.type != JSON_ABSENT && it->out_n < DESK_OUTS;
	     v = json_next(list, v))
		e = parse_out(v, desk_add_out(it), a, f);
	list = json_get(body, "answers");
	for (struct json_val v = json_first(list); e == ERR_NONE &&
	     v.type != JSON_ABSENT && it->answer_n < DESK_ANSWERS;
	     v = json_next(list, v)) {
		struct desk_answer *k = desk_add_answer(it);

		e = get_text(v, "person", k->person, sizeof k->person, a, f);
		k->posts = get_posts(json_get(v, "posts"), a);
		if (e == ERR_NONE)
			e = json_i64(json_get(v, "at"), &k->at_s);
	}
	return e;
}

static enum err
parse_clock(struct json_val body, struct desk_item *it, struct arena *a,
    struct fault *f)
{
	struct json_val state = json_get(body, "state");
	uint64_t step, merged = 0, held = 0, absent = 0;
	int64_t at = 0;
	enum err e = json_u64(json_get(body, "step"), &step);

	if (e == ERR_NONE && step > LADDER_STEPS)
		e = fault_at(f, ERR_SCHEMA, 0, "step", "is too large");
	if (e == ERR_NONE)
		e = json_i64(json_get(body, "from_ms"), &it->e.from_ms);
	if (e == ERR_NONE && !json_is_str(state, "calling"))
		e = fault_at(f, ERR_SCHEMA, 0, "state", "is not open");
	while (e == ERR_NONE && !json_is_str(json_get(body, "case"),
	    ladder_case_word(it->what)))
		if (++it->what == LADDER_CASES)
			return fault_at(f, ERR_SCHEMA, 0, "case", "is none");
	if (e != ERR_NONE)
		return e;
	(void)!json_i64(json_get(body, "at"), &at);
	(void)!json_u64(json_get(body, "merged"), &merged);
	(void)!json_u64(json_get(body, "held"), &held);
	(void)!json_u64(json_get(body, "absent"), &absent);
	it->absent = absent < DESK_OUTS ? (unsigned)absent : DESK_OUTS;
	it->merged = merged != 0;
	it->held = held != 0;
	it->step_ms = at * 1000;
	it->e.state = ESCALATION_CALLING;
	it->e.step = (unsigned)step;
	it->e.is_doubted = json_get(body, "doubted").type == JSON_TRUE;
	it->e.answered = get_posts(json_get(body, "answered"), a);
	return ERR_NONE;
}

enum err
desk_parse_item(struct span body, struct arena *a, struct desk_item *out,
    struct fault *f)
{
	struct json doc;
	enum err e = json_parse_arena(body, LIMIT_JSON_DEPTH,
	    LIMIT_JSON_TOKENS, a, &doc, f);

	*out = (struct desk_item){ 0 };
	if (e == ERR_NONE)
		e = parse_notice(json_root(&doc), &out->notice, a, f);
	if (e == ERR_NONE)
		e = parse_clock(json_root(&doc), out, a, f);
	if (e == ERR_NONE)
		e = parse_lists(json_root(&doc), out, a, f);
	return e;
}

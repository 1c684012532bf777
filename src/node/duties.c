/* SPDX-License-Identifier: Apache-2.0
 *
 * Turns out of the private log, presence, and what becomes of both with time.
 */
#include "node/duties_inside.h"

#include "base/log.h"
#include "base/mem.h"
#include "node/escalations.h"
#include "node/rosters.h"

#include <stdlib.h>

enum { CALL_S = 3600 };

enum err
duties_open(struct service *s)
{
	struct duties *d = mem_alloc(sizeof *d);
	struct fault f = { 0 };
	enum err e = duty_policy_load(&schema_files, &d->policy, &f);

	if (e != ERR_NONE) {
		log_event(LOG_ERROR, "duty.policy", log_str("field", f.field),
		    log_str("rule", f.rule));
		free(d);
		return e;
	}
	d->service = s;
	s->duties = d;
	return ERR_NONE;
}

void
duties_close(struct service *s)
{
	if (s->duties == NULL)
		return;
	arena_release(&s->duties->mem);
	free(s->duties);
	s->duties = NULL;
}

/* --- people --- */

static struct duties_person *
person_of(struct duties *d, struct span login)
{
	struct duties_person *p;

	for (size_t i = 0; i < d->person_n; i++)
		if (span_is_str(login, d->person[i].login))
			return &d->person[i];
	if (login.n == 0 || login.n > DUTY_PERSON ||
	    d->person_n == DUTIES_PEOPLE)
		return NULL;
	p = &d->person[d->person_n++];
	snprintf(p->login, sizeof p->login, "%.*s", SPAN_FMT(login));
	return p;
}

void
duties_acted(struct service *s, struct span person)
{
	struct duties_person *p = s->duties == NULL ? NULL :
	    person_of(s->duties, person);

	if (p != NULL)
		duty_acted(&p->sign, loop_now(s->loop).mono);
}

void
duties_session(struct service *s, const char *person, bool is_new)
{
	struct duties_person *p = s->duties == NULL ? NULL :
	    person_of(s->duties, span_str(person));

	if (p == NULL)
		return;
	if (is_new)
		duty_armed(&p->sign, loop_now(s->loop).mono);
	else
		duty_heard(&p->sign, loop_now(s->loop).mono);
	escalations_stir(s);
}

void
duties_session_closed(struct service *s, const char *person)
{
	struct duties_person *p = s->duties == NULL ? NULL :
	    person_of(s->duties, span_str(person));

	if (p == NULL)
		return;
	duty_closed(&p->sign, loop_now(s->loop).mono);
	escalations_stir(s);
}

enum presence
duties_presence(struct service *s, const char *person)
{
	struct duties *d = s->duties == NULL ? NULL : duties_now(s);
	struct duties_person *p = d == NULL ? NULL :
	    person_of(d, span_str(person));

	return p == NULL ? PRESENCE_NONE : duty_presence(&d->policy, &p->sign,
	    loop_now(s->loop).mono);
}

/* --- reading --- */

static bool
read_turn(struct json_val v, struct arena *a, struct duties_turn *out)
{
	struct span post, person, to, from = span_str("");
	struct duty_turn *t = &out->turn;

	if (json_text(json_get(v, "post"), a, &post) != ERR_NONE ||
	    (t->post = post_find(post)) == POST_COUNT ||
	    json_text(json_get(v, "person"), a, &person) != ERR_NONE ||
	    person.n > DUTY_PERSON ||
	    json_i64(json_get(v, "since"), &t->since_s) != ERR_NONE)
		return false;
	snprintf(t->person, sizeof t->person, "%.*s", SPAN_FMT(person));
	t->is_handing = json_is_str(json_get(v, "state"), "handing_over");
	t->to_post = POST_COUNT;
	if (json_text(json_get(v, "to_post"), a, &to) == ERR_NONE)
		t->to_post = post_find(to);
	if (json_text(json_get(v, "to"), a, &to) == ERR_NONE)
		snprintf(t->to, sizeof t->to, "%.*s", SPAN_FMT(to));
	(void)!json_i64(json_get(v, "offered"), &t->offered_s);
	(void)!json_text(json_get(v, "from"), a, &from);
	snprintf(out->from, sizeof out->from, "%.*s", SPAN_FMT(from));
	out->note = span_str("");
	(void)!json_text(json_get(v, "note"), a, &out->note);
	return true;
}

static bool
see_row(void *ctx, const struct index_row *row)
{
	struct duties *d = ctx;
	struct duties_turn t = { .id = row->id, .rev = row->rev,
		.digest = row->digest };
	struct record r;

	if (record_read(d->service, row->log, row->index, &d->mem, &r) !=
	    ERR_NONE)
		return true;
	t.body = json_raw(r.body);
	if (read_turn(r.body, &d->mem, &t))
		d->turn[d->n++] = t;
	return d->n < DUTIES_TURNS;
}

/* To have taken a post is a sign of presence, after a restart too. */
static void
sign_of_turn(struct duties *d, const struct duty_turn *t)
{
	struct duties_person *p = person_of(d, span_str(t->person));
	struct now now = loop_now(d->service->loop);
	int64_t ago_ms = now.wall.ms - t->since_s * 1000;

	if (p != NULL)
		duty_acted(&p->sign, (struct mono){ now.mono.ms -
		    (ago_ms > 0 ? ago_ms : 0) });
}

struct duties *
duties_now(struct service *s)
{
	struct duties *d = s->duties;
	struct duties_turn was[DUTIES_TURNS];
	size_t was_n = d->n;

	/* of an index that is made anew nothing is known: it stays as it was */
	if (d->is_read || !index_is_whole(s->index))
		return d;
	memcpy(was, d->turn, sizeof was);
	arena_reset(&d->mem);
	d->n = 0;
	(void)!index_home(s->index, "duty-turn", see_row, d);
	for (size_t i = 0; i < d->n; i++) {
		sign_of_turn(d, &d->turn[i].turn);
		for (size_t k = 0; k < was_n; k++)
			if (memcmp(&was[k].id, &d->turn[i].id,
				sizeof was[k].id) == 0) {
				d->turn[i].is_told = was[k].is_told;
				d->turn[i].is_told_offer =
				    was[k].is_told_offer && was[k].turn
				    .offered_s == d->turn[i].turn.offered_s;
			}
	}
	/* what is not in the index yet is read the next time */
	d->is_read = index_lag(s->index) == 0;
	return d;
}

struct duties_turn *
duties_of_post(struct duties *d, enum post post)
{
	struct duties_turn *newest = NULL;

	for (size_t i = 0; i < d->n; i++)
		if (d->turn[i].turn.post == post && (newest == NULL ||
		    d->turn[i].turn.since_s > newest->turn.since_s ||
		    (d->turn[i].turn.since_s == newest->turn.since_s &&
			memcmp(&d->turn[i].id, &newest->id,
			    sizeof newest->id) > 0)))
			newest = &d->turn[i];
	return newest;
}

size_t
duties_holders(struct service *s, enum post post, const char **out,
    size_t max)
{
	struct duties *d = s->duties == NULL ? NULL : duties_now(s);
	struct duties_turn *t = d == NULL ? NULL : duties_of_post(d, post);

	if (t == NULL || max == 0)
		return 0;
	out[0] = t->turn.person;
	return 1;
}

bool
duties_relieved(struct service *s, enum post post, const char *person)
{
	int64_t now_s = loop_now(s->loop).wall.ms / 1000;
	struct duties *d = s->duties == NULL ? NULL : duties_now(s);
	struct duties_turn *t = d == NULL ? NULL : duties_of_post(d, post);

	return t != NULL && strcmp(t->from, person) == 0 &&
	    t->turn.since_s <= now_s && roster_holds(rosters_now(s), post,
		person, t->turn.since_s, now_s);
}

bool
duties_keeps(struct service *s, const char *person)
{
	const struct roster *r = rosters_now(s);
	int64_t now_s = loop_now(s->loop).wall.ms / 1000;
	struct duties *d = s->duties == NULL ? NULL : duties_now(s);
	const char *name[DESK_HOLDERS];

	for (size_t i = 0; d != NULL && i < d->n; i++)
		if (strcmp(d->turn[i].turn.person, person) == 0)
			return true;
	for (enum post p = 0; p < POST_COUNT; p++) {
		size_t n = roster_holders(r, p, now_s, name, DESK_HOLDERS);

		for (size_t i = 0; i < n; i++)
			if (strcmp(name[i], person) == 0)
				return true;
	}
	return false;
}

bool
duties_may_hold(struct service *s, enum post post, struct span person)
{
	char name[DUTY_PERSON + 1];

	if (person.n == 0 || person.n > DUTY_PERSON)
		return false;
	snprintf(name, sizeof name, "%.*s", SPAN_FMT(person));
	return roster_names(rosters_now(s), post, name) ||
	    escalations_has_role(s, post, person);
}

struct duty_facts
duties_facts(struct duties *d, const struct duties_turn *t)
{
	struct service *s = d->service;
	const struct roster *r = rosters_now(s);
	int64_t now_s = loop_now(s->loop).wall.ms / 1000;
	int64_t from_s = now_s - t->turn.since_s > ROSTER_LONGEST_S ?
	    now_s - ROSTER_LONGEST_S : t->turn.since_s;
	struct duty_facts f = { .urgent = duties_urgent(s),
		.is_succeeded = duties_of_post(d, t->turn.post) != t };

	if (roster_has(r, t->turn.post) && from_s < now_s)
		f.left_s = roster_left(r, t->turn.post, t->turn.person, from_s,
		    now_s);
	return f;
}

/* --- writing --- */

void
duties_written(struct duties *d)
{
	d->is_read = false;
	escalations_stir(d->service);
}

static void
on_ended(void *ctx, const struct hub_appended *result)
{
	struct duties *d = ctx;

	d->writing--;
	if (result->err == ERR_NONE)
		duties_written(d);
}

static void
end_turn(struct duties *d, const struct duties_turn *t)
{
	static const char *const gone[] = { "state", "end", "next", NULL };
	struct service *s = d->service;
	struct duties_turn *next = duties_of_post(d, t->turn.post);
	struct hub_draft h = home_draft(s, "duty-turn");
	struct arena a = { 0 };
	struct json doc;
	struct json_out w;
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD / 2);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	if (json_parse_arena(t->body, LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &a,
		&doc, NULL) == ERR_NONE)
		json_put_rest(&w, json_root(&doc), gone, &a);
	json_put_member_str(&w, "state", "done");
	if (next != t) {
		json_put_member_str(&w, "end", t->turn.is_handing ?
		    "accepted" : "taken");
		json_put_member_str(&w, "next", next->turn.person);
	} else {
		json_put_member_str(&w, "end", "over");
	}
	json_put_close(&w, '}');
	h.has_id = true;
	h.id = t->id;
	h.rev = t->rev + 1;
	h.replaces = &t->digest;
	h.replaces_n = 1;
	h.body = buf_span(&b);
	d->writing++;
	hub_append(s->hub, &h, on_ended, d);
	service_stir(s);
	buf_release(&b);
	arena_release(&a);
}

/* --- time --- */

/* The lead learns it too. */
static void
tell(struct duties *d, const struct duties_turn *t, enum duty_act act)
{
	struct service *s = d->service;
	int64_t now_s = loop_now(s->loop).wall.ms / 1000;
	char text[200];

	snprintf(text, sizeof text, act == DUTY_OVERRUN ?
	    "the shift of %s as %s is over, and nobody has taken it: "
	    "almenara take" : "%s hands over as %s, and nobody has accepted: "
	    "almenara take", t->turn.person, post_word(t->turn.post));
	service_alarm(s, text);
	escalations_call(s, POST_LEAD, NULL, "handover", &t->id,
	    now_s - now_s % CALL_S + 2 * (int64_t)CALL_S);
}

static void
look_at(struct duties *d, struct duties_turn *t)
{
	struct duty_facts f = duties_facts(d, t);
	int64_t wait_ms;
	enum duty_act act = duty_look(&d->policy, &t->turn, &f,
	    loop_now(d->service->loop).wall, &wait_ms);

	if (act == DUTY_END)
		end_turn(d, t);
	else if (act == DUTY_OVERRUN && !t->is_told) {
		t->is_told = true;
		tell(d, t, act);
	} else if (act == DUTY_UNACCEPTED && !t->is_told_offer) {
		t->is_told_offer = true;
		tell(d, t, act);
	}
}

/* Of who keeps a post. */
static void
look_at_presence(struct duties *d, const struct duty_turn *t)
{
	struct duties_person *p = person_of(d, span_str(t->person));
	enum presence now = duties_presence(d->service, t->person);
	char text[200];

	if (p == NULL || now == p->told)
		return;
	audit_self(d->service, act_token(ACT_PRESENCE), NULL, t->person,
	    presence_word(now), post_word(t->post));
	if (now == PRESENCE_NONE) {
		snprintf(text, sizeof text, "%s keeps the post %s, and is not "
		    "known to be there: almenara watch", t->person,
		    post_word(t->post));
		service_alarm(d->service, text);
	}
	p->told = now;
}

void
duties_look(struct service *s)
{
	struct duties *d = s->duties;

	if (d == NULL || index_lag(s->index) != 0)
		return;
	d = duties_now(s);
	hub_set_cover(s->hub, duties_cover(s));
	for (size_t i = 0; i < d->n; i++)
		look_at_presence(d, &d->turn[i].turn);
	for (size_t i = 0; d->writing == 0 && i < d->n; i++)
		look_at(d, &d->turn[i]);
}

/* --- showing --- */

static void
put_person(struct service *s, struct json_out *w, enum post post,
    const char *person)
{
	struct duties_turn *t = duties_of_post(s->duties, post);

	json_put_open(w, '{');
	json_put_member_str(w, "post", post_word(post));
	json_put_member_str(w, "person", person);
	json_put_member_str(w, "presence",
	    presence_word(duties_presence(s, person)));
	if (t != NULL && strcmp(t->turn.person, person) == 0) {
		json_put_member_u64(w, "since", (uint64_t)t->turn.since_s);
		if (t->turn.is_handing) {
			json_put_member_str(w, "to", t->turn.to_post !=
			    POST_COUNT ? post_word(t->turn.to_post) :
			    t->turn.to);
			json_put_member_u64(w, "offered",
			    (uint64_t)t->turn.offered_s);
			json_put_member_span(w, "note", t->note);
		}
	}
	json_put_close(w, '}');
}

void
duties_put(struct service *s, struct json_out *w)
{
	struct desk_holder h[DESK_HOLDERS];

	json_put_key(w, "duty");
	json_put_open(w, '[');
	for (enum post p = 0; s->duties != NULL && p < POST_COUNT; p++) {
		size_t n = escalations_people(s, p, h, DESK_HOLDERS);

		for (size_t i = 0; i < n; i++)
			if (h[i].on_call)
				put_person(s, w, p, h[i].person);
	}
	json_put_close(w, ']');
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking after what was promised.
 */
#include "node/pledges.h"

#include "base/mem.h"
#include "node/awaited.h"
#include "node/clock_told.h"
#include "node/escalations.h"
#include "node/trials.h"

#include <stdlib.h>

enum {
	SLICE = 64,       /* notices in one turn */
	PAUSE_MS = 50,    /* between two */
	AGAIN_MS = 1000,
	RETRY_MS = 30000, /* what could not be written */
	PENDING = 64,
	OPEN_MOST = 256,  /* that are shown: those that are due first */
	SAID_MOST = 64,   /* answers of this team to one notice */
	UNHEARD_MS = 5000,  /* whether who promised was heard again */
	CALL_S = 6 * 3600 /* a reminder is worth something for so long */
};

static const char *const reasons[] = { [PLEDGE_ASSESSMENT] = "assessment",
	[PLEDGE_UPDATE] = "next-update" };

/* Those that were looked at, and what of them is open. */
struct listing {
	struct pledges_item item[OPEN_MOST];
	size_t n;
	unsigned near, late;
	struct awaited awaited[AWAITED_MOST]; /* of others, that are past */
	size_t awaited_n;
};

struct pledges {
	struct service *service;
	struct loop_timer *timer;
	bool is_looking;    /* through all notices, from `before` on */
	bool is_stirred;    /* it is to look again */
	uint64_t before;
	unsigned slices;
	int64_t wait_ms;    /* until something is due */
	struct listing now, next;
	/* given to the log, and not yet to be found there */
	struct { struct uuid of; int64_t at_ms; } pending[PENDING];
	size_t pending_n;
};

struct look {
	struct pledges *p;
	struct service *service;
	struct arena mem;
	struct now now;
	struct index_row row[SLICE];
	size_t n;
};

/* One notice. */
struct subject_of {
	struct look *look;
	const struct index_row *row;
	struct pledge_facts facts;
	struct index_row first;  /* its oldest revision that is held */
	uint64_t said_index;     /* of the newest answer, in the own log */
	uint64_t heard_index;    /* of the newest other word; 0: none */
	char person[DESK_LOGIN + 1]; /* who gave the newest answer */
};

/* --- facts --- */

static bool
see_revision(void *ctx, const struct index_row *row)
{
	struct subject_of *x = ctx;

	if (row->state != STORE_BODY_HELD || x->first.iat_s != 0)
		return true;
	x->first = *row;
	x->first.iss = arena_copy(&x->look->mem, row->iss);
	x->first.kind = arena_copy(&x->look->mem, row->kind);
	return true;
}

static bool
see_answer(void *ctx, const struct index_row *row)
{
	struct subject_of *x = ctx;
	int64_t at_s = row->iat_s;
	struct json doc;

	if ((row->flags & INDEX_MINE) == 0 ||
	    json_parse_arena(arena_copy(&x->look->mem, row->brief),
		LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &x->look->mem, &doc,
		NULL) != ERR_NONE)
		return true;
	if (!json_is_str(json_get(json_root(&doc), "answer"), "assessing"))
		x->facts.is_assessed = true;
	if (x->facts.said_s != 0 && row->index < x->said_index)
		return true;
	x->said_index = row->index;
	x->facts.next_s = 0;
	(void)!json_i64(json_get(json_root(&doc), "at"), &at_s);
	(void)!json_i64(json_get(json_root(&doc), "next_update"),
	    &x->facts.next_s);
	x->facts.said_s = at_s;
	return true;
}

static bool
see_other(void *ctx, const struct index_row *row)
{
	struct subject_of *x = ctx;

	if ((row->flags & INDEX_MINE) != 0 && row->index > x->heard_index)
		x->heard_index = row->index;
	return true;
}

/* It came later than it was issued if this node was away: then the first step
 * of its escalation is of that time. */
static bool
see_step(void *ctx, const struct index_row *row)
{
	struct subject_of *x = ctx;

	if (row->iat_s > x->facts.came_s)
		x->facts.came_s = row->iat_s;
	return false;
}

static void
find_arrival(struct subject_of *x)
{
	struct service *s = x->look->service;
	const struct index_notice want = { .revision = see_step, .ctx = x };
	struct desk_notice n = escalations_notice(s, &x->first, s->own_team,
	    &x->look->mem);
	struct uuid id = desk_case(LADDER_RECIPIENT, &n);
	struct index_audience aud;
	char text[UUID_TEXT + 1];
	struct index_row row;

	uuid_write(&id, text);
	if (index_find(s->index, INDEX_AT_HOME, span_str(text),
	    &x->look->mem, &row, NULL, NULL) == ERR_NONE)
		(void)!index_notice(s->index, &row, &want, &x->look->mem,
		    &aud);
}

static void
find_facts(struct subject_of *x)
{
	struct service *s = x->look->service;
	const struct index_notice want = { see_revision, see_answer,
		see_other, x };
	struct index_audience aud;

	(void)!index_notice(s->index, x->row, &want, &x->look->mem, &aud);
	if (x->first.iat_s == 0)
		x->first = *x->row;
	x->facts.came_s = x->first.iat_s;
	x->facts.assess_s = escalations_assess_s(s, x->row->level);
	x->facts.is_heard = x->heard_index > x->said_index;
	if (x->facts.assess_s != 0 && !x->facts.is_assessed &&
	    x->facts.came_s + x->facts.assess_s * 3 / 4 <=
		x->look->now.wall.ms / 1000)
		find_arrival(x);
}

/* Who has answered, the newest first, and was it an assessment once? */
static bool
see_acknowledged(void *ctx, uint64_t at, uint32_t log, uint64_t index)
{
	struct subject_of *x = ctx;
	struct service *s = x->look->service;
	const struct choices *all = choices_find(s->schema, "affected");
	struct span actor, answer;
	struct record r;

	(void)at;
	/* one that was refused says nothing */
	if (record_read(s, log, index, &x->look->mem, &r) != ERR_NONE ||
	    json_text(json_get(r.body, "outcome"), &x->look->mem, &answer) !=
		ERR_NONE ||
	    all == NULL || choice_find(all, answer) == NULL)
		return true;
	if (!span_is_str(answer, "assessing"))
		x->facts.is_assessed = true;
	if (x->person[0] == '\0' && x->facts.said_s != 0 &&
	    json_text(json_get(r.body, "actor"), &x->look->mem, &actor) ==
		ERR_NONE && actor.n <= DESK_LOGIN)
		snprintf(x->person, sizeof x->person, "%.*s",
		    SPAN_FMT(actor));
	return true;
}

static void
find_person(struct subject_of *x, const char *id)
{
	const struct index_trace_ask ask = { .by = INDEX_TRACE_OF,
		.value = span_str(id), .and_n = 1,
		.and_by = INDEX_TRACE_ACT,
		.and_value = span_str(act_token(ACT_ACKNOWLEDGE)),
		.limit = SAID_MOST };

	(void)!index_traces(x->look->service->index, &ask, see_acknowledged,
	    x, NULL);
}

/* --- what was told --- */

/* Was it given to the log a moment ago? If not, it will have been. */
static bool
is_pending(struct pledges *p, const struct uuid *of, struct mono now)
{
	size_t i = 0;

	while (i < PENDING && (p->pending[i].at_ms == 0 ||
	    memcmp(&p->pending[i].of, of, sizeof *of) != 0))
		i++;
	if (i < PENDING && now.ms - p->pending[i].at_ms < RETRY_MS)
		return true;
	if (i == PENDING)
		i = p->pending_n++ % PENDING;
	p->pending[i].of = *of;
	p->pending[i].at_ms = now.ms;
	return false;
}

/* --- telling --- */

static void
alarm_of(struct subject_of *x, const char *id, const struct pledge *g,
    enum promise_state state)
{
	char text[256];

	snprintf(text, sizeof text, "%s of %s %s: almenara %s %s%s",
	    g->what == PLEDGE_ASSESSMENT ? "the first assessment" :
	    "the promised news", id, state == PROMISE_LATE ? "is late" :
	    "is due soon", g->what == PLEDGE_ASSESSMENT ? "ack" : "comment",
	    id, g->what == PLEDGE_ASSESSMENT ? " --answer ANSWER" :
	    " --text TEXT");
	service_alarm(x->look->service, text);
}

static void
tell(struct subject_of *x, const char *id, const struct pledge *g,
    enum promise_state told, enum promise_state state)
{
	struct service *s = x->look->service;
	struct desk_notice n = escalations_notice(s, x->row, s->own_team,
	    &x->look->mem);
	enum pledge_call call = pledge_call(told, state,
	    x->person[0] != '\0' &&
		escalations_may_call(s, x->person, x->row->level));
	int64_t until_s = g->due_s + CALL_S;
	char reason[64];
	struct uuid of;
	size_t called;

	snprintf(reason, sizeof reason, "%s %lld", pledge_word(g->what),
	    (long long)g->due_s);
	of = uuid_make((struct wall){ g->due_s * 1000 },
	    hash_sha256_spans((const struct span[]){ span_str(id),
		span_str(reason), span_str(clock_word(state)) }, 3).b);
	if (call == PLEDGE_NOBODY || is_pending(x->look->p, &of,
	    x->look->now.mono))
		return;
	called = escalations_remind(s, call == PLEDGE_PERSON ? x->person :
	    NULL, reasons[g->what], &n, &of, until_s);
	if (state == PROMISE_LATE || called == 0)
		alarm_of(x, id, g, state);
	audit_self(s, act_token(ACT_PLEDGE), &x->row->digest, id,
	    clock_word(state), reason);
}

/* --- looking --- */

/* Sorted by the time; of too many those that are due last are not kept. */
static void
list_add(struct listing *l, const struct pledges_item *item)
{
	size_t at = l->n < OPEN_MOST ? l->n : OPEN_MOST - 1;

	l->near += item->state == PROMISE_NEAR;
	l->late += item->state == PROMISE_LATE;
	if (l->n == OPEN_MOST &&
	    l->item[at].pledge.due_s <= item->pledge.due_s)
		return;
	while (at > 0 && l->item[at - 1].pledge.due_s > item->pledge.due_s) {
		l->item[at] = l->item[at - 1];
		at--;
	}
	l->item[at] = *item;
	l->n += l->n < OPEN_MOST;
}

static void
look_at(struct look *x, const struct index_row *row)
{
	struct subject_of of = { .look = x, .row = row };
	struct pledge open[PLEDGE_COUNT];
	char id[UUID_TEXT + 1];
	bool is_asked = false;
	size_t n;

	find_facts(&of);
	uuid_write(&row->id, id);
	n = pledge_open(&of.facts, open);
	for (size_t i = 0; i < n; i++) {
		struct promise p = { open[i].due_s, open[i].within_s,
			PROMISE_QUIET };
		struct pledges_item item = { row->id, row->level,
			(row->flags & INDEX_EXERCISE) != 0, open[i],
			PROMISE_QUIET };
		char reason[64];
		int64_t wait_ms;

		item.state = promise_step(&p, x->now.wall, &wait_ms);
		if (wait_ms < x->p->wait_ms)
			x->p->wait_ms = wait_ms;
		if (item.state != PROMISE_QUIET && !is_asked)
			find_person(&of, id);
		is_asked = is_asked || item.state != PROMISE_QUIET;
		if (open[i].what == PLEDGE_ASSESSMENT && of.facts.is_assessed)
			continue; /* by an earlier answer */
		list_add(&x->p->next, &item);
		if (item.state == PROMISE_QUIET)
			continue;
		snprintf(reason, sizeof reason, "%s %lld",
		    pledge_word(open[i].what), (long long)open[i].due_s);
		tell(&of, id, &open[i], clock_told(x->service, &x->mem,
		    ACT_PLEDGE, id, reason), item.state);
	}
}

/* --- what others promised --- */

static void
tell_broken(struct look *x, const struct index_row *row,
    const struct awaited *w)
{
	char id[UUID_TEXT + 1], reason[LIMIT_TEAM_NAME + 40], text[256];
	struct uuid of;

	uuid_write(&row->id, id);
	snprintf(reason, sizeof reason, "awaited %lld %s",
	    (long long)w->due_s, w->team);
	of = uuid_make((struct wall){ w->due_s * 1000 },
	    hash_sha256_spans((const struct span[]){ span_str(id),
		span_str(reason) }, 2).b);
	if (clock_told(x->service, &x->mem, ACT_PLEDGE, id, reason) ==
		PROMISE_LATE || is_pending(x->p, &of, x->now.mono))
		return;
	snprintf(text, sizeof text, "%s promised news of %s and sent none: "
	    "almenara receipts %s", w->team, id, id);
	service_alarm(x->service, text);
	audit_self(x->service, act_token(ACT_PLEDGE), &row->digest, id,
	    clock_word(PROMISE_LATE), reason);
}

static void
look_at_own(struct look *x, const struct index_row *row)
{
	struct listing *l = &x->p->next;
	struct awaited *all = arena_alloc(&x->mem, LIMIT_TEAMS * sizeof *all);
	size_t n = awaited_of(x->service, row, &x->mem, all, LIMIT_TEAMS);

	for (size_t i = 0; i < n; i++) {
		int64_t wait_ms = all[i].due_s * 1000 - x->now.wall.ms;

		if (all[i].state != PLEDGE_AHEAD && l->awaited_n <
		    AWAITED_MOST)
			l->awaited[l->awaited_n++] = all[i];
		if (all[i].state == PLEDGE_BROKEN) {
			tell_broken(x, row, &all[i]);
			continue;
		}
		if (all[i].state == PLEDGE_UNHEARD)
			wait_ms = UNHEARD_MS;
		if (wait_ms < x->p->wait_ms)
			x->p->wait_ms = wait_ms;
	}
}

static bool
keep_row(void *ctx, const struct index_row *row)
{
	struct look *x = ctx;
	struct index_row *r = &x->row[x->n];

	*r = *row;
	r->iss = arena_copy(&x->mem, row->iss);
	r->kind = arena_copy(&x->mem, row->kind);
	r->brief = span_str("");
	return ++x->n < SLICE;
}

/* True if there is more to look at. */
static bool
look_on(struct pledges *p)
{
	struct service *s = p->service;
	const struct index_filter filter = { .before = p->before,
		.limit = SLICE };
	struct look *x = mem_alloc(sizeof *x);
	uint32_t owes = INDEX_OWED | INDEX_ACKNOWLEDGED;
	bool is_more;

	x->p = p;
	x->service = s;
	x->now = loop_now(s->loop);
	(void)!index_inbox(s->index, &filter, keep_row, x, NULL);
	is_more = x->n == SLICE;
	for (size_t i = 0; i < x->n; i++) {
		const struct index_row *row = &x->row[i];

		p->before = row->at;
		is_more = is_more && row->iat_s >
		    x->now.wall.ms / 1000 - PLEDGE_BACK_S;
		if ((row->flags & owes) != 0 &&
		    (row->flags & INDEX_MINE) == 0 &&
		    row->state == STORE_BODY_HELD && row->level > 0 &&
		    !trials_is(s, row->kind)) /* there is nothing to assess */
			look_at(x, row);
		else if ((row->flags & INDEX_MINE) != 0 &&
		    row->state == STORE_BODY_HELD && row->level > 0)
			look_at_own(x, row);
	}
	arena_release(&x->mem);
	free(x);
	return is_more;
}

/* After a long look a long rest. */
static void
rest(struct pledges *p)
{
	int64_t least_ms = AGAIN_MS * (1 + (int64_t)p->slices);

	p->is_looking = false;
	p->now = p->next;
	if (p->is_stirred)
		p->wait_ms = AGAIN_MS;
	p->is_stirred = false;
	loop_timer_start(p->timer, (uint64_t)(p->wait_ms > least_ms ?
	    p->wait_ms : least_ms), 0);
}

static void
on_timer(void *ctx)
{
	struct pledges *p = ctx;

	if (p->service->is_stopping)
		return;
	/* what was told, and what was said, must have been taken */
	if (index_lag(p->service->index) != 0) {
		loop_timer_start(p->timer, AGAIN_MS, 0);
		return;
	}
	if (!p->is_looking) {
		p->is_looking = true;
		p->is_stirred = false;
		p->next = (struct listing){ .n = 0 };
		p->before = 0;
		p->slices = 0;
		p->wait_ms = PROMISE_LOOK_MS;
	}
	if (look_on(p)) {
		p->slices++;
		loop_timer_start(p->timer, PAUSE_MS, 0);
		return;
	}
	rest(p);
}

/* --- showing --- */

const struct pledges_item *
pledges_at(const struct service *s, size_t i)
{
	return s->pledges != NULL && i < s->pledges->now.n ?
	    &s->pledges->now.item[i] : NULL;
}

void
pledges_put(const struct service *s, struct json_out *w)
{
	const struct pledges_item *it;
	char id[UUID_TEXT + 1];

	json_put_key(w, "pledges");
	json_put_open(w, '[');
	for (size_t i = 0; (it = pledges_at(s, i)) != NULL; i++) {
		uuid_write(&it->notice, id);
		json_put_open(w, '{');
		json_put_member_str(w, "notice", id);
		json_put_member_u64(w, "level", (uint64_t)it->level);
		json_put_member_bool(w, "exercise", it->exercise);
		json_put_member_str(w, "what", pledge_word(it->pledge.what));
		json_put_member_u64(w, "due", (uint64_t)it->pledge.due_s);
		json_put_member_str(w, "state", clock_word(it->state));
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

void
pledges_put_awaited(const struct service *s, struct json_out *w)
{
	const struct listing *l = s->pledges != NULL ? &s->pledges->now : NULL;
	char id[UUID_TEXT + 1];

	json_put_key(w, "awaited");
	json_put_open(w, '[');
	for (size_t i = 0; l != NULL && i < l->awaited_n; i++) {
		const struct awaited *x = &l->awaited[i];

		uuid_write(&x->notice, id);
		json_put_open(w, '{');
		json_put_member_str(w, "notice", id);
		json_put_member_u64(w, "level", (uint64_t)x->level);
		json_put_member_bool(w, "exercise", x->exercise);
		json_put_member_str(w, "team", x->team);
		json_put_member_u64(w, "due", (uint64_t)x->due_s);
		json_put_member_str(w, "state", pledge_awaits_word(x->state));
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

void
pledges_put_counts(const struct service *s, struct json_out *w)
{
	json_put_member_u64(w, "pledges_near",
	    s->pledges != NULL ? s->pledges->now.near : 0);
	json_put_member_u64(w, "pledges_late",
	    s->pledges != NULL ? s->pledges->now.late : 0);
}

/* --- life --- */

void
pledges_start(struct service *s)
{
	struct pledges *p = mem_alloc(sizeof *p);

	p->service = s;
	p->timer = loop_timer_create(s->loop, on_timer, p);
	s->pledges = p;
	loop_timer_start(p->timer, AGAIN_MS, 0);
}

void
pledges_stop(struct service *s)
{
	if (s->pledges == NULL)
		return;
	loop_timer_free(s->pledges->timer);
	free(s->pledges);
	s->pledges = NULL;
}

void
pledges_stir(struct service *s)
{
	struct pledges *p = s->pledges;

	if (p == NULL || p->is_stirred)
		return;
	p->is_stirred = true;
	if (!p->is_looking)
		loop_timer_start(p->timer, AGAIN_MS * (1 + p->slices), 0);
}

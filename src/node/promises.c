/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking at the clocks of cases.
 */
#include "node/promises.h"

#include "base/mem.h"
#include "node/case_past.h"
#include "node/clock_told.h"

#include <stdlib.h>

enum {
	CASES_MOST = 1000, /* of a kind that are looked at */
	PENDING = 64,
	AGAIN_MS = 1000
};

/* Was given to the trail, and is told once it stands there. */
struct pending {
	struct uuid id;
	const struct life_clock *clock;
	enum promise_state state; /* PROMISE_QUIET: free */
};

struct promises {
	struct service *service;
	struct loop_timer *timer;
	bool is_stirred; /* it looks soon anyway */
	unsigned near, late;
	struct pending pending[PENDING];
};

/* One look at all of them. */
struct look {
	struct promises *p;
	struct arena mem;
	struct now now;
	int64_t wait_ms;
	unsigned near, late;
	struct listed {
		struct index_row row;
		struct listed *next;
	} *first;
};

/* --- telling --- */

static struct pending *
pending_of(struct promises *p, const struct uuid *id,
    const struct life_clock *clock)
{
	struct pending *room = NULL;

	for (size_t i = 0; i < PENDING; i++) {
		struct pending *x = &p->pending[i];

		if (x->state == PROMISE_QUIET)
			room = room != NULL ? room : x;
		else if (x->clock == clock &&
		    uuid_is_equal(&x->id, id))
			return x;
	}
	if (room != NULL)
		*room = (struct pending){ *id, clock, PROMISE_QUIET };
	return room;
}

static void
alarm_of(struct look *x, const char *id, const struct life_clock *clock,
    enum promise_state state)
{
	char text[256];

	snprintf(text, sizeof text, "a clock of a case %s (%s): "
	    "almenara audit case %s", state == PROMISE_LATE ?
	    "has run out" : "runs out soon", clock->names.in[LANG_EN], id);
	service_alarm(x->p->service, text);
}

static void
tell(struct look *x, const struct index_row *row,
    const struct life_clock *clock, const struct promise *promise,
    enum promise_state state)
{
	struct pending *w = pending_of(x->p, &row->id, clock);
	char id[UUID_TEXT + 1];

	if (w == NULL)
		return; /* next time */
	uuid_write(&row->id, id);
	if (w->state != PROMISE_QUIET && promise->told >= w->state) {
		alarm_of(x, id, clock, w->state);
		w->state = PROMISE_QUIET;
	}
	if (state <= promise->told || w->state == state)
		return;
	w->state = state;
	audit_self(x->p->service, act_token(ACT_CASE_CLOCK), &row->digest, id,
	    clock_word(state), clock->id);
	if (x->wait_ms > AGAIN_MS)
		x->wait_ms = AGAIN_MS;
}

/* --- looking --- */

static void
look_at(struct look *x, const struct index_row *row)
{
	struct service *s = x->p->service;
	const struct kind *k = kind_find(s->schema, row->kind);
	struct life_due due[LIFE_CLOCKS_MAX];
	const struct case_past *h;
	char id[UUID_TEXT + 1];
	struct record r;
	size_t n;

	if (record_read(s, row->log, row->index, &x->mem, &r) != ERR_NONE)
		return;
	uuid_write(&row->id, id);
	h = case_past_of(s, &x->mem, k, row);
	n = life_clocks(k->life, h->past, h->n, r.body,
	    x->now.wall.ms / 1000, due);
	for (size_t i = 0; i < n; i++) {
		struct promise p = { due[i].due_s, due[i].clock->within_s,
			PROMISE_QUIET };
		enum promise_state state;
		int64_t wait_ms;

		if (due[i].done_s != 0)
			continue;
		state = promise_step(&p, x->now.wall, &wait_ms);
		x->near += state == PROMISE_NEAR;
		x->late += state == PROMISE_LATE;
		if (wait_ms < x->wait_ms)
			x->wait_ms = wait_ms;
		if (state == PROMISE_QUIET)
			continue;
		p.told = clock_told(x->p->service, &x->mem,
		    ACT_CASE_CLOCK, id, due[i].clock->id);
		tell(x, row, due[i].clock, &p, state);
	}
}

static bool
keep_row(void *ctx, const struct index_row *row)
{
	struct look *x = ctx;
	struct listed *l = arena_alloc(&x->mem, sizeof *l);

	l->row = *row;
	l->row.iss = arena_copy(&x->mem, row->iss);
	l->row.kind = arena_copy(&x->mem, row->kind);
	l->row.brief = span_str("");
	l->next = x->first;
	x->first = l;
	return true;
}

static void
look_at_all(struct look *x)
{
	struct service *s = x->p->service;
	struct index_filter filter = { .cases = true, .mine = true,
		.limit = CASES_MOST };

	for (size_t i = 0; i < kind_count(s->schema); i++) {
		const struct kind *k = kind_at(s->schema, i);

		if (k->life == NULL || k->life->clock_count == 0 ||
		    k->is_private)
			continue;
		filter.kind = span_str(k->name);
		(void)!index_inbox(s->index, &filter, keep_row, x, NULL);
	}
	for (struct listed *l = x->first; l != NULL; l = l->next)
		look_at(x, &l->row);
}

static void
on_timer(void *ctx)
{
	struct promises *p = ctx;
	struct service *s = p->service;
	struct look x = { .p = p, .now = loop_now(s->loop),
		.wait_ms = PROMISE_LOOK_MS };

	if (s->is_stopping)
		return;
	p->is_stirred = false;
	/* what was told, and what was done, must have been taken */
	if (index_lag(s->index) != 0) {
		loop_timer_start(p->timer, AGAIN_MS, 0);
		return;
	}
	look_at_all(&x);
	p->near = x.near;
	p->late = x.late;
	arena_release(&x.mem);
	loop_timer_start(p->timer, (uint64_t)x.wait_ms, 0);
}

/* --- life --- */

void
promises_start(struct service *s)
{
	struct promises *p = mem_alloc(sizeof *p);

	p->service = s;
	p->timer = loop_timer_create(s->loop, on_timer, p);
	s->promises = p;
	promises_stir(s);
}

void
promises_stop(struct service *s)
{
	if (s->promises == NULL)
		return;
	loop_timer_free(s->promises->timer);
	free(s->promises);
	s->promises = NULL;
}

void
promises_stir(struct service *s)
{
	if (s->promises == NULL || s->promises->is_stirred)
		return;
	s->promises->is_stirred = true;
	loop_timer_start(s->promises->timer, AGAIN_MS, 0);
}

void
promises_put(const struct service *s, struct json_out *w)
{
	json_put_member_u64(w, "cases_near",
	    s->promises != NULL ? s->promises->near : 0);
	json_put_member_u64(w, "cases_late",
	    s->promises != NULL ? s->promises->late : 0);
}

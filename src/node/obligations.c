/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking after duties to report.
 */
#include "node/obligations.h"

#include "base/log.h"
#include "base/mem.h"
#include "node/clock_told.h"
#include "node/escalations.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	SLICE = 64,     /* reports in one turn */
	PAUSE_MS = 50,
	AGAIN_MS = 1000,
	RETRY_MS = 30000,
	PENDING = 64,
	SHOWN = 128,    /* those that are due first */
	DONE_MOST = 64,
	CALL_S = 6 * 3600
};

struct item {
	char number[24];
	struct deadline deadline; /* spans of the profile */
	enum promise_state state;
};

struct listing {
	struct item item[SHOWN];
	size_t n;
	unsigned near, late;
};

struct obligations {
	struct service *service;
	struct buf text;
	struct deadlines profile;
	struct loop_timer *timer;
	bool is_stirred;
	uint64_t before;    /* where the look goes on; 0: a new one */
	int64_t wait_ms;
	struct listing now, next;
	/* given to the log, and not yet to be found there */
	struct { struct uuid of; int64_t at_ms; } pending[PENDING];
	size_t pending_n;
};

struct look {
	struct obligations *o;
	struct arena mem;
	struct now now;
	struct index_row row[SLICE];
	size_t n;
};

/* --- the profile --- */

static enum err
read_text(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned char piece[4096];
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	while ((n = read(fd, piece, sizeof piece)) > 0)
		buf_put_mem(out, piece, (size_t)n);
	close(fd);
	return n < 0 ? ERR_IO : buf_check(out);
}

enum err
obligations_open(struct service *s)
{
	const char *path = s->config->deadlines;
	struct obligations *o;
	struct fault f = { 0 };
	enum err e;

	if (path == NULL || path[0] == '\0')
		return ERR_NONE;
	o = mem_alloc(sizeof *o);
	o->service = s;
	buf_init(&o->text, LIMIT_RULES);
	e = read_text(path, &o->text);
	if (e != ERR_NONE)
		fault_at(&f, e, 0, "1:1", "%s", err_sentence(e));
	else
		e = deadlines_parse(buf_span(&o->text), kind_find(s->schema,
		    span_str("report")), &o->profile, &f);
	s->obligations = o;
	if (e == ERR_NONE)
		return e;
	log_event(LOG_ERROR, "deadlines.refused", log_str("path", path),
	    log_str("field", f.field), log_str("rule", f.rule));
	return ERR_CONFIG;
}

void
obligations_close(struct service *s)
{
	if (s->obligations == NULL)
		return;
	buf_release(&s->obligations->text);
	free(s->obligations);
	s->obligations = NULL;
}

/* --- what is known of a report --- */

static struct span
text_of(struct json_val body, const char *name, struct arena *a)
{
	struct span s;

	return json_text(json_get(body, name), a, &s) == ERR_NONE ? s :
	    span_str("");
}

size_t
obligations_of(const struct service *s, struct json_val body, struct arena *a,
    struct deadline out[DEADLINE_RULES])
{
	struct deadline_done done[DONE_MOST];
	struct deadline_facts f = { .topic = text_of(body, "topic", a),
		.sector = text_of(body, "sector", a),
		.harm = text_of(body, "harm", a), .done = done };
	struct json_val told = json_get(body, "told");

	if (s->obligations == NULL)
		return 0;
	(void)!json_i64(json_get(body, "received"), &f.received_s);
	(void)!json_i64(json_get(body, "classified"), &f.classified_s);
	for (struct json_val v = json_first(told); v.type != JSON_ABSENT &&
	    f.done_n < DONE_MOST; v = json_next(told, v)) {
		struct deadline_done *d = &done[f.done_n];

		d->law = text_of(v, "law", a);
		d->step = text_of(v, "step", a);
		if (json_i64(json_get(v, "at"), &d->at_s) == ERR_NONE)
			f.done_n++;
	}
	return deadlines_of(&s->obligations->profile, &f, out);
}

static enum promise_state
state_of(const struct deadline *d, struct wall now, int64_t *wait_ms)
{
	const struct promise p = { d->due_s, d->within_s, PROMISE_QUIET };

	return promise_step(&p, now, wait_ms);
}

/* --- telling --- */

/* Was it given to the log a moment ago? If not, it will have been. */
static bool
is_pending(struct obligations *o, const struct uuid *of, struct mono now)
{
	size_t i = 0;

	while (i < PENDING && (o->pending[i].at_ms == 0 ||
	    memcmp(&o->pending[i].of, of, sizeof *of) != 0))
		i++;
	if (i < PENDING && now.ms - o->pending[i].at_ms < RETRY_MS)
		return true;
	if (i == PENDING)
		i = o->pending_n++ % PENDING;
	o->pending[i].of = *of;
	o->pending[i].at_ms = now.ms;
	return false;
}

/* Until when a page is worth something: the same for hours, as the id of a page
 * follows from it. */
static int64_t
until_of(const struct deadline *d, int64_t now_s)
{
	int64_t past = now_s > d->due_s ? (now_s - d->due_s) / CALL_S : 0;

	return d->due_s + (past + 2) * CALL_S;
}

static void
tell(struct look *x, const struct index_row *row, const struct item *it)
{
	struct service *s = x->o->service;
	const struct deadline *d = &it->deadline;
	char id[UUID_TEXT + 1], reason[128], text[320];
	struct uuid of;

	uuid_write(&row->id, id);
	snprintf(reason, sizeof reason, "%.*s %s %lld", SPAN_FMT(d->law),
	    deadline_word(d->step), (long long)d->due_s);
	if (it->state <= clock_told(s, &x->mem, ACT_DEADLINE, id, reason))
		return;
	of = uuid_make((struct wall){ d->due_s * 1000 },
	    hash_sha256_spans((const struct span[]){ span_str(id),
		span_str(reason), span_str(clock_word(it->state)) }, 3).b);
	if (is_pending(x->o, &of, x->now.mono))
		return;
	escalations_call(s, POST_FIRST, NULL, "deadline", &of,
	    until_of(d, x->now.wall.ms / 1000));
	snprintf(text, sizeof text, "%.*s: %s to %.*s of %s %s: almenara "
	    "reports told %s --law %.*s --step %s", SPAN_FMT(d->law),
	    deadline_word(d->step), SPAN_FMT(d->whom), it->number,
	    it->state == PROMISE_LATE ? "is late" : "is due soon", it->number,
	    SPAN_FMT(d->law), deadline_word(d->step));
	service_alarm(s, text);
	audit_self(s, act_token(ACT_DEADLINE), &row->digest, id,
	    clock_word(it->state), reason);
}

/* --- looking --- */

static void
list_add(struct listing *l, const struct item *item)
{
	size_t at = l->n < SHOWN ? l->n : SHOWN - 1;

	l->near += item->state == PROMISE_NEAR;
	l->late += item->state == PROMISE_LATE;
	if (l->n == SHOWN &&
	    l->item[at].deadline.due_s <= item->deadline.due_s)
		return;
	while (at > 0 &&
	    l->item[at - 1].deadline.due_s > item->deadline.due_s) {
		l->item[at] = l->item[at - 1];
		at--;
	}
	l->item[at] = *item;
	l->n += l->n < SHOWN;
}

static void
look_at(struct look *x, const struct index_row *row)
{
	struct service *s = x->o->service;
	struct deadline d[DEADLINE_RULES];
	struct record r;
	size_t n;

	if (record_read(s, row->log, row->index, &x->mem, &r) != ERR_NONE)
		return;
	n = obligations_of(s, r.body, &x->mem, d);
	for (size_t i = 0; i < n; i++) {
		struct item it = { .deadline = d[i] };
		int64_t wait_ms;

		if (d[i].done_s != 0)
			continue;
		snprintf(it.number, sizeof it.number, "%.*s",
		    SPAN_FMT(text_of(r.body, "number", &x->mem)));
		it.state = state_of(&d[i], x->now.wall, &wait_ms);
		if (wait_ms < x->o->wait_ms)
			x->o->wait_ms = wait_ms;
		list_add(&x->o->next, &it);
		if (it.state != PROMISE_QUIET)
			tell(x, row, &it);
	}
}

static bool
keep_row(void *ctx, const struct index_row *row)
{
	struct look *x = ctx;

	x->o->before = row->at;
	if ((row->flags & INDEX_ENDED) != 0)
		return true;
	x->row[x->n] = *row;
	x->row[x->n].iss = x->row[x->n].brief = span_str("");
	x->row[x->n].kind = span_str("report");
	return ++x->n < SLICE;
}

/* True if there may be more. */
static bool
look_on(struct obligations *o)
{
	struct look *x = mem_alloc(sizeof *x);
	bool is_more;

	x->o = o;
	x->now = loop_now(o->service->loop);
	(void)!index_home_all(o->service->index, "report", o->before,
	    keep_row, x);
	is_more = x->n == SLICE;
	for (size_t i = 0; i < x->n; i++)
		look_at(x, &x->row[i]);
	arena_release(&x->mem);
	free(x);
	return is_more;
}

static void
on_timer(void *ctx)
{
	struct obligations *o = ctx;

	if (o->service->is_stopping)
		return;
	/* what was told, and what was done, must have been taken */
	if (index_lag(o->service->index) != 0) {
		loop_timer_start(o->timer, AGAIN_MS, 0);
		return;
	}
	if (o->before == 0) {
		o->is_stirred = false;
		o->next = (struct listing){ .n = 0 };
		o->wait_ms = PROMISE_LOOK_MS;
	}
	if (look_on(o)) {
		loop_timer_start(o->timer, PAUSE_MS, 0);
		return;
	}
	o->before = 0;
	o->now = o->next;
	loop_timer_start(o->timer, o->is_stirred || o->wait_ms < AGAIN_MS ?
	    AGAIN_MS : (uint64_t)o->wait_ms, 0);
}

/* --- showing --- */

static void
put_one(const struct deadline *d, const char *state, struct json_out *w)
{
	json_put_member_span(w, "law", d->law);
	json_put_member_str(w, "step", deadline_word(d->step));
	json_put_member_span(w, "to", d->whom);
	json_put_member_u64(w, "due", (uint64_t)d->due_s);
	json_put_member_str(w, "state", state);
	if (d->done_s != 0)
		json_put_member_u64(w, "done", (uint64_t)d->done_s);
}

void
obligations_put(const struct service *s, struct json_val body,
    struct arena *a, struct json_out *w)
{
	struct deadline d[DEADLINE_RULES];
	size_t n = obligations_of(s, body, a, d);
	struct wall now = loop_now(s->loop).wall;

	if (s->obligations == NULL)
		return;
	json_put_key(w, "deadlines");
	json_put_open(w, '[');
	for (size_t i = 0; i < n; i++) {
		int64_t wait_ms;

		json_put_open(w, '{');
		put_one(&d[i], d[i].done_s != 0 ? "done" :
		    clock_word(state_of(&d[i], now, &wait_ms)), w);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

void
obligations_put_all(const struct service *s, struct json_out *w)
{
	const struct obligations *o = s->obligations;

	json_put_key(w, "deadlines");
	json_put_open(w, '[');
	for (size_t i = 0; o != NULL && i < o->now.n; i++) {
		const struct item *it = &o->now.item[i];

		json_put_open(w, '{');
		json_put_member_str(w, "number", it->number);
		put_one(&it->deadline, clock_word(it->state), w);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

void
obligations_put_counts(const struct service *s, struct json_out *w)
{
	const struct obligations *o = s->obligations;

	json_put_member_u64(w, "deadlines_near", o != NULL ? o->now.near : 0);
	json_put_member_u64(w, "deadlines_late", o != NULL ? o->now.late : 0);
}

/* --- life --- */

void
obligations_start(struct service *s)
{
	struct obligations *o = s->obligations;

	if (o == NULL)
		return;
	o->timer = loop_timer_create(s->loop, on_timer, o);
	loop_timer_start(o->timer, AGAIN_MS, 0);
}

void
obligations_stop(struct service *s)
{
	if (s->obligations == NULL || s->obligations->timer == NULL)
		return;
	loop_timer_free(s->obligations->timer);
	s->obligations->timer = NULL;
}

void
obligations_stir(struct service *s)
{
	struct obligations *o = s->obligations;

	if (o == NULL || o->timer == NULL || o->is_stirred)
		return;
	o->is_stirred = true;
	if (o->before == 0)
		loop_timer_start(o->timer, AGAIN_MS, 0);
}

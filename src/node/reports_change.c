/* SPDX-License-Identifier: Apache-2.0
 *
 * A report is revised: its state, and a message with it.
 */
#include "node/reports_inside.h"

#include "base/mem.h"
#include "crypto/random.h"
#include "node/obligations.h"

#include <stdlib.h>

struct changing {
	struct service *service;
	struct uuid id;
	reports_done_fn *done;
	void *ctx;
	unsigned waiting;
	enum err err;
	const char *why;
};

static bool
is_busy(const struct reports *r, const struct uuid *id)
{
	for (size_t i = 0; i < r->busy_n; i++)
		if (uuid_is_equal(&r->busy[i], id))
			return true;
	return r->busy_n == REPORTS_BUSY;
}

bool
reports_is_busy(const struct service *s, const struct index_row *row)
{
	return is_busy(s->reports, &row->id);
}

static void
free_busy(struct reports *r, const struct uuid *id)
{
	for (size_t i = 0; i < r->busy_n; i++)
		if (uuid_is_equal(&r->busy[i], id))
			r->busy[i] = r->busy[--r->busy_n];
}

static void
on_changed(void *ctx, const struct hub_appended *result)
{
	struct changing *x = ctx;
	struct service *s = x->service;

	if (result->err != ERR_NONE && x->err == ERR_NONE)
		x->err = result->err;
	if (--x->waiting != 0)
		return;
	free_busy(s->reports, &x->id);
	reports_handed_stir(s);
	obligations_stir(s);
	x->done(x->ctx, x->err, x->err == ERR_NONE ? "" :
	    err_sentence(x->err));
	free(x);
}

static enum err
put_message(struct changing *x, const struct report_change *c,
    const char *report, struct arena *a, struct uuid *id)
{
	struct service *s = x->service;
	struct hub_draft d = home_draft(s, "report-message");
	unsigned char random[10];
	struct json_out w;
	struct buf b;
	enum err e;

	random_fill(random, sizeof random);
	d.id = *id = uuid_make(loop_now(s->loop).wall, random);
	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "report", report);
	json_put_member_str(&w, "from", c->by_team ? "team" : "public");
	json_put_member_span(&w, "sealed", c->sealed);
	json_put_member_span(&w, "copy", c->copy);
	if (c->files.type != JSON_ABSENT) {
		json_put_key(&w, "files");
		json_put_raw(&w, json_raw(c->files));
	}
	json_put_close(&w, '}');
	e = buf_check(&b);
	if (e == ERR_NONE)
		e = reports_append(s, &d, buf_span(&b), a, on_changed, x);
	if (e == ERR_NONE)
		x->waiting++;
	buf_release(&b);
	return e;
}

static void
put_messages(struct json_val old, const struct uuid *more, struct json_out *w)
{
	char id[UUID_TEXT + 1];

	json_put_key(w, "messages");
	json_put_open(w, '[');
	for (struct json_val v = json_first(old); v.type != JSON_ABSENT;
	    v = json_next(old, v))
		json_put_raw(w, json_raw(v));
	if (more != NULL) {
		uuid_write(more, id);
		json_put_str(w, id);
	}
	json_put_close(w, ']');
}

/* Since when it is known what it is counts from the first time. */
static void
put_classified(struct json_val body, const struct report_change *c,
    int64_t now_s, struct json_out *w)
{
	if (c->sector.n != 0)
		json_put_member_span(w, "sector", c->sector);
	if (c->harm.n != 0)
		json_put_member_span(w, "harm", c->harm);
	if (c->sector.n + c->harm.n != 0 &&
	    json_get(body, "classified").type == JSON_ABSENT)
		json_put_member_u64(w, "classified", (uint64_t)now_s);
}

static void
put_told(struct json_val old, struct span more, struct json_out *w)
{
	json_put_key(w, "told");
	json_put_open(w, '[');
	for (struct json_val v = json_first(old); v.type != JSON_ABSENT;
	    v = json_next(old, v))
		json_put_raw(w, json_raw(v));
	json_put_raw(w, more);
	json_put_close(w, ']');
}

/* The body as it was, but for what changes. */
static void
put_changed(struct json_val body, const struct report_change *c,
    const struct uuid *message, int64_t now_s, struct arena *a,
    struct json_out *w)
{
	bool ends = span_is_str(c->state, "closed") ||
	    span_is_str(c->state, "withdrawn");

	json_put_open(w, '{');
	for (struct json_val v = json_first(body); v.type != JSON_ABSENT;
	    v = json_next(body, v)) {
		struct span key = json_key(v, a);

		if (span_is_str(key, "messages") ||
		    (span_is_str(key, "state") && c->state.n != 0) ||
		    (span_is_str(key, "ended") && c->state.n != 0) ||
		    (span_is_str(key, "stage") && c->stage.n != 0) ||
		    (span_is_str(key, "handed_to") && c->handed_to.n != 0) ||
		    (span_is_str(key, "hand") && c->hand.n != 0) ||
		    (span_is_str(key, "sector") && c->sector.n != 0) ||
		    (span_is_str(key, "harm") && c->harm.n != 0) ||
		    (span_is_str(key, "told") && c->told.n != 0) ||
		    (span_is_str(key, "consent") && c->consent.n != 0))
			continue;
		json_put_key_span(w, key);
		json_put_raw(w, json_raw(v));
	}
	put_messages(json_get(body, "messages"), message, w);
	if (c->state.n != 0)
		json_put_member_span(w, "state", c->state);
	if (c->stage.n != 0)
		json_put_member_span(w, "stage", c->stage);
	if (c->handed_to.n != 0)
		json_put_member_span(w, "handed_to", c->handed_to);
	if (c->hand.n != 0)
		json_put_member_span(w, "hand", c->hand);
	if (c->consent.n != 0)
		json_put_member_span(w, "consent", c->consent);
	put_classified(body, c, now_s, w);
	if (c->told.n != 0)
		put_told(json_get(body, "told"), c->told, w);
	if (ends)
		json_put_member_u64(w, "ended", (uint64_t)now_s);
	json_put_close(w, '}');
}

static enum err
change(struct changing *x, const struct index_row *row,
    const struct report_change *c, struct arena *a)
{
	struct service *s = x->service;
	struct hub_draft d = home_draft(s, "report");
	struct uuid message;
	char id[UUID_TEXT + 1];
	struct json_out w;
	struct record r;
	struct buf b;
	enum err e = record_read(s, row->log, row->index, a, &r);

	if (e == ERR_NONE && json_is_str(json_get(r.body, "state"),
	    "withdrawn"))
		e = ERR_STATE;
	if (e == ERR_NONE && c->is_message && json_count(json_get(r.body,
	    "messages")) >= LIMIT_REPORT_MESSAGES)
		e = ERR_LIMIT;
	if (e != ERR_NONE)
		return e;
	uuid_write(&row->id, id);
	if (c->is_message)
		e = put_message(x, c, id, a, &message);
	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	put_changed(r.body, c, c->is_message ? &message : NULL,
	    loop_now(s->loop).wall.ms / 1000, a, &w);
	d.id = row->id;
	d.rev = row->rev + 1;
	d.replaces = &row->digest;
	d.replaces_n = 1;
	if (e == ERR_NONE)
		e = buf_check(&b);
	if (e == ERR_NONE)
		e = reports_append(s, &d, buf_span(&b), a, on_changed, x);
	if (e == ERR_NONE)
		x->waiting++;
	buf_release(&b);
	return e;
}

void
reports_change(struct service *s, const struct index_row *row,
    const struct report_change *c, reports_done_fn *done, void *ctx)
{
	struct changing *x;
	struct arena a = { 0 };
	enum err e;

	if (is_busy(s->reports, &row->id)) {
		done(ctx, ERR_BUSY, "it is being changed by somebody now");
		return;
	}
	x = mem_alloc(sizeof *x);
	*x = (struct changing){ .service = s, .id = row->id, .done = done,
		.ctx = ctx };
	e = change(x, row, c, &a);
	arena_release(&a);
	if (x->waiting != 0) {
		/* a message that could not be linked is told as a failure */
		x->err = e;
		s->reports->busy[s->reports->busy_n++] = row->id;
		return;
	}
	free(x);
	done(ctx, e, e == ERR_STATE ? "who made it has withdrawn it" :
	    e == ERR_LIMIT ? "it has too many messages" : err_sentence(e));
}

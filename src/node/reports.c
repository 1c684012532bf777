/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports of the public.
 */
#include "node/reports.h"

#include "base/code.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "node/broadcast.h"
#include "record/registry.h"
#include "schema/check.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

enum {
	BUSY = 64,       /* changes that are not durable yet */
	SLICE = 64,
	SLICES = 16,     /* of the index, before an answer is put off */
	REPLY_ROOM = LIMIT_WEB_CALL - 4096
};

struct reports {
	struct service *service;
	int year;           /* of the numbers that are given now; 0: unknown */
	uint64_t last;
	struct uuid busy[BUSY];
	size_t busy_n;
};

struct reports *
reports_create(struct service *s)
{
	struct reports *r = mem_alloc(sizeof *r);

	r->service = s;
	return r;
}

void
reports_free(struct reports *r)
{
	free(r);
}

static void
reply(struct service *s, uint64_t id, enum talk_op op, struct span text)
{
	broadcast_reply(s->broadcast, &(struct talk_frame){
	    .type = TALK_REPLY, .id = id, .op = (uint8_t)op, .text = text });
}

static void
reply_error(struct service *s, uint64_t id, enum err e)
{
	reply(s, id, e == ERR_NOT_FOUND ? TALK_NOTHING : TALK_LATER,
	    span_str(err_token(e)));
}

/* --- what is known already --- */

static bool
catch_up(struct service *s)
{
	for (unsigned i = 0; i < SLICES && index_lag(s->index) != 0; i++)
		if (service_index(s, SLICE) != ERR_NONE)
			return false;
	return index_lag(s->index) == 0;
}

/* 74 bits of the digest of the code: the time that an id of version 7 tells is
 * none. */
static struct uuid
id_of(const struct digest *find)
{
	return uuid_make((struct wall){ 0 }, find->b);
}

static enum err
find_report(struct service *s, const struct digest *find, struct arena *a,
    struct index_row *row, struct record *r)
{
	struct uuid id = id_of(find);
	char text[UUID_TEXT + 1];
	enum err e;

	uuid_write(&id, text);
	if (!catch_up(s))
		return ERR_BUSY;
	e = index_find(s->index, INDEX_AT_HOME, span_str(text), a, row, NULL,
	    NULL);
	if (e == ERR_NONE && !span_is_str(row->kind, "report"))
		e = ERR_NOT_FOUND;
	if (e == ERR_NONE)
		e = record_read(s, row->log, row->index, a, r);
	return e;
}

/* --- numbers --- */

struct counting {
	const struct reports *reports;
	struct arena mem;
	uint64_t last;
};

/* "UY-2026-00123" */
static bool
see_number(void *ctx, const struct index_row *row)
{
	struct counting *x = ctx;
	char start[24];
	struct json doc;
	struct span s;
	uint64_t v = 0;
	size_t n;

	n = (size_t)snprintf(start, sizeof start, "-%d-", x->reports->year);
	if (json_parse_arena(row->brief, 4, 256, &x->mem, &doc, NULL) !=
		ERR_NONE ||
	    json_text(json_get(json_root(&doc), "number"), &x->mem, &s) !=
		ERR_NONE || s.n < 2 + n || memcmp(s.p + 2, start, n) != 0)
		return true;
	for (size_t i = 2 + n; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	if (v > x->last)
		x->last = v;
	arena_reset(&x->mem);
	return true;
}

static enum err
next_number(struct reports *r, char out[24])
{
	struct service *s = r->service;
	const struct team *team = registry_team(s->registry, s->own_team);
	time_t now = (time_t)(loop_now(s->loop).wall.ms / 1000);
	struct counting x = { .reports = r };
	struct tm tm;
	enum err e = ERR_NONE;

	gmtime_r(&now, &tm);
	if (r->year != tm.tm_year + 1900) {
		if (!catch_up(s))
			return ERR_BUSY;
		r->year = tm.tm_year + 1900;
		e = index_home_all(s->index, "report", 0, see_number, &x);
		arena_release(&x.mem);
		r->last = x.last;
	}
	if (e != ERR_NONE) {
		r->year = 0;
		return e;
	}
	snprintf(out, 24, "%.*s-%d-%05" PRIu64, team != NULL &&
	    team->state.n == 2 ? 2 : 0, team != NULL ?
	    (const char *)team->state.p : "", r->year, ++r->last);
	return ERR_NONE;
}

/* --- a new one --- */

struct filing {
	struct service *service;
	uint64_t call;
	bool is_slow;
	char number[24];
};

static void
on_filed(void *ctx, const struct hub_appended *result)
{
	struct filing *x = ctx;
	struct service *s = x->service;
	char text[160];

	if (result->err == ERR_NONE) {
		index_arrived(s->index, hub_log(s->hub, 1).id, result->index);
		reply(s, x->call, TALK_DONE, span_str(x->number));
		log_event(LOG_NOTICE, "report.received",
		    log_str("number", x->number),
		    log_uint("slow", x->is_slow));
		snprintf(text, sizeof text, "report %s from the public: "
		    "almenara reports show %s", x->number, x->number);
		if (!x->is_slow)
			service_alarm(s, text);
	} else {
		reply_error(s, x->call, result->err);
	}
	free(x);
}

static bool
digest_in(struct json_val v, const char *name, struct arena *a,
    struct digest *out)
{
	struct span text;

	return json_text(json_get(v, name), a, &text) == ERR_NONE &&
	    entry_parse_digest(text, out) == ERR_NONE;
}

/* Whatever it names has been put here. */
static enum err
check_files(struct service *s, struct json_val files, struct arena *a)
{
	enum err e = ERR_NONE;

	for (struct json_val v = json_first(files); e == ERR_NONE &&
	    v.type != JSON_ABSENT; v = json_next(files, v)) {
		struct digest d;
		uint64_t size;

		e = digest_in(v, "sealed", a, &d) ? blobs_find(s->blobs, &d,
		    &size) : ERR_SCHEMA;
	}
	return e;
}

static void
put_report(const struct filing *x, struct json_val v, int64_t now_s,
    struct json_out *w)
{
	static const char *const same[] = { "topic", "lane", "language",
		"reader", "sealed", "files" };

	json_put_open(w, '{');
	json_put_member_str(w, "number", x->number);
	json_put_member_str(w, "state", "received");
	json_put_member_u64(w, "received", (uint64_t)now_s);
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		struct json_val m = json_get(v, same[i]);

		if (m.type == JSON_ABSENT)
			continue;
		json_put_key(w, same[i]);
		json_put_raw(w, json_raw(m));
	}
	json_put_close(w, '}');
}

/* Check `text`, a body, and put it into the private log. */
static enum err
append(struct service *s, struct hub_draft *d, struct span text,
    struct arena *a, hub_append_fn *done, void *ctx)
{
	struct fault f = { 0 };
	struct json doc;
	enum err e = json_parse_arena(text, LIMIT_JSON_DEPTH,
	    LIMIT_JSON_TOKENS, a, &doc, &f);

	if (e == ERR_NONE)
		e = body_check(s->schema, kind_find(s->schema, d->kind),
		    json_root(&doc), CHECK_SENT, a, &f);
	if (e != ERR_NONE) {
		log_event(LOG_WARNING, "report.refused", log_err("error", e),
		    log_str("field", f.field), log_str("rule", f.rule));
		return e;
	}
	d->has_id = true;
	d->body = text;
	hub_append(s->hub, d, done, ctx);
	service_stir(s);
	return ERR_NONE;
}

static void
take_report(struct service *s, uint64_t call, struct json_val v,
    struct arena *a)
{
	struct filing *x = mem_alloc(sizeof *x);
	struct hub_draft d = home_draft(s, "report");
	struct digest find = { 0 };
	struct json_out w;
	struct buf b;
	enum err e = digest_in(v, "find", a, &find) ? ERR_NONE : ERR_SCHEMA;

	*x = (struct filing){ .service = s, .call = call,
		.is_slow = json_is_str(json_get(v, "lane"), "slow") };
	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	if (e == ERR_NONE)
		e = check_files(s, json_get(v, "files"), a);
	if (e == ERR_NONE)
		e = next_number(s->reports, x->number);
	if (e == ERR_NONE) {
		put_report(x, v, loop_now(s->loop).wall.ms / 1000, &w);
		d.id = id_of(&find);
		e = buf_check(&b);
	}
	if (e == ERR_NONE)
		e = append(s, &d, buf_span(&b), a, on_filed, x);
	if (e != ERR_NONE) {
		reply_error(s, call, e);
		free(x);
	}
	buf_release(&b);
}

/* --- changes --- */

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
		if (memcmp(&r->busy[i], id, sizeof *id) == 0)
			return true;
	return r->busy_n == BUSY;
}

static void
free_busy(struct reports *r, const struct uuid *id)
{
	for (size_t i = 0; i < r->busy_n; i++)
		if (memcmp(&r->busy[i], id, sizeof *id) == 0)
			r->busy[i] = r->busy[--r->busy_n];
}

static void
on_changed(void *ctx, const struct hub_appended *result)
{
	struct changing *x = ctx;
	struct service *s = x->service;

	if (result->err == ERR_NONE)
		index_arrived(s->index, hub_log(s->hub, 1).id, result->index);
	else if (x->err == ERR_NONE)
		x->err = result->err;
	if (--x->waiting != 0)
		return;
	free_busy(s->reports, &x->id);
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
	json_put_close(&w, '}');
	e = buf_check(&b);
	if (e == ERR_NONE)
		e = append(s, &d, buf_span(&b), a, on_changed, x);
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
		    (span_is_str(key, "handed_to") && c->handed_to.n != 0))
			continue;
		json_put_key_span(w, key);
		json_put_raw(w, json_raw(v));
	}
	put_messages(json_get(body, "messages"), message, w);
	if (c->state.n != 0)
		json_put_member_span(w, "state", c->state);
	if (c->handed_to.n != 0)
		json_put_member_span(w, "handed_to", c->handed_to);
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
		e = append(s, &d, buf_span(&b), a, on_changed, x);
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

struct answering {
	struct service *service;
	uint64_t call;
};

static void
on_answered(void *ctx, enum err e, const char *why)
{
	struct answering *x = ctx;

	(void)why;
	if (e == ERR_NONE)
		reply(x->service, x->call, TALK_DONE, span_str(""));
	else
		reply_error(x->service, x->call, e);
	free(x);
}

static void
take_change(struct service *s, const struct talk_frame *f, struct json_val v,
    struct arena *a)
{
	struct report_change c = { .state = span_str(f->op == TALK_WITHDRAW ?
	    "withdrawn" : ""), .is_message = f->op == TALK_MESSAGE };
	struct answering *x;
	struct index_row row;
	struct record r;
	struct digest find;
	enum err e = ERR_SCHEMA;

	if (digest_in(v, "find", a, &find) && (!c.is_message ||
	    (json_text(json_get(v, "sealed"), a, &c.sealed) == ERR_NONE &&
		json_text(json_get(v, "copy"), a, &c.copy) == ERR_NONE)))
		e = find_report(s, &find, a, &row, &r);
	if (e != ERR_NONE) {
		reply_error(s, f->id, e);
		return;
	}
	/* whoever waits for an answer, and got one, is worked on again */
	if (c.is_message && json_is_str(json_get(r.body, "state"), "waiting"))
		c.state = span_str("working");
	x = mem_alloc(sizeof *x);
	*x = (struct answering){ s, f->id };
	reports_change(s, &row, &c, on_answered, x);
}

/* --- how it stands --- */

/* One message as who reported may have it; false: no more room. */
static bool
put_one(struct service *s, struct json_val id, struct arena *a,
    struct json_out *w, const struct buf *b)
{
	struct index_row row;
	struct record r;
	struct span text;

	if (json_text(id, a, &text) != ERR_NONE ||
	    index_find(s->index, INDEX_AT_HOME, text, a, &row, NULL, NULL) !=
		ERR_NONE ||
	    record_read(s, row.log, row.index, a, &r) != ERR_NONE)
		return true;
	if (b->n + json_raw(json_get(r.body, "copy")).n > REPLY_ROOM)
		return false;
	json_put_open(w, '{');
	json_put_key(w, "from");
	json_put_raw(w, json_raw(json_get(r.body, "from")));
	json_put_member_u64(w, "at", (uint64_t)row.iat_s);
	json_put_key(w, "copy");
	json_put_raw(w, json_raw(json_get(r.body, "copy")));
	json_put_close(w, '}');
	return true;
}

/* Newest first; what does not fit is told. */
static void
put_newest(struct service *s, struct json_val list, struct arena *a,
    struct json_out *w, const struct buf *b)
{
	uint32_t n, i = 0;
	struct json_val all[LIMIT_REPORT_MESSAGES];
	bool is_cut = false;

	for (struct json_val v = json_first(list); v.type != JSON_ABSENT &&
	    i < LIMIT_REPORT_MESSAGES; v = json_next(list, v))
		all[i++] = v;
	n = i;
	json_put_key(w, "messages");
	json_put_open(w, '[');
	while (n > 0 && !is_cut)
		is_cut = !put_one(s, all[--n], a, w, b);
	json_put_close(w, ']');
	json_put_member_bool(w, "older", is_cut);
}

static void
take_follow(struct service *s, uint64_t call, struct json_val v,
    struct arena *a)
{
	static const char *const same[] = { "number", "topic", "state",
		"received" };
	struct digest find;
	struct index_row row;
	struct json_out w;
	struct record r;
	struct buf b;
	enum err e = digest_in(v, "find", a, &find) ? find_report(s, &find, a,
	    &row, &r) : ERR_SCHEMA;

	if (e != ERR_NONE) {
		reply_error(s, call, e);
		return;
	}
	buf_init(&b, LIMIT_WEB_CALL);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		json_put_key(&w, same[i]);
		json_put_raw(&w, json_raw(json_get(r.body, same[i])));
	}
	put_newest(s, json_get(r.body, "messages"), a, &w, &b);
	json_put_close(&w, '}');
	reply(s, call, TALK_DONE, buf_span(&b));
	buf_release(&b);
}

/* --- calls --- */

static void
take_key(struct service *s, uint64_t call)
{
	struct buf b;

	if (!s->has_intake) {
		reply(s, call, TALK_NOTHING, span_str(""));
		return;
	}
	buf_init(&b, 64);
	code_write_base64url(&b, span_of(s->intake_jwk.x,
	    sizeof s->intake_jwk.x));
	reply(s, call, TALK_DONE, buf_span(&b));
	buf_release(&b);
}

void
reports_call(struct service *s, const struct talk_frame *f)
{
	struct arena a = { 0 };
	struct json doc;
	struct json_val v = { 0 };

	if (f->op == TALK_KEY) {
		take_key(s, f->id);
		return;
	}
	if (json_parse_arena(f->text, LIMIT_JSON_DEPTH, 4096, &a, &doc,
	    NULL) == ERR_NONE)
		v = json_root(&doc);
	if (v.type != JSON_OBJECT)
		reply_error(s, f->id, ERR_SYNTAX);
	else if (f->op == TALK_REPORT)
		take_report(s, f->id, v, &a);
	else if (f->op == TALK_FOLLOW)
		take_follow(s, f->id, v, &a);
	else if (f->op == TALK_MESSAGE || f->op == TALK_WITHDRAW)
		take_change(s, f, v, &a);
	else
		reply_error(s, f->id, ERR_UNSUPPORTED);
	arena_release(&a);
}

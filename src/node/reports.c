/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports of the public.
 */
#include "node/reports_inside.h"

#include "base/code.h"
#include "base/log.h"
#include "base/mem.h"
#include "node/broadcast.h"
#include "record/registry.h"

#include <stdlib.h>

enum {
	SLICE = 64,
	SLICES = 16, /* of the index, before an answer is put off */
	LOOK_MS = 60000,
	DAY_BYTES = 1 << 30, /* of files that are kept */
	REPLY_ROOM = LIMIT_WEB_CALL - 4096
};

static void
on_look(void *ctx)
{
	struct reports *r = ctx;

	if (!report_pieces_look(r->pieces, loop_now(r->service->loop).mono.ms))
		loop_timer_stop(r->look);
}

struct reports *
reports_create(struct service *s)
{
	struct reports *r = mem_alloc(sizeof *r);

	r->service = s;
	r->pieces = report_pieces_create(s->blobs, DAY_BYTES,
	    loop_now(s->loop).mono.ms);
	r->look = loop_timer_create(s->loop, on_look, r);
	return r;
}

void
reports_free(struct reports *r)
{
	if (r == NULL)
		return;
	report_pieces_free(r->pieces);
	loop_timer_free(r->look);
	free(r);
}

void
reports_forget(struct reports *r)
{
	if (r != NULL)
		report_pieces_forget(r->pieces);
}

void
reports_reply(struct service *s, uint64_t id, enum talk_op op, struct span text)
{
	broadcast_reply(s->broadcast, &(struct talk_frame){
	    .type = TALK_REPLY, .id = id, .op = (uint8_t)op, .text = text });
}

void
reports_reply_error(struct service *s, uint64_t id, enum err e)
{
	reports_reply(s, id, e == ERR_NOT_FOUND ? TALK_NOTHING : TALK_LATER,
	    span_str(err_token(e)));
}

/* --- what is known already --- */

bool
reports_catch_up(struct service *s)
{
	for (unsigned i = 0; i < SLICES && index_lag(s->index) != 0; i++)
		if (service_index(s, SLICE) != ERR_NONE)
			return false;
	return index_lag(s->index) == 0;
}

struct uuid
reports_id(const struct digest *find)
{
	return uuid_make((struct wall){ 0 }, find->b);
}

bool
reports_digest(struct json_val v, const char *name, struct arena *a,
    struct digest *out)
{
	struct span text;

	return json_text(json_get(v, name), a, &text) == ERR_NONE &&
	    entry_parse_digest(text, out) == ERR_NONE;
}

enum err
reports_append(struct service *s, struct hub_draft *d, struct span text,
    struct arena *a, hub_append_fn *done, void *ctx)
{
	struct fault f = { 0 };
	struct json doc;
	enum err e = home_check(s, d->kind, text, a, &doc, &f);

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

static enum err
find_report(struct service *s, const struct digest *find, struct arena *a,
    struct index_row *row, struct record *r)
{
	struct uuid id = reports_id(find);
	char text[UUID_TEXT + 1];
	enum err e;

	uuid_write(&id, text);
	if (!reports_catch_up(s))
		return ERR_BUSY;
	e = index_find(s->index, INDEX_AT_HOME, span_str(text), a, row, NULL,
	    NULL);
	if (e == ERR_NONE && !span_is_str(row->kind, "report"))
		e = ERR_NOT_FOUND;
	if (e == ERR_NONE)
		e = record_read(s, row->log, row->index, a, r);
	return e;
}

struct answering {
	struct service *service;
	uint64_t call;
	struct report_kept kept;
};

static void
on_answered(void *ctx, enum err e, const char *why)
{
	struct answering *x = ctx;

	(void)why;
	if (e == ERR_NONE)
		reports_reply(x->service, x->call, TALK_DONE, span_str(""));
	else {
		reports_reply_error(x->service, x->call, e);
		report_pieces_unkeep(x->service->reports->pieces, &x->kept);
	}
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
	struct report_kept kept = { .n = 0 };
	struct digest find;
	enum err e = ERR_SCHEMA;

	if (f->op == TALK_CONSENT)
		(void)!json_text(json_get(v, "consent"), a, &c.consent);
	if (f->op == TALK_CONSENT && c.consent.n == 0)
		e = ERR_SCHEMA;
	else if (reports_digest(v, "find", a, &find) && (!c.is_message ||
	    (json_text(json_get(v, "sealed"), a, &c.sealed) == ERR_NONE &&
		json_text(json_get(v, "copy"), a, &c.copy) == ERR_NONE)))
		e = find_report(s, &find, a, &row, &r);
	if (c.is_message)
		c.files = json_get(v, "files");
	if (e == ERR_NONE)
		e = report_pieces_keep(s->reports->pieces, c.files, a, &kept);
	if (e != ERR_NONE) {
		reports_reply_error(s, f->id, e);
		return;
	}
	/* whoever waits for an answer, and got one, is worked on again */
	if (c.is_message && json_is_str(json_get(r.body, "state"), "waiting"))
		c.state = span_str("working");
	x = mem_alloc(sizeof *x);
	*x = (struct answering){ s, f->id, kept };
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

/* Which team of the network has it now, and what that has said: its number
 * and the state, no text. */
static void
put_handed(struct service *s, struct json_val body, struct arena *a,
    struct json_out *w)
{
	const struct team *t;
	struct span id, team;
	struct index_row row, at;
	struct record r;

	if (json_text(json_get(body, "hand"), a, &id) != ERR_NONE ||
	    json_text(json_get(body, "handed_to"), a, &team) != ERR_NONE ||
	    index_find(s->index, INDEX_SHARED, id, a, &row, NULL, NULL) !=
		ERR_NONE)
		return;
	t = registry_team(s->registry, team);
	json_put_key(w, "handed");
	json_put_open(w, '{');
	json_put_member_span(w, "team", team);
	if (t != NULL)
		json_put_member_span(w, "country", t->state);
	if (reports_status_of(s, &row, team, a, &at, &r)) {
		json_put_key(w, "number");
		json_put_raw(w, json_raw(json_get(r.body, "number")));
		json_put_key(w, "state");
		json_put_raw(w, json_raw(json_get(r.body, "state")));
		json_put_member_u64(w, "at", (uint64_t)at.iat_s);
	}
	json_put_close(w, '}');
}

static void
take_follow(struct service *s, uint64_t call, struct json_val v,
    struct arena *a)
{
	static const char *const same[] = { "number", "topic", "state",
		"stage", "received", "consent" };
	struct digest find;
	struct index_row row;
	struct json_out w;
	struct record r;
	struct buf b;
	enum err e = reports_digest(v, "find", a, &find) ? find_report(s, &find, a,
	    &row, &r) : ERR_SCHEMA;

	if (e != ERR_NONE) {
		reports_reply_error(s, call, e);
		return;
	}
	buf_init(&b, LIMIT_WEB_CALL);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		struct json_val m = json_get(r.body, same[i]);

		if (m.type == JSON_ABSENT)
			continue;
		json_put_key(&w, same[i]);
		json_put_raw(&w, json_raw(m));
	}
	put_handed(s, r.body, a, &w);
	put_newest(s, json_get(r.body, "messages"), a, &w, &b);
	json_put_close(&w, '}');
	reports_reply(s, call, TALK_DONE, buf_span(&b));
	buf_release(&b);
}

/* --- calls --- */

static void
take_key(struct service *s, uint64_t call)
{
	struct buf b;

	if (!s->has_intake) {
		reports_reply(s, call, TALK_NOTHING, span_str(""));
		return;
	}
	buf_init(&b, 64);
	code_write_base64url(&b, span_of(s->intake_jwk.x,
	    sizeof s->intake_jwk.x));
	reports_reply(s, call, TALK_DONE, buf_span(&b));
	buf_release(&b);
}

static void
take_piece(struct service *s, const struct talk_frame *f)
{
	struct reports *r = s->reports;
	struct talk_piece t;
	enum err e = talk_piece_parse(f->text, &t);

	if (e == ERR_NONE && f->op == TALK_DROP) {
		report_pieces_drop(r->pieces, t.form);
		return;
	}
	if (e == ERR_NONE)
		e = report_pieces_put(r->pieces, &t, f->op == TALK_FILE,
		    loop_now(s->loop).mono.ms);
	if (!loop_timer_is_running(r->look))
		loop_timer_start(r->look, LOOK_MS, LOOK_MS);
	reports_reply(s, f->id, e == ERR_NONE ? TALK_DONE :
	    e == ERR_FULL || e == ERR_BUSY ? TALK_FULL : TALK_LATER,
	    span_str(e == ERR_NONE ? "" : err_token(e)));
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
	if (f->op == TALK_PIECE || f->op == TALK_FILE || f->op == TALK_DROP) {
		take_piece(s, f);
		return;
	}
	if (json_parse_arena(f->text, LIMIT_JSON_DEPTH, 4096, &a, &doc,
	    NULL) == ERR_NONE)
		v = json_root(&doc);
	if (v.type != JSON_OBJECT)
		reports_reply_error(s, f->id, ERR_SYNTAX);
	else if (f->op == TALK_REPORT &&
	    json_get(v, "form").type != JSON_ABSENT)
		reports_file_sealed(s, f->id, v, &a);
	else if (f->op == TALK_REPORT)
		reports_file(s, f->id, v, &a);
	else if (f->op == TALK_FOLLOW)
		take_follow(s, f->id, v, &a);
	else if (f->op == TALK_MESSAGE || f->op == TALK_WITHDRAW ||
	    f->op == TALK_CONSENT)
		take_change(s, f, v, &a);
	else
		reports_reply_error(s, f->id, ERR_UNSUPPORTED);
	arena_release(&a);
}

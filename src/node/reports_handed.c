/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports that other teams have handed to this one: each becomes a report here
 * with a number of its own, and its team of origin is told that, and each
 * state it comes to. Nothing of this is kept beside the logs: what came is
 * compared with the reports here, and the states of those with the newest
 * that was told. So a kill in between loses nothing, and makes nothing twice.
 * The text stays in the entry that came.
 */
#include "node/reports_inside.h"

#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>

enum {
	SLICE = 32,       /* looked at in one turn */
	PAUSE_MS = 50,
	AGAIN_MS = 500,
	LOOK_MS = 60000,
	BACK_S = 400 * 86400 /* older ones are not looked after */
};

struct look {
	struct service *service;
	struct arena mem;
	struct index_row row[SLICE];
	size_t n;
};

const struct kind *
reports_kind(const struct service *s, bool hands)
{
	for (size_t i = 0; i < kind_count(s->schema); i++) {
		const struct kind *k = kind_at(s->schema, i);

		if (hands ? k->hands : k->hand_state)
			return k;
	}
	return NULL;
}

static bool
keep_row(void *ctx, const struct index_row *row)
{
	struct look *x = ctx;

	x->row[x->n] = *row;
	x->row[x->n].iss = arena_copy(&x->mem, row->iss);
	x->row[x->n].kind = arena_copy(&x->mem, row->kind);
	x->row[x->n].brief = span_str("");
	return ++x->n < SLICE;
}

struct uuid
reports_handed_id(struct span team, struct span number)
{
	/* no name of a team has a line's end, so that none reaches into the
	 * numbers of another */
	struct digest d = hash_sha256_spans((const struct span[]){
	    span_str("report that was handed/1\n"), team, span_str("\n"),
	    number }, 4);

	return uuid_make((struct wall){ 0 }, d.b);
}

const char *
reports_handed_topic(const struct schema *s, struct span said)
{
	const struct field *f = field_find(kind_find(s, span_str("report")),
	    span_str("topic"));
	const struct choice *c = choice_find(f->choices, said);

	if (c == NULL)
		c = choice_find(f->choices, span_str("other"));
	return c->value;
}

/* --- it becomes a report --- */

struct taking {
	struct service *service;
	char number[24];
	struct span team;
	struct arena mem;
};

static void
on_taken(void *ctx, const struct hub_appended *result)
{
	struct taking *t = ctx;
	struct service *s = t->service;
	char text[200];

	s->reports->writing--;
	if (result->err == ERR_NONE) {
		log_event(LOG_NOTICE, "report.handed",
		    log_str("number", t->number), log_span("team", t->team));
		snprintf(text, sizeof text, "report %s handed over by %.*s: "
		    "almenara reports show %s", t->number, SPAN_FMT(t->team),
		    t->number);
		service_alarm(s, text);
		reports_handed_stir(s);
	}
	arena_release(&t->mem);
	free(t);
}

static void
write_report(const struct look *x, const struct taking *t,
    const struct index_row *row, const struct record *r, struct arena *a,
    struct json_out *w)
{
	char id[UUID_TEXT + 1];
	struct span topic = span_str("");

	uuid_write(&row->id, id);
	json_put_open(w, '{');
	json_put_member_str(w, "number", t->number);
	json_put_member_str(w, "state", "received");
	json_put_member_u64(w, "received",
	    (uint64_t)(loop_now(x->service->loop).wall.ms / 1000));
	json_put_member_str(w, "lane", "normal");
	(void)!json_text(json_get(r->body, "topic"), a, &topic);
	json_put_member_str(w, "topic",
	    reports_handed_topic(x->service->schema, topic));
	json_put_key(w, "language");
	json_put_raw(w, json_raw(json_get(r->body, "language")));
	json_put_key(w, "origin");
	json_put_open(w, '{');
	json_put_member_span(w, "team", row->iss);
	json_put_key(w, "number");
	json_put_raw(w, json_raw(json_get(r->body, "number")));
	json_put_member_str(w, "entry", id);
	json_put_close(w, '}');
	json_put_close(w, '}');
}

static void
take(struct look *x, const struct index_row *row, const struct record *r,
    const struct uuid *id)
{
	struct service *s = x->service;
	struct taking *t = mem_alloc(sizeof *t);
	struct hub_draft d = home_draft(s, "report");
	struct arena a = { 0 };
	struct json_out w;
	struct buf b;
	enum err e;

	t->service = s;
	t->team = arena_copy(&t->mem, row->iss);
	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	e = reports_number(s->reports, t->number);
	if (e == ERR_NONE) {
		write_report(x, t, row, r, &a, &w);
		d.id = *id;
		e = buf_check(&b);
	}
	if (e == ERR_NONE) {
		s->reports->writing++;
		e = reports_append(s, &d, buf_span(&b), &a, on_taken, t);
		if (e != ERR_NONE)
			s->reports->writing--;
	}
	if (e != ERR_NONE) {
		arena_release(&t->mem);
		free(t);
	}
	arena_release(&a);
	buf_release(&b);
}

/* --- its state goes back --- */

struct told {
	struct service *service;
	struct span team;
	struct index_row row;
	bool is_found;
};

/* The newest comes last. */
static bool
see_status(void *ctx, const struct index_row *row)
{
	struct told *t = ctx;
	const struct kind *k = kind_find(t->service->schema, row->kind);

	if (row->state != STORE_BODY_HELD || k == NULL || !k->hand_state ||
	    !span_is_equal(row->iss, t->team))
		return true;
	t->row = *row;
	t->is_found = true;
	return true;
}

bool
reports_status_of(struct service *s, const struct index_row *hand,
    struct span team, struct arena *a, struct index_row *row,
    struct record *r)
{
	struct told t = { .service = s, .team = team };
	const struct index_notice want = { .other = see_status, .ctx = &t };
	struct index_audience aud;

	if (index_notice(s->index, hand, &want, a, &aud) != ERR_NONE ||
	    !t.is_found ||
	    record_read(s, t.row.log, t.row.index, a, r) != ERR_NONE)
		return false;
	*row = t.row;
	return true;
}

static void
on_told(void *ctx, const struct hub_appended *result)
{
	struct service *s = ctx;

	s->reports->writing--;
	if (result->err != ERR_NONE) {
		log_event(LOG_WARNING, "report.untold",
		    log_err("error", result->err),
		    log_str("text", result->text));
		return;
	}
	reports_handed_stir(s);
}

static void
tell(struct look *x, const struct index_row *row, const struct record *here,
    struct span state)
{
	struct service *s = x->service;
	struct span aud[] = { s->own_team, row->iss }, bad;
	const struct kind *k = reports_kind(s, false);
	struct hub_draft d = {
		.tlp = span_str("TLP:AMBER"), .aud = aud, .aud_n = 2,
		.has_re = true, .re = row->digest };
	struct arena a = { 0 };
	struct fault f = { 0 };
	struct json_out w;
	struct json doc;
	struct buf b;

	if (k == NULL)
		return;
	d.kind = span_str(k->name);
	if (span_compare(aud[0], aud[1]) > 0) {
		aud[0] = row->iss;
		aud[1] = s->own_team;
	}
	if (hub_find_unsealable(s->hub, &row->iss, 1,
	    loop_now(s->loop).wall, &bad))
		return; /* later, when it can be */
	buf_init(&b, 1024);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_key(&w, "number");
	json_put_raw(&w, json_raw(json_get(here->body, "number")));
	json_put_member_span(&w, "state", state);
	json_put_close(&w, '}');
	d.body = buf_span(&b);
	if (home_check(s, d.kind, d.body, &a, &doc, &f) == ERR_NONE) {
		s->reports->writing++;
		hub_append(s->hub, &d, on_told, s);
		service_stir(s);
	} else {
		log_event(LOG_ERROR, "report.status",
		    log_str("field", f.field), log_str("rule", f.rule));
	}
	arena_release(&a);
	buf_release(&b);
}

static void
tell_if_new(struct look *x, const struct index_row *row,
    const struct index_row *home)
{
	struct service *s = x->service;
	struct index_row at;
	struct record here, said;
	struct span state, was;

	if (record_read(s, home->log, home->index, &x->mem, &here) !=
		ERR_NONE ||
	    json_text(json_get(here.body, "state"), &x->mem, &state) !=
		ERR_NONE)
		return;
	if (!reports_status_of(s, row, s->own_team, &x->mem, &at, &said) ||
	    json_text(json_get(said.body, "state"), &x->mem, &was) !=
		ERR_NONE || !span_is_equal(was, state))
		tell(x, row, &here, state);
}

/* --- looking --- */

static void
look_at(struct look *x, const struct index_row *row)
{
	struct service *s = x->service;
	char text[UUID_TEXT + 1];
	struct index_row home;
	struct record r;
	struct span number;
	struct uuid id;
	enum err e;

	if ((row->flags & INDEX_MINE) != 0 || row->state != STORE_BODY_HELD ||
	    record_read(s, row->log, row->index, &x->mem, &r) != ERR_NONE ||
	    json_text(json_get(r.body, "number"), &x->mem, &number) !=
		ERR_NONE)
		return;
	id = reports_handed_id(row->iss, number);
	uuid_write(&id, text);
	e = index_find(s->index, INDEX_AT_HOME, span_str(text), &x->mem,
	    &home, NULL, NULL);
	if (e == ERR_NOT_FOUND)
		take(x, row, &r, &id);
	else if (e == ERR_NONE)
		tell_if_new(x, row, &home);
}

/* True if there is more. */
static bool
look_on(struct service *s)
{
	struct reports *r = s->reports;
	const struct kind *k = reports_kind(s, true);
	const struct index_filter filter = { .any = true,
		.kind = span_str(k != NULL ? k->name : "-"),
		.before = r->before, .limit = SLICE };
	struct look *x = mem_alloc(sizeof *x);
	int64_t now_s = loop_now(s->loop).wall.ms / 1000;
	bool is_more;

	x->service = s;
	(void)!index_inbox(s->index, &filter, keep_row, x, NULL);
	is_more = x->n == SLICE && x->row[SLICE - 1].iat_s > now_s - BACK_S;
	for (size_t i = 0; i < x->n; i++)
		look_at(x, &x->row[i]);
	if (x->n != 0)
		r->before = x->row[x->n - 1].at;
	arena_release(&x->mem);
	free(x);
	return is_more;
}

static void
on_timer(void *ctx)
{
	struct service *s = ctx;
	struct reports *r = s->reports;
	bool is_more;

	if (s->is_stopping)
		return;
	/* what was written must have been taken */
	if (r->writing != 0 || index_lag(s->index) != 0) {
		loop_timer_start(r->timer, AGAIN_MS, 0);
		return;
	}
	if (r->before == 0)
		r->is_stirred = false;
	is_more = look_on(s);
	if (!is_more)
		r->before = 0;
	loop_timer_start(r->timer, is_more ? PAUSE_MS : r->is_stirred ?
	    AGAIN_MS : LOOK_MS, 0);
}

void
reports_handed_start(struct service *s)
{
	s->reports->timer = loop_timer_create(s->loop, on_timer, s);
	reports_handed_stir(s);
}

void
reports_handed_stop(struct service *s)
{
	if (s->reports == NULL || s->reports->timer == NULL)
		return;
	loop_timer_free(s->reports->timer);
	s->reports->timer = NULL;
}

void
reports_handed_stir(struct service *s)
{
	struct reports *r = s->reports;

	if (r == NULL || r->timer == NULL || r->is_stirred)
		return;
	r->is_stirred = true;
	if (r->before == 0)
		loop_timer_start(r->timer, AGAIN_MS, 0);
}

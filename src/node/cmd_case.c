/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: cases, case, audit_case.
 */
#include "node/cmd_case.h"

#include "node/audit_case.h"
#include "node/case_past.h"
#include "node/claims.h"
#include "node/exercise.h"
#include "node/exits.h"
#include "node/issue.h"
#include "node/reach.h"

/* --- showing --- */

static void
put_clocks(struct call *c, const struct kind *k, const struct case_past *h,
    struct json_val body)
{
	struct life_due due[LIFE_CLOCKS_MAX];
	size_t n = life_clocks(k->life, h->past, h->n, body, call_now_s(c), due);
	int64_t next = 0;
	struct json_out *w = &c->w;

	json_put_key(w, "clocks");
	json_put_open(w, '[');
	for (size_t i = 0; i < n; i++) {
		json_put_open(w, '{');
		json_put_member_str(w, "clock", due[i].clock->id);
		json_put_member_str(w, "label",
		    due[i].clock->names.in[c->lang]);
		json_put_member_u64(w, "due", (uint64_t)due[i].due_s);
		json_put_member_u64(w, "done", (uint64_t)due[i].done_s);
		json_put_member_bool(w, "late", due[i].is_late);
		json_put_close(w, '}');
		if (due[i].done_s == 0 && (next == 0 || due[i].due_s < next))
			next = due[i].due_s;
	}
	json_put_close(w, ']');
	/* a time in a field is a promise too, until it has passed */
	for (size_t i = 0; i < k->field_count; i++) {
		int64_t t;

		if (k->field[i].type == FIELD_TS && k->field[i].brief &&
		    json_i64(json_get(body, k->field[i].name), &t) ==
			ERR_NONE && t > call_now_s(c) && (next == 0 || t < next))
			next = t;
	}
	json_put_member_u64(w, "next", h->n != 0 && life_is_final(k->life,
		h->past[h->n - 1].state) ? 0 : (uint64_t)next);
}

static void
put_steps(struct call *c, const struct life *l, struct span state)
{
	struct json_out *w = &c->w;

	json_put_key(w, "steps");
	json_put_open(w, '[');
	for (size_t i = 0; i < l->step_count; i++) {
		const struct life_step *s = &l->step[i];

		if (life_find(l, state, span_str(s->action)) != s)
			continue;
		json_put_open(w, '{');
		json_put_member_str(w, "action", s->action);
		json_put_member_str(w, "label", s->names.in[c->lang]);
		json_put_member_str(w, "to", s->to);
		json_put_key(w, "needs");
		json_put_open(w, '[');
		for (size_t n = 0; n < s->needs.count; n++)
			json_put_str(w, s->needs.at[n]);
		json_put_close(w, ']');
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

/* Of which value of its field it is the one. */
static void
put_one(struct call *c, const struct kind *k, struct json_val body)
{
	const struct choice *word;
	struct span value;

	if (k->life->one == NULL ||
	    json_text(json_get(body, k->life->one), &c->mem, &value) !=
		ERR_NONE)
		return;
	word = choice_find(field_find(k, span_str(k->life->one))->choices,
	    value);
	json_put_member_span(&c->w, "value", value);
	json_put_member_str(&c->w, "value_label",
	    word != NULL ? word->names.in[c->lang] : "");
}

/* The state as it is now: also an exercise that something real has stopped. */
static struct span
shown_state(struct call *c, const struct kind *k, const struct index_row *row,
    struct json_val body)
{
	struct span state = life_now(k->life, body, call_now_s(c), &c->mem);
	struct index_row real;

	return k->exercise && span_is_str(state, "running") &&
		exercise_is_stopped(c, row, &real) ? span_str("paused") :
						     state;
}

static void
put_case(struct call *c, const struct kind *k, const struct index_row *row,
    struct json_val body, const struct case_past *h)
{
	struct span state = shown_state(c, k, row, body);
	const struct field *fd = field_find(k, span_str(k->life->field));
	const struct choice *word = choice_find(fd->choices, state);
	struct json_out *w = &c->w;

	json_put_member_str(w, "id", call_id(c, &row->id));
	json_put_member_span(w, "kind", row->kind);
	json_put_member_span(w, "iss", row->iss);
	json_put_member_u64(w, "rev", row->rev);
	json_put_member_u64(w, "iat", (uint64_t)row->iat_s);
	json_put_member_bool(w, "mine", (row->flags & INDEX_MINE) != 0);
	call_put_title(c, row);
	json_put_member_span(w, "state", state);
	json_put_member_str(w, "label",
	    word != NULL ? word->names.in[c->lang] : "");
	json_put_member_bool(w, "ended", life_is_final(k->life, state));
	json_put_member_u64(w, "lapses",
	    (uint64_t)life_lapses_at(k->life, body, &c->mem));
	put_one(c, k, body);
	exercise_put_mark(c, row, w);
	if (row->has_re)
		json_put_member_str(w, "re", call_digest(c, &row->re));
	put_clocks(c, k, h, body);
}

struct listed {
	struct index_row row;
	struct listed *next;
};

struct listing {
	struct call *call;
	struct listed *first, **tail;
};

static bool
keep_row(void *ctx, const struct index_row *row)
{
	struct listing *l = ctx;
	struct arena *a = &l->call->mem;
	struct listed *x = arena_alloc(a, sizeof *x);

	x->row = *row;
	x->row.iss = arena_copy(a, row->iss);
	x->row.kind = arena_copy(a, row->kind);
	x->row.brief = arena_copy(a, row->brief);
	*l->tail = x;
	l->tail = &x->next;
	return true;
}

/* "" stands for all, also those of none. */
static bool
is_of_exercise(struct json_val body, struct span name, struct arena *a)
{
	struct span s;

	return name.n == 0 ||
	    (json_text(json_get(body, "exercise"), a, &s) == ERR_NONE &&
	    span_is_equal(s, name));
}

enum err
cases_put(struct call *c, const char *member,
    const struct index_filter *filter, struct span exercise, bool full)
{
	struct listing l = { .call = c };
	struct record r;
	enum err e;

	l.tail = &l.first;
	e = index_inbox(c->service->index, filter, keep_row, &l, NULL);
	if (e != ERR_NONE)
		return e;
	json_put_key(&c->w, member);
	json_put_open(&c->w, '[');
	for (struct listed *x = l.first; x != NULL; x = x->next) {
		const struct kind *k = kind_find(c->service->schema,
		    x->row.kind);

		if (k == NULL || k->life == NULL ||
		    !call_look(c, &x->row, EXIT_SHOW, &r) ||
		    !is_of_exercise(r.body, exercise, &c->mem) ||
		    (!filter->ended && life_is_final(k->life,
			life_now(k->life, r.body, call_now_s(c), &c->mem))))
			continue;
		json_put_open(&c->w, '{');
		put_case(c, k, &x->row, r.body,
		    case_past_of(c->service, &c->mem, k, &x->row));
		if (full && r.body.type == JSON_OBJECT) {
			json_put_key(&c->w, "body");
			json_put_raw(&c->w, json_raw(r.body));
		}
		json_put_close(&c->w, '}');
	}
	json_put_close(&c->w, ']');
	return ERR_NONE;
}

void
cmd_cases(struct call *c)
{
	struct index_filter filter = { .cases = true, .limit = 200,
		.kind = call_arg(c, "kind") };
	bool full = false;
	enum err e;

	if (json_bool(json_get(c->args, "ended"), &filter.ended) != ERR_NONE)
		filter.ended = false;
	if (json_bool(json_get(c->args, "full"), &full) != ERR_NONE)
		full = false;
	if (filter.kind.n == 0) {
		call_misused(c, "kind is missing");
		return;
	}
	json_put_open(&c->w, '{');
	e = cases_put(c, "rows", &filter, span_str(""), full);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, "the index cannot be read",
		    err_sentence(e), "almenara log reindex");
		return;
	}
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- one case --- */

bool
case_find(struct call *c, struct index_row *row, struct record *r,
    const struct kind **k)
{
	if (!call_find(c, INDEX_SHARED, "id", row) ||
	    !call_read(c, row, EXIT_SHOW, r))
		return false;
	*k = kind_find(c->service->schema, row->kind);
	if (*k != NULL && (*k)->life != NULL)
		return true;
	call_fail(c, ERR_STATE, EXIT_REFUSED, "this is no case",
	    "its kind has no life cycle", call_text(c, "almenara show %s",
		call_id(c, &row->id)));
	return false;
}

static bool
put_past(struct call *c, const struct case_past *h)
{
	json_put_key(&c->w, "past");
	json_put_open(&c->w, '[');
	for (size_t i = 0; i < h->n; i++) {
		json_put_open(&c->w, '{');
		json_put_member_span(&c->w, "state", h->past[i].state);
		json_put_member_u64(&c->w, "at", (uint64_t)h->past[i].at_s);
		json_put_close(&c->w, '}');
	}
	json_put_close(&c->w, ']');
	return true;
}

/* What each step said of itself, oldest first. */
static bool
put_act(void *ctx, const struct index_row *row)
{
	struct call *c = ctx;
	const struct kind *k = kind_find(c->service->schema, row->kind);
	struct json_out *w = &c->w;
	struct json_val event;
	struct record r;

	if (k == NULL || !call_look(c, row, EXIT_SHOW, &r))
		return true;
	event = json_get(r.body, k->life->event);
	json_put_open(w, '{');
	json_put_member_u64(w, "rev", row->rev);
	json_put_member_u64(w, "iat", (uint64_t)row->iat_s);
	json_put_member_u64(w, "index", row->index);
	json_put_member_str(w, "digest", call_digest(c, &row->digest));
	json_put_key(w, "author_post");
	json_put_raw(w, json_get(r.body, "author_post").type == JSON_STRING ?
		json_raw(json_get(r.body, "author_post")) : span_str("\"\""));
	if (event.type == JSON_OBJECT) {
		json_put_key(w, "event");
		json_put_raw(w, json_raw(event));
	}
	json_put_close(w, '}');
	return true;
}

static void
put_acts(struct call *c, const struct index_row *row)
{
	const struct index_notice want = { .revision = put_act, .ctx = c };

	json_put_key(&c->w, "acts");
	json_put_open(&c->w, '[');
	(void)!index_notice(c->service->index, row, &want, &c->mem, NULL);
	json_put_close(&c->w, ']');
}

static bool
keep_reply(void *ctx, const struct index_row *row)
{
	const uint32_t both = INDEX_CASE | INDEX_NEWEST;

	return (row->flags & both) != both || keep_row(ctx, row);
}

/* The cases of others about this one, and how long each took to come. */
static void
put_replies(struct call *c, const struct index_row *row,
    const struct case_past *h)
{
	struct listing l = { .call = c };
	const struct index_notice want = { .other = keep_reply, .ctx = &l };
	struct json_out *w = &c->w;
	struct record r;

	l.tail = &l.first;
	(void)!index_notice(c->service->index, row, &want, &c->mem, NULL);
	json_put_key(w, "replies");
	json_put_open(w, '[');
	for (struct listed *x = l.first; x != NULL; x = x->next) {
		const struct kind *k = kind_find(c->service->schema,
		    x->row.kind);
		const struct case_past *its = case_past_of(c->service,
		    &c->mem, k, &x->row);

		if (!call_look(c, &x->row, EXIT_SHOW, &r))
			continue;
		json_put_open(w, '{');
		put_case(c, k, &x->row, r.body, its);
		json_put_member_str(w, "digest",
		    call_digest(c, &x->row.digest));
		if (h->n != 0 && its->n != 0 &&
		    its->past[0].at_s >= h->past[0].at_s)
			json_put_member_u64(w, "after_s", (uint64_t)
			    (its->past[0].at_s - h->past[0].at_s));
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

void
cmd_case(struct call *c)
{
	struct index_row row, subject;
	const struct case_past *h;
	const struct kind *k;
	struct record r;

	if (!case_find(c, &row, &r, &k))
		return;
	h = case_past_of(c->service, &c->mem, k, &row);
	json_put_open(&c->w, '{');
	put_case(c, k, &row, r.body, h);
	json_put_key(&c->w, "body");
	json_put_raw(&c->w, json_raw(r.body));
	put_past(c, h);
	if (k->life->event != NULL)
		put_acts(c, &row);
	put_replies(c, &row, h);
	put_steps(c, k->life, life_now(k->life, r.body, call_now_s(c), &c->mem));
	/* who could read what it is about */
	if (row.has_re && index_by_digest(c->service->index, &row.re, &c->mem,
			      &subject) == ERR_NONE)
		reach_put_readers(c, &subject);
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- its file, for the audit trail --- */

static bool
put_line(void *ctx, const struct index_row *row)
{
	struct call *c = ctx;
	const struct exit_notice n = exits_of_row(c->service, row);
	const struct exit_pass pass = exits_to_caller(c, EXIT_AUDIT, &n);
	size_t log = log_find(c->service, row->log);
	struct json_out *w = &c->w;
	const struct kind *k = kind_find(c->service->schema, row->kind);
	struct record r;

	if (!exit_opens(&pass, EXIT_AUDIT, EXIT_CODED) ||
	    record_read(c->service, row->log, row->index, &c->mem, &r) !=
		ERR_NONE)
		return true;
	json_put_open(w, '{');
	json_put_member_span(w, "kind", row->kind);
	json_put_member_u64(w, "rev", row->rev);
	json_put_member_span(w, "iss", row->iss);
	json_put_key(w, "iat");
	json_put_i64(w, row->iat_s);
	json_put_member_span(w, "state", k != NULL && k->life != NULL ?
		life_state(k->life, r.body, &c->mem) : span_str(""));
	json_put_member_span(w, "log", log == SIZE_MAX ? span_str("") :
		hub_log(c->service->hub, log).origin);
	json_put_member_u64(w, "index", row->index);
	json_put_member_str(w, "digest", call_digest(c, &row->digest));
	/* what it says, to who may read it */
	if (exit_opens(&pass, EXIT_AUDIT, EXIT_TEXT)) {
		json_put_key(w, "body");
		json_put_raw(w, json_raw(r.body));
	}
	json_put_close(w, '}');
	return true;
}

static void
put_lines(struct call *c, const struct index_row *row)
{
	const struct index_notice steps = { .revision = put_line, .ctx = c };
	const struct index_notice others = { .answer = put_line,
		.other = put_line, .ctx = c };

	json_put_key(&c->w, "steps");
	json_put_open(&c->w, '[');
	(void)!index_notice(c->service->index, row, &steps, &c->mem, NULL);
	json_put_close(&c->w, ']');
	json_put_key(&c->w, "others");
	json_put_open(&c->w, '[');
	(void)!index_notice(c->service->index, row, &others, &c->mem, NULL);
	json_put_close(&c->w, ']');
}

void
cmd_audit_case(struct call *c)
{
	struct index_row row, subject;
	const struct kind *k;
	struct record r;

	if (!call_find(c, INDEX_SHARED, "id", &row))
		return;
	k = kind_find(c->service->schema, row.kind);
	if (k == NULL || k->life == NULL ||
	    record_read(c->service, row.log, row.index, &c->mem, &r) !=
		ERR_NONE) {
		call_fail(c, ERR_STATE, EXIT_REFUSED, "this is no case",
		    "its kind has no life cycle", call_text(c,
			"almenara audit %s", call_id(c, &row.id)));
		return;
	}
	json_put_open(&c->w, '{');
	put_case(c, k, &row, r.body,
	    case_past_of(c->service, &c->mem, k, &row));
	put_lines(c, &row);
	/* who had what it is about */
	if (row.has_re && index_by_digest(c->service->index, &row.re, &c->mem,
			      &subject) == ERR_NONE)
		reach_put_teams(c, &subject);
	if (!audit_put_here(c, &row))
		return;
	json_put_close(&c->w, '}');
	call_done(c);
}

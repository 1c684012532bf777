/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: cases, case, case_open, case_step, audit_case. A case is a record
 * of a kind with a life cycle (schema/life.h), whatever it is about; each step
 * is a revision of it.
 */
#include "node/audit_case.h"
#include "node/case_past.h"
#include "node/claims.h"
#include "node/exercise.h"
#include "node/exits.h"
#include "node/issue.h"
#include "node/reach.h"

static const char not_opened[] = "the case was not opened";
static const char not_taken[] = "the step was not taken";

/* The roles of who asks, with blanks between. */
static struct span
roles_of(struct call *c)
{
	const char *all = "";

	if (c->caller.is_admin)
		return span_str("*");
	for (size_t i = 0; i < c->caller.role_n; i++)
		all = call_text(c, "%s%s%s", all, i != 0 ? " " : "",
		    c->caller.role[i]);
	return span_str(all);
}

static int64_t
now_s(struct call *c)
{
	return loop_now(c->service->loop).wall.ms / 1000;
}

/* --- showing --- */

static void
put_clocks(struct call *c, const struct kind *k, const struct case_past *h,
    struct json_val body)
{
	struct life_due due[LIFE_CLOCKS_MAX];
	size_t n = life_clocks(k->life, h->past, h->n, body, now_s(c), due);
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
			ERR_NONE && t > now_s(c) && (next == 0 || t < next))
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
	struct span state = life_now(k->life, body, now_s(c), &c->mem);
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
			life_now(k->life, r.body, now_s(c), &c->mem))))
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

static bool
open_case(struct call *c, struct index_row *row, struct record *r,
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

	if (!open_case(c, &row, &r, &k))
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
	put_steps(c, k->life, life_now(k->life, r.body, now_s(c), &c->mem));
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

/* --- opening and stepping --- */

/* The event of this step: `what` is nobody's to say. */
static void
put_event(struct call *c, struct json_val event, const char *action,
    struct json_out *w)
{
	json_put_open(w, '{');
	json_put_member_str(w, "what", action);
	json_put_rest(w, event, JSON_WITHOUT("what"), &c->mem);
	json_put_close(w, '}');
}

/* Is this member of the old (`pass` 0) or new body taken over as it is? */
static bool
is_taken(struct call *c, const struct life *l, struct span key, int pass,
    struct json_val over)
{
	if (span_is_str(key, l->field) ||
	    (l->event != NULL && span_is_str(key, l->event)))
		return false;
	return pass == 1 || json_get(over, arena_string(&c->mem, key)).type ==
	    JSON_ABSENT;
}

/* The body with the members of `over` put over it, the state, and the event of
 * the step `action`. */
static enum err
merge(struct call *c, struct json_val body, struct json_val over,
    const struct life *l, const char *state, const char *action,
    struct json *doc, struct fault *f)
{
	struct json_out w;
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_PAYLOAD * 2);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	for (int pass = 0; pass < 2; pass++) {
		struct json_val from = pass == 0 ? body : over;

		for (struct json_val m = json_first(from);
		     m.type != JSON_ABSENT; m = json_next(from, m)) {
			struct span key = json_key(m, &c->mem);

			if (!is_taken(c, l, key, pass, over))
				continue;
			json_put_key_span(&w, key);
			json_put_raw(&w, json_raw(m));
		}
	}
	json_put_member_str(&w, l->field, state);
	if (l->event != NULL &&
	    json_get(over, l->event).type == JSON_OBJECT) {
		json_put_key(&w, l->event);
		put_event(c, json_get(over, l->event), action, &w);
	}
	json_put_close(&w, '}');
	e = json_parse_buf(&b, &c->mem, doc, f);
	return e;
}

/* What a new case is about, if its kind is about anything. */
static bool
open_about(struct call *c, const struct kind *k, struct plan_ask *ask,
    struct subject *s)
{
	struct fault f = { 0 };

	if (!k->about)
		return true;
	if (!subject_open(c, s))
		return false;
	ask->has_re = true;
	ask->re = s->row.digest;
	if (k->to_origin)
		subject_address(c, s, true, ask);
	else if (subject_address_narrower(c, s, ask, &f) != ERR_NONE) {
		issue_refuse(c, "case_open", ERR_AUDIENCE,
		    call_id(c, &s->row.id), not_opened, &f, call_text(c,
			"almenara readers %s", call_id(c, &s->row.id)));
		return false;
	}
	return true;
}

/* What stays with the own team needs no word of whom it is for. */
static void
address_own(struct call *c, struct plan_ask *ask)
{
	struct json *doc = arena_alloc(&c->mem, sizeof *doc);
	const char *text = call_text(c, "[\"%.*s\"]",
	    SPAN_FMT(c->service->own_team));

	if (ask->tlp.n == 0)
		ask->tlp = span_str(tlp_label(TLP_RED));
	if (ask->aud.type == JSON_ABSENT &&
	    json_parse_arena(span_str(text), LIMIT_JSON_DEPTH,
		LIMIT_JSON_TOKENS, &c->mem, doc, NULL) == ERR_NONE)
		ask->aud = json_root(doc);
}

/* {"joins": D} */
static struct json_val
joining(struct call *c, const struct claim *holder)
{
	struct json *doc = arena_alloc(&c->mem, sizeof *doc);
	const char *text = call_text(c, "{\"joins\":\"%s\"}",
	    call_digest(c, &holder->row.digest));

	if (json_parse_arena(span_str(text), LIMIT_JSON_DEPTH,
		LIMIT_JSON_TOKENS, &c->mem, doc, NULL) != ERR_NONE)
		return (struct json_val){ 0 };
	return json_root(doc);
}

/* The body of a new case as its kind wants it now. */
static enum err
begin(struct call *c, const struct kind *k, struct json_val body,
    const struct claim *holder, struct json *doc, struct fault *f)
{
	const struct life_step *first = life_begin(k->life,
	    call_arg(c, "action"));
	enum err e;

	if (first == NULL)
		return fault_at(f, ERR_RULE, 0, "action",
		    "does not begin a record of this kind");
	e = life_check(first, roles_of(c), body, now_s(c), now_s(c), f);
	if (e == ERR_NONE)
		e = merge(c, body, holder != NULL ? joining(c, holder) : body,
		    k->life, first->to, first->action, doc, f);
	return e != ERR_NONE ? e : life_check_lapse(k->life,
	    span_str(first->to), json_root(doc), now_s(c), f);
}

void
cmd_case_open(struct call *c)
{
	const struct kind *k = kind_find(c->service->schema,
	    call_arg(c, "kind"));
	struct plan_ask ask = { .any_kind = true, .tlp = call_arg(c, "tlp"),
		.aud = json_get(c->args, "aud") };
	struct json_val body = json_get(c->args, "body");
	const struct claim *holder = NULL;
	struct fault f = { 0 };
	struct subject subject;
	struct json doc;
	enum err e;

	if (k == NULL || k->life == NULL || body.type != JSON_OBJECT) {
		call_misused(c, "case_open needs the kind of a case and its "
		    "body");
		return;
	}
	if (!open_about(c, k, &ask, &subject) ||
	    (k->life->one != NULL &&
		!claims_may_open(c, k, body, &subject, &holder)))
		return;
	if (k->own)
		address_own(c, &ask);
	if (ask.tlp.n == 0)
		ask.tlp = span_str(tlp_label(TLP_AMBER));
	e = begin(c, k, body, holder, &doc, &f);
	if (e != ERR_NONE) {
		issue_refuse(c, "case_open", e, k->name, not_opened, &f, "");
		return;
	}
	ask.kind = span_str(k->name);
	ask.body = json_root(&doc);
	issue_run(c, &ask, "case_open", not_opened);
}

static const struct life_step *
find_step(struct call *c, const struct kind *k, const struct index_row *row,
    struct span state)
{
	struct span action = call_arg(c, "action");
	const struct life_step *s = life_find(k->life, state, action);
	const char *next = call_text(c, "almenara show %s",
	    call_id(c, &row->id));

	if ((row->flags & INDEX_MINE) == 0)
		call_fail(c, ERR_RULE, EXIT_REFUSED, not_taken,
		    "only the team that opened a case takes its steps", next);
	else if (s == NULL)
		call_fail(c, ERR_STATE, EXIT_REFUSED, not_taken,
		    call_text(c, "there is no step %.40s from the state %.40s",
			arena_string(&c->mem, action),
			arena_string(&c->mem, state)), next);
	else
		return s;
	return NULL;
}

/* Who is let in joins the list of parties, if its kind has one: the same body
 * with the teams of `aud` behind those that are there. */
static struct json_val
with_parties(struct call *c, const struct kind *k, struct json_val body)
{
	struct json *doc = arena_alloc(&c->mem, sizeof *doc);
	struct json_val lists[] = { json_get(body, "parties"),
		json_get(c->args, "aud") };
	struct json_out w;
	struct buf b;

	if (field_find(k, span_str("parties")) == NULL ||
	    lists[1].type != JSON_ARRAY)
		return (struct json_val){ 0 };
	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_key(&w, "parties");
	json_put_open(&w, '[');
	for (size_t i = 0; i < 2; i++)
		for (struct json_val m = json_first(lists[i]);
		     m.type != JSON_ABSENT; m = json_next(lists[i], m))
			json_put_raw(&w, json_raw(m));
	json_put_close(&w, ']');
	json_put_close(&w, '}');
	return json_parse_buf(&b, &c->mem, doc, NULL) == ERR_NONE ?
	    json_root(doc) : body;
}

/* Who is let in reads already what it is about, unless its kind is for its
 * origin alone, whose case it is. */
static enum err
check_readers(struct call *c, const struct kind *k, const struct index_row *row,
    struct fault *f)
{
	struct plan_ask narrower = { .aud = json_get(c->args, "aud") };
	struct subject s;

	if (!k->about || k->to_origin || narrower.aud.type == JSON_ABSENT)
		return ERR_NONE;
	return row->has_re && subject_by_digest(c, &row->re, &s) ?
	    subject_address_narrower(c, &s, &narrower, f) :
	    fault_at(f, ERR_AUDIENCE, 0, "aud",
		"what it is about is not here");
}

/* More readers and no step: the state stays as it is. */
static void
let_in(struct call *c, const struct kind *k, const struct index_row *row,
    const struct record *r)
{
	struct plan_ask ask = { .any_kind = true, .kind = row->kind,
		.earlier = row, .has_re = row->has_re, .re = row->re,
		.aud = json_get(c->args, "aud") };
	const char *state = arena_string(&c->mem,
	    life_state(k->life, r->body, &c->mem));
	struct fault f = { 0 };
	struct json doc;
	enum err e;

	if ((row->flags & INDEX_MINE) == 0) {
		(void)find_step(c, k, row, span_str(""));
		return;
	}
	e = merge(c, r->body, with_parties(c, k, r->body), k->life, state,
	    "", &doc, &f);
	if (e == ERR_NONE)
		e = check_readers(c, k, row, &f);
	ask.body = json_root(&doc);
	if (e != ERR_NONE)
		issue_refuse(c, "case_step", e, call_id(c, &row->id),
		    not_taken, &f, "");
	else
		issue_run(c, &ask, "case_step", not_taken);
}

void
cmd_case_step(struct call *c)
{
	struct plan_ask ask = { .any_kind = true,
		.aud = json_get(c->args, "aud") };
	const struct life_step *s;
	const struct case_past *h;
	struct fault f = { 0 };
	const struct kind *k;
	struct index_row row;
	struct record r;
	struct json doc;
	enum err e;

	if (!open_case(c, &row, &r, &k))
		return;
	/* who takes a step says its life cycle, not the right to read */
	if (r.body.type == JSON_ABSENT &&
	    record_read(c->service, row.log, row.index, &c->mem, &r) !=
		ERR_NONE)
		r.body = (struct json_val){ 0 };
	if (call_arg(c, "action").n == 0 && caller_may(&c->caller,
						RIGHT_DRAFT)) {
		let_in(c, k, &row, &r);
		return;
	}
	s = find_step(c, k, &row, life_now(k->life, r.body, now_s(c),
	    &c->mem));
	if (s == NULL)
		return;
	h = case_past_of(c->service, &c->mem, k, &row);
	e = merge(c, r.body, json_get(c->args, "body"), k->life, s->to,
	    s->action, &doc, &f);
	if (e == ERR_NONE)
		e = life_check(s, roles_of(c), json_root(&doc),
		    h->n != 0 ? h->past[h->n - 1].at_s : row.iat_s, now_s(c),
		    &f);
	if (e == ERR_NONE)
		e = life_check_lapse(k->life, span_str(s->to), json_root(&doc),
		    now_s(c), &f);
	if (e == ERR_NONE)
		e = check_readers(c, k, &row, &f);
	if (e != ERR_NONE) {
		issue_refuse(c, "case_step", e, call_id(c, &row.id), not_taken,
		    &f, "");
		return;
	}
	ask.kind = row.kind;
	ask.earlier = &row;
	ask.has_re = row.has_re;
	ask.re = row.re;
	ask.body = json_root(&doc);
	issue_run(c, &ask, "case_step", not_taken);
}

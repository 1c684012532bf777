/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: case_open, case_step.
 */
#include "node/cmd_case.h"

#include "node/case_past.h"
#include "node/claims.h"
#include "node/exercise.h"
#include "node/issue.h"

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
	e = life_check(first, roles_of(c), body, call_now_s(c), call_now_s(c), f);
	if (e == ERR_NONE)
		e = merge(c, body, holder != NULL ? joining(c, holder) : body,
		    k->life, first->to, first->action, doc, f);
	return e != ERR_NONE ? e : life_check_lapse(k->life,
	    span_str(first->to), json_root(doc), call_now_s(c), f);
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

	if (!case_find(c, &row, &r, &k))
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
	s = find_step(c, k, &row, life_now(k->life, r.body, call_now_s(c),
	    &c->mem));
	if (s == NULL)
		return;
	h = case_past_of(c->service, &c->mem, k, &row);
	e = merge(c, r.body, json_get(c->args, "body"), k->life, s->to,
	    s->action, &doc, &f);
	if (e == ERR_NONE)
		e = life_check(s, roles_of(c), json_root(&doc),
		    h->n != 0 ? h->past[h->n - 1].at_s : row.iat_s, call_now_s(c),
		    &f);
	if (e == ERR_NONE)
		e = life_check_lapse(k->life, span_str(s->to), json_root(&doc),
		    call_now_s(c), &f);
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

/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: overlaps, overlap, overlap_ask, overlap_answer, overlap_close. What
 * several origins hold, for the node's own people; and how each of the origins
 * is asked, alone, whether it may be named. What was asked and answered is
 * read from the shared log each time, and kept nowhere else.
 */
#include "node/drafts.h"
#include "node/issue.h"
#include "node/overlap_links.h"
#include "node/subject.h"
#include "record/blind.h"

static const char not_asked[] = "nobody was asked";
static const char not_answered[] = "it was not answered";

static const char *const words[] = { [OVERLAPS_OWN] = "own",
	[OVERLAPS_SHUT] = "shut", [OVERLAPS_GONE] = "gone",
	[OVERLAPS_CIRCLE] = "circle", [OVERLAPS_UNASKED] = "unasked",
	[OVERLAPS_ASKED] = "asked", [OVERLAPS_AGREED] = "agreed",
	[OVERLAPS_DECLINED] = "declined" };

/* --- what a keyed digest stands for --- */

enum { LISTS = 256 };

struct lists {
	struct index_row row[LISTS];
	size_t n;
};

static bool
keep_list(void *ctx, const struct index_row *row)
{
	struct lists *x = ctx;

	if (x->n == LISTS)
		return false;
	x->row[x->n] = *row;
	x->row[x->n].iss = x->row[x->n].brief = span_str("");
	x->row[x->n++].kind = span_str("blind-list");
	return true;
}

static bool
find_in(struct call *c, struct json_val list, struct span digest,
    struct span *out)
{
	struct span s;

	if (list.type != JSON_ARRAY)
		return false;
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v))
		if (json_text(json_get(v, "digest"), &c->mem, &s) ==
			ERR_NONE && span_is_equal(s, digest))
			return json_text(json_get(v, "observable"), &c->mem,
			    out) == ERR_NONE;
	return false;
}

/* What this team has shown; "" for what others have. */
static struct span
stands_for(struct call *c, struct span observable)
{
	const size_t head = sizeof BLIND_FORM - 1;
	struct lists *x = arena_alloc(&c->mem, sizeof *x);
	struct span out = span_str("");
	struct record r;

	if (observable.n <= head ||
	    memcmp(observable.p, BLIND_FORM, head) != 0)
		return out;
	observable = span_of(observable.p + head, observable.n - head);
	(void)!index_home_all(c->service->index, "blind-list", 0, keep_list,
	    x);
	for (size_t i = 0; i < x->n; i++)
		if (record_read(c->service, x->row[i].log, x->row[i].index,
			&c->mem, &r) == ERR_NONE &&
		    find_in(c, json_get(r.body, "seen"), observable, &out))
			break;
	return out;
}

/* --- showing --- */

static void
put_head(struct call *c, const struct overlap *o)
{
	struct json_out *w = &c->w;

	json_put_member_str(w, "id", call_id(c, &o->id));
	json_put_member_str(w, "state", o->is_done ? "done" : "open");
	json_put_member_span(w, "observable", o->observable);
	if (stands_for(c, o->observable).n != 0)
		json_put_member_span(w, "stands_for",
		    stands_for(c, o->observable));
	json_put_member_span(w, "exercise", o->exercise);
	if (o->has_draft)
		json_put_member_str(w, "draft", call_id(c, &o->draft));
	json_put_member_u64(w, "count", o->n);
}

static void
put_side(struct call *c, const struct overlap *o,
    const struct overlap_side *side)
{
	struct json_out *w = &c->w;
	struct index_row row = { .kind = span_str("") };
	enum overlaps_state state = overlaps_side(c, o, side, &row);

	json_put_open(w, '{');
	json_put_member_span(w, "team", side->team);
	json_put_member_str(w, "id", call_id(c, &side->id));
	json_put_member_span(w, "kind", row.kind);
	json_put_member_u64(w, "at", (uint64_t)row.iat_s);
	json_put_member_str(w, "state", words[state]);
	json_put_close(w, '}');
}

/* The overlap that the argument `id` names; false: answered. */
static bool
open_it(struct call *c, struct overlap *o)
{
	struct index_row row;
	struct record r;

	if (!call_find(c, INDEX_AT_HOME, "id", &row) ||
	    !call_read(c, &row, EXIT_REGISTER, &r))
		return false;
	if (overlaps_read(c->service, &row, &c->mem, o))
		return true;
	call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND, "this is no overlap", "",
	    "almenara overlap list");
	return false;
}

void
cmd_overlaps(struct call *c)
{
	struct overlap *list;
	bool all = false;
	size_t n;

	if (json_bool(json_get(c->args, "all"), &all) != ERR_NONE)
		all = false;
	list = overlaps_all(c->service, &c->mem, &n);
	json_put_open(&c->w, '{');
	json_put_key(&c->w, "rows");
	json_put_open(&c->w, '[');
	for (size_t i = 0; i < n; i++) {
		if (list[i].is_done && !all)
			continue;
		json_put_open(&c->w, '{');
		put_head(c, &list[i]);
		json_put_key(&c->w, "teams");
		json_put_open(&c->w, '[');
		for (size_t k = 0; k < list[i].n; k++)
			json_put_span(&c->w, list[i].side[k].team);
		json_put_close(&c->w, ']');
		json_put_close(&c->w, '}');
	}
	json_put_close(&c->w, ']');
	json_put_close(&c->w, '}');
	call_done(c);
}

/* The record by which those who agreed were told of one another. */
static void
put_told(struct call *c, const struct overlap *o)
{
	struct overlap_link *x = arena_alloc(&c->mem, sizeof *x);

	overlap_link_of(c, o, x);
	if (!x->is_sent)
		return;
	json_put_member_str(&c->w, "link", call_id(c, &x->id));
	json_put_key(&c->w, "told");
	json_put_open(&c->w, '[');
	for (size_t i = 0; i < x->told_n; i++)
		json_put_span(&c->w, x->told[i].team);
	json_put_close(&c->w, ']');
}

void
cmd_overlap(struct call *c)
{
	struct overlap *o = arena_alloc(&c->mem, sizeof *o);

	if (!open_it(c, o))
		return;
	json_put_open(&c->w, '{');
	put_head(c, o);
	json_put_key(&c->w, "sides");
	json_put_open(&c->w, '[');
	for (size_t i = 0; i < o->n; i++)
		put_side(c, o, &o->side[i]);
	json_put_close(&c->w, ']');
	put_told(c, o);
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- asking --- */

static const struct kind *
kind_that(const struct service *s, bool asks)
{
	for (size_t i = 0; i < kind_count(s->schema); i++) {
		const struct kind *k = kind_at(s->schema, i);

		if (asks ? k->asks_name : k->gives_name)
			return k;
	}
	return NULL;
}

static enum err
parse_body(struct call *c, struct buf *b, struct json *doc, struct fault *f)
{
	enum err e = json_parse_arena(arena_copy(&c->mem, buf_span(b)),
	    LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &c->mem, doc, f);

	buf_release(b);
	return e;
}

/* That somebody else holds this, and nothing of who, when or what else. */
static enum err
write_ask(struct call *c, const struct overlap *o, struct json *doc,
    struct fault *f)
{
	struct json_out w;
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_span(&w, "observable", o->observable);
	json_put_close(&w, '}');
	return parse_body(c, &b, doc, f);
}

static void
ask(struct call *c, const struct overlap *o, const struct overlap_side *side)
{
	const struct kind *k = kind_that(c->service, true);
	struct plan_ask p = { .any_kind = true, .has_re = true };
	struct fault f = { 0 };
	struct subject s;
	struct json doc;
	enum err e;

	if (k == NULL || !subject_by_digest(c, &side->digest, &s)) {
		call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND, not_asked,
		    "what it is about is not here", "");
		return;
	}
	e = write_ask(c, o, &doc, &f);
	if (e != ERR_NONE) {
		issue_refuse(c, "overlap", e, call_id(c, &o->id), not_asked,
		    &f, "");
		return;
	}
	p.kind = span_str(k->name);
	p.re = side->digest;
	p.body = json_root(&doc);
	subject_address(c, &s, true, &p);
	issue_run(c, &p, "overlap", not_asked);
}

void
cmd_overlap_ask(struct call *c)
{
	struct overlap *o = arena_alloc(&c->mem, sizeof *o);
	struct span team = call_arg(c, "team");
	enum overlaps_state state = OVERLAPS_GONE;
	struct index_row row;

	if (!open_it(c, o))
		return;
	for (size_t i = 0; i < o->n; i++) {
		if (!span_is_equal(o->side[i].team, team))
			continue;
		state = overlaps_side(c, o, &o->side[i], &row);
		if (state == OVERLAPS_UNASKED) {
			ask(c, o, &o->side[i]);
			return;
		}
	}
	call_fail(c, ERR_RULE, EXIT_REFUSED, not_asked, state == OVERLAPS_SHUT ?
	    "its label or its embargo forbid that anybody is told of it" :
	    state == OVERLAPS_OWN || state == OVERLAPS_GONE ?
	    "this team is none of the others that hold it" :
	    "it was asked already", call_text(c, "almenara overlap show %s",
		call_id(c, &o->id)));
}

/* --- answering, where the question came --- */

void
cmd_overlap_answer(struct call *c)
{
	const struct kind *k = kind_that(c->service, false), *asked;
	struct plan_ask p = { .any_kind = true, .has_re = true,
		.body = json_get(c->args, "body") };
	struct subject s;

	if (k == NULL || p.body.type != JSON_OBJECT) {
		call_misused(c, "body is no JSON object");
		return;
	}
	if (!subject_open(c, &s))
		return;
	asked = kind_find(c->service->schema, s.row.kind);
	if (asked == NULL || !asked->asks_name ||
	    (s.row.flags & INDEX_MINE) != 0) {
		call_fail(c, ERR_RULE, EXIT_REFUSED, not_answered,
		    "nobody asks this team by it", call_text(c,
			"almenara show %s", call_id(c, &s.row.id)));
		return;
	}
	p.kind = span_str(k->name);
	p.re = s.row.digest;
	subject_address(c, &s, true, &p);
	issue_run(c, &p, "overlap", not_answered);
}

/* --- putting it aside --- */

static void
on_closed(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;

	if (!call_is_written(c, result, "it stays as it is"))
		return;
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "id", call_id(c, &result->id));
	json_put_close(&c->w, '}');
	call_done(c);
}

void
cmd_overlap_close(struct call *c)
{
	struct overlap *o = arena_alloc(&c->mem, sizeof *o);

	if (!open_it(c, o))
		return;
	if (o->is_done) {
		call_fail(c, ERR_STATE, EXIT_REFUSED, "it is put aside "
		    "already", "", "almenara overlap list --all");
		return;
	}
	o->is_done = true;
	o->rev++;
	overlaps_append(c->service, o, on_closed, c);
}

/* --- what comes of it --- */

enum err
overlaps_check(struct call *c, const struct draft *d, const struct plan *p,
    struct fault *f)
{
	struct span named[LIMIT_OVERLAP_SIDES + 1], team;
	const struct overlap *o;
	struct index_row row;
	size_t n, named_n = 0, i;

	o = overlaps_all(c->service, &c->mem, &n);
	for (i = 0; i < n; i++)
		if (o[i].has_draft && memcmp(&o[i].draft, &d->row.id,
			sizeof d->row.id) == 0)
			break;
	if (i == n || p->aud.open)
		return ERR_NONE;
	o += i;
	named[named_n++] = c->service->own_team;
	for (i = 0; i < o->n; i++)
		if (overlaps_side(c, o, &o->side[i], &row) == OVERLAPS_AGREED)
			named[named_n++] = o->side[i].team;
	return overlap_may_go(o, named, named_n, p->aud.team, p->aud.n,
	    &team) ? ERR_NONE : fault_at(f, ERR_RULE, 0, "aud", "%.*s has not "
	    "agreed to be named, and so few readers show it to the other",
	    SPAN_FMT(team));
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Who of the origins was asked whether it may be named, and what it answered.
 * It is read from the shared log each time, and kept nowhere else.
 */
#include "node/overlaps.h"

#include <unistd.h>

enum { FOUND = 64 };

struct found {
	struct call *call;
	bool asks; /* of a kind that asks, else of one that answers */
	struct span iss;
	struct index_row row[FOUND];
	size_t n;
};

/* The node itself sees what it needs; people what they may. */
static bool
look(struct call *c, const struct index_row *row, struct record *out)
{
	return c->caller.is_node ? record_read(c->service, row->log,
	    row->index, &c->mem, out) == ERR_NONE :
	    call_look(c, row, EXIT_SHOW, out);
}

static bool
keep(void *ctx, const struct index_row *row)
{
	struct found *f = ctx;
	struct call *c = f->call;
	const struct kind *k = kind_find(c->service->schema, row->kind);

	if (k == NULL || !(f->asks ? k->asks_name : k->gives_name) ||
	    row->state != STORE_BODY_HELD || f->n == FOUND ||
	    !span_is_equal(row->iss, f->iss))
		return true;
	f->row[f->n] = *row;
	f->row[f->n].iss = arena_copy(&c->mem, row->iss);
	f->row[f->n].kind = arena_copy(&c->mem, row->kind);
	f->row[f->n++].brief = arena_copy(&c->mem, row->brief);
	return true;
}

static struct found *
find_about(struct call *c, const struct index_row *row, bool asks,
    struct span iss)
{
	struct found *f = arena_alloc(&c->mem, sizeof *f);
	const struct index_notice want = { .other = keep, .ctx = f };

	f->call = c;
	f->asks = asks;
	f->iss = iss;
	(void)!index_notice(c->service->index, row, &want, &c->mem, NULL);
	return f;
}

/* The question whether it may be named for what the overlap is about. */
static bool
find_question(struct call *c, const struct overlap *o,
    const struct index_row *side, struct index_row *out)
{
	const struct found *f = find_about(c, side, true,
	    c->service->own_team);
	struct record r;
	struct span what;

	for (size_t i = f->n; i-- > 0;)
		if (look(c, &f->row[i], &r) &&
		    json_text(json_get(r.body, "observable"), &c->mem,
			&what) == ERR_NONE &&
		    span_is_equal(what, o->observable)) {
			*out = f->row[i];
			return true;
		}
	return false;
}

/* The newest answer to it. */
static enum overlaps_state
answer_to(struct call *c, const struct index_row *question, struct span team)
{
	const struct found *f = find_about(c, question, false, team);
	struct record r;

	for (size_t i = f->n; i-- > 0;)
		if (look(c, &f->row[i], &r))
			return json_is_str(json_get(r.body, "answer"),
			    "agreed") ? OVERLAPS_AGREED : OVERLAPS_DECLINED;
	return OVERLAPS_ASKED;
}

enum overlaps_state
overlaps_side(struct call *c, const struct overlap *o,
    const struct overlap_side *side, struct index_row *row)
{
	const struct kind *k;
	struct index_row question;

	if (index_by_digest(c->service->index, &side->digest, &c->mem, row) !=
		ERR_NONE || row->state != STORE_BODY_HELD)
		return OVERLAPS_GONE;
	if (span_is_equal(side->team, c->service->own_team))
		return OVERLAPS_OWN;
	k = kind_find(c->service->schema, row->kind);
	if (k != NULL && k->blinds)
		return OVERLAPS_CIRCLE;
	if (find_question(c, o, row, &question))
		return answer_to(c, &question, side->team);
	return side->is_shut ? OVERLAPS_SHUT : OVERLAPS_UNASKED;
}

/* --- who asked --- */

struct asker {
	struct call *call;
	struct span login;
};

static bool
see_act(void *ctx, uint64_t at, uint32_t log, uint64_t index)
{
	struct asker *x = ctx;
	struct record r;

	(void)at;
	if (record_read(x->call->service, log, index, &x->call->mem, &r) !=
		ERR_NONE || !json_is_str(json_get(r.body, "outcome"), "done"))
		return true;
	return json_text(json_get(r.body, "actor"), &x->call->mem,
	    &x->login) != ERR_NONE;
}

bool
overlaps_asker(struct call *c, const struct overlap *o,
    const struct overlap_side *side, uint32_t *uid)
{
	struct asker x = { .call = c };
	struct index_trace_ask ask = { .by = INDEX_TRACE_OF, .and_n = 1,
		.and_by = INDEX_TRACE_ACT,
		.and_value = span_str(act_token(ACT_OVERLAP)) };
	struct index_row row, question;

	if (index_by_digest(c->service->index, &side->digest, &c->mem,
		&row) != ERR_NONE || !find_question(c, o, &row, &question))
		return false;
	ask.value = span_str(call_id(c, &question.id));
	(void)!index_traces(c->service->index, &ask, see_act, &x, NULL);
	if (span_is_str(x.login, "administrator")) {
		*uid = (uint32_t)geteuid();
		return true;
	}
	return x.login.n != 0 && caller_uid_find(x.login, uid);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Command: ack. The answer goes to the origin of the notice, sealed.
 */
#include "node/escalations.h"
#include "node/exercise.h"
#include "node/issue.h"
#include "node/trials.h"

#include "schema/check.h"
#include "watch/pledge.h"

static const char unsent[] = "the answer was not sent";

struct answered {
	struct hub_draft draft;
	struct digest of;
	const char *to;
};

static void
on_answered(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;
	struct answered *r = c->state;

	if (!call_is_written(c, result, unsent))
		return;
	escalations_answered(c->service, &r->of, &c->caller);
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "id",
	    call_id(c, &result->id));
	json_put_member_u64(&c->w, "index", result->index);
	json_put_member_str(&c->w, "digest", call_digest(c, &result->digest));
	json_put_member_str(&c->w, "re", call_digest(c, &r->of));
	json_put_member_str(&c->w, "to", r->to);
	json_put_close(&c->w, '}');
	call_done(c);
}

/* The one kind that is an answer to a notice. */
static const struct kind *
answer_kind(const struct service *s)
{
	for (size_t i = 0; i < kind_count(s->schema); i++)
		if (kind_at(s->schema, i)->is_answer)
			return kind_at(s->schema, i);
	return NULL;
}

static enum err
write_answer(struct call *c, const struct kind *k,
    const struct index_row *row, struct buf *out, struct fault *f)
{
	struct span comment = call_arg(c, "comment");
	struct json_val next = json_get(c->args, "next_update");
	int64_t now_s = loop_now(c->service->loop).wall.ms / 1000, next_s;
	struct json_out w;
	struct json doc;
	enum err e;

	if (json_i64(next, &next_s) == ERR_NONE &&
	    (next_s <= now_s || next_s > now_s + PLEDGE_MOST_S))
		return fault_at(f, ERR_RULE, 0, "next_update",
		    "is not ahead, or by more than %d days",
		    PLEDGE_MOST_S / 86400);
	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_span(&w, "answer", call_arg(c, "answer"));
	json_put_member_str(&w, "by_post", c->caller.post);
	json_put_member_u64(&w, "at",
	    (uint64_t)call_now_s(c));
	if (next.type == JSON_NUMBER) {
		json_put_key(&w, "next_update");
		json_put_raw(&w, json_raw(next));
	}
	if (comment.n != 0)
		json_put_member_span(&w, "comment", comment);
	exercise_put_mark(c, row, &w);
	trials_put_called(c, row, &w);
	json_put_close(&w, '}');
	e = json_parse_arena(buf_span(out), LIMIT_JSON_DEPTH,
	    LIMIT_JSON_TOKENS, &c->mem, &doc, f);
	return e != ERR_NONE ? e :
	    body_check(c->service->schema, k, json_root(&doc), CHECK_SENT,
		&c->mem, f);
}

/* May this notice be acknowledged, and can its origin read the answer? */
static bool
check_answerable(struct call *c, const struct index_row *row)
{
	struct service *s = c->service;

	if ((row->flags & INDEX_MINE) != 0)
		call_fail(c, ERR_RULE, EXIT_REFUSED,
		    "a team does not acknowledge its own notice", "", "");
	else if (row->state != STORE_BODY_HELD)
		call_fail(c, ERR_STATE, EXIT_REFUSED,
		    "this notice was set aside and is not to be relied on",
		    "", call_text(c, "almenara show %s",
			call_id(c, &row->id)));
	else if (!audience_can_read(s->registry, row->iss,
		     loop_now(s->loop).wall))
		call_fail(c, ERR_AUDIENCE, EXIT_REFUSED,
		    "the answer cannot be sealed to its origin",
		    "the team has no key to seal to, or is not in good "
		    "standing", "almenara peer list");
	else
		return true;
	return false;
}

void
cmd_ack(struct call *c)
{
	const struct kind *k = answer_kind(c->service);
	struct answered *r = arena_alloc(&c->mem, sizeof *r);
	struct fault f = { 0 };
	struct index_row row;
	struct span *to = arena_alloc(&c->mem, sizeof *to);
	struct buf b;
	enum err e;

	if (k == NULL) {
		call_misused(c, "this node has no kind that answers");
		return;
	}
	if (!call_find(c, INDEX_NOTICES, "id", &row) ||
	    !check_answerable(c, &row) || call_cannot_append(c, unsent))
		return;
	buf_init(&b, LIMIT_PAYLOAD);
	e = write_answer(c, k, &row, &b, &f);
	if (e != ERR_NONE) {
		buf_release(&b);
		call_fail(c, e, EXIT_OF_ERROR, unsent,
		    call_fault(c, &f), "");
		return;
	}
	*to = row.iss;
	r->of = row.digest;
	r->to = arena_string(&c->mem, row.iss);
	if (call_is_dry(c)) {
		buf_release(&b);
		json_put_open(&c->w, '{');
		json_put_member_str(&c->w, "re", call_digest(c, &r->of));
		json_put_member_str(&c->w, "to", r->to);
		json_put_close(&c->w, '}');
		call_done(c);
		return;
	}
	r->draft = (struct hub_draft){ .kind = span_str(k->name),
		.tlp = span_str(tlp_label(row.has_tlp && row.tlp > TLP_AMBER ?
			row.tlp : TLP_AMBER)),
		.aud = to, .aud_n = 1, .has_re = true, .re = row.digest,
		.urgent = (row.flags & INDEX_URGENT) != 0,
		.body = arena_copy(&c->mem, buf_span(&b)) };
	buf_release(&b);
	c->state = r;
	hub_append(c->service->hub, &r->draft, on_answered, c);
	audit(c->service, &c->caller, "acknowledge", &row.digest,
	    call_id(c, &row.id),
	    arena_string(&c->mem, call_arg(c, "answer")), "");
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: approve, return, review, waiting. The words of another person.
 */
#include "node/approvals.h"
#include "node/exits.h"

/* --- approve and return --- */

struct judged {
	struct approvals before;
	const char *state; /* of the draft, afterwards */
};

static void
on_judged(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;
	const struct judged *j = c->state;

	if (!call_is_written(c, result, "it was not written"))
		return;
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "state", j->state);
	json_put_member_u64(&c->w, "approvals", j->before.have);
	json_put_member_u64(&c->w, "needed", j->before.needed);
	json_put_member_str(&c->w, "digest", call_digest(c, &j->before.of));
	json_put_close(&c->w, '}');
	call_done(c);
}

/* If false, the call has been answered. */
static bool
open_to_judge(struct call *c, const char *act, struct draft *d,
    struct judged *j)
{
	struct fault f = { 0 };
	struct plan p;
	enum err e;

	if (!plan_draft(c, d, &p, NULL, &f, &e))
		return false;
	if (span_is_str(d->state, "issued") ||
	    span_is_str(d->state, "discarded")) {
		call_fail(c, ERR_STATE, EXIT_REFUSED,
		    "this draft is not in the making any more", "",
		    "almenara draft list");
		return false;
	}
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, "it may not be released so",
		    call_text(c, "%s %s", f.field, f.rule), "");
		return false;
	}
	if (!approval_may_judge(d->author, draft_author(&c->caller), true)) {
		audit(c->service, &c->caller, act, &d->row.digest,
		    call_id(c, &d->row.id), "refused", "own draft");
		call_fail(c, ERR_RULE, EXIT_REFUSED,
		    "nobody approves an own draft",
		    "another person with the right to approve does", "");
		return false;
	}
	j->before = approvals_look(c, d, &p);
	return true;
}

static void
judge(struct call *c, const char *act, bool approved)
{
	struct judged *j = arena_alloc(&c->mem, sizeof *j);
	struct span reason = call_arg(c, "reason");
	struct fault f = { 0 };
	struct draft d;
	enum err e;

	if (json_get(c->args, "id").type == JSON_ABSENT) {
		call_misused(c, "which draft? id is missing");
		return;
	}
	if (!approved && reason.n == 0) {
		call_misused(c, "a draft is returned with a reason");
		return;
	}
	if (!open_to_judge(c, act, &d, j))
		return;
	j->state = !approved	       ? "draft" :
	    j->before.have >= j->before.needed ? "approved" :
						  "review";
	c->state = j;
	e = draft_move(c, &d, j->state, false, approved ? span_str("") :
							  reason, &f);
	if (e == ERR_NONE)
		e = approvals_append(c, &d, &j->before.of, approved, reason,
		    on_judged, c, &f);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, "it was not written",
		    call_text(c, "%s %s", f.field, f.rule), "");
		return;
	}
	audit(c->service, &c->caller, act, &d.row.digest,
	    call_id(c, &d.row.id), j->state,
	    arena_string(&c->mem, reason));
}

void
cmd_approve(struct call *c)
{
	judge(c, "approve", true);
}

void
cmd_return(struct call *c)
{
	judge(c, "return", false);
}

/* --- review --- */

struct sought {
	struct span notice;
	struct duty found;
	bool has;
};

static void
see_duty(void *ctx, const struct duty *d)
{
	struct sought *s = ctx;

	if (!s->has && span_is_equal(d->notice, s->notice)) {
		s->found = *d;
		s->has = true;
	}
}

static void
on_reviewed(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;

	if (!call_is_written(c, result, "the review was not written"))
		return;
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "notice", c->state);
	json_put_close(&c->w, '}');
	call_done(c);
}

static void
write_review(struct call *c, const struct index_row *row,
    const struct duty *d, const char *verdict)
{
	struct span comment = call_arg(c, "comment");
	const char *id = call_id(c, &row->id);
	enum err e;

	c->state = arena_string(&c->mem, span_str(id));
	e = approvals_move_duty(c->service, d, REVIEW_DONE,
	    draft_author(&c->caller), verdict, comment, on_reviewed, c);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, "the review was not written",
		    err_sentence(e), "");
		return;
	}
	audit(c->service, &c->caller, "review", &row->digest, id, verdict,
	    arena_string(&c->mem, comment));
}

void
cmd_review(struct call *c)
{
	struct sought *want = arena_alloc(&c->mem, sizeof *want);
	struct span verdict = call_arg(c, "verdict");
	struct index_row row;

	if (verdict.n != 0 && !span_is_str(verdict, "confirmed") &&
	    !span_is_str(verdict, "objected")) {
		call_misused(c, "verdict is confirmed or objected");
		return;
	}
	if (!call_find(c, INDEX_NOTICES, "id", &row))
		return;
	want->notice = span_str(call_id(c, &row.id));
	approvals_duties(c->service, &c->mem, see_duty, want);
	if (!want->has)
		call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND,
		    "no review of this notice is due", "",
		    "almenara waiting");
	else if (!approval_may_judge(want->found.by,
		     draft_author(&c->caller), true))
		call_fail(c, ERR_RULE, EXIT_REFUSED,
		    "nobody reviews what they released",
		    "another person does", "");
	else
		write_review(c, &row, &want->found,
		    span_is_str(verdict, "objected") ? "objected" :
						       "confirmed");
}

/* --- waiting --- */

static bool
see_draft(void *ctx, const struct index_row *row)
{
	struct call *c = ctx;
	struct json_out *w = &c->w;
	struct span author, state, kind, tlp = span_str("");
	struct record r;

	if (!call_look(c, row, EXIT_DRAFT, &r) ||
	    !exit_opens(&r.pass, EXIT_DRAFT, EXIT_TEXT) ||
	    json_text(json_get(r.body, "author"), &c->mem, &author) !=
		ERR_NONE ||
	    json_text(json_get(r.body, "state"), &c->mem, &state) !=
		ERR_NONE ||
	    json_text(json_get(r.body, "kind"), &c->mem, &kind) != ERR_NONE ||
	    !span_is_str(state, "review") ||
	    !approval_may_judge(author, draft_author(&c->caller),
		caller_may(&c->caller, RIGHT_APPROVE)))
		return true;
	(void)!json_text(json_get(r.body, "tlp"), &c->mem, &tlp);
	json_put_open(w, '{');
	json_put_member_str(w, "what", "approve");
	json_put_member_str(w, "id", call_id(c, &row->id));
	json_put_member_span(w, "kind", kind);
	json_put_member_span(w, "tlp", tlp);
	json_put_member_u64(w, "level",
	    (uint64_t)level_of(json_get(r.body, "content")));
	json_put_member_span(w, "by", author);
	json_put_member_u64(w, "due", 0);
	json_put_member_bool(w, "overdue", false);
	json_put_close(w, '}');
	return true;
}

static void
put_duty(void *ctx, const struct duty *d)
{
	struct call *c = ctx;
	struct json_out *w = &c->w;

	if (!approval_may_judge(d->by, draft_author(&c->caller),
		caller_may(&c->caller, RIGHT_RELEASE)))
		return;
	json_put_open(w, '{');
	json_put_member_str(w, "what", "review");
	json_put_member_span(w, "id", d->notice);
	json_put_member_str(w, "kind", "");
	json_put_member_str(w, "tlp", "");
	json_put_member_u64(w, "level", d->level);
	json_put_member_span(w, "by", d->by);
	json_put_member_u64(w, "due", (uint64_t)d->review.due_s);
	json_put_member_bool(w, "overdue", d->review.state == REVIEW_OVERDUE);
	json_put_close(w, '}');
}

void
cmd_waiting(struct call *c)
{
	enum err e;

	json_put_open(&c->w, '{');
	json_put_key(&c->w, "rows");
	json_put_open(&c->w, '[');
	approvals_duties(c->service, &c->mem, put_duty, c);
	e = index_drafts(c->service->index, see_draft, c);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, "the index cannot be read", "",
		    "almenara log reindex");
		return;
	}
	json_put_close(&c->w, ']');
	json_put_close(&c->w, '}');
	call_done(c);
}

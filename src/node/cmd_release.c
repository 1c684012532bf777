/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: preview, release, update, cancel. Each of the three that write
 * leaves an audit record in the same turn, also when it is refused.
 */
#include "node/approvals.h"
#include "node/issue.h"
#include "node/overlaps.h"

static const char not_released[] = "nothing was released";

/* A rule forbids it; of the sharing rules, the line is on record. */
static void
refuse(struct call *c, const char *act, enum err e, const char *subject,
    const char *why, const char *next, const struct ruling *ruling)
{
	ruling_audit(c, ruling, act, NULL, subject, "refused", why);
	if (e == ERR_RULE && ruling->is_asked)
		next = ruling->next != NULL && ruling->next[0] != '\0' ?
		    ruling->next : "almenara rules show";
	call_fail(c, e, EXIT_OF_ERROR, "it may not be released so", why, next);
}

/* --- what follows an append --- */

struct released {
	struct plan plan;
	const char *act;
};

static void
on_released(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;
	struct released *r = c->state;

	if (result->err != ERR_NONE) {
		ruling_audit(c, &r->plan.ruling, r->act, NULL,
		    call_id(c, &r->plan.draft.id), "failed", result->text);
		call_unwritten(c, result->err, not_released,
		    result->text);
		return;
	}
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "notice", call_id(c, &result->id));
	json_put_member_u64(&c->w, "rev", r->plan.draft.rev);
	json_put_member_u64(&c->w, "index", result->index);
	json_put_member_str(&c->w, "digest", call_digest(c, &result->digest));
	plan_write(c, &r->plan);
	json_put_close(&c->w, '}');
	call_done(c);
}

/* Append what was planned, and its trace, in one turn. */
static void
carry_out(struct call *c, const struct plan *plan, const char *act,
    enum approval_state how, const char *reason)
{
	struct released *r = arena_alloc(&c->mem, sizeof *r);

	*r = (struct released){ *plan, act };
	r->plan.draft.replaces = &r->plan.replaces;
	c->state = r;
	hub_append(c->service->hub, &r->plan.draft, on_released, c);
	ruling_audit(c, &plan->ruling, act,
	    plan->draft.replaces_n != 0 ? &plan->replaces : NULL,
	    call_id(c, &plan->draft.id),
	    how == APPROVAL_ALONE ? "alone" : "done", reason);
	if (how == APPROVAL_ALONE)
		approvals_owe_review(c, plan);
}

/* --- preview and release --- */

static struct json_val
arg_or(struct call *c, const char *name, struct json_val other)
{
	struct json_val v = json_get(c->args, name);

	return v.type != JSON_ABSENT ? v : other;
}

/* The notice that the draft revises, if it does, as long as nobody else has
 * revised it since. */
static enum err
find_revised(struct call *c, const struct draft *d, struct index_row *row,
    const struct index_row **earlier, struct fault *f)
{
	struct digest of;

	if (d->replaces.n == 0)
		return ERR_NONE;
	if (entry_parse_digest(d->replaces, &of) != ERR_NONE ||
	    index_by_digest(c->service->index, &of, &c->mem, row) !=
		ERR_NONE ||
	    (row->flags & INDEX_NEWEST) == 0)
		return fault_at(f, ERR_STATE, 0, "replaces",
		    "the notice has been revised since this was written");
	*earlier = row;
	return ERR_NONE;
}

/* The plan of a draft, or of a draft that is given in the arguments. */
bool
plan_draft(struct call *c, struct draft *d, struct plan *p,
    struct ruling *ruling, struct fault *f, enum err *e)
{
	struct plan_ask ask = { .tlp = call_arg(c, "tlp"), .ruling = ruling,
		.any_role = ruling == NULL };
	struct index_row *row = arena_alloc(&c->mem, sizeof *row);
	struct json_val given = json_get(c->args, "draft");
	struct record old;

	if (given.type == JSON_OBJECT) {
		ask.body = json_get(given, "body");
		ask.aud = json_get(given, "aud");
		if (json_text(json_get(given, "kind"), &c->mem, &ask.kind) !=
		    ERR_NONE)
			ask.kind = span_str("");
		if (ask.tlp.n == 0 &&
		    json_text(json_get(given, "tlp"), &c->mem, &ask.tlp) !=
			ERR_NONE)
			ask.tlp = span_str("");
	} else {
		if (!draft_open(c, d))
			return false;
		ask.kind = d->kind;
		ask.body = d->content;
		ask.aud = arg_or(c, "aud", d->audience);
		if (ask.tlp.n == 0)
			ask.tlp = d->tlp;
		ask.drafted_tlp = d->tlp;
		*e = find_revised(c, d, row, &ask.earlier, f);
		if (*e != ERR_NONE)
			return true;
	}
	if (ask.earlier != NULL && record_read(c->service, row->log,
				       row->index, &c->mem, &old) == ERR_NONE)
		issue_keep_embargo(&old, &ask);
	if (!issue_embargo_arg(c, &ask.embargo) ||
	    !issue_expiry_arg(c, &ask.exp_s))
		return false;
	*e = plan_make(c, &ask, p, f);
	if (*e == ERR_NONE && given.type != JSON_OBJECT)
		*e = overlaps_check(c, d, p, f);
	return true;
}

void
cmd_preview(struct call *c)
{
	struct fault f = { 0 };
	struct draft d;
	struct plan p;
	enum err e;

	/* so that the guard finds what it is asked for */
	if (call_await_words(c, cmd_preview) ||
	    !plan_draft(c, &d, &p, NULL, &f, &e))
		return;
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, "it may not be released so",
		    call_fault(c, &f), e != ERR_RULE || json_get(c->args,
			"draft").type == JSON_OBJECT ? "" :
		     call_text(c, "almenara rules explain %s",
			    call_id(c, &d.row.id)));
		return;
	}
	json_put_open(&c->w, '{');
	plan_write(c, &p);
	json_put_close(&c->w, '}');
	call_done(c);
}

static void
tell_plan(struct call *c, const struct plan *p)
{
	json_put_open(&c->w, '{');
	plan_write(c, p);
	json_put_close(&c->w, '}');
	call_done(c);
}

/* If true, the call has been answered: this team may not issue. */
static bool
cannot_issue(struct call *c, const char *act, const char *object)
{
	struct service *s = c->service;
	const struct designation *d = NULL;
	const char *why;

	if (registry_designation(s->registry, s->own_team,
	    loop_now(s->loop).wall, &d) == DESIGNATION_NONE)
		why = "no document of the network cites the act by which "
		    "this state designated the team";
	else if (d->dissemination == DISSEMINATION_NO)
		why = "its designation does not authorise it to warn others";
	else
		return false;
	refuse(c, act, ERR_RULE, object, why, "almenara authority designate",
	    &(struct ruling){ 0 });
	return true;
}

/* What it waits for, said to the one who wanted it out. */
static void
tell_waiting(struct call *c, const struct approvals *a, const char *id)
{
	if (a->state == APPROVAL_RETURNED) {
		call_fail(c, ERR_RULE, EXIT_WAITS,
		    "another person has returned it", "what was returned is "
		    "changed first",
		    call_text(c, "almenara draft edit %s", id));
		return;
	}
	call_fail(c, ERR_RULE, EXIT_WAITS, "it waits for approval",
	    call_text(c, "%u of %u other persons have approved it as it is; "
		"its author may not release it alone: it is below level 4, "
		"for the public, or the designation or a sharing rule demands "
		"approval",
		a->have, a->needed),
	    call_text(c, "another person: almenara approve %s", id));
}

static void
wait_for_approval(struct call *c, const struct draft *d,
    const struct approvals *a)
{
	struct fault f = { 0 };
	const char *id = call_id(c, &d->row.id) + UUID_TEXT - 8;

	audit(c->service, &c->caller, "release", &d->row.digest, id, "waits",
	    "a second person must approve");
	if (a->state != APPROVAL_RETURNED &&
	    !span_is_str(d->state, "review") &&
	    draft_move(c, d, "review", false, span_str(""), &f) != ERR_NONE) {
		call_fail(c, ERR_SCHEMA, EXIT_OF_ERROR, f.rule, "", "");
		return;
	}
	tell_waiting(c, a, id);
}

/* Releasing what another person wrote is approving it: that is kept too. */
static enum err
note_approval(struct call *c, const struct draft *d,
    const struct approvals *a, struct fault *f)
{
	if (!approval_may_judge(d->author, draft_author(&c->caller),
		caller_may(&c->caller, RIGHT_APPROVE)))
		return ERR_NONE;
	return approvals_append(c, d, &a->of, true, span_str(""),
	    draft_on_moved, c->service, f);
}

void
cmd_release(struct call *c)
{
	struct approvals a;
	struct ruling ruling = { 0 };
	struct fault f = { 0 };
	struct draft d;
	struct plan p;
	enum err e;

	if (json_get(c->args, "id").type == JSON_ABSENT) {
		call_misused(c, "which draft? id is missing");
		return;
	}
	if (!plan_draft(c, &d, &p, &ruling, &f, &e))
		return;
	if (span_is_str(d.state, "issued") ||
	    span_is_str(d.state, "discarded")) {
		call_fail(c, ERR_STATE, EXIT_REFUSED,
		    call_text(c, "this draft is %.20s already",
			arena_string(&c->mem, d.state)), "",
		    "almenara draft list");
		return;
	}
	if (e != ERR_NONE) {
		refuse(c, "release", e, call_id(c, &d.row.id),
		    call_fault(c, &f), "almenara draft edit", &ruling);
		return;
	}
	if (call_is_dry(c)) {
		tell_plan(c, &p);
		return;
	}
	if (cannot_issue(c, "release", call_id(c, &d.row.id)) ||
	    call_cannot_append(c, not_released))
		return;
	if (guarding_refuses(c, &p, "release"))
		return;
	a = approvals_look(c, &d, &p);
	if (a.state == APPROVAL_WAITS || a.state == APPROVAL_RETURNED) {
		wait_for_approval(c, &d, &a);
		return;
	}
	e = note_approval(c, &d, &a, &f);
	d.notice = &p.draft.id;
	if (e == ERR_NONE)
		e = draft_move(c, &d, "issued", a.state == APPROVAL_ALONE,
		    span_str(""), &f);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, not_released,
		    call_fault(c, &f), "");
		return;
	}
	p.ruling.draft = call_id(c, &d.row.id);
	p.ruling.approved = a.by;
	p.ruling.approved_n = a.by_n;
	carry_out(c, &p, "release", a.state, guarding_note(c, &p));
}

/* --- update and cancel --- */

/* The own notice that the argument `notice` names, newest revision. */
static bool
open_own(struct call *c, struct index_row *row, struct record *r)
{
	if (!call_find(c, INDEX_NOTICES, "notice", row) ||
	    !call_read(c, row, EXIT_SHOW, r))
		return false;
	if ((row->flags & INDEX_ENDED) != 0) {
		call_fail(c, ERR_STATE, EXIT_REFUSED,
		    "this notice has ended: nothing follows it",
		    "it was withdrawn or closed, and whoever has it was told",
		    "write a new one: almenara draft new");
		return false;
	}
	if ((row->flags & INDEX_MINE) != 0)
		return true;
	call_fail(c, ERR_RULE, EXIT_REFUSED,
	    "only the team that issued a notice may revise it",
	    call_text(c, "it was issued by %.32s",
		arena_string(&c->mem, row->iss)), "");
	return false;
}

static void
revise(struct call *c, const struct plan_ask *ask, const char *act,
    const char *reason)
{
	struct plan_ask asked = *ask;
	struct ruling ruling = { 0 };
	struct fault f = { 0 };
	struct plan p;
	enum err e;

	asked.ruling = &ruling;
	e = plan_make(c, &asked, &p, &f);

	if (e != ERR_NONE)
		refuse(c, act, e, call_id(c, &ask->earlier->id),
		    call_fault(c, &f), "", &ruling);
	else if (call_is_dry(c))
		tell_plan(c, &p);
	else if (!call_cannot_append(c, not_released))
		carry_out(c, &p, act, APPROVAL_GIVEN, reason);
}

static void
on_update_kept(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;

	if (!call_is_written(c, result, not_released))
		return;
	tell_waiting(c, c->state, call_id(c, &result->id) + UUID_TEXT - 8);
}

/* A new text for those who read the old one needs the same eyes: it is kept as
 * a draft that revises the notice. */
static void
keep_update(struct call *c, const struct plan *p, struct approvals *a)
{
	struct draft_text t = { .kind = span_str(p->kind->name),
		.state = "review", .author = draft_author(&c->caller),
		.tlp = span_str(tlp_label(p->tlp)), .content = p->body,
		.replaces = span_str(call_digest(c, &p->replaces)),
		.team = p->tlp > TLP_GREEN ? p->aud.team : NULL,
		.team_n = p->tlp > TLP_GREEN ? p->aud.n : 0 };
	struct fault f = { 0 };
	struct uuid id;
	enum err e;

	c->state = a;
	e = draft_append(c, &t, NULL, on_update_kept, c, &id, &f);
	audit(c->service, &c->caller, "update", &p->replaces,
	    call_id(c, &p->draft.id), "waits",
	    "a second person must approve");
	if (e != ERR_NONE)
		call_fail(c, e, EXIT_OF_ERROR, not_released,
		    call_fault(c, &f), "");
}

static void
update(struct call *c, const struct plan_ask *ask)
{
	struct approvals *a = arena_alloc(&c->mem, sizeof *a);
	struct plan_ask asked = *ask;
	struct ruling ruling = { 0 };
	struct fault f = { 0 };
	struct plan p;
	enum err e;

	asked.ruling = &ruling;
	e = plan_make(c, &asked, &p, &f);
	if (e != ERR_NONE) {
		refuse(c, "update", e, call_id(c, &ask->earlier->id),
		    call_fault(c, &f), "", &ruling);
		return;
	}
	if (call_is_dry(c)) {
		tell_plan(c, &p);
		return;
	}
	if (call_cannot_append(c, not_released))
		return;
	if (guarding_refuses(c, &p, "update"))
		return;
	*a = approvals_look(c, NULL, &p);
	if (a->state == APPROVAL_WAITS)
		keep_update(c, &p, a);
	else
		carry_out(c, &p, "update", a->state, guarding_note(c, &p));
}

void
cmd_update(struct call *c)
{
	struct plan_ask ask = { .tlp = call_arg(c, "tlp"),
		.aud = json_get(c->args, "aud"),
		.body = json_get(c->args, "body") };
	struct index_row row;
	struct record r;

	if (!open_own(c, &row, &r))
		return;
	ask.kind = row.kind;
	ask.earlier = &row;
	issue_keep_embargo(&r, &ask);
	if (!issue_embargo_arg(c, &ask.embargo) ||
	    !issue_expiry_arg(c, &ask.exp_s))
		return;
	if (ask.body.type != JSON_OBJECT)
		call_misused(c, "body is no JSON object");
	else if (!cannot_issue(c, "update", call_id(c, &row.id)))
		update(c, &ask);
}

/* Does a withdrawal keep this member? What every revision must have, what the
 * level follows from, and that it was an exercise. */
static bool
is_kept(const struct kind *k, struct span name)
{
	const struct field *fd = field_find(k, name);

	return fd != NULL && !fd->ends &&
	    (fd->need == NEED_ALWAYS || fd->type == FIELD_LEVEL ||
		span_is_str(name, "level_lowered") ||
		span_is_str(name, "severity") ||
		span_is_str(name, "urgency") ||
		span_is_str(name, "certainty") ||
		span_is_str(name, "exercise"));
}

/* {title, level, ..., "withdrawn":{"reason":...}} */
static void
write_withdrawal(struct call *c, const struct kind *k, struct json_val old,
    struct json_val reason, struct buf *out)
{
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	for (struct json_val m = json_first(old); m.type != JSON_ABSENT;
	     m = json_next(old, m)) {
		struct span name = json_key(m, &c->mem);

		if (!is_kept(k, name))
			continue;
		json_put_key_span(&w, name);
		json_put_raw(&w, json_raw(m));
	}
	json_put_key(&w, "withdrawn");
	json_put_open(&w, '{');
	json_put_key(&w, "reason");
	if (reason.type == JSON_STRING) {
		json_put_open(&w, '{');
		json_put_key(&w, lang_tag(c->lang));
		json_put_raw(&w, json_raw(reason));
		json_put_close(&w, '}');
	} else {
		json_put_raw(&w, json_raw(reason));
	}
	json_put_close(&w, '}');
	json_put_close(&w, '}');
}

void
cmd_cancel(struct call *c)
{
	struct json_val reason = json_get(c->args, "reason");
	struct plan_ask ask = { 0 };
	struct fault f = { 0 };
	const struct kind *k;
	struct index_row row;
	struct record r;
	struct json doc;
	struct buf b;
	enum err e;

	if (!open_own(c, &row, &r))
		return;
	if (reason.type != JSON_STRING && reason.type != JSON_OBJECT) {
		call_misused(c, "a withdrawal needs a reason");
		return;
	}
	k = kind_find(c->service->schema, row.kind);
	if (k == NULL) {
		call_misused(c, "this node does not know the kind");
		return;
	}
	buf_init(&b, LIMIT_PAYLOAD);
	write_withdrawal(c, k, r.body, reason, &b);
	e = json_parse_buf(&b, &c->mem, &doc, &f);
	if (e != ERR_NONE) {
		refuse(c, "cancel", e, call_id(c, &row.id), call_fault(c, &f),
		    "", &(struct ruling){ 0 });
		return;
	}
	ask.kind = row.kind;
	ask.earlier = &row;
	ask.body = json_root(&doc);
	revise(c, &ask, "cancel",
	    reason.type == JSON_STRING ? arena_string(&c->mem,
		    call_arg(c, "reason")) : "");
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts and records of approvals and reviews.
 */
#include "node/approvals.h"

#include "base/log.h"
#include "crypto/random.h"
#include "schema/check.h"

enum { APPROVERS_MAX = 32, VERDICTS_MAX = 256, CLOCK_AGAIN_MS = 1000 };

struct digest
approvals_digest(const struct service *s, const struct plan *p)
{
	char text[ENTRY_DIGEST_TEXT + 1] = "";
	struct digest d;
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD + 64 * LIMIT_TEAMS + 1024);
	buf_put_format(&b, "approval 2\n%.*s\n%s\n%s\n",
	    SPAN_FMT(hub_log(s->hub, 0).origin), p->kind->name,
	    tlp_label(p->tlp));
	for (size_t i = 0; i < p->aud.n; i++)
		buf_put_format(&b, "%.*s ", SPAN_FMT(p->aud.team[i]));
	if (p->draft.replaces_n != 0)
		entry_write_digest(&p->replaces, text);
	buf_put_format(&b, "\n%s\n", text);
	entry_write_digest(&p->ruling.rules, text);
	buf_put_format(&b, "%s\n", text);
	if (p->embargo.set)
		buf_put_format(&b, "embargo %lld %s\n",
		    (long long)p->embargo.until_s,
		    p->embargo.publish ? "publish" : "ask");
	if (p->draft.has_exp)
		buf_put_format(&b, "expires %lld\n",
		    (long long)p->draft.exp_s);
	buf_put(&b, p->body);
	d = hash_sha256(buf_span(&b));
	buf_release(&b);
	return d;
}

/* --- what was said --- */

struct verdicts {
	struct call *call;
	struct approval at[VERDICTS_MAX];
	size_t n;
	const struct draft *draft;
	struct index_row row[VERDICTS_MAX];
};

static bool
note_row(void *ctx, const struct index_row *row)
{
	struct verdicts *v = ctx;

	if ((row->flags & INDEX_PRIVATE) == 0 ||
	    !span_is_str(row->kind, "approval"))
		return true;
	v->row[v->n++] = *row;
	return v->n < VERDICTS_MAX;
}

static bool
read_verdict(struct call *c, const struct index_row *row,
    struct approval *out)
{
	struct span of, by;
	struct record r;

	if (record_read(c->service, row->log, row->index, &c->mem, &r) !=
		ERR_NONE ||
	    r.stored.state != STORE_BODY_HELD ||
	    json_text(json_get(r.body, "by"), &c->mem, &by) != ERR_NONE ||
	    json_text(json_get(r.body, "digest"), &c->mem, &of) != ERR_NONE)
		return false;
	out->by = by;
	out->approved = json_is_str(json_get(r.body, "verdict"), "approved");
	return entry_parse_digest(of, &out->of) == ERR_NONE;
}

static struct verdicts *
find_verdicts(struct call *c, const struct draft *d)
{
	struct verdicts *v = arena_alloc(&c->mem, sizeof *v);
	const struct index_notice want = { .other = note_row, .ctx = v };
	struct index_audience nobody;
	size_t n = 0;

	v->call = c;
	if (d == NULL)
		return v;
	(void)!index_notice(c->service->index, &d->row, &want, &c->mem,
	    &nobody);
	for (size_t i = 0; i < v->n; i++)
		if (read_verdict(c, &v->row[i], &v->at[n]))
			n++;
	v->n = n;
	return v;
}

/* Does the designation demand another person for everything? */
static bool
demands_approval(const struct call *c)
{
	const struct designation *by = NULL;

	return registry_designation(c->service->registry,
	    c->service->own_team, loop_now(c->service->loop).wall, &by) !=
	    DESIGNATION_NONE && by->dissemination == DISSEMINATION_APPROVED;
}

/* Each once, whose last word on this text is yes. */
static void
list_approvers(struct call *c, const struct verdicts *v,
    struct approvals *out)
{
	struct span *by = arena_alloc(&c->mem, APPROVERS_MAX * sizeof *by);

	for (size_t i = v->n; i-- > 0 && out->by_n < APPROVERS_MAX;) {
		bool is_last = digest_is_equal(&v->at[i].of, &out->of);

		for (size_t k = i + 1; k < v->n; k++)
			if (span_is_equal(v->at[k].by, v->at[i].by) &&
			    digest_is_equal(&v->at[k].of, &out->of))
				is_last = false;
		if (is_last && v->at[i].approved)
			by[out->by_n++] = v->at[i].by;
	}
	out->by = by;
}

struct approvals
approvals_look(struct call *c, const struct draft *d, const struct plan *p)
{
	struct verdicts *v = find_verdicts(c, d);
	bool demanded = demands_approval(c);
	unsigned by_rule = p->ruling.approvals;
	struct approvals out = { .of = approvals_digest(c->service, p),
		.needed = p->kind->reviewed || p->tlp == TLP_CLEAR ||
		    demanded };
	struct approval_ask ask = { .of = out.of,
		.by = draft_author(&c->caller),
		.author = d != NULL ? d->author : draft_author(&c->caller),
		.by_may_approve = caller_may(&c->caller, RIGHT_APPROVE),
		.needed = out.needed, .level = p->level, .tlp = p->tlp,
		/* a line that asks for eyes means it, also at night */
		.never_alone = demanded || by_rule != 0 || p->kind->erases,
		/* what is erased is gone: two persons, whoever they are */
		.nobody_else = !p->kind->erases && c->caller.is_admin &&
		    !persons_may(c->service, RIGHT_APPROVE) };

	if (out.needed < by_rule)
		ask.needed = out.needed = by_rule;
	list_approvers(c, v, &out);
	out.state = approval_decide(&ask, v->at, v->n, &out.have);
	return out;
}

/* --- writing --- */

/* Check a body by its kind, and append it. */
static enum err
append_home(struct service *s, struct hub_draft *d, const struct buf *b,
    struct arena *a, hub_append_fn *done, void *ctx, struct fault *f)
{
	struct json doc;
	enum err e = home_check(s, d->kind, buf_span(b), a, &doc, f);

	if (e != ERR_NONE)
		return e;
	d->body = buf_span(b);
	hub_append(s->hub, d, done, ctx);
	service_stir(s);
	return ERR_NONE;
}

enum err
approvals_append(struct call *c, const struct draft *d,
    const struct digest *of, bool approved, struct span reason,
    hub_append_fn *done, void *ctx, struct fault *f)
{
	struct service *s = c->service;
	struct hub_draft h = home_draft(s, "approval");
	struct json_out w;
	struct buf b;
	enum err e;

	buf_init(&b, 8192);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "draft", call_id(c, &d->row.id));
	json_put_member_str(&w, "digest", call_digest(c, of));
	json_put_member_span(&w, "by", draft_author(&c->caller));
	json_put_member_u64(&w, "at",
	    (uint64_t)(loop_now(s->loop).wall.ms / 1000));
	json_put_member_str(&w, "verdict", approved ? "approved" :
						      "returned");
	if (reason.n != 0)
		json_put_member_span(&w, "reason", reason);
	json_put_close(&w, '}');
	h.has_re = true;
	h.re = d->row.digest;
	e = append_home(s, &h, &b, &c->mem, done, ctx, f);
	buf_release(&b);
	return e;
}

/* --- after a rollback --- */

struct voided {
	struct index_row *row; /* in the memory of the call */
	size_t n, cap;
	struct call *call;
};

static bool
note_draft(void *ctx, const struct index_row *row)
{
	struct voided *v = ctx;
	struct index_row *more;

	if (v->n == v->cap) {
		v->cap = v->cap == 0 ? 64 : 2 * v->cap;
		more = arena_alloc(&v->call->mem, v->cap * sizeof *more);
		if (v->n != 0)
			memcpy(more, v->row, v->n * sizeof *more);
		v->row = more;
	}
	v->row[v->n++] = *row;
	return true;
}

void
approvals_void(struct call *c)
{
	struct voided v = { .call = c };
	struct fault f = { 0 };
	struct draft d;

	if (index_drafts(c->service->index, note_draft, &v) != ERR_NONE)
		log_event(LOG_WARNING, "approvals.unread");
	for (size_t i = 0; i < v.n; i++) {
		d = (struct draft){ .row = v.row[i] };
		if (draft_read(c, &d) != ERR_NONE ||
		    !span_is_str(d.state, "approved"))
			continue;
		if (draft_reopen(c, &d, &f) != ERR_NONE)
			log_event(LOG_WARNING, "approvals.unwritten",
			    log_str("rule", f.rule));
	}
}

/* --- reviews --- */

static const char *const duty_words[] = { [REVIEW_DUE] = "due",
	[REVIEW_OVERDUE] = "overdue", [REVIEW_DONE] = "done" };

static void
write_duty(struct json_out *w, const struct duty *d, enum review_state state,
    struct span reviewer, const char *verdict, struct span comment)
{
	json_put_open(w, '{');
	json_put_member_span(w, "notice", d->notice);
	json_put_member_str(w, "state", duty_words[state]);
	json_put_member_u64(w, "level", d->level);
	json_put_member_span(w, "by", d->by);
	json_put_member_u64(w, "due", (uint64_t)d->review.due_s);
	if (reviewer.n != 0)
		json_put_member_span(w, "reviewer", reviewer);
	if (verdict[0] != '\0')
		json_put_member_str(w, "verdict", verdict);
	if (comment.n != 0)
		json_put_member_span(w, "comment", comment);
	json_put_close(w, '}');
}

enum err
approvals_move_duty(struct service *s, const struct duty *d,
    enum review_state state, struct span reviewer, const char *verdict,
    struct span comment, hub_append_fn *done, void *ctx)
{
	struct hub_draft h = home_draft(s, "review");
	unsigned char random[10];
	struct arena a = { 0 };
	struct json_out w;
	struct buf b;
	enum err e;

	buf_init(&b, 8192);
	json_out_init(&w, &b);
	write_duty(&w, d, state, reviewer, verdict, comment);
	h.has_id = true;
	h.id = d->row.id;
	if (d->row.kind.n == 0) { /* a new one */
		random_fill(random, sizeof random);
		h.id = uuid_make(loop_now(s->loop).wall, random);
	} else {
		h.rev = d->row.rev + 1;
		h.replaces = &d->row.digest;
		h.replaces_n = 1;
	}
	e = append_home(s, &h, &b, &a, done, ctx, NULL);
	buf_release(&b);
	arena_release(&a);
	return e;
}

static void
on_duty(void *ctx, const struct hub_appended *result)
{
	struct service *s = ctx;

	draft_on_moved(s, result);
	if (result->err == ERR_NONE)
		approvals_clock(s);
}

void
approvals_owe_review(struct call *c, const struct plan *p)
{
	struct service *s = c->service;
	struct duty d = { .level = (uint64_t)p->level,
		.notice = span_str(call_id(c, &p->draft.id)),
		.by = draft_author(&c->caller) };

	service_alarm(s, call_text(c, "%.*s was released by one person alone; "
	    "another one reviews it", SPAN_FMT(d.notice)));
	/* a lone administrator has nobody who could */
	if (p->level < LEVEL_URGENT || !persons_may(s, RIGHT_APPROVE))
		return;
	d.review.due_s = review_due_s(p->level,
	    loop_now(s->loop).wall.ms / 1000);
	if (approvals_move_duty(s, &d, REVIEW_DUE, span_str(""), "",
		span_str(""), on_duty, s) != ERR_NONE)
		log_event(LOG_WARNING, "review.lost");
}

struct duties {
	struct service *service;
	struct arena *a;
	duty_fn *fn;
	void *ctx;
};

static bool
see_duty(void *ctx, const struct index_row *row)
{
	struct duties *all = ctx;
	struct duty d = { .row = *row };
	struct record r;
	int64_t due = 0;

	if (record_read(all->service, row->log, row->index, all->a, &r) !=
	    ERR_NONE)
		return true;
	d.review.state = json_is_str(json_get(r.body, "state"), "due") ?
	    REVIEW_DUE : REVIEW_OVERDUE;
	if (json_i64(json_get(r.body, "due"), &due) != ERR_NONE ||
	    json_text(json_get(r.body, "notice"), all->a, &d.notice) !=
		ERR_NONE ||
	    json_text(json_get(r.body, "by"), all->a, &d.by) != ERR_NONE)
		return true;
	d.review.due_s = due;
	(void)!json_u64(json_get(r.body, "level"), &d.level);
	all->fn(all->ctx, &d);
	return true;
}

void
approvals_duties(struct service *s, struct arena *a, duty_fn *fn, void *ctx)
{
	struct duties all = { s, a, fn, ctx };

	(void)!index_home(s->index, "review", see_duty, &all);
}

/* --- the clock --- */

struct clocks {
	struct service *service;
	int64_t wait_ms; /* -1: nothing to wait for */
	struct duty late[16];
	size_t late_n;
};

static void
look_at_clock(void *ctx, const struct duty *d)
{
	struct clocks *k = ctx;
	int64_t wait_ms;

	if (review_step(&d->review, loop_now(k->service->loop).wall,
		&wait_ms)) {
		if (k->late_n < sizeof k->late / sizeof *k->late)
			k->late[k->late_n++] = *d;
		wait_ms = CLOCK_AGAIN_MS; /* and whether it was written */
	}
	if (wait_ms >= 0 && (k->wait_ms < 0 || wait_ms < k->wait_ms))
		k->wait_ms = wait_ms;
}

/* It is durable that it is overdue: now it may be told. */
static void
on_late(void *ctx, const struct hub_appended *result)
{
	struct service *s = ctx;

	draft_on_moved(s, result);
	if (result->err == ERR_NONE)
		service_alarm(s, "a review of what was released alone is "
		    "overdue: almenara waiting");
}

void
approvals_clock(struct service *s)
{
	struct clocks k = { .service = s, .wait_ms = -1 };
	struct arena a = { 0 };

	if (s->is_stopping)
		return;
	if (index_lag(s->index) != 0)
		k.wait_ms = CLOCK_AGAIN_MS;
	else
		approvals_duties(s, &a, look_at_clock, &k);
	for (size_t i = 0; i < k.late_n; i++)
		if (approvals_move_duty(s, &k.late[i], REVIEW_OVERDUE,
			span_str(""), "", span_str(""), on_late, s) !=
		    ERR_NONE)
			log_event(LOG_WARNING, "review.lost");
	arena_release(&a);
	if (k.wait_ms >= 0)
		loop_timer_start(s->reviews, (uint64_t)k.wait_ms, 0);
}

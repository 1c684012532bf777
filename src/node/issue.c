/* SPDX-License-Identifier: Apache-2.0
 *
 * Issuing what is no draft.
 */
#include "node/issue.h"

struct issued {
	struct plan plan;
	const char *act;
	const char *what;
};

/* With the line that refuses, if one was asked. */
static void
refuse(struct call *c, const struct ruling *said, const char *act, enum err e,
    const char *subject, const char *what, const struct fault *f,
    const char *next)
{
	const char *why = call_fault(c, f);

	ruling_audit(c, said, act, NULL, subject, "refused", why);
	call_fail(c, e, EXIT_OF_ERROR, what, why, next);
}

void
issue_refuse(struct call *c, const char *act, enum err e, const char *subject,
    const char *what, const struct fault *f, const char *next)
{
	const struct ruling nothing = { 0 };

	refuse(c, &nothing, act, e, subject, what, f, next);
}

static void
on_issued(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;
	struct issued *x = c->state;

	if (result->err != ERR_NONE) {
		ruling_audit(c, &x->plan.ruling, x->act, NULL,
		    call_id(c, &x->plan.draft.id), "failed", result->text);
		call_unwritten(c, result->err, x->what, result->text);
		return;
	}
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "notice", call_id(c, &result->id));
	json_put_member_u64(&c->w, "rev", x->plan.draft.rev);
	json_put_member_u64(&c->w, "index", result->index);
	json_put_member_str(&c->w, "digest", call_digest(c, &result->digest));
	plan_write(c, &x->plan);
	json_put_close(&c->w, '}');
	call_done(c);
}

static void
tell(struct call *c, const struct plan *p)
{
	json_put_open(&c->w, '{');
	plan_write(c, p);
	json_put_close(&c->w, '}');
	call_done(c);
}

void
issue_plan(struct call *c, const struct plan *p, const char *act,
    const char *what)
{
	struct issued *x = arena_alloc(&c->mem, sizeof *x);
	struct fault f = { 0 };
	enum err e = plan_check_alone(p, &f);

	if (e != ERR_NONE) {
		refuse(c, &p->ruling, act, e, "", what, &f,
		    "almenara rules show");
		return;
	}
	*x = (struct issued){ *p, act, what };
	x->plan.draft.replaces = &x->plan.replaces;
	if (call_is_dry(c)) {
		tell(c, p);
		return;
	}
	if (call_cannot_append(c, what))
		return;
	c->state = x;
	hub_append(c->service->hub, &x->plan.draft, on_issued, c);
	ruling_audit(c, &p->ruling, act, p->draft.has_re ? &p->draft.re :
		NULL, call_id(c, &p->draft.id), "done", "");
}

void
issue_run(struct call *c, const struct plan_ask *ask, const char *act,
    const char *what)
{
	struct plan_ask asked = *ask;
	struct ruling said = { 0 };
	struct fault f = { 0 };
	struct plan p;
	enum err e;

	asked.ruling = &said;
	e = plan_make(c, &asked, &p, &f);
	if (e != ERR_NONE)
		refuse(c, &said, act, e, "", what, &f, "");
	else
		issue_plan(c, &p, act, what);
}

const struct kind *
issue_kind_carrying(const struct service *s, enum kind_carries what)
{
	for (size_t i = 0; i < kind_count(s->schema); i++)
		if (kind_at(s->schema, i)->carries == what)
			return kind_at(s->schema, i);
	return NULL;
}

const struct kind *
issue_kind_permitting(const struct service *s)
{
	for (size_t i = 0; i < kind_count(s->schema); i++)
		if (kind_at(s->schema, i)->permits)
			return kind_at(s->schema, i);
	return NULL;
}

bool
issue_embargo_arg(struct call *c, struct plan_embargo *out)
{
	struct json_val v = json_get(c->args, "embargo");
	struct json_val then = json_get(v, "then");
	int64_t until;

	if (v.type == JSON_ABSENT)
		return true;
	if (json_i64(json_get(v, "until"), &until) != ERR_NONE ||
	    (!json_is_str(then, "publish") && !json_is_str(then, "ask"))) {
		call_misused(c, "embargo must be {until, then: \"publish\" or "
		    "\"ask\"}");
		return false;
	}
	*out = (struct plan_embargo){ true, until,
		json_is_str(then, "publish") };
	return true;
}

bool
issue_expiry_arg(struct call *c, int64_t *exp_s)
{
	struct json_val v = json_get(c->args, "expires");

	if (v.type == JSON_ABSENT)
		return true;
	if (json_i64(v, exp_s) == ERR_NONE && *exp_s > 0)
		return true;
	call_misused(c, "expires must be a time in seconds");
	return false;
}

void
issue_keep_embargo(const struct record *earlier, struct plan_ask *ask)
{
	const struct entry *e = &earlier->entry;

	if (!e->has_embargo || earlier->is_carried)
		return;
	ask->embargo = (struct plan_embargo){ true, e->embargo_until_s,
		e->embargo_publish };
	if (ask->tlp.n == 0)
		ask->tlp = e->tlp;
}

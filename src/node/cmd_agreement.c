/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: agreements, agreement, agreement_sign, agreement_leave. A
 * signature is a record of this team like any other, issued by the same plan.
 */
#include "node/agreements.h"
#include "node/issue.h"

#include "crypto/random.h"

static const char not_signed[] = "the agreement was not signed";
static const char not_left[] = "the team has not left the agreement";

static const char list_command[] = "almenara agreement list";

/* --- showing --- */

static const char *const bond_words[] = {
	[AGREEMENT_NONE] = "unsigned", [AGREEMENT_UNSIGNED_HERE] = "unsigned",
	[AGREEMENT_LEFT] = "left", [AGREEMENT_OTHER_TERMS] = "other_terms",
	[AGREEMENT_OVER] = "over", [AGREEMENT_LABEL] = "bound",
	[AGREEMENT_BOUND] = "bound" };

/* Read the record again as the person may, who is an auditor perhaps. */
static bool
may_see(struct call *c, size_t i)
{
	struct record r;

	return call_look(c, agreements_row(c->service, i), EXIT_SHOW, &r) &&
	    exit_opens(&r.pass, EXIT_SHOW, EXIT_TEXT);
}

static void
put_day(struct call *c, const char *name, int64_t ms, int64_t least)
{
	char text[INSTANT_TEXT_MAX];

	if (ms == INT64_MIN || ms == INT64_MAX) {
		json_put_member_str(&c->w, name, "");
		return;
	}
	wall_write((struct wall){ ms - least }, text);
	json_put_member_span(&c->w, name, span_of(text, 10));
}

/* What the terms say, by one who has signed them. */
static void
put_terms(struct call *c, const struct agreement *x)
{
	struct json_out *w = &c->w;

	json_put_member_span(w, "id", x->id);
	json_put_member_span(w, "name", x->name);
	json_put_member_str(w, "tlp", tlp_label(x->most));
	put_day(c, "from", x->from_ms, 0);
	put_day(c, "until", x->until_ms, 1);
	json_put_member_str(w, "terms", call_digest(c, &x->terms));
}

/* Is this agreement the only thing between the two teams? */
static enum agreement_bond
bond_by(struct call *c, const struct agreement *own,
    const struct agreement *theirs)
{
	const struct agreement pair[] = { *theirs,
		own != NULL ? *own : *theirs };
	const struct agreements two = { pair, own != NULL ? 2 : 1 };

	return agreements_bond(&two, c->service->own_team, theirs->team,
	    theirs->most, loop_now(c->service->loop).wall, NULL);
}

static void
put_party(struct call *c, const struct agreements *v, size_t i)
{
	const struct agreement *x = &v->at[i];
	const struct index_row *row = agreements_row(c->service, i);
	const struct agreement *own = agreements_find(v,
	    c->service->own_team, x->id);
	struct json_out *w = &c->w;

	json_put_open(w, '{');
	json_put_member_span(w, "team", x->team);
	json_put_member_str(w, "state", x->left ? "left" : "signed");
	json_put_member_u64(w, "at", (uint64_t)row->iat_s);
	json_put_member_str(w, "record", call_id(c, &row->id));
	json_put_member_str(w, "terms", call_digest(c, &x->terms));
	json_put_member_str(w, "bond", x == own ? "" :
		bond_words[bond_by(c, own, x)]);
	json_put_close(w, '}');
}

/* The word by which an agreement is told: that of this team, or the newest
 * signature of another. */
static const struct agreement *
best_of(struct call *c, const struct agreements *v, struct span id)
{
	const struct agreement *own = agreements_find(v,
	    c->service->own_team, id), *any = own;

	for (size_t i = 0; own == NULL && i < v->n; i++)
		if (span_is_equal(v->at[i].id, id) &&
		    (any == NULL || (any->left && !v->at[i].left)))
			any = &v->at[i];
	return any;
}

static void
put_agreement(struct call *c, const struct agreements *v,
    const struct agreement *x, bool full)
{
	const struct agreement *own = agreements_find(v,
	    c->service->own_team, x->id);
	struct json_out *w = &c->w;

	json_put_open(w, '{');
	put_terms(c, x);
	json_put_member_str(w, "here", own == NULL ? "unsigned" :
		own->left ? "left" : "signed");
	json_put_key(w, "parties");
	json_put_open(w, '[');
	for (size_t i = 0; i < v->n; i++)
		if (span_is_equal(v->at[i].id, x->id) && may_see(c, i))
			put_party(c, v, i);
	json_put_close(w, ']');
	if (full) {
		json_put_key(w, "text");
		json_put_raw(w, x->text);
	}
	json_put_close(w, '}');
}

void
cmd_agreements(struct call *c)
{
	const struct agreements *v = agreements_now(c->service);

	json_put_open(&c->w, '{');
	json_put_key(&c->w, "agreements");
	json_put_open(&c->w, '[');
	for (size_t i = 0; i < v->n; i++)
		if (best_of(c, v, v->at[i].id) == &v->at[i] && may_see(c, i))
			put_agreement(c, v, &v->at[i], false);
	json_put_close(&c->w, ']');
	json_put_close(&c->w, '}');
	call_done(c);
}

/* The agreement whose id ends in the argument `id`. NULL: the call was
 * answered. */
static const struct agreement *
open_agreement(struct call *c, const struct agreements *v, const char *what)
{
	struct span tail = call_arg(c, "id");
	const struct agreement *found = NULL;
	enum err e = ERR_NOT_FOUND;
	size_t at = 0;

	for (size_t i = 0; i < v->n; i++) {
		struct span id = v->at[i].id;

		if (tail.n < 4 || tail.n > id.n ||
		    memcmp(id.p + id.n - tail.n, tail.p, tail.n) != 0)
			continue;
		e = found != NULL && !span_is_equal(found->id, id) ?
		    ERR_CONFLICT : ERR_NONE;
		if (e != ERR_NONE)
			break;
		found = best_of(c, v, id);
	}
	if (e == ERR_NONE && found != NULL)
		at = (size_t)(found - v->at);
	if (e == ERR_NONE && may_see(c, at))
		return found;
	call_fail(c, e == ERR_NONE ? ERR_DENIED : e,
	    e == ERR_NONE ? EXIT_SIGN_IN : EXIT_NOT_FOUND, what,
	    e == ERR_CONFLICT ? "several agreements have such an id" :
	    e == ERR_NONE ? "it may not be seen by this person" :
		"no team has signed such an agreement, as far as is known "
		"here", list_command);
	return NULL;
}

void
cmd_agreement(struct call *c)
{
	const struct agreements *v = agreements_now(c->service);
	const struct agreement *x = open_agreement(c, v,
	    "there is no such agreement");

	if (x == NULL)
		return;
	put_agreement(c, v, x, true);
	call_done(c);
}

/* --- signing and leaving --- */

static enum err
write_body(struct call *c, struct span terms, bool leaves,
    struct json_val *out, struct fault *f)
{
	struct json *doc = arena_alloc(&c->mem, sizeof *doc);
	struct span note = call_arg(c, "note");
	struct json_out w;
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "state", leaves ? "left" : "signed");
	json_put_key(&w, "terms");
	json_put_raw(&w, terms);
	if (note.n != 0) {
		json_put_key(&w, "note");
		json_put_open(&w, '{');
		json_put_member_span(&w, lang_tag(c->lang), note);
		json_put_close(&w, '}');
	}
	json_put_close(&w, '}');
	e = json_parse_buf(&b, &c->mem, doc, f);
	*out = json_root(doc);
	return e;
}

/* Terms of the argument `policy`, under an id of their own if they have none. */
static enum err
write_policy(struct call *c, struct json_val policy, struct span *out,
    struct fault *f)
{
	unsigned char random[10];
	char id[UUID_TEXT + 1];
	struct uuid fresh;
	struct json_out w;
	struct buf b;
	enum err e;

	random_fill(random, sizeof random);
	fresh = uuid_make(loop_now(c->service->loop).wall, random);
	uuid_write(&fresh, id);
	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	e = agreement_write(policy, id, &c->mem, &w, f);
	if (e == ERR_NONE)
		*out = arena_copy(&c->mem, buf_span(&b));
	buf_release(&b);
	return e;
}

/* The terms to be signed: what another has signed, or new ones. */
static enum err
find_terms(struct call *c, const struct agreements *v,
    const struct agreement *x, struct span *out, struct fault *f)
{
	struct span from = call_arg(c, "from");
	const struct agreement *one = from.n == 0 ? NULL :
	    agreements_find(v, from, x->id);

	if (from.n != 0 && one == NULL)
		return fault_at(f, ERR_NOT_FOUND, 0, "from",
		    "%.*s has signed no such agreement", SPAN_FMT(from));
	for (size_t i = 0; one == NULL && i < v->n; i++)
		if (span_is_equal(v->at[i].id, x->id) &&
		    !digest_is_equal(&v->at[i].terms, &x->terms))
			return fault_at(f, ERR_CONFLICT, 0, "id",
			    "teams have signed other terms under this id: say "
			    "with --from TEAM which");
	*out = one != NULL ? one->text : x->text;
	return ERR_NONE;
}

static enum err
check_label(struct plan_ask *ask, struct fault *f)
{
	enum tlp tlp;

	if (ask->tlp.n == 0 && ask->earlier == NULL)
		ask->tlp = span_str(tlp_label(TLP_GREEN));
	if (ask->tlp.n != 0 &&
	    (tlp_import(ask->tlp, &tlp) != ERR_NONE || tlp > TLP_GREEN))
		return fault_at(f, ERR_RULE, 0, "tlp", "TLP:CLEAR or "
		    "TLP:GREEN: whom it binds must be able to read it");
	return ERR_NONE;
}

/* Issue this team's word on the terms, as the next revision of its last one
 * about the same agreement. */
static void
issue_word(struct call *c, const struct agreements *v, struct span terms,
    bool leaves, const char *act, const char *what)
{
	const struct kind *k = agreements_kind(c->service);
	struct plan_ask ask = { .any_kind = true, .tlp = call_arg(c, "tlp"),
		.kind = span_str(k != NULL ? k->name : "") };
	const struct agreement *own = NULL;
	struct agreement fresh = { .id = span_str("") };
	struct fault f = { 0 };
	enum err e = write_body(c, terms, leaves, &ask.body, &f);

	if (e == ERR_NONE)
		e = agreement_parse(ask.body, &c->mem, &fresh, &f);
	if (e == ERR_NONE)
		own = agreements_find(v, c->service->own_team, fresh.id);
	if (own != NULL)
		ask.earlier = agreements_row(c->service,
		    (size_t)(own - v->at));
	if (own != NULL && !own->left && !leaves &&
	    digest_is_equal(&own->terms, &fresh.terms))
		e = fault_at(&f, ERR_STATE, 0, "",
		    "this team has signed it already");
	if (e == ERR_NONE && leaves && (own == NULL || own->left))
		e = fault_at(&f, ERR_STATE, 0, "", own == NULL ?
			"this team has not signed it" :
			"this team has left it already");
	if (e == ERR_NONE)
		e = check_label(&ask, &f);
	if (e != ERR_NONE)
		issue_refuse(c, act, e, arena_string(&c->mem, fresh.id), what,
		    &f, list_command);
	else
		issue_run(c, &ask, act, what);
}

void
cmd_agreement_sign(struct call *c)
{
	const struct agreements *v = agreements_now(c->service);
	struct json_val policy = json_get(c->args, "policy");
	const struct agreement *x = NULL;
	struct span terms = span_str("");
	struct fault f = { 0 };
	enum err e;

	if (policy.type == JSON_ABSENT &&
	    (x = open_agreement(c, v, not_signed)) == NULL)
		return;
	e = x != NULL ? find_terms(c, v, x, &terms, &f) :
			write_policy(c, policy, &terms, &f);
	if (e != ERR_NONE)
		issue_refuse(c, "agreement_sign", e, "", not_signed, &f,
		    list_command);
	else
		issue_word(c, v, terms, false, "agreement_sign", not_signed);
}

void
cmd_agreement_leave(struct call *c)
{
	const struct agreements *v = agreements_now(c->service);
	const struct agreement *x = open_agreement(c, v, not_left);

	if (x != NULL)
		issue_word(c, v, x->text, true, "agreement_leave", not_left);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Sharing rules, asked about a release.
 */
#include "node/ruling.h"

#include "base/text.h"
#include "node/agreements.h"

enum { LINE_MAX_SHOWN = 380 }; /* the field `rule` of an audit record */

struct rules_ask
ruling_ask(struct call *c, struct span kind, enum tlp tlp, int level,
    bool exercise)
{
	struct span *role = arena_alloc(&c->mem,
	    CALLER_ROLES * sizeof *role);

	for (size_t i = 0; i < c->caller.role_n; i++)
		role[i] = span_str(c->caller.role[i]);
	return (struct rules_ask){ .act = RULES_RELEASE, .kind = kind,
		.tlp = tlp, .level = level, .exercise = exercise,
		.own = span_str(c->service->config->team), .role = role,
		.role_n = c->caller.role_n,
		.post = span_str(c->caller.post),
		.signed_by = agreements_now(c->service),
		.now = loop_now(c->service->loop).wall };
}

const char *
ruling_line(struct call *c, const struct rules_answer *a)
{
	struct text t;
	size_t n = a->text.n;

	if (a->line == 0)
		return arena_string(&c->mem, a->text);
	if (n > LINE_MAX_SHOWN && text_parse(a->text, &t) == ERR_NONE)
		n = text_cut(t, LINE_MAX_SHOWN);
	return call_text(c, "%u: %.*s", a->line, (int)n,
	    (const char *)a->text.p);
}

const char *
ruling_next(struct call *c, const struct rules_answer *a)
{
	bool named = a->agreement.n != 0;

	switch (a->why) {
	case RULES_UNSIGNED_HERE:
		return call_text(c, "almenara agreement sign %.*s",
		    SPAN_FMT(a->agreement));
	case RULES_NO_AGREEMENT:
	case RULES_AGREEMENT:
	case RULES_LEFT:
	case RULES_OTHER_TERMS:
	case RULES_OVER:
		return named ? call_text(c, "almenara agreement show %.*s",
				   SPAN_FMT(a->agreement)) :
			       "almenara agreement list";
	case RULES_ALLOWED:
	case RULES_NO_LINE:
	case RULES_BLOCKED:
	case RULES_NOT_BY_YOU:
	case RULES_LABEL:
	case RULES_NOT_NEEDED:
	case RULES_WHYS:
		break;
	}
	return "";
}

static void
keep_answer(struct call *c, const struct rules_answer *a, struct ruling *out)
{
	out->line = ruling_line(c, a);
	out->next = ruling_next(c, a);
	out->approvals = a->approvals;
	out->strip = arena_alloc(&c->mem,
	    (a->strip_n + 1) * sizeof *out->strip);
	out->strip_n = a->strip_n;
	for (size_t i = 0; i < a->strip_n; i++)
		out->strip[i] = arena_copy(&c->mem, a->strip[i]);
}

static enum err
refuse(struct call *c, struct span team, const struct rules_answer *a,
    struct ruling *out, struct fault *f)
{
	keep_answer(c, a, out);
	return fault_at(f, ERR_RULE, 0, "aud", "%.*s%s%s (%.60s)",
	    SPAN_FMT(team), team.n != 0 ? ": " : "",
	    rules_why(c->service->schema, a->why, c->lang), out->line);
}

/* Take out whom the rules refuse. */
static enum err
winnow(struct call *c, const struct rules *r, const struct rules_ask *ask,
    const struct span *named, size_t named_n, struct audience *aud,
    struct ruling *out, struct fault *f)
{
	struct rules_ask each = *ask;
	struct rules_answer a, first = { 0 };
	size_t kept = 0;

	out->refused = arena_alloc(&c->mem,
	    (aud->n + 1) * sizeof *out->refused);
	for (size_t i = 0; i < aud->n; i++) {
		each.name = aud->team[i];
		rules_decide(r, &each, &a);
		if (a.allow) {
			aud->team[kept++] = aud->team[i];
			continue;
		}
		if (span_is_among(each.name, named, named_n))
			return refuse(c, each.name, &a, out, f);
		if (out->refused_n == 0)
			first = a;
		out->refused[out->refused_n++] = (struct ruling_refused){
			each.name, ruling_line(c, &a), a.why,
			ruling_next(c, &a) };
	}
	aud->n = kept;
	if (out->refused_n != 0 && kept <= 1)
		return refuse(c, out->refused[0].team, &first, out, f);
	return ERR_NONE;
}

enum err
ruling_bound(struct call *c, const struct rules_ask *ask,
    const struct span *had, size_t had_n, const struct audience *aud,
    struct ruling *out, struct fault *f)
{
	const struct rules *r = c->service->rulebook.rules;
	struct rules_ask each = *ask;
	struct rules_answer a = { .text = span_str("built in") };

	for (size_t i = 0; !aud->open && i < aud->n; i++) {
		each.name = aud->team[i];
		if (span_is_equal(each.name, each.own) ||
		    span_is_among(each.name, had, had_n))
			continue;
		a.why = rules_agreement(r, &each, &a.agreement);
		if (a.why != RULES_ALLOWED)
			return refuse(c, each.name, &a, out, f);
	}
	return ERR_NONE;
}

enum err
ruling_make(struct call *c, const struct rules_ask *ask,
    const struct span *named, size_t named_n, struct audience *aud,
    struct ruling *out, struct fault *f)
{
	const struct rules *r = c->service->rulebook.rules;
	struct rules_answer a = { 0 };
	struct span who = { 0 };
	enum err e = ERR_NONE;

	*out = (struct ruling){ .is_asked = true, .has_rules = r != NULL,
		.line = "no line" };
	if (r != NULL)
		out->rules = *rules_digest(r);
	if (!aud->open)
		e = winnow(c, r, ask, named, named_n, aud, out, f);
	if (e != ERR_NONE)
		return e;
	e = permit_decide(r, ask, aud->team, aud->open ? 0 : aud->n,
	    &out->permit, &who, &a);
	if (e != ERR_NONE)
		return refuse(c, who, &a, out, f);
	keep_answer(c, &a, out);
	return ERR_NONE;
}

/* --- what does not go --- */

enum { DEPTH_MAX = 4 };

/* What is left of a path below `key`; the whole of it: n is 0. */
static bool
below(struct span path, struct span key, struct span *rest)
{
	if (path.n < key.n || memcmp(path.p, key.p, key.n) != 0 ||
	    (path.n > key.n && path.p[key.n] != '.'))
		return false;
	*rest = path.n == key.n ? span_str("") :
	    span_of(path.p + key.n + 1, path.n - key.n - 1);
	return true;
}

static void strip_value(struct arena *a, const struct span *strip, size_t n,
    unsigned depth, struct json_val v, struct json_out *w);

static void
strip_object(struct arena *a, const struct span *strip, size_t n,
    unsigned depth, struct json_val v, struct json_out *w)
{
	struct span *rest = arena_alloc(a, (n + 1) * sizeof *rest);

	json_put_open(w, '{');
	for (struct json_val m = json_first(v); m.type != JSON_ABSENT;
	     m = json_next(v, m)) {
		struct span key = json_key(m, a);
		bool goes = true;
		size_t k = 0;

		for (size_t i = 0; i < n; i++)
			if (below(strip[i], key, &rest[k])) {
				goes = goes && rest[k].n != 0;
				k++;
			}
		if (!goes)
			continue;
		json_put_key_span(w, key);
		strip_value(a, rest, k, depth + 1, m, w);
	}
	json_put_close(w, '}');
}

static void
strip_value(struct arena *a, const struct span *strip, size_t n,
    unsigned depth, struct json_val v, struct json_out *w)
{
	if (n == 0 || depth > DEPTH_MAX ||
	    (v.type != JSON_OBJECT && v.type != JSON_ARRAY)) {
		json_put_raw(w, json_raw(v));
		return;
	}
	if (v.type == JSON_OBJECT) {
		strip_object(a, strip, n, depth, v, w);
		return;
	}
	json_put_open(w, '[');
	for (struct json_val m = json_first(v); m.type != JSON_ABSENT;
	     m = json_next(v, m))
		strip_value(a, strip, n, depth + 1, m, w);
	json_put_close(w, ']');
}

void
ruling_strip(struct arena *a, const struct span *strip, size_t n,
    struct json_val body, struct json_out *w)
{
	strip_object(a, strip, n, 0, body, w);
}

/* --- what is handed to another system --- */

/* Has the body the member of this path, in whatever object of an array? */
static bool
has_member(struct arena *a, struct span path, struct json_val v,
    unsigned depth)
{
	struct span rest;

	if (path.n == 0)
		return true;
	if (depth > DEPTH_MAX ||
	    (v.type != JSON_OBJECT && v.type != JSON_ARRAY))
		return false;
	for (struct json_val m = json_first(v); m.type != JSON_ABSENT;
	     m = json_next(v, m)) {
		if (v.type == JSON_ARRAY)
			rest = path;
		else if (!below(path, json_key(m, a), &rest))
			continue;
		if (has_member(a, rest, m, depth + 1))
			return true;
	}
	return false;
}

bool
ruling_has_member(struct arena *a, struct span path, struct json_val body)
{
	return has_member(a, path, body, 0);
}

struct span
ruling_by_gateway(const struct rules *r, enum exit_way way,
    const struct rules_ask *ask, struct json_val body, struct arena *a,
    struct rules_answer *out)
{
	struct rules_ask q = *ask;

	q.act = RULES_EXPORT;
	q.to = RULES_TO_GATEWAY;
	q.name = span_str(exit_word(way));
	rules_decide(r, &q, out);
	if (!exit_needs_line(way) && out->why != RULES_BLOCKED) {
		out->allow = true;
		out->why = RULES_NOT_NEEDED;
	}
	for (size_t i = 0; out->allow && i < out->strip_n; i++)
		if (has_member(a, out->strip[i], body, 0)) {
			out->allow = false;
			return out->strip[i];
		}
	return span_str("");
}

const char *
ruling_why(struct call *c, const struct rules_answer *a, struct span stripped)
{
	const struct schema *s = c->service->schema;

	return stripped.n == 0 ? rules_why(s, a->why, c->lang) :
				 call_text(c, "%s: %.*s",
				     word(s, "rule_strips", c->lang),
				     SPAN_FMT(stripped));
}

enum exit_rule
ruling_export(struct call *c, enum exit_way way, const struct index_row *row,
    struct json_val body, const struct exit_notice *n, struct ruling *out,
    const char **why)
{
	const struct rules *r = c->service->rulebook.rules;
	struct rules_ask ask = ruling_ask(c, row->kind,
	    n->has_tlp ? n->tlp : TLP_RED, row->level, n->exercise);
	struct rules_answer a;
	struct span stripped;

	ask.iss = row->iss;
	stripped = ruling_by_gateway(r, way, &ask, body, &c->mem, &a);
	*out = (struct ruling){ .is_asked = true, .has_rules = r != NULL };
	if (r != NULL)
		out->rules = *rules_digest(r);
	keep_answer(c, &a, out);
	*why = ruling_why(c, &a, stripped);
	return a.allow ? EXIT_RULE_PERMITS : EXIT_RULE_DENIES;
}

/* --- telling --- */

void
ruling_write(struct call *c, const struct ruling *r)
{
	struct json_out *w = &c->w;

	json_put_member_str(w, "rule", r->line);
	json_put_member_str(w, "rules",
	    r->has_rules ? call_digest(c, &r->rules) : "");
	json_put_member_u64(w, "approvals", r->approvals);
	json_put_key(w, "refused");
	json_put_open(w, '[');
	for (size_t i = 0; i < r->refused_n; i++) {
		json_put_open(w, '{');
		json_put_member_span(w, "team", r->refused[i].team);
		json_put_member_str(w, "rule", r->refused[i].line);
		json_put_member_str(w, "why",
		    rules_why(c->service->schema, r->refused[i].why,
			c->lang));
		json_put_member_str(w, "next", r->refused[i].next);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
	json_put_key(w, "stripped");
	json_put_open(w, '[');
	for (size_t i = 0; i < r->strip_n; i++)
		json_put_span(w, r->strip[i]);
	json_put_close(w, ']');
}

void
ruling_audit(struct call *c, const struct ruling *r, const char *act,
    const struct digest *object, const char *subject, const char *outcome,
    const char *reason)
{
	audit_by(c->service, &c->caller, act, object, subject, outcome,
	    reason, r);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The plan of a release.
 */
#include "node/plan.h"

#include "crypto/random.h"
#include "node/exercise.h"
#include "node/groups.h"
#include "node/widening.h"
#include "record/carried.h"
#include "schema/check.h"

enum { ENVELOPE_ROOM = 8192 + 64 * LIMIT_TEAMS };

enum err
plan_parse_teams(struct call *c, struct json_val v, bool *all,
    struct span **out, size_t *out_n, struct fault *f)
{
	struct span *team;
	size_t n = 0;

	*all = json_is_str(v, "all");
	*out_n = 0;
	if (*all || v.type == JSON_ABSENT || v.type == JSON_NULL)
		return ERR_NONE;
	if (v.type != JSON_ARRAY || json_count(v) > LIMIT_TEAMS)
		return fault_at(f, ERR_SYNTAX, 0, "aud",
		    "is not \"all\" or a list of teams");
	team = arena_alloc(&c->mem, (json_count(v) + 1) * sizeof *team);
	for (struct json_val m = json_first(v); m.type != JSON_ABSENT;
	     m = json_next(v, m))
		if (json_text(m, &c->mem, &team[n++]) != ERR_NONE)
			return fault_at(f, ERR_SYNTAX, 0, "aud",
			    "is not \"all\" or a list of teams");
	*out = team;
	*out_n = n;
	return ERR_NONE;
}

/* --- the body --- */

static void
put_member(struct call *c, struct json_out *w, struct json_val m)
{
	json_put_key_span(w, json_key(m, &c->mem));
	json_put_raw(w, json_raw(m));
}

/* What the node knows by itself is filled in: who writes, and the level. */
static enum err
complete(struct call *c, const struct kind *k, struct json_val body,
    const struct plan_ask *ask, struct plan *p, struct fault *f)
{
	const struct levels *levels = schema_levels(c->service->schema);
	struct level_input in;
	struct json_out w;
	struct buf b;
	int level;
	enum err e;

	if (body.type != JSON_OBJECT)
		return fault_at(f, ERR_SCHEMA, 0, "body", "is no JSON object");
	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	for (struct json_val m = json_first(body); m.type != JSON_ABSENT;
	     m = json_next(body, m))
		put_member(c, &w, m);
	if (field_find(k, span_str("author_post")) != NULL &&
	    json_get(body, "author_post").type == JSON_ABSENT)
		json_put_member_str(&w, "author_post", c->caller.post);
	if (field_find(k, span_str("language")) != NULL &&
	    json_get(body, "language").type == JSON_ABSENT)
		json_put_member_str(&w, "language", lang_tag(c->lang));
	if (ask != NULL && k->carries == CARRIES_NOTHING)
		exercise_complete(c, ask, body, &w);
	level_input_of(body, &c->mem, &in);
	if (k->levelled && json_get(body, "level").type == JSON_ABSENT &&
	    level_compute(levels, &in, &level) == ERR_NONE)
		json_put_member_u64(&w, "level", (uint64_t)level);
	json_put_close(&w, '}');
	e = buf_check(&b);
	/* what carries another has room for its envelope: LIMIT_CARRIED_JWS */
	if (e != ERR_NONE || (k->carries == CARRIES_NOTHING &&
		b.n > LIMIT_PAYLOAD - ENVELOPE_ROOM))
		e = fault_at(f, ERR_LIMIT, 0, "body",
		    "is larger than an entry may be");
	if (e == ERR_NONE) {
		p->body = arena_copy(&c->mem, buf_span(&b));
		e = json_parse_arena(p->body, LIMIT_JSON_DEPTH - 1,
		    LIMIT_JSON_TOKENS, &c->mem, &p->body_doc, f);
	}
	buf_release(&b);
	return e;
}

enum err
plan_check_alone(const struct plan *p, struct fault *f)
{
	if (p->ruling.approvals == 0 || p->kind->carries == CARRIES_RELEASE ||
	    (p->embargo.set && p->draft.replaces_n != 0))
		return ERR_NONE;
	return fault_at(f, ERR_RULE, 0, "rules", "line \"%s\" asks for "
	    "another person, and this has none: allow %s without, by name",
	    p->ruling.line, p->kind->name);
}

enum err
plan_check_body(struct call *c, const struct kind *k, struct json_val body,
    struct fault *f)
{
	struct plan p = { 0 };
	enum err e = complete(c, k, body, NULL, &p, f);

	return e != ERR_NONE ? e : body_check(c->service->schema, k,
	    json_root(&p.body_doc), CHECK_SENT, &c->mem, f);
}

/* --- the plan --- */

static enum err
find_kind(struct call *c, const struct plan_ask *ask, struct plan *p,
    struct fault *f)
{
	p->kind = kind_find(c->service->schema, ask->kind);
	if (p->kind == NULL)
		return fault_at(f, ERR_SCHEMA, 0, "kind",
		    "%.*s is no kind that this node knows",
		    SPAN_FMT(ask->kind));
	if (!p->kind->notice && (!ask->any_kind || p->kind->is_private))
		return fault_at(f, ERR_RULE, 0, "kind",
		    "%s is nothing that is issued to the network",
		    p->kind->name);
	return ERR_NONE;
}

static enum err
find_label(const struct plan_ask *ask, struct plan *p, struct fault *f)
{
	if (ask->tlp.n != 0) {
		if (tlp_import(ask->tlp, &p->tlp) == ERR_NONE)
			return ERR_NONE;
		return fault_at(f, ERR_SCHEMA, 0, "tlp",
		    "%.*s is no label of TLP 2.0", SPAN_FMT(ask->tlp));
	}
	if (ask->earlier == NULL || !ask->earlier->has_tlp)
		return fault_at(f, ERR_SCHEMA, 0, "tlp",
		    "the label is missing");
	p->tlp = ask->earlier->tlp;
	return ERR_NONE;
}

static const struct span *
join(struct arena *a, const struct span *x, size_t x_n, const struct span *y,
    size_t y_n)
{
	struct span *all = arena_alloc(a, (x_n + y_n + 1) * sizeof *all);

	for (size_t i = 0; i < x_n + y_n; i++)
		all[i] = i < x_n ? x[i] : y[i - x_n];
	return all;
}

static enum err
find_audience(struct call *c, const struct plan_ask *ask, struct plan *p,
    struct fault *f)
{
	struct service *s = c->service;
	struct audience_ask want = { .tlp = p->tlp,
		.own = span_str(s->config->team) };
	const struct index_notice nothing = { 0 };
	struct index_audience earlier = { 0 };
	struct groups_named by = { 0 };
	struct span *named = NULL;
	enum err e = plan_parse_teams(c, ask->aud, &want.all, &named,
	    &want.named_n, f);

	/* whatever its label, until then it is for those who are named */
	if (ask->embargo.set)
		want.tlp = tlp_stricter(p->tlp, TLP_AMBER_STRICT);
	if (e == ERR_NONE)
		e = groups_expand(c, named, want.named_n, want.tlp, &by, f);
	want.named = by.team;
	want.named_n = by.team_n;
	want.grouped = by.grouped;
	want.member = by.member;
	want.member_n = by.member_n;
	if (e == ERR_NONE && ask->earlier != NULL)
		e = index_notice(s->index, ask->earlier, &nothing, &c->mem,
		    &earlier);
	if (e != ERR_NONE)
		return e;
	want.had_open = earlier.open;
	want.had = join(&c->mem, earlier.team, earlier.n, ask->also,
	    ask->also_n);
	want.had_n = earlier.n + ask->also_n;
	return audience_make(s->registry, &want, loop_now(s->loop).wall,
	    &c->mem, &p->aud, f);
}

/* What stays with the own team stays there, whatever was asked. */
static enum err
check_own(struct call *c, const struct plan *p, struct fault *f)
{
	if (!p->kind->own)
		return ERR_NONE;
	if (p->tlp != TLP_RED || p->aud.n != 1 ||
	    !span_is_equal(p->aud.team[0], c->service->own_team))
		return fault_at(f, ERR_RULE, 0, "aud", "%s stays with the own "
		    "team, as TLP:RED", p->kind->name);
	return ERR_NONE;
}

/* Take out what the rules say does not go; the rest must still do. */
static enum err
strip(struct call *c, struct plan *p, struct fault *f)
{
	struct fault broken = { 0 };
	struct json_out w;
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	ruling_strip(&c->mem, p->ruling.strip, p->ruling.strip_n,
	    json_root(&p->body_doc), &w);
	p->body = arena_copy(&c->mem, buf_span(&b));
	buf_release(&b);
	e = json_parse_arena(p->body, LIMIT_JSON_DEPTH - 1, LIMIT_JSON_TOKENS,
	    &c->mem, &p->body_doc, f);
	if (e == ERR_NONE)
		e = body_check(c->service->schema, p->kind,
		    json_root(&p->body_doc), CHECK_SENT, &c->mem, &broken);
	return e == ERR_NONE ? e : fault_at(f, ERR_RULE, 0, broken.field,
	    "is needed, and the sharing rules strip it");
}

static struct rules_ask
ask_rules(struct call *c, const struct plan_ask *ask, struct span kind,
    enum tlp tlp, struct json_val body)
{
	struct rules_ask rules = ruling_ask(c, kind, tlp, level_of(body),
	    json_get(body, "exercise").type != JSON_ABSENT);

	rules.any_role = ask->any_role;
	return rules;
}

/* Would all that an embargo keeps waiting be allowed to have it? */
static enum err
check_wider(struct call *c, const struct rules_ask *rules,
    struct json_val body, struct widening *x, struct ruling *out,
    const char *field, struct fault *f)
{
	const struct rules *r = c->service->rulebook.rules;
	struct rules_answer a;
	struct span who = span_str("");
	enum err e = widening_ask(r, rules, body, &c->mem, x, &who, &a);
	bool more = a.approvals > out->approvals;

	if (e != ERR_NONE || more || !out->is_asked) {
		out->line = ruling_line(c, &a);
		out->next = ruling_next(c, &a);
		out->approvals = more ? a.approvals : out->approvals;
	}
	if (!out->is_asked && r != NULL)
		out->rules = *rules_digest(r);
	out->is_asked = true;
	out->has_rules = r != NULL;
	return e == ERR_NONE ? e : fault_at(f, e, 0, field,
	    "it would go to %.*s: %s (%.60s)",
	    who.n != 0 ? (int)who.n : 9,
	    who.n != 0 ? (const char *)who.p : "everybody",
	    rules_why(c->service->schema, a.why, c->lang), out->line);
}

/* By a person, now. */
static enum err
check_release(struct call *c, const struct plan_ask *ask, struct plan *p,
    struct fault *f)
{
	struct widening x = { .open = p->aud.open, .team = p->aud.team,
		.n = p->aud.n, .had = ask->also, .had_n = ask->also_n,
		.all = ask->aud.type == JSON_ARRAY };
	struct rules_ask rules = ask_rules(c, ask, ask->of->entry.kind,
	    p->tlp, ask->of->body);
	enum err e = ruling_bound(c, &rules, ask->also, ask->also_n, &p->aud,
	    &p->ruling, f);

	if (e == ERR_NONE)
		e = check_wider(c, &rules, ask->of->body, &x, &p->ruling,
		    "aud", f);
	p->aud.n = x.n;
	/* what was approved is shown now: plan_check_alone */
	return e != ERR_NONE ? e : permit_built_in(c->service->own_team,
	    span_str(p->kind->name), p->tlp, p->aud.team, p->aud.n,
	    &p->ruling.permit);
}

/* What another team issued is asked about as such, and as what carries it. */
static enum err
check_passed_on(struct call *c, const struct plan_ask *ask, struct plan *p,
    struct fault *f)
{
	const struct entry *of = &ask->of->entry;
	struct widening x = { .open = p->aud.open, .team = p->aud.team,
		.n = p->aud.n, .had = &of->iss, .had_n = 1, .all = true };
	struct rules_ask rules = ask_rules(c, ask, of->kind, p->tlp,
	    ask->of->body);

	rules.iss = of->iss;
	return check_wider(c, &rules, ask->of->body, &x, &p->ruling, "aud",
	    f);
}

/* By itself, at its time: asked then once more. */
static enum err
check_then(struct call *c, const struct rules_ask *rules, struct plan *p,
    struct fault *f)
{
	const struct team *good[LIMIT_TEAMS] = { NULL };
	struct widening x = { .open = p->tlp == TLP_CLEAR,
		.had = p->aud.team, .had_n = p->aud.n };

	x.team = arena_alloc(&c->mem, LIMIT_TEAMS * sizeof *x.team);
	if (!x.open)
		x.n = registry_good_teams(c->service->registry,
		    loop_now(c->service->loop).wall, good, LIMIT_TEAMS);
	for (size_t i = 0; i < x.n; i++)
		x.team[i] = good[i]->id;
	return check_wider(c, rules, json_root(&p->body_doc), &x, &p->ruling,
	    "embargo", f);
}

/* What needs no line of the file. It may reach others than it was for, or let
 * others reach them. */
static enum err
check_built_in(struct call *c, const struct plan_ask *ask, struct plan *p,
    struct fault *f)
{
	const struct permit own = p->ruling.permit;

	if (ask->permits != NULL) {
		p->ruling = *ask->permits;
		p->ruling.permit = own;
		return ERR_NONE;
	}
	p->ruling.line = "built in";
	return ask->of == NULL ? ERR_NONE : check_release(c, ask, p, f);
}

/* The rules of this node, for every reader. */
static enum err
apply_rules(struct call *c, const struct plan_ask *ask, struct plan *p,
    struct fault *f)
{
	struct json_val body = json_root(&p->body_doc);
	struct rules_ask rules = ask_rules(c, ask, span_str(p->kind->name),
	    p->tlp, body);
	struct span *named = NULL;
	size_t named_n = 0;
	bool all;
	enum err e = permit_built_in(c->service->own_team,
	    span_str(p->kind->name), p->tlp, p->aud.team, p->aud.n,
	    &p->ruling.permit);

	if (e == ERR_NONE)
		return check_built_in(c, ask, p, f);
	e = plan_parse_teams(c, ask->aud, &all, &named, &named_n, f);
	if (e != ERR_NONE)
		return e;
	e = ruling_make(c, &rules, named, all ? 0 : named_n, &p->aud,
	    &p->ruling, f);
	if (e == ERR_NONE && ask->of != NULL)
		e = check_passed_on(c, ask, p, f);
	/* to prolong one is never refused for what comes after */
	if (e == ERR_NONE && ask->embargo.set && ask->embargo.publish &&
	    ask->earlier == NULL)
		e = check_then(c, &rules, p, f);
	return e != ERR_NONE || p->ruling.strip_n == 0 ? e : strip(c, p, f);
}

static void
write_time(int64_t s, char out[INSTANT_TEXT_MAX])
{
	wall_write((struct wall){ s * 1000 }, out);
}

/* May it be under this embargo, and will its release fit? */
static enum err
check_embargo(struct call *c, const struct plan_ask *ask,
    const struct plan *p, struct fault *f)
{
	enum { ENVELOPE = 640 }; /* without its audience */
	const struct plan_embargo *x = &ask->embargo;
	int64_t now_s = call_now_s(c);
	size_t jws = carried_jws_size(p->body.n + ENVELOPE +
	    p->aud.n * (LIMIT_TEAM_NAME + 3));
	char text[INSTANT_TEXT_MAX];

	if (!x->set)
		return ERR_NONE;
	if (x->until_s <= now_s || x->until_s - now_s > LIMIT_LIFE_SECONDS) {
		write_time(x->until_s > 253402300799 ? 0 : x->until_s, text);
		return fault_at(f, ERR_RULE, 0, "embargo", "%s is not within "
		    "the year to come", text);
	}
	if (x->publish && p->tlp > TLP_GREEN)
		return fault_at(f, ERR_RULE, 0, "embargo", "%s is not "
		    "published by itself: label it TLP:CLEAR or TLP:GREEN, as "
		    "it will be then, or let it ask", tlp_label(p->tlp));
	if (jws > LIMIT_CARRIED_JWS)
		return fault_at(f, ERR_LIMIT, 0, "embargo", "signed, the text "
		    "has up to %zu bytes; a release carries it whole and has "
		    "room for %d", jws, LIMIT_CARRIED_JWS);
	if (hub_embargo_count(c->service->hub) >= LIMIT_EMBARGOES)
		return fault_at(f, ERR_LIMIT, 0, "embargo",
		    "%d others are not released yet", LIMIT_EMBARGOES);
	return ERR_NONE;
}

static enum err
check_expiry(struct call *c, const struct plan_ask *ask, struct fault *f)
{
	int64_t now_s = call_now_s(c);
	char text[INSTANT_TEXT_MAX];

	if (ask->exp_s == 0)
		return ERR_NONE;
	if (ask->exp_s <= now_s || ask->exp_s - now_s > LIMIT_LIFE_SECONDS) {
		write_time(ask->exp_s > 253402300799 ? 0 : ask->exp_s, text);
		return fault_at(f, ERR_RULE, 0, "expires", "%s is not within "
		    "the year to come", text);
	}
	if (ask->embargo.set && ask->exp_s <= ask->embargo.until_s)
		return fault_at(f, ERR_RULE, 0, "expires",
		    "it would be past before its embargo ends");
	return ERR_NONE;
}

static void
fill_draft(struct call *c, const struct plan_ask *ask, struct plan *p)
{
	const struct index_row *earlier = ask->earlier;
	unsigned char random[10];

	p->draft = (struct hub_draft){ .kind = span_str(p->kind->name),
		.tlp = span_str(tlp_label(p->tlp)), .has_id = true,
		.aud = p->aud.team, .aud_n = p->aud.n, .urgent = p->urgent,
		.has_re = ask->has_re, .re = ask->re,
		.has_embargo = ask->embargo.set,
		.embargo_until_s = ask->embargo.until_s,
		.embargo_publish = ask->embargo.publish, .body = p->body,
		.has_exp = ask->exp_s != 0, .exp_s = ask->exp_s,
		.permit = p->ruling.permit };
	if (earlier != NULL) {
		p->draft.id = earlier->id;
		p->draft.rev = earlier->rev + 1;
		p->replaces = earlier->digest;
		p->draft.replaces_n = 1;
	} else {
		random_fill(random, sizeof random);
		p->draft.id = uuid_make(loop_now(c->service->loop).wall,
		    random);
	}
}

enum err
plan_make(struct call *c, const struct plan_ask *ask, struct plan *out,
    struct fault *f)
{
	struct plan p = { 0 };
	enum err e = find_kind(c, ask, &p, f);

	if (e == ERR_NONE)
		e = find_label(ask, &p, f);
	if (e == ERR_NONE)
		e = complete(c, p.kind, ask->body, ask, &p, f);
	if (e == ERR_NONE)
		e = body_check(c->service->schema, p.kind,
		    json_root(&p.body_doc), CHECK_SENT, &c->mem, f);
	if (e == ERR_NONE)
		e = find_audience(c, ask, &p, f);
	if (e == ERR_NONE)
		e = check_own(c, &p, f);
	if (e == ERR_NONE)
		e = exercise_check(c, ask, &p, f);
	if (e == ERR_NONE)
		e = check_embargo(c, ask, &p, f);
	if (e == ERR_NONE)
		e = check_expiry(c, ask, f);
	if (e != ERR_NONE)
		return e;
	p.level = level_of(json_root(&p.body_doc));
	e = apply_rules(c, ask, &p, f);
	if (ask->ruling != NULL)
		*ask->ruling = p.ruling;
	if (e != ERR_NONE)
		return e;
	p.urgent = p.level >= LEVEL_URGENT ||
	    (ask->earlier != NULL &&
		(ask->earlier->flags & INDEX_URGENT) != 0);
	p.embargo = ask->embargo;
	fill_draft(c, ask, &p);
	guarding_look(c, ask, &p);
	*out = p;
	/* what points into the plan itself must point into the new one */
	out->draft.replaces = &out->replaces;
	return ERR_NONE;
}

/* --- showing --- */

static void
put_reader(struct call *c, struct json_out *w, struct span id)
{
	const struct team *team = registry_team(c->service->registry, id);

	json_put_open(w, '{');
	json_put_member_span(w, "team", id);
	json_put_member_span(w, "state",
	    team != NULL ? team->state : span_str(""));
	if (span_is_str(id, c->service->config->team))
		json_put_member_bool(w, "own", true);
	json_put_close(w, '}');
}

static void
put_open_readers(struct call *c, struct json_out *w)
{
	struct service *s = c->service;
	const struct team *good[LIMIT_TEAMS];
	size_t n = registry_good_teams(s->registry, loop_now(s->loop).wall,
	    good, LIMIT_TEAMS);

	for (size_t i = 0; i < n; i++)
		put_reader(c, w, good[i]->id);
}

static void
put_embargo_warning(struct call *c, const struct plan *p)
{
	char until[INSTANT_TEXT_MAX];

	write_time(p->embargo.until_s, until);
	json_put_str(&c->w, !p->embargo.publish ?
		call_text(c, "under embargo until %s: only these teams read "
		    "it; then a person is asked", until) :
	    p->tlp == TLP_CLEAR ?
		call_text(c, "under embargo until %s: only these teams read "
		    "it; then it goes by itself to everybody", until) :
		call_text(c, "under embargo until %s: only these teams read "
		    "it; then it goes by itself to all teams", until));
}

static void
put_warnings(struct call *c, const struct plan *p)
{
	struct json_out *w = &c->w;

	json_put_key(w, "warnings");
	json_put_open(w, '[');
	for (size_t i = 0; i < p->aud.left_out_n; i++)
		json_put_str(w, call_text(c,
		    "%.*s cannot read it: no key to seal to, or not in good "
		    "standing", SPAN_FMT(p->aud.left_out[i])));
	for (size_t i = 0; i < p->ruling.refused_n; i++)
		json_put_str(w, call_text(c, "%.*s will not get it: %s (%s)"
		    "%s%s", SPAN_FMT(p->ruling.refused[i].team),
		    rules_why(c->service->schema, p->ruling.refused[i].why,
			c->lang), p->ruling.refused[i].line,
		    p->ruling.refused[i].next[0] != '\0' ? "; " : "",
		    p->ruling.refused[i].next));
	if (p->aud.open)
		json_put_str(w, call_text(c, "TLP:CLEAR: everybody may read "
		    "it, also outside the network"));
	if (p->embargo.set)
		put_embargo_warning(c, p);
	if (p->aud.n == 1 && p->aud.left_out_n == 0)
		json_put_str(w, call_text(c,
		    "nobody but this team would read it"));
	json_put_close(w, ']');
	json_put_key(w, "unsealable");
	json_put_open(w, '[');
	for (size_t i = 0; i < p->aud.left_out_n; i++)
		json_put_span(w, p->aud.left_out[i]);
	json_put_close(w, ']');
}

void
plan_write(struct call *c, const struct plan *p)
{
	struct json_out *w = &c->w;

	json_put_key(w, "readers");
	json_put_open(w, '[');
	if (p->aud.open)
		put_open_readers(c, w);
	for (size_t i = 0; i < p->aud.n; i++)
		put_reader(c, w, p->aud.team[i]);
	json_put_close(w, ']');
	json_put_member_bool(w, "open", p->aud.open);
	json_put_member_str(w, "kind", p->kind->name);
	json_put_member_str(w, "tlp", tlp_label(p->tlp));
	json_put_member_u64(w, "level", (uint64_t)p->level);
	json_put_member_bool(w, "urgent", p->urgent);
	ruling_write(c, &p->ruling);
	if (p->embargo.set) {
		json_put_key(w, "embargo");
		json_put_open(w, '{');
		json_put_member_u64(w, "until", (uint64_t)p->embargo.until_s);
		json_put_member_str(w, "then",
		    p->embargo.publish ? "publish" : "ask");
		json_put_close(w, '}');
	}
	if (p->draft.has_exp)
		json_put_member_u64(w, "expires", (uint64_t)p->draft.exp_s);
	put_warnings(c, p);
	guarding_write(c, p);
}

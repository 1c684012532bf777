/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: draft_save, drafts, draft, draft_discard.
 */
#include "node/drafts.h"

#include "base/log.h"
#include "crypto/random.h"
#include "node/groups.h"
#include "node/plan.h"
#include "schema/check.h"
#include "schema/show.h"

struct span
draft_author(const struct caller *who)
{
	return span_str(who->login[0] != '\0' ? who->login : who->post);
}

/* --- reading --- */

static struct span
member(struct call *c, struct json_val v, const char *name)
{
	struct span s;

	return json_text(json_get(v, name), &c->mem, &s) == ERR_NONE ?
	    s :
	    span_str("");
}

static void
take_members(struct call *c, struct draft *out)
{
	struct json_val b = out->record.body;

	out->notice = NULL;
	out->kind = member(c, b, "kind");
	out->state = member(c, b, "state");
	out->author = member(c, b, "author");
	out->approver = member(c, b, "approver");
	out->tlp = member(c, b, "tlp");
	out->replaces = member(c, b, "replaces");
	out->audience = json_get(b, "audience");
	out->content = json_get(b, "content");
}

bool
draft_open(struct call *c, struct draft *out)
{
	if (!call_find(c, INDEX_DRAFTS, "id", &out->row) ||
	    !call_read(c, &out->row, EXIT_DRAFT, &out->record))
		return false;
	take_members(c, out);
	return true;
}

enum err
draft_read(struct call *c, struct draft *d)
{
	enum err e = record_read(c->service, d->row.log, d->row.index,
	    &c->mem, &d->record);

	if (e == ERR_NONE)
		take_members(c, d);
	return e;
}

/* What is issued or discarded stays so: an edit would open it for a second
 * release. */
static bool
is_over(struct call *c, const struct draft *d)
{
	if (!span_is_str(d->state, "issued") &&
	    !span_is_str(d->state, "discarded"))
		return false;
	call_fail(c, ERR_STATE, EXIT_REFUSED,
	    call_text(c, "this draft is %.20s already",
		arena_string(&c->mem, d->state)), "",
	    span_is_str(d->state, "issued") ? "almenara update" :
	    "almenara draft list");
	return true;
}

/* --- writing --- */

void
draft_write(const struct draft_text *t, struct buf *out)
{
	char id[UUID_TEXT + 1];
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_span(&w, "kind", t->kind);
	json_put_member_str(&w, "state", t->state);
	json_put_member_span(&w, "author", t->author);
	if (t->approver.n != 0)
		json_put_member_span(&w, "approver", t->approver);
	if (t->tlp.n != 0)
		json_put_member_span(&w, "tlp", t->tlp);
	if (t->team != NULL) {
		json_put_key(&w, "audience");
		json_put_open(&w, '[');
		for (size_t i = 0; i < t->team_n; i++)
			json_put_span(&w, t->team[i]);
		json_put_close(&w, ']');
	}
	json_put_key(&w, "content");
	json_put_raw(&w, t->content);
	if (t->returned.n != 0)
		json_put_member_span(&w, "returned", t->returned);
	if (t->replaces.n != 0)
		json_put_member_span(&w, "replaces", t->replaces);
	if (t->notice != NULL) {
		uuid_write(t->notice, id);
		json_put_member_str(&w, "notice", id);
	}
	if (t->alone)
		json_put_member_bool(&w, "alone", true);
	json_put_close(&w, '}');
}

enum err
draft_append(struct call *c, const struct draft_text *text,
    const struct draft *earlier, hub_append_fn *done, void *ctx,
    struct uuid *id, struct fault *f)
{
	struct service *s = c->service;
	struct hub_draft d = home_draft(s, "draft");
	const struct kind *k = kind_find(s->schema, d.kind);
	unsigned char random[10];
	struct json doc;
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_PAYLOAD - 1024);
	draft_write(text, &b);
	e = buf_check(&b);
	if (e != ERR_NONE)
		fault_at(f, e, 0, "body", "is larger than an entry may be");
	if (e == ERR_NONE)
		e = json_parse_arena(buf_span(&b), LIMIT_JSON_DEPTH - 1,
		    LIMIT_JSON_TOKENS, &c->mem, &doc, f);
	if (e == ERR_NONE && k != NULL)
		e = body_check(s->schema, k, json_root(&doc), CHECK_SENT,
		    &c->mem, f);
	if (e == ERR_NONE) {
		random_fill(random, sizeof random);
		d.has_id = true;
		d.id = earlier != NULL ? earlier->row.id :
		    uuid_make(loop_now(s->loop).wall, random);
		d.rev = earlier != NULL ? earlier->row.rev + 1 : 0;
		d.replaces = earlier != NULL ? &earlier->row.digest : NULL;
		d.replaces_n = earlier != NULL;
		d.body = buf_span(&b);
		hub_append(s->hub, &d, done, ctx);
		service_stir(s);
		*id = d.id;
	}
	buf_release(&b);
	return e;
}

void
draft_on_moved(void *ctx, const struct hub_appended *result)
{
	struct service *s = ctx;

	if (result->err != ERR_NONE && !s->is_stopping)
		log_event(LOG_WARNING, "draft.lost",
		    log_err("error", result->err),
		    log_str("text", result->text));
}

static enum err
set_state(struct call *c, const struct draft *d, const char *state,
    struct span approver, bool alone, struct span returned, struct fault *f)
{
	struct draft_text t = { .kind = d->kind, .state = state,
		.author = d->author, .tlp = d->tlp, .alone = alone,
		.returned = returned, .replaces = d->replaces,
		.notice = d->notice,
		.approver = approver, .content = json_raw(d->content) };
	struct span *team = NULL;
	struct uuid id;
	bool all;
	enum err e = plan_parse_teams(c, d->audience, &all, &team, &t.team_n,
	    f);

	t.team = team;
	return e != ERR_NONE ? e :
	    draft_append(c, &t, d, draft_on_moved, c->service, &id, f);
}

enum err
draft_move(struct call *c, const struct draft *d, const char *state,
    bool alone, struct span returned, struct fault *f)
{
	struct span me = draft_author(&c->caller);

	return set_state(c, d, state, span_is_equal(me, d->author) ?
	    span_str("") : me, alone, returned, f);
}

enum err
draft_reopen(struct call *c, const struct draft *d, struct fault *f)
{
	return set_state(c, d, "review", span_str(""), false, span_str(""),
	    f);
}

/* --- draft_save --- */

static void
on_saved(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;
	const char *id = call_id(c, &result->id);

	if (!call_is_written(c, result, "the draft was not saved"))
		return;
	json_put_member_str(&c->w, "draft", id + UUID_TEXT - 8);
	json_put_member_str(&c->w, "id", id);
	json_put_close(&c->w, '}');
	call_done(c);
}

/* What keeps it from being released as it is: no reason not to save it. */
static void
put_faults(struct call *c, const struct kind *k, struct json_val content)
{
	struct fault f = { 0 };

	json_put_key(&c->w, "faults");
	json_put_open(&c->w, '[');
	if (plan_check_body(c, k, content, &f) != ERR_NONE) {
		json_put_open(&c->w, '{');
		json_put_member_str(&c->w, "field", f.field);
		json_put_member_str(&c->w, "rule", f.rule);
		json_put_close(&c->w, '}');
	}
	json_put_close(&c->w, ']');
}

/* "all" is written out, so that the audience does not grow unseen. */
static enum err
save_audience(struct call *c, struct draft_text *t, struct fault *f)
{
	struct service *s = c->service;
	const struct team *good[LIMIT_TEAMS];
	struct span *team = NULL;
	size_t n;
	bool all;
	enum err e = plan_parse_teams(c, json_get(c->args, "aud"), &all, &team,
	    &t->team_n, f);

	if (e != ERR_NONE)
		return e;
	if (all) {
		n = registry_good_teams(s->registry, loop_now(s->loop).wall,
		    good, LIMIT_TEAMS);
		team = arena_alloc(&c->mem, (n + 1) * sizeof *team);
		for (size_t i = 0; i < n; i++)
			if (audience_can_read(s->registry, good[i]->id,
				loop_now(s->loop).wall))
				team[t->team_n++] = arena_copy(&c->mem,
				    good[i]->id);
	}
	t->team = team;
	return ERR_NONE;
}

/* Up to TLP:GREEN the label decides: an audience that is meant to be narrower
 * may not be dropped unseen. */
static bool
names_everybody(struct call *c, const struct draft_text *t)
{
	struct service *s = c->service;
	const struct wall wall = loop_now(s->loop).wall;
	const struct team *good[LIMIT_TEAMS];
	size_t n = registry_good_teams(s->registry, wall, good, LIMIT_TEAMS);

	for (size_t i = 0; i < n; i++) {
		bool named = span_is_str(good[i]->id, s->config->team) ||
		    !audience_can_read(s->registry, good[i]->id, wall);

		for (size_t k = 0; k < t->team_n && !named; k++)
			named = span_is_equal(good[i]->id, t->team[k]);
		if (!named)
			return false;
	}
	return true;
}

static enum err
save_label(struct call *c, struct draft_text *t, struct fault *f)
{
	struct span given = call_arg(c, "tlp");
	struct groups_named by;
	enum tlp tlp;
	enum err e;

	if (given.n == 0)
		return ERR_NONE;
	if (tlp_import(given, &tlp) != ERR_NONE)
		return fault_at(f, ERR_SCHEMA, 0, "tlp",
		    "%.*s is no label of TLP 2.0", SPAN_FMT(given));
	t->tlp = span_str(tlp_label(tlp));
	e = groups_expand(c, t->team, t->team_n, tlp, &by, f);
	/* a group may be the whole audience of TLP:GREEN */
	if (e != ERR_NONE || tlp > TLP_GREEN ||
	    (tlp == TLP_GREEN && by.grouped && by.team_n == 0))
		return e;
	if (t->team_n != 0 && !names_everybody(c, t))
		return fault_at(f, ERR_RULE, 0, "aud",
		    "may not name teams under %s, which goes to all: say "
		    "--aud all, or take TLP:AMBER or stricter",
		    tlp_label(tlp));
	t->team = NULL; /* follows from the label */
	return ERR_NONE;
}

struct span
draft_complete(struct call *c, const struct kind *k, struct json_val body)
{
	struct span text;
	struct json_out w;
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_rest(&w, body, NULL, &c->mem);
	if (field_find(k, span_str("author_post")) != NULL &&
	    json_get(body, "author_post").type == JSON_ABSENT)
		json_put_member_str(&w, "author_post", c->caller.post);
	if (field_find(k, span_str("language")) != NULL &&
	    json_get(body, "language").type == JSON_ABSENT)
		json_put_member_str(&w, "language", lang_tag(c->lang));
	json_put_close(&w, '}');
	text = buf_check(&b) == ERR_NONE ?
	    arena_copy(&c->mem, buf_span(&b)) : json_raw(body);
	buf_release(&b);
	return text;
}

void
cmd_draft_save(struct call *c)
{
	struct json_val body = json_get(c->args, "body");
	struct draft_text t = { .kind = call_arg(c, "kind"),
		.state = "draft", .author = draft_author(&c->caller),
		.content = json_raw(body) };
	bool is_new = json_get(c->args, "id").type == JSON_ABSENT;
	const struct kind *k;
	struct draft earlier;
	struct fault f = { 0 };
	struct uuid id;
	enum err e;

	if (!is_new && (!draft_open(c, &earlier) || is_over(c, &earlier)))
		return;
	if (!is_new && t.kind.n == 0)
		t.kind = earlier.kind;
	k = kind_find(c->service->schema, t.kind);
	if (k == NULL || !k->notice) {
		call_misused(c, "%.60s is no kind of notice",
		    arena_string(&c->mem, t.kind));
		return;
	}
	if (body.type != JSON_OBJECT) {
		call_misused(c, "body is no JSON object");
		return;
	}
	t.content = draft_complete(c, k, body);
	if (!is_new)
		t.replaces = earlier.replaces;
	e = save_audience(c, &t, &f);
	if (e == ERR_NONE)
		e = save_label(c, &t, &f);
	json_put_open(&c->w, '{');
	put_faults(c, k, body);
	if (e == ERR_NONE)
		e = draft_append(c, &t, is_new ? NULL : &earlier, on_saved, c,
		    &id, &f);
	if (e != ERR_NONE)
		call_fail(c, e, EXIT_OF_ERROR, "the draft was not saved",
		    call_text(c, "%s %s", f.field, f.rule),
		    "almenara help draft edit");
}

/* --- drafts, draft, draft_discard --- */

/* The level that it will have, 0 as long as too little is known. */
static int
expected_level(struct call *c, const struct draft *d)
{
	const struct kind *k = kind_find(c->service->schema, d->kind);
	int level = level_of(d->content);
	struct level_input in;

	if (level != 0 || k == NULL || !k->levelled)
		return level;
	level_input_of(d->content, &c->mem, &in);
	if (level_compute(schema_levels(c->service->schema), &in, &level) !=
	    ERR_NONE)
		return 0;
	return level;
}

static void
put_draft(struct call *c, const struct draft *d, bool whole)
{
	const struct show how = { .schema = c->service->schema,
		.lang = c->lang };
	const struct show_head head = { .kind = d->kind };
	const char *id = call_id(c, &d->row.id);
	struct json_out *w = &c->w;
	struct buf title;

	buf_init(&title, 4096);
	json_put_open(w, '{');
	json_put_member_str(w, "draft", id + UUID_TEXT - 8);
	json_put_member_str(w, "id", id);
	json_put_member_u64(w, "rev", d->row.rev);
	json_put_member_span(w, "kind", d->kind);
	json_put_member_span(w, "state", d->state);
	json_put_member_span(w, "author", d->author);
	json_put_member_span(w, "approver", d->approver);
	json_put_member_span(w, "tlp", d->tlp);
	json_put_member_u64(w, "level", (uint64_t)expected_level(c, d));
	json_put_member_u64(w, "iat", (uint64_t)d->row.iat_s);
	if (show_title(&how, &head, d->content, &c->mem, &title) == ERR_NONE)
		json_put_member_span(w, "title", buf_span(&title));
	if (d->audience.type == JSON_ARRAY) {
		json_put_key(w, "aud");
		json_put_raw(w, json_raw(d->audience));
	}
	if (whole) {
		json_put_key(w, "body");
		json_put_raw(w, json_raw(d->content));
	}
	json_put_close(w, '}');
	buf_release(&title);
}

static bool
see_draft(void *ctx, const struct index_row *row)
{
	struct call *c = ctx;
	struct draft d = { .row = *row };
	struct json_val b;

	if (!call_look(c, row, EXIT_DRAFT, &d.record))
		return true;
	b = d.record.body;
	d.kind = member(c, b, "kind");
	d.state = member(c, b, "state");
	d.author = member(c, b, "author");
	d.approver = member(c, b, "approver");
	d.tlp = member(c, b, "tlp");
	d.audience = json_get(b, "audience");
	d.content = json_get(b, "content");
	put_draft(c, &d, false);
	return true;
}

void
cmd_drafts(struct call *c)
{
	enum err e;

	json_put_open(&c->w, '{');
	json_put_key(&c->w, "rows");
	json_put_open(&c->w, '[');
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

void
cmd_draft(struct call *c)
{
	struct draft d;

	if (!draft_open(c, &d))
		return;
	put_draft(c, &d, true);
	call_done(c);
}

static void
on_discarded(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;

	if (!call_is_written(c, result, "the draft was not discarded"))
		return;
	call_done(c);
}

void
cmd_draft_discard(struct call *c)
{
	struct fault f = { 0 };
	struct draft_text t;
	struct draft d;
	struct uuid id;
	enum err e;

	if (!draft_open(c, &d))
		return;
	t = (struct draft_text){ .kind = d.kind, .state = "discarded",
		.author = d.author, .tlp = d.tlp,
		.content = json_raw(d.content) };
	audit(c->service, &c->caller, "discard", &d.row.digest,
	    call_id(c, &d.row.id), "discarded", "");
	e = draft_append(c, &t, &d, on_discarded, c, &id, &f);
	if (e != ERR_NONE)
		call_fail(c, e, EXIT_OF_ERROR, "the draft was not discarded",
		    f.rule, "");
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: groups, group, group_new, group_change, group_leave. A group is a
 * record of its owner like any other, issued by the same plan.
 */
#include "node/groups.h"
#include "node/issue.h"
#include "node/subject.h"

static const char not_made[] = "the group was not made";
static const char not_changed[] = "the group was not changed";
static const char not_left[] = "the team has not left the group";

static const char list_command[] = "almenara group list";

/* A kind that is not known here is refused by its name "". */
static struct span
kind_name(const struct kind *k)
{
	return span_str(k != NULL ? k->name : "");
}

/* --- showing --- */

static void
put_teams(struct call *c, const char *name, const struct span *v, size_t n)
{
	json_put_key(&c->w, name);
	json_put_open(&c->w, '[');
	for (size_t i = 0; i < n; i++)
		json_put_span(&c->w, v[i]);
	json_put_close(&c->w, ']');
}

/* Who would read what goes to it now, and who would not. */
static void
put_members(struct call *c, const struct groups_item *x)
{
	struct service *s = c->service;
	const struct wall now = loop_now(s->loop).wall;
	struct json_out *w = &c->w;

	json_put_key(w, "members");
	json_put_open(w, '[');
	for (size_t i = 0; i < x->group.n; i++) {
		const struct team *t = registry_team(s->registry,
		    x->group.member[i]);
		bool own = span_is_equal(x->group.member[i], s->own_team);

		json_put_open(w, '{');
		json_put_member_span(w, "team", x->group.member[i]);
		json_put_member_span(w, "state",
		    t != NULL ? t->state : span_str(""));
		json_put_member_bool(w, "reads", own ||
		    audience_can_read(s->registry, x->group.member[i], now));
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
	put_teams(c, "left", x->left, x->left_n);
}

static void
put_title(struct call *c, const struct groups_item *x)
{
	struct json_val title = json_get(x->record.body, "title");
	struct json_val in = json_get(title, lang_tag(c->lang));
	struct span text = { 0 };

	if (in.type == JSON_ABSENT && title.type == JSON_OBJECT)
		in = json_first(title);
	if (json_text(in, &c->mem, &text) != ERR_NONE)
		text = span_str("");
	json_put_member_span(&c->w, "title", text);
}

static void
put_group(struct call *c, const struct groups_item *x)
{
	struct json_out *w = &c->w;

	json_put_open(w, '{');
	json_put_member_span(w, "name", x->group.name);
	json_put_member_span(w, "owner", x->row.iss);
	json_put_member_str(w, "id", call_id(c, &x->row.id));
	json_put_member_u64(w, "rev", x->row.rev);
	json_put_member_u64(w, "iat", (uint64_t)x->row.iat_s);
	json_put_member_span(w, "tlp", x->record.entry.tlp);
	json_put_member_str(w, "ceiling", tlp_label(x->group.ceiling));
	json_put_member_bool(w, "mine", (x->row.flags & INDEX_MINE) != 0);
	json_put_member_bool(w, "closed", x->group.closed);
	put_title(c, x);
	put_members(c, x);
	json_put_close(w, '}');
}

/* Read it again as the person may, who is an auditor perhaps. */
static bool
may_see(struct call *c, const struct groups_item *x)
{
	struct record r;

	return call_look(c, &x->row, EXIT_SHOW, &r) &&
	    exit_opens(&r.pass, EXIT_SHOW, EXIT_TEXT);
}

void
cmd_groups(struct call *c)
{
	struct groups_item *list;
	bool ended = false;
	enum err e;

	if (json_bool(json_get(c->args, "ended"), &ended) != ERR_NONE)
		ended = false;
	e = groups_list(c, ended, &list);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, "the index cannot be read",
		    err_sentence(e), "almenara log reindex");
		return;
	}
	json_put_open(&c->w, '{');
	json_put_key(&c->w, "groups");
	json_put_open(&c->w, '[');
	for (; list != NULL; list = list->next)
		if (may_see(c, list))
			put_group(c, list);
	json_put_close(&c->w, ']');
	json_put_close(&c->w, '}');
	call_done(c);
}

/* The group that the argument `name` says; else the call was answered. */
static bool
open_group(struct call *c, const char *what, struct groups_item **x)
{
	struct span name = call_arg(c, "name");
	struct fault f = { 0 };
	enum err e;

	if (name.n == 0) {
		call_misused(c, "name is missing");
		return false;
	}
	e = groups_find(c, name, x, &f);
	if (e == ERR_NONE && may_see(c, *x))
		return true;
	call_fail(c, e == ERR_NONE ? ERR_DENIED : e,
	    e == ERR_NONE ? EXIT_SIGN_IN : EXIT_NOT_FOUND, what,
	    e == ERR_NONE ? "it may not be seen by this person" :
	    call_text(c, "%s", f.rule), list_command);
	return false;
}

void
cmd_group(struct call *c)
{
	struct groups_item *x;

	if (!open_group(c, "there is no such group", &x))
		return;
	put_group(c, x);
	call_done(c);
}

/* --- making and changing --- */

/* Teams as they are, with those of `add`, without those of `remove`. */
static enum err
work_out(struct call *c, const struct span *had, size_t had_n,
    struct span **out, size_t *out_n, struct fault *f)
{
	struct span *add = NULL, *remove = NULL, *all;
	size_t add_n = 0, remove_n = 0, n = 0;
	bool everybody;
	enum err e = plan_parse_teams(c, json_get(c->args, "members"),
	    &everybody, &add, &add_n, f);

	if (e == ERR_NONE && !everybody)
		e = plan_parse_teams(c, json_get(c->args, "remove"),
		    &everybody, &remove, &remove_n, f);
	if (e == ERR_NONE && everybody)
		e = fault_at(f, ERR_RULE, 0, "members",
		    "name teams; all teams are addressed by TLP:GREEN");
	for (size_t i = 0; e == ERR_NONE && i < add_n; i++)
		if (registry_team(c->service->registry, add[i]) == NULL)
			e = fault_at(f, ERR_AUDIENCE, 0, "members",
			    "%.*s is no team of this network",
			    SPAN_FMT(add[i]));
	if (e != ERR_NONE)
		return e;
	all = arena_alloc(&c->mem, (had_n + add_n + 1) * sizeof *all);
	for (size_t i = 0; i < had_n + add_n; i++) {
		struct span team = i < had_n ? had[i] : add[i - had_n];
		bool goes = false;

		for (size_t k = 0; k < remove_n; k++)
			goes = goes || span_is_equal(remove[k], team);
		if (!goes)
			all[n++] = team;
	}
	*out = all;
	*out_n = entry_sort_teams(all, n);
	return *out_n != 0 ? ERR_NONE : fault_at(f, ERR_RULE, 0, "members",
	    "nobody would be left; close the group");
}

/* Text of an argument over what stood in the body before. */
static void
put_text(struct call *c, struct json_out *w, struct json_val earlier,
    const char *name)
{
	struct span text = call_arg(c, name);
	struct json_val was = json_get(earlier, name);

	if (text.n == 0 && was.type == JSON_ABSENT)
		return;
	json_put_key(w, name);
	if (text.n == 0) {
		json_put_raw(w, json_raw(was));
		return;
	}
	json_put_open(w, '{');
	json_put_member_span(w, lang_tag(c->lang), text);
	json_put_close(w, '}');
}

/* The body, as a document in the memory of the call. */
static enum err
write_body(struct call *c, struct json_val earlier, struct span name,
    enum tlp ceiling, const struct span *member, size_t n, bool closed,
    struct json_val *out, struct fault *f)
{
	struct json *doc = arena_alloc(&c->mem, sizeof *doc);
	struct json_out w;
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "state", closed ? "closed" : "active");
	json_put_member_span(&w, "name", name);
	put_text(c, &w, earlier, "title");
	json_put_key(&w, "members");
	json_put_open(&w, '[');
	for (size_t i = 0; i < n; i++)
		json_put_span(&w, member[i]);
	json_put_close(&w, ']');
	json_put_member_str(&w, "ceiling", tlp_label(ceiling));
	put_text(c, &w, earlier, "note");
	json_put_close(&w, '}');
	e = json_parse_buf(&b, &c->mem, doc, f);
	*out = json_root(doc);
	return e;
}

static enum err
find_ceiling(struct call *c, enum tlp *out, struct fault *f)
{
	struct span label = call_arg(c, "ceiling");

	if (label.n != 0 && (tlp_import(label, out) != ERR_NONE ||
	    *out == TLP_CLEAR))
		return fault_at(f, ERR_SCHEMA, 0, "ceiling",
		    "a label from TLP:GREEN to TLP:RED belongs here");
	return ERR_NONE;
}

/* A label up to GREEN: every team knows the group. Else its members do. */
static void
address(const struct span *member, size_t n, struct plan_ask *ask)
{
	enum tlp tlp = TLP_AMBER;

	if (ask->tlp.n != 0 && tlp_import(ask->tlp, &tlp) == ERR_NONE &&
	    tlp <= TLP_GREEN)
		return;
	ask->also = member;
	ask->also_n = n;
}

/* Its members must read it: else they cannot know that they are members. */
static bool
all_read(struct call *c, const struct span *member, size_t n,
    struct fault *f)
{
	struct service *s = c->service;

	for (size_t i = 0; i < n; i++)
		if (!span_is_equal(member[i], s->own_team) &&
		    !audience_can_read(s->registry, member[i],
			loop_now(s->loop).wall)) {
			(void)!fault_at(f, ERR_AUDIENCE, 0, "members",
			    "%.*s cannot read it: not in good standing, no "
			    "key to seal to, or nobody has accepted its "
			    "identity here yet", SPAN_FMT(member[i]));
			return false;
		}
	return true;
}

static enum err
check_name(struct call *c, struct span name, struct fault *f)
{
	struct groups_item *list;
	enum err e;

	if (!entry_is_team_id(name))
		return fault_at(f, ERR_SCHEMA, 0, "name",
		    "2 to 32 of a-z, 0-9 and - belong here");
	if (registry_team(c->service->registry, name) != NULL)
		return fault_at(f, ERR_CONFLICT, 0, "name",
		    "%.*s is a team of this network", SPAN_FMT(name));
	e = groups_list(c, false, &list);
	for (; e == ERR_NONE && list != NULL; list = list->next)
		if ((list->row.flags & INDEX_MINE) != 0 &&
		    span_is_equal(list->group.name, name))
			e = fault_at(f, ERR_CONFLICT, 0, "name",
			    "this team has a group %.*s already",
			    SPAN_FMT(name));
	return e;
}

void
cmd_group_new(struct call *c)
{
	struct span name = call_arg(c, "name"), *member = NULL;
	struct plan_ask ask = { .any_kind = true,
		.kind = kind_name(groups_kind(c->service)),
		.tlp = call_arg(c, "tlp") };
	enum tlp ceiling = TLP_AMBER;
	struct fault f = { 0 };
	size_t n = 0;
	enum err e = check_name(c, name, &f);

	if (e == ERR_NONE)
		e = find_ceiling(c, &ceiling, &f);
	if (e == ERR_NONE)
		e = work_out(c, &c->service->own_team, 1, &member, &n, &f);
	if (e == ERR_NONE && !all_read(c, member, n, &f))
		e = ERR_AUDIENCE;
	if (e == ERR_NONE)
		e = write_body(c, (struct json_val){ 0 }, name, ceiling,
		    member, n, false, &ask.body, &f);
	if (e != ERR_NONE) {
		issue_refuse(c, "group_new", e, arena_string(&c->mem, name),
		    not_made, &f, list_command);
		return;
	}
	if (ask.tlp.n == 0)
		ask.tlp = span_str(tlp_label(TLP_AMBER));
	address(member, n, &ask);
	issue_run(c, &ask, "group_new", not_made);
}

void
cmd_group_change(struct call *c)
{
	struct plan_ask ask = { .any_kind = true,
		.kind = kind_name(groups_kind(c->service)) };
	struct span *member = NULL;
	struct groups_item *x;
	struct fault f = { 0 };
	bool close = false;
	enum tlp ceiling;
	struct group had;
	size_t n = 0;
	enum err e = ERR_NONE;

	if (!open_group(c, not_changed, &x))
		return;
	if (json_bool(json_get(c->args, "close"), &close) != ERR_NONE)
		close = false;
	ceiling = x->group.ceiling;
	if ((x->row.flags & INDEX_MINE) == 0)
		e = fault_at(&f, ERR_RULE, 0, "",
		    "only its owner %.*s changes it",
		    SPAN_FMT(x->row.iss));
	/* with those who have left: only their own word brings them back */
	if (e == ERR_NONE)
		e = group_parse(x->record.body, &c->mem, &had, &f);
	if (e == ERR_NONE)
		e = find_ceiling(c, &ceiling, &f);
	if (e == ERR_NONE)
		e = work_out(c, had.member, had.n, &member, &n, &f);
	if (e == ERR_NONE)
		e = write_body(c, x->record.body, had.name, ceiling, member,
		    n, close, &ask.body, &f);
	if (e != ERR_NONE) {
		issue_refuse(c, "group_change", e, call_id(c, &x->row.id),
		    not_changed, &f, list_command);
		return;
	}
	ask.tlp = x->record.entry.tlp;
	ask.earlier = &x->row;
	address(member, n, &ask);
	issue_run(c, &ask, "group_change", not_changed);
}

/* --- leaving --- */

struct own_leave {
	struct call *call;
	bool found;
	struct index_row row;
};

static bool
see_own_leave(void *ctx, const struct index_row *row)
{
	struct own_leave *o = ctx;

	if (groups_is_leave(o->call->service, row) &&
	    (row->flags & INDEX_MINE) != 0) {
		o->found = true;
		o->row = *row;
		o->row.iss = arena_copy(&o->call->mem, row->iss);
		o->row.kind = arena_copy(&o->call->mem, row->kind);
		o->row.brief = arena_copy(&o->call->mem, row->brief);
	}
	return true;
}

static enum err
write_leave(struct call *c, bool back, struct json_val *out,
    struct fault *f)
{
	struct json *doc = arena_alloc(&c->mem, sizeof *doc);
	struct span note = call_arg(c, "note");
	struct json_out w;
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	if (note.n != 0 || back) {
		json_put_key(&w, back ? "withdrawn" : "note");
		json_put_open(&w, '{');
		json_put_member_span(&w, lang_tag(c->lang),
		    note.n != 0 ? note : span_str("-"));
		json_put_close(&w, '}');
	}
	json_put_close(&w, '}');
	e = json_parse_buf(&b, &c->mem, doc, f);
	*out = json_root(doc);
	return e;
}

void
cmd_group_leave(struct call *c)
{
	struct own_leave own = { .call = c };
	const struct index_notice want = { .other = see_own_leave,
		.ctx = &own };
	struct plan_ask ask = { .any_kind = true, .has_re = true,
		.kind = kind_name(groups_leave_kind(c->service)) };
	struct groups_item *x;
	struct fault f = { 0 };
	struct subject s;
	bool back = false, gone = false;
	enum err e = ERR_NONE;

	if (!open_group(c, not_left, &x))
		return;
	if (json_bool(json_get(c->args, "back"), &back) != ERR_NONE)
		back = false;
	for (size_t i = 0; i < x->left_n; i++)
		gone = gone || span_is_equal(x->left[i],
				   c->service->own_team);
	if (back ? !gone : !group_has(&x->group, c->service->own_team))
		e = fault_at(&f, ERR_STATE, 0, "", back ?
			"this team has not left %.*s" :
			"this team is no member of %.*s",
		    SPAN_FMT(x->group.name));
	if (e == ERR_NONE && !subject_by_digest(c, &x->row.digest, &s))
		e = fault_at(&f, ERR_NOT_FOUND, 0, "", "its record is gone");
	if (e == ERR_NONE)
		e = write_leave(c, back, &ask.body, &f);
	if (e != ERR_NONE) {
		issue_refuse(c, "group_leave", e, call_id(c, &x->row.id),
		    not_left, &f, list_command);
		return;
	}
	(void)!index_notice(c->service->index, &x->row, &want, &c->mem, NULL);
	/* one record for each team and group: gone, back, gone again */
	ask.earlier = own.found ? &own.row : NULL;
	ask.re = own.found ? own.row.re : x->row.digest;
	subject_address(c, &s, false, &ask);
	issue_run(c, &ask, "group_leave", not_left);
}

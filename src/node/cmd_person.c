/* SPDX-License-Identifier: Apache-2.0
 *
 * Persons: records of the private log that say which Unix user holds which
 * post and roles. Commands: person_add, person_change, persons.
 */
#include "node/command.h"

#include "crypto/random.h"
#include "node/proving.h"
#include "node/zone_file.h"
#include "schema/check.h"
#include "watch/hours.h"

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

/* What each role of schemas/lists/roles.json may do here. */
static const struct {
	const char *role;
	unsigned rights;
} rights[] = {
	{ "duty_officer", RIGHT_STATUS | RIGHT_READ | RIGHT_DRAFT |
		RIGHT_RELEASE | RIGHT_ANSWER },
	{ "analyst", RIGHT_STATUS | RIGHT_READ | RIGHT_DRAFT },
	{ "team_lead", RIGHT_STATUS | RIGHT_READ | RIGHT_DRAFT |
		RIGHT_RELEASE | RIGHT_APPROVE | RIGHT_ANSWER | RIGHT_AUDIT },
	{ "national_authority", RIGHT_STATUS | RIGHT_READ | RIGHT_ANSWER },
	{ "translator", RIGHT_STATUS | RIGHT_READ },
	{ "node_admin", RIGHT_STATUS | RIGHT_ADMIN },
	{ "auditor", RIGHT_STATUS | RIGHT_AUDIT },
	{ "evidence_custodian", RIGHT_STATUS | RIGHT_READ | RIGHT_DRAFT },
	{ "exercise_controller", RIGHT_STATUS | RIGHT_READ | RIGHT_DRAFT },
};

/* --- who asks --- */

static unsigned
rights_of(struct json_val roles)
{
	unsigned all = 0;

	for (struct json_val r = json_first(roles); r.type != JSON_ABSENT;
	     r = json_next(roles, r))
		for (size_t i = 0; i < sizeof rights / sizeof *rights; i++)
			if (json_is_str(r, rights[i].role))
				all |= rights[i].rights;
	return all;
}

static void
copy_text(struct json_val body, const char *name, char *out, size_t max,
    struct arena *a)
{
	struct span s;

	if (json_text(json_get(body, name), a, &s) == ERR_NONE)
		snprintf(out, max, "%.*s", SPAN_FMT(s));
}

/* For the sharing rules, which may ask for them. */
static void
copy_roles(struct json_val roles, struct caller *out, struct arena *a)
{
	struct span s;

	for (struct json_val r = json_first(roles); r.type != JSON_ABSENT &&
	     out->role_n < CALLER_ROLES; r = json_next(roles, r))
		if (json_text(r, a, &s) == ERR_NONE &&
		    s.n < sizeof out->role[0])
			snprintf(out->role[out->role_n++],
			    sizeof out->role[0], "%.*s", SPAN_FMT(s));
}

/* The user's name; false if the system knows none. */
static bool
user_name(uint32_t uid, char *out, size_t max)
{
	struct passwd pw, *found = NULL;
	char room[16384];

	if (getpwuid_r(uid, &pw, room, sizeof room, &found) != 0 ||
	    found == NULL)
		return false;
	return (size_t)snprintf(out, max, "%s", found->pw_name) < max;
}

bool
caller_uid_find(struct span login, uint32_t *out)
{
	struct passwd pw, *found = NULL;
	char name[65], room[16384];

	if (login.n >= sizeof name)
		return false;
	snprintf(name, sizeof name, "%.*s", SPAN_FMT(login));
	if (getpwnam_r(name, &pw, room, sizeof room, &found) != 0 ||
	    found == NULL)
		return false;
	*out = (uint32_t)found->pw_uid;
	return true;
}

static bool
find_person(struct service *s, const char *login, struct caller *out)
{
	struct arena a = { 0 };
	struct index_row row;
	struct record r;
	bool found = index_person_by_user(s->index, span_str(login), &a,
			 &row) == ERR_NONE &&
	    record_read(s, row.log, row.index, &a, &r) == ERR_NONE;

	if (found) {
		copy_text(r.body, "login", out->login, sizeof out->login, &a);
		copy_text(r.body, "post", out->post, sizeof out->post, &a);
		out->rights = rights_of(json_get(r.body, "roles"));
		copy_roles(json_get(r.body, "roles"), out, &a);
	}
	arena_release(&a);
	return found;
}

struct somebody {
	struct service *service;
	enum right right;
	bool found;
};

static bool
see_somebody(void *ctx, const struct index_row *row)
{
	struct somebody *want = ctx;
	struct arena a = { 0 };
	struct json doc;

	if (json_parse_arena(row->brief, LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS,
		&a, &doc, NULL) == ERR_NONE)
		want->found = json_get(json_root(&doc), "active").type !=
			JSON_FALSE &&
		    (rights_of(json_get(json_root(&doc), "roles")) &
			want->right) != 0;
	arena_release(&a);
	return !want->found;
}

bool
persons_may(struct service *s, enum right right)
{
	struct somebody want = { s, right, false };

	(void)!index_persons(s->index, see_somebody, &want);
	return want.found;
}

bool
caller_runs_node(uint32_t uid)
{
	return uid == 0 || uid == geteuid();
}

/* Who runs the node can do what its administrator may, and is never locked out
 * by a record; what the record's posts may comes on top of that. Without a
 * record it is everything, except approving once a person can. */
void
caller_find(struct service *s, uint32_t uid, struct caller *out)
{
	bool is_whole = index_is_whole(s->index);
	char login[65];

	*out = (struct caller){ .uid = uid };
	if (is_whole && user_name(uid, login, sizeof login) &&
	    find_person(s, login, out)) {
		if (caller_runs_node(uid))
			out->rights |= RIGHT_STATUS | RIGHT_ADMIN;
		return;
	}
	if (!caller_runs_node(uid))
		return;
	out->is_admin = true;
	out->rights = is_whole ? RIGHT_ALL : RIGHT_STATUS | RIGHT_ADMIN;
	if (is_whole && persons_may(s, RIGHT_APPROVE))
		out->rights &= ~(unsigned)RIGHT_APPROVE;
	snprintf(out->role[out->role_n++], sizeof out->role[0], "%s",
	    "node_admin");
	snprintf(out->post, sizeof out->post, "%s", "administrator");
}

/* --- persons --- */

/* The key of her letters without the key itself. */
static void
put_key(struct json_out *w, struct json_val key)
{
	static const char *const shown[] = { "kind", "fingerprint", "who",
		"until" };

	if (key.type != JSON_OBJECT)
		return;
	json_put_key(w, "mail_key");
	json_put_open(w, '{');
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		struct json_val v = json_get(key, shown[i]);

		if (v.type == JSON_ABSENT)
			continue;
		json_put_key(w, shown[i]);
		json_put_raw(w, json_raw(v));
	}
	json_put_close(w, '}');
}

static bool
see_person(void *ctx, const struct index_row *row)
{
	static const char *const shown[] = { "login", "name", "post", "roles",
		"languages", "active", "language", "channels", "quiet" };
	struct call *c = ctx;
	struct json_out *w = &c->w;
	struct record r;

	if (!call_look(c, row, EXIT_STAFF, &r) ||
	    !exit_opens(&r.pass, EXIT_STAFF, EXIT_TEXT))
		return true;
	json_put_open(w, '{');
	json_put_member_str(w, "id", call_id(c, &row->id));
	json_put_member_u64(w, "rev", row->rev);
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		struct json_val v = json_get(r.body, shown[i]);

		if (v.type == JSON_ABSENT)
			continue;
		json_put_key(w, shown[i]);
		json_put_raw(w, json_raw(v));
	}
	put_key(w, json_get(r.body, "mail_key"));
	proving_put(c->service, r.body, row->iat_s, &c->mem, w);
	json_put_close(w, '}');
	return true;
}

void
cmd_persons(struct call *c)
{
	enum err e;

	json_put_open(&c->w, '{');
	json_put_key(&c->w, "persons");
	json_put_open(&c->w, '[');
	e = index_persons(c->service->index, see_person, c);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, "the index cannot be read", "",
		    "almenara log reindex");
		return;
	}
	json_put_close(&c->w, ']');
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- person_add --- */

static void
put_list(struct json_out *w, const char *key, struct json_val v)
{
	json_put_key(w, key);
	if (v.type == JSON_ARRAY) {
		json_put_raw(w, json_raw(v));
		return;
	}
	json_put_open(w, '[');
	if (v.type == JSON_STRING)
		json_put_raw(w, json_raw(v));
	json_put_close(w, ']');
}

/* The argument, else what stands in `base`; an argument `null` takes away. */
static struct json_val
either(struct call *c, struct json_val base, const char *name)
{
	struct json_val v = json_get(c->args, name);

	if (v.type == JSON_ABSENT)
		v = json_get(base, name);
	return v.type == JSON_NULL ? (struct json_val){ 0 } : v;
}

static void
put_if_there(struct json_out *w, const char *name, struct json_val v)
{
	if (v.type == JSON_ABSENT)
		return;
	json_put_key(w, name);
	json_put_raw(w, json_raw(v));
}

/* How the person is paged: taken as given, the kind checks them. `base` is
 * what a change begins with. */
static void
write_person(struct call *c, struct span login, struct json_val base,
    struct span key, struct buf *out)
{
	static const char *const reach[] = { "language", "channels", "quiet",
		"phones", "emails" };
	struct json_val post = either(c, base, "post");
	struct json_val name = either(c, base, "name");
	struct json_val languages = either(c, base, "languages");
	struct json_val active = either(c, base, "active");
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_span(&w, "login", login);
	put_if_there(&w, "name", name.type != JSON_ABSENT ? name : post);
	put_if_there(&w, "post", post);
	put_list(&w, "roles", either(c, base, "roles"));
	if (languages.type != JSON_ABSENT)
		put_list(&w, "languages", languages);
	for (size_t i = 0; i < sizeof reach / sizeof *reach; i++)
		put_if_there(&w, reach[i], either(c, base, reach[i]));
	if (key.n != 0 && !span_is_str(key, "null")) {
		json_put_key(&w, "mail_key");
		json_put_raw(&w, key);
	}
	json_put_member_bool(&w, "active", active.type != JSON_FALSE);
	json_put_close(&w, '}');
}

/* Hours that are none would let nobody sleep, or nobody be called. */
static enum err
check_quiet(struct call *c, struct json_val body, struct fault *f)
{
	struct json_val q = json_get(body, "quiet");
	struct span from = span_str(""), until = from, name = from;
	const struct zone *z;
	struct hours h;
	enum err e;

	if (q.type == JSON_ABSENT)
		return ERR_NONE;
	(void)!json_text(json_get(q, "from"), &c->mem, &from);
	(void)!json_text(json_get(q, "until"), &c->mem, &until);
	(void)!json_text(json_get(q, "zone"), &c->mem, &name);
	e = hours_parse(from, until, &h, f);
	return e != ERR_NONE ? e : zone_file_load(name, &c->mem, &z, f);
}

static void
on_added(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;

	if (!call_is_written(c, result, "the person was not added"))
		return;
	json_put_member_str(&c->w, "person", call_id(c, &result->id));
	json_put_close(&c->w, '}');
	call_done_indexed(c);
}

static enum err
check_person(struct call *c, const struct buf *b, struct fault *f)
{
	struct json doc;
	enum err e = home_check(c->service, span_str("person"), buf_span(b),
	    &c->mem, &doc, f);

	if (e == ERR_NONE)
		e = check_quiet(c, json_root(&doc), f);
	return e;
}

/* `row`: of the person who is revised, NULL for a new one. */
static void
put_person(struct call *c, struct span login, const struct index_row *row,
    struct json_val base, struct span key)
{
	struct hub_draft d = home_draft(c->service, "person");
	unsigned char random[10];
	struct fault f = { 0 };
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_PAYLOAD - 1024);
	write_person(c, login, base, key, &b);
	e = check_person(c, &b, &f);
	if (e != ERR_NONE) {
		buf_release(&b);
		call_fail(c, e, EXIT_OF_ERROR, "the person was not added",
		    call_text(c, "%s %s", f.field, f.rule), "");
		return;
	}
	random_fill(random, sizeof random);
	d.has_id = true;
	d.id = uuid_make(loop_now(c->service->loop).wall, random);
	if (row != NULL) {
		d.id = row->id;
		d.rev = row->rev + 1;
		d.replaces = &row->digest;
		d.replaces_n = 1;
	}
	d.body = buf_span(&b);
	hub_append(c->service->hub, &d, on_added, c);
	audit(c->service, &c->caller, "person_add", NULL,
	    arena_string(&c->mem, login), d.rev == 0 ? "added" : "changed",
	    "");
	buf_release(&b);
}

/* Her key was looked at when it was registered: it is changed by person_key
 * alone, and stays with all else that changes. */
static struct span
key_of(struct json_val body)
{
	struct json_val key = json_get(body, "mail_key");

	return key.type == JSON_OBJECT ? json_raw(key) : span_str("");
}

struct finding {
	struct call *call;
	struct span login;
	struct index_row *out;
	bool found;
};

static bool
see_login(void *ctx, const struct index_row *row)
{
	struct finding *x = ctx;
	struct arena *a = &x->call->mem;
	struct span login;
	struct record r;

	if (record_read(x->call->service, row->log, row->index, a, &r) !=
		ERR_NONE ||
	    json_text(json_get(r.body, "login"), a, &login) != ERR_NONE ||
	    !span_is_equal(login, x->login))
		return true;
	*x->out = *row;
	x->out->iss = arena_copy(a, row->iss);
	x->out->kind = arena_copy(a, row->kind);
	x->out->brief = arena_copy(a, row->brief);
	x->found = true;
	return false;
}

bool
person_find(struct call *c, struct span login, struct index_row *row,
    struct record *r)
{
	struct index *ix = c->service->index;
	struct finding x = { c, login, row, false };

	if (index_person_by_user(ix, login, &c->mem, row) != ERR_NONE &&
	    (index_persons(ix, see_login, &x) != ERR_NONE || !x.found))
		return false;
	return record_read(c->service, row->log, row->index, &c->mem, r) ==
	    ERR_NONE;
}

/* A person with this Unix user is revised, else a new one is made. */
void
cmd_person_add(struct call *c)
{
	static const struct json_val nothing;
	struct span login = call_arg(c, "unix_user");
	struct index_row row;
	struct record r = { .body = nothing };
	bool is_there;

	if (login.n == 0) {
		call_misused(c, "unix_user is missing");
		return;
	}
	is_there = person_find(c, login, &row, &r);
	json_put_open(&c->w, '{');
	put_person(c, login, is_there ? &row : NULL, nothing,
	    key_of(r.body));
}

/* What is not given stays as it is. */
void
cmd_person_change(struct call *c)
{
	struct span login = call_arg(c, "unix_user");
	struct index_row row;
	struct record r;

	if (login.n == 0) {
		call_misused(c, "unix_user is missing");
	} else if (!person_find(c, login, &row, &r)) {
		call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND,
		    "there is no such person", "", "almenara person list");
	} else {
		json_put_open(&c->w, '{');
		put_person(c, login, &row, r.body, key_of(r.body));
	}
}

void
person_revise(struct call *c, const struct index_row *row,
    struct json_val body, struct span key)
{
	struct span login = call_arg(c, "unix_user");

	put_person(c, login, row, body, key);
}

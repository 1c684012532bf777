/* SPDX-License-Identifier: Apache-2.0
 *
 * The register of teams and the suspension: parse, write, check.
 */
#include "record/register.h"

#include "base/limits.h"
#include "record/name.h"

#include <stdlib.h>

const char *
team_status_token(enum team_status s)
{
	return s == TEAM_MEMBER ? "member" : "former";
}

static enum err
parse_roles(struct json_val list, struct arena *a, struct team *t,
    struct fault *f)
{
	size_t i = 0;
	enum err e = document_list(list, "teams.roles", REGISTER_ROLES, f);

	if (e != ERR_NONE)
		return e;
	t->roles = arena_alloc(a, json_count(list) * sizeof *t->roles);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		e = document_text(v, "teams.roles", LIMIT_TEAM_NAME, a,
		    &t->roles[i], f);
		if (e != ERR_NONE)
			return e;
		if (!name_is_word(t->roles[i]))
			return fault_at(f, ERR_SCHEMA, json_at(v),
			    "teams.roles", "a role is a lower-case word");
		i++;
	}
	t->role_count = i;
	return ERR_NONE;
}

static enum err
parse_team(struct json_val v, struct arena *a, struct team *t,
    struct fault *f)
{
	static const char *const keys[] = { "team", "state", "identity",
		"roles", "status", NULL };
	struct json_val status = json_get(v, "status");
	enum err e = document_members(v, keys, f);

	if (e == ERR_NONE)
		e = document_team(json_get(v, "team"), "teams.team", a,
		    &t->id, f);
	if (e == ERR_NONE)
		e = document_text(json_get(v, "state"), "teams.state", 2, a,
		    &t->state, f);
	if (e == ERR_NONE && !name_is_state(t->state))
		return fault_at(f, ERR_SCHEMA, json_at(v), "teams.state",
		    "a state is two capitals of ISO 3166");
	if (e == ERR_NONE)
		e = document_key(json_get(v, "identity"), "teams.identity",
		    true, &t->identity, f);
	if (e == ERR_NONE)
		e = parse_roles(json_get(v, "roles"), a, t, f);
	if (e != ERR_NONE)
		return e;
	if (json_is_str(status, "member"))
		t->status = TEAM_MEMBER;
	else if (json_is_str(status, "former"))
		t->status = TEAM_FORMER;
	else
		return fault_at(f, ERR_SCHEMA, json_at(status), "teams.status",
		    "status is member or former");
	return ERR_NONE;
}

static int
compare_digests(const void *a, const void *b)
{
	return memcmp(a, b, sizeof (struct digest));
}

/* No identity stands for two teams. */
static enum err
check_identities(const struct register_doc *r, struct arena *a,
    struct fault *f)
{
	struct digest *kids = arena_alloc(a, r->team_count * sizeof *kids);

	for (size_t i = 0; i < r->team_count; i++)
		kids[i] = jwk_thumbprint(&r->teams[i].identity);
	if (r->team_count != 0)
		qsort(kids, r->team_count, sizeof *kids, compare_digests);
	for (size_t i = 1; i < r->team_count; i++)
		if (digest_is_equal(&kids[i - 1], &kids[i]))
			return fault_at(f, ERR_CONFLICT, 0, "teams",
			    "two teams have the same identity");
	return ERR_NONE;
}

/* Order, and what must be distinct between teams. */
static enum err
check_teams(const struct register_doc *r, struct arena *a, struct fault *f)
{
	for (size_t i = 0; i < r->team_count; i++) {
		const struct team *t = &r->teams[i];
		size_t stem;

		if (i > 0 && span_compare(r->teams[i - 1].id, t->id) >= 0)
			return fault_at(f, ERR_SCHEMA, 0, "teams",
			    "teams do not ascend at %.*s", SPAN_FMT(t->id));
		if (name_is_numbered(t->id, &stem) &&
		    register_find(r, span_of(t->id.p, stem)) != NULL)
			return fault_at(f, ERR_CONFLICT, 0, "teams",
			    "%.*s would share a node name with another team",
			    SPAN_FMT(t->id));
	}
	return check_identities(r, a, f);
}

static enum err
parse_teams(struct json_val list, struct arena *a, struct register_doc *r,
    struct fault *f)
{
	enum err e = document_list(list, "teams", LIMIT_TEAMS, f);

	if (e != ERR_NONE)
		return e;
	r->teams = arena_alloc(a, json_count(list) * sizeof *r->teams);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		e = parse_team(v, a, &r->teams[r->team_count], f);
		if (e != ERR_NONE)
			return e;
		r->team_count++;
	}
	return check_teams(r, a, f);
}

static enum err
parse_suspended(struct json_val v, struct arena *a,
    const struct register_doc *r, struct suspended *s, struct fault *f)
{
	static const char *const keys[] = { "team", "until", "reason", NULL };
	enum err e = document_members(v, keys, f);

	if (e == ERR_NONE)
		e = document_team(json_get(v, "team"), "suspended.team", a,
		    &s->team, f);
	if (e == ERR_NONE)
		e = document_time(json_get(v, "until"), "suspended.until",
		    &s->until_s, f);
	if (e == ERR_NONE)
		e = document_line(json_get(v, "reason"), "suspended.reason",
		    DOCUMENT_REASON, a,
		    &s->reason, f);
	if (e == ERR_NONE && register_find(r, s->team) == NULL)
		return fault_at(f, ERR_SCHEMA, json_at(v), "suspended.team",
		    "the suspended team is not in the register");
	return e;
}

static enum err
parse_suspended_list(struct json_val list, struct arena *a,
    struct register_doc *r, struct fault *f)
{
	enum err e = document_list(list, "suspended", LIMIT_TEAMS, f);

	if (e != ERR_NONE)
		return e;
	r->suspended = arena_alloc(a,
	    json_count(list) * sizeof *r->suspended);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		struct suspended *s = &r->suspended[r->suspended_count];

		e = parse_suspended(v, a, r, s, f);
		if (e != ERR_NONE)
			return e;
		if (r->suspended_count > 0 &&
		    span_compare(s[-1].team, s->team) >= 0)
			return fault_at(f, ERR_SCHEMA, json_at(v),
			    "suspended", "suspended teams do not ascend");
		r->suspended_count++;
	}
	return ERR_NONE;
}

enum err
register_parse(const struct document *d, struct arena *a,
    struct register_doc *out, struct fault *f)
{
	static const char *const keys[] = { "kind", "version", "prev",
		"charter", "teams", "suspended", "expires", NULL };
	struct json_val root = json_root(&d->json);
	struct register_doc r = { 0 };
	enum err e = document_members(root, keys, f);

	if (e == ERR_NONE && d->kind != DOCUMENT_REGISTER)
		return fault_at(f, ERR_SCHEMA, 0, "kind", "no register");
	if (e == ERR_NONE)
		e = document_version(root, a, &r.version, &r.prev, f);
	if (e == ERR_NONE)
		e = document_digest(json_get(root, "charter"), "charter", a,
		    &r.charter, f);
	if (e == ERR_NONE)
		e = parse_teams(json_get(root, "teams"), a, &r, f);
	if (e == ERR_NONE)
		e = parse_suspended_list(json_get(root, "suspended"), a, &r,
		    f);
	if (e == ERR_NONE)
		e = document_time(json_get(root, "expires"), "expires",
		    &r.expires_s, f);
	if (e == ERR_NONE)
		*out = r;
	return e;
}

static void
write_team(struct json_out *w, const struct team *t)
{
	json_put_open(w, '{');
	json_put_member_span(w, "team", t->id);
	json_put_member_span(w, "state", t->state);
	document_put_key(w, "identity", &t->identity);
	json_put_key(w, "roles");
	json_put_open(w, '[');
	for (size_t i = 0; i < t->role_count; i++)
		json_put_span(w, t->roles[i]);
	json_put_close(w, ']');
	json_put_member_str(w, "status", team_status_token(t->status));
	json_put_close(w, '}');
}

void
register_write(const struct register_doc *r, struct buf *out)
{
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_str(&w, "kind", "register");
	document_put_version(&w, r->version, &r->prev);
	document_put_digest(&w, "charter", &r->charter);
	json_put_key(&w, "teams");
	json_put_open(&w, '[');
	for (size_t i = 0; i < r->team_count; i++)
		write_team(&w, &r->teams[i]);
	json_put_close(&w, ']');
	json_put_key(&w, "suspended");
	json_put_open(&w, '[');
	for (size_t i = 0; i < r->suspended_count; i++) {
		const struct suspended *s = &r->suspended[i];

		json_put_open(&w, '{');
		json_put_member_span(&w, "team", s->team);
		json_put_member_u64(&w, "until", (uint64_t)s->until_s);
		json_put_member_span(&w, "reason", s->reason);
		json_put_close(&w, '}');
	}
	json_put_close(&w, ']');
	json_put_member_u64(&w, "expires", (uint64_t)r->expires_s);
	json_put_close(&w, '}');
}

enum err
register_check(const struct document *d, const struct charter *c,
    struct fault *f)
{
	return charter_check_signers(c, d, c->k_register, f);
}

const struct team *
register_find(const struct register_doc *r, struct span team)
{
	size_t low = 0;
	size_t high = r->team_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = span_compare(r->teams[mid].id, team);

		if (c == 0)
			return &r->teams[mid];
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

enum err
suspension_parse(const struct document *d, struct arena *a,
    struct suspension *out, struct fault *f)
{
	static const char *const keys[] = { "kind", "register", "team",
		"from", "until", "reason", NULL };
	struct json_val root = json_root(&d->json);
	struct suspension s = { 0 };
	enum err e = document_members(root, keys, f);

	if (e == ERR_NONE && d->kind != DOCUMENT_SUSPENSION)
		return fault_at(f, ERR_SCHEMA, 0, "kind", "no suspension");
	if (e == ERR_NONE)
		e = document_digest(json_get(root, "register"), "register", a,
		    &s.register_hash, f);
	if (e == ERR_NONE)
		e = document_team(json_get(root, "team"), "team", a,
		    &s.team, f);
	if (e == ERR_NONE)
		e = document_time(json_get(root, "from"), "from", &s.from_s, f);
	if (e == ERR_NONE)
		e = document_time(json_get(root, "until"), "until", &s.until_s,
		    f);
	if (e == ERR_NONE)
		e = document_line(json_get(root, "reason"), "reason",
		    DOCUMENT_REASON, a,
		    &s.reason, f);
	if (e != ERR_NONE)
		return e;
	if (s.until_s <= s.from_s || s.until_s - s.from_s > SUSPENSION_MAX_S)
		return fault_at(f, ERR_SCHEMA, 0, "until",
		    "a suspension lasts at most seven days");
	*out = s;
	return ERR_NONE;
}

void
suspension_write(const struct suspension *s, struct buf *out)
{
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_str(&w, "kind", "suspension");
	document_put_digest(&w, "register", &s->register_hash);
	json_put_member_span(&w, "team", s->team);
	json_put_member_u64(&w, "from", (uint64_t)s->from_s);
	json_put_member_u64(&w, "until", (uint64_t)s->until_s);
	json_put_member_span(&w, "reason", s->reason);
	json_put_close(&w, '}');
}

enum err
suspension_check(const struct document *d, const struct charter *c,
    struct fault *f)
{
	return charter_check_signers(c, d, c->k_suspend, f);
}

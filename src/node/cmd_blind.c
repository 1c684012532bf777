/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: blinds, blind_new, blind_publish. A group gets a secret from one of
 * its teams; each shows the others keyed digests of what it has seen
 * (record/blind.h), and the comparison is that of all observables
 * (overlaps.h). What a digest stands for is kept at home, by who showed it.
 */
#include "crypto/random.h"
#include "node/drafts.h"
#include "node/groups.h"
#include "node/issue.h"
#include "node/subject.h"
#include "record/blind.h"
#include "record/observable.h"

static const char not_made[] = "no secret was made";
static const char not_shown[] = "nothing was shown";

static const struct kind *
kind_that(const struct service *s, bool hands_out)
{
	for (size_t i = 0; i < kind_count(s->schema); i++) {
		const struct kind *k = kind_at(s->schema, i);

		if (hands_out ? k->blind_key : k->blinds)
			return k;
	}
	return NULL;
}

static enum err
parse(struct call *c, struct buf *b, struct json *doc, struct fault *f)
{
	enum err e = buf_check(b);

	if (e == ERR_NONE)
		e = json_parse_arena(arena_copy(&c->mem, buf_span(b)),
		    LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &c->mem, doc, f);
	if (b->p != NULL)
		explicit_bzero(b->p, b->cap);
	buf_release(b);
	return e;
}

/* --- a secret --- */

static enum err
write_key(struct call *c, struct span group, struct json *doc,
    struct fault *f)
{
	struct blind_key key = { .group = group };
	struct buf b;

	random_fill(key.secret, sizeof key.secret);
	buf_init(&b, LIMIT_PAYLOAD);
	blind_key_write(&key, &b);
	explicit_bzero(&key, sizeof key);
	return parse(c, &b, doc, f);
}

static enum err
plan_key(struct call *c, const struct kind *k, struct plan_ask *ask,
    struct json *doc, struct fault *f)
{
	struct groups_item *x;
	enum err e = groups_find(c, call_arg(c, "group"), &x, f);

	if (e == ERR_NONE && !group_has(&x->group, c->service->own_team))
		e = fault_at(f, ERR_RULE, 0, "group",
		    "this team is not in the group");
	if (e == ERR_NONE)
		e = group_check(&x->group, TLP_AMBER, f);
	if (e == ERR_NONE)
		e = write_key(c, x->group.name, doc, f);
	if (e != ERR_NONE)
		return e;
	*ask = (struct plan_ask){ .any_kind = true, .has_re = true,
		.kind = span_str(k->name), .re = x->row.digest,
		.body = json_root(doc), .also = x->group.member,
		.also_n = x->group.n,
		.tlp = span_str(tlp_label(TLP_AMBER)) };
	return ERR_NONE;
}

void
cmd_blind_new(struct call *c)
{
	const struct kind *k = kind_that(c->service, true);
	struct fault f = { 0 };
	struct plan_ask ask;
	struct json doc;
	enum err e;

	if (k == NULL) {
		call_misused(c, "this node knows no kind that hands out "
		    "secrets");
		return;
	}
	e = plan_key(c, k, &ask, &doc, &f);
	if (e != ERR_NONE)
		issue_refuse(c, "blind", e, "", not_made, &f,
		    "almenara group list");
	else
		issue_run(c, &ask, "blind", not_made);
}

/* --- which there are --- */

struct keys {
	struct call *call;
	const struct kind *kind; /* of what stands in the list */
	struct index_row row[LIMIT_TEAMS];
	size_t n;
};

static bool
keep(void *ctx, const struct index_row *row)
{
	struct keys *k = ctx;
	struct arena *a = &k->call->mem;

	if (k->kind == NULL || !span_is_str(row->kind, k->kind->name) ||
	    row->state != STORE_BODY_HELD || k->n == LIMIT_TEAMS)
		return true;
	k->row[k->n] = *row;
	k->row[k->n].iss = arena_copy(a, row->iss);
	k->row[k->n].kind = arena_copy(a, row->kind);
	k->row[k->n++].brief = arena_copy(a, row->brief);
	return true;
}

static struct keys *
find_about(struct call *c, const struct index_row *row, bool hands_out)
{
	struct keys *k = arena_alloc(&c->mem, sizeof *k);
	const struct index_notice want = { .other = keep, .ctx = k };

	k->call = c;
	k->kind = kind_that(c->service, hands_out);
	(void)!index_notice(c->service->index, row, &want, &c->mem, NULL);
	return k;
}

/* How many digests each team has shown under the secret. */
static void
put_shown(struct call *c, const struct index_row *key)
{
	const struct keys *k = find_about(c, key, false);
	struct json_out *w = &c->w;
	struct record r;

	json_put_key(w, "shown");
	json_put_open(w, '[');
	for (size_t i = 0; i < k->n; i++) {
		if (!call_look(c, &k->row[i], EXIT_SHOW, &r) ||
		    json_get(r.body, BLIND_MEMBER).type != JSON_ARRAY)
			continue;
		json_put_open(w, '{');
		json_put_member_span(w, "team", k->row[i].iss);
		json_put_member_u64(w, "at", (uint64_t)k->row[i].iat_s);
		json_put_member_u64(w, "count",
		    json_count(json_get(r.body, BLIND_MEMBER)));
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

/* Of several secrets of one group the newest is the one to use. */
void
cmd_blinds(struct call *c)
{
	struct groups_item *x = NULL;
	struct json_out *w = &c->w;

	if (groups_list(c, false, &x) != ERR_NONE)
		x = NULL;
	json_put_open(w, '{');
	json_put_key(w, "rows");
	json_put_open(w, '[');
	for (; x != NULL; x = x->next) {
		const struct keys *k = find_about(c, &x->row, true);

		for (size_t i = k->n; i-- > 0;) {
			json_put_open(w, '{');
			json_put_member_str(w, "id",
			    call_id(c, &k->row[i].id));
			json_put_member_span(w, "group", x->group.name);
			json_put_member_span(w, "team", k->row[i].iss);
			json_put_member_u64(w, "at",
			    (uint64_t)k->row[i].iat_s);
			put_shown(c, &k->row[i]);
			json_put_close(w, '}');
		}
	}
	json_put_close(w, ']');
	json_put_close(w, '}');
	call_done(c);
}

/* --- showing --- */

/* Whoever left the group still has the secret. */
static enum err
check_circle(struct call *c, const struct subject *s,
    const struct blind_key *key, struct fault *f)
{
	char token[LIMIT_TEAM_NAME * 2 + 2];
	struct groups_item *x;
	struct index_row group;
	enum err e;

	if (!s->row.has_re || index_by_digest(c->service->index, &s->row.re,
		&c->mem, &group) != ERR_NONE)
		return fault_at(f, ERR_NOT_FOUND, 0, "id",
		    "its group is not here");
	snprintf(token, sizeof token, "%.*s@%.*s", SPAN_FMT(key->group),
	    SPAN_FMT(group.iss));
	e = groups_find(c, span_str(token), &x, f);
	if (e != ERR_NONE)
		return e;
	if (!group_has(&x->group, s->row.iss) ||
	    !group_has(&x->group, c->service->own_team))
		return fault_at(f, ERR_RULE, 0, "id", "who made it, or this "
		    "team, is not in the group");
	for (size_t i = 0; i < s->audience.n; i++)
		if (!group_has(&x->group, s->audience.team[i]))
			return fault_at(f, ERR_RULE, 0, "id", "%.*s has the "
			    "secret and is no more in the group: make another "
			    "one", SPAN_FMT(s->audience.team[i]));
	return ERR_NONE;
}

/* The argument `seen`: texts as people write them. */
static enum err
read_seen(struct call *c, struct span *out, size_t *n, struct fault *f)
{
	struct json_val list = json_get(c->args, "seen");
	struct span text;

	if (list.type != JSON_ARRAY || json_count(list) == 0 ||
	    json_count(list) > LIMIT_OBSERVABLES)
		return fault_at(f, ERR_LIMIT, 0, "seen", "is no list of 1 to "
		    "%d", LIMIT_OBSERVABLES);
	*n = 0;
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v)) {
		if (json_text(v, &c->mem, &text) != ERR_NONE)
			return fault_at(f, ERR_SCHEMA, 0, "seen",
			    "holds what is no text");
		out[*n] = observable_guess(text, &c->mem).text;
		if (out[*n].n == 0)
			return fault_at(f, ERR_SCHEMA, 0, "seen", "%.*s is no "
			    "address, name, link, mail or digest",
			    (int)(text.n < 60 ? text.n : 60), text.p);
		++*n;
	}
	return ERR_NONE;
}

/* What the digests stand for, at home; before anybody has them. */
static enum err
keep_list(struct call *c, const struct subject *s,
    const struct blind_one *one, size_t n, struct fault *f)
{
	struct hub_draft d = home_draft(c->service, "blind-list");
	struct json_out w;
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_PAYLOAD - 1024);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "key", call_digest(c, &s->row.digest));
	json_put_key(&w, "seen");
	json_put_open(&w, '[');
	for (size_t i = 0; i < n; i++) {
		json_put_open(&w, '{');
		json_put_member_str(&w, "digest",
		    call_digest(c, &one[i].digest));
		json_put_member_span(&w, "observable", one[i].observable);
		json_put_close(&w, '}');
	}
	json_put_close(&w, ']');
	json_put_close(&w, '}');
	e = buf_check(&b);
	if (e == ERR_NONE) {
		d.body = buf_span(&b);
		hub_append(c->service->hub, &d, draft_on_moved, c->service);
	} else {
		fault_at(f, e, 0, "seen", "is larger than a record may be: "
		    "show it in parts");
	}
	buf_release(&b);
	return e;
}

static enum err
plan_show(struct call *c, const struct kind *k, const struct subject *s,
    struct blind_one **one, size_t *n, struct json *doc,
    struct plan_ask *ask, struct fault *f)
{
	struct span *seen = arena_alloc(&c->mem,
	    LIMIT_OBSERVABLES * sizeof *seen);
	struct blind_key key;
	struct buf b;
	enum err e = blind_key_parse(s->record.body, &c->mem, &key, f);

	if (e != ERR_NONE)
		return e;
	e = check_circle(c, s, &key, f);
	if (e == ERR_NONE)
		e = read_seen(c, seen, n, f);
	if (e == ERR_NONE) {
		*one = arena_alloc(&c->mem, *n * sizeof **one);
		*n = blind_make(&key, seen, *n, *one);
		buf_init(&b, LIMIT_PAYLOAD - 1024);
		blind_write(*one, *n, &b);
		e = parse(c, &b, doc, f);
	}
	explicit_bzero(&key, sizeof key);
	if (e != ERR_NONE)
		return e;
	*ask = (struct plan_ask){ .any_kind = true, .has_re = true,
		.kind = span_str(k->name), .re = s->row.digest,
		.body = json_root(doc) };
	subject_address(c, s, false, ask);
	return ERR_NONE;
}

void
cmd_blind_publish(struct call *c)
{
	const struct kind *k = kind_that(c->service, false), *is;
	struct blind_one *one = NULL;
	struct plan_ask ask = { 0 };
	struct fault f = { 0 };
	struct subject s;
	struct plan p;
	struct json doc;
	bool dry = call_is_dry(c);
	size_t n = 0;
	enum err e;

	if (!subject_open(c, &s))
		return;
	is = kind_find(c->service->schema, s.row.kind);
	if (k == NULL || is == NULL || !is->blind_key) {
		call_fail(c, ERR_RULE, EXIT_REFUSED, not_shown,
		    "this is no secret of a circle", "almenara blind list");
		return;
	}
	e = plan_show(c, k, &s, &one, &n, &doc, &ask, &f);
	if (e == ERR_NONE)
		e = plan_make(c, &ask, &p, &f);
	if (e == ERR_NONE && !dry)
		e = keep_list(c, &s, one, n, &f);
	if (e != ERR_NONE)
		issue_refuse(c, "blind", e, call_id(c, &s.row.id), not_shown,
		    &f, "almenara blind list");
	else
		issue_plan(c, &p, "blind", not_shown);
}

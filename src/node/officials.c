/* SPDX-License-Identifier: Apache-2.0
 *
 * What officials read: EXIT_API decides.
 */
#include "node/officials.h"

#include "base/code.h"
#include "base/mem.h"
#include "crypto/bearer.h"
#include "ledger/checkpoint.h"
#include "node/broadcast.h"
#include "node/exits.h"
#include "schema/level.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	RECENT = 256,      /* readings that need not be told again yet */
	MINUTE_MS = 60000,
	ITEM_MOST = 16384, /* a line of a list */
	LIST_ROOM = LIMIT_WEB_CALL - 1024
};

struct officials {
	struct {
		struct uuid id;
		int64_t from_ms; /* monotonic; 0: free */
		unsigned n;
	} used[OFFICIALS_MOST];
	struct {
		struct digest what;
		int64_t until_ms;
	} recent[RECENT];
	size_t next; /* the oldest */
};

/* One question. */
struct asking {
	struct service *service;
	uint64_t call;
	struct arena mem;
	struct digest token;
	bool has_token;      /* one in force or expired: */
	struct uuid id;
	struct digest record;
	struct span name;
	enum tlp most;
	int64_t until_s;
	int64_t since_s;
	uint64_t before, limit, next;
	struct buf out;      /* the answer */
	struct json_out w;
	struct buf told;     /* the ids that are in it */
	unsigned n, looked;
	bool is_full;
};

/* --- answering --- */

static void
reply(struct service *s, uint64_t id, enum talk_op op, struct span text)
{
	const struct talk_frame f = { .type = TALK_REPLY, .id = id,
		.op = (uint8_t)op, .text = text };

	broadcast_reply(s->broadcast, &f);
}

/* An answer that waits until it is told. */
struct held {
	struct service *service;
	uint64_t call;
	struct buf text;
};

static void
on_told(void *ctx, enum err e)
{
	struct held *h = ctx;

	if (!h->service->is_stopping)
		reply(h->service, h->call, e == ERR_NONE ? TALK_DONE :
		    TALK_LATER, e == ERR_NONE ? buf_span(&h->text) :
		    span_str(""));
	buf_release(&h->text);
	free(h);
}

static struct officials *
of_service(struct service *s)
{
	if (s->officials == NULL)
		s->officials = mem_alloc(sizeof *s->officials);
	return s->officials;
}

/* Was the same told within the last minute? Else it will have been. */
static bool
is_again(struct asking *a, const char *what, struct span of)
{
	struct officials *o = of_service(a->service);
	int64_t now_ms = loop_now(a->service->loop).mono.ms;
	const struct span in[] = { span_of(a->id.b, sizeof a->id.b),
		span_str(what), of };
	struct digest d = hash_sha256_spans(in, 3);

	for (size_t i = 0; i < RECENT; i++)
		if (o->recent[i].until_ms > now_ms &&
		    digest_is_equal(&o->recent[i].what, &d))
			return true;
	o->recent[o->next].what = d;
	o->recent[o->next].until_ms = now_ms + MINUTE_MS;
	o->next = (o->next + 1) % RECENT;
	return false;
}

static void
name_official(struct asking *a, struct caller *who)
{
	static const char via[] = "api token ";
	char *text = arena_alloc(&a->mem, sizeof via + UUID_TEXT);

	*who = (struct caller){ .uid = (uint32_t)geteuid(),
		.is_node = true };
	memcpy(text, via, sizeof via);
	uuid_write(&a->id, text + sizeof via - 1);
	snprintf(who->post, sizeof who->post, "token: %.*s",
	    SPAN_FMT(a->name));
	who->via = text;
}

/* Told to the audit trail, then answered. */
static void
finish(struct asking *a, const struct digest *object, const char *subject)
{
	struct held *h;
	struct caller who;

	if (is_again(a, subject, buf_span(&a->told))) {
		reply(a->service, a->call, TALK_DONE, buf_span(&a->out));
		return;
	}
	h = mem_alloc(sizeof *h);
	h->service = a->service;
	h->call = a->call;
	h->text = a->out;
	buf_init(&a->out, 1);
	name_official(a, &who);
	audit_before(a->service, &who, "api", object, subject,
	    buf_str(&a->told), on_told, h);
}

/* Nothing goes out; that it was tried is told. */
static void
refuse(struct asking *a, enum talk_op op, const char *subject,
    const char *why)
{
	struct caller who;

	if (!is_again(a, "refused", span_str(why))) {
		name_official(a, &who);
		audit(a->service, &who, "api", NULL, subject, "refused", why);
	}
	reply(a->service, a->call, op, span_str(""));
}

/* --- the token --- */

/* All are compared, so that the time does not tell which one is near. */
static bool
see_token(void *ctx, const struct index_row *row)
{
	struct asking *a = ctx;
	struct arena m = { 0 };
	struct digest d;
	struct span text, most;
	struct json doc;
	struct json_val v = { 0 };

	if (json_parse_arena(row->brief, LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS,
	    &m, &doc, NULL) == ERR_NONE)
		v = json_root(&doc);
	if (json_text(json_get(v, "digest"), &m, &text) == ERR_NONE &&
	    code_parse_base64url_fixed(text, d.b, sizeof d.b) == ERR_NONE &&
	    bearer_is(&d, &a->token) &&
	    json_is_str(json_get(v, "state"), "in_force") &&
	    json_text(json_get(v, "most"), &m, &most) == ERR_NONE &&
	    tlp_parse(most, &a->most) == ERR_NONE &&
	    json_i64(json_get(v, "until"), &a->until_s) == ERR_NONE &&
	    json_text(json_get(v, "for"), &a->mem, &a->name) == ERR_NONE) {
		a->name = arena_copy(&a->mem, a->name);
		a->id = row->id;
		a->record = row->digest;
		a->has_token = true;
	}
	arena_release(&m);
	return true;
}

/* Does it come too often? Else it counts. */
static bool
is_too_often(struct asking *a)
{
	struct officials *o = of_service(a->service);
	int64_t now_ms = loop_now(a->service->loop).mono.ms;
	size_t at = 0;

	for (size_t i = 0; i < OFFICIALS_MOST; i++) {
		if (uuid_is_equal(&o->used[i].id, &a->id)) {
			at = i;
			break;
		}
		if (o->used[i].from_ms < o->used[at].from_ms)
			at = i;
	}
	if (!uuid_is_equal(&o->used[at].id, &a->id) ||
	    now_ms - o->used[at].from_ms >= MINUTE_MS) {
		o->used[at].id = a->id;
		o->used[at].from_ms = now_ms;
		o->used[at].n = 0;
	}
	return ++o->used[at].n > OFFICIALS_MINUTE;
}

/* --- a notice --- */

static void
put_time(struct json_out *w, const char *name, int64_t s)
{
	char at[INSTANT_TEXT_MAX];
	struct wall t = { s * 1000 };

	wall_write(t, at);
	json_put_member_str(w, name, at);
}

/* What holds of all that is here was checked before it was taken in. */
static void
put_proved(const struct service *s, const struct index_row *row,
    const struct record *r, struct json_out *w)
{
	const struct hub_log_info log = hub_log(s->hub, log_find(s, row->log));
	struct checkpoint c;
	bool is_covered = log.checkpoint.n != 0 &&
	    checkpoint_read(log.checkpoint, &c, NULL) == ERR_NONE &&
	    row->index < c.size;

	json_put_key(w, "origin");
	json_put_open(w, '{');
	json_put_member_span(w, "team", r->entry.iss);
	json_put_member_span(w, "log", log.origin);
	if (r->is_carried && !span_is_equal(r->carrier.iss, r->entry.iss))
		json_put_member_span(w, "passed_on_by", r->carrier.iss);
	json_put_close(w, '}');
	json_put_key(w, "verified");
	json_put_open(w, '{');
	json_put_member_bool(w, "signature",
	    r->stored.state == STORE_BODY_HELD);
	json_put_member_str(w, "identity", (row->flags & INDEX_MINE) != 0 ?
	    "own" : "confirmed");
	json_put_member_bool(w, "checkpoint", is_covered);
	json_put_close(w, '}');
}

static const char *
state_of(const struct service *s, const struct index_row *row)
{
	if ((row->flags & INDEX_ENDED) != 0)
		return "withdrawn";
	return row->exp_s != 0 &&
	    loop_now(s->loop).wall.ms / 1000 >= row->exp_s ? "expired" :
	    "in_force";
}

static void
put_member(struct json_out *w, struct json_val body, const char *name)
{
	struct json_val v = json_get(body, name);

	if (v.type == JSON_ABSENT)
		return;
	json_put_key(w, name);
	json_put_raw(w, json_raw(v));
}

static void
put_notice(const struct service *s, const struct index_row *row,
    const struct record *r, const struct exit_notice *n, bool is_whole,
    struct json_out *w)
{
	char id[UUID_TEXT + 1];

	uuid_write(&r->entry.id, id);
	json_put_open(w, '{');
	json_put_member_str(w, "id", id);
	json_put_member_u64(w, "rev", r->entry.rev);
	json_put_member_span(w, "kind", r->entry.kind);
	json_put_member_str(w, "tlp", tlp_label(n->tlp));
	if (row->level != 0)
		json_put_member_u64(w, "level", (uint64_t)row->level);
	put_time(w, "issued", r->entry.iat_s);
	if (row->exp_s != 0)
		put_time(w, "expires", row->exp_s);
	json_put_member_str(w, "state", state_of(s, row));
	put_proved(s, row, r, w);
	put_member(w, r->body, "title");
	if (is_whole) {
		json_put_key(w, "body");
		json_put_raw(w, json_raw(r->body));
	}
	json_put_close(w, '}');
}

/* Appends the notice of `row`, if the official may have it. */
static bool
take(struct asking *a, const struct index_row *row, bool is_whole,
    struct buf *out)
{
	struct service *s = a->service;
	const struct kind *k = kind_find(s->schema, row->kind);
	struct arena m = { 0 };
	struct exits_what what;
	struct exit_notice n;
	struct exit_pass pass;
	struct rules_answer said;
	struct span stripped;
	struct json_out w;
	struct record r;
	bool good = k != NULL && kind_is_news(k) &&
	    (row->flags & INDEX_NOTICE) != 0 && row->has_tlp &&
	    row->tlp <= a->most &&
	    record_read(s, row->log, row->index, &m, &r) == ERR_NONE;

	if (good) {
		n = record_facts(s, row, &r, &m);
		what = (struct exits_what){ r.entry.kind, r.entry.iss,
			level_of(r.body) };
		pass = exits_to_official(s, s->rulebook.rules, a->most, &what,
		    r.body, &n, &m, &said, &stripped);
		good = exit_opens(&pass, EXIT_API, EXIT_TEXT);
	}
	if (good) {
		json_out_init(&w, out);
		put_notice(s, row, &r, &n, is_whole, &w);
		good = buf_check(out) == ERR_NONE;
	}
	arena_release(&m);
	return good;
}

static bool
see_notice(void *ctx, const struct index_row *row)
{
	char id[UUID_TEXT + 1];
	struct asking *a = ctx;
	struct buf item;

	if (row->iat_s < a->since_s)
		return false;
	buf_init(&item, ITEM_MOST);
	if (take(a, row, false, &item)) {
		a->is_full = a->n == a->limit ||
		    a->out.n + item.n > LIST_ROOM;
		if (!a->is_full) {
			json_put_raw(&a->w, buf_span(&item));
			uuid_write(&row->id, id);
			buf_put_format(&a->told, "%s%s", a->n != 0 ? " " : "",
			    id);
			a->n++;
		}
	}
	buf_release(&item);
	/* the one that finds no room is the first of the next answer */
	if (!a->is_full) {
		a->looked++;
		a->next = row->at;
	}
	return !a->is_full;
}

static void
list(struct asking *a)
{
	const struct index_filter filter = { .ended = true,
		.before = a->before };
	char next[24];
	enum err e;

	json_put_open(&a->w, '{');
	json_put_member_str(&a->w, "schema", "almenara.notices/1");
	json_put_key(&a->w, "notices");
	json_put_open(&a->w, '[');
	e = index_inbox(a->service->index, &filter, see_notice, a, NULL);
	json_put_close(&a->w, ']');
	/* as a text: larger than what every reader of JSON keeps exact */
	snprintf(next, sizeof next, "%" PRIu64, a->next);
	json_put_member_str(&a->w, "next", a->is_full ||
	    a->looked == LIMIT_LIST_ROWS ? next : "");
	json_put_close(&a->w, '}');
	if (e != ERR_NONE || buf_check(&a->out) != ERR_NONE)
		reply(a->service, a->call, TALK_LATER, span_str(""));
	else
		finish(a, NULL, "notices");
}

static void
one(struct asking *a, struct span id)
{
	struct index_row row;

	if (index_find(a->service->index, INDEX_NOTICES, id, &a->mem, &row,
		NULL, NULL) != ERR_NONE || !take(a, &row, true, &a->out)) {
		refuse(a, TALK_NOTHING, arena_string(&a->mem, id),
		    "there is no such notice for this token");
		return;
	}
	finish(a, &row.digest, arena_string(&a->mem, id));
}

/* --- a call --- */

static bool
take_question(struct asking *a, struct json_val v, struct span *id)
{
	struct span text;
	struct uuid u;

	*id = span_str("");
	a->limit = OFFICIALS_LIMIT;
	if (json_text(json_get(v, "token"), &a->mem, &text) != ERR_NONE ||
	    code_parse_base64url_fixed(text, a->token.b,
		sizeof a->token.b) != ERR_NONE)
		return false;
	if (json_get(v, "id").type != JSON_ABSENT)
		return json_text(json_get(v, "id"), &a->mem, id) ==
		    ERR_NONE && uuid_parse(*id, &u) == ERR_NONE;
	return json_i64(json_get(v, "since"), &a->since_s) == ERR_NONE &&
	    json_u64(json_get(v, "before"), &a->before) == ERR_NONE &&
	    json_u64(json_get(v, "limit"), &a->limit) == ERR_NONE &&
	    a->limit >= 1 && a->limit <= OFFICIALS_LIMIT;
}

static void
decide(struct asking *a, struct span id)
{
	struct service *s = a->service;
	enum err e = index_home(s->index, OFFICIALS_KIND, see_token, a);

	if (e != ERR_NONE || !index_is_whole(s->index))
		reply(s, a->call, TALK_LATER, span_str(""));
	else if (!a->has_token)
		reply(s, a->call, TALK_UNKNOWN, span_str(""));
	else if (loop_now(s->loop).wall.ms / 1000 >= a->until_s)
		refuse(a, TALK_UNKNOWN, "notices", "the token has expired");
	else if (is_too_often(a))
		reply(s, a->call, TALK_OFTEN, span_str(""));
	else if (id.n != 0)
		one(a, id);
	else
		list(a);
}

void
officials_call(struct service *s, const struct talk_frame *f)
{
	struct asking a = { .service = s, .call = f->id };
	struct json_val v = { 0 };
	struct json doc;
	struct span id;

	buf_init(&a.out, LIMIT_WEB_CALL);
	buf_init(&a.told, 2000);
	json_out_init(&a.w, &a.out);
	if (json_parse_arena(f->text, LIMIT_JSON_DEPTH, 64, &a.mem, &doc,
	    NULL) == ERR_NONE)
		v = json_root(&doc);
	if (!s->config->site_api || v.type != JSON_OBJECT ||
	    !take_question(&a, v, &id))
		reply(s, a.call, TALK_LATER, span_str(""));
	else
		decide(&a, id);
	buf_release(&a.told);
	buf_release(&a.out);
	arena_release(&a.mem);
}

void
officials_free(struct officials *o)
{
	free(o);
}

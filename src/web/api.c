/* SPDX-License-Identifier: Apache-2.0
 *
 * Notices for officials.
 */
#include "web/api.h"

#include "base/code.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "web/api_ask.h"
#include "web/pace.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
	EACH = 60,         /* questions at once from a network, */
	EACH_MS = 1000,    /* and one more in so long */
	WAIT_MS = 10000,   /* for the node */
	WAITING = 64,      /* questions that wait for it */
	ALL_MS = 20,       /* between two, of all networks, */
	ALL = 100,         /* after so many at once */
	ASK_MOST = 512
};

struct api {
	int fd;
	bool is_limited;
	struct pace each, all;
	int64_t now_ms;
	uint64_t next_call;
	struct visit *visits;
	size_t n;
};

/* A question that waits for the node. */
struct visit {
	struct api *api;
	struct http_call *call;
	struct visit *next, **prev;
	uint64_t waits;    /* id of the call; 0: it is answered */
	int64_t until_ms;
	enum talk_op op;
	struct buf text;
};

/* --- answers --- */

static void
send_body(struct http_call *call, unsigned status, struct http_body *b,
    const char *type)
{
	http_body_header(b, "Content-Type", type);
	http_body_header(b, "Cache-Control", "no-store");
	if (status == 401)
		http_body_header(b, "WWW-Authenticate",
		    "Bearer realm=\"almenara\"");
	else if (status == 405)
		http_body_header(b, "Allow", "GET");
	else if (status == 429)
		http_body_header(b, "Retry-After", "60");
	else if (status == 503)
		http_body_header(b, "Retry-After", "5");
	http_answer(call, status, b);
	http_body_free(b);
}

/* Problem details (RFC 9457). */
static void
refuse(struct http_call *call, unsigned status, const char *title,
    const char *detail)
{
	struct json_out w;
	struct buf b;

	buf_init(&b, 1024);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "type", "about:blank");
	json_put_member_str(&w, "title", title);
	json_put_member_u64(&w, "status", status);
	json_put_member_str(&w, "detail", detail);
	json_put_close(&w, '}');
	send_body(call, status, http_body_of(buf_span(&b)),
	    "application/problem+json");
	buf_release(&b);
}

static void
refuse_token(struct http_call *call)
{
	refuse(call, 401, "Unauthorized", "There is no such token in force. "
	    "Who gave it to you can give another one.");
}

static void
answer_visit(void *ctx)
{
	struct visit *v = ctx;

	if (v->op == TALK_DONE)
		send_body(v->call, 200, http_body_of(buf_span(&v->text)),
		    "application/json");
	else if (v->op == TALK_UNKNOWN)
		refuse_token(v->call);
	else if (v->op == TALK_NOTHING)
		refuse(v->call, 404, "Not Found",
		    "There is no such notice for this token.");
	else if (v->op == TALK_OFTEN)
		refuse(v->call, 429, "Too Many Requests",
		    "This token was used too often within a minute.");
	else
		refuse(v->call, 503, "Service Unavailable",
		    "The node does not answer now.");
}

/* --- the node --- */

static void
go_on(struct visit *v, enum talk_op op, struct span text)
{
	v->waits = 0;
	v->op = op;
	buf_put(&v->text, text);
	http_go_on(v->call);
}

void
api_reply(struct api *i, const struct talk_frame *f)
{
	for (struct visit *v = i->visits; v != NULL; v = v->next)
		if (v->waits == f->id) {
			go_on(v, (enum talk_op)f->op, f->text);
			return;
		}
}

void
api_step(struct api *i, int64_t now_ms)
{
	i->now_ms = now_ms;
	for (struct visit *v = i->visits; v != NULL; v = v->next)
		if (v->waits != 0 && now_ms >= v->until_ms)
			go_on(v, TALK_LATER, span_str(""));
}

static void
write_question(const struct api_ask *ask, struct buf *out)
{
	struct json_out w;
	struct buf b;

	buf_init(&b, 64);
	code_write_base64url(&b, digest_span(&ask->token));
	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_span(&w, "token", buf_span(&b));
	if (ask->id[0] != '\0') {
		json_put_member_str(&w, "id", ask->id);
	} else {
		json_put_member_u64(&w, "since", ask->since_s);
		json_put_member_u64(&w, "before", ask->before);
		json_put_member_u64(&w, "limit", ask->limit);
	}
	json_put_close(&w, '}');
	buf_release(&b);
}

static bool
ask_node(struct api *i, const struct api_ask *ask, uint64_t id)
{
	struct talk_frame f = { .type = TALK_CALL, .id = id,
		.op = TALK_NOTICES };
	struct buf text, b;
	bool good;

	buf_init(&text, ASK_MOST);
	buf_init(&b, ASK_MOST + 64);
	write_question(ask, &text);
	f.text = buf_span(&text);
	talk_write(&f, &b);
	good = buf_check(&b) == ERR_NONE && send(i->fd, b.p, b.n,
	    MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)b.n;
	buf_release(&b);
	buf_release(&text);
	return good;
}

/* --- requests --- */

static void
visit_free(void *ctx)
{
	struct visit *v = ctx;

	v->api->n--;
	*v->prev = v->next;
	if (v->next != NULL)
		v->next->prev = v->prev;
	buf_release(&v->text);
	free(v);
}

static void
wait_for_node(struct api *i, struct http_call *call, uint64_t id)
{
	struct visit *v = mem_alloc(sizeof *v);
	const struct http_taker taker = { NULL, answer_visit, visit_free, v };

	*v = (struct visit){ .api = i, .call = call, .next = i->visits,
		.prev = &i->visits, .waits = id,
		.until_ms = i->now_ms + WAIT_MS };
	buf_init(&v->text, LIMIT_WEB_CALL);
	if (i->visits != NULL)
		i->visits->prev = &v->next;
	i->visits = v;
	i->n++;
	http_wait(call, &taker);
}

static void
ask(struct api *i, struct http_call *call)
{
	const struct api_raw raw = { http_path(call),
		http_header(call, "Authorization"),
		http_argument(call, "since"), http_argument(call, "before"),
		http_argument(call, "limit") };
	uint64_t id = ++i->next_call | TALK_OFFICIAL;
	struct api_ask asked;
	char text[256];
	struct fault f = { 0 };
	enum err e = api_ask_parse(&raw, &asked, &f);

	if (e == ERR_KEY) {
		refuse_token(call);
	} else if (e == ERR_NOT_FOUND) {
		refuse(call, 404, "Not Found", "There is no such address.");
	} else if (e != ERR_NONE) {
		snprintf(text, sizeof text, "%.60s %.120s.", f.field, f.rule);
		refuse(call, 400, "Bad Request", text);
	} else if (i->n >= WAITING || !pace_take(&i->all, 1, i->now_ms) ||
	    !ask_node(i, &asked, id)) {
		refuse(call, 503, "Service Unavailable",
		    "There is too much to do now.");
	} else {
		wait_for_node(i, call, id);
	}
}

bool
api_answer(struct api *i, struct http_call *call, int64_t now_ms)
{
	i->now_ms = now_ms;
	if (!api_is_path(http_path(call)))
		return false;
	if (!http_is_private(call))
		refuse(call, 403, "Forbidden", "Tokens are taken over https "
		    "alone. This one was sent in the clear: have it revoked.");
	else if (!pace_take(&i->each, i->is_limited ? http_from(call) : 0,
	    now_ms))
		refuse(call, 429, "Too Many Requests",
		    "Too many requests came from this network.");
	else if (http_method(call) != HTTP_GET || http_has_body(call))
		refuse(call, 405, "Method Not Allowed",
		    "Notices can only be read.");
	else
		ask(i, call);
	return true;
}

/* --- life --- */

struct api *
api_create(int node_fd, bool is_limited, int64_t now_ms)
{
	struct api *i = mem_alloc(sizeof *i);
	uint64_t salt[2];

	i->fd = node_fd;
	i->is_limited = is_limited;
	i->now_ms = now_ms;
	random_fill(salt, sizeof salt);
	pace_init(&i->each, EACH, EACH_MS, salt[0]);
	pace_init(&i->all, ALL, ALL_MS, salt[1]);
	return i;
}

void
api_free(struct api *i)
{
	free(i);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The public stream.
 */
#include "node/broadcast.h"

#include "base/log.h"
#include "base/mem.h"
#include "node/exits.h"
#include "node/officials.h"
#include "node/reports.h"
#include "web/talk.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	LOOK_MOST = 64,     /* entries in one turn, when behind */
	BACK_MOST = 4096,   /* entries that are looked at for a new web process */
	AGAIN_MS = 50,      /* its socket is full */
	UP_MS = 30000,      /* it says that it lives each five seconds */
	FRAME_MOST = LIMIT_WEB_CALL + 64
};

struct broadcast {
	struct service *service;
	int fd;
	struct loop_watch *watch;
	struct loop_timer *timer;
	bool is_asked;
	unsigned char nonce[TALK_NONCE];
	unsigned char log[TALK_LOG];
	uint64_t next, released;
	bool is_heard;       /* the web process, ever: */
	int64_t heard_ms;
	struct talk_frame alive;
};

/* --- a notice --- */

static void
put_title(struct json_out *w, struct json_val body)
{
	struct json_val title = json_get(body, "title");

	if (title.type == JSON_ABSENT)
		return;
	json_put_key(w, "title");
	json_put_raw(w, json_raw(title));
}

static void
put_notice(const struct record *r, const struct exit_pass *pass,
    struct buf *out)
{
	char id[UUID_TEXT + 1], at[INSTANT_TEXT_MAX];
	struct wall w = { r->entry.iat_s * 1000 };
	struct json_out j;

	uuid_write(&r->entry.id, id);
	wall_write(w, at);
	json_out_init(&j, out);
	json_put_open(&j, '{');
	json_put_member_str(&j, "schema", "almenara.notice/1");
	if (exit_opens(pass, EXIT_STREAM, EXIT_PLACE)) {
		json_put_member_str(&j, "id", id);
		json_put_member_u64(&j, "rev", r->entry.rev);
	}
	if (exit_opens(pass, EXIT_STREAM, EXIT_LEVEL))
		json_put_member_u64(&j, "level",
		    (uint64_t)level_of(r->body));
	if (exit_opens(pass, EXIT_STREAM, EXIT_CODED)) {
		json_put_member_span(&j, "team", r->entry.iss);
		json_put_member_span(&j, "kind", r->entry.kind);
		json_put_member_str(&j, "at", at);
	}
	if (exit_opens(pass, EXIT_STREAM, EXIT_TEXT))
		put_title(&j, r->body);
	json_put_close(&j, '}');
}

/* Of an entry that is for everybody, into `out`; nothing of any other. */
static void
compose(struct broadcast *b, uint64_t index, struct arena *a,
    struct buf *out)
{
	struct service *s = b->service;
	struct index_row row;
	const struct index_row *known = NULL;
	const struct kind *k;
	struct exits_what what;
	struct exit_notice n;
	struct exit_pass pass;
	struct record r;
	struct digest d;

	if (record_read(s, hub_log(s->hub, 0).id, index, a, &r) != ERR_NONE)
		return;
	k = kind_find(s->schema, r.entry.kind);
	if (k == NULL || !kind_is_news(k) || r.entry.sealed || r.is_carried)
		return;
	/* has a later one taken its place? The index may not know it yet,
	 * and then it has not */
	d = hash_sha256(r.jws);
	if (index_by_digest(s->index, &d, a, &row) == ERR_NONE)
		known = &row;
	n = exits_of_entry(s, hub_log(s->hub, 0).id, &r.entry, r.body,
	    r.stored.state, known, a);
	what = (struct exits_what){ r.entry.kind, r.entry.iss,
		level_of(r.body) };
	pass = exits_to_public(s, EXIT_STREAM, &what, &n);
	if (exit_opens(&pass, EXIT_STREAM, EXIT_TEXT))
		put_notice(&r, &pass, out);
}

/* --- the web process --- */

static bool
put(struct broadcast *b, const struct talk_frame *f)
{
	struct buf out;
	bool good;

	buf_init(&out, FRAME_MOST);
	talk_write(f, &out);
	good = send(b->fd, out.p, out.n, MSG_NOSIGNAL | MSG_DONTWAIT) ==
	    (ssize_t)out.n;
	buf_release(&out);
	return good;
}

void
broadcast_reply(struct broadcast *b, const struct talk_frame *f)
{
	/* who asked waits no longer than a web request does */
	if (b != NULL && !put(b, f))
		log_event(LOG_WARNING, "report.reply-lost");
}

/* False: it takes no more now. */
static bool
tell(struct broadcast *b, uint64_t index)
{
	struct talk_frame f = { .type = TALK_EVENT, .index = index };
	struct arena a = { 0 };
	struct buf text;
	bool good = true;

	buf_init(&text, LIMIT_WEB_EVENT);
	compose(b, index, &a, &text);
	if (buf_check(&text) != ERR_NONE)
		log_event(LOG_WARNING, "stream.too-long",
		    log_uint("index", index));
	else if (text.n != 0) {
		memcpy(f.nonce, b->nonce, sizeof f.nonce);
		memcpy(f.log, b->log, sizeof f.log);
		f.text = buf_span(&text);
		good = put(b, &f);
	}
	buf_release(&text);
	arena_release(&a);
	return good;
}

void
broadcast_turn(struct broadcast *b)
{
	if (!b->is_asked)
		return;
	for (unsigned i = 0; i < LOOK_MOST && b->next < b->released; i++) {
		if (!tell(b, b->next)) {
			loop_timer_start(b->timer, AGAIN_MS, 0);
			return;
		}
		b->next++;
	}
	if (b->next < b->released)
		loop_timer_start(b->timer, 0, 0);
}

void
broadcast_released(struct broadcast *b, uint64_t index)
{
	if (b != NULL && index > b->released)
		b->released = index;
}

static void
take_ask(struct broadcast *b, const struct talk_frame *f)
{
	memcpy(b->nonce, f->nonce, sizeof b->nonce);
	reports_forget(b->service->reports);
	b->is_asked = true;
	b->next = f->index;
	if (memcmp(f->log, b->log, sizeof b->log) != 0 || f->index == 0)
		b->next = b->released > BACK_MOST ? b->released - BACK_MOST :
		    0;
	log_event(LOG_DETAIL, "stream.asked", log_uint("from", b->next));
}

static void
take_alive(struct broadcast *b, const struct talk_frame *f)
{
	b->is_heard = true;
	b->heard_ms = loop_now(b->service->loop).mono.ms;
	b->alive = *f;
}

struct broadcast_web
broadcast_web(const struct broadcast *b)
{
	if (b == NULL || !b->is_heard)
		return (struct broadcast_web){ 0 };
	return (struct broadcast_web){
		.is_up = loop_now(b->service->loop).mono.ms - b->heard_ms <
		    UP_MS,
		.open = b->alive.open, .until_s = (int64_t)b->alive.until_s };
}

static void
on_web(void *ctx, unsigned ready)
{
	static unsigned char room[FRAME_MOST];
	struct broadcast *b = ctx;
	struct fault fault = { 0 };
	struct talk_frame f;
	ssize_t n;

	(void)ready;
	while ((n = recv(b->fd, room, sizeof room, MSG_DONTWAIT)) > 0) {
		if (talk_parse(span_of(room, (size_t)n), &f, &fault) !=
		    ERR_NONE)
			log_event(LOG_ERROR, "stream.frame",
			    log_str("rule", fault.rule));
		else if (f.type == TALK_ASK)
			take_ask(b, &f);
		else if (f.type == TALK_ALIVE)
			take_alive(b, &f);
		else if (f.type == TALK_CALL && f.op == TALK_NOTICES)
			officials_call(b->service, &f);
		else if (f.type == TALK_CALL)
			reports_call(b->service, &f);
	}
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		loop_watch_set(b->watch, 0); /* the parent is gone */
}

/* --- life --- */

/* Any event ends in a turn. */
static void
on_timer(void *ctx)
{
	(void)ctx;
}

enum err
broadcast_create(struct service *s, int fd, struct broadcast **out)
{
	const struct talk_frame here = { .type = TALK_HERE };
	struct broadcast *b = mem_alloc(sizeof *b);
	struct digest d = hash_sha256(span_str(s->origin));
	enum err e = ERR_NONE;

	b->service = s;
	b->fd = fd;
	b->released = hub_log(s->hub, 0).newest;
	memcpy(b->log, d.b, sizeof b->log);
	b->timer = loop_timer_create(s->loop, on_timer, b);
	if (fd >= 0)
		e = loop_watch_create(s->loop, fd, on_web, b, &b->watch);
	if (e != ERR_NONE) {
		broadcast_free(b);
		return e;
	}
	if (fd >= 0) {
		loop_watch_set(b->watch, LOOP_READ);
		(void)put(b, &here);
	}
	*out = b;
	return ERR_NONE;
}

void
broadcast_free(struct broadcast *b)
{
	if (b == NULL)
		return;
	loop_watch_free(b->watch);
	loop_timer_free(b->timer);
	if (b->fd >= 0)
		close(b->fd);
	free(b);
}

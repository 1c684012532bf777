/* SPDX-License-Identifier: Apache-2.0
 *
 * Readers of the live stream.
 */
#include "web/stream.h"

#include "base/log.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "web/ring.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { FRAME_MOST = LIMIT_WEB_CALL + 64 };

static const char comment_open[] = ": almenara\nretry: 3000\n\n";
static const char comment_gap[] = "event: gap\ndata: {}\n\n";
static const char comment_beat[] = ":\n\n";

struct listener {
	struct stream *stream;
	struct listener *next, **prev;
	struct http_sleep *sleep;
	uint64_t serial;   /* of the event that is next, */
	size_t at;         /* and how much of it was read */
	bool is_gap;       /* tell first that something is missing */
	bool is_greeted;
	bool wants_beat;
	int64_t taken_ms;  /* when it last took something */
};

struct stream {
	int fd;
	unsigned char nonce[TALK_NONCE];
	struct ring ring;
	struct listener *readers;
	size_t n;
	int64_t beat_ms, due_ms, now_ms;
	stream_reply_fn *reply; /* of calls that are not ours; NULL */
	void *reply_ctx;
};

/* --- to a reader --- */

static size_t
give(const char *text, char *out, size_t most)
{
	size_t n = strlen(text);

	if (n > most)
		return 0;
	memcpy(out, text, n);
	return n;
}

/* As many whole events as fit, or the next part of a large one. */
static size_t
give_events(struct listener *r, char *out, size_t most)
{
	const struct ring *ring = &r->stream->ring;
	size_t n = 0;

	while (r->serial < ring->end) {
		struct span e = ring_at(ring, r->serial);
		size_t left = e.n - r->at;
		size_t part = left < most - n ? left : most - n;

		if (part < left && n != 0)
			break;
		memcpy(out + n, e.p + r->at, part);
		n += part;
		r->at += part;
		if (part < left)
			break;
		r->serial++;
		r->at = 0;
	}
	return n;
}

/* For the library: what is next, 0 to sleep, -1 at the end. */
static ssize_t
on_room(void *ctx, char *out, size_t most)
{
	struct listener *r = ctx;
	size_t n = 0;

	r->taken_ms = r->stream->now_ms;
	/* it is so far behind that the rest of its event is gone */
	if (r->serial < r->stream->ring.first) {
		if (r->at != 0)
			return -1;
		r->serial = r->stream->ring.first;
		r->is_gap = true;
	}
	if (!r->is_greeted) {
		n = give(comment_open, out, most);
		r->is_greeted = true;
	} else if (r->is_gap) {
		n = give(comment_gap, out, most);
		r->is_gap = false;
	} else {
		n = give_events(r, out, most);
		if (n == 0 && r->wants_beat)
			n = give(comment_beat, out, most);
	}
	r->wants_beat = false;
	return (ssize_t)n;
}

static void
on_gone(void *ctx)
{
	struct listener *r = ctx;

	*r->prev = r->next;
	if (r->next != NULL)
		r->next->prev = r->prev;
	r->stream->n--;
	free(r);
}

void
stream_answer(struct stream *s, struct http_call *call)
{
	struct listener *r = mem_alloc(sizeof *r);
	struct http_body *b;

	r->stream = s;
	r->taken_ms = s->now_ms;
	r->serial = ring_after(&s->ring, http_header(call, "Last-Event-ID"),
	    &r->is_gap);
	r->next = s->readers;
	r->prev = &s->readers;
	if (s->readers != NULL)
		s->readers->prev = &r->next;
	s->readers = r;
	s->n++;
	b = http_body_live(call, on_room, on_gone, r, &r->sleep);
	/* whose machine is silent has not got one beat at the next */
	http_unacked_most(r->sleep, s->beat_ms * 3 / 4);
	http_body_header(b, "Content-Type", "text/event-stream");
	http_body_header(b, "Cache-Control", "no-store");
	http_body_header(b, "X-Accel-Buffering", "no");
	http_body_header(b, "Access-Control-Allow-Origin", "*");
	http_answer(call, 200, b);
	http_body_free(b);
}

/* The events that one who sleeps waits for, as far as they fit; 0 if there is
 * something else to say. None was begun: the library ends what it begins
 * before it sleeps. */
static size_t
parts_of(const struct listener *r, struct span parts[HTTP_PARTS])
{
	const struct ring *ring = &r->stream->ring;
	size_t n = 0;

	if (!r->is_greeted || r->is_gap || r->serial < ring->first)
		return 0;
	for (uint64_t k = r->serial; k < ring->end && n < HTTP_PARTS; k++)
		parts[n++] = ring_at(ring, k);
	return n;
}

/* So many bytes of its events were sent. */
static void
pass(struct listener *r, size_t sent)
{
	const struct ring *ring = &r->stream->ring;

	while (sent != 0) {
		size_t whole = ring_at(ring, r->serial).n;

		if (sent < whole) {
			r->at = sent;
			return;
		}
		sent -= whole;
		r->serial++;
	}
}

/* A beat, to one that waits for no event. */
static void
beat_one(struct listener *r)
{
	const struct span beat = span_str(comment_beat);
	size_t sent = http_send(r->sleep, &beat, 1);

	if (sent == 0) {
		http_wake(r->sleep);
		return;
	}
	r->taken_ms = r->stream->now_ms;
	r->wants_beat = false;
	if (sent != beat.n)
		http_cut(r->sleep); /* a part of it no other can follow */
}

/* All readers are sent the same bytes: a bare call for each, while they are
 * near, is most of what it can cost. Who does not take them is left to the
 * library. */
static void
wake_one(struct listener *r)
{
	struct span parts[HTTP_PARTS];
	size_t n = parts_of(r, parts), sent;

	if (n == 0 && r->wants_beat && r->is_greeted && !r->is_gap &&
	    r->serial == r->stream->ring.end) {
		beat_one(r);
		return;
	}
	sent = n != 0 ? http_send(r->sleep, parts, n) : 0;
	if (sent != 0) {
		r->taken_ms = r->stream->now_ms;
		pass(r, sent);
	}
	if (sent != 0 && r->serial == r->stream->ring.end)
		r->wants_beat = false;
	else
		http_wake(r->sleep);
}

static void
wake_all(struct stream *s)
{
	for (struct listener *r = s->readers; r != NULL; r = r->next)
		wake_one(r);
}

int64_t
stream_due_ms(const struct stream *s)
{
	return s->n != 0 ? s->due_ms : INT64_MAX;
}

void
stream_beat(struct stream *s, int64_t now_ms)
{
	s->now_ms = now_ms;
	if (now_ms < s->due_ms)
		return;
	s->due_ms = now_ms + s->beat_ms;
	for (struct listener *r = s->readers; r != NULL; r = r->next) {
		/* it was asked to take the last one, and has not */
		if (now_ms - r->taken_ms >= 2 * s->beat_ms ||
		    http_is_left(r->sleep))
			http_cut(r->sleep);
		r->wants_beat = true;
	}
	wake_all(s);
}

/* --- the node --- */

static void
ask(struct stream *s)
{
	struct talk_frame f = { .type = TALK_ASK,
		.index = ring_next(&s->ring) };
	struct buf b;

	random_fill(s->nonce, sizeof s->nonce);
	memcpy(f.nonce, s->nonce, sizeof f.nonce);
	memcpy(f.log, s->ring.log, sizeof f.log);
	buf_init(&b, FRAME_MOST);
	talk_write(&f, &b);
	/* a node that does not read will say that it has begun */
	(void)!send(s->fd, b.p, b.n, MSG_NOSIGNAL | MSG_DONTWAIT);
	buf_release(&b);
}

static bool
take(struct stream *s, struct span in)
{
	struct talk_frame f;
	struct fault fault = { 0 };

	if (talk_parse(in, &f, &fault) != ERR_NONE) {
		log_event(LOG_ERROR, "web.frame", log_str("rule",
		    fault.rule));
		return false;
	}
	if (f.type == TALK_HERE)
		ask(s);
	if ((f.type == TALK_HERE || f.type == TALK_REPLY) &&
	    s->reply != NULL)
		s->reply(s->reply_ctx, &f);
	if (f.type != TALK_EVENT ||
	    memcmp(f.nonce, s->nonce, sizeof f.nonce) != 0)
		return false;
	return ring_put(&s->ring, f.log, f.index, f.text);
}

void
stream_read(struct stream *s)
{
	static unsigned char room[FRAME_MOST];
	bool is_new = false;
	ssize_t n;

	/* all that is there goes out as one piece */
	while ((n = recv(s->fd, room, sizeof room, MSG_DONTWAIT)) > 0)
		is_new |= take(s, span_of(room, (size_t)n));
	if (is_new)
		wake_all(s);
}

void
stream_on_reply(struct stream *s, stream_reply_fn *fn, void *ctx)
{
	s->reply = fn;
	s->reply_ctx = ctx;
}

struct stream *
stream_create(int node_fd, int64_t beat_ms, int64_t now_ms)
{
	struct stream *s = mem_alloc(sizeof *s);

	s->fd = node_fd;
	s->beat_ms = beat_ms;
	s->now_ms = now_ms;
	s->due_ms = now_ms + beat_ms;
	if (node_fd >= 0)
		ask(s);
	return s;
}

void
stream_free(struct stream *s)
{
	if (s == NULL)
		return;
	ring_release(&s->ring);
	free(s);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * web/stream.c: each reader gets the same bytes, whole and in order, whether
 * they are sent past the library, by it, or begun by the one and ended by the
 * other. http.c is played here.
 */
#include "web/stream.h"

#include "base/buf.h"
#include "base/mem.h"
#include "cmocka_all.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READERS = 5, BEAT_MS = 1000 };

static const char greeting[] = ": almenara\nretry: 3000\n\n";

/* A reader's connection: the library, its socket, and what has arrived. */
struct http_sleep {
	http_room_fn *room;
	void (*gone)(void *ctx);
	void *ctx;
	bool is_asleep, is_cut;
	struct buf got;
};

struct http_call {
	struct http_sleep sleep;
};

static uint64_t seed;

static size_t
chance(size_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (size_t)(seed >> 33) % n;
}

/* --- http.c --- */

struct http_body *
http_body_live(struct http_call *call, http_room_fn *room,
    void (*gone)(void *ctx), void *ctx, struct http_sleep **sleep)
{
	struct http_sleep *s = &call->sleep;

	*s = (struct http_sleep){ .room = room, .gone = gone, .ctx = ctx };
	buf_init(&s->got, 1 << 20);
	*sleep = s;
	return NULL;
}

void
http_wake(struct http_sleep *s)
{
	s->is_asleep = false;
}

/* As much as its socket has room for, which is often nothing. */
size_t
http_send(struct http_sleep *s, const struct span *parts, size_t n)
{
	size_t room = chance(3) == 0 ? chance(4) : chance(3000), sent = 0;

	assert_in_range(n, 1, HTTP_PARTS);
	if (!s->is_asleep || s->is_cut)
		return 0;
	for (size_t i = 0; i < n && sent < room; i++) {
		size_t k = parts[i].n < room - sent ? parts[i].n : room - sent;

		assert_int_not_equal(parts[i].n, 0);
		buf_put(&s->got, span_of(parts[i].p, k));
		sent += k;
	}
	return sent;
}

void
http_cut(struct http_sleep *s)
{
	s->is_cut = true;
}

bool
http_is_left(const struct http_sleep *s)
{
	(void)s;
	return false;
}

struct span
http_header(const struct http_call *call, const char *name)
{
	(void)call;
	(void)name;
	return span_of(NULL, 0);
}

void
http_unacked_most(struct http_sleep *s, int64_t ms)
{
	(void)s;
	(void)ms;
}

void
http_body_header(struct http_body *b, const char *name, const char *value)
{
	(void)b;
	(void)name;
	(void)value;
}

void
http_body_free(struct http_body *b)
{
	(void)b;
}

void
http_answer(struct http_call *call, unsigned status, struct http_body *b)
{
	(void)call;
	(void)status;
	(void)b;
}

/* What the library does when there is time: some of it. */
static void
library_step(struct http_sleep *s)
{
	char out[4096];

	for (size_t i = 0; i < 3 && !s->is_asleep && !s->is_cut; i++) {
		ssize_t n = s->room(s->ctx, out, 64 + chance(sizeof out - 64));

		assert_true(n >= 0);
		s->is_asleep = n == 0;
		buf_put(&s->got, span_of(out, (size_t)n));
	}
}

/* --- the node --- */

struct world {
	int node, web;
	struct stream *stream;
	struct http_call call[READERS];
	struct talk_frame ask; /* what the stream asked for */
	uint64_t index;
	struct buf told;
	int64_t now_ms;
};

static void
world_open(struct world *w)
{
	unsigned char room[256];
	int fd[2];
	ssize_t n;

	*w = (struct world){ .now_ms = 1 };
	assert_return_code(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd), 0);
	w->node = fd[0];
	w->web = fd[1];
	w->stream = stream_create(fd[1], BEAT_MS, w->now_ms);
	n = recv(w->node, room, sizeof room, 0);
	assert_true(n > 0);
	assert_ok(talk_parse(span_of(room, (size_t)n), &w->ask, NULL));
	buf_init(&w->told, 1 << 20);
	buf_put_str(&w->told, greeting);
	for (size_t i = 0; i < READERS; i++)
		stream_answer(w->stream, &w->call[i]);
}

static void
world_close(struct world *w)
{
	for (size_t i = 0; i < READERS; i++) {
		w->call[i].sleep.gone(w->call[i].sleep.ctx);
		buf_release(&w->call[i].sleep.got);
	}
	stream_free(w->stream);
	close(w->node);
	close(w->web);
	buf_release(&w->told);
}

static void
tell(struct world *w)
{
	struct talk_frame f = { .type = TALK_EVENT, .log = "testing",
		.index = w->index++ };
	size_t n = 2 + chance(6000);
	char *text = mem_room(n);
	struct buf b;

	memset(text, 'a' + (int)(w->index % 26), n);
	f.text = span_of(text, n);
	memcpy(f.nonce, w->ask.nonce, sizeof f.nonce);
	buf_init(&b, 8192);
	talk_write(&f, &b);
	assert_int_equal(send(w->node, b.p, b.n, 0), (ssize_t)b.n);
	buf_release(&b);
	buf_put_format(&w->told, "id: 74657374696e6700-%llu\nevent: notice\n"
	    "data: ", (unsigned long long)f.index);
	buf_put(&w->told, f.text);
	buf_put_str(&w->told, "\n\n");
	free(text);
}

/* What came, without the beats, which stand between events alone. */
static void
assert_told(const struct world *w, const struct http_sleep *s, bool is_all)
{
	struct span got = buf_span(&s->got), told = buf_span(&w->told);
	size_t at = 0;

	for (size_t i = 0; i < got.n;) {
		bool between = at == 0 || (at > 1 &&
		    memcmp(told.p + at - 2, "\n\n", 2) == 0);

		if (between && at != 0 && got.n - i >= 3 &&
		    memcmp(got.p + i, ":\n\n", 3) == 0) {
			i += 3;
			continue;
		}
		if (s->is_cut && between && got.n - i < 3)
			return; /* in a beat */
		assert_true(at < told.n);
		assert_int_equal(got.p[i], told.p[at]);
		i++;
		at++;
	}
	if (is_all)
		assert_int_equal(at, told.n);
}

static void
play(uint64_t with)
{
	struct world w;

	seed = with;
	world_open(&w);
	for (size_t step = 0; step < 60; step++) {
		for (size_t i = 0; i < READERS; i++)
			if (chance(2) == 0)
				library_step(&w.call[i].sleep);
		for (size_t n = chance(4); n != 0; n--)
			tell(&w);
		if (chance(2) == 0)
			stream_read(w.stream);
		if (chance(4) == 0) {
			w.now_ms += BEAT_MS;
			stream_beat(w.stream, w.now_ms);
		}
	}
	stream_read(w.stream);
	for (size_t i = 0; i < READERS; i++) {
		struct http_sleep *s = &w.call[i].sleep;

		while (!s->is_asleep && !s->is_cut)
			library_step(s);
		assert_told(&w, s, !s->is_cut);
	}
	world_close(&w);
}

static void
test_whole_and_in_order(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 300; i++)
		play(i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_and_in_order),
	};

	return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}

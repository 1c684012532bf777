/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of a connection from the TLS handshake to its end. Callbacks may
 * close any connection at any time, so memory is freed only at the turn's
 * end, and every loop here looks at the state after each callback.
 */
#include "net/conn_inside.h"

#include "base/limits.h"
#include "base/mem.h"

#include <assert.h>
#include <stdio.h>
#include <unistd.h>

enum {
	READ_CHUNK = 65536,
	READ_TURN = 262144,    /* most bytes read from one peer in a turn */
	WRITE_TURN = 1048576,  /* most bytes written to one peer in a turn */
	CONTROL_EXTRA = 1048576,
	CONTROL_PACKED = 2048, /* receipts and the like: not worth the time */
	STALL_BYTES = 16384    /* fewer taken within stall_ms is too slow */
};

_Static_assert((int)OUTBOX_CLASSES == (int)CONN_CLASS_COUNT,
    "the outbox has one class per connection class");

static void on_ready(void *ctx, unsigned ready);
static void flush(void *ctx);

/* --- group --- */

static unsigned
or_default(unsigned value, unsigned by_default)
{
	return value != 0 ? value : by_default;
}

struct conn_group *
conn_group_create(struct loop *loop, struct tls *tls,
    const struct conn_limits *limits)
{
	struct conn_group *g = mem_alloc(sizeof *g);
	struct conn_limits *l = &g->limits;

	g->loop = loop;
	g->tls = tls;
	*l = *limits;
	l->connect_ms = or_default(l->connect_ms, 5000);
	l->handshake_ms = or_default(l->handshake_ms, 10000);
	l->stall_ms = or_default(l->stall_ms, 30000);
	l->silent_ms = or_default(l->silent_ms, 180000);
	l->finish_ms = or_default(l->finish_ms, 10000);
	if (l->queue_max == 0)
		l->queue_max = LIMIT_SEND_QUEUE;
	if (l->queue_low == 0)
		l->queue_low = l->queue_max / 4;
	g->codec = frame_codec_create();
	buf_init(&g->scratch, FRAME_HEADER + LIMIT_FRAME);
	g->in = mem_alloc(READ_CHUNK);
	return g;
}

static void
link_to(struct conn **list, struct conn *c)
{
	c->next = *list;
	c->link = list;
	if (c->next != NULL)
		c->next->link = &c->next;
	*list = c;
}

static void
unlink_from(struct conn *c)
{
	*c->link = c->next;
	if (c->next != NULL)
		c->next->link = c->link;
}

static void
bury(void *ctx)
{
	struct conn_group *g = ctx;
	struct conn *c;

	while ((c = g->graves) != NULL) {
		/* c->link is &g->graves, which the analyzer does not know */
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		unlink_from(c);
		frame_reader_release(&c->reader);
		tls_conn_free(c->tls);
		free(c);
	}
}

void
conn_group_free(struct conn_group *g)
{
	struct conn_listener *l;

	if (g == NULL)
		return;
	while (g->conns != NULL)
		conn_close(g->conns);
	bury(g);
	loop_defer_cancel(g->loop, &g->burial);
	while ((l = g->listeners) != NULL) {
		g->listeners = l->next;
		loop_watch_free(l->watch);
		close(l->fd);
		free(l);
	}
	loop_timer_free(g->accept_again);
	frame_codec_free(g->codec);
	buf_release(&g->scratch);
	free(g->in);
	free(g);
}

/* --- states and times --- */

static int64_t
mono_ms(struct conn *c)
{
	return loop_now(c->group->loop).mono.ms;
}

static bool
is_writing(const struct conn *c)
{
	return c->outbox.bytes != 0 || c->ahead_at < c->ahead.n;
}

/* When this connection would be late if nothing happened; 0 for never. */
static int64_t
due_ms(const struct conn *c)
{
	const struct conn_limits *l = &c->group->limits;
	int64_t due = 0, stall;

	switch (c->state) {
	case CONN_LOOKUP:
	case CONN_CONNECT:
		return c->since_ms + l->connect_ms;
	case CONN_HANDSHAKE:
		return c->since_ms + l->handshake_ms;
	case CONN_UP:
		if (!c->is_paused)
			due = c->heard_ms + l->silent_ms;
		stall = c->window_ms + l->stall_ms;
		if (is_writing(c) && (due == 0 || stall < due))
			due = stall;
		return due;
	case CONN_FINISHING:
		return c->since_ms + l->finish_ms;
	case CONN_DOWN:
		break;
	}
	return 0;
}

static void
on_timer(void *ctx)
{
	static const char *const late[] = {
		[CONN_LOOKUP] = "the name look-up took too long",
		[CONN_CONNECT] = "no answer to the connection",
		[CONN_HANDSHAKE] = "the handshake took too long",
		[CONN_UP] = "the peer is silent or reads too slowly",
		[CONN_FINISHING] = "the peer did not finish",
	};
	struct conn *c = ctx;
	int64_t due = due_ms(c);

	if (due == 0)
		return;
	if (mono_ms(c) < due)
		conn_arm(c);
	else if (c->state == CONN_LOOKUP || c->state == CONN_CONNECT)
		conn_dial_failed(c, ERR_TIMEOUT, late[c->state]);
	else
		conn_down(c, ERR_TIMEOUT, late[c->state]);
}

void
conn_arm(struct conn *c)
{
	int64_t due = due_ms(c), now = mono_ms(c);

	if (due == 0)
		loop_timer_stop(c->timer);
	else
		loop_timer_start(c->timer,
		    due > now ? (uint64_t)(due - now) : 0, 0);
}

void
conn_set_state(struct conn *c, enum conn_state state)
{
	struct conn_group *g = c->group;
	bool was = !c->is_dialled && c->state == CONN_HANDSHAKE;
	bool is = !c->is_dialled && state == CONN_HANDSHAKE;

	c->state = state;
	c->since_ms = c->heard_ms = c->window_ms = mono_ms(c);
	conn_arm(c);
	if (is && !was) {
		g->n_handshakes++;
	} else if (was && !is) {
		g->n_handshakes--;
		conn_accept_resume(g);
	}
}

struct conn *
conn_create(struct conn_group *g, const struct conn_calls *calls, void *ctx)
{
	struct conn *c = mem_alloc(sizeof *c);

	c->group = g;
	c->calls = calls;
	c->ctx = ctx;
	c->fd = -1;
	c->timer = loop_timer_create(g->loop, on_timer, c);
	frame_reader_init(&c->reader, g->codec);
	buf_init(&c->ahead, CONN_AHEAD + FRAME_HEADER + LIMIT_FRAME);
	link_to(&g->conns, c);
	return c;
}

/* Everything but what a callback further up may still be looking at. */
static void
dismantle(struct conn *c)
{
	struct conn_group *g = c->group;

	conn_set_state(c, CONN_DOWN);
	loop_lookup_cancel(c->lookup);
	loop_defer_cancel(g->loop, &c->flush);
	loop_defer_cancel(g->loop, &c->pump);
	loop_timer_free(c->timer);
	loop_watch_free(c->watch);
	if (c->fd >= 0)
		close(c->fd);
	outbox_release(&c->outbox);
	buf_release(&c->ahead);
	c->ahead_at = 0;
	c->lookup = NULL;
	c->timer = NULL;
	c->watch = NULL;
	c->fd = -1;
	unlink_from(c);
	link_to(&g->graves, c);
	loop_defer(g->loop, &g->burial, bury, g);
}

void
conn_close(struct conn *c)
{
	if (c->state == CONN_DOWN)
		return;
	/* a courtesy that may fail: the peer then sees the link break */
	if (c->state >= CONN_UP && !c->sent_finish)
		(void)tls_conn_finish(c->tls);
	dismantle(c);
}

void
conn_down(struct conn *c, enum err why, const char *detail)
{
	bool is_known = c->is_dialled || c->state >= CONN_UP;

	if (c->state == CONN_DOWN)
		return;
	snprintf(c->why, sizeof c->why, "%s", detail);
	conn_close(c);
	if (is_known && c->calls->on_down != NULL)
		c->calls->on_down(c->ctx, c, why, c->why);
	if (!is_known && c->calls->on_stranger != NULL)
		c->calls->on_stranger(c->ctx, conn_address(c), why, c->why);
}

/* --- reading --- */

static void
update_watch(struct conn *c)
{
	unsigned events = 0;

	if (c->state == CONN_DOWN)
		return;
	if (c->state == CONN_HANDSHAKE || (!c->is_paused && !c->peer_finished))
		events |= LOOP_READ;
	if (c->is_blocked || c->read_blocked)
		events |= LOOP_WRITE;
	loop_watch_set(c->watch, events);
}

/* Give out the frames that are complete. */
static void
deliver(struct conn *c)
{
	struct frame f;
	bool has = true;
	enum err e;

	while (c->state != CONN_DOWN && !c->is_paused) {
		e = frame_reader_next(&c->reader, &f, &has);
		if (e != ERR_NONE) {
			conn_down(c, e, "the peer sent a frame that breaks "
			    "the rules");
			return;
		}
		if (!has)
			return;
		c->stats.frames_in++;
		c->calls->on_frame(c->ctx, c, f.type, f.payload);
	}
}

static void
peer_has_finished(struct conn *c)
{
	c->peer_finished = true;
	if (c->sent_finish) {
		conn_down(c, ERR_CLOSED, "closed in order");
	} else if (c->state == CONN_UP) {
		snprintf(c->why, sizeof c->why, "the peer closed");
		conn_finish(c);
	}
}

static void pump(void *ctx);

static void
receive(struct conn *c)
{
	size_t n, sum = 0;

	deliver(c);
	while (c->state != CONN_DOWN && !c->is_paused && !c->peer_finished &&
	    sum < READ_TURN) {
		enum tls_step step = tls_conn_read(c->tls, c->group->in,
		    READ_CHUNK, &n);

		c->read_blocked = step == TLS_WANT_WRITE;
		switch (step) {
		case TLS_DONE:
			sum += n;
			c->heard_ms = mono_ms(c);
			c->stats.bytes_in += n;
			frame_reader_feed(&c->reader,
			    span_of(c->group->in, n));
			deliver(c);
			break;
		case TLS_WANT_READ:
		case TLS_WANT_WRITE:
			return;
		case TLS_CLOSED:
			peer_has_finished(c);
			return;
		case TLS_FAILED:
			conn_down(c, ERR_IO, tls_conn_why(c->tls));
			return;
		}
	}
	/* others' turn; the kernel does not announce what TLS has read */
	if (sum >= READ_TURN)
		loop_defer(c->group->loop, &c->pump, pump, c);
}

static void
pump(void *ctx)
{
	struct conn *c = ctx;

	if (c->state != CONN_UP && c->state != CONN_FINISHING)
		return;
	receive(c);
	update_watch(c);
}

void
conn_pause(struct conn *c, bool paused)
{
	if (c->state == CONN_DOWN || c->is_paused == paused)
		return;
	c->is_paused = paused;
	c->heard_ms = mono_ms(c);
	conn_arm(c);
	update_watch(c);
	/* frames that came before the pause are in the reader, where the
	 * kernel cannot announce them */
	if (!paused)
		loop_defer(c->group->loop, &c->pump, pump, c);
}

/* --- writing --- */

size_t
conn_queued(const struct conn *c)
{
	return c->outbox.bytes + (c->ahead.n - c->ahead_at);
}

bool
conn_has_room(struct conn *c)
{
	if (conn_queued(c) < c->group->limits.queue_max)
		return true;
	c->wants_room = true;
	return false;
}

/* Urgent bodies are sealed: packing gains a quarter and costs time. */
static bool
is_packed(const struct conn *c, enum conn_class class, size_t n)
{
	return c->has_zstd && class != CONN_URGENT && class != CONN_BULK &&
	    n > FRAME_ZSTD_FROM &&
	    (class != CONN_CONTROL || n >= CONTROL_PACKED);
}

static enum err
enqueue(struct conn *c, enum conn_class class, uint8_t type,
    struct span payload)
{
	struct conn_group *g = c->group;
	unsigned char head[FRAME_HEADER];
	enum err e;

	if (!is_packed(c, class, payload.n)) {
		frame_write_head(type, payload.n, head);
		outbox_put(&c->outbox, class, span_of(head, sizeof head),
		    payload);
		return ERR_NONE;
	}
	buf_clear(&g->scratch);
	e = frame_write(g->codec, type, payload, true, &g->scratch);
	if (e == ERR_NONE)
		outbox_put(&c->outbox, class, buf_span(&g->scratch),
		    span_str(""));
	return e;
}

enum err
conn_send(struct conn *c, enum conn_class class, uint8_t type,
    struct span payload)
{
	struct conn_group *g = c->group;
	size_t extra = class == CONN_CONTROL ? CONTROL_EXTRA : 0;
	bool was_writing = is_writing(c);
	enum err e;

	if (c->state != CONN_UP)
		return ERR_CLOSED;
	if (payload.n > LIMIT_FRAME)
		return ERR_LIMIT;
	if (conn_queued(c) >= g->limits.queue_max + extra) {
		c->wants_room = true;
		return ERR_BUSY;
	}
	e = enqueue(c, class, type, payload);
	if (e != ERR_NONE)
		return e;
	c->stats.frames_out++;
	if (!was_writing) {
		c->window_ms = mono_ms(c);
		c->window_n = 0;
		conn_arm(c);
	}
	if (!c->is_blocked)
		loop_defer(g->loop, &c->flush, flush, c);
	return ERR_NONE;
}

/* `n` bytes were taken: is the peer fast enough? */
static void
note_taken(struct conn *c, size_t n)
{
	c->stats.bytes_out += n;
	c->window_n += n;
	if (c->window_n < STALL_BYTES)
		return;
	c->window_n = 0;
	c->window_ms = mono_ms(c);
}

/* Everything is written: say goodbye if that is what we wait for. */
static void
drained(struct conn *c)
{
	size_t max = c->ahead.max;

	buf_release(&c->ahead);
	buf_init(&c->ahead, max);
	c->ahead_at = 0;
	if (c->state != CONN_FINISHING || c->sent_finish)
		return;
	switch (tls_conn_finish(c->tls)) {
	case TLS_WANT_WRITE:
		c->is_blocked = true;
		return;
	case TLS_FAILED:
		conn_down(c, ERR_IO, tls_conn_why(c->tls));
		return;
	case TLS_DONE:
	case TLS_WANT_READ:
	case TLS_CLOSED:
		break;
	}
	c->sent_finish = true;
	if (c->peer_finished)
		conn_down(c, ERR_CLOSED,
		    c->why[0] != '\0' ? c->why : "closed in order");
}

/* Write until TLS is full, there is nothing left, or others' turn has come
 * (then the kernel will say at once that there is room). */
static void
transmit(struct conn *c)
{
	size_t n, sum = 0;

	c->is_blocked = false;
	while (sum < WRITE_TURN) {
		if (c->ahead_at == c->ahead.n) {
			buf_clear(&c->ahead);
			c->ahead_at = 0;
			outbox_take(&c->outbox, CONN_AHEAD, &c->ahead);
		}
		if (c->ahead.n == 0) {
			drained(c);
			return;
		}
		switch (tls_conn_write(c->tls, span_of(c->ahead.p + c->ahead_at,
		    c->ahead.n - c->ahead_at), &n)) {
		case TLS_DONE:
			c->ahead_at += n;
			sum += n;
			note_taken(c, n);
			break;
		case TLS_WANT_READ:
			return;
		case TLS_WANT_WRITE:
			c->is_blocked = true;
			return;
		case TLS_CLOSED:
		case TLS_FAILED:
			conn_down(c, ERR_IO, tls_conn_why(c->tls));
			return;
		}
	}
	c->is_blocked = true;
}

static void
flush(void *ctx)
{
	struct conn *c = ctx;

	if (c->state != CONN_UP && c->state != CONN_FINISHING)
		return;
	transmit(c);
	update_watch(c);
	if (c->state == CONN_UP && c->wants_room &&
	    conn_queued(c) <= c->group->limits.queue_low) {
		c->wants_room = false;
		if (c->calls->on_room != NULL)
			c->calls->on_room(c->ctx, c);
	}
}

void
conn_finish(struct conn *c)
{
	if (c->state != CONN_UP)
		return;
	conn_set_state(c, CONN_FINISHING);
	if (!c->is_blocked)
		loop_defer(c->group->loop, &c->flush, flush, c);
}

/* --- handshake --- */

static void
handshake(struct conn *c)
{
	switch (tls_conn_handshake(c->tls)) {
	case TLS_DONE:
		break;
	case TLS_WANT_READ:
		c->is_blocked = false;
		return;
	case TLS_WANT_WRITE:
		c->is_blocked = true;
		return;
	case TLS_CLOSED:
		conn_down(c, ERR_CLOSED, "the peer closed in the handshake");
		return;
	case TLS_FAILED:
		conn_down(c, ERR_IO, tls_conn_why(c->tls));
		return;
	}
	c->is_blocked = false;
	conn_set_state(c, CONN_UP);
	c->was_up = true;
	if (c->calls->on_up(c->ctx, c, tls_conn_peer(c->tls)) != ERR_NONE)
		conn_close(c);
	else
		loop_defer(c->group->loop, &c->pump, pump, c);
}

void
conn_start_tls(struct conn *c, enum tls_side side)
{
	c->tls = tls_conn_create(c->group->tls, side, c->fd);
	conn_set_state(c, CONN_HANDSHAKE);
	if (c->watch == NULL && loop_watch_create(c->group->loop, c->fd,
	    on_ready, c, &c->watch) != ERR_NONE) {
		conn_down(c, ERR_IO, "the kernel cannot watch the socket");
		return;
	}
	handshake(c);
	update_watch(c);
}

static void
on_ready(void *ctx, unsigned ready)
{
	struct conn *c = ctx;

	if (c->state == CONN_HANDSHAKE) {
		handshake(c);
	} else if (c->state == CONN_UP || c->state == CONN_FINISHING) {
		receive(c);
		if (c->state != CONN_DOWN && (ready & LOOP_WRITE) != 0)
			loop_defer(c->group->loop, &c->flush, flush, c);
	}
	update_watch(c);
}

/* --- the rest --- */

void
conn_attach(struct conn *c, const struct conn_calls *calls, void *ctx)
{
	c->calls = calls;
	c->ctx = ctx;
}

void
conn_set_zstd(struct conn *c, bool on)
{
	c->has_zstd = on;
}

bool
conn_is_dialled(const struct conn *c)
{
	return c->is_dialled;
}

const char *
conn_address(const struct conn *c)
{
	return c->address;
}

const struct tls_public *
conn_peer(const struct conn *c)
{
	return c->was_up ? tls_conn_peer(c->tls) : NULL;
}

struct conn_stats
conn_stats(const struct conn *c)
{
	return c->stats;
}

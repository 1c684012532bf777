/* SPDX-License-Identifier: Apache-2.0
 *
 * The event loop over libuv. libuv's idle handle is used for one thing: while
 * it is active the wait for the kernel does not sleep, so that what timers
 * did, and what tasks deferred again, meets its end of turn at once.
 */
#include "net/loop.h"

#include "base/clock.h"
#include "base/mem.h"

#include <assert.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <uv.h>

enum { LOOP_HOOKS_MAX = 8 };

struct loop {
	uv_loop_t uv;
	uv_check_t check;
	uv_idle_t idle;
	struct {
		loop_fn *fn;
		void *ctx;
	} hooks[LOOP_HOOKS_MAX];
	size_t n_hooks;
	struct loop_task tasks; /* head of a ring */
	struct now now;
	bool has_now;
	bool has_events; /* something happened in this turn */
	bool is_stopped;
};

struct loop_timer {
	uv_timer_t uv;
	struct loop *loop;
	loop_fn *fn;
	void *ctx;
};

struct loop_watch {
	uv_poll_t uv;
	struct loop *loop;
	loop_ready_fn *fn;
	void *ctx;
	unsigned events;
};

struct loop_signal {
	uv_signal_t uv;
	struct loop *loop;
	loop_fn *fn;
	void *ctx;
};

struct loop_lookup {
	uv_getaddrinfo_t uv;
	struct loop *loop;
	loop_lookup_fn *fn; /* NULL: cancelled */
	void *ctx;
};

static void
on_idle(uv_idle_t *idle)
{
	(void)idle;
}

/* Every callback from libuv comes through here first. */
static void
turn_begin(struct loop *l)
{
	if (l->has_events)
		return;
	l->has_events = true;
	l->has_now = false;
	uv_idle_start(&l->idle, on_idle);
}

static void
ring_init(struct loop_task *head)
{
	head->next = head->prev = head;
}

static void
ring_remove(struct loop_task *t)
{
	t->prev->next = t->next;
	t->next->prev = t->prev;
	t->next = t->prev = NULL;
	t->is_queued = false;
}

static void
ring_append(struct loop_task *head, struct loop_task *t)
{
	t->next = head;
	t->prev = head->prev;
	head->prev->next = t;
	head->prev = t;
	t->is_queued = true;
}

/* Run the tasks that were queued when it began; those that they queue again
 * wait for the next turn, so that two of them cannot starve the kernel. */
static void
tasks_run(struct loop *l)
{
	struct loop_task mine;

	if (l->tasks.next == &l->tasks)
		return;
	mine = l->tasks;
	mine.next->prev = mine.prev->next = &mine;
	ring_init(&l->tasks);
	while (mine.next != &mine) {
		struct loop_task *t = mine.next;

		ring_remove(t);
		t->fn(t->ctx);
	}
}

static void
on_check(uv_check_t *check)
{
	struct loop *l = check->data;

	if (!l->has_events && l->tasks.next == &l->tasks)
		return;
	turn_begin(l);
	for (size_t i = 0; i < l->n_hooks; i++)
		l->hooks[i].fn(l->hooks[i].ctx);
	tasks_run(l);
	l->has_events = l->has_now = false;
	if (l->tasks.next == &l->tasks)
		uv_idle_stop(&l->idle);
}

struct loop *
loop_create(void)
{
	struct loop *l = mem_alloc(sizeof *l);

	/* a write to a dead peer is an error code here, never a signal */
	signal(SIGPIPE, SIG_IGN);
	if (uv_loop_init(&l->uv) != 0)
		abort();
	uv_check_init(&l->uv, &l->check);
	uv_idle_init(&l->uv, &l->idle);
	l->check.data = l->idle.data = l;
	ring_init(&l->tasks);
	uv_check_start(&l->check, on_check);
	return l;
}

static void
assert_closing(uv_handle_t *h, void *ctx)
{
	(void)ctx;
	assert(uv_is_closing(h));
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	uv_close((uv_handle_t *)&l->check, NULL);
	uv_close((uv_handle_t *)&l->idle, NULL);
	uv_walk(&l->uv, assert_closing, NULL);
	uv_run(&l->uv, UV_RUN_DEFAULT);
	if (uv_loop_close(&l->uv) != 0)
		abort();
	free(l);
}

void
loop_run(struct loop *l)
{
	while (!l->is_stopped)
		uv_run(&l->uv, UV_RUN_DEFAULT);
	l->is_stopped = false;
}

void
loop_stop(struct loop *l)
{
	l->is_stopped = true;
	uv_stop(&l->uv);
}

struct now
loop_now(struct loop *l)
{
	if (!l->has_now) {
		l->now.wall.ms = clock_wall_ms();
		l->now.mono.ms = clock_mono_ms();
		l->has_now = true;
	}
	return l->now;
}

void
loop_on_turn_end(struct loop *l, loop_fn *fn, void *ctx)
{
	assert(l->n_hooks < LOOP_HOOKS_MAX);
	l->hooks[l->n_hooks].fn = fn;
	l->hooks[l->n_hooks].ctx = ctx;
	l->n_hooks++;
}

void
loop_defer(struct loop *l, struct loop_task *t, loop_fn *fn, void *ctx)
{
	if (t->is_queued)
		return;
	t->fn = fn;
	t->ctx = ctx;
	ring_append(&l->tasks, t);
	uv_idle_start(&l->idle, on_idle);
}

void
loop_defer_cancel(struct loop *l, struct loop_task *t)
{
	(void)l;
	if (t->is_queued)
		ring_remove(t);
}

/* --- timers --- */

static void
on_closed(uv_handle_t *h)
{
	free(h->data);
}

static void
on_timer(uv_timer_t *uv)
{
	struct loop_timer *t = uv->data;

	turn_begin(t->loop);
	t->fn(t->ctx);
}

struct loop_timer *
loop_timer_create(struct loop *l, loop_fn *fn, void *ctx)
{
	struct loop_timer *t = mem_alloc(sizeof *t);

	uv_timer_init(&l->uv, &t->uv);
	t->uv.data = t;
	t->loop = l;
	t->fn = fn;
	t->ctx = ctx;
	return t;
}

void
loop_timer_start(struct loop_timer *t, uint64_t wait_ms, uint64_t repeat_ms)
{
	uv_timer_start(&t->uv, on_timer, wait_ms, repeat_ms);
}

void
loop_timer_stop(struct loop_timer *t)
{
	uv_timer_stop(&t->uv);
}

bool
loop_timer_is_running(const struct loop_timer *t)
{
	return uv_is_active((const uv_handle_t *)&t->uv) != 0;
}

void
loop_timer_free(struct loop_timer *t)
{
	if (t != NULL)
		uv_close((uv_handle_t *)&t->uv, on_closed);
}

/* --- descriptors --- */

static void
on_poll(uv_poll_t *uv, int status, int events)
{
	struct loop_watch *w = uv->data;
	unsigned ready = 0;

	turn_begin(w->loop);
	if (status < 0)
		ready = w->events;
	if ((events & UV_READABLE) != 0)
		ready |= LOOP_READ;
	if ((events & UV_WRITABLE) != 0)
		ready |= LOOP_WRITE;
	/* after an error libuv has stopped watching; say so to ourselves */
	if (status < 0)
		w->events = 0;
	if (ready != 0)
		w->fn(w->ctx, ready);
}

enum err
loop_watch_create(struct loop *l, int fd, loop_ready_fn *fn, void *ctx,
    struct loop_watch **out)
{
	struct loop_watch *w = mem_alloc(sizeof *w);

	if (uv_poll_init(&l->uv, &w->uv, fd) != 0) {
		free(w);
		return ERR_IO;
	}
	w->uv.data = w;
	w->loop = l;
	w->fn = fn;
	w->ctx = ctx;
	*out = w;
	return ERR_NONE;
}

void
loop_watch_set(struct loop_watch *w, unsigned events)
{
	int uv = 0;

	if (w->events == events)
		return;
	w->events = events;
	if (events == 0) {
		uv_poll_stop(&w->uv);
		return;
	}
	if ((events & LOOP_READ) != 0)
		uv |= UV_READABLE;
	if ((events & LOOP_WRITE) != 0)
		uv |= UV_WRITABLE;
	uv_poll_start(&w->uv, uv, on_poll);
}

void
loop_watch_free(struct loop_watch *w)
{
	if (w != NULL)
		uv_close((uv_handle_t *)&w->uv, on_closed);
}

/* --- signals --- */

static void
on_signal(uv_signal_t *uv, int number)
{
	struct loop_signal *s = uv->data;

	(void)number;
	turn_begin(s->loop);
	s->fn(s->ctx);
}

enum err
loop_signal_create(struct loop *l, int number, loop_fn *fn, void *ctx,
    struct loop_signal **out)
{
	struct loop_signal *s = mem_alloc(sizeof *s);

	uv_signal_init(&l->uv, &s->uv);
	s->uv.data = s;
	s->loop = l;
	s->fn = fn;
	s->ctx = ctx;
	if (uv_signal_start(&s->uv, on_signal, number) != 0) {
		uv_close((uv_handle_t *)&s->uv, on_closed);
		return ERR_IO;
	}
	*out = s;
	return ERR_NONE;
}

void
loop_signal_free(struct loop_signal *s)
{
	if (s != NULL)
		uv_close((uv_handle_t *)&s->uv, on_closed);
}

/* --- name look-ups --- */

static size_t
addresses_take(const struct addrinfo *list, struct loop_address *out)
{
	size_t n = 0;

	for (; list != NULL && n < LOOP_ADDRESSES_MAX; list = list->ai_next) {
		if (list->ai_addrlen > sizeof out[n].sa)
			continue;
		memcpy(&out[n].sa, list->ai_addr, list->ai_addrlen);
		out[n++].n = list->ai_addrlen;
	}
	return n;
}

static void
on_lookup(uv_getaddrinfo_t *uv, int status, struct addrinfo *list)
{
	struct loop_lookup *q = uv->data;
	struct loop_address addresses[LOOP_ADDRESSES_MAX];
	size_t n;

	turn_begin(q->loop);
	if (q->fn != NULL) {
		n = status == 0 ? addresses_take(list, addresses) : 0;
		q->fn(q->ctx, n != 0 ? ERR_NONE : ERR_NOT_FOUND, addresses, n);
	}
	if (list != NULL)
		uv_freeaddrinfo(list);
	free(q);
}

struct loop_lookup *
loop_lookup_start(struct loop *l, const char *host, const char *service,
    loop_lookup_fn *fn, void *ctx)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
	struct loop_lookup *q = mem_alloc(sizeof *q);

	q->uv.data = q;
	q->loop = l;
	q->fn = fn;
	q->ctx = ctx;
	/* fails only for names that are too long, which LIMIT_ADDRESS rules
	 * out, or for want of memory */
	if (uv_getaddrinfo(&l->uv, &q->uv, on_lookup, host, service, &hints) !=
	    0)
		abort();
	return q;
}

void
loop_lookup_cancel(struct loop_lookup *q)
{
	if (q == NULL)
		return;
	q->fn = NULL;
	uv_cancel((uv_req_t *)&q->uv);
}

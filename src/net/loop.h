/* SPDX-License-Identifier: Apache-2.0
 *
 * The event loop of one process: timers, readiness of descriptors, signals
 * and name look-ups, thin over libuv; loop.c is the only file that includes
 * uv.h. What happens between two waits for the kernel is one **turn**: the
 * clocks are read once in it, and when all that was ready has been handled,
 * the turn's end runs (1) the hooks, in the order they were added, where the
 * node commits once for everything of the turn, (2) the deferred tasks, where
 * connections hand their gathered frames to the kernel. An idle loop sleeps.
 * Everything here belongs to the one thread that calls loop_run.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include "base/err.h"
#include "base/instant.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct loop;
struct loop_timer;
struct loop_watch;
struct loop_signal;
struct loop_lookup;

/* A new loop; the caller frees it. */
struct loop *loop_create(void);

/* Free the loop. Timers, watches and signals must have been freed; closes
 * that are still under way are finished first. */
void loop_free(struct loop *l);

/* Handle events until loop_stop. */
void loop_run(struct loop *l);

/* Return from loop_run at the end of the present turn. */
void loop_stop(struct loop *l);

/* The time of this turn: both clocks as read at its first use. */
struct now loop_now(struct loop *l);

/* --- end of turn --- */

typedef void loop_fn(void *ctx);

/* Call `fn` at the end of every turn in which anything happened, before the
 * deferred tasks. At most 8 hooks; they stay for the loop's life. */
void loop_on_turn_end(struct loop *l, loop_fn *fn, void *ctx);

/* A task that runs once, after the hooks, in this turn. Embedded in its
 * owner, zeroed at first. Deferred from within a task: runs in a further turn
 * that follows at once. */
struct loop_task {
	loop_fn *fn;
	void *ctx;
	struct loop_task *next, *prev;
	bool is_queued;
};

void loop_defer(struct loop *l, struct loop_task *t, loop_fn *fn, void *ctx);

/* Take a task out again; nothing if it is not queued. */
void loop_defer_cancel(struct loop *l, struct loop_task *t);

/* --- timers --- */

/* A stopped timer. Freed by the caller, before the loop. */
struct loop_timer *loop_timer_create(struct loop *l, loop_fn *fn, void *ctx);

/* Fire after `wait_ms`, counted from this turn; then every `repeat_ms` unless
 * that is 0. A running timer is set anew. */
void loop_timer_start(struct loop_timer *t, uint64_t wait_ms,
    uint64_t repeat_ms);
void loop_timer_stop(struct loop_timer *t);
bool loop_timer_is_running(const struct loop_timer *t);

/* Accepts NULL. May be called from its own callback. */
void loop_timer_free(struct loop_timer *t);

/* --- descriptors --- */

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

/* `ready` is a set of LOOP_READ and LOOP_WRITE; an error or hang-up on the
 * descriptor shows as every event that was asked for. */
typedef void loop_ready_fn(void *ctx, unsigned ready);

/* Watch `fd` (stays the caller's; close it only after loop_watch_free), for
 * nothing at first. ERR_IO if the kernel cannot poll it. */
MUST enum err loop_watch_create(struct loop *l, int fd, loop_ready_fn *fn,
    void *ctx, struct loop_watch **out);

/* Which events to wait for; 0 for none. Cheap if nothing changes. */
void loop_watch_set(struct loop_watch *w, unsigned events);

/* Accepts NULL. May be called from its own callback. */
void loop_watch_free(struct loop_watch *w);

/* --- signals --- */

/* Call `fn` in a turn after each `number`. */
MUST enum err loop_signal_create(struct loop *l, int number, loop_fn *fn,
    void *ctx, struct loop_signal **out);
void loop_signal_free(struct loop_signal *s);

/* --- name look-ups --- */

enum { LOOP_ADDRESSES_MAX = 8 };

struct loop_address {
	struct sockaddr_storage sa;
	socklen_t n;
};

/* `n` is 0 with an error. The addresses are borrowed for the call. */
typedef void loop_lookup_fn(void *ctx, enum err e,
    const struct loop_address *addresses, size_t n);

/* Look up host and service (both NUL-ended) off the loop's thread. Answered
 * in a later turn: ERR_NOT_FOUND if there is no such host. */
struct loop_lookup *loop_lookup_start(struct loop *l, const char *host,
    const char *service, loop_lookup_fn *fn, void *ctx);

/* No answer will come. Not after the answer came. Accepts NULL. */
void loop_lookup_cancel(struct loop_lookup *q);

#endif

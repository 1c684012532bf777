/* SPDX-License-Identifier: Apache-2.0
 *
 * May this node go on with its own log? The machine that decides it at the
 * start and keeps the answer. doc/protocol.md, "Start and restore".
 *
 *   BOOT --store sound, sentinel agrees--> ASK --peers agree, or time--> READY
 *     |                                     |                            |  ^
 *     |  sentinel missing, ahead, other     |  a peer proves a larger or |  |
 *     |  root                               |  another head of ours      |  | room
 *     v                                     v                            v  |
 *   RESTORED (never signs the old log again) <------------ proof ------ FULL
 *     |  a person asks for a new log
 *     v
 *   EPOCH --its name, order and first sentinel are durable--> READY
 *     HALT: own root does not recompute, store behind the fence, failed sync
 *
 * Only READY may append. FULL and HALT still serve reads. Pure.
 */
#ifndef WATCH_START_H
#define WATCH_START_H

#include "base/instant.h"
#include "base/span.h"
#include "crypto/hash.h"
#include "watch/machine.h"

#include <stdbool.h>
#include <stdint.h>

enum start_state {
	START_BOOT,
	START_ASK,
	START_READY,
	START_FULL,
	START_RESTORED,
	START_EPOCH,
	START_HALT
};

enum { START_WHY_MAX = 256, START_ANSWER_MS = 30000 };

/* What was found on disk. */
struct start_found {
	uint64_t size;                 /* records held */
	struct digest root;            /* recomputed from them */
	struct digest head_root;       /* as the head row states */
	bool frozen;                   /* it was proved to have two histories */
	uint64_t fence_size;           /* largest size ever to be released */
	bool restored;                 /* the store was made from a backup */
	bool sentinel_held;            /* there is a readable sentinel */
	bool sentinel_same_origin;
	uint64_t sentinel_size;
	struct digest sentinel_root;
	struct digest root_at_sentinel; /* ours there, if sentinel_size <= size */
};

struct start {
	struct machine machine;
	struct mono began;
	int64_t wait_ms;       /* how long links may take to come up */
	unsigned up;           /* links that came up in that time */
	unsigned answered;     /* of those: they know nothing newer */
	unsigned expected;     /* peers of the register */
	char why[START_WHY_MAX]; /* of RESTORED, FULL and HALT; a sentence */
};

void start_init(struct start *s, int64_t wait_ms, unsigned expected,
    struct mono now);

/* From BOOT: to ASK, RESTORED or HALT. */
void start_check(struct start *s, const struct start_found *found);

/* A link came up, and its peer has answered with a head of ours that is a
 * prefix of what we hold. A link that goes down unanswered is not waited
 * for. */
void start_link_up(struct start *s, struct mono now);
void start_answered(struct start *s);
void start_link_down(struct start *s, bool had_answered);

/* Somebody showed a checkpoint signed by our own log key that is larger than
 * what we hold, or contradicts it. `whom` is the peer's name for the text. True
 * if the state changed: peers show it again and again. */
bool start_proved_behind(struct start *s, const char *whom, uint64_t size,
    uint64_t ours);

/* The team's documents name a later log, or close this one: another machine
 * goes on, or this one has forgotten that it did. `origin` may be "". */
void start_superseded(struct start *s, struct span origin);

/* From RESTORED: a new log is being opened; it is open (READY), or cannot be
 * (RESTORED again: `why`). False if the state does not allow it. */
bool start_epoch(struct start *s, struct mono now);
void start_opened(struct start *s);
void start_unopened(struct start *s, const char *why);

/* In EPOCH: have the peers had their time to say what they know? */
bool start_has_asked(const struct start *s, struct mono now);

/* A write failed for want of room; there is room again; a write failed for
 * good. */
void start_full(struct start *s);
void start_room(struct start *s);
void start_halt(struct start *s, const char *why);

/* Time passes. True if the state changed. */
bool start_step(struct start *s, struct mono now);

static inline bool
start_is(const struct start *s, enum start_state state)
{
	return s->machine.state == (unsigned)state;
}

/* May others' data be written? Not when FULL or HALT. */
bool start_may_write(const struct start *s);

#endif

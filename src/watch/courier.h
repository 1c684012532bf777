/* SPDX-License-Identifier: Apache-2.0
 *
 * The queue of pages: what is to be sent to a person by a channel, until the
 * private log says how it ended. Fed with the entries of that log in order
 * (page, page-stop, attempt), so it is a reader with a cursor and comes to the
 * same state after any restart.
 *
 *   WAITING --due--> UNDER_WAY --result--> TELLING --durable--> gone
 *      ^                                      |
 *      +------- failed, durable; wait --------+
 *   WAITING --stopped, too late, the same was accepted--> TELLING
 *
 * The id of a page is the key under which it is sent, each time: a receiver
 * that knows it drops the second. A second can be sent only if the first was
 * taken and that was not yet durable here when the node or the courier ended,
 * or if the answer was lost (doc/operations.md).
 *
 * Each address has one page under way and each channel a bounded number, so
 * that one that hangs delays itself alone. Pages of level 5 and 4 wait for
 * nobody's quiet hours and are never gathered. Pure.
 */
#ifndef WATCH_COURIER_H
#define WATCH_COURIER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/uuid.h"
#include "watch/backoff.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum courier_channel {
	COURIER_MAIL,
	COURIER_WEBHOOK,
	COURIER_COMMAND,
	COURIER_PUSH,
	COURIER_SCREEN,
	COURIER_CHANNELS
};

/* What an attempt record says. FAILED alone is not the end of a page. */
enum courier_result {
	COURIER_ACCEPTED,
	COURIER_FAILED,
	COURIER_GIVEN_UP,
	COURIER_CANCELLED,
	COURIER_RESULTS
};

enum {
	COURIER_KEY = 8,      /* bytes of a digest, enough to tell apart */
	COURIER_WHY = 120,
	COURIER_URGENT = 4,   /* from this level on nothing is put off */
	COURIER_GATHER = 32,  /* pages in one letter */
	COURIER_SENT = 256    /* remembered, for what is said twice */
};

struct courier_page {
	struct uuid id;
	struct uuid escalation;           /* zero: none */
	unsigned char person[COURIER_KEY];
	unsigned char to[COURIER_KEY];    /* person, channel and address */
	unsigned char dedup[COURIER_KEY]; /* zero: none */
	enum courier_channel channel;
	int level;
	uint64_t index;    /* in the private log */
	int64_t at_s;
	int64_t from_s;    /* not before; 0: at once */
	int64_t until_s;   /* then it is given up; 0: by the tries alone */
	bool gathered;     /* one letter for all that are due */
};

enum courier_state { COURIER_WAITING, COURIER_UNDER_WAY, COURIER_TELLING };

struct courier_item {
	struct courier_page page;
	enum courier_state state;
	enum courier_result result; /* TELLING */
	char why[COURIER_WHY];
	uint32_t tries;             /* whose end is durable, or known */
	uint32_t try_now;           /* the number of the one under way */
	bool is_stopped;
	bool is_cancel_told;
	bool is_written;            /* TELLING: handed out */
	struct uuid lead;           /* under way in the letter of this one */
	struct backoff backoff;
	bool is_put_off;            /* WAITING: by courier_put_off */
	struct mono from;           /* not before */
	struct mono until;          /* -1: none */
	struct mono late;           /* UNDER_WAY: no word will come any more;
	                             * TELLING: write again */
};

struct courier_sent {
	unsigned char to[COURIER_KEY];
	unsigned char dedup[COURIER_KEY];
	int64_t at_s;
};

struct courier {
	struct courier_item *item;  /* by index in the log */
	size_t n, cap;
	struct courier_sent sent[COURIER_SENT];
	size_t sent_at;
	uint64_t cursor;            /* entries below were seen */
	int64_t wait_ms;            /* how long a try may take */
};

void courier_init(struct courier *q, int64_t wait_ms);
void courier_release(struct courier *q);

/* --- what the log says --- */

/* A page. One that is known is ignored. False if there would be more than
 * LIMIT_PAGES: it is not kept, and the caller says so in the log. */
bool courier_see_page(struct courier *q, const struct courier_page *p,
    struct now now);

/* Nothing more is to go out for this page or escalation; `person` (may be
 * NULL) narrows it to the pages of one. */
void courier_see_stop(struct courier *q, const struct uuid *what,
    const unsigned char *person);

/* The attempt number `tries` of a page and its end are durable. */
void courier_see_attempt(struct courier *q, const struct uuid *page,
    enum courier_result result, uint32_t tries, struct now now,
    uint32_t random);

/* --- what comes back from a channel --- */

/* Try number `try_now` of a page ended. `why` of one that was accepted: what
 * it lacked; "" if nothing. `is_final`: trying again will not
 * help. What comes late and says "accepted" is believed, else ignored. */
void courier_done(struct courier *q, const struct uuid *page,
    uint32_t try_now, enum courier_result result, bool is_final,
    const char *why);

/* It was not even tried, and is not before `until`. */
void courier_put_off(struct courier *q, const struct uuid *page,
    struct mono until);

/* Who could not try is there now: what was put off is due. */
void courier_ready(struct courier *q, struct now now);

/* Whoever had the pages under way is gone: their end will never be known. */
void courier_lost(struct courier *q, struct now now);

/* An attempt could not be written: it is handed out again, later. */
void courier_unwritten(struct courier *q, const struct uuid *page,
    struct now now);

/* Try now what waits (all, if `page` is NULL). How many that were. */
size_t courier_retry(struct courier *q, const struct uuid *page,
    struct now now);

/* --- what is to be done --- */

enum courier_act {
	COURIER_SEND,   /* by its channel, under its id */
	COURIER_CANCEL, /* if it has not gone out yet */
	COURIER_WRITE   /* an attempt record: result, why, tries */
};

/* `with`: others that go in the same letter (`n` of them, COURIER_SEND). */
typedef void courier_fn(void *ctx, enum courier_act act,
    const struct courier_item *item,
    const struct courier_item *const *with, size_t n);

/* One pass over the queue, the most urgent first. `fn` must not touch the
 * queue. Returns in how many ms to come again; -1: nothing waits. */
int64_t courier_step(struct courier *q, struct now now, courier_fn *fn,
    void *ctx);

const struct courier_item *courier_find(const struct courier *q,
    const struct uuid *page);

/* --- words --- */

const char *courier_channel_word(enum courier_channel c);
/* COURIER_CHANNELS if there is none. */
enum courier_channel courier_channel_find(struct span word);
const char *courier_result_word(enum courier_result r);
enum courier_result courier_result_find(struct span word);

/* --- at rest --- */

void courier_write(const struct courier *q, struct buf *out);
/* ERR_DAMAGED. */
MUST enum err courier_parse(struct span in, int64_t wait_ms, struct now now,
    struct courier *out);

#endif

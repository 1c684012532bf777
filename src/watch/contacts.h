/* SPDX-License-Identifier: Apache-2.0
 *
 * What is known of the ways to persons: when a page last came through by each
 * of them, and when it last did not. A way that was silent because nothing was
 * sent by it is not proved: it is tested, and if that does not prove it within
 * a day, people are told. Fed from the private log, as the queue of pages
 * (watch/courier.h), and at rest beside it. Pure.
 */
#ifndef WATCH_CONTACTS_H
#define WATCH_CONTACTS_H

#include "base/buf.h"
#include "watch/courier.h"

enum {
	CONTACT_WHY = 80,
	CONTACT_DAY_S = 86400, /* an unproved one is told within this */
	CONTACTS_MOST = 16384  /* kept; more are as if never proved */
};

/* One way to one person. */
struct contact {
	unsigned char person[COURIER_KEY];
	enum courier_channel channel;
	int64_t proved_s; /* a page was taken; 0: never */
	int64_t failed_s; /* one was not, the last time */
	int64_t tested_s; /* a test was sent */
	int64_t answered_s; /* she has answered one; 0: never */
	char why[CONTACT_WHY]; /* of a failure, or why it was not sealed */
	int64_t told_s;   /* people were, since this start */
};

enum contact_state {
	CONTACT_PROVED,
	CONTACT_NEW,     /* not proved yet, and not for long */
	CONTACT_OLD,     /* proved, but not in its period */
	CONTACT_NEVER,
	CONTACT_FAILING, /* the last page did not come through */
	CONTACT_UNSEALED, /* it did, without its text: the key is no good */
	CONTACT_STATES
};

struct contacts {
	struct contact *at; /* in the order in which they were first seen */
	size_t n, cap;
};

void contacts_release(struct contacts *c);

/* NULL if nothing is known of it. */
struct contact *contacts_find(const struct contacts *c,
    const unsigned char person[COURIER_KEY], enum courier_channel channel);

/* A page, and how an attempt to send it ended. */
void contacts_see_test(struct contacts *c,
    const unsigned char person[COURIER_KEY], enum courier_channel channel,
    int64_t at_s);
/* She has answered a test: what was said of it is proved to its end. */
void contacts_see_answer(struct contacts *c,
    const unsigned char person[COURIER_KEY], enum courier_channel channel,
    int64_t at_s);
void contacts_see(struct contacts *c,
    const unsigned char person[COURIER_KEY], enum courier_channel channel,
    enum courier_result result, int64_t at_s, const char *why);

/* `k` may be NULL; `since_s`: when the way was entered; `period_s`: within
 * which each is to be proved. */
enum contact_state contact_judge(const struct contact *k, int64_t since_s,
    int64_t period_s, int64_t now_s);

/* Must people look? */
bool contact_is_flagged(enum contact_state s);

/* Is it time for a test of its own? Once a day until it is proved. */
bool contact_wants_test(const struct contact *k, int64_t period_s,
    int64_t now_s);

/* Is it to be told now? Once a day while it is flagged. Notes that it was. */
bool contact_tell(struct contacts *c,
    const unsigned char person[COURIER_KEY], enum courier_channel channel,
    int64_t now_s);

const char *contact_state_word(enum contact_state s);

/* --- at rest --- */

void contacts_write(const struct contacts *c, struct buf *out);
/* ERR_DAMAGED. */
MUST enum err contacts_parse(struct span in, struct contacts *out);

#endif

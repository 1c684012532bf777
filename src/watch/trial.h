/* SPDX-License-Identifier: Apache-2.0
 *
 * Test alerts between states, which prove the whole way: node, courier,
 * person. Whom a test calls is the business of who receives it: its own hours
 * of silence, its own number a day, its own ladder (LADDER_TEST). What came of
 * it is read by who sent it from receipts and acknowledgements; who has not
 * answered when it ends, a day later at the most, is flagged. Pure.
 */
#ifndef WATCH_TRIAL_H
#define WATCH_TRIAL_H

#include "watch/hours.h"

#include <stddef.h>

enum {
	TRIAL_DAY_S = 86400,  /* who has not answered is flagged by then */
	TRIAL_URGENT = 4,     /* real ones from this level on go first */
};

/* --- at who receives --- */

struct trial_policy {
	bool has_quiet;
	struct hours quiet;
	const struct zone *zone; /* of these hours */
	unsigned most;           /* in a day; 0: none */
};

enum trial_verdict {
	TRIAL_CALL,
	TRIAL_QUIET, /* it is silent now; later */
	TRIAL_MANY,  /* as many as are called for were today; later */
	TRIAL_REAL   /* something real is open; later */
};

/* May people be called for a test now? `today`: tests of the last day for
 * which they were. */
enum trial_verdict trial_admit(const struct trial_policy *p, unsigned today,
    bool is_real_open, int64_t now_s);

const char *trial_verdict_word(enum trial_verdict v);

/* --- at who sent --- */

enum trial_state {
	TRIAL_SENT,         /* no receipt yet */
	TRIAL_DELIVERED,    /* no person yet */
	TRIAL_ACKNOWLEDGED,
	TRIAL_LATE,         /* after its end */
	TRIAL_UNDELIVERED,  /* it ended without a receipt, */
	TRIAL_UNANSWERED,   /* without a person */
	TRIAL_WITHDRAWN,
	TRIAL_STATES
};

struct trial_facts {
	int64_t iat_s;
	int64_t exp_s;          /* 0: none */
	bool is_withdrawn;
	bool is_delivered;
	int64_t acknowledged_s; /* 0: not */
};

/* When it ends. */
int64_t trial_due(const struct trial_facts *f);

enum trial_state trial_judge(const struct trial_facts *f, int64_t now_s);
bool trial_is_flagged(enum trial_state s);
const char *trial_state_word(enum trial_state s);

/* What several tests of one state come to, the newest first. */
struct trial_standing {
	int64_t proved_s;  /* acknowledged last; 0: never */
	bool is_decided;
	bool is_flagged;   /* by the newest that has ended */
};

void trial_stand(struct trial_standing *t, const struct trial_facts *f,
    int64_t now_s);

#endif

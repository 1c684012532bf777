/* SPDX-License-Identifier: Apache-2.0
 *
 * One notice on its way to many: who of the organisations served gets it, and
 * how far each is. Fed with what the private log says (its parts, its results),
 * so that it comes to the same state after any restart; each is sent under a
 * key that follows from notice and reader, so that a second try is the same
 * letter.
 *
 *   WAITING --next--> UNDER_WAY --accepted, or for good not--> TELLING
 *      ^                  |                                      |durable
 *      +--failed; wait----+--lost                          REACHED, GIVEN_UP
 *
 * 32 bytes each: a hundred thousand of them are 3 MB. Pure.
 */
#ifndef WATCH_MAILING_H
#define WATCH_MAILING_H

#include "base/err.h"
#include "base/instant.h"
#include "base/must.h"
#include "base/uuid.h"
#include "crypto/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MAILING_PART = 1200,    /* readers in one record */
	MAILING_WHY = 120,
	MAILING_WHYS = 64,      /* reasons that are told apart */
	MAILING_TRIES = 8,
	MAILING_LOOK = 4096     /* readers that one search looks at */
};

enum mailing_channel { MAILING_MAIL, MAILING_WEBHOOK, MAILING_CHANNELS };

enum mailing_state {
	MAILING_WAITING,
	MAILING_UNDER_WAY,
	MAILING_TELLING,  /* `ends` is known here, and not durable yet */
	MAILING_REACHED,
	MAILING_GIVEN_UP,
	MAILING_STATES
};

struct mailing_one {
	struct uuid who;
	int64_t due_ms;       /* monotonic; not before */
	uint8_t channel;      /* enum mailing_channel */
	uint8_t state;        /* enum mailing_state */
	uint8_t ends;         /* TELLING: as what */
	uint8_t tries;
	bool is_told;         /* TELLING: handed out to be written */
	uint8_t why;          /* of mailing.why, the last failure; 0: none */
};

struct mailing {
	struct mailing_one *one;
	size_t n, cap;
	size_t count[MAILING_STATES];
	size_t at;            /* where the next search begins */
	int64_t soonest_ms;   /* of those that this round passed over */
	size_t looked;        /* in this round */
	char why[MAILING_WHYS][MAILING_WHY];
	size_t why_n;
};

void mailing_init(struct mailing *m);
void mailing_release(struct mailing *m);

/* --- what the log says --- */

/* The next reader. ERR_LIMIT after LIMIT_MAILING. */
MUST enum err mailing_add(struct mailing *m, const struct uuid *who,
    enum mailing_channel channel);

/* How it ended for the reader at `at` (REACHED or GIVEN_UP), or, WAITING, that
 * a try failed. What is past the end is ignored. */
void mailing_see(struct mailing *m, size_t at, enum mailing_state state,
    const char *why);

/* --- sending --- */

/* A reader that is due, who is under way from now on. False: none; `wait_ms`
 * gets in how long to look again (0: at once), -1: nothing waits. */
bool mailing_next(struct mailing *m, struct mono now, size_t *at,
    int64_t *wait_ms);

enum mailing_result { MAILING_OK, MAILING_LATER, MAILING_NEVER };

/* A try ended. LATER waits longer each time, and is NEVER after MAILING_TRIES.
 * Whoever is not under way is left as it is. */
void mailing_done(struct mailing *m, size_t at, enum mailing_result result,
    const char *why, struct mono now, uint32_t random);

/* It was not tried, and is not before `from`. */
void mailing_put_off(struct mailing *m, size_t at, struct mono from);

/* All wait again that were under way: how it ended will never be known. */
void mailing_lost(struct mailing *m, struct mono now);

/* Those who wait are due now. How many that are. */
size_t mailing_hasten(struct mailing *m, struct mono now);

/* --- telling --- */

/* The first TELLING at or behind `from` that was not handed out; SIZE_MAX if
 * there is none. It is handed out with this. */
size_t mailing_tell(struct mailing *m, size_t from);

/* What was handed out could not be written. */
void mailing_untold(struct mailing *m);

bool mailing_is_over(const struct mailing *m);

const char *mailing_why(const struct mailing *m, size_t at);

const char *mailing_channel_word(enum mailing_channel c);

/* --- what its readers have, and what stands --- */

enum mailing_due {
	MAILING_CURRENT, /* they have what stands; or nobody has it */
	MAILING_UPDATE,  /* there is a newer revision */
	MAILING_END      /* it was withdrawn or closed */
};

/* `sent` went to `readers`, `newest` is the revision of the same notice that
 * stands; `is_held`: it is here, and was not set aside. */
enum mailing_due mailing_due(const struct digest *sent,
    const struct digest *newest, size_t readers, bool is_held, bool is_ended);

#endif

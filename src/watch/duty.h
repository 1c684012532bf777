/* SPDX-License-Identifier: Apache-2.0
 *
 * Who keeps the watch: turns, and presence.
 *
 * A turn is the stretch for which one person keeps a post, from taking it
 * until the next one has taken it:
 *
 *   ON --handover--> HANDING --accepted--> gone
 *    |                  |
 *    +--somebody took it over, or the shift is over and nothing urgent open--> gone
 *
 * It does not end by time while something of level 4 or 5 is open: then it
 * overruns, which is told, until somebody takes the post.
 *
 * A person is present while a session of hers is armed, or for some hours after
 * she took the post or answered. Who armed a session and is gone from it is not
 * present until she does something again: a page then goes to the next post as
 * well (watch/desk.h). Pure.
 */
#ifndef WATCH_DUTY_H
#define WATCH_DUTY_H

#include "base/instant.h"
#include "watch/ladder.h"

enum { DUTY_PERSON = 64, DUTY_LOOK_MS = 30000 };

/* schemas/escalation.json, "duty". */
struct duty_policy {
	int64_t confirm_ms; /* presence lasts so long after an act */
	int64_t session_ms; /* and so long after a session was heard */
	int64_t accept_ms;  /* until a handover is told as not accepted */
	int64_t overrun_ms; /* a turn may go on so long after its shift */
};

/* ERR_NOT_FOUND, ERR_SCHEMA with place and rule. */
MUST enum err duty_policy_load(const struct embed_set *files,
    struct duty_policy *out, struct fault *f);

/* --- presence --- */

enum presence { PRESENCE_NONE, PRESENCE_CONFIRMED, PRESENCE_ARMED };

/* What is known of one person; zero: nothing. */
struct duty_sign {
	bool has_acted, was_armed;
	struct mono acted;   /* took a post, answered a page */
	unsigned open;       /* sessions that are armed */
	struct mono armed;   /* one of them was heard last */
};

void duty_acted(struct duty_sign *s, struct mono at);
/* A session is armed, is heard again, has closed. */
void duty_armed(struct duty_sign *s, struct mono now);
void duty_heard(struct duty_sign *s, struct mono now);
void duty_closed(struct duty_sign *s, struct mono now);

enum presence duty_presence(const struct duty_policy *p,
    const struct duty_sign *s, struct mono now);
const char *presence_word(enum presence p);

/* --- a turn --- */

struct duty_turn {
	enum post post;
	char person[DUTY_PERSON + 1];
	int64_t since_s;
	bool is_handing;
	enum post to_post;            /* POST_COUNT: to `to` */
	char to[DUTY_PERSON + 1];
	int64_t offered_s;
};

/* How things stand for it. */
struct duty_facts {
	bool is_succeeded;  /* somebody else took the post later */
	int64_t left_s;     /* the roster named her until then; 0: it does
	                     * still, or never did */
	unsigned urgent;    /* what is open of level 4 or 5 */
};

enum duty_act {
	DUTY_STAY,
	DUTY_UNACCEPTED, /* tell that nobody accepts what is handed over */
	DUTY_OVERRUN,    /* tell that the shift is over, and nobody took it */
	DUTY_END
};

/* What follows now. Of what is to be told, the caller tells it once for each
 * turn and offer. `wait_ms` gets when to look again, DUTY_LOOK_MS at most. */
enum duty_act duty_look(const struct duty_policy *p,
    const struct duty_turn *t, const struct duty_facts *facts,
    struct wall now, int64_t *wait_ms);

/* May `person` take the post while this turn stands? `is_lead`: of the role
 * that always may; `holds`: the posts that she holds; `presence`: of who keeps
 * it. ERR_RULE with the reason. */
MUST enum err duty_may_take(const struct duty_turn *t, const char *person,
    bool is_lead, unsigned holds, enum presence presence, struct fault *f);

/* May the turn be given up without saying to whom? ERR_RULE if not. */
MUST enum err duty_may_leave(const struct duty_facts *facts,
    struct fault *f);

#endif

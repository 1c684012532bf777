/* SPDX-License-Identifier: Apache-2.0
 *
 * What a team owes about a notice beyond the answer: a first assessment within
 * the time of its level (schemas/escalation.json), and the next news by the
 * time that the answer itself promised. Each is a clock of watch/promise.h.
 *
 * Pure.
 */
#ifndef WATCH_PLEDGE_H
#define WATCH_PLEDGE_H

#include "base/instant.h"
#include "watch/promise.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pledge_what { PLEDGE_ASSESSMENT, PLEDGE_UPDATE, PLEDGE_COUNT };

enum {
	PLEDGE_MOST_S = 90 * 86400,  /* that a promise may reach ahead */
	PLEDGE_BACK_S = 180 * 86400  /* older notices are not looked after */
};

/* What is known of one notice and of what its recipient said of it. */
struct pledge_facts {
	int64_t came_s;
	int64_t assess_s;  /* from then on; 0: the level asks for none */
	bool is_assessed;  /* somebody said whether it concerns the state */
	int64_t said_s;    /* the newest answer; 0: there is none */
	int64_t next_s;    /* by when it promised more; 0: not */
	bool is_heard;     /* the team said something after that answer */
};

struct pledge {
	enum pledge_what what;
	int64_t due_s, within_s;
};

const char *pledge_word(enum pledge_what what);

/* What is still owed; the count is returned. */
size_t pledge_open(const struct pledge_facts *f,
    struct pledge out[PLEDGE_COUNT]);

/* The same at who waits for the news of another team. */
enum pledge_awaits {
	PLEDGE_AHEAD,   /* it has time */
	PLEDGE_BROKEN,  /* it is past, and nothing was said by then */
	PLEDGE_UNHEARD  /* it is past, and its node was not heard since: perhaps
	                 * the news are on their way */
};

/* All that was said until `known_s` is here. */
enum pledge_awaits pledge_awaits(int64_t due_s, int64_t known_s,
    int64_t now_s);

const char *pledge_awaits_word(enum pledge_awaits a);

enum pledge_call { PLEDGE_NOBODY, PLEDGE_PERSON, PLEDGE_POST };

/* Whom the step from `told` to `state` calls: first who promised, if she
 * `is_there` and may be called now, then the post. */
enum pledge_call pledge_call(enum promise_state told, enum promise_state state,
    bool is_there);

#endif

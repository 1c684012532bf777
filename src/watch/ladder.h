/* SPDX-License-Identifier: Apache-2.0
 *
 * The steps by which a silence grows louder: who is paged when, by which
 * channels, and whom the node tells that nobody answers. One ladder a level
 * and case, as text:
 *
 *	0s first by screen push; 10m first second by command;
 *	45m tell neighbour secretariat; exhausted 60m; answers first lead;
 *	quiet never
 *
 * Times count from the acceptance, in s, m or h, and ascend. The network's
 * own are schemas/escalation.json. A state may tighten them for itself: each
 * post is paged no later and on no fewer kinds of channel. Pure.
 */
#ifndef WATCH_LADDER_H
#define WATCH_LADDER_H

#include "base/embed.h"
#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

/* Bits of sets. The words stand in schemas/lists/. */
enum post {
	POST_FIRST,
	POST_SECOND,
	POST_LEAD,
	POST_ALTERNATE,
	POST_AUTHORITY,
	POST_COUNT
};

enum channel {
	CHANNEL_SCREEN,
	CHANNEL_PUSH,
	CHANNEL_COMMAND,
	CHANNEL_MAIL,
	CHANNEL_WEBHOOK,
	CHANNEL_COUNT
};

/* Other teams; they learn that somebody does not answer, never what. */
enum told {
	TOLD_RECIPIENT,   /* who does not answer */
	TOLD_NEIGHBOUR,   /* the neighbour of who does not answer */
	TOLD_SECRETARIAT,
	TOLD_COUNT
};

/* The strictest first. */
enum quiet { QUIET_NEVER, QUIET_ON_CALL, QUIET_KEPT };

enum ladder_case {
	LADDER_RECIPIENT,  /* a notice came and awaits an answer */
	LADDER_NO_RECEIPT, /* ours was not receipted by a recipient's node */
	LADDER_NO_ANSWER,  /* ours was receipted, and no person answers */
	LADDER_TEST,       /* a test alert of another state came */
	LADDER_CASES
};

enum { LADDER_STEPS = 12, LADDER_LEVELS = 6 };

struct ladder_step {
	int64_t after_ms;
	unsigned posts, channels, tell; /* sets */
};

struct ladder {
	struct ladder_step step[LADDER_STEPS];
	size_t n;             /* 0: there is no escalation */
	int64_t exhausted_ms; /* not before the last step */
	unsigned answers;     /* posts that must answer each; 0: anybody */
	enum quiet quiet;
};

struct ladders {
	struct ladder at[LADDER_CASES][LADDER_LEVELS]; /* by level, 1 to 5 */
	int64_t assess_ms[LADDER_LEVELS]; /* until a first assessment; 0: none
	                                   * is asked for */
};

const char *post_word(enum post p);
const char *channel_word(enum channel c);
const char *told_word(enum told t);
const char *ladder_case_word(enum ladder_case c);

/* Does the own team owe the answer? */
bool ladder_is_owed(enum ladder_case c);

/* POST_COUNT, CHANNEL_COUNT for another word. */
enum post post_find(struct span word);
enum channel channel_find(struct span word);

/* ERR_SYNTAX, ERR_LIMIT with place and rule. "" is a ladder without steps. */
MUST enum err ladder_parse(struct span text, struct ladder *out,
    struct fault *f);

/* Is `own` nowhere looser than `least`? ERR_RULE names the least. */
MUST enum err ladder_check(const struct ladder *own,
    const struct ladder *least, struct fault *f);

/* The network's ladders, out of schemas/escalation.json among `files`. */
MUST enum err ladders_load(const struct embed_set *files,
    struct ladders *out, struct fault *f);

/* Tighten one: `key` is a level ("5"), for recipients, or "5-no-receipt",
 * "5-no-answer"; or "5-assess", with a time ("90m"). What "5-test" says is the
 * state's own business: looser, or "" for nobody at all; but it tells no other
 * team (ERR_RULE). Errors of both above; ERR_NOT_FOUND for another key. */
MUST enum err ladders_tighten(struct ladders *l, struct span key,
    struct span text, struct fault *f);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers to pages by code: a page bears a code that nobody can guess, and
 * whoever sends it back acknowledges the notice for the person who was called,
 * once, and only after the notice was shown to her. The code follows from the
 * page's id and a key of this node, so none is kept and none is lost.
 *
 * A code has 50 bits. What a guess could hit is bounded by ANSWER_PAGES, and
 * wrong ones by the guard: one in 10 s over days, so a hit takes thousands of
 * years. Pure.
 */
#ifndef WATCH_ANSWER_H
#define WATCH_ANSWER_H

#include "base/instant.h"
#include "base/uuid.h"
#include "crypto/hash.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	ANSWER_CODE = 11,          /* XXXXX-XXXXX, Crockford's base32 */
	ANSWER_GRACE_S = 86400,    /* a code lives so long beyond its page */
	ANSWER_LIFE_S = 8 * 86400, /* and no longer than this in all */
	ANSWER_PAGES = 65536,      /* of that time, the newest */
	ANSWER_SOURCE = 8,         /* bytes of a digest of who sends */
	ANSWER_SOURCES = 64        /* that are told apart */
};

void answer_code_write(const struct hash_key *key, const struct uuid *page,
    char out[ANSWER_CODE + 1]);

/* --- may it? --- */

enum answer_verdict {
	ANSWER_GOOD,
	ANSWER_PROVED,   /* a test page has reached her: that is all */
	ANSWER_WRONG,    /* no page has it */
	ANSWER_OTHER,    /* it was sent to another than who is signed in */
	ANSWER_NOTHING,  /* the page asks for no answer */
	ANSWER_EXPIRED,
	ANSWER_USED,     /* she has acknowledged it, by code or otherwise */
	ANSWER_GONE,     /* the notice was withdrawn, or a newer one stands */
	ANSWER_STRANGER, /* the person is none of this node any more */
	ANSWER_UNSEEN,   /* the notice was not shown to her yet */
	ANSWER_LATER,    /* not looked at: too many wrong ones, or busy */
	ANSWER_VERDICTS
};

/* What is known of a code that came in. */
struct answer_facts {
	bool is_found;    /* a page has it; else nothing below counts */
	bool is_hers;     /* who sends it is the person, or not known */
	bool has_notice;  /* the page calls for an answer to one */
	bool is_test;     /* the page only tests the way to her */
	bool is_active;   /* the person is one of this node */
	bool is_standing; /* the notice, as the page names it */
	bool is_used;
	bool was_shown;
	int64_t page_s;   /* when the page was made */
	int64_t until_s;  /* of the page */
};

enum answer_verdict answer_judge(const struct answer_facts *f, int64_t now_s);

/* A word for logs, "good", "wrong", ... */
const char *answer_verdict_word(enum answer_verdict v);

/* --- how many wrong ones --- */

struct answer_bucket {
	int64_t used_ms; /* of what fits, paid back as time passes */
	struct mono at;
};

struct answer_source {
	unsigned char of[ANSWER_SOURCE];
	struct answer_bucket bucket;
};

/* All zero at the start. */
struct answer_guard {
	struct answer_bucket all;
	struct answer_source source[ANSWER_SOURCES];
};

/* Is a code from there to be looked at? */
bool answer_guard_allows(const struct answer_guard *g,
    const unsigned char of[ANSWER_SOURCE], struct mono now);

/* One was refused. True if it was the last that is looked at for a while:
 * worth telling. */
bool answer_guard_refused(struct answer_guard *g,
    const unsigned char of[ANSWER_SOURCE], struct mono now);

#endif

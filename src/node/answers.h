/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers to pages by code (watch/answer.h): from a code to its page in the
 * private log, what is known of person and notice, and the acknowledgement,
 * which is the command `ack` of that person with her rights as they are now.
 *
 * That a code was used stands in the record of the acknowledgement itself, so
 * it is durable with it or not at all. What is refused is recorded too, act
 * `reply`.
 *
 * A code that stands in a letter to somebody whom the team serves is an answer
 * to the notice that was sent on (`redistribute_feedback`), in the name of the
 * person who sent it on; said once more it changes nothing.
 */
#ifndef NODE_ANSWERS_H
#define NODE_ANSWERS_H

#include "node/command.h"
#include "watch/answer.h"

struct answers;

/* The store key of the service must be there. */
struct answers *answers_create(struct service *s);
void answers_free(struct answers *x); /* accepts NULL */

/* A code that came in. Borrowed for the call. */
struct answers_ask {
	struct span code;           /* in any writing */
	const char *way;            /* "mail", "webhook", "command" */
	struct span from;           /* who says to have sent it; "" */
	const struct caller *who;   /* who is signed in; NULL: not known */
	struct span answer;         /* "": assessing */
	struct span comment;
};

/* What became of it: a sentence in the language of the person, or of the node
 * if she is not known. `word` says to the program that asks whether to come
 * again. */
typedef void answers_done_fn(void *ctx, enum answer_verdict v,
    const char *text);

/* `done` is called in this turn or a later one. */
void answers_take(struct service *s, const struct answers_ask *ask,
    answers_done_fn *done, void *ctx);

/* The code that a page bears. */
void answers_code(const struct service *s, const struct uuid *page,
    char out[ANSWER_CODE + 1]);

#endif

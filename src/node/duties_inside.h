/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of turns and presence share; for nobody else.
 *
 *   duties.c       life, reading, the clock
 *   duties_open.c  what is open
 *   duties_cover.c what others are told
 *   cmd_duty.c     commands
 */
#ifndef NODE_DUTIES_INSIDE_H
#define NODE_DUTIES_INSIDE_H

#include "node/duties.h"

enum { DUTIES_TURNS = 32, DUTIES_PEOPLE = 64, DUTIES_OPEN = 64 };

struct duties_turn {
	struct duty_turn turn;
	struct uuid id;
	uint64_t rev;
	struct digest digest;
	struct span body; /* JSON, of the arena */
	struct span note;
	char from[DUTY_PERSON + 1]; /* whom she relieved; "" */
	bool is_told, is_told_offer;
};

struct duties_person {
	char login[DUTY_PERSON + 1];
	struct duty_sign sign;
	enum presence told;
};

struct duties {
	struct service *service;
	struct duty_policy policy;
	struct arena mem;
	struct duties_turn turn[DUTIES_TURNS];
	size_t n;
	struct duties_person person[DUTIES_PEOPLE];
	size_t person_n;
	bool is_read;
	unsigned writing;
};

/* As they stand; read again if something was written. */
struct duties *duties_now(struct service *s);

/* The newest turn of a post, NULL if there is none. */
struct duties_turn *duties_of_post(struct duties *d, enum post post);

/* The facts of a turn (watch/duty.h). */
struct duty_facts duties_facts(struct duties *d, const struct duties_turn *t);

/* What was written, or not, is known: it is read again. */
void duties_written(struct duties *d);

/* Who may be called a holder of the post: by roster or role. */
bool duties_may_hold(struct service *s, enum post post, struct span person);

/* --- duties_open.c --- */

struct duties_item {
	const char *what; /* escalation, notice, assessment, update, work,
	                   * case, draft, peer */
	struct uuid id;   /* zero: of a peer */
	int level;
	bool exercise;
	struct span team; /* of a peer, of the hub */
};

/* What is open: at most DUTIES_OPEN in `out`, those of level 4 and 5 first;
 * `more` gets how many there are beyond. */
size_t duties_list(struct service *s, struct duties_item *out,
    unsigned *more);

/* How many of level 4 or 5 that are no exercise. Drafts and peers that are
 * down are for the next one to know: they hold nobody back. */
unsigned duties_urgent(struct service *s);

/* Write the members `open` and, if there are, `more`. */
void duties_put_open(struct service *s, struct json_out *w);

#endif

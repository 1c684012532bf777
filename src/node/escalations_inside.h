/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the node's escalations share; for nobody else.
 *
 *   escalations.c      life, reading and writing of records
 *   escalations_due.c  what is unanswered, by the index and the hub
 *   escalations_who.c  who is on which post
 *   escalations_put.c  for people and monitors
 *   escalations_over.c what no clock runs for any more
 */
#ifndef NODE_ESCALATIONS_INSIDE_H
#define NODE_ESCALATIONS_INSIDE_H

#include "node/escalations.h"
#include "watch/rest.h"

enum { ESCALATIONS_WAITING = 64 };

struct escalations {
	struct service *service;
	struct ladders ladders;
	struct desk *desk;      /* NULL until what was open is read again */
	struct loop_timer *timer;
	uint64_t cursor;        /* of the private log, for attempts */
	struct desk_ticket done[ESCALATIONS_WAITING]; /* nothing to write */
	size_t done_n;
	int64_t compared_ms;    /* all that is open with the index; 0: never */
	bool wants_all;         /* that is to be done again, soon */
	size_t compare_at;      /* so many of them were, if it is under way */
	bool has_receipts;      /* some came since the last look */
	bool is_stirred;        /* somebody came on watch, or left */
	int64_t posts_ms;       /* that was looked at */
	int64_t look_ms;        /* the next is planned; INT64_MAX: looking */
	struct rest news;       /* or is for what came */
	int64_t spread_ms;      /* so much later than others, at the most */
	bool has_written;       /* a step waits for what is durable now */
	int64_t stepped_ms;     /* monotonic, of the last look */
	int64_t said_ms;        /* that all is well, to the parent */
	int64_t refused_ms;     /* since when nothing can be written; 0 */
	uint64_t refused;
	bool is_behind;         /* the index had not taken everything */
};

/* Is there a record with this id in the own logs? */
bool escalations_exists(void *ctx, const struct uuid *id);

/* Put a record into a log of this node. */
void escalations_write(void *ctx, const struct desk_write *w,
    const struct desk_ticket *t);

/* Page a person outside of an escalation, once for each `of`. `about` may be
 * NULL. */
void escalations_page(struct escalations *m, const struct desk_holder *h,
    enum post post, const char *reason, int level, bool exercise,
    const struct desk_notice *about, const struct uuid *of, int64_t until_s);

/* Another team says that somebody does not answer: ours learn it, once. */
void escalations_read_word(struct escalations *m, uint32_t log,
    uint64_t index);

/* --- escalations_due.c --- */

/* Arm, end and cancel by what the index says now: everything, in slices. False
 * if it is to be called again. */
bool escalations_compare(struct escalations *m, bool is_trusted);

/* The same of what has changed since this was called last, and receipts if
 * `has_receipts`. False if everything is to be compared. */
bool escalations_compare_changes(struct escalations *m, bool is_trusted);

/* --- escalations_over.c --- */

/* Write the member `over`: what nobody has answered although all steps were
 * taken (what: `exhausted`, notice, case, silent), and what another team says of
 * who does not answer, until somebody opens it (what: `word`, id, team,
 * silent); each with level, since, exercise. Of two days. */
void escalations_put_over(struct call *c);

/* --- escalations_who.c --- */

size_t escalations_holders(void *ctx, enum post post,
    struct desk_holder *out, size_t max);

/* An active person by login; false if there is none. */
bool escalations_find_person(struct escalations *m, const char *person,
    struct desk_holder *out);

/* Is it night for this person (the body of her record)? */
bool escalations_is_quiet(struct service *s, struct json_val body,
    struct arena *a);

/* When her night ends next after `at_s`; false if she has none. */
bool escalations_quiet_ends(struct json_val body, int64_t at_s,
    struct arena *a, int64_t *out);

/* The neighbour of a team and the secretariat, "" if there is none. */
struct span escalations_told(struct service *s, enum told told,
    struct span silent);

#endif

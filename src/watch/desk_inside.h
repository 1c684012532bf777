/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the desk share; for nobody else.
 *
 *   desk.c         the life of items and the order of writes
 *   desk_plan.c    who is called by a step, and who is not
 *   desk_record.c  bodies of records
 */
#ifndef WATCH_DESK_INSIDE_H
#define WATCH_DESK_INSIDE_H

#include "watch/desk.h"

enum { DESK_RECALL = 1024, DESK_MARK = 64 };

/* Somebody was called. */
struct desk_call {
	char person[DESK_LOGIN + 1];
	char call[DESK_MARK + 1];  /* escalation and step: one call, however
	                            * many channels */
	char dedup[DESK_MARK + 1]; /* "" if it was no storm page */
	int64_t at_ms;             /* monotonic, may be negative */
};

struct desk {
	const struct ladders *ladders;
	struct desk_host host;
	struct desk_item **item;
	struct desk_item **bucket[DESK_KEYS]; /* `max` of each */
	size_t n, max;           /* a power of two, or 0 */
	char **name; /* origins and teams, each once: there are few */
	size_t name_n;
	struct desk_call call[DESK_RECALL]; /* a ring */
	size_t call_n;
	bool was_trusted;
};

/* The same id for the same thing. */
struct uuid desk_id(int64_t wall_ms, const char *what, const struct uuid *of,
    unsigned step, struct span who, unsigned how);

/* One more, zeroed; it moves those that are there. NULL if it is full. */
struct desk_out *desk_add_out(struct desk_item *it);
struct desk_answer *desk_add_answer(struct desk_item *it);

/* --- desk_plan.c --- */

/* Fill `it` with what its last step makes, by who is on which post now. */
void desk_plan(struct desk *d, struct desk_item *it, struct now now);

/* Another channel for the person of a page that failed. False if there is
 * none that was not tried. */
bool desk_plan_other(struct desk *d, struct desk_item *it,
    const struct desk_out *failed);

/* They are written: the limits count them. */
void desk_called(struct desk *d, const struct desk_item *it,
    const struct desk_out *o, struct mono now);

/* The words that mark a call and a storm. */
void desk_call_mark(const struct desk_item *it, char out[DESK_MARK + 1]);
void desk_storm_mark(const struct desk_item *it, char out[DESK_MARK + 1]);

/* --- desk_record.c --- */

void desk_write_item(const struct desk_item *it, const struct ladder *l,
    struct buf *out);
void desk_write_page(const struct desk_item *it, const struct ladder *l,
    const struct desk_out *o, struct buf *out);
void desk_write_stop(const struct desk_item *it, const char *person,
    enum escalation_end end, struct wall now, struct buf *out);
void desk_write_word(const struct desk_item *it, const struct desk_out *o,
    struct buf *out);
/* What `out` owns is the caller's, also on failure; its texts are in `a`. */
MUST enum err desk_parse_item(struct span body, struct arena *a,
    struct desk_item *out, struct fault *f);

#endif

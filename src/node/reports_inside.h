/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the reports share; for nobody else. Files on their way in
 * are in report_pieces.h.
 *
 *   reports.c         calls of the web process, and how a report stands
 *   reports_file.c    new ones, their numbers
 *   reports_change.c  revisions
 *   reports_sealed.c  those that a browser has sealed
 *   reports_handed.c  those that other teams hand to this one
 */
#ifndef NODE_REPORTS_INSIDE_H
#define NODE_REPORTS_INSIDE_H

#include "node/report_pieces.h"
#include "node/reports.h"

enum { REPORTS_BUSY = 64 }; /* changes that are not durable yet */

struct reports {
	struct service *service;
	int year;           /* of the numbers that are given now; 0: unknown */
	uint64_t last;
	struct uuid busy[REPORTS_BUSY];
	size_t busy_n;
	struct report_pieces *pieces;
	struct loop_timer *look; /* for those that nobody ends */
	/* those that were handed here */
	struct loop_timer *timer;
	bool is_stirred;
	uint64_t before;    /* where the look goes on; 0: a new one */
	unsigned writing;
};

/* Answer call `id` of the web process. */
void reports_reply(struct service *s, uint64_t id, enum talk_op op,
    struct span text);
void reports_reply_error(struct service *s, uint64_t id, enum err e);

/* Has the index everything, perhaps after some work? */
bool reports_catch_up(struct service *s);

/* 74 bits of the digest of the code: the time that an id of version 7 tells is
 * none. */
struct uuid reports_id(const struct digest *find);

/* The digest that the member `name` is; false if it is none. */
bool reports_digest(struct json_val v, const char *name, struct arena *a,
    struct digest *out);

/* Check `text`, a body of d->kind with the id d->id, and put it into the
 * private log. What is wrong with it is logged. */
MUST enum err reports_append(struct service *s, struct hub_draft *d,
    struct span text, struct arena *a, hub_append_fn *done, void *ctx);

/* --- reports_file.c --- */

/* The next number. ERR_BUSY: the index has not everything yet. */
MUST enum err reports_number(struct reports *r, char out[24]);

/* TALK_REPORT: `v` is what the web process says. It is answered. */
void reports_file(struct service *s, uint64_t call, struct json_val v,
    struct arena *a);

/* --- reports_sealed.c --- */

/* The same of what a browser has sealed: `form`, and the `token` of its page
 * instead of topic and what is sealed. If it is no form, TALK_WRONG. */
void reports_file_sealed(struct service *s, uint64_t call, struct json_val v,
    struct arena *a);

/* --- reports_handed.c --- */

/* Of the report here that `team` handed over under its `number`: the same for
 * whoever hands it twice, and for no two teams. */
struct uuid reports_handed_id(struct span team, struct span number);

/* Its topic here; "other" if this node has none of that name. Lives as long as
 * the schema. */
const char *reports_handed_topic(const struct schema *s, struct span said);

#endif

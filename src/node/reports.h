/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports of the public: what the web process hands in becomes records of the
 * private log, and who has the code of a report is told how it stands. What
 * was written is sealed to the team's intake key before it comes here, and
 * answers are sealed to a key that follows from the code: of what goes back to
 * the web process nothing can be read there without it. The id of a report
 * follows from the code too, so that it is found without a list.
 */
#ifndef NODE_REPORTS_H
#define NODE_REPORTS_H

#include "node/command.h"
#include "web/talk.h"

/* Info of everything that is sealed here (crypto/hpke.h); the aad says what it
 * is. */
#define REPORT_INFO KEEPER_INTAKE "1"
#define REPORT_AAD "report"
#define REPORT_AAD_MESSAGE "message"
#define REPORT_AAD_FORM "form " /* and the token of the form */

struct reports;

struct reports *reports_create(struct service *s);
void reports_free(struct reports *r); /* accepts NULL */

/* A call of the web process: answered by broadcast_reply, now or later. */
void reports_call(struct service *s, const struct talk_frame *f);

/* The web process has begun anew, or this node has. Accepts NULL. */
void reports_forget(struct reports *r);

/* How a report is to be. */
struct report_change {
	struct span state;     /* a value of the kind; "": as it is */
	struct span stage;     /* of a weakness; the same */
	struct span handed_to; /* "": as it is */
	struct span hand;      /* the id of the entry that hands it on; "" */
	struct span consent;   /* a value of the kind; "": as it is */
	struct span sector, harm; /* the same */
	struct span told;      /* one more item of that list, JSON; "" */
	bool is_message;       /* one goes with it: */
	bool by_team;
	struct span sealed, copy; /* base64url */
	struct json_val files;    /* that came with it; or absent */
};

typedef void reports_done_fn(void *ctx, enum err e, const char *why);

/* Write it, as a revision of the report of `row`; `done` is called in this turn
 * or a later one: ERR_BUSY while another change is under way, ERR_STATE if it
 * has ended, ERR_LIMIT with too many messages. */
void reports_change(struct service *s, const struct index_row *row,
    const struct report_change *change, reports_done_fn *done, void *ctx);

/* Is a change of it under way? */
bool reports_is_busy(const struct service *s, const struct index_row *row);

/* --- what was handed on (reports_handed.c) --- */

void reports_handed_start(struct service *s);
void reports_handed_stop(struct service *s);

/* One may have come, or changed its state. */
void reports_handed_stir(struct service *s);

/* The kind that hands a report over, or says how that one stands there; NULL
 * if this node knows none. */
const struct kind *reports_kind(const struct service *s, bool hands);

/* The newest that `team` said of how the report stands that the entry of
 * `hand` handed on; all in `a`. False if it said nothing. */
bool reports_status_of(struct service *s, const struct index_row *hand,
    struct span team, struct arena *a, struct index_row *row,
    struct record *r);

#endif

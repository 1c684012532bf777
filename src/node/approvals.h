/* SPDX-License-Identifier: Apache-2.0
 *
 * Approvals and reviews as records of the private log: who said what of which
 * text, and what was released alone and is to be reviewed. rules/approval.h
 * and watch/review.h decide; here they get their facts.
 */
#ifndef NODE_APPROVALS_H
#define NODE_APPROVALS_H

#include "node/drafts.h"
#include "node/plan.h"
#include "rules/approval.h"
#include "watch/review.h"

/* Of exactly what would be sent: kind, label, audience, what it revises, body,
 * embargo, the rules in force, and the log that it would be said in: after a
 * rollback nobody knows what was approved, returned or sent since. */
struct digest approvals_digest(const struct service *s, const struct plan *p);

/* A new log was opened: what counted as approved waits again, as a revision
 * of each such draft. */
void approvals_void(struct call *c);

/* The plan of the draft that the argument `id` names, or of one that is given
 * (cmd_release.c). If false, the call was answered; else `e` says why not.
 * `ruling` gets what the rules say to who asks, also if they refuse; NULL: by
 * whom it will be released is not known yet. */
bool plan_draft(struct call *c, struct draft *d, struct plan *p,
    struct ruling *ruling, struct fault *f, enum err *e);

struct approvals {
	enum approval_state state;
	unsigned have, needed;
	struct digest of;
	const struct span *by; /* who has approved it as it is */
	size_t by_n;
};

/* How it stands; `d` is NULL for what was never a draft: its author is who
 * asks. */
struct approvals approvals_look(struct call *c, const struct draft *d,
    const struct plan *p);

/* Put a verdict into the private log, in the turn of what comes with it.
 * ERR_SCHEMA, ERR_LIMIT with `f`. */
MUST enum err approvals_append(struct call *c, const struct draft *d,
    const struct digest *of, bool approved, struct span reason,
    hub_append_fn *done, void *ctx, struct fault *f);

/* Was released alone, and is urgent: put the duty to review it into the
 * private log, in the same turn; and tell. */
void approvals_owe_review(struct call *c, const struct plan *p);

/* A duty to review, read from its record. */
struct duty {
	struct index_row row;
	struct review review;
	struct span notice; /* id */
	struct span by;     /* who released it */
	uint64_t level;
};

/* Call `fn` for each duty that is not done. */
typedef void duty_fn(void *ctx, const struct duty *d);
void approvals_duties(struct service *s, struct arena *a, duty_fn *fn,
    void *ctx);

/* The next revision of a duty. */
MUST enum err approvals_move_duty(struct service *s, const struct duty *d,
    enum review_state state, struct span reviewer, const char *verdict,
    struct span comment, hub_append_fn *done, void *ctx);

/* Look at the clocks of all duties now; and again when it is time. */
void approvals_clock(struct service *s);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Issuing what is no draft: disputes and comments, consents, releases,
 * re-shared documents, cases. The plan of plan.h, carried out: one append
 * with its audit record, one answer.
 */
#ifndef NODE_ISSUE_H
#define NODE_ISSUE_H

#include "node/plan.h"

/* Plan `ask` and carry it out, or only tell the plan if the argument
 * `dry_run` says so; the call is answered in any case. `act` is a word for
 * the audit, `what` a sentence that says what did not happen otherwise. */
void issue_run(struct call *c, const struct plan_ask *ask, const char *act,
    const char *what);

/* The same with a plan that was made already. */
void issue_plan(struct call *c, const struct plan *p, const char *act,
    const char *what);

/* A person or rule forbids it: traced and answered. */
void issue_refuse(struct call *c, const char *act, enum err e,
    const char *subject, const char *what, const struct fault *f,
    const char *next);

/* The kind that carries so, or permits; NULL if this node knows none. */
const struct kind *issue_kind_carrying(const struct service *s,
    enum kind_carries what);
const struct kind *issue_kind_permitting(const struct service *s);

/* A revision of what is still under embargo stays under it. */
void issue_keep_embargo(const struct record *earlier, struct plan_ask *ask);

/* The argument `embargo`: {until, then}; false if the call was answered.
 * `out` is untouched if there is none. */
bool issue_embargo_arg(struct call *c, struct plan_embargo *out);

/* The same of the member `expires`: a time in seconds, 0 if there is none. */
bool issue_expiry_arg(struct call *c, int64_t *exp_s);

#endif

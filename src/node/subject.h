/* SPDX-License-Identifier: Apache-2.0
 *
 * What a remark, an answer or a case is about, and whom it may therefore go
 * to: its origin and its readers, never anybody else.
 */
#ifndef NODE_SUBJECT_H
#define NODE_SUBJECT_H

#include "node/plan.h"

/* A document and all who read it. */
struct subject {
	struct index_row row;
	struct record record; /* whole, for the node's own use */
	struct index_audience audience;
};

/* The document that the argument `id` names, which must stand here and be
 * open to who asks. If false, the call has been answered. */
bool subject_open(struct call *c, struct subject *out);

/* The one with this digest; false if it is not known here. */
bool subject_by_digest(struct call *c, const struct digest *d,
    struct subject *out);

/* To its origin, and to all its readers unless only that one is meant. Fills
 * `also` and, where no label was asked for, `tlp`. */
void subject_address(struct call *c, const struct subject *s, bool to_origin,
    struct plan_ask *ask);

/* The same where the argument `aud` may make it narrower: to its origin and
 * the readers that are named. ERR_AUDIENCE if one of them does not read it,
 * ERR_RULE if the label asked for would open it further; with the team or the
 * label in `f`. */
MUST enum err subject_address_narrower(struct call *c,
    const struct subject *s, struct plan_ask *ask, struct fault *f);

#endif

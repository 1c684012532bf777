/* SPDX-License-Identifier: Apache-2.0
 *
 * May a team pass on the document of another, under this label, to these
 * teams? One decision, made where somebody wants to, and again at everybody
 * to whom it comes. TLP 2.0: RED and AMBER+STRICT go to no other team; AMBER
 * to those only that have it already or that its origin consented to; GREEN
 * to all members, not to the public; CLEAR to anybody. Label and audience
 * only narrow, unless the origin's signed consent says more. What is under
 * embargo its origin alone releases. Whoever passes on tells the origin: it
 * is among the readers.
 */
#ifndef RECORD_HANDLING_H
#define RECORD_HANDLING_H

#include "base/arena.h"
#include "record/entry.h"
#include "schema/tlp.h"

struct handling {
	const struct digest *of;
	const struct entry *original;
	struct span by;      /* the team that passes it on */
	enum tlp tlp;        /* under this label */
	bool open;           /* to everybody; else: */
	const struct span *to;
	size_t to_n;
	/* an entry of a kind that permits, whose signature is good; or NULL */
	const struct entry *consent;
	struct json_val consent_body;
};

/* ERR_NONE, or ERR_RULE with the rule in `f`. `a` for what is read. */
MUST enum err handling_check(const struct handling *h, struct arena *a,
    struct fault *f);

/* How a document may be handled at present: its label, but within the own
 * organization only while an embargo lasts. `released` is the label of its
 * release, if there was one, else NULL. */
enum tlp handling_label(const struct entry *e, const enum tlp *released);

#endif

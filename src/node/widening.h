/* SPDX-License-Identifier: Apache-2.0
 *
 * What ends an embargo reaches more readers than its advance group: the
 * sharing rules are asked for these as for any release, when the embargo is
 * set, when a person ends it, and when its time has come.
 */
#ifndef NODE_WIDENING_H
#define NODE_WIDENING_H

#include "node/ruling.h"
#include "peer/hub.h"

/* Who shall have it. */
struct widening {
	bool open;              /* everybody; else: */
	struct span *team;      /* in: all; out: those who may */
	size_t n;
	const struct span *had; /* had it before: they stay, unasked */
	size_t had_n;
	bool all;               /* one who is refused is one too many */
};

/* Ask `r` for each new reader. ERR_RULE if the public is refused, or all new
 * teams are (or one, see above), or a line takes a member out of `body`, which is signed and goes
 * verbatim; `who` is then the first that is refused ("" for the public) and
 * `out` why. Else `out` is the line that asks for most approvals. `a` for the
 * time of the call. */
MUST enum err widening_ask(const struct rules *r, const struct rules_ask *ask,
    struct json_val body, struct arena *a, struct widening *x,
    struct span *who, struct rules_answer *out);

/* hub_host.may_widen. Recorded with its line. */
bool widening_at_its_time(void *service, const struct hub_widening *x,
    size_t *n);

#endif

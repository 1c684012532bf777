/* SPDX-License-Identifier: Apache-2.0
 *
 * The watch desk (watch/desk.h) in the node: what it writes goes into the
 * private log, words to other teams into the shared one; who is on watch comes
 * from persons and the roster; what is unanswered from the index.
 *
 * It is driven by levels, not by events: after each event, and after a start,
 * it compares what is unanswered with what it knows. So nothing is lost by a
 * lost event.
 */
#ifndef NODE_ESCALATIONS_H
#define NODE_ESCALATIONS_H

#include "node/command.h"
#include "watch/desk.h"

/* Begin: the ladders of the configuration hold. ERR_CONFIG and the like, told
 * in the log, if they are looser than the network's. */
MUST enum err escalations_open(struct service *s);
void escalations_close(struct service *s);

/* Look at everything soon. Costs nothing. */
void escalations_stir(struct service *s);

/* An entry was accepted from another node. */
void escalations_accepted(struct service *s, struct span origin,
    uint64_t index);

/* The caller's answer to a notice is durable: paging stops. */
void escalations_answered(struct service *s, const struct digest *notice,
    const struct caller *who);

/* Write the member `escalations`: those of a notice (NULL: all that are open):
 * id, notice, level, exercise, case, silent, state, step, steps, at, due,
 * pages, held, merged. */
void escalations_put(struct call *c, const struct digest *notice);

/* Is the watch kept? Writes the member health: ok, why, open, overdue_ms, lag, cursor, head. */
void escalations_put_health(struct service *s, struct json_out *w);
bool escalations_is_well(struct service *s);

#endif

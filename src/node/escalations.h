/* SPDX-License-Identifier: Apache-2.0
 *
 * The watch desk (watch/desk.h) in the node: what it writes goes into the
 * private log, words to other teams into the shared one; who is on watch comes
 * from persons and the roster; what is unanswered from the index.
 *
 * It is driven by levels, not by events: after a start, and then from time to
 * time, it compares all that is unanswered with what it knows, so nothing is
 * lost by a lost event. Between such looks the index names what has changed.
 */
#ifndef NODE_ESCALATIONS_H
#define NODE_ESCALATIONS_H

#include "node/command.h"
#include "watch/desk.h"

/* Begin: the ladders of the configuration hold. ERR_CONFIG and the like, told
 * in the log, if they are looser than the network's. */
MUST enum err escalations_open(struct service *s);
void escalations_close(struct service *s);

/* Look soon at what has changed. Costs nothing. */
void escalations_stir(struct service *s);

/* The same: what the hub tells of entries and receipts. */
void escalations_tell(struct service *s, const struct hub_event *e);

/* The caller's answer to a notice is durable: paging stops. */
void escalations_answered(struct service *s, const struct digest *notice,
    const struct caller *who);

/* The i-th that is open; NULL behind the last. */
const struct desk_item *escalations_at(const struct service *s, size_t i);

/* Page the holders of a post outside of an escalation, or one person (`person`
 * not NULL), once for each `of`. */
void escalations_call(struct service *s, enum post post, const char *person,
    const char *reason, const struct uuid *of, int64_t until_s);

/* The same about a notice, for who is meant by `reason`: a person, or the post
 * of the first officer (`person` NULL). How many people that is. */
size_t escalations_remind(struct service *s, const char *person,
    const char *reason, const struct desk_notice *about,
    const struct uuid *of, int64_t until_s);

/* May this person be called for a notice of this level now: is she one of this
 * node's, not off watch where she is to be there, and is it not her night? */
bool escalations_may_call(struct service *s, const char *person, int level);

/* How long a first assessment may take, 0: none is asked for. */
int64_t escalations_assess_s(const struct service *s, int level);

/* What the desk knows a notice by; `silent` is the team that does not answer.
 * Its texts are in `a`. */
struct desk_notice escalations_notice(struct service *s,
    const struct index_row *row, struct span silent, struct arena *a);

/* The people of a post now, by turn, roster or role; at most `max`. */
size_t escalations_people(struct service *s, enum post post,
    struct desk_holder *out, size_t max);

/* Does the person have a role of the post? */
bool escalations_has_role(struct service *s, enum post post,
    struct span person);

/* The posts of the person, now. */
unsigned escalations_posts_of(struct service *s, struct span person);

/* Write the member `escalations`: those of a notice (NULL: all that are open):
 * id, notice, level, exercise, case, silent, state, step, steps, at, due,
 * pages, held, merged. */
void escalations_put(struct call *c, const struct digest *notice);

/* Is the watch kept? Writes the member health: ok, why, open, overdue_ms, lag, cursor, head. */
void escalations_put_health(struct service *s, struct json_out *w);
bool escalations_is_well(struct service *s);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Bodies that come in: open, verify, keep.
 */
#ifndef PEER_BODIES_H
#define PEER_BODIES_H

#include "peer/hub_inside.h"

/* BODY. A frame of the peer behind `l`. An error closes the link. A body of
 * which no record is here is passed over. */
enum err bodies_take(struct hub *h, struct hub_link *l, struct span in);

/* BODY_NONE: who does not hold an open body is not asked for it again.
 * Errors as bodies_take. */
enum err bodies_take_none(struct hub *h, struct hub_link *l, struct span in);

/* OFFER: sealed bodies that the peer could give; those that are lacked here
 * are asked for. Errors as bodies_take. */
enum err bodies_take_offer(struct hub *h, struct hub_link *l, struct span in);

/* A sealed body that is in the store in this state, as if it had come now;
 * NULL if there is none. */
struct hub_arrival *bodies_arrive_again(struct hub *h, struct hub_log *log,
    uint64_t index, enum store_body_state state);

/* Jobs for the sealed arrivals of this turn, at most `max`. Returns how
 * many. */
size_t bodies_jobs(struct hub *h, struct keeper_job *jobs, size_t max);

/* Those that come before job `done`, which is not done yet; SIZE_MAX: all. */
void bodies_stage(struct hub *h, struct keeper_job *jobs, size_t done);

/* Ask for missing ones; offers. */
void bodies_step(struct hub *h);

/* What is missing, or in whose name it was not receipted, from the store. */
MUST enum err bodies_load(struct hub *h, struct hub_log *l);

/* Ask again for what was given up. */
void bodies_new_holder(struct hub *h);

/* What the record of an entry says. ERR_NOT_FOUND. */
MUST enum err bodies_find_leaf(struct hub *h, const struct hub_log *log,
    uint64_t index, struct leaf *out);

/* The meta text of a body row: urgency and audience. */
void bodies_write_meta(const struct entry *e, bool urgent, const char *why,
    struct buf *out);

/* Its first letter: `u` urgent, `k` the key of a circle, `-` neither. */
char bodies_mark(bool urgent, bool key);

/* The bytes of a body are those of its record (ERR_DIGEST). */
MUST enum err bodies_check(struct hub *h, const struct hub_log *log,
    uint64_t index, struct span bytes);

/* Does its record say that it is sealed? True if that cannot be read. */
bool bodies_is_sealed(struct hub *h, const struct hub_log *log,
    uint64_t index);

/* Read again what bodies_write_meta wrote; borrows from `in`. ERR_SYNTAX. */
MUST enum err bodies_parse_meta(struct span in, struct body_meta *out);

/* Is the team among the readers? */
bool body_meta_has(const struct body_meta *m, struct span team);

#endif

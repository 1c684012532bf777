/* SPDX-License-Identifier: Apache-2.0
 *
 * What this team owes about notices of others after its answer
 * (watch/pledge.h): a first assessment, the next news it promised. That one is
 * due soon, or late, calls people and becomes a record of the audit trail, each
 * once. The pages come first: their ids follow from what they are for, so that
 * after a kill in between they are not made twice. And what others promised about
 * notices of this team: who did not keep it is told of, once.
 */
#ifndef NODE_PLEDGES_H
#define NODE_PLEDGES_H

#include "node/command.h"
#include "watch/pledge.h"

void pledges_start(struct service *s);
void pledges_stop(struct service *s);

/* An answer may have come. */
void pledges_stir(struct service *s);

/* One that is open, by the last look. */
struct pledges_item {
	struct uuid notice;
	int level;
	bool exercise;
	struct pledge pledge;
	enum promise_state state;
};

/* The i-th, the first due first; NULL behind the last. */
const struct pledges_item *pledges_at(const struct service *s, size_t i);

/* Write the member `pledges`: notice, level, exercise, what, due, state. */
void pledges_put(const struct service *s, struct json_out *w);

/* Write the member `awaited`: what others promised about notices of this team, and
 * the time is past: notice, level, exercise, team, due, state. */
void pledges_put_awaited(const struct service *s, struct json_out *w);

/* Write the members pledges_near and pledges_late. */
void pledges_put_counts(const struct service *s, struct json_out *w);

#endif

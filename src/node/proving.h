/* SPDX-License-Identifier: Apache-2.0
 *
 * Silence is proved: each way to each person is tested by a page of its own
 * when nothing came through it for `prove_days`, and people are told of those
 * that fail or stay unproved (watch/contacts.h). Screens are left out: they
 * are open or not.
 */
#ifndef NODE_PROVING_H
#define NODE_PROVING_H

#include "node/command.h"
#include "watch/contacts.h"

void proving_start(struct service *s);
void proving_stop(struct service *s);

/* A test page for this person and channel; its id. `done` may be told more
 * than once a turn. */
struct uuid proving_test(struct service *s, struct span login,
    struct span channel, hub_append_fn *done, void *ctx);

/* Write the member `contacts`: the ways to a person (of kind `person`,
 * `since_s` of its record): channel, state, flagged, proved, failed, tested, answered,
 * why. */
void proving_put(struct service *s, struct json_val person, int64_t since_s,
    struct arena *a, struct json_out *w);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The same again when a keyset says otherwise.
 */
#ifndef PEER_REJUDGE_H
#define PEER_REJUDGE_H

#include "peer/hub_inside.h"

/* Documents or pins have changed. */
void rejudge_look(struct hub *h);

/* A new mirror. */
void rejudge_begin(struct hub *h, struct hub_log *l);

/* Was a log judged by the keyset that is in force? If not it begins again. */
MUST enum err rejudge_load(struct hub *h, struct hub_log *l);

/* A slice of what is to be judged again. */
void rejudge_step(struct hub *h);

/* Entry `index` of `l` carries one of log `origin`: it is judged again with
 * those of that log. */
void rejudge_with(struct hub *h, const struct hub_log *l, uint64_t index,
    struct span origin);

/* The record that it names is not here: it is judged again when that comes. */
void rejudge_when(struct hub *h, const struct hub_log *l, uint64_t index,
    struct span origin, uint64_t carried);

/* One entry, for what came after it. */
void rejudge_one(struct hub *h, struct hub_log *l, uint64_t index);

/* Is there any? */
bool rejudge_is_due(const struct hub *h);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The hub's links as connections: listening, dialling, frames both ways. Who
 * may connect and what frames mean is the hub's business.
 */
#ifndef NODE_PEERING_H
#define NODE_PEERING_H

#include "node/service_inside.h"

/* Listen on every address of the configuration, with the node's TLS key.
 * Errors have been logged. Needs s->loop and s->registry; s->hub may come
 * later, before the loop runs. */
MUST enum err peering_create(struct service *s,
    const struct keeper_start *start, struct peering **out);

/* Close everything. Accepts NULL. */
void peering_free(struct peering *p);

/* Fill in what the hub wants of connections: send, has_room, close, set_zstd,
 * dial. ctx must be the service. */
void peering_fill_host(struct hub_host *host);

/* Are there connections that still flush? */
bool peering_is_busy(const struct peering *p);

#endif

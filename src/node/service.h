/* SPDX-License-Identifier: Apache-2.0
 *
 * The node's service: store, own log, peers, control socket, on one loop.
 */
#ifndef NODE_SERVICE_H
#define NODE_SERVICE_H

#include "base/err.h"
#include "node/config.h"

/* Run until SIGTERM. `keeper_fd` leads to the keeper (node/keeper.h) and is
 * owned by the service from here on. The order that must be kept: open what
 * needs files, keeper_client_create, sandbox_enter, process_ready, loop.
 * Any error has been logged; the parent starts the node anew. `again` tells that
 * it ended in order to begin again with the keys of a new keyset. */
MUST enum err service_run(const struct config *config, int keeper_fd,
    bool *again);

#endif

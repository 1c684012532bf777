/* SPDX-License-Identifier: Apache-2.0
 *
 * The courier process: what sends pages to persons by mail, webhook, push
 * message and programs of the site. It reads the credentials of the relays,
 * gives up files, and takes jobs from the node (courier/job.h); it has no
 * handle on the store and knows no key of the network. It ends with the node.
 */
#ifndef NODE_COURIER_H
#define NODE_COURIER_H

#include "node/config.h"

/* Its life. Returns the exit status: PROCESS_EXIT_CONFIG if the credentials
 * or networks cannot be used. */
int courier_main(const struct config *config, int node_fd);

#endif

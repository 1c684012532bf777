/* SPDX-License-Identifier: Apache-2.0
 *
 * The process that writes the public site: a reader of the log with a handle
 * for reading on the store, no key and no network. It writes what the exit
 * decision lets out into the folder `site_dir`, and what it needs to know
 * itself into data_dir/site. It ends with the node.
 */
#ifndef NODE_SITE_H
#define NODE_SITE_H

#include "node/config.h"

/* Its life. Returns the exit status: PROCESS_EXIT_CONFIG if templates or
 * folders cannot be used. */
int site_main(const struct config *config, int node_fd);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The web process, almenara-web: shows the public site to everybody. It reads
 * its certificate, opens what it listens on, gives up everything but that and
 * the folder of the site, and serves. It has no handle on the store, no key of
 * the network, and may write no file.
 */
#ifndef NODE_WEB_H
#define NODE_WEB_H

#include "node/config.h"

/* Its life; `parent_fd` ends when the parent does, `node_fd` is the
 * socket pair to the node; -1 without one. Returns the
 * exit status: PROCESS_EXIT_CONFIG if addresses, certificate or key cannot be
 * used, PROCESS_EXIT_AGAIN if one of its files has changed. */
int web_main(const struct config *config, int parent_fd, int node_fd);

#endif

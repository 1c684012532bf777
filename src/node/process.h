/* SPDX-License-Identifier: Apache-2.0
 *
 * The processes of almenarad. The parent starts keeper and node by executing
 * its own program again with a role, holds the ends of what connects them,
 * and starts them anew, with a growing wait, when one ends. As a node without
 * its keeper can do nothing and a keeper without its node has nobody to
 * serve, they are one pair: if either ends, the other is stopped and both
 * begin again with a new socket pair.
 */
#ifndef NODE_PROCESS_H
#define NODE_PROCESS_H

#include "base/err.h"
#include "node/config.h"

#include <stdbool.h>

/* Descriptors of a child, after standard input, output and error. */
enum {
	PROCESS_FD_PAIR = 3,  /* keeper and node: to each other */
	PROCESS_FD_PARENT = 4 /* node and keeper: "I am ready" to the parent */
};

/* What a child was started as. */
enum process_role { PROCESS_PARENT, PROCESS_KEEPER, PROCESS_NODE };

/* The parent's life: start, watch, stop. Ends by SIGTERM or SIGINT (node
 * first, then keeper, at most 10 s each). SIGHUP goes to the node. Returns
 * the exit status of the program. */
int process_parent_run(const struct config *config, bool is_debug);

/* For a child at its start: end when the parent ends, whatever happens, and
 * ignore what the terminal sends to the whole group. ERR_CLOSED if the
 * parent is gone already. */
MUST enum err process_child_init(enum process_role role);

/* A child has started: the parent tells systemd once all have. May be called
 * where there is no parent (tests): nothing happens. */
void process_ready(void);

/* A sign of life of the child's loop; the parent answers systemd's watchdog
 * only while these come. Call it at most once a second. */
void process_alive(void);

#endif

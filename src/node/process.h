/* SPDX-License-Identifier: Apache-2.0
 *
 * The processes of almenarad. The parent starts keeper and node by executing
 * its own program again with a role, and starts them anew, with a growing
 * wait, when one ends. As a node without its keeper can do nothing, and a
 * keeper without its node has nobody to serve, they are one pair: if either
 * ends, the other is stopped and both begin again with a new socket pair.
 *
 *	STOPPED -> STARTING -> RUNNING -> (one ended) ENDING -> STOPPED ...
 *	any of them -> (SIGTERM) the node ends, then the keeper, then we
 *
 * The courier runs once the node asks for it. It is started anew alone: the
 * parent keeps its end of the socket pair to the node and hands it to the
 * next one. It ends with the pair. The writer of the public site is the same,
 * but runs as soon as the node does, if the site has an address.
 *
 * The web process is another program, almenara-web, in the folder of this one;
 * it runs if the configuration has an address for it, is started anew alone,
 * and goes on while the pair begins again.
 */
#ifndef NODE_PROCESS_H
#define NODE_PROCESS_H

#include "base/err.h"
#include "net/loop.h"
#include "node/config.h"

#include <stdbool.h>

/* Descriptors of a child, after standard input, output and error. */
enum {
	PROCESS_FD_PAIR = 3,   /* keeper and node: to each other; the courier:
	                        * to the node */
	PROCESS_FD_PARENT = 4, /* to the parent: signs of life */
	PROCESS_FD_COURIER = 5, /* the node: to the courier, whichever runs */
	PROCESS_FD_WEB = 6,     /* the node: to the web process; that one has it
	                         * as PROCESS_FD_PAIR */
	PROCESS_FD_SITE = 7,    /* the node: to the writer of the site */
	PROCESS_FD_END
};

/* What a child was started as. */
enum process_role { PROCESS_PARENT, PROCESS_KEEPER, PROCESS_NODE,
	PROCESS_COURIER, PROCESS_WEB, PROCESS_SITE };

/* The exit status that says: starting again will not help (sysexits.h). */
/* AGAIN: the pair is to begin again, nothing has failed */
enum { PROCESS_EXIT_AGAIN = 75, PROCESS_EXIT_CONFIG = 78 };

/* "keeper", "node", "courier", "web" or "site"; PROCESS_PARENT for any other
 * word. */
enum process_role process_role_find(const char *word);

/* The parent's life: start, watch, stop. Ends by SIGTERM or SIGINT, or when a
 * child says PROCESS_EXIT_CONFIG. SIGHUP goes to the node, with the
 * configuration and the rules, opened afresh. Returns the exit status of the
 * program. */
int process_parent_run(const struct config *config, bool is_debug);

/* For a child at its start: end when the parent ends, whatever happens, and
 * leave what the terminal sends to the parent. top and ps show it as
 * "alm-" and its role (prctl(2), PR_SET_NAME). ERR_CLOSED if the parent is
 * gone already. */
MUST enum err process_child_init(const char *role);

/* This child has started. When both have, systemd is told. Where there is no
 * parent (tests) nothing happens. */
void process_ready(void);

/* What the parent opened before the last SIGHUP: the node itself can read no
 * file that was put in the place of another. -1 for one that is not there.
 * False if nothing came. The caller closes both. */
bool process_take_files(int *config, int *rules);

/* Ask the parent for a SIGHUP. False without a parent. */
bool process_ask_reload(void);

/* The node's way to the courier, -1 without a parent. */
int process_courier_fd(void);

/* The node's way to the web process, -1 without one. */
int process_web_fd(void);

/* The same to the writer of the site. */
int process_site_fd(void);

/* Ask the parent to run the courier from now on. False without a parent. */
bool process_ask_courier(void);

/* The watch is kept: escalations are looked at and their steps written. If
 * that was said once and is not said for a minute, the parent raises the
 * alarm. */
void process_kept(void);

/* From now on give a sign of life every few seconds from `loop`; a child
 * whose signs stop is ended and started anew. The caller frees the timer. */
struct loop_timer *process_alive_start(struct loop *loop);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * A node without its daemon: a hub over real links (net/), SQLite store, file
 * sentinel, and a keeper in the same process. What the daemon adds - keeper
 * process, control socket, sandbox, index - is not here, so that one sees
 * what the core costs alone.
 */
#ifndef BENCH_NODE_H
#define BENCH_NODE_H

#include "world.h"

#include "net/loop.h"
#include "peer/hub.h"

struct node {
	struct world_node *self;
	struct loop *loop;
	struct hub *hub;
	struct store *store;
	struct sentinel *sentinel;
	struct keyring *keys;
	struct keeper *keeper;
	struct registry *registry;
	struct schema *schema;
	struct tls *tls;
	struct conn_group *group;
	struct loop_timer *timer;
	void (*on_up)(void); /* when the handshake of a link is over; or NULL */
	void (*notify)(void *ctx, const struct hub_event *e);
	void *ctx;
};

struct node_options {
	bool compress;
	bool without_receipts;
	bool listens;
	int64_t ask_wait_ms;
};

/* Node `i` of the world, its files in `dir` under its team's name. Ends the
 * process on failure. */
void node_open(struct node *n, const struct world *w, size_t i,
    const char *dir, const struct node_options *o);
void node_close(struct node *n);

/* How many peers have a link over which HELLO came? */
size_t node_linked(const struct node *n);

/* Decide by rules that allow everything: nothing enters a log undecided. */
void node_permit(struct hub_draft *d);

/* Append body `i` of the world, a warning of level 4 sealed to `aud`. */
void node_release(struct node *n, unsigned i, size_t size,
    const struct span *aud, size_t aud_n, hub_append_fn *done, void *ctx);

#endif

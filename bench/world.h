/* SPDX-License-Identifier: Apache-2.0
 *
 * A network for measuring: N teams with one node each, their keyrings, and
 * the documents that make them a network, all made anew with the project's
 * own writers. And notices: bodies that the schemas accept, of about 2 KiB,
 * each different.
 */
#ifndef BENCH_WORLD_H
#define BENCH_WORLD_H

#include "base/arena.h"
#include "base/buf.h"
#include "crypto/keyring.h"
#include "record/registry.h"

#define BENCH_DOMAIN "bench.almenara.example"

struct world_node {
	struct span team, node, origin, private_origin, address;
	struct span keyfile; /* of the keyring, which no fork hands on */
	struct jwk identity;
	struct span keyset; /* document */
};

struct world {
	struct arena mem;
	struct world_node *node;
	size_t n;
	struct span charter, register_doc;
	struct digest root; /* hash of the charter */
};

/* `n` nodes that listen on 127.0.0.1 from `port` on; with port 0 no keyset
 * has an address and nobody is dialled. Ends the process on failure. */
void world_make(struct world *w, size_t n, unsigned port);
void world_release(struct world *w);

/* All documents offered to a new registry. */
struct registry *world_registry(const struct world *w);

/* A new keyset for a node that dials nobody and is dialled by all: `star`
 * leaves the address only to node 0. Part of world_make's arguments in one
 * call: see there. */
void world_make_star(struct world *w, size_t n, unsigned port);

/* Body number `i` of a warning of level 4, about `size` bytes of JSON. */
void world_body(unsigned i, size_t size, struct buf *out);

#endif

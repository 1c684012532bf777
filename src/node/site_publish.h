/* SPDX-License-Identifier: Apache-2.0
 *
 * The command that carries the written site on (`site_publish`): to a mirror,
 * an object store. It is started like a program that carries a page
 * (courier/hook.h), by a process that has no handle and no secret, whenever
 * list and signature of new files stand, and again later if it fails. Which
 * state was carried on by which command is noted in data_dir/site.
 */
#ifndef NODE_SITE_PUBLISH_H
#define NODE_SITE_PUBLISH_H

#include "net/loop.h"
#include "node/config.h"

struct site_publish;

enum { SITE_PUBLISH_WHY = 120 };

struct site_publish_state {
	int64_t done_s, failed_s; /* of the last of each; 0: none */
	uint32_t failures;        /* in a row */
	char why[SITE_PUBLISH_WHY]; /* of the last failure */
};

/* Fork the process that starts it: before anything that it must not have is
 * open. `out` is NULL if there is no command; so may be `p` below. */
MUST enum err site_publish_start(const struct config *config,
    struct site_publish **out);

/* Begin; data_dir/site is there. `tell` is called now, and when a run has
 * ended; ERR_CLOSED in it: the process that starts the command is gone, and
 * the caller is to begin anew. */
typedef void site_publish_fn(void *ctx, enum err e,
    const struct site_publish_state *s);
MUST enum err site_publish_open(struct site_publish *p, struct loop *loop,
    site_publish_fn *tell, void *ctx);

/* Files and signature of this list stand. */
void site_publish_want(struct site_publish *p, struct span list);

/* A person asks: with the next list, even if it is out already. */
void site_publish_ask(struct site_publish *p);

void site_publish_free(struct site_publish *p);

#endif

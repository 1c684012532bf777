/* SPDX-License-Identifier: Apache-2.0
 *
 * The web process at work: its servers, one for each address it listens on,
 * and what they answer with. One thread, one wait. Confinement, options and
 * certificates are the caller's business (node/web.c).
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "base/err.h"
#include "schema/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WEB_LISTEN = 16, WEB_WATCHED = 2 };

struct web_config {
	int fds[WEB_LISTEN];      /* listening; the servers' from now on */
	size_t n;
	size_t connections, each; /* each: 0, no limit */
	int64_t wait_ms;          /* as in web/http.h */
	const char *certificate, *key; /* PEM; NULL: no TLS */
	int64_t until_s;          /* when that ends, for the node; 0: none */
	const char *root;         /* folder of the site */
	enum lang lang;           /* for those who wish none of ours */
	/* Files that, once changed, end the work with ERR_STATE: who starts
	 * it anew reads them again. NULL: none. */
	const char *watched[WEB_WATCHED];
	int parent_fd;            /* ends with its other end; -1: none */
	int node_fd;              /* the socket pair to the node; -1: none, and no
	                           * live stream */
	int64_t beat_ms;          /* of that stream */
	bool has_api;             /* officials may read with a token */
};

struct web;

/* Everything that needs more rights than serving. What `config` points to must
 * outlive it. ERR_KEY, ERR_IO. Caller frees. */
MUST enum err web_create(const struct web_config *config, struct web **out);
void web_free(struct web *w); /* accepts NULL */

/* Serve, for ever. ERR_STATE: begin again, with what has changed. ERR_CLOSED:
 * the parent is gone. */
MUST enum err web_run(struct web *w);

#endif

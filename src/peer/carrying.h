/* SPDX-License-Identifier: Apache-2.0
 *
 * Entries inside them: releases, re-shared documents.
 */
#ifndef PEER_CARRYING_H
#define PEER_CARRYING_H

#include "peer/hub_inside.h"

/* A place that it names: of what it carries, of a consent to that. */
struct carrying_place {
	struct span log;
	uint64_t index;
	bool is_early; /* that record is not here yet */
};

/* What an entry of a kind that carries holds. */
struct carrying {
	struct carrying_place place[2];
	size_t place_n; /* 0: unreadable */
	bool is_void;     /* that was signed by a revoked key */
	bool is_breach;
	bool is_erased;   /* its origin erased what it carries .. */
	struct digest by; /* .. by this */
	bool urgent; /* what it carries is */
	char why[160];
};

/* The reason that ids_may_change knows: its signer's key is not here yet. */
extern const char carrying_no_key[];

/* An own entry of a kind that carries is staged at `index`. */
void carrying_stage(struct hub *h, const struct kind *k, struct span body,
    uint64_t index);

/* Look at what an entry of a kind that carries holds. False if the entry is
 * to be set aside; `why` tells of that and of a breach. Its parts borrow
 * from `body` and the turn's arena. */
bool carrying_check(struct hub *h, const struct hub_log *log, uint64_t index,
    const struct entry *outer, struct json_val body, const struct kind *k,
    struct carrying *out);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * When the written site is carried on by the command that the configuration
 * names: one run at a time, of the newest that is wanted; what came during a
 * run is for the next one. After a failure the wait grows, whatever comes
 * meanwhile, until a person asks. Pure.
 *
 *	IDLE -want-> DUE -begin-> RUNNING -ended well-> IDLE, or DUE for newer
 *	                          RUNNING -ended ill-> DUE, later
 */
#ifndef WATCH_PUBLICATION_H
#define WATCH_PUBLICATION_H

#include "crypto/hash.h"
#include "watch/backoff.h"

struct publication {
	struct backoff backoff;
	struct digest wanted, taken, done; /* taken: by the run */
	bool has_done;        /* false: nothing was ever carried on */
	bool is_due, is_running;
	uint32_t failures;    /* in a row */
	uint32_t number;      /* of the run, from 1 */
	int64_t done_s, failed_s; /* of the last of each; 0: none */
};

/* `done_s` 0: nothing was carried on; or `done`, then. */
void publication_init(struct publication *p, const struct digest *done,
    int64_t done_s, struct mono now);

/* This is what stands now. Nothing to do if it is out already, unless a person
 * asks; who does not wait then either. */
void publication_want(struct publication *p, const struct digest *d,
    bool is_asked, struct mono now);

/* May one run begin, and from when on? */
bool publication_next(const struct publication *p, struct mono *due);

/* It has begun; the number that its end is told with. */
uint32_t publication_begin(struct publication *p);

/* It ended. False: that was not the run. `random` is any number. */
bool publication_end(struct publication *p, uint32_t number, bool good,
    uint32_t random, struct now now);

#endif

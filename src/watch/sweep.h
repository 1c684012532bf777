/* SPDX-License-Identifier: Apache-2.0
 *
 * Which attachments nobody names any more. A pass takes what lies there, is
 * told each name that an entry still says, and judges the rest. What is named
 * nowhere in two passes that lie SWEEP_GRACE_S apart goes: between an upload
 * and the draft that lists it there is a while in which nothing names it, and
 * that is not the last reason to be slow here.
 *
 *	sweep_put of each, sweep_begin;
 *	{ sweep_name | sweep_is_draft_old } of each entry, newest first;
 *	sweep_judge of each that sweep_next gives
 *
 * Pure.
 */
#ifndef WATCH_SWEEP_H
#define WATCH_SWEEP_H

#include "base/instant.h"
#include "base/uuid.h"
#include "crypto/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SWEEP_MOST = 4096,     /* blobs in a pass; more take turns */
	SWEEP_DRAFTS = 49152,  /* drafts that are remembered in a pass; of
	                        * others each revision counts */
	SWEEP_GRACE_S = 86400,
	SWEEP_FIRST_MS = 600000,    /* after a start */
	SWEEP_EVERY_MS = 21600000   /* after a pass */
};

enum sweep_verdict {
	SWEEP_KEEP, /* forget that nobody named it */
	SWEEP_MARK, /* nobody names it: note the time */
	SWEEP_WAIT, /* so it was noted, not long enough ago */
	SWEEP_REMOVE
};

struct sweep_blob {
	struct digest name;
	uint64_t size;
	bool is_named;
};

struct sweep {
	unsigned turn;          /* of those that take turns */
	struct sweep_blob *blob;
	size_t n, named;
	struct uuid *draft;
	size_t draft_n;
	uint64_t count, bytes;  /* of all that lies there */
};

/* A pass begins anew, and takes what is there: one call for each blob, twice
 * over, since only the first round can say how many there are. */
void sweep_reset(struct sweep *s);
void sweep_count(struct sweep *s, uint64_t size);
void sweep_put(struct sweep *s, const struct digest *name, uint64_t size);
void sweep_begin(struct sweep *s);
void sweep_release(struct sweep *s);

/* An entry says this name, which need not be one of a blob. */
void sweep_name(struct sweep *s, const struct digest *name);

/* Are all that the pass is about named? Then nothing more can come of it. */
bool sweep_is_idle(const struct sweep *s);

/* A revision `rev` of a draft, the newest first: has a newer one been seen,
 * so that what this one lists does not count? */
bool sweep_is_draft_old(struct sweep *s, const struct uuid *id, uint64_t rev);

/* The first from `*at` on that nobody named, and `*at` moves behind it; NULL:
 * no more. */
const struct sweep_blob *sweep_next(const struct sweep *s, size_t *at);

/* What becomes of a blob that is named or not; `since_s` is when that nobody
 * named it was noted, 0 if it was not. A clock that went back notes anew; one
 * that is doubted removes nothing. */
enum sweep_verdict sweep_judge(bool is_named, int64_t since_s,
    struct wall now, bool is_trusted);

#endif

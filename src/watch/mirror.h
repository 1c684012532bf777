/* SPDX-License-Identifier: Apache-2.0
 *
 * What to do with a verified checkpoint of another origin, given what is held
 * of that log. Pure: the mirror machine of doc/protocol.md, "Mirrors".
 *
 *   UNKNOWN -> LOCKED -> FILLING -> CURRENT -> LOCKED ...; FROZEN; CLOSED
 */
#ifndef WATCH_MIRROR_H
#define WATCH_MIRROR_H

#include "crypto/hash.h"

#include <stdbool.h>
#include <stdint.h>

enum mirror_state {
	MIRROR_UNKNOWN, /* nothing held */
	MIRROR_CURRENT, /* the newest checkpoint seen is filled */
	MIRROR_FILLING, /* locked on a checkpoint, records are on their way */
	MIRROR_FROZEN,  /* two histories were shown */
	MIRROR_CLOSED   /* the epoch has ended and is complete */
};

enum mirror_verdict {
	MIRROR_KNOWN,        /* nothing new: ignore */
	MIRROR_APPLY,        /* the records carried continue what is held */
	MIRROR_WANT_RECORDS, /* a gap that one push fills */
	MIRROR_WANT_TILES,   /* a gap for tiles */
	MIRROR_CONTRADICTS,  /* another history: freeze, keep the proof */
	MIRROR_BEYOND        /* past a closing cut: void */
};

struct mirror_view {
	uint64_t size;             /* held */
	struct digest root_there;  /* ours at min(size, checkpoint size) */
	bool closed;
	uint64_t closed_size;
};

struct mirror_offer {
	uint64_t size; /* of the verified checkpoint */
	struct digest root;
	uint64_t first; /* records carried: [first, first + count) */
	uint64_t count;
};

enum mirror_verdict mirror_judge(const struct mirror_view *view,
    const struct mirror_offer *offer);

/* The state to show: `newest` is the largest checkpoint size seen. */
enum mirror_state mirror_find_state(const struct mirror_view *view,
    uint64_t newest, bool frozen);

const char *mirror_name(enum mirror_state state);

#endif

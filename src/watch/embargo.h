/* SPDX-License-Identifier: Apache-2.0
 *
 * The embargoes of the own log: which are still to be released, and when.
 * Fed with the facts of each own entry in order, so it is a reader with a
 * cursor and comes to the same state after any restart. It acts only at or
 * after the time, by a wall clock that is trusted, and asks again until the
 * log itself shows the release.
 *
 *   WAITING --time, then publish--> RELEASE --in the log--> gone
 *           --time, then ask------> ASK (told once a start) --in the log--> gone
 *
 * A newer revision takes the place of the older ones of its id: with a later
 * time it extends, without an embargo it ends the duty.
 */
#ifndef WATCH_EMBARGO_H
#define WATCH_EMBARGO_H

#include "base/buf.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/uuid.h"
#include "crypto/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A release that failed is tried again after this. Whoever calls embargo_step
 * does so at least every second. */
enum { EMBARGO_AGAIN_MS = 1000 };

struct embargo_item {
	uint64_t index;
	struct digest digest;
	struct uuid id;
	uint64_t rev;
	int64_t until_s;
	bool publish;      /* by itself, else a person is asked */
	/* since the start only */
	bool told;         /* the person was asked */
	bool under_way;    /* a release was handed out */
	struct mono again; /* not before */
};

struct embargo {
	struct embargo_item *item; /* by index */
	size_t n;
	uint64_t cursor;   /* entries below were seen */
	bool changed;      /* since it was last written */
};

/* What an own entry means for embargoes. */
struct embargo_fact {
	uint64_t index;
	struct digest digest;
	struct uuid id;
	uint64_t rev;
	bool has_embargo;
	int64_t until_s;
	bool publish;
	bool releases;     /* it is the release of: */
	struct digest of;
};

void embargo_release(struct embargo *e);

/* The next own entry; ignored below the cursor. False if there would be more
 * than LIMIT_EMBARGOES: it is not kept. */
bool embargo_see(struct embargo *e, const struct embargo_fact *f);

enum embargo_act { EMBARGO_NOTHING, EMBARGO_RELEASE, EMBARGO_ASK };

/* What is to be done now, if anything: call again until there is nothing.
 * `trusted`: watch/trust.h. What is handed out is under way or told. */
enum embargo_act embargo_step(struct embargo *e, bool trusted, struct now now,
    struct embargo_item *out);

/* The release of the entry at `index` did not come to be. True the first
 * time. */
bool embargo_failed(struct embargo *e, uint64_t index, struct now now);

/* The state at rest. ERR_DAMAGED. */
void embargo_write(const struct embargo *e, struct buf *out);
MUST enum err embargo_parse(struct span in, struct embargo *out);

#endif

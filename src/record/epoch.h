/* SPDX-License-Identifier: Apache-2.0
 *
 * The epoch: a node whose store was rolled back opens a new log under a new
 * random name and tells all others of it. Signed by the node's own entry key,
 * which is at hand when the identity key is not; it names the log keys that
 * the team's keyset lists already, so nobody gains by it what the holder of
 * the node's keys could not do before. The next keyset lists the new log, or
 * closes it: that decides. doc/decisions/ tells why.
 */
#ifndef RECORD_EPOCH_H
#define RECORD_EPOCH_H

#include "record/keyset.h"

/* A log of the same team that the new one comes after, as far as its maker
 * knew it. */
struct epoch_prev {
	struct span origin;
	uint64_t size;
	struct digest root;
};

struct epoch {
	struct span team;
	struct span origin;
	struct span vkey;
	struct sign_public key; /* that of the vkey */
	uint64_t order;         /* above that of every log it comes after */
	struct epoch_prev *prev;
	size_t prev_count;
	int64_t at_s;
	struct span reason;
};

/* Parse the payload of `d`. Errors as charter_parse; `out` is untouched on
 * failure. */
MUST enum err epoch_parse(const struct document *d, struct span domain,
    struct arena *a, struct epoch *out, struct fault *f);

/* Append the payload of `e`. */
void epoch_write(const struct epoch *e, struct buf *out);

/* Who signed `d`, by the keyset `k` of its team: gives the entry key's row and
 * its node. ERR_NOT_FOUND if no key of `k` claims it, or the log's key is that
 * of no log of `k`; ERR_SIGNATURE if it does not verify; ERR_STATE if the key
 * is revoked or all logs of this log key are closed: it counts no more. */
MUST enum err epoch_check(const struct document *d, const struct epoch *e,
    const struct keyset *k, size_t *node, const struct keyset_key **key,
    struct fault *f);

/* Does `e` come after the log `origin`, in its own words? */
bool epoch_names(const struct epoch *e, struct span origin);

/* The eight digits at the end of the origin. */
uint64_t epoch_tag(struct span origin);

#endif

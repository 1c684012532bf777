/* SPDX-License-Identifier: Apache-2.0
 *
 * The circles of the own log: which of its keys may seal the next entry, and
 * when a new one is due. A circle is one audience together with the very keys
 * that its own key was handed to; any change of either is another circle. A
 * key is used once the entry that hands it out has been released, and not
 * after seven days.
 *
 *   none --an entry for it was sealed the long way--> under way
 *   under way --the key's entry is released--> in force --7 days--> none
 *
 * Pure. doc/protocol.md, "Circles".
 */
#ifndef WATCH_CIRCLES_H
#define WATCH_CIRCLES_H

#include "base/span.h"
#include "crypto/circle.h"
#include "crypto/hash.h"
#include "schema/tlp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CIRCLES_MOST = 64,          /* in force at a time; the oldest goes */
	CIRCLES_LIFE_S = 7 * 86400, /* then the key is another */
	CIRCLES_BACK_S = 300        /* so far may the clock step back */
};

struct circles_item {
	struct digest about;  /* circles_about */
	struct digest id;     /* D of the entry that hands the key out */
	uint64_t index;       /* its place in the own log */
	int64_t made_s;
	unsigned char key[CIRCLE_KEY];
};

struct circles {
	struct circles_item item[CIRCLES_MOST];
	size_t n;
	struct digest under_way[CIRCLES_MOST];
	size_t under_way_n;
};

/* Wipe all. */
void circles_clear(struct circles *c);

/* The name of the circle of `aud`, ascending, sealed to the keys `kid`. */
struct digest circles_about(const struct span *aud, size_t aud_n,
    const struct digest *kid, size_t kid_n);

/* May an entry be sealed by the key of a circle at all? Not TLP:RED (nor a
 * label that is not known), not under embargo, and no key of a circle.
 * Holds for the origin and for every receiver. */
bool circles_may(struct span kind, struct span tlp, bool has_embargo);

/* The key for the circle `about`, NULL if none is in force: of the entries
 * below `released` alone, and fresh. Borrowed. */
const struct circles_item *circles_find(const struct circles *c,
    const struct digest *about, uint64_t released, int64_t now_s);

/* An entry went to `about` without a key in force: is one to be made now?
 * True marks it as under way. */
bool circles_want(struct circles *c, const struct digest *about,
    uint64_t released, int64_t now_s);

/* The key came to be, or could not (`item` NULL). It takes the place of an
 * older one of its circle. */
void circles_made(struct circles *c, const struct digest *about,
    const struct circles_item *item);

/* Is a key of this age still used? */
bool circles_is_fresh(int64_t made_s, int64_t now_s);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The circles of the own log.
 */
#include "watch/circles.h"

#include "base/buf.h"
#include "base/limits.h"
#include "crypto/secret.h"

void
circles_clear(struct circles *c)
{
	secret_wipe(c, sizeof *c);
}

struct digest
circles_about(const struct span *aud, size_t aud_n, const struct digest *kid,
    size_t kid_n)
{
	struct digest d;
	struct buf b;

	buf_init(&b, LIMIT_RECIPIENTS * (LIMIT_TEAM_NAME + 1 + sizeof d));
	for (size_t i = 0; i < aud_n; i++) {
		buf_put(&b, aud[i]);
		buf_put_u8(&b, '\n');
	}
	for (size_t i = 0; i < kid_n; i++)
		buf_put(&b, digest_span(&kid[i]));
	d = hash_sha256(buf_span(&b));
	buf_release(&b);
	return d;
}

bool
circles_may(struct span kind, struct span tlp, bool has_embargo)
{
	enum tlp label;

	return !has_embargo && !span_is_str(kind, CIRCLE_KIND) &&
	    tlp_parse(tlp, &label) == ERR_NONE && label < TLP_RED;
}

bool
circles_is_fresh(int64_t made_s, int64_t now_s)
{
	return now_s >= made_s - CIRCLES_BACK_S &&
	    now_s < made_s + CIRCLES_LIFE_S;
}

const struct circles_item *
circles_find(const struct circles *c, const struct digest *about,
    uint64_t released, int64_t now_s)
{
	for (size_t i = 0; i < c->n; i++)
		if (digest_is_equal(&c->item[i].about, about) &&
		    c->item[i].index < released &&
		    circles_is_fresh(c->item[i].made_s, now_s))
			return &c->item[i];
	return NULL;
}

static size_t
find_under_way(const struct circles *c, const struct digest *about)
{
	size_t i = 0;

	while (i < c->under_way_n &&
	    !digest_is_equal(&c->under_way[i], about))
		i++;
	return i;
}

bool
circles_want(struct circles *c, const struct digest *about, uint64_t released,
    int64_t now_s)
{
	if (c->under_way_n == CIRCLES_MOST ||
	    find_under_way(c, about) < c->under_way_n ||
	    circles_find(c, about, released, now_s) != NULL)
		return false;
	c->under_way[c->under_way_n++] = *about;
	return true;
}

/* Where a new one of this circle goes: over its own older one, else behind the
 * others, else over the oldest of all. */
static size_t
slot_for(struct circles *c, const struct digest *about)
{
	size_t oldest = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (digest_is_equal(&c->item[i].about, about))
			return i;
		if (c->item[i].made_s < c->item[oldest].made_s)
			oldest = i;
	}
	return c->n < CIRCLES_MOST ? c->n++ : oldest;
}

void
circles_made(struct circles *c, const struct digest *about,
    const struct circles_item *item)
{
	size_t i = find_under_way(c, about);

	if (i < c->under_way_n)
		c->under_way[i] = c->under_way[--c->under_way_n];
	if (item != NULL)
		c->item[slot_for(c, about)] = *item;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * What is kept of the cosignatures of the own log. Each checkpoint that was
 * cosigned proves every entry below it, so of those of one hour the one with
 * the most cosignatures stays and the others go, once that hour is over and
 * the next one too. One is looked at for each cosignature that comes: no turn
 * has more to do, and there are many of them for each checkpoint.
 */
#include "peer/witness.h"

#include "base/reader.h"
#include "ledger/cosignature.h"

enum { HOUR_S = 3600, LINES_MAX = 64 };

/* The cosignatures of the first checkpoint that is not below `from`. */
struct group {
	struct arena *a;
	uint64_t size;
	size_t n;
	struct span key[LINES_MAX];
	uint64_t hour[LINES_MAX];
};

static bool
see_line(void *ctx, struct span key, struct span value)
{
	struct group *g = ctx;
	struct reader r;
	uint64_t size;

	reader_init(&r, key);
	size = reader_u64(&r);
	if ((g->n != 0 && size != g->size) || g->n == LINES_MAX)
		return false;
	g->size = size;
	g->hour[g->n] = value.n != COSIGNATURE_BYTES ? 0 :
	    cosignature_time(value.p) / HOUR_S;
	g->key[g->n++] = arena_copy(g->a, key);
	return true;
}

static bool
find(struct hub *h, uint64_t from, struct group *out)
{
	struct buf key;
	enum err e;

	out->a = &h->turn;
	out->n = 0;
	buf_init(&key, 8);
	buf_put_u64(&key, from);
	e = store_scan_items_from(h->parts.store, "cosignature",
	    buf_span(&key), see_line, out);
	buf_release(&key);
	return e == ERR_NONE && out->n != 0;
}

/* The middle one: what a few say who have a wrong clock counts for nothing. */
static uint64_t
hour_of(const struct group *g)
{
	for (size_t i = 0; i < g->n; i++) {
		size_t below = 0, same = 0;

		for (size_t k = 0; k < g->n; k++) {
			below += g->hour[k] < g->hour[i];
			same += g->hour[k] == g->hour[i];
		}
		if (below <= g->n / 2 && g->n / 2 < below + same)
			return g->hour[i];
	}
	return 0;
}

static void
drop(struct hub *h, const struct group *g)
{
	struct buf key;

	for (size_t i = 0; i < g->n; i++)
		hub_write(h, store_put_item(h->parts.store, "cosignature",
				 g->key[i], span_str("")));
	buf_init(&key, 8);
	buf_put_u64(&key, g->size);
	hub_write(h, store_put_item(h->parts.store, "note", buf_span(&key),
			 span_str("")));
	buf_release(&key);
}

void
witness_thin(struct hub *h)
{
	struct hub_thin *t = &h->thin;
	uint64_t now = (uint64_t)(h->now.wall.ms / 1000) / HOUR_S, hour;
	struct group g, best;

	if (!find(h, t->at + 1, &g))
		return;
	hour = hour_of(&g);
	if (hour + 1 >= now || !hub_stage_lazy(h))
		return;
	t->at = g.size;
	if (t->n != 0 && t->hour == hour && g.n < t->n) {
		drop(h, &g);
		return;
	}
	if (t->n != 0 && t->hour == hour && find(h, t->best, &best) &&
	    best.size == t->best)
		drop(h, &best);
	t->hour = hour;
	t->best = g.size;
	t->n = g.n;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Notices to many: the private log read on, a turn, their life.
 */
#include "node/mailings_inside.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/reader.h"
#include "crypto/wrap.h"
#include "node/command.h"

#include <stdlib.h>

enum {
	READ_MOST = 64,    /* entries in one turn, when behind */
	CURSOR_STEP = 512, /* the cursor is written so often at least */
	ORPHAN_S = 600     /* parts that nothing has released */
};

static const char space[] = "mailings";

/* --- reading on --- */

static void
see_part(struct mailings *x, const struct record *r, const struct uuid *id,
    struct arena *a)
{
	struct held *h = mailings_held(x, id);

	if (h == NULL) {
		h = mailings_hold(id, r);
		h->next = x->first;
		x->first = h;
	}
	mailings_take_part(h, r, a);
}

static void
see_head(struct mailings *x, const struct record *r, struct arena *a)
{
	struct held *h = mailings_held(x, &r->entry.id);

	if (h == NULL)
		return;
	if (json_get(r->body, "ended").type != JSON_ABSENT) {
		mailings_drop(x, h);
		return;
	}
	mailings_take_head(h, r, a);
	log_event(LOG_NOTICE, "mailing.released",
	    log_uint("readers", h->m.n));
}

/* Results that this process has written are known. */
static void
see_result(struct mailings *x, const struct record *r, const struct uuid *id,
    struct arena *a)
{
	struct held *h = mailings_held(x, id);

	if (h != NULL && r->index < x->mine)
		mailings_take_result(h, r, a);
}

static void
see(struct mailings *x, uint64_t index)
{
	struct service *s = x->service;
	struct arena a = { 0 };
	struct record r;
	struct uuid id;

	if (record_read(s, hub_log(s->hub, 1).id, index, &a, &r) ==
	    ERR_NONE) {
		bool has = mailings_id(json_get(r.body, "mailing"), &a, &id);

		if (has && span_is_str(r.entry.kind, "mailing-part"))
			see_part(x, &r, &id, &a);
		else if (span_is_str(r.entry.kind, "mailing"))
			see_head(x, &r, &a);
		else if (has && span_is_str(r.entry.kind, "mailing-result"))
			see_result(x, &r, &id, &a);
	}
	arena_release(&a);
}

static bool
read_on(struct mailings *x)
{
	uint64_t size = hub_log(x->service->hub, 1).size;

	for (unsigned i = 0; i < READ_MOST && x->cursor < size; i++)
		see(x, x->cursor++);
	return x->cursor >= size;
}

/* Where the next start has to begin. */
static uint64_t
lowest(const struct mailings *x)
{
	uint64_t low = x->cursor;

	for (const struct held *h = x->first; h != NULL; h = h->next)
		if (h->head.first < low)
			low = h->head.first;
	return low;
}

static void
write_down(struct mailings *x)
{
	struct store *store = x->service->store;
	uint64_t low = lowest(x);
	struct buf b;

	if (low < x->written + CURSOR_STEP)
		return;
	buf_init(&b, 8);
	buf_put_u64(&b, low);
	if (store_begin(store) == ERR_NONE &&
	    (store_put_item(store, space,
		span_str(x->service->private_origin), buf_span(&b)) !=
		ERR_NONE || store_commit(store) != ERR_NONE))
		store_rollback(store);
	/* if it could not be written, more is read at the next start */
	x->written = low;
	buf_release(&b);
}

/* What was begun before this process and never released goes to nobody. */
static void
drop_orphans(struct mailings *x, int64_t now_s)
{
	struct held *next;

	for (struct held *h = x->first; h != NULL; h = next) {
		next = h->next;
		if (!h->is_released && h->head.at_s + ORPHAN_S < now_s)
			mailings_drop(x, h);
	}
}

/* --- a turn --- */

void
mailings_turn(struct mailings *x)
{
	struct now now = loop_now(x->service->loop);
	int64_t wait;

	if (!read_on(x)) {
		loop_timer_start(x->timer, 0, 0);
		return;
	}
	write_down(x);
	if (x->first == NULL)
		return;
	drop_orphans(x, now.wall.ms / 1000);
	mailings_look_late(x, now.mono.ms);
	wait = mailings_send(x);
	for (struct held *h = x->first; h != NULL; h = h->next)
		if (h->is_released)
			mailings_tell(x, h, now.mono.ms);
	loop_timer_start(x->timer, wait >= 0 && wait < MAILINGS_TELL_MS ?
		(uint64_t)wait : MAILINGS_TELL_MS, 0);
}

/* --- life --- */

/* Any event ends in a turn. */
static void
on_timer(void *ctx)
{
	(void)ctx;
}

enum err
mailings_create(struct service *s, struct mailings **out)
{
	struct mailings *x = mem_alloc(sizeof *x);
	struct arena a = { 0 };
	struct span value;
	struct reader r;
	enum err e = store_get_item(s->store, space,
	    span_str(s->private_origin), &a, &value);

	x->service = s;
	x->timer = loop_timer_create(s->loop, on_timer, x);
	x->key = wrap_words_key(s->store_key);
	x->mine = hub_log(s->hub, 1).size;
	if (e == ERR_NONE) {
		reader_init(&r, value);
		x->cursor = x->written = reader_u64(&r);
	}
	arena_release(&a);
	*out = x;
	return ERR_NONE;
}

void
mailings_free(struct mailings *x)
{
	if (x == NULL)
		return;
	while (x->first != NULL)
		mailings_drop(x, x->first);
	hash_key_free(x->key);
	loop_timer_free(x->timer);
	free(x);
}

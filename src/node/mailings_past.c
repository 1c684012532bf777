/* SPDX-License-Identifier: Apache-2.0
 *
 * Notices to many for who asks: those under way and, read from the log again,
 * those that have ended; and whose a code is.
 */
#include "node/mailings_inside.h"

#include "base/mem.h"
#include "node/command.h"
#include "watch/mailing_code.h"

#include <stdlib.h>

enum { PAST_MOST = 256 }; /* redistributions of one notice */

/* Where the last words of those stand that have ended. */
struct past {
	struct mailings *x;
	const struct uuid *notice;
	uint64_t at[PAST_MOST];
	size_t n;
};

/* One that has ended, from its entries. */
static struct held *
read_again(struct mailings *x, const struct record *last)
{
	struct service *s = x->service;
	struct held *h = mailings_hold(&last->entry.id, last);
	uint64_t end = 0;

	(void)!json_u64(json_get(last->body, "first"), &h->head.first);
	(void)!json_u64(json_get(last->body, "last"), &end);
	for (uint64_t i = h->head.first; i < end; i++) {
		struct arena a = { 0 };
		struct record r;
		struct uuid id;

		if (record_read(s, hub_log(s->hub, 1).id, i, &a, &r) ==
			ERR_NONE &&
		    mailings_id(json_get(r.body, "mailing"), &a, &id) &&
		    uuid_is_equal(&id, &h->head.id)) {
			if (span_is_str(r.entry.kind, "mailing-part"))
				mailings_take_part(h, &r, &a);
			else if (span_is_str(r.entry.kind, "mailing-result"))
				mailings_take_result(h, &r, &a);
		}
		arena_release(&a);
	}
	return h;
}

static bool
see_past(void *ctx, const struct index_row *row)
{
	struct past *p = ctx;
	struct arena a = { 0 };
	struct record r;
	struct uuid notice;

	if ((row->flags & INDEX_ENDED) != 0 &&
	    record_read(p->x->service, row->log, row->index, &a, &r) ==
		ERR_NONE &&
	    mailings_id(json_get(r.body, "notice"), &a, &notice) &&
	    uuid_is_equal(&notice, p->notice))
		p->at[p->n++] = row->index;
	arena_release(&a);
	return p->n < PAST_MOST;
}

static bool
give_past(struct mailings *x, uint64_t at, mailings_fn *fn, void *ctx)
{
	struct service *s = x->service;
	struct arena a = { 0 };
	struct record r;
	struct held *h;
	bool more = true;

	if (record_read(s, hub_log(s->hub, 1).id, at, &a, &r) == ERR_NONE) {
		h = read_again(x, &r);
		mailings_take_head(h, &r, &a);
		h->head.is_over = true;
		more = fn(ctx, &h->head, &h->m);
		mailing_release(&h->m);
		free(h);
	}
	arena_release(&a);
	return more;
}

void
mailings_each(struct mailings *x, const struct uuid *notice, mailings_fn *fn,
    void *ctx)
{
	struct past *p = mem_alloc(sizeof *p);
	bool more = true;

	*p = (struct past){ .x = x, .notice = notice };
	for (struct held *h = x->first; h != NULL && more; h = h->next)
		if (h->is_released && uuid_is_equal(&h->head.notice, notice))
			more = fn(ctx, &h->head, &h->m);
	if (more)
		(void)!index_home_all(x->service->index, "mailing", 0,
		    see_past, p);
	for (size_t i = 0; i < p->n && more; i++)
		more = give_past(x, p->at[i], fn, ctx);
	free(p);
}

/* --- from a code to who has it --- */

enum { FIND_MOST = 512 }; /* redistributions, the newest */

struct finding {
	struct mailings *x;
	const char *code;
	int64_t since_s;
	const struct uuid *notice; /* NULL: of all */
	struct mailings_found *out;
	uint64_t ended[FIND_MOST]; /* where their last words stand */
	size_t ended_n;
};

static bool
is_meant(const struct finding *f, const struct mailing_head *h)
{
	return h->at_s >= f->since_s &&
	    (f->notice == NULL || uuid_is_equal(f->notice, &h->notice));
}

static bool
find_among(struct finding *f, const struct held *h)
{
	size_t at;

	if (!mailing_code_find(f->x->key, &h->head.id, f->code, h->m.n, &at))
		return false;
	*f->out = (struct mailings_found){ h->head.id, h->head.notice,
		h->m.one[at].who };
	return true;
}

/* Its readers are read from the log only if one of them has it. */
static bool
find_in_ended(struct finding *f, uint64_t at)
{
	struct service *s = f->x->service;
	struct arena a = { 0 };
	struct record r;
	struct held *h, head = { .is_released = false };
	uint64_t count = 0;
	size_t place;
	bool found = false;

	if (record_read(s, hub_log(s->hub, 1).id, at, &a, &r) == ERR_NONE) {
		mailings_take_head(&head, &r, &a);
		(void)!json_u64(json_get(r.body, "count"), &count);
		found = is_meant(f, &head.head) && mailing_code_find(
		    f->x->key, &r.entry.id, f->code, count, &place);
	}
	if (found) {
		h = read_again(f->x, &r);
		h->head.notice = head.head.notice;
		found = find_among(f, h);
		mailing_release(&h->m);
		free(h);
	}
	arena_release(&a);
	return found;
}

static bool
see_ended(void *ctx, const struct index_row *row)
{
	struct finding *f = ctx;

	if (row->iat_s < f->since_s)
		return false;
	if ((row->flags & INDEX_ENDED) != 0)
		f->ended[f->ended_n++] = row->index;
	return f->ended_n < FIND_MOST;
}

bool
mailings_find(struct mailings *x, const char *code, int64_t since_s,
    const struct uuid *notice, struct mailings_found *out)
{
	struct finding *f = mem_alloc(sizeof *f);
	bool found = false;

	*f = (struct finding){ .x = x, .code = code, .since_s = since_s,
		.notice = notice, .out = out };
	for (struct held *h = x->first; h != NULL && !found; h = h->next)
		found = h->is_released && is_meant(f, &h->head) &&
		    find_among(f, h);
	if (!found)
		(void)!index_home_all(x->service->index, "mailing", 0,
		    see_ended, f);
	for (size_t i = 0; i < f->ended_n && !found; i++)
		found = find_in_ended(f, f->ended[i]);
	free(f);
	return found;
}

size_t
mailings_hasten(struct mailings *x, const struct uuid *notice)
{
	size_t n = 0;

	for (struct held *h = x->first; h != NULL; h = h->next)
		if (uuid_is_equal(&h->head.notice, notice))
			n += mailing_hasten(&h->m,
			    loop_now(x->service->loop).mono);
	service_stir(x->service);
	return n;
}

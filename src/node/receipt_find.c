/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding one receipt among all of a team.
 */
#include "node/receipt_find.h"

#include "crypto/jws.h"
#include "record/receipt.h"

enum { RECEIPTS_READ = 4096 }; /* of one team, from where it may stand */

struct find {
	uint64_t index;
	bool open;
	unsigned read;
	uint64_t size; /* of the receipt read last */
	int64_t at_s;  /* 0: not found */
	struct arena *a;
	struct span *jws;
};

static bool
see_receipt(void *ctx, uint64_t seq, struct span text)
{
	struct find *f = ctx;
	struct arena a = { 0 };
	struct receipt r = { 0 };
	struct jws jws;

	(void)seq;
	if (jws_parse(text, RECEIPT_TYP, &a, &jws, NULL) == ERR_NONE &&
	    receipt_parse(jws.payload, &a, &r, NULL) == ERR_NONE) {
		f->size = r.size;
		if (ranges_has(&r.held, f->index) ||
		    (f->open && f->index < r.size &&
			!ranges_has(&r.missing, f->index)))
			f->at_s = r.at_s;
	}
	if (f->at_s != 0 && f->a != NULL)
		*f->jws = arena_copy(f->a, text);
	receipt_release(&r);
	arena_release(&a);
	return f->at_s == 0 && ++f->read < RECEIPTS_READ;
}

static bool
see_size(void *ctx, uint64_t seq, struct span text)
{
	(void)see_receipt(ctx, seq, text);
	return false;
}

/* The first receipt of `count` that speaks of more than `index` entries: what
 * they speak of grows. */
static uint64_t
first_beyond(struct service *s, struct span team, uint32_t log,
    uint64_t index, uint64_t count)
{
	uint64_t low = 0, high = count;

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		struct find f = { .index = index };

		(void)!store_scan_receipts(s->store, log, team, middle,
		    see_size, &f);
		if (f.size > index)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

int64_t
receipt_find(struct service *s, const struct hub_peer_info *p,
    const struct index_row *row, struct arena *a, struct span *jws)
{
	struct find f = { .index = row->index,
		.open = (row->flags & INDEX_OPEN) != 0, .a = a, .jws = jws };
	uint64_t from = first_beyond(s, p->team, row->log, row->index,
	    p->receipts);

	(void)!store_scan_receipts(s->store, row->log, p->team, from,
	    see_receipt, &f);
	return f.at_s;
}

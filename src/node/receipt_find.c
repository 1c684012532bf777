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
	    receipt_parse(jws.payload, &a, &r, NULL) == ERR_NONE &&
	    (ranges_has(&r.held, f->index) ||
		(f->open && f->index < r.size &&
		    !ranges_has(&r.missing, f->index))))
		f->at_s = r.at_s;
	if (f->at_s != 0 && f->a != NULL)
		*f->jws = arena_copy(f->a, text);
	receipt_release(&r);
	arena_release(&a);
	return f->at_s == 0 && ++f->read < RECEIPTS_READ;
}

/* One that holds the entry speaks of a log that reaches beyond it. */
int64_t
receipt_find(struct service *s, const struct hub_peer_info *p,
    const struct index_row *row, struct arena *a, struct span *jws)
{
	struct find f = { .index = row->index,
		.open = (row->flags & INDEX_OPEN) != 0, .a = a, .jws = jws };

	if (hub_is_delivered(s->hub, row->log, p->team, row->index))
		(void)!store_scan_receipts(s->store, row->log, p->team,
		    row->index + 1, 0, see_receipt, &f);
	return f.at_s;
}

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
	int64_t at_s; /* 0: not found */
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
	    receipt_holds(&r, f->index, f->open))
		f->at_s = r.at_s;
	receipt_release(&r);
	arena_release(&a);
	return f->at_s == 0 && ++f->read < RECEIPTS_READ;
}

/* One that holds the entry speaks of a log that reaches beyond it. */
static void
scan(struct service *s, const struct hub_peer_info *p,
    const struct index_row *row,
    bool (*see)(void *ctx, uint64_t seq, struct span text), void *ctx)
{
	if (hub_is_delivered(s->hub, row->log, p->team, row->index))
		(void)!store_scan_receipts(s->store, row->log, p->team,
		    row->index + 1, 0, see, ctx);
}

int64_t
receipt_find(struct service *s, const struct hub_peer_info *p,
    const struct index_row *row)
{
	struct find f = { .index = row->index,
		.open = (row->flags & INDEX_OPEN) != 0 };

	scan(s, p, row, see_receipt, &f);
	return f.at_s;
}

static bool
see_newest(void *ctx, uint64_t seq, struct span text)
{
	int64_t *at_s = ctx;
	struct arena a = { 0 };
	struct receipt r = { 0 };
	struct jws jws;

	(void)seq;
	if (jws_parse(text, RECEIPT_TYP, &a, &jws, NULL) == ERR_NONE &&
	    receipt_parse(jws.payload, &a, &r, NULL) == ERR_NONE)
		*at_s = r.at_s;
	receipt_release(&r);
	arena_release(&a);
	return false;
}

int64_t
receipt_newest(struct service *s, const struct hub_peer_info *p)
{
	int64_t at_s = 0;

	if (p->receipts != 0)
		(void)!store_scan_receipts(s->store, hub_log(s->hub, 0).id,
		    p->team, p->last_of, p->receipts - 1, see_newest, &at_s);
	return at_s;
}

struct find_shown {
	const struct registry *registry;
	struct receipt_entry entry;
	struct arena *a;
	unsigned read;
	struct receipt_found *out;
};

static bool
see_shown(void *ctx, uint64_t seq, struct span text)
{
	struct find_shown *f = ctx;
	struct receipt_found *out = f->out;
	enum receipt_shows shows = receipt_show(f->registry, &f->entry, text,
	    &out->shown);

	(void)seq;
	if (shows == RECEIPT_SHOWS)
		out->jws = arena_copy(f->a, text);
	else if (shows == RECEIPT_OF_OTHER ||
	    (shows != RECEIPT_SHOWS_NOTHING &&
		out->refused != RECEIPT_OF_OTHER)) {
		out->refused = shows;
		out->refused_size = out->shown.size;
	}
	return out->jws.n == 0 && ++f->read < RECEIPTS_READ;
}

void
receipt_find_shown(struct service *s, const struct hub_peer_info *p,
    const struct index_row *row, struct arena *a, struct receipt_found *out)
{
	size_t log = log_find(s, row->log);
	struct find_shown f = { .registry = s->registry, .a = a, .out = out };

	*out = (struct receipt_found){ .refused = RECEIPT_SHOWS_NOTHING };
	if (log == SIZE_MAX)
		return;
	f.entry = (struct receipt_entry){ hub_log(s->hub, log).origin,
		hub_log(s->hub, log).size, hub_tree_source(s->hub, log),
		row->index, (row->flags & INDEX_OPEN) != 0, p->team };
	scan(s, p, row, see_shown, &f);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: log_show, log_export, log_reindex. log_verify has a file of its
 * own.
 */
#include "node/export.h"
#include "node/ruling.h"

#include "ledger/leaf.h"

enum {
	SHOWN_MAX = 1000,
	REINDEX_SLICE = 256
};

/* --- log_show --- */

static bool
see_record(void *ctx, uint64_t index, struct span record)
{
	struct call *c = ctx;
	struct json_out *w = &c->w;
	struct leaf leaf;

	json_put_open(w, '{');
	json_put_member_u64(w, "index", index);
	if (leaf_parse(record, &leaf) == ERR_NONE) {
		json_put_member_bool(w, "sealed", leaf.sealed);
		json_put_member_str(w, "digest", call_digest(c, &leaf.entry));
		if (leaf.sealed)
			json_put_member_str(w, "container",
			    call_digest(c, &leaf.container));
	}
	json_put_close(w, '}');
	return true;
}

void
cmd_log_show(struct call *c)
{
	uint64_t from = 0, count = 100;
	struct hub_log_info l;
	size_t i;
	enum err e;

	if (!call_which_log(c, &i))
		return;
	l = hub_log(c->service->hub, i);
	(void)!json_u64(json_get(c->args, "from"), &from);
	(void)!json_u64(json_get(c->args, "count"), &count);
	if (count > SHOWN_MAX)
		count = SHOWN_MAX;
	json_put_open(&c->w, '{');
	json_put_member_span(&c->w, "origin", l.origin);
	json_put_member_u64(&c->w, "size", l.size);
	json_put_member_str(&c->w, "root", call_digest(c, &l.root));
	json_put_member_span(&c->w, "checkpoint", l.checkpoint);
	json_put_key(&c->w, "records");
	json_put_open(&c->w, '[');
	e = store_scan_records(c->service->store, l.id, from, count,
	    see_record, c);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, "the log cannot be read",
		    err_sentence(e), "almenara log verify");
		return;
	}
	json_put_close(&c->w, ']');
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- log_export --- */

void
cmd_log_export(struct call *c)
{
	struct json_out *w = &c->w;
	struct index_row row;
	struct export x;
	enum err e;

	if (!call_find(c, INDEX_SHARED, "id", &row) ||
	    !call_read(c, &row, EXIT_FILE, &x.record))
		return;
	if (row.state == STORE_BODY_ERASED) {
		call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND,
		    "its text was erased", "the record stays, the signed text "
		    "is gone", call_text(c, "almenara show %s",
		    call_id(c, &row.id)));
		return;
	}
	e = export_make(c, &row, &x);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, "there is no proof for it yet",
		    e == ERR_NOT_FOUND ? "no checkpoint covers the entry" :
					 err_sentence(e),
		    "almenara log verify");
		return;
	}
	/* who took the signed text away is kept */
	ruling_audit(c, x.record.ruling, "log_export", &row.digest,
	    call_id(c, &row.id), "done", "");
	json_put_open(w, '{');
	export_write(c, &x);
	json_put_member_str(w, "note", x.witnesses >= EXPORT_WITNESSES ? "" :
		call_text(c, "cosigned by %zu others so far; a proof for "
		    "others should bear %d", x.witnesses, EXPORT_WITNESSES));
	json_put_close(w, '}');
	call_done(c);
}

/* --- log_reindex --- */

struct reindex {
	uint64_t of;
	unsigned steps;
};

static void
reindex_step(struct call *c)
{
	struct index_counts counts = { 0 };
	struct reindex *r = c->state;
	uint64_t lag;
	enum err e = service_index(c->service, REINDEX_SLICE);

	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_FAILED, "the index cannot be written",
		    err_sentence(e), "almenara log reindex");
		return;
	}
	lag = index_lag(c->service->index);
	if (lag != 0) {
		if (r->steps++ % 8 == 0)
			call_progress(c, lag < r->of ? r->of - lag : 0, r->of,
			    "entries");
		call_work(c, reindex_step);
		return;
	}
	(void)!index_count(c->service->index, &counts);
	json_put_open(&c->w, '{');
	json_put_member_u64(&c->w, "entries", counts.entries);
	json_put_close(&c->w, '}');
	call_done(c);
}

void
cmd_log_reindex(struct call *c)
{
	enum err e = index_reset(c->service->index);
	struct reindex *r;

	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_FAILED, "the index cannot be emptied",
		    err_sentence(e), "");
		return;
	}
	audit(c->service, &c->caller, "log_reindex", NULL, "", "done", "");
	r = arena_alloc(&c->mem, sizeof *r);
	for (size_t i = 0; i < hub_log_count(c->service->hub); i++)
		r->of += hub_log(c->service->hub, i).size;
	c->state = r;
	call_work(c, reindex_step);
}

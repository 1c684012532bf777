/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: log_show, log_export, log_reindex. log_verify has a file of its
 * own.
 */
#include "node/command.h"

#include "base/code.h"
#include "ledger/leaf.h"
#include "ledger/tlog_proof.h"

enum {
	SHOWN_MAX = 1000,
	WITNESSES = 3,      /* cosignatures of others that a proof should bear */
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

/* The oldest checkpoint that covers `index` and bears enough signatures of
 * others, else as many as there are. */
static enum err
find_checkpoint(struct call *c, size_t log, uint64_t index, struct span *note,
    size_t *witnesses)
{
	struct hub *h = c->service->hub;
	struct checkpoint found;

	for (size_t need = log == 0 ? WITNESSES : 0; need > 0; need--)
		if (hub_find_witnessed(h, index, need, &c->mem, note,
			witnesses) == ERR_NONE)
			return ERR_NONE;
	*witnesses = 0;
	*note = hub_log(h, log).checkpoint;
	if (note->n == 0 || checkpoint_read(*note, &found, NULL) != ERR_NONE ||
	    found.size <= index)
		return ERR_NOT_FOUND;
	return ERR_NONE;
}

static bool
see_one(void *ctx, uint64_t index, struct span record)
{
	struct buf *b = ctx;

	(void)index;
	code_write_base64(b, record);
	return true;
}

/* The leaf record goes along as extra data: that of a sealed entry cannot be
 * made from the entry alone. */
static enum err
make_proof(struct call *c, size_t log, uint64_t index, struct span note,
    struct buf *out)
{
	struct tree_source source = hub_tree_source(c->service->hub, log);
	struct tlog_proof *p = arena_alloc(&c->mem, sizeof *p);
	struct checkpoint checkpoint;
	struct buf extra;
	enum err e = checkpoint_read(note, &checkpoint, NULL);

	buf_init(&extra, 128);
	p->index = index;
	p->checkpoint = note;
	if (e == ERR_NONE)
		e = proof_make_inclusion(&source, index, checkpoint.size,
		    &p->proof);
	if (e == ERR_NONE)
		e = store_scan_records(c->service->store,
		    hub_log(c->service->hub, log).id, index, 1, see_one,
		    &extra);
	if (e == ERR_NONE) {
		p->extra = buf_span(&extra);
		tlog_proof_write(p, out);
	}
	buf_release(&extra);
	return e;
}

void
cmd_log_export(struct call *c)
{
	struct json_out *w = &c->w;
	struct index_row row;
	struct record r;
	struct span note = span_str("");
	struct buf proof;
	size_t log, witnesses = 0;
	enum err e;

	if (!call_find(c, INDEX_SHARED, "id", &row) ||
	    !call_read(c, &row, EXIT_EXPORT, &r))
		return;
	log = log_find(c->service, row.log);
	buf_init(&proof, LIMIT_TLOG_PROOF);
	e = log == SIZE_MAX ? ERR_NOT_FOUND :
	    find_checkpoint(c, log, row.index, &note, &witnesses);
	if (e == ERR_NONE)
		e = make_proof(c, log, row.index, note, &proof);
	if (e != ERR_NONE) {
		buf_release(&proof);
		call_fail(c, e, EXIT_OF_ERROR, "there is no proof for it yet",
		    e == ERR_NOT_FOUND ? "no checkpoint covers the entry" :
					 err_sentence(e),
		    "almenara log verify");
		return;
	}
	/* who took the signed text away is kept */
	audit(c->service, &c->caller, "log_export", &row.digest,
	    call_id(c, &row.id), "done", "");
	json_put_open(w, '{');
	json_put_member_span(w, "jws", r.jws);
	json_put_member_span(w, "proof", buf_span(&proof));
	json_put_member_span(w, "checkpoint", note);
	json_put_member_span(w, "origin",
	    hub_log(c->service->hub, log).origin);
	json_put_member_u64(w, "index", row.index);
	json_put_member_str(w, "digest", call_digest(c, &row.digest));
	json_put_member_u64(w, "witnesses", witnesses);
	json_put_member_str(w, "note", witnesses >= WITNESSES ? "" :
		call_text(c, "cosigned by %zu others so far; a proof for "
		    "others should bear %d", witnesses, WITNESSES));
	json_put_close(w, '}');
	buf_release(&proof);
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

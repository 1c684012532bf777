/* SPDX-License-Identifier: Apache-2.0
 *
 * Entries with their proofs.
 */
#include "node/export.h"

#include "base/code.h"
#include "ledger/tlog_proof.h"

/* The oldest checkpoint that covers `index` and bears enough signatures of
 * others, else as many as there are. */
static enum err
find_checkpoint(struct call *c, size_t log, uint64_t index, struct span *note,
    size_t *witnesses)
{
	struct hub *h = c->service->hub;
	struct checkpoint found;

	for (size_t need = log == 0 ? EXPORT_WITNESSES : 0; need > 0; need--)
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

enum err
export_make(struct call *c, const struct index_row *row, struct export *x)
{
	size_t log = log_find(c->service, row->log);
	struct buf proof;
	enum err e;

	x->row = *row;
	x->note = span_str("");
	x->witnesses = 0;
	if (log == SIZE_MAX)
		return ERR_NOT_FOUND;
	x->origin = hub_log(c->service->hub, log).origin;
	e = find_checkpoint(c, log, row->index, &x->note, &x->witnesses);
	if (e != ERR_NONE)
		return e;
	buf_init(&proof, LIMIT_TLOG_PROOF);
	e = make_proof(c, log, row->index, x->note, &proof);
	if (e == ERR_NONE)
		x->proof = arena_copy(&c->mem, buf_span(&proof));
	buf_release(&proof);
	return e;
}

void
export_write(struct call *c, const struct export *x)
{
	struct digest digest;
	struct json_out *w = &c->w;

	json_put_member_span(w, "jws", x->record.leaf_jws);
	json_put_member_span(w, "proof", x->proof);
	json_put_member_span(w, "checkpoint", x->note);
	json_put_member_span(w, "origin", x->origin);
	json_put_member_u64(w, "index", x->row.index);
	digest = hash_sha256(x->record.leaf_jws);
	json_put_member_str(w, "digest", call_digest(c, &digest));
	json_put_member_u64(w, "witnesses", x->witnesses);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: log_verify, audit_verify. Every log is read again from its first record: the tree
 * is grown anew and its root held against the head and against the signed
 * checkpoint; every body is held against the digests of its record; every
 * entry that can be opened, against the key that was in force at its index.
 * audit_verify does so with the private log, and holds it against each anchor
 * in the own shared log. It works in slices, so that the node goes on
 * meanwhile.
 */
#include "node/anchors.h"

#include "base/mem.h"
#include "crypto/jws.h"
#include "ledger/checkpoint.h"
#include "ledger/leaf.h"
#include "ledger/tree.h"
#include "node/refusals.h"
#include "record/erased.h"

#include <stdlib.h>

enum {
	VERIFY_SLICE = 128, /* records in one turn */
	FAILURES_MAX = 64,  /* listed; all are counted */
	ANCHORS_MAX = 100000 /* the newest: more than eleven years */
};

struct verify {
	enum lang lang;       /* of who asked */
	size_t log, last;     /* the present one, and one past the last */
	struct hub_log_info info; /* as it was when its turn came */
	uint64_t at;
	struct tree tree;
	/* the checkpoint's size may be smaller than what is held by now */
	struct checkpoint checkpoint;
	bool has_checkpoint;
	struct digest root_there;
	struct leaf leaf[VERIFY_SLICE];
	size_t leaf_n;
	enum err read_error;
	uint64_t disputed; /* entries of one history only */
	uint64_t records, bodies, signatures, withheld, total;
	uint64_t erased;
	struct buf gone;      /* which: a JSON array without its end */
	uint64_t failures;
	/* audit_verify: newest first; those not passed yet are below anchor_n */
	bool is_audit;
	struct anchor_found *anchor;
	size_t anchor_n, anchor_cap, anchors;
	uint64_t look_below;
	struct anchor_found good; /* the newest that holds; size 0: none */
	struct buf listed;    /* JSON values separated by commas */
	unsigned steps;
};

static void
verify_drop(struct call *c)
{
	struct verify *v = c->state;

	buf_release(&v->listed);
	free(v->anchor);
	buf_release(&v->gone);
}

static void
failed(struct verify *v, uint64_t index, const char *what)
{
	struct json_out w;

	if (v->failures++ >= FAILURES_MAX)
		return;
	if (v->listed.n != 0)
		buf_put_u8(&v->listed, ',');
	json_out_init(&w, &v->listed);
	json_put_open(&w, '{');
	json_put_member_span(&w, "log", v->info.origin);
	json_put_member_u64(&w, "index", index);
	json_put_member_str(&w, "what", refusals_find(what, v->lang));
	json_put_close(&w, '}');
}

/* --- one log --- */

/* The key that signs this log's checkpoints. */
static enum err
log_key(struct call *c, const struct hub_log_info *l, struct note_key *out)
{
	struct registry_log found;
	enum err e;

	if (l->role == STORE_PRIVATE)
		return note_key_make(l->origin, NOTE_ED25519,
		    &c->service->private_public, out);
	e = registry_log_find(c->service->registry, l->origin, &found);
	return e != ERR_NONE ? e :
	    note_key_make(l->origin, NOTE_ED25519, &found.log->key, out);
}

static void
begin_log(struct call *c, struct verify *v)
{
	struct hub_log_info l = hub_log(c->service->hub, v->log);
	struct note_key key;
	struct fault f = { 0 };

	l.origin = arena_copy(&c->mem, l.origin);
	l.team = arena_copy(&c->mem, l.team);
	l.checkpoint = arena_copy(&c->mem, l.checkpoint);
	v->info = l;
	v->at = 0;
	v->tree = (struct tree){ 0 };
	v->root_there = tree_empty_root();
	v->has_checkpoint = l.checkpoint.n != 0;
	if (!v->has_checkpoint && l.size != 0)
		failed(v, l.size, "there is no signed checkpoint");
	if (!v->has_checkpoint)
		return;
	if (log_key(c, &l, &key) != ERR_NONE) {
		failed(v, 0, "the log's key is in no keyset");
		v->has_checkpoint = false;
	} else if (checkpoint_check(l.checkpoint, &key, &v->checkpoint, &f) !=
	    ERR_NONE) {
		failed(v, 0, call_text(c, "the checkpoint: %s", f.rule));
		v->has_checkpoint = false;
	}
}

static void
end_log(struct verify *v)
{
	struct digest root = tree_root(&v->tree);

	if (v->tree.size != v->info.size ||
	    !digest_is_equal(&root, &v->info.root))
		failed(v, v->tree.size,
		    "the records do not give the root of the head");
	if (v->has_checkpoint &&
	    (v->checkpoint.size > v->tree.size ||
		!digest_is_equal(&v->root_there, &v->checkpoint.root)))
		failed(v, v->checkpoint.size,
		    "the records do not give the root that was signed");
	if (v->info.disputed < v->info.size)
		v->disputed += v->info.size - v->info.disputed;
}

/* --- one entry --- */

static void
check_signature(struct call *c, struct verify *v, uint64_t index,
    const struct jws *jws)
{
	struct registry *r = c->service->registry;
	struct digest kid = kid_digest(&jws->kid);
	struct sign_public public = c->service->private_public;
	struct registry_key key;
	enum key_state state;

	if (v->info.role != STORE_PRIVATE) {
		state = registry_entry_state(r, v->info.team, &kid,
		    v->info.origin, index);
		if ((state != KEY_IN_FORCE && state != KEY_VOID) ||
		    registry_key_find(r, v->info.team, &kid, KEY_ENTRY,
			&key) != ERR_NONE) {
			failed(v, index,
			    "signed by a key that was not in force");
			return;
		}
		public = jwk_sign_public(&key.key->key);
	}
	if (jws_is_signed_by(jws, &public))
		v->signatures++;
	else
		failed(v, index, "the signature does not verify");
}

static void
check_text(struct call *c, struct verify *v, uint64_t index,
    const struct leaf *leaf, const struct store_body *body, struct span text,
    struct arena *a)
{
	struct digest d = hash_sha256(text);
	struct jws jws;

	if (!digest_is_equal(&d, &leaf->entry)) {
		failed(v, index, "the entry is not the one of its record");
		return;
	}
	if (body->state == STORE_BODY_QUARANTINED)
		return; /* its faults are known, and shown as such */
	if (jws_parse(text, ENTRY_TYP, a, &jws, NULL) != ERR_NONE)
		failed(v, index, "the entry is no JWS of this network");
	else
		check_signature(c, v, index, &jws);
}

/* Deleted as law demands: named, and no fault, if it stands for the entry of
 * this record. */
static void
erased(struct verify *v, uint64_t index, const struct leaf *leaf,
    struct span stub, struct arena *a)
{
	struct json_val body;
	struct json_out w;
	struct entry entry;
	struct digest d;
	struct jws jws;

	if (stub.n != 0 &&
	    (jws_parse(stub, ENTRY_TYP, a, &jws, NULL) != ERR_NONE ||
		entry_parse(jws.payload, a, &entry, &body, NULL) !=
		    ERR_NONE ||
		erased_parse(body, a, &d, NULL) != ERR_NONE ||
		!digest_is_equal(&d, &leaf->entry))) {
		failed(v, index, "what was erased is not the entry of its "
		    "record");
		return;
	}
	if (v->erased++ >= FAILURES_MAX)
		return;
	buf_put_u8(&v->gone, v->gone.n != 0 ? ',' : '[');
	json_out_init(&w, &v->gone);
	json_put_open(&w, '{');
	json_put_member_span(&w, "log", v->info.origin);
	json_put_member_u64(&w, "index", index);
	json_put_close(&w, '}');
}

static void
check_body(struct call *c, struct verify *v, uint64_t index,
    const struct leaf *leaf)
{
	struct arena a = { 0 };
	struct store_body body = { 0 };
	struct span text;
	struct digest d;
	enum err e = hub_read_entry(c->service->hub, v->info.id, index, &a,
	    &body, &text);

	if (e == ERR_NOT_FOUND) {
		/* withheld, or on its way: hub counts what is missing */
		v->withheld++;
		if (v->info.role != STORE_MIRROR)
			failed(v, index, "the body is not there");
		arena_release(&a);
		return;
	}
	if (e != ERR_DAMAGED && body.state == STORE_BODY_ERASED) {
		erased(v, index, leaf, e == ERR_NONE ? text : span_str(""),
		    &a);
		arena_release(&a);
		return;
	}
	v->bodies++;
	d = hash_sha256(body.bytes);
	if (leaf->sealed && body.bytes.n != 0 &&
	    !digest_is_equal(&d, &leaf->container))
		failed(v, index, "the container is not that of its record");
	if (e == ERR_NONE)
		check_text(c, v, index, leaf, &body, text, &a);
	else if (e != ERR_DECRYPT || v->info.role != STORE_MIRROR)
		failed(v, index, call_text(c, "the body: %s",
		    err_sentence(e)));
	arena_release(&a);
}

/* --- anchors --- */

static void
keep_anchor(struct verify *v, const struct anchor_found *x)
{
	if (v->anchor_n == v->anchor_cap) {
		size_t cap = v->anchor_cap * 2 + 64;
		struct anchor_found *more = mem_array(cap, sizeof *more);

		if (v->anchor_n != 0)
			memcpy(more, v->anchor, v->anchor_n * sizeof *more);
		free(v->anchor);
		v->anchor = more;
		v->anchor_cap = cap;
	}
	v->anchor[v->anchor_n++] = *x;
}

/* The tree has the size of the next anchors: has it their root? */
static void
pass_anchors(struct verify *v)
{
	while (v->anchor_n != 0 &&
	    v->anchor[v->anchor_n - 1].anchor.size <= v->tree.size) {
		const struct anchor_found *x = &v->anchor[--v->anchor_n];
		struct digest root = tree_root(&v->tree);

		if (x->anchor.size == v->tree.size &&
		    digest_is_equal(&root, &x->root))
			v->good = *x;
		else
			failed(v, x->anchor.size,
			    "the records do not give the root that was "
			    "anchored");
	}
}

/* --- slices --- */

static bool
see_record(void *ctx, uint64_t index, struct span record)
{
	struct verify *v = ctx;
	struct digest leaf = leaf_hash(record);

	if (index != v->tree.size) {
		failed(v, v->tree.size, "a record is missing");
		v->read_error = ERR_DAMAGED;
		return false;
	}
	v->read_error = leaf_parse(record, &v->leaf[v->leaf_n]);
	if (v->read_error != ERR_NONE) {
		failed(v, index, "the record cannot be read");
		return false;
	}
	v->leaf_n++;
	tree_append(&v->tree, &leaf, NULL);
	if (v->has_checkpoint && v->tree.size == v->checkpoint.size)
		v->root_there = tree_root(&v->tree);
	pass_anchors(v);
	return true;
}

/* True if the log has more. */
static bool
verify_slice(struct call *c, struct verify *v)
{
	uint64_t left = v->info.size - v->at;
	enum err e;

	v->leaf_n = 0;
	v->read_error = ERR_NONE;
	e = store_scan_records(c->service->store, v->info.id, v->at,
	    left < VERIFY_SLICE ? left : VERIFY_SLICE, see_record, v);
	if (e != ERR_NONE)
		failed(v, v->at, err_sentence(e));
	for (size_t i = 0; i < v->leaf_n; i++)
		check_body(c, v, v->at + i, &v->leaf[i]);
	v->at += v->leaf_n;
	v->records += v->leaf_n;
	return e == ERR_NONE && v->read_error == ERR_NONE &&
	    v->leaf_n != 0 && v->at < v->info.size;
}

/* Up to when nothing can have been altered. */
static const char *
holds_until(struct call *c, const struct verify *v)
{
	char at[INSTANT_TEXT_MAX];

	if (!v->is_audit)
		return "";
	if (v->good.anchor.size == 0)
		return call_text(c, "; no anchor holds");
	wall_write((struct wall){ v->good.anchor.at_s * 1000 }, at);
	return call_text(c, "; the order and number of the first %llu entries "
	    "are as they were anchored at %s",
	    (unsigned long long)v->good.anchor.size, at);
}

static void
put_anchors(struct call *c, const struct verify *v)
{
	struct span note;
	size_t witnesses = 0;

	for (size_t need = 1; v->good.anchor.size != 0 &&
	     hub_find_witnessed(c->service->hub, v->good.index, need, &c->mem,
		 &note, &witnesses) == ERR_NONE; need = witnesses + 1)
		;
	json_put_member_u64(&c->w, "anchors", v->anchors);
	json_put_member_u64(&c->w, "anchored", v->good.anchor.size);
	json_put_key(&c->w, "anchored_at");
	json_put_i64(&c->w, v->good.anchor.size == 0 ? 0 :
		v->good.anchor.at_s);
	json_put_member_u64(&c->w, "index", v->good.index);
	json_put_member_u64(&c->w, "witnesses", witnesses);
}

static void
verify_end(struct call *c, struct verify *v)
{
	struct json_out *w = &c->w;

	if (v->failures != 0) {
		call_fail(c, ERR_PROOF, EXIT_BAD_PROOF,
		    call_text(c, "%llu places do not verify%s",
			(unsigned long long)v->failures, holds_until(c, v)),
		    arena_string(&c->mem, buf_span(&v->listed)),
		    "keep the files as they are and tell the team lead");
		return;
	}
	json_put_open(w, '{');
	json_put_member_u64(w, "logs", v->last);
	json_put_member_u64(w, "records", v->records);
	json_put_member_u64(w, "bodies", v->bodies);
	json_put_member_u64(w, "withheld", v->withheld);
	json_put_member_u64(w, "signatures", v->signatures);
	json_put_member_u64(w, "disputed", v->disputed);
	if (v->is_audit)
		put_anchors(c, v);
	json_put_member_u64(w, "erased", v->erased);
	buf_put_str(&v->gone, v->gone.n != 0 ? "]" : "[]");
	json_put_key(w, "erased_at");
	json_put_raw(w, buf_span(&v->gone));
	json_put_close(w, '}');
	call_done(c);
}

static void
verify_step(struct call *c)
{
	struct verify *v = c->state;

	if (!verify_slice(c, v)) {
		end_log(v);
		for (size_t i = 0; i < v->anchor_n; i++)
			failed(v, v->anchor[i].anchor.size,
			    "the log is shorter than what was anchored");
		if (++v->log == v->last) {
			verify_end(c, v);
			return;
		}
		begin_log(c, v);
	}
	if (v->steps++ % 4 == 0)
		call_progress(c, v->records, v->total,
		    arena_string(&c->mem, v->info.origin));
	call_work(c, verify_step);
}

/* Owned by the call. */
static struct verify *
verify_make(struct call *c)
{
	struct verify *v = arena_alloc(&c->mem, sizeof *v);

	buf_init(&v->listed, 65536);
	buf_init(&v->gone, 65536);
	v->lang = c->lang;
	c->state = v;
	c->drop = verify_drop;
	return v;
}

void
cmd_log_verify(struct call *c)
{
	struct hub *h = c->service->hub;
	struct verify *v;
	size_t only = SIZE_MAX;

	if (call_arg(c, "which").n != 0 && !call_which_log(c, &only))
		return;
	v = verify_make(c);
	v->log = only == SIZE_MAX ? 0 : only;
	v->last = only == SIZE_MAX ? hub_log_count(h) : only + 1;
	for (size_t i = v->log; i < v->last; i++)
		v->total += hub_log(h, i).size;
	begin_log(c, v);
	call_work(c, verify_step);
}

/* --- audit_verify --- */

static void
look_step(struct call *c)
{
	struct verify *v = c->state;
	struct arena a = { 0 };
	struct anchor_found x;

	for (size_t i = 0; i < VERIFY_SLICE && v->look_below != 0 &&
	     v->anchor_n < ANCHORS_MAX; i++) {
		if (anchors_read(c->service, --v->look_below, &a, &x))
			keep_anchor(v, &x);
		arena_reset(&a);
	}
	arena_release(&a);
	if (v->look_below != 0 && v->anchor_n < ANCHORS_MAX) {
		if (v->steps++ % 4 == 0)
			call_progress(c, 0, v->total, "anchors");
		call_work(c, look_step);
		return;
	}
	v->anchors = v->anchor_n;
	begin_log(c, v);
	call_work(c, verify_step);
}

void
cmd_audit_verify(struct call *c)
{
	struct hub *h = c->service->hub;
	struct verify *v = verify_make(c);

	v->is_audit = true;
	v->log = 1;
	v->last = 2;
	v->total = hub_log(h, 1).size;
	v->look_below = hub_log(h, 0).size;
	call_work(c, look_step);
}

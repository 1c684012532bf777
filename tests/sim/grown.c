/* SPDX-License-Identifier: Apache-2.0
 *
 * Logs that are long already: records written straight into the disk of a
 * node that is down, as appends or a catching up would have left them, with a
 * checkpoint by the log's key. So many are written in a moment.
 */
#include "sim.h"

#include "base/limits.h"
#include "ledger/checkpoint.h"

struct sought {
	struct span origin;
	uint32_t id;
	bool found;
};

static bool
see_log(void *ctx, const struct store_log *log)
{
	struct sought *s = ctx;

	if (span_is_equal(log->origin, s->origin)) {
		s->id = log->id;
		s->found = true;
	}
	return true;
}

/* A record of an entry that is sealed to nobody of the simulation. */
static void
put_record(struct store *s, uint32_t log, struct span origin, struct tree *t)
{
	struct leaf leaf = { .sealed = true };
	struct span seed[] = { origin, span_of(&t->size, sizeof t->size) };
	struct tree_done done = { 0 };
	struct digest hash;
	struct buf record;

	leaf.entry = hash_sha256_spans(seed, 2);
	leaf.container = hash_sha256(digest_span(&leaf.entry));
	buf_init(&record, LEAF_SEALED_BYTES);
	leaf_write(&leaf, &record);
	sim_must(store_put_record(s, log, t->size, buf_span(&record)),
	    "record");
	hash = leaf_hash(buf_span(&record));
	tree_append(t, &hash, &done);
	for (size_t i = 0; i < done.count; i++)
		sim_must(store_put_node(s, log, done.node[i].level,
			 done.node[i].n, &done.node[i].hash), "node");
	buf_release(&record);
}

/* The checkpoint's note; what the sentinel of its owner keeps of it. */
static void
sign(const struct checkpoint *c, const struct jwk *key, struct buf *note,
    struct sentinel_state *kept)
{
	struct sign_public public = jwk_sign_public(key);
	struct sign_secret secret;
	struct note_key registered;
	struct buf text;

	jwk_sign_secret(key, &secret);
	buf_init(&text, CHECKPOINT_TEXT_MAX);
	checkpoint_write(c, &text);
	*kept = (struct sentinel_state){ .size = c->size, .root = c->root,
		.is_signed = true };
	memcpy(kept->origin, c->origin.p, c->origin.n);
	sign_make(&secret, buf_span(&text), kept->signature);
	sim_must(note_key_registered(c->origin, NOTE_ED25519, &public,
	    &registered), "log key");
	checkpoint_write_note(buf_span(&text), &registered,
	    span_of(kept->signature, sizeof kept->signature), note);
	buf_release(&text);
}

void
sim_grow(struct sim_node *n, struct span origin, const struct jwk *key,
    uint64_t records)
{
	bool is_own = span_is_str(origin, n->origin);
	struct sought log = { .origin = origin };
	struct sentinel_state kept;
	struct tree t = { 0 };
	struct store_log added;
	struct store_head head;
	struct checkpoint c;
	struct buf note, frontier;

	sim_must(n->hub == NULL ? ERR_NONE : ERR_STATE, "a node that is up");
	sim_must(store_scan_logs(n->store, see_log, &log), "logs");
	sim_must(store_begin(n->store), "begin");
	if (!log.found)
		sim_must(store_add_log(n->store, is_own ? STORE_OWN :
			STORE_MIRROR, origin, &added), "log");
	while (t.size < records)
		put_record(n->store, log.found ? log.id : added.id, origin, &t);
	c = (struct checkpoint){ origin, t.size, tree_root(&t) };
	buf_init(&note, LIMIT_NOTE);
	buf_init(&frontier, TREE_BYTES);
	sign(&c, key, &note, &kept);
	tree_write(&t, &frontier);
	head = (struct store_head){ .size = t.size, .root = c.root,
		.frontier = buf_span(&frontier), .checkpoint = buf_span(&note),
		.checkpoint_size = t.size, .cosigned_size = t.size,
		.bodies_low = t.size };
	sim_must(store_put_head(n->store, log.found ? log.id : added.id,
		&head), "head");
	sim_must(store_commit(n->store), "commit");
	if (is_own)
		sim_must(sentinel_write(n->sentinel, &kept), "sentinel");
	buf_release(&note);
	buf_release(&frontier);
}

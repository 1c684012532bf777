/* SPDX-License-Identifier: Apache-2.0
 *
 * The machine of a node: it boots, the power goes, its disk is that of a backup.
 */
#include "sim.h"

#include <stdio.h>

static void
host_random(void *ctx, void *out, size_t n)
{
	struct sim_node *node = ctx;
	unsigned char *p = out;

	if (node->counts_epochs && n == 4 && node->hub != NULL &&
	    start_is(hub_start(node->hub), START_EPOCH)) {
		memset(out, 1, n); /* the first that this store opens */
		return;
	}
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)sim_random(node->sim, 256);
}

void
machine_down(struct sim_node *n)
{
	hub_free(n->hub);
	n->hub = NULL;
	registry_free(n->registry);
	n->registry = NULL;
	keyring_keeper_free(n->keeper);
	n->keeper = NULL;
}

void
sim_pin(struct sim_node *n)
{
	struct pin pins[SIM_NODES];
	size_t k = 0;

	for (unsigned i = 0; i < n->sim->n; i++) {
		struct jwk key = sim_key(JWK_ED25519, n->sim->node[i].team,
		    "identity");

		if ((n->strangers & 1u << i) == 0)
			pins[k++] = (struct pin){ .verdict = PIN_ACCEPT,
				.kid = jwk_thumbprint(&key) };
	}
	if (n->hub != NULL)
		hub_set_pins(n->hub, pins, k, sim_now(n));
	else
		registry_set_pins(n->registry, pins, k);
}

struct kept {
	struct sim_node *n;
	bool more;
};

static bool
see_document(void *ctx, const struct store_document *d)
{
	struct kept *k = ctx;

	if (registry_offer(k->n->registry, d->bytes, NULL) ==
	    REGISTRY_ACCEPTED)
		k->more = true;
	return true;
}

/* The documents that everybody began with, then those in the store. */
static void
load_registry(struct sim_node *n)
{
	struct kept k = { n, true };
	struct sim *s = n->sim;

	n->registry = registry_create(&s->root, NULL, 0);
	for (size_t i = 0; i < s->document_n; i++)
		if (registry_offer(n->registry, s->document[i], NULL) !=
		    REGISTRY_ACCEPTED)
			sim_must(ERR_STATE, "a document was refused");
	while (k.more) {
		k.more = false;
		sim_must(store_scan_documents(n->store, see_document, &k),
		    "documents");
	}
}

static bool
offer_stored(void *ctx, const struct store_document *d)
{
	(void)registry_offer(ctx, d->bytes, NULL);
	return true;
}

void
sim_boot(struct sim_node *n)
{
	struct sim *s = n->sim;
	struct hub_config config = { .team = span_str(n->team),
		.follow_erasure = n->sim->follows,
		.node = span_str(n->name), .origin = span_str(n->origin),
		.private_origin = span_str(n->private_origin),
		.private_public = jwk_sign_public(
		    &keyring_find(n->keyring, KEYRING_PRIVATE)->jwk),
		.ask_wait_ms = 3000, .heartbeat_ms = 30000,
		.silent_ms = 90000, .unreachable_ms = 180000,
		.dial_least_ms = 500, .dial_most_ms = 60000,
		.circle_least = s->circle_least };
	struct hub_parts parts = { .store = n->store, .blobs = n->blobs,
		.sentinel = n->guard, .schema = s->schema,
		.store_key = keyring_store_key(n->keyring) };
	struct hub_host host = { .ctx = n, .random = host_random };
	enum err e;

	n->keeper = keyring_keeper_create(n->keyring);
	load_registry(n);
	sim_pin(n);
	sim_must(store_scan_documents(n->store, offer_stored, n->registry),
	    "documents");
	parts.keeper = n->pen;
	parts.registry = n->registry;
	wire_host(n, &host);
	e = hub_create(&config, &parts, &host, sim_now(n), &n->hub);
	if (e != ERR_NONE && s->scripted) {
		machine_down(n); /* it does not come up: that is for the scenario */
		n->boot_ms = INT64_MAX;
		return;
	}
	sim_must(e, "boot");
	n->turn_due = true;
	judge_boot(n);
}

void
sim_crash(struct sim_node *n, int64_t back_ms)
{
	if (n->hub == NULL)
		return;
	n->crashes++;
	/* from here on nothing it does can reach disk or network */
	store_memory_kill(n->store, 1);
	wire_node_gone(n);
	machine_down(n);
	store_memory_revive(n->store);
	store_memory_cut(n->store);
	sentinel_memory_cut(n->sentinel);
	n->boot_ms = back_ms;
	n->dying = false;
	n->kill_send = n->kill_sentinel = 0;
	n->unguarded = false;
}

/* Its own clock: the wall may be off, the other never is. */
struct now
sim_now(const struct sim_node *n)
{
	struct now now = n->sim->now;

	now.wall.ms += n->clock_ms;
	return now;
}

bool
sim_is_dead(const struct sim_node *n)
{
	return n->dying || store_memory_is_dead(n->store);
}

void
sim_die(struct sim_node *n)
{
	n->dying = true;
	n->sim->struck = true;
	store_memory_kill(n->store, 1);
}

/* --- backups and what follows --- */

void
sim_backup(struct sim_node *n)
{
	store_free(n->backup);
	n->backup = store_memory_copy(n->store);
	sim_must(sentinel_read(n->sentinel, &n->backup_sentinel), "sentinel");
}

void
sim_restore(struct sim_node *n, bool with_sentinel, int64_t back_ms)
{
	sim_crash(n, back_ms);
	n->restored = true;
	n->sim->rolled_back = true;
	store_free(n->store);
	n->store = store_memory_copy(n->backup);
	if (with_sentinel)
		sentinel_memory_set(n->sentinel, &n->backup_sentinel);
}

struct adopt {
	struct store *to;
	uint32_t log;
	struct tree tree;
};

static bool
adopt_record(void *ctx, uint64_t index, struct span record)
{
	struct adopt *a = ctx;
	struct digest leaf = leaf_hash(record);
	struct tree_done done = { 0 };

	sim_must(store_put_record(a->to, a->log, index, record), "adopting");
	tree_append(&a->tree, &leaf, &done);
	for (size_t i = 0; i < done.count; i++)
		sim_must(store_put_node(a->to, a->log, done.node[i].level,
			 done.node[i].n, &done.node[i].hash), "adopting");
	return true;
}

struct id_of {
	const char *origin;
	uint32_t id;
};

static bool
find_id(void *ctx, const struct store_log *log)
{
	struct id_of *want = ctx;

	if (span_is_str(log->origin, want->origin))
		want->id = log->id;
	return true;
}

void
sim_adopt(struct sim_node *n, struct sim_node *from)
{
	struct id_of ours = { n->origin, 0 }, theirs = { n->origin, 0 };
	struct adopt a = { .to = n->store };
	struct sentinel_state s = { .size = 0 };
	struct store_head mine, head;
	struct arena mem = { 0 };

	sim_must(store_scan_logs(n->store, find_id, &ours), "adopting");
	sim_must(store_scan_logs(from->store, find_id, &theirs), "adopting");
	sim_must(store_get_head(n->store, ours.id, &mem, &mine), "adopting");
	sim_must(store_get_head(from->store, theirs.id, &mem, &head), "adopting");
	if (head.size >= mine.size) {
		a.log = ours.id;
		sim_must(store_begin(n->store), "adopting");
		sim_must(store_scan_records(from->store, theirs.id, 0, head.size,
			 adopt_record, &a), "adopting");
		head.cosigned_size = head.checkpoint_size;
		head.flags = 0;
		sim_must(store_put_head(n->store, ours.id, &head), "adopting");
		sim_must(store_commit(n->store), "adopting");
		s.size = head.size;
		s.root = head.root;
		memcpy(s.origin, n->origin, sizeof n->origin);
		sentinel_memory_set(n->sentinel, &s);
	}
	arena_release(&mem);
}

void
sim_clone(struct sim_node *from, struct sim_node *to, bool with_sentinel)
{
	struct sentinel_state s;

	sim_crash(to, to->sim->now.mono.ms + 1000);
	memcpy(to->team, from->team, sizeof to->team);
	memcpy(to->origin, from->origin, sizeof to->origin);
	memcpy(to->name, from->name, sizeof to->name);
	memcpy(to->private_origin, from->private_origin,
	    sizeof to->private_origin);
	keyring_free(to->keyring);
	keys_make_ring(to);
	store_free(to->store);
	to->store = store_memory_copy(from->store);
	sim_must(sentinel_read(from->sentinel, &s), "sentinel");
	if (with_sentinel)
		sentinel_memory_set(to->sentinel, &s);
	else
		sentinel_memory_erase(to->sentinel);
	to->restored = true;
	to->sim->rolled_back = true;
}

static void
opened(void *ctx, const struct hub_appended *result)
{
	struct sim_node *n = ctx;

	snprintf(n->opening, sizeof n->opening, "%s: %s",
	    err_token(result->err), result->text);
}

void
sim_open(struct sim_node *n)
{
	n->opening[0] = '\0';
	hub_open_epoch(n->hub, span_str("the simulator rolled it back"),
	    opened, n, sim_now(n));
	n->turn_due = true;
}

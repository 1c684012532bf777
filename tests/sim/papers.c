/* SPDX-License-Identifier: Apache-2.0
 *
 * What a scenario's people sign: register documents, each given to one node,
 * from which the others have it.
 */
#include "play.h"

#include "base/limits.h"
#include "base/mem.h"
#include "ledger/note.h"
#include "record/document.h"

#include <stdio.h>

/* Give a document to the node of `at NODE`, or to all that are up. */
static void
hand_over(struct play *p, struct span bytes)
{
	const char *at = play_after(p, "at");
	bool must = !play_has(p, "refused"), refused = true;

	for (unsigned i = 0; i < p->sim.n; i++) {
		struct sim_node *n = &p->sim.node[i];
		struct fault f = { 0 };
		enum registry_result r;

		if (n->hub == NULL ||
		    (at != NULL && strcmp(n->team, at) != 0))
			continue;
		r = hub_offer_document(n->hub, bytes, sim_now(n), &f);
		n->turn_due = true;
		refused = refused && r != REGISTRY_ACCEPTED;
		if (must && r != REGISTRY_ACCEPTED)
			sim_fail(&p->sim, "%s does not take it: %s", n->team,
			    f.rule);
	}
	if (!must && !refused)
		play_fail(p, "it was taken");
}

static struct span
sign(struct play *p, struct buf *payload, const char *team, const char *role)
{
	struct jwk key = sim_key(JWK_ED25519, team, role);
	const struct jwk *secrets[] = { &key };
	struct span out;
	struct buf b;

	buf_init(&b, LIMIT_DOCUMENT);
	if (document_sign(buf_span(payload), secrets, 1, &b) != ERR_NONE)
		play_fail(p, "it cannot be signed");
	out = arena_copy(&p->sim.mem, buf_span(&b));
	buf_release(&b);
	buf_clear(payload);
	return out;
}

/* --- keysets --- */

/* The newest keyset of the team of `o`, to be changed; in the simulator's
 * memory. */
static void
open_keyset(struct play *p, struct sim_node *o, struct keyset *k)
{
	struct document *d = arena_alloc(&p->sim.mem, sizeof *d);
	enum err e = document_parse(o->keyset, &p->sim.mem, d, NULL);

	if (e == ERR_NONE)
		e = keyset_parse(d, span_str("almenara.example"), &p->sim.mem,
		    k, NULL);
	if (e != ERR_NONE)
		play_fail(p, "there is no keyset");
	k->version++;
	k->prev = d->hash;
}

static void
close_keyset(struct play *p, struct sim_node *o, const struct keyset *k)
{
	struct buf payload;

	buf_init(&payload, LIMIT_DOCUMENT);
	keyset_write(k, &payload);
	o->keyset = sign(p, &payload, o->team, "identity");
	buf_release(&payload);
	hand_over(p, o->keyset);
}

static struct digest
root_at(struct play *p, struct sim_node *n, struct sim_node *o, uint64_t size)
{
	struct digest root = { 0 };
	enum err e = ERR_NOT_FOUND;

	for (size_t i = 0; n->hub != NULL && i < hub_log_count(n->hub); i++)
		if (span_is_str(hub_log(n->hub, i).origin, o->origin)) {
			struct tree_source s = hub_tree_source(n->hub, i);

			e = tree_root_at(&s, size, &root);
		}
	if (e != ERR_NONE)
		play_fail(p, "it does not hold so much of that log");
	return root;
}

/* A log key and its vkey for another log of the team. */
static void
add_log(struct play *p, struct sim_node *o, struct keyset *k)
{
	struct keyset_log *logs = arena_alloc(&p->sim.mem,
	    (k->log_count + 1) * sizeof *logs);
	struct keyset_log *l = &logs[k->log_count];
	struct jwk jwk;
	struct note_key key;
	char name[80];
	struct buf b;

	memcpy(logs, k->logs, k->log_count * sizeof *logs);
	snprintf(name, sizeof name, "%.*s%x", (int)strlen(o->origin) - 1,
	    o->origin, 10u + (unsigned)k->log_count);
	jwk = sim_key(JWK_ED25519, o->team, name);
	l->origin = arena_copy(&p->sim.mem, span_str(name));
	l->key = jwk_sign_public(&jwk);
	buf_init(&b, 512);
	if (note_key_make(l->origin, NOTE_ED25519, &l->key, &key) != ERR_NONE)
		play_fail(p, "there is no such log");
	note_key_write(&key, &b);
	l->vkey = arena_copy(&p->sim.mem, buf_span(&b));
	buf_release(&b);
	k->logs = logs;
	k->log_count++;
}

/* thaw ORIGIN HOLDER SIZE [at NODE]: its people close the log with what the
 * holder has of it up to that size, and begin another one. */
static void
do_thaw(struct play *p)
{
	struct sim_node *o = play_node(p, 1), *holder = play_node(p, 2);
	struct keyset k = { .version = 0 };

	open_keyset(p, o, &k);
	if (p->sim.failed != NULL)
		return;
	k.logs[0].closed = true;
	k.logs[0].size = play_number(p, play_word(p, 3));
	k.logs[0].root = root_at(p, holder, o, k.logs[0].size);
	add_log(p, o, &k);
	close_keyset(p, o, &k);
}

static struct keyset_key *
key_in(struct play *p, const struct keyset *k, enum key_role role)
{
	for (size_t i = 0; i < k->nodes[0].key_count; i++)
		if (k->nodes[0].keys[i].role == role)
			return &k->nodes[0].keys[i];
	play_fail(p, "there is no such key");
	return &k->nodes[0].keys[0];
}

static void
revoke(struct play *p, struct keyset *k, const struct keyset_key *key,
    struct span log, uint64_t size)
{
	struct keyset_revoked *all = arena_alloc(&p->sim.mem,
	    (k->revoked_count + 1) * sizeof *all);
	struct keyset_revoked *r = &all[k->revoked_count];

	if (k->revoked_count != 0)
		memcpy(all, k->revoked, k->revoked_count * sizeof *all);
	r->kid = key->kid;
	r->reason = span_str("a test");
	if (log.n != 0) {
		r->cuts = arena_alloc(&p->sim.mem, sizeof *r->cuts);
		r->cut_count = 1;
		*r->cuts = (struct keyset_cut){ log, size };
	}
	k->revoked = all;
	k->revoked_count++;
}

/* void ORIGIN SIZE [at NODE]: the entry key is revoked from there on. */
static void
do_void(struct play *p)
{
	struct sim_node *o = play_node(p, 1);
	struct keyset k = { .version = 0 };

	open_keyset(p, o, &k);
	if (p->sim.failed != NULL)
		return;
	revoke(p, &k, key_in(p, &k, KEY_ENTRY), span_str(o->origin),
	    play_number(p, play_word(p, 2)));
	close_keyset(p, o, &k);
}

/* from ORIGIN INDEX [at NODE]: its entry key is in force from there on. */
static void
do_from(struct play *p)
{
	struct sim_node *o = play_node(p, 1);
	struct keyset k = { .version = 0 };

	open_keyset(p, o, &k);
	if (p->sim.failed != NULL)
		return;
	key_in(p, &k, KEY_ENTRY)->from = play_number(p, play_word(p, 2));
	close_keyset(p, o, &k);
}

/* rekey TEAM [at NODE]: its sealing key is revoked, another stands for it;
 * the node holds both. */
static void
do_rekey(struct play *p)
{
	struct sim_node *o = play_node(p, 1);
	struct jwk new = sim_key(JWK_X25519, o->team, "enc 2");
	struct keyset k = { .version = 0 };
	struct keyset_key *old, *keys;

	open_keyset(p, o, &k);
	if (p->sim.failed != NULL)
		return;
	old = key_in(p, &k, KEY_ENC);
	revoke(p, &k, old, span_str(""), 0);
	keys = arena_alloc(&p->sim.mem,
	    (k.nodes[0].key_count + 1) * sizeof *keys);
	memcpy(keys, k.nodes[0].keys, k.nodes[0].key_count * sizeof *keys);
	keys[k.nodes[0].key_count] = (struct keyset_key){ .role = KEY_ENC,
		.key = new, .kid = jwk_thumbprint(&new) };
	k.nodes[0].keys = keys;
	k.nodes[0].key_count++;
	if (keyring_add(o->keyring, KEYRING_ENC, span_str(""), &new) !=
	    ERR_NONE)
		play_fail(p, "there is no room for the key");
	close_keyset(p, o, &k);
}

/* --- registers and suspensions --- */

/* register VERSION [without TEAM] [at NODE] [refused]: it is signed by nobody
 * with the word `forged`. */
static void
do_register(struct play *p)
{
	struct arena *a = &p->sim.mem;
	struct document *d = arena_alloc(a, sizeof *d);
	const char *out = play_after(p, "without");
	struct register_doc r;
	struct buf payload;

	if (document_parse(p->sim.document[1], a, d, NULL) != ERR_NONE ||
	    register_parse(d, a, &r, NULL) != ERR_NONE) {
		play_fail(p, "there is no register");
		return;
	}
	r.version = play_number(p, play_word(p, 1));
	r.prev = d->hash;
	for (size_t i = 0; out != NULL && i < r.team_count; i++)
		if (span_is_str(r.teams[i].id, out))
			r.teams[i].status = TEAM_FORMER;
	buf_init(&payload, LIMIT_DOCUMENT);
	register_write(&r, &payload);
	hand_over(p, sign(p, &payload, "network", play_has(p, "forged") ?
		"no authority" : "authority"));
	buf_release(&payload);
}

static void
consent(struct play *p, bool given)
{
	struct sim_node *n = play_node(p, 1), *of = play_node(p, 2);

	n->strangers &= ~(1u << of->i);
	if (!given)
		n->strangers |= 1u << of->i;
	if (n->hub != NULL)
		sim_pin(n);
	n->turn_due = n->hub != NULL;
}

/* accept NODE TEAM: its people accept the identity of that team. */
static void
do_accept(struct play *p)
{
	consent(p, true);
}

/* stranger NODE TEAM: they have not, or take it back. */
static void
do_stranger(struct play *p)
{
	consent(p, false);
}

/* suspend TEAM TIME [at NODE] */
static void
do_suspend(struct play *p)
{
	hand_over(p, sim_suspension(&p->sim, play_node(p, 1)->i,
			 play_time(p, play_word(p, 2)) / 1000));
}

bool
papers_run(struct play *p)
{
	static const struct {
		const char *name;
		void (*run)(struct play *p);
	} rows[] = { { "thaw", do_thaw }, { "void", do_void },
		{ "from", do_from },
		{ "rekey", do_rekey }, { "register", do_register },
		{ "suspend", do_suspend }, { "accept", do_accept },
		{ "stranger", do_stranger } };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(p->argv[0], rows[i].name) == 0) {
			rows[i].run(p);
			return true;
		}
	return false;
}

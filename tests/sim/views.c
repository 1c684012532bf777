/* SPDX-License-Identifier: Apache-2.0
 *
 * Invariants of what nodes make of the same things: I8, I9, I10 and I13. They
 * look into stores and hubs, between the steps.
 */
#include "sim.h"

#include "base/limits.h"
#include "crypto/jws.h"
#include "record/document.h"
#include "record/carried.h"
#include "record/entry.h"

enum {
	SPLIT_MS = 65000, /* two exchanges of heads, by heartbeats at most */
	BOUND_MS = 5000   /* so soon is judged again what a document changes */
};

/* --- I10 --- */

/* The signatures are counted here, from the documents that the node holds. */
static void
count_register(struct sim_node *n, const struct document *d)
{
	const struct charter *c = registry_charter(n->registry);
	const struct jwk *keys[LIMIT_DOCUMENT_SIGNATURES];
	size_t k = 0;

	if (c == NULL) {
		sim_fail(n->sim, "I10: %s has a register and no charter",
		    n->team);
		return;
	}
	for (; k < c->authority_count && k < LIMIT_DOCUMENT_SIGNATURES; k++)
		keys[k] = &c->authorities[k].key;
	if (document_signers(d, keys, k, NULL) < c->k_register)
		sim_fail(n->sim, "I10: %s counts a register that too few have "
		    "signed", n->team);
}

void
views_document(struct sim_node *n)
{
	const struct register_doc *reg = registry_register(n->registry);
	struct arena a = { 0 };
	struct document d;

	if (reg == NULL)
		return;
	if (reg->version < n->register_seen)
		sim_fail(n->sim, "I10: %s goes back to register %llu",
		    n->team, (unsigned long long)reg->version);
	n->register_seen = reg->version;
	for (size_t i = 0; i < registry_document_count(n->registry); i++) {
		struct registry_document row = registry_document_at(
		    n->registry, i);

		if (row.kind == DOCUMENT_REGISTER &&
		    document_parse(row.bytes, &a, &d, NULL) == ERR_NONE)
			count_register(n, &d);
	}
	arena_release(&a);
	n->documents_ms = n->sim->now.mono.ms;
}

/* --- I13 --- */

static int
mirror_of(const struct sim_node *n, const struct sim_node *o)
{
	for (size_t i = 2; n->hub != NULL && i < hub_log_count(n->hub); i++)
		if (span_is_str(hub_log(n->hub, i).origin, o->origin))
			return (int)i;
	return -1;
}

bool
views_linked(struct sim_node *a, const struct sim_node *b)
{
	for (size_t i = 0; i < hub_peer_count(a->hub); i++) {
		struct hub_peer_info p = hub_peer(a->hub, i, sim_now(a));

		if (span_is_str(p.team, b->team))
			return p.linked;
	}
	return false;
}

static bool
is_found(enum mirror_state s)
{
	return s == MIRROR_FROZEN || s == MIRROR_CLOSED;
}

/* Do a and b hold other histories of o, and not both know it? */
static bool
is_split(struct sim_node *a, struct sim_node *b, const struct sim_node *o)
{
	int i = mirror_of(a, o), k = mirror_of(b, o);
	struct hub_log_info x, y;
	struct tree_source s, t;
	struct digest p, q;
	uint64_t size;

	if (i < 0 || k < 0)
		return false;
	x = hub_log(a->hub, (size_t)i);
	y = hub_log(b->hub, (size_t)k);
	if (is_found(x.state) && is_found(y.state))
		return false;
	size = x.size < y.size ? x.size : y.size;
	s = hub_tree_source(a->hub, (size_t)i);
	t = hub_tree_source(b->hub, (size_t)k);
	return tree_root_at(&s, size, &p) == ERR_NONE &&
	    tree_root_at(&t, size, &q) == ERR_NONE &&
	    !digest_is_equal(&p, &q);
}

static void
look_at_pair(struct sim *s, unsigned a, unsigned b, unsigned o)
{
	int64_t *since = &s->node[a].split_ms[b][o];
	struct sim_node *x = &s->node[a], *y = &s->node[b];

	if (x->hub == NULL || y->hub == NULL || !views_linked(x, y) ||
	    !views_linked(y, x) || s->cut[a][b] || s->cut[b][a] ||
	    !is_split(x, y, &s->node[o]))
		*since = 0;
	else if (*since == 0)
		*since = s->now.mono.ms;
	else if (s->now.mono.ms - *since > SPLIT_MS)
		sim_fail(s, "I13: %s and %s hold two histories of %s and have "
		    "not found it", x->team, y->team, s->node[o].team);
}

/* Only who has forked can split: that honest nodes do not is I1. */
void
views_step(struct sim *s)
{
	if (s->now.mono.ms < s->views_ms)
		return;
	s->views_ms = s->now.mono.ms + 1000;
	for (unsigned o = 0; o < s->n; o++)
		for (unsigned a = 0; s->node[o].forked && a < s->n; a++)
			for (unsigned b = a + 1; b < s->n; b++)
				if (a != o && b != o)
					look_at_pair(s, a, b, o);
}

/* --- I8, I9 --- */

struct view {
	int state; /* of the body; -1: none */
	struct uuid id;
	struct span iss;
	uint64_t rev;
	struct digest d;
	enum key_state key; /* by the documents, not by the node */
};

/* What a revoked key signed is void in what carries it too. */
static enum key_state
key_carried(struct sim_node *n, const struct entry *outer, struct json_val body,
    struct arena *a, enum key_state own)
{
	const struct kind *k = kind_find(n->sim->schema, outer->kind);
	struct carried c;
	struct digest kid;

	if (own != KEY_IN_FORCE || k == NULL ||
	    k->carries == CARRIES_NOTHING ||
	    carried_parse(outer, body, k->carries, n->sim->schema, a, &c,
		NULL) != ERR_NONE)
		return own;
	kid = kid_digest(&c.jws.kid);
	return registry_entry_state(n->registry, c.entry.iss, &kid, c.log,
	    c.index) == KEY_VOID ? KEY_VOID : own;
}

static void
read_view(struct sim_node *n, int log, uint64_t index, struct arena *a,
    struct view *out)
{
	struct hub_log_info info = hub_log(n->hub, (size_t)log);
	struct store_body body;
	struct json_val v;
	struct entry e;
	struct digest kid;
	struct span text;
	struct jws jws;

	*out = (struct view){ .state = -1 };
	if (hub_read_entry(n->hub, info.id, index, a, &body, &text) !=
		ERR_NONE ||
	    jws_parse(text, ENTRY_TYP, a, &jws, NULL) != ERR_NONE ||
	    entry_parse(jws.payload, a, &e, &v, NULL) != ERR_NONE)
		return;
	kid = kid_digest(&jws.kid);
	*out = (struct view){ .state = (int)body.state, .id = e.id,
		.iss = e.iss, .rev = e.rev, .d = hash_sha256(text),
		.key = registry_entry_state(n->registry, info.team, &kid,
		    info.origin, index) };
	out->key = key_carried(n, &e, v, a, out->key);
}

/* I9: void is exactly what the documents say. */
static void
check_void(struct sim_node *n, const struct sim_node *o, uint64_t index,
    const struct view *v)
{
	bool is_void = v->state == STORE_BODY_VOID;

	if (v->state == -1 || v->state == STORE_BODY_QUARANTINED ||
	    v->state == STORE_BODY_ERASED || /* nothing is left to strike */
	    n->sim->now.mono.ms - n->documents_ms < BOUND_MS)
		return;
	if (is_void != (v->key == KEY_VOID))
		sim_fail(n->sim, "I9: entry %llu of %s is %svoid at %s, the "
		    "documents say otherwise", (unsigned long long)index,
		    o->team, is_void ? "" : "not ", n->team);
}

/* True if both judge an entry of `o` alike. Its origin does not judge itself:
 * what others put into quarantine it holds as its own. */
static bool
is_alike(int a, int b, bool with_origin)
{
	if (with_origin && a == STORE_BODY_QUARANTINED)
		a = STORE_BODY_HELD;
	if (with_origin && b == STORE_BODY_QUARANTINED)
		b = STORE_BODY_HELD;
	return a == b;
}

/* I8: two who hold the same entries under the same documents judge alike, so
 * they have the same newest revision. */
static void
compare(struct sim *s, struct sim_node *x, struct sim_node *y,
    const struct sim_node *o)
{
	int i = mirror_of(x, o), k = mirror_of(y, o);
	struct digest a = registry_digest(x->registry),
		      b = registry_digest(y->registry);
	struct arena mem = { 0 };
	struct view v, w;
	uint64_t size;

	if (i < 0 || k < 0 || !digest_is_equal(&a, &b) || o->forked ||
	    x->damaged || y->damaged)
		return;
	size = hub_log(x->hub, (size_t)i).size;
	if (hub_log(y->hub, (size_t)k).size != size)
		return;
	for (unsigned turn = 0; turn < 2; turn++)
		for (uint64_t n = 0; n < size; n++) {
			read_view(x, i, n, &mem, &v);
			read_view(y, k, n, &mem, &w);
			if (turn == 0 && (v.state == -1) != (w.state == -1))
				goto out; /* they do not hold the same */
			if (turn == 1 &&
			    !is_alike(v.state, w.state, x == o || y == o))
				sim_fail(s, "I8: entry %llu of %s is in state "
				    "%d at %s, %d at %s",
				    (unsigned long long)n, o->team, v.state,
				    x->team, w.state, y->team);
		}
out:
	arena_release(&mem);
}

void
views_end(struct sim *s)
{
	struct arena mem = { 0 };
	struct view v;

	for (unsigned x = 0; x < s->n; x++)
		for (unsigned o = 0; o < s->n && s->node[x].hub != NULL; o++) {
			int i = mirror_of(&s->node[x], &s->node[o]);

			for (uint64_t n = 0; i >= 0 &&
			     n < hub_log(s->node[x].hub, (size_t)i).size; n++) {
				read_view(&s->node[x], i, n, &mem, &v);
				check_void(&s->node[x], &s->node[o], n, &v);
			}
			for (unsigned y = x + 1; y < s->n; y++)
				if (s->node[y].hub != NULL)
					compare(s, &s->node[x], &s->node[y],
					    &s->node[o]);
			arena_release(&mem);
		}
}

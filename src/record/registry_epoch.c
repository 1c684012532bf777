/* SPDX-License-Identifier: Apache-2.0
 *
 * Epochs in the registry: which of them count, and the keysets as they extend
 * them. The view of a keyset is what its team's identity key signed, with the
 * logs of its epochs behind its own, each with the entry key that opened it.
 */
#include "record/registry_private.h"

#include <stdlib.h>

static enum registry_result
refuse(enum registry_result result, struct fault *f, const char *field,
    const char *rule)
{
	(void)fault_at(f, ERR_STATE, 0, field, "%s", rule);
	return result;
}

static const struct keyset *
signed_keyset(const struct registry *r, struct span team)
{
	for (size_t i = 0; i < r->keyset_count; i++)
		if (span_is_equal(r->keysets[i]->u.keyset.team, team))
			return &r->keysets[i]->u.keyset;
	return NULL;
}

static int
compare_place(const struct epoch *a, const struct epoch *b)
{
	int c = span_compare(a->team, b->team);
	uint64_t x = epoch_tag(a->origin), y = epoch_tag(b->origin);

	return c != 0 ? c : x < y ? -1 : x > y;
}

static enum registry_result
place(struct registry *r, struct held *h, struct fault *f)
{
	const struct epoch *e = &h->u.epoch;
	char text[REGISTRY_ALARM_TEXT];
	size_t i = 0, same_team = 0;

	for (size_t k = 0; k < r->epoch_count; k++) {
		const struct epoch *old = &r->epochs[k]->u.epoch;

		same_team += span_is_equal(old->team, e->team);
		i += compare_place(old, e) < 0;
	}
	if (i < r->epoch_count &&
	    compare_place(&r->epochs[i]->u.epoch, e) == 0) {
		if (digest_is_equal(&r->epochs[i]->doc.hash, &h->doc.hash))
			return REGISTRY_SAME;
		snprintf(text, sizeof text, "%.*s opened the log %.*s twice",
		    SPAN_FMT(e->team), SPAN_FMT(e->origin));
		registry_alarm(r, DOCUMENT_EPOCH, e->order,
		    &r->epochs[i]->doc.hash, &h->doc.hash, text);
		return refuse(REGISTRY_CONFLICT, f, "origin",
		    "another epoch of this log is held");
	}
	if (same_team == LIMIT_EPOCHS_PER_TEAM ||
	    r->epoch_count == LIMIT_EPOCHS)
		return refuse(REGISTRY_CONFLICT, f, "team",
		    "too many new logs of this team are in no keyset");
	memmove(r->epochs + i + 1, r->epochs + i,
	    (r->epoch_count - i) * sizeof *r->epochs);
	r->epochs[i] = h;
	r->epoch_count++;
	return REGISTRY_ACCEPTED;
}

enum registry_result
registry_offer_epoch(struct registry *r, struct held *h, struct fault *f)
{
	struct epoch *e = &h->u.epoch;
	const struct keyset_key *key;
	const struct keyset *k;
	size_t node;
	enum err err;

	if (r->reg == NULL)
		return refuse(REGISTRY_UNVERIFIABLE, f, "team",
		    "no register is held yet");
	if (epoch_parse(&h->doc, registry_domain(r), &h->arena, e, f) !=
	    ERR_NONE)
		return REGISTRY_INVALID;
	k = signed_keyset(r, e->team);
	if (k == NULL)
		return refuse(REGISTRY_UNVERIFIABLE, f, "team",
		    "the keyset of the team is not held");
	if (keyset_log_find(k, e->origin) != NULL)
		return REGISTRY_OLDER;
	err = epoch_check(&h->doc, e, k, &node, &key, f);
	return err == ERR_NONE	     ? place(r, h, f) :
	    err == ERR_NOT_FOUND ? REGISTRY_UNVERIFIABLE :
	    err == ERR_STATE     ? REGISTRY_OLDER :
				   REGISTRY_INVALID;
}

/* --- the view --- */

/* Offered now, it would be refused for good: its key is revoked, or the logs of
 * its log key are closed. Who stole a key shall not keep the places that he
 * took. */
static bool
is_over(const struct held *h, const struct keyset *k)
{
	const struct keyset_key *key;
	size_t node;

	return epoch_check(&h->doc, &h->u.epoch, k, &node, &key, NULL) ==
	    ERR_STATE;
}

/* What a keyset lists itself it has decided; the epoch is done. */
static void
drop_done(struct registry *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->epoch_count; i++) {
		struct held *h = r->epochs[i];
		const struct keyset *k = signed_keyset(r, h->u.epoch.team);

		if (k != NULL &&
		    (keyset_log_find(k, h->u.epoch.origin) != NULL ||
			is_over(h, k)))
			registry_held_free(h);
		else
			r->epochs[n++] = h;
	}
	r->epoch_count = n;
}

/* By order, then by name: the same at every node. */
static int
compare_order(const void *a, const void *b)
{
	const struct epoch *x = &(*(struct held *const *)a)->u.epoch;
	const struct epoch *y = &(*(struct held *const *)b)->u.epoch;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return span_compare(x->origin, y->origin);
}

static void
add_log(struct registry *r, struct keyset *view, const struct epoch *e,
    size_t node, const struct keyset_key *signer)
{
	struct keyset_node *n = &view->nodes[node];
	struct keyset_key *keys = arena_alloc(&r->view_mem,
	    (n->key_count + 1) * sizeof *keys);

	view->logs[view->log_count++] = (struct keyset_log){
		.origin = e->origin, .vkey = e->vkey, .key = e->key };
	memcpy(keys, n->keys, n->key_count * sizeof *keys);
	keys[n->key_count] = *signer;
	keys[n->key_count].log = e->origin;
	keys[n->key_count].from = 0;
	keys[n->key_count].until = KEYSET_OPEN;
	n->keys = keys;
	n->key_count++;
}

/* Two new logs of which neither knows the other: two machines of one team, or
 * somebody with its keys. */
static void
compare_two(struct registry *r, const struct held *a, const struct held *b)
{
	const struct epoch *x = &a->u.epoch, *y = &b->u.epoch;
	char text[REGISTRY_ALARM_TEXT];

	if (epoch_names(x, y->origin) || epoch_names(y, x->origin))
		return;
	snprintf(text, sizeof text, "%.*s has two new logs at once, %.8s and "
	    "%.8s: its next keyset must close one", SPAN_FMT(x->team),
	    (const char *)x->origin.p + x->origin.n - 8,
	    (const char *)y->origin.p + y->origin.n - 8);
	registry_alarm(r, DOCUMENT_EPOCH, y->order, &a->doc.hash,
	    &b->doc.hash, text);
}

static void
make_view(struct registry *r, const struct keyset *k, struct keyset *view)
{
	struct held *of[LIMIT_EPOCHS_PER_TEAM];
	const struct keyset_key *key;
	size_t n = 0, node;

	*view = *k;
	for (size_t i = 0; i < r->epoch_count; i++) {
		struct held *h = r->epochs[i];

		if (!span_is_equal(h->u.epoch.team, k->team))
			continue;
		h->counts = epoch_check(&h->doc, &h->u.epoch, k, &node, &key,
			NULL) == ERR_NONE;
		if (h->counts)
			of[n++] = h;
	}
	if (n == 0)
		return;
	qsort(of, n, sizeof *of, compare_order);
	view->logs = arena_alloc(&r->view_mem,
	    (k->log_count + n) * sizeof *view->logs);
	memcpy(view->logs, k->logs, k->log_count * sizeof *view->logs);
	view->nodes = arena_alloc(&r->view_mem,
	    k->node_count * sizeof *view->nodes);
	memcpy(view->nodes, k->nodes, k->node_count * sizeof *view->nodes);
	for (size_t i = 0; i < n; i++) {
		if (epoch_check(&of[i]->doc, &of[i]->u.epoch, k, &node, &key,
			NULL) == ERR_NONE)
			add_log(r, view, &of[i]->u.epoch, node, key);
		for (size_t j = 0; j < i; j++)
			compare_two(r, of[j], of[i]);
	}
}

void
registry_make_views(struct registry *r)
{
	drop_done(r);
	arena_reset(&r->view_mem);
	for (size_t i = 0; i < r->epoch_count; i++)
		r->epochs[i]->counts = false;
	for (size_t i = 0; i < r->keyset_count; i++)
		make_view(r, &r->keysets[i]->u.keyset, &r->views[i]);
}

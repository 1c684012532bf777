/* SPDX-License-Identifier: Apache-2.0
 *
 * Differences between keysets.
 */
#include "record/diff_private.h"

static const struct keyset_node *
node_find(const struct keyset *k, struct span name)
{
	for (size_t i = 0; i < k->node_count; i++)
		if (span_is_equal(k->nodes[i].name, name))
			return &k->nodes[i];
	return NULL;
}

/* The same key in the same role (of the same log). */
static const struct keyset_key *
key_find(const struct keyset_node *n, const struct keyset_key *key)
{
	for (size_t i = 0; n != NULL && i < n->key_count; i++)
		if (digest_is_equal(&n->keys[i].kid, &key->kid) &&
		    n->keys[i].role == key->role &&
		    span_is_equal(n->keys[i].log, key->log))
			return &n->keys[i];
	return NULL;
}

static void
put_key(struct difference_list *l, enum diff_what what,
    const struct keyset_node *n, const struct keyset_key *key)
{
	diff_put(l, (struct difference){ .what = what, .subject = n->name,
	    .after = span_str(key_role_token(key->role)), .kid = key->kid,
	    .has_kid = true, .number_after = key->until });
}

static bool
has_same_addresses(const struct keyset_node *a, const struct keyset_node *b)
{
	if (a->addr_count != b->addr_count)
		return false;
	for (size_t i = 0; i < a->addr_count; i++)
		if (!span_is_equal(a->addrs[i], b->addrs[i]))
			return false;
	return true;
}

static void
diff_node(const struct keyset_node *old, const struct keyset_node *new,
    struct difference_list *l)
{
	if (old != NULL && !has_same_addresses(old, new))
		diff_put(l, (struct difference){ .what = DIFF_ADDRESSES,
		    .subject = new->name, .after = new->addr_count != 0 ?
		    new->addrs[0] : span_of(NULL, 0) });
	for (size_t i = 0; i < new->key_count; i++) {
		const struct keyset_key *was = key_find(old, &new->keys[i]);

		if (was == NULL)
			put_key(l, DIFF_KEY_NEW, new, &new->keys[i]);
		else if (new->keys[i].role == KEY_ENTRY &&
		    was->until != new->keys[i].until)
			put_key(l, DIFF_KEY_ENDS, new, &new->keys[i]);
	}
	for (size_t i = 0; old != NULL && i < old->key_count; i++)
		if (key_find(new, &old->keys[i]) == NULL)
			put_key(l, DIFF_KEY_GONE, old, &old->keys[i]);
}

static void
diff_nodes(const struct keyset *old, const struct keyset *new,
    struct difference_list *l)
{
	for (size_t i = 0; i < old->node_count; i++)
		if (node_find(new, old->nodes[i].name) == NULL)
			diff_put(l, (struct difference){
			    .what = DIFF_NODE_GONE,
			    .subject = old->nodes[i].name });
	for (size_t i = 0; i < new->node_count; i++) {
		const struct keyset_node *n = &new->nodes[i];
		const struct keyset_node *was = node_find(old, n->name);

		if (was == NULL)
			diff_put(l, (struct difference){
			    .what = DIFF_NODE_NEW, .subject = n->name });
		diff_node(was, n, l);
	}
}

static void
diff_logs(const struct keyset *old, const struct keyset *new,
    struct difference_list *l)
{
	for (size_t i = 0; i < new->log_count; i++) {
		const struct keyset_log *log = &new->logs[i];
		const struct keyset_log *was = keyset_log_find(old,
		    log->origin);

		if (was == NULL)
			diff_put(l, (struct difference){ .what = DIFF_LOG_NEW,
			    .subject = log->origin });
		if (log->closed && (was == NULL || !was->closed))
			diff_put(l, (struct difference){
			    .what = DIFF_LOG_CLOSED, .subject = log->origin,
			    .number_after = log->size });
	}
}

void
diff_keyset(const struct keyset *old, const struct keyset *new,
    struct difference_list *l)
{
	diff_nodes(old, new, l);
	diff_logs(old, new, l);
	for (size_t i = 0; i < new->revoked_count; i++) {
		const struct keyset_revoked *r = &new->revoked[i];

		if (keyset_revoked_find(old, &r->kid) != NULL)
			continue;
		diff_put(l, (struct difference){ .what = DIFF_KEY_REVOKED,
		    .subject = new->team, .after = r->reason, .kid = r->kid,
		    .has_kid = true });
		for (size_t k = 0; k < r->cut_count; k++)
			diff_put(l, (struct difference){ .what = DIFF_CUT,
			    .subject = r->cuts[k].log,
			    .number_after = r->cuts[k].size });
	}
}

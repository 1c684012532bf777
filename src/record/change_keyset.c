/* SPDX-License-Identifier: Apache-2.0
 *
 * Successors of keysets. A planned change adds the new key beside the old one
 * and takes the old one away in a later keyset, so that nothing that is under
 * way is lost; a revocation ends a key at once, at a cut.
 */
#include "base/limits.h"
#include "record/change.h"

#include <stdlib.h>

static void *
copy_of(struct arena *a, const void *from, size_t n, size_t most, size_t size)
{
	void *p = arena_alloc(a, most * size);

	if (n != 0)
		memcpy(p, from, n * size);
	return p;
}

void
change_keyset(const struct keyset *old, const struct digest *hash,
    struct arena *a, struct keyset *out)
{
	*out = *old;
	out->version = old->version + 1;
	out->prev = *hash;
	out->nodes = copy_of(a, old->nodes, old->node_count,
	    LIMIT_NODES_PER_TEAM, sizeof *out->nodes);
	for (size_t i = 0; i < out->node_count; i++)
		out->nodes[i].keys = copy_of(a, old->nodes[i].keys,
		    old->nodes[i].key_count, LIMIT_KEYS_PER_NODE,
		    sizeof *out->nodes[i].keys);
	out->logs = copy_of(a, old->logs, old->log_count, LIMIT_LOGS_PER_TEAM,
	    sizeof *out->logs);
	out->revoked = copy_of(a, old->revoked, old->revoked_count,
	    KEYSET_REVOKED, sizeof *out->revoked);
	/* ranges and cuts name logs by the memory of the old ones, which the
	 * caller keeps */
}

enum err
keyset_node_find(const struct keyset *k, struct span name,
    struct keyset_node **out, struct fault *f)
{
	for (size_t i = 0; i < k->node_count; i++) {
		if (!span_is_equal(k->nodes[i].name, name))
			continue;
		*out = &k->nodes[i];
		return ERR_NONE;
	}
	return fault_at(f, ERR_NOT_FOUND, 0, "nodes",
	    "%.*s is not in the keyset", SPAN_FMT(name));
}

enum err
keyset_add_key(struct keyset_node *n, const struct keyset_key *key,
    struct fault *f)
{
	struct keyset_key new = *key;

	if (n->key_count == LIMIT_KEYS_PER_NODE)
		return fault_at(f, ERR_LIMIT, 0, "nodes.keys",
		    "more than %d keys: retire old ones first",
		    LIMIT_KEYS_PER_NODE);
	new.kid = jwk_thumbprint(&key->key);
	for (size_t i = 0; i < n->key_count; i++)
		if (digest_is_equal(&n->keys[i].kid, &new.kid) &&
		    (key->role != KEY_ENTRY ||
		    span_is_equal(n->keys[i].log, key->log)))
			return fault_at(f, ERR_EXISTS, 0, "nodes.keys",
			    "the key is there already");
	n->keys[n->key_count++] = new;
	return ERR_NONE;
}

size_t
keyset_retire(struct keyset *k, struct keyset_node *n, enum key_role role,
    size_t keep)
{
	size_t have = 0, kept = 0, gone;

	for (size_t i = 0; i < n->key_count; i++)
		have += n->keys[i].role == role &&
		    keyset_revoked_find(k, &n->keys[i].kid) == NULL;
	gone = have > keep ? have - keep : 0;
	have = gone;
	for (size_t i = 0; i < n->key_count; i++) {
		bool is_old = gone != 0 && n->keys[i].role == role &&
		    keyset_revoked_find(k, &n->keys[i].kid) == NULL;

		if (is_old)
			gone--;
		else
			n->keys[kept++] = n->keys[i];
	}
	n->key_count = kept;
	return have;
}

enum err
keyset_add_log(struct keyset *k, const struct keyset_log *log,
    struct fault *f)
{
	if (keyset_log_find(k, log->origin) != NULL)
		return fault_at(f, ERR_EXISTS, 0, "logs",
		    "the log is there already");
	if (k->log_count == LIMIT_LOGS_PER_TEAM)
		return fault_at(f, ERR_LIMIT, 0, "logs",
		    "more than %d logs", LIMIT_LOGS_PER_TEAM);
	k->logs[k->log_count++] = *log;
	return ERR_NONE;
}

enum err
keyset_close_log(struct keyset *k, struct span origin, uint64_t size,
    const struct digest *root, struct fault *f)
{
	for (size_t i = 0; i < k->log_count; i++) {
		struct keyset_log *l = &k->logs[i];

		if (!span_is_equal(l->origin, origin))
			continue;
		if (l->closed)
			return fault_at(f, ERR_EXISTS, 0, "logs",
			    "the log is closed already");
		l->closed = true;
		l->size = size;
		l->root = *root;
		return ERR_NONE;
	}
	return fault_at(f, ERR_NOT_FOUND, 0, "logs",
	    "the log is not in the keyset");
}

static bool
has_key(const struct keyset *k, const struct digest *kid)
{
	for (size_t i = 0; i < k->node_count; i++)
		for (size_t j = 0; j < k->nodes[i].key_count; j++)
			if (digest_is_equal(&k->nodes[i].keys[j].kid, kid))
				return true;
	return false;
}

enum err
keyset_revoke(struct keyset *k, const struct keyset_revoked *r,
    struct fault *f)
{
	if (!has_key(k, &r->kid))
		return fault_at(f, ERR_NOT_FOUND, 0, "revoked",
		    "the key is not in the keyset");
	if (keyset_revoked_find(k, &r->kid) != NULL)
		return fault_at(f, ERR_EXISTS, 0, "revoked",
		    "the key is revoked already");
	if (k->revoked_count == KEYSET_REVOKED)
		return fault_at(f, ERR_LIMIT, 0, "revoked",
		    "more than %d revoked keys", KEYSET_REVOKED);
	k->revoked[k->revoked_count++] = *r;
	return ERR_NONE;
}

void
keyset_set_addresses(struct keyset_node *n, struct span *addrs, size_t count)
{
	n->addrs = addrs;
	n->addr_count = count;
}

static int
compare_descending(const void *a, const void *b)
{
	const struct seen_cosignature *x = a, *y = b;

	return x->size > y->size ? -1 : x->size < y->size;
}

uint64_t
change_cut(const struct seen_cosignature *seen, size_t count, size_t least,
    uint64_t time_s)
{
	/* who cosigned a size has cosigned all smaller ones */
	struct seen_cosignature best[LIMIT_TEAMS];
	size_t teams = 0;

	for (size_t i = 0; i < count; i++) {
		size_t t = 0;

		if (seen[i].time_s >= time_s)
			continue;
		while (t < teams && !span_is_equal(best[t].team,
		    seen[i].team))
			t++;
		if (t == teams && teams == LIMIT_TEAMS)
			continue;
		if (t == teams)
			best[teams++] = seen[i];
		else if (seen[i].size > best[t].size)
			best[t].size = seen[i].size;
	}
	if (least == 0 || teams < least)
		return 0;
	qsort(best, teams, sizeof *best, compare_descending);
	return best[least - 1].size;
}

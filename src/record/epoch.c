/* SPDX-License-Identifier: Apache-2.0
 *
 * The epoch: parse, write, check.
 */
#include "record/epoch.h"

#include "base/limits.h"
#include "record/name.h"
#include "record/vkey.h"

static enum err
parse_prev(struct json_val v, struct arena *a, struct span domain,
    struct epoch *e, struct fault *f)
{
	static const char *const keys[] = { "origin", "size", "root", NULL };
	struct epoch_prev *p = &e->prev[e->prev_count];
	enum err err = document_members(v, keys, f);

	if (err == ERR_NONE)
		err = document_text(json_get(v, "origin"), "prev.origin",
		    LIMIT_NAME, a, &p->origin, f);
	if (err == ERR_NONE && (!name_is_log(p->origin, domain, e->team) ||
	    span_is_equal(p->origin, e->origin)))
		return fault_at(f, ERR_SCHEMA, json_at(v), "prev.origin",
		    "no other log name of this team");
	if (err == ERR_NONE && epoch_names(e, p->origin))
		return fault_at(f, ERR_CONFLICT, json_at(v), "prev.origin",
		    "the log stands twice");
	if (err == ERR_NONE)
		err = document_u64(json_get(v, "size"), "prev.size", 0,
		    DOCUMENT_NUMBER_MAX, &p->size, f);
	if (err == ERR_NONE)
		err = document_digest(json_get(v, "root"), "prev.root", a,
		    &p->root, f);
	if (err == ERR_NONE)
		e->prev_count++;
	return err;
}

static enum err
parse_all_prev(struct json_val list, struct arena *a, struct span domain,
    struct epoch *e, struct fault *f)
{
	enum err err = document_list(list, "prev", LIMIT_LOGS_PER_TEAM, f);

	if (err != ERR_NONE)
		return err;
	e->prev = arena_alloc(a, json_count(list) * sizeof *e->prev);
	for (struct json_val v = json_first(list);
	    err == ERR_NONE && v.type != JSON_ABSENT; v = json_next(list, v))
		err = parse_prev(v, a, domain, e, f);
	return err;
}

static enum err
parse_log(struct json_val root, struct arena *a, struct span domain,
    struct epoch *e, struct fault *f)
{
	struct vkey key;
	enum err err = document_text(json_get(root, "origin"), "origin",
	    LIMIT_NAME, a, &e->origin, f);

	if (err == ERR_NONE && !name_is_log(e->origin, domain, e->team))
		return fault_at(f, ERR_SCHEMA, 0, "origin",
		    "no log name of this team");
	if (err == ERR_NONE)
		err = document_text(json_get(root, "vkey"), "vkey",
		    2 * LIMIT_NAME, a, &e->vkey, f);
	if (err == ERR_NONE)
		err = vkey_parse(e->vkey, &key, f);
	if (err != ERR_NONE)
		return err;
	if (key.type != VKEY_LOG || !span_is_equal(key.name, e->origin))
		return fault_at(f, ERR_KEY, 0, "vkey",
		    "no log key of this origin");
	e->key = key.key;
	return ERR_NONE;
}

enum err
epoch_parse(const struct document *d, struct span domain, struct arena *a,
    struct epoch *out, struct fault *f)
{
	static const char *const keys[] = { "kind", "team", "origin", "vkey",
		"order", "prev", "at", "reason", NULL };
	struct json_val root = json_root(&d->json);
	struct epoch e = { 0 };
	enum err err = document_members(root, keys, f);

	if (err == ERR_NONE && d->kind != DOCUMENT_EPOCH)
		return fault_at(f, ERR_SCHEMA, 0, "kind", "no epoch");
	if (err == ERR_NONE)
		err = document_team(json_get(root, "team"), "team", a,
		    &e.team, f);
	if (err == ERR_NONE)
		err = parse_log(root, a, domain, &e, f);
	if (err == ERR_NONE)
		err = document_u64(json_get(root, "order"), "order", 1,
		    DOCUMENT_NUMBER_MAX, &e.order, f);
	if (err == ERR_NONE)
		err = parse_all_prev(json_get(root, "prev"), a, domain, &e, f);
	if (err == ERR_NONE)
		err = document_time(json_get(root, "at"), "at", &e.at_s, f);
	if (err == ERR_NONE)
		err = document_line(json_get(root, "reason"), "reason",
		    DOCUMENT_REASON, a, &e.reason, f);
	if (err == ERR_NONE)
		*out = e;
	return err;
}

void
epoch_write(const struct epoch *e, struct buf *out)
{
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_str(&w, "kind", "epoch");
	json_put_member_span(&w, "team", e->team);
	json_put_member_span(&w, "origin", e->origin);
	json_put_member_span(&w, "vkey", e->vkey);
	json_put_member_u64(&w, "order", e->order);
	json_put_key(&w, "prev");
	json_put_open(&w, '[');
	for (size_t i = 0; i < e->prev_count; i++) {
		json_put_open(&w, '{');
		json_put_member_span(&w, "origin", e->prev[i].origin);
		json_put_member_u64(&w, "size", e->prev[i].size);
		document_put_digest(&w, "root", &e->prev[i].root);
		json_put_close(&w, '}');
	}
	json_put_close(&w, ']');
	json_put_member_u64(&w, "at", (uint64_t)e->at_s);
	json_put_member_span(&w, "reason", e->reason);
	json_put_close(&w, '}');
}

/* Is the log key that of a log of the keyset? `open`: of one not closed. */
static bool
has_log_key(const struct keyset *k, const struct sign_public *key, bool open)
{
	for (size_t i = 0; i < k->log_count; i++)
		if (memcmp(k->logs[i].key.b, key->b, sizeof key->b) == 0 &&
		    !(open && k->logs[i].closed))
			return true;
	return false;
}

static const struct keyset_key *
find_signer(const struct document *d, const struct keyset *k, size_t *node)
{
	for (size_t i = 0; i < k->node_count; i++)
		for (size_t j = 0; j < k->nodes[i].key_count; j++) {
			const struct keyset_key *key = &k->nodes[i].keys[j];

			if (key->role != KEY_ENTRY ||
			    !document_claims(d, &key->kid))
				continue;
			*node = i;
			return key;
		}
	return NULL;
}

enum err
epoch_check(const struct document *d, const struct epoch *e,
    const struct keyset *k, size_t *node, const struct keyset_key **key,
    struct fault *f)
{
	size_t at = 0;
	const struct keyset_key *signer = find_signer(d, k, &at);
	const struct jwk *public;

	if (signer == NULL || !has_log_key(k, &e->key, false))
		return fault_at(f, ERR_NOT_FOUND, 0, "signatures",
		    "entry key or log key is not in the team's keyset");
	public = &signer->key;
	if (document_signers(d, &public, 1, NULL) != 1)
		return fault_at(f, ERR_SIGNATURE, 0, "signatures",
		    "not signed by an entry key of the team");
	if (keyset_revoked_find(k, &signer->kid) != NULL ||
	    !has_log_key(k, &e->key, true))
		return fault_at(f, ERR_STATE, 0, "signatures",
		    "the key that signed is revoked, or its logs are closed");
	*node = at;
	*key = signer;
	return ERR_NONE;
}

bool
epoch_names(const struct epoch *e, struct span origin)
{
	for (size_t i = 0; i < e->prev_count; i++)
		if (span_is_equal(e->prev[i].origin, origin))
			return true;
	return false;
}

uint64_t
epoch_tag(struct span origin)
{
	uint64_t tag = 0;

	for (size_t i = origin.n - 8; i < origin.n; i++)
		tag = tag << 4 | (unsigned)(origin.p[i] <= '9' ?
			origin.p[i] - '0' : origin.p[i] - 'a' + 10);
	return tag;
}

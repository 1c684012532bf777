/* SPDX-License-Identifier: Apache-2.0
 *
 * The keyset: parse, check, and the rule of a key in force. Writing is in
 * keyset_write.c.
 */
#include "record/keyset.h"

#include "base/limits.h"
#include "record/name.h"
#include "record/vkey.h"

/* What the parts of one keyset are parsed against. */
struct parser {
	struct span domain;
	struct arena *a;
	struct keyset *k;
	struct fault *f;
};

static const char *const role_tokens[KEY_ROLE_COUNT] = {
	[KEY_ENTRY] = "entry",
	[KEY_COSIGN] = "cosign",
	[KEY_ENC] = "enc",
	[KEY_TLS] = "tls",
	[KEY_INTAKE] = "intake",
};

const char *
key_role_token(enum key_role role)
{
	return role_tokens[role];
}

static bool
role_allows(enum key_role role, enum jwk_kind kind)
{
	switch (role) {
	case KEY_ENTRY:
	case KEY_COSIGN:
		return kind == JWK_ED25519;
	case KEY_ENC:
		return kind == JWK_X25519 || kind == JWK_P256;
	case KEY_TLS:
		return kind == JWK_ED25519 || kind == JWK_P256;
	case KEY_INTAKE:
		return kind == JWK_X25519;
	case KEY_ROLE_COUNT:
		break;
	}
	return false;
}

static enum err
parse_role(struct json_val v, enum key_role *out, struct fault *f)
{
	for (unsigned i = 0; i < KEY_ROLE_COUNT; i++) {
		if (!json_is_str(v, role_tokens[i]))
			continue;
		*out = (enum key_role)i;
		return ERR_NONE;
	}
	return fault_at(f, ERR_SCHEMA, json_at(v), "nodes.keys.role",
	    "unknown role of a key");
}

/* The members that only entry keys have. */
static enum err
parse_range(struct parser *p, struct json_val v, struct keyset_key *k)
{
	struct json_val until = json_get(v, "until");
	enum err e = document_text(json_get(v, "log"), "nodes.keys.log",
	    LIMIT_NAME, p->a, &k->log, p->f);

	if (e == ERR_NONE && keyset_log_find(p->k, k->log) == NULL)
		return fault_at(p->f, ERR_SCHEMA, json_at(v),
		    "nodes.keys.log", "the log is not in this keyset");
	if (e == ERR_NONE)
		e = document_u64(json_get(v, "from"), "nodes.keys.from", 0,
		    DOCUMENT_NUMBER_MAX, &k->from, p->f);
	k->until = KEYSET_OPEN;
	if (e == ERR_NONE && until.type != JSON_ABSENT)
		e = document_u64(until, "nodes.keys.until", k->from,
		    DOCUMENT_NUMBER_MAX, &k->until, p->f);
	return e;
}

static enum err
parse_key(struct parser *p, struct json_val v, struct keyset_key *k)
{
	static const char *const entry[] = { "role", "jwk", "log", "from",
		"?until", NULL };
	static const char *const other[] = { "role", "jwk", NULL };
	enum err e = parse_role(json_get(v, "role"), &k->role, p->f);

	if (e == ERR_NONE)
		e = document_members(v, k->role == KEY_ENTRY ? entry : other,
		    p->f);
	if (e == ERR_NONE)
		e = document_key(json_get(v, "jwk"), "nodes.keys.jwk", false,
		    &k->key, p->f);
	if (e != ERR_NONE)
		return e;
	if (!role_allows(k->role, k->key.kind))
		return fault_at(p->f, ERR_KEY, json_at(v), "nodes.keys.jwk",
		    "the type of key does not fit the role");
	k->kid = jwk_thumbprint(&k->key);
	return k->role == KEY_ENTRY ? parse_range(p, v, k) : ERR_NONE;
}

static enum err
parse_keys(struct parser *p, struct json_val list, struct keyset_node *node)
{
	enum err e = document_list(list, "nodes.keys", LIMIT_KEYS_PER_NODE,
	    p->f);

	if (e != ERR_NONE)
		return e;
	node->keys = arena_alloc(p->a,
	    json_count(list) * sizeof *node->keys);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		e = parse_key(p, v, &node->keys[node->key_count]);
		if (e != ERR_NONE)
			return e;
		node->key_count++;
	}
	return ERR_NONE;
}

static enum err
parse_addresses(struct parser *p, struct json_val list,
    struct keyset_node *node)
{
	enum err e = document_list(list, "nodes.addrs", KEYSET_ADDRESSES,
	    p->f);

	if (e != ERR_NONE)
		return e;
	node->addrs = arena_alloc(p->a,
	    json_count(list) * sizeof *node->addrs);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		struct span *addr = &node->addrs[node->addr_count];

		e = document_text(v, "nodes.addrs", LIMIT_ADDRESS, p->a, addr,
		    p->f);
		if (e != ERR_NONE)
			return e;
		if (!name_is_address(*addr))
			return fault_at(p->f, ERR_SCHEMA, json_at(v),
			    "nodes.addrs", "an address is host:port");
		node->addr_count++;
	}
	return ERR_NONE;
}

static enum err
parse_node(struct parser *p, struct json_val v, struct keyset_node *node)
{
	static const char *const keys[] = { "name", "addrs", "keys", NULL };
	enum err e = document_members(v, keys, p->f);

	if (e == ERR_NONE)
		e = document_text(json_get(v, "name"), "nodes.name",
		    LIMIT_NAME, p->a, &node->name, p->f);
	if (e == ERR_NONE &&
	    !name_is_node(node->name, p->domain, p->k->team))
		return fault_at(p->f, ERR_SCHEMA, json_at(v), "nodes.name",
		    "no node name of this team");
	for (size_t i = 0; e == ERR_NONE && i < p->k->node_count; i++)
		if (span_is_equal(p->k->nodes[i].name, node->name))
			return fault_at(p->f, ERR_CONFLICT, json_at(v),
			    "nodes.name", "the node stands twice");
	if (e == ERR_NONE)
		e = parse_addresses(p, json_get(v, "addrs"), node);
	if (e == ERR_NONE)
		e = parse_keys(p, json_get(v, "keys"), node);
	return e;
}

static enum err
parse_nodes(struct parser *p, struct json_val list)
{
	struct keyset *k = p->k;
	enum err e = document_list(list, "nodes", LIMIT_NODES_PER_TEAM, p->f);

	if (e != ERR_NONE)
		return e;
	k->nodes = arena_alloc(p->a, json_count(list) * sizeof *k->nodes);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		e = parse_node(p, v, &k->nodes[k->node_count]);
		if (e != ERR_NONE)
			return e;
		k->node_count++;
	}
	return ERR_NONE;
}

static enum err
parse_closed(struct parser *p, struct json_val v, struct keyset_log *log)
{
	static const char *const keys[] = { "size", "root", NULL };
	enum err e;

	if (v.type == JSON_ABSENT)
		return ERR_NONE;
	e = document_members(v, keys, p->f);
	if (e == ERR_NONE)
		e = document_u64(json_get(v, "size"), "logs.closed.size", 0,
		    DOCUMENT_NUMBER_MAX, &log->size, p->f);
	if (e == ERR_NONE)
		e = document_digest(json_get(v, "root"), "logs.closed.root",
		    p->a, &log->root, p->f);
	log->closed = e == ERR_NONE;
	return e;
}

static enum err
parse_vkey(struct parser *p, struct json_val v, struct keyset_log *log)
{
	struct vkey key;
	enum err e = document_text(v, "logs.vkey", 2 * LIMIT_NAME, p->a,
	    &log->vkey, p->f);

	if (e == ERR_NONE)
		e = vkey_parse(log->vkey, &key, p->f);
	if (e != ERR_NONE)
		return e;
	if (key.type != VKEY_LOG || !span_is_equal(key.name, log->origin))
		return fault_at(p->f, ERR_KEY, json_at(v), "logs.vkey",
		    "no log key of this origin");
	log->key = key.key;
	return ERR_NONE;
}

static enum err
parse_log(struct parser *p, struct json_val v, struct keyset_log *log)
{
	static const char *const keys[] = { "origin", "vkey", "?closed",
		NULL };
	enum err e = document_members(v, keys, p->f);

	if (e == ERR_NONE)
		e = document_text(json_get(v, "origin"), "logs.origin",
		    LIMIT_NAME, p->a, &log->origin, p->f);
	if (e == ERR_NONE &&
	    !name_is_log(log->origin, p->domain, p->k->team))
		return fault_at(p->f, ERR_SCHEMA, json_at(v), "logs.origin",
		    "no log name of this team");
	if (e == ERR_NONE && keyset_log_find(p->k, log->origin) != NULL)
		return fault_at(p->f, ERR_CONFLICT, json_at(v),
		    "logs.origin", "the log stands twice");
	if (e == ERR_NONE)
		e = parse_vkey(p, json_get(v, "vkey"), log);
	if (e == ERR_NONE)
		e = parse_closed(p, json_get(v, "closed"), log);
	return e;
}

static enum err
parse_logs(struct parser *p, struct json_val list)
{
	struct keyset *k = p->k;
	enum err e = document_list(list, "logs", LIMIT_LOGS_PER_TEAM, p->f);

	if (e != ERR_NONE)
		return e;
	k->logs = arena_alloc(p->a, json_count(list) * sizeof *k->logs);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		e = parse_log(p, v, &k->logs[k->log_count]);
		if (e != ERR_NONE)
			return e;
		k->log_count++;
	}
	return ERR_NONE;
}

static enum err
parse_cut(struct parser *p, struct json_val v, struct keyset_revoked *r)
{
	static const char *const keys[] = { "log", "size", NULL };
	struct keyset_cut *cut = &r->cuts[r->cut_count];
	enum err e = document_members(v, keys, p->f);

	if (e == ERR_NONE)
		e = document_text(json_get(v, "log"), "revoked.cuts.log",
		    LIMIT_NAME, p->a, &cut->log, p->f);
	if (e == ERR_NONE && keyset_log_find(p->k, cut->log) == NULL)
		return fault_at(p->f, ERR_SCHEMA, json_at(v),
		    "revoked.cuts.log", "the log is not in this keyset");
	for (size_t i = 0; e == ERR_NONE && i < r->cut_count; i++)
		if (span_is_equal(r->cuts[i].log, cut->log))
			return fault_at(p->f, ERR_CONFLICT, json_at(v),
			    "revoked.cuts.log", "two cuts of one log");
	if (e == ERR_NONE)
		e = document_u64(json_get(v, "size"), "revoked.cuts.size", 0,
		    DOCUMENT_NUMBER_MAX, &cut->size, p->f);
	if (e == ERR_NONE)
		r->cut_count++;
	return e;
}

static enum err
parse_revoked(struct parser *p, struct json_val v, struct keyset_revoked *r)
{
	static const char *const keys[] = { "kid", "cuts", "reason", NULL };
	struct json_val cuts = json_get(v, "cuts");
	enum err e = document_members(v, keys, p->f);

	if (e == ERR_NONE)
		e = document_digest(json_get(v, "kid"), "revoked.kid", p->a,
		    &r->kid, p->f);
	if (e == ERR_NONE && keyset_revoked_find(p->k, &r->kid) != NULL)
		return fault_at(p->f, ERR_CONFLICT, json_at(v),
		    "revoked.kid", "the key is revoked twice");
	if (e == ERR_NONE)
		e = document_line(json_get(v, "reason"), "revoked.reason",
		    DOCUMENT_REASON, p->a, &r->reason, p->f);
	if (e == ERR_NONE)
		e = document_list(cuts, "revoked.cuts", KEYSET_CUTS, p->f);
	if (e != ERR_NONE)
		return e;
	r->cuts = arena_alloc(p->a, json_count(cuts) * sizeof *r->cuts);
	for (struct json_val c = json_first(cuts);
	    e == ERR_NONE && c.type != JSON_ABSENT; c = json_next(cuts, c))
		e = parse_cut(p, c, r);
	return e;
}

static enum err
parse_revocations(struct parser *p, struct json_val list)
{
	struct keyset *k = p->k;
	enum err e = document_list(list, "revoked", KEYSET_REVOKED, p->f);

	if (e != ERR_NONE)
		return e;
	k->revoked = arena_alloc(p->a,
	    json_count(list) * sizeof *k->revoked);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		e = parse_revoked(p, v, &k->revoked[k->revoked_count]);
		if (e != ERR_NONE)
			return e;
		k->revoked_count++;
	}
	return ERR_NONE;
}

/* A key stands in one role at one node; only entry keys may stand in several
 * rows, for several logs or ranges. */
static bool
is_clash(const struct keyset_node *na, const struct keyset_key *a,
    const struct keyset_node *nb, const struct keyset_key *b)
{
	if (!digest_is_equal(&a->kid, &b->kid))
		return false;
	return na != nb || a->role != KEY_ENTRY || b->role != KEY_ENTRY;
}

static bool
is_log_key(const struct keyset *k, const struct jwk *key)
{
	struct sign_public public;

	if (key->kind != JWK_ED25519)
		return false;
	public = jwk_sign_public(key);
	for (size_t i = 0; i < k->log_count; i++)
		if (memcmp(public.b, k->logs[i].key.b, sizeof public.b) == 0)
			return true;
	return false;
}

static bool
has_clash(const struct keyset *k, size_t node, size_t key)
{
	const struct keyset_node *n = &k->nodes[node];

	for (size_t i = 0; i <= node; i++) {
		const struct keyset_node *other = &k->nodes[i];
		size_t end = i == node ? key : other->key_count;

		for (size_t j = 0; j < end; j++)
			if (is_clash(n, &n->keys[key], other,
			    &other->keys[j]))
				return true;
	}
	return is_log_key(k, &n->keys[key].key);
}

static enum err
check_distinct(const struct keyset *k, struct fault *f)
{
	for (size_t i = 0; i < k->node_count; i++)
		for (size_t j = 0; j < k->nodes[i].key_count; j++)
			if (has_clash(k, i, j))
				return fault_at(f, ERR_KEY, 0, "nodes.keys",
				    "a key stands in two places");
	return ERR_NONE;
}

enum err
keyset_parse(const struct document *d, struct span domain, struct arena *a,
    struct keyset *out, struct fault *f)
{
	static const char *const keys[] = { "kind", "team", "version", "prev",
		"nodes", "logs", "revoked", NULL };
	struct json_val root = json_root(&d->json);
	struct keyset k = { 0 };
	struct parser p = { .domain = domain, .a = a, .k = &k, .f = f };
	enum err e = document_members(root, keys, f);

	if (e == ERR_NONE && d->kind != DOCUMENT_KEYSET)
		return fault_at(f, ERR_SCHEMA, 0, "kind", "no keyset");
	if (e == ERR_NONE)
		e = document_team(json_get(root, "team"), "team", a, &k.team,
		    f);
	if (e == ERR_NONE)
		e = document_version(root, a, &k.version, &k.prev, f);
	/* logs first: keys and cuts refer to them */
	if (e == ERR_NONE)
		e = parse_logs(&p, json_get(root, "logs"));
	if (e == ERR_NONE)
		e = parse_nodes(&p, json_get(root, "nodes"));
	if (e == ERR_NONE)
		e = parse_revocations(&p, json_get(root, "revoked"));
	if (e == ERR_NONE)
		e = check_distinct(&k, f);
	if (e == ERR_NONE)
		*out = k;
	return e;
}

enum err
keyset_check(const struct document *d, const struct jwk *identity,
    struct fault *f)
{
	if (document_signers(d, &identity, 1, NULL) != 1)
		return fault_at(f, ERR_SIGNATURE, 0, "signatures",
		    "the keyset is not signed by the team's identity key");
	return ERR_NONE;
}

const struct keyset_revoked *
keyset_revoked_find(const struct keyset *k, const struct digest *kid)
{
	for (size_t i = 0; i < k->revoked_count; i++)
		if (digest_is_equal(&k->revoked[i].kid, kid))
			return &k->revoked[i];
	return NULL;
}

const struct keyset_log *
keyset_log_find(const struct keyset *k, struct span origin)
{
	for (size_t i = 0; i < k->log_count; i++)
		if (span_is_equal(k->logs[i].origin, origin))
			return &k->logs[i];
	return NULL;
}

enum key_state
keyset_range_state(const struct keyset *k, const struct digest *kid,
    struct span origin, uint64_t index)
{
	enum key_state state = KEY_UNKNOWN;

	for (size_t i = 0; i < k->node_count; i++) {
		for (size_t j = 0; j < k->nodes[i].key_count; j++) {
			const struct keyset_key *key = &k->nodes[i].keys[j];

			if (key->role != KEY_ENTRY ||
			    !digest_is_equal(&key->kid, kid) ||
			    !span_is_equal(key->log, origin))
				continue;
			if (index >= key->from && index < key->until)
				return KEY_IN_FORCE;
			state = index < key->from ? KEY_EARLY : KEY_ENDED;
		}
	}
	return state;
}

static bool
is_cut(const struct keyset_revoked *r, struct span origin, uint64_t index)
{
	for (size_t i = 0; i < r->cut_count; i++)
		if (span_is_equal(r->cuts[i].log, origin))
			return index >= r->cuts[i].size;
	return true;
}

enum key_state
keyset_entry_state(const struct keyset *k, const struct digest *kid,
    struct span origin, uint64_t index)
{
	const struct keyset_log *log = keyset_log_find(k, origin);
	const struct keyset_revoked *r = keyset_revoked_find(k, kid);
	enum key_state state = keyset_range_state(k, kid, origin, index);

	if (log == NULL || state == KEY_UNKNOWN)
		return KEY_UNKNOWN;
	if (log->closed && index >= log->size)
		return KEY_VOID;
	if (r != NULL && is_cut(r, origin, index))
		return KEY_VOID;
	return state;
}

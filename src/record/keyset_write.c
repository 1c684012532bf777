/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing a keyset's payload, members in the order of the page.
 */
#include "record/keyset.h"

static void
write_key(struct json_out *w, const struct keyset_key *k)
{
	json_put_open(w, '{');
	json_put_member_str(w, "role", key_role_token(k->role));
	document_put_key(w, "jwk", &k->key);
	if (k->role == KEY_ENTRY) {
		json_put_member_span(w, "log", k->log);
		json_put_member_u64(w, "from", k->from);
		if (k->until != KEYSET_OPEN)
			json_put_member_u64(w, "until", k->until);
	}
	json_put_close(w, '}');
}

static void
write_node(struct json_out *w, const struct keyset_node *n)
{
	json_put_open(w, '{');
	json_put_member_span(w, "name", n->name);
	json_put_key(w, "addrs");
	json_put_open(w, '[');
	for (size_t i = 0; i < n->addr_count; i++)
		json_put_span(w, n->addrs[i]);
	json_put_close(w, ']');
	json_put_key(w, "keys");
	json_put_open(w, '[');
	for (size_t i = 0; i < n->key_count; i++)
		write_key(w, &n->keys[i]);
	json_put_close(w, ']');
	json_put_close(w, '}');
}

static void
write_log(struct json_out *w, const struct keyset_log *l)
{
	json_put_open(w, '{');
	json_put_member_span(w, "origin", l->origin);
	json_put_member_span(w, "vkey", l->vkey);
	if (l->closed) {
		json_put_key(w, "closed");
		json_put_open(w, '{');
		json_put_member_u64(w, "size", l->size);
		document_put_digest(w, "root", &l->root);
		json_put_close(w, '}');
	}
	json_put_close(w, '}');
}

static void
write_revoked(struct json_out *w, const struct keyset_revoked *r)
{
	json_put_open(w, '{');
	document_put_digest(w, "kid", &r->kid);
	json_put_key(w, "cuts");
	json_put_open(w, '[');
	for (size_t i = 0; i < r->cut_count; i++) {
		json_put_open(w, '{');
		json_put_member_span(w, "log", r->cuts[i].log);
		json_put_member_u64(w, "size", r->cuts[i].size);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
	json_put_member_span(w, "reason", r->reason);
	json_put_close(w, '}');
}

void
keyset_write(const struct keyset *k, struct buf *out)
{
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_str(&w, "kind", "keyset");
	json_put_member_span(&w, "team", k->team);
	document_put_version(&w, k->version, &k->prev);
	json_put_key(&w, "nodes");
	json_put_open(&w, '[');
	for (size_t i = 0; i < k->node_count; i++)
		write_node(&w, &k->nodes[i]);
	json_put_close(&w, ']');
	json_put_key(&w, "logs");
	json_put_open(&w, '[');
	for (size_t i = 0; i < k->log_count; i++)
		write_log(&w, &k->logs[i]);
	json_put_close(&w, ']');
	json_put_key(&w, "revoked");
	json_put_open(&w, '[');
	for (size_t i = 0; i < k->revoked_count; i++)
		write_revoked(&w, &k->revoked[i]);
	json_put_close(&w, ']');
	json_put_close(&w, '}');
}

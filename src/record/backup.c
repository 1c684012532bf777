/* SPDX-License-Identifier: Apache-2.0
 *
 * Beginning and end of a backup.
 */
#include "record/backup.h"

#include "crypto/jws.h"
#include "record/name.h"

enum { TOKENS = 2048, VERSION = 2 };

void
backup_head_write(const struct backup_head *h, struct buf *out)
{
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_u64(&w, "v", VERSION);
	json_put_member_str(&w, "what", h->is_keys ? "keys" : "store");
	json_put_member_span(&w, "team", h->team);
	json_put_member_span(&w, "node", h->node);
	json_put_member_span(&w, "log", h->log);
	json_put_member_span(&w, "private_log", h->private_log);
	document_put_key(&w, "signer", &h->signer);
	json_put_member_u64(&w, "made", (uint64_t)h->made_s);
	json_put_member_u64(&w, "layout", h->layout);
	json_put_key(&w, "keys");
	json_put_open(&w, '[');
	for (size_t i = 0; i < h->key_n; i++)
		json_put_str(&w, kid_of(&h->keys[i]).s);
	json_put_close(&w, ']');
	json_put_close(&w, '}');
}

static enum err
keys_parse(struct json_val list, struct arena *a, struct backup_head *out,
    struct fault *f)
{
	enum err e = document_list(list, "keys", LIMIT_KEYRING_KEYS, f);
	struct digest *keys = arena_alloc(a,
	    LIMIT_KEYRING_KEYS * sizeof *keys);

	for (struct json_val v = json_first(list); e == ERR_NONE &&
	     v.type != JSON_ABSENT; v = json_next(list, v))
		e = document_digest(v, "keys", a, &keys[out->key_n++], f);
	out->keys = keys;
	return e;
}

static enum err
names_parse(struct json_val r, struct arena *a, struct backup_head *h,
    struct fault *f)
{
	struct json_val what = json_get(r, "what");
	enum err e = document_team(json_get(r, "team"), "team", a, &h->team,
	    f);

	h->is_keys = json_is_str(what, "keys");
	if (e == ERR_NONE && !h->is_keys && !json_is_str(what, "store"))
		e = fault_at(f, ERR_SCHEMA, 0, "what",
		    "is neither store nor keys");
	if (e == ERR_NONE)
		e = document_line(json_get(r, "node"), "node", LIMIT_NAME, a,
		    &h->node, f);
	if (e == ERR_NONE)
		e = document_line(json_get(r, "log"), "log", LIMIT_NAME, a,
		    &h->log, f);
	if (e == ERR_NONE)
		e = document_line(json_get(r, "private_log"), "private_log",
		    LIMIT_NAME, a, &h->private_log, f);
	return e;
}

enum err
backup_head_parse(struct span text, struct arena *a, struct backup_head *out,
    struct fault *f)
{
	static const char *const members[] = { "v", "what", "team", "node",
		"log", "private_log", "signer", "made",
		"layout", "keys", NULL };
	struct backup_head h = { .is_keys = false };
	struct json json;
	struct json_val r;
	uint64_t version = 0;
	enum err e = json_parse_arena(text, 4, TOKENS, a, &json, f);

	if (e != ERR_NONE)
		return e;
	r = json_root(&json);
	if (json_u64(json_get(r, "v"), &version) == ERR_NONE &&
	    version >= 1 && version != VERSION)
		return fault_at(f, ERR_UNSUPPORTED, 0, "v", version > VERSION ?
			"a later version wrote this backup" :
			"it says nothing of the store's layout: restore it "
			"with the program that wrote it");
	e = document_members(r, members, f);
	if (e == ERR_NONE && version != VERSION)
		e = fault_at(f, ERR_SCHEMA, 0, "v", "is no version");
	if (e == ERR_NONE)
		e = names_parse(r, a, &h, f);
	if (e == ERR_NONE)
		e = document_key(json_get(r, "signer"), "signer", true,
		    &h.signer, f);
	if (e == ERR_NONE)
		e = document_time(json_get(r, "made"), "made", &h.made_s, f);
	if (e == ERR_NONE)
		e = document_u64(json_get(r, "layout"), "layout", 1,
		    UINT32_MAX, &h.layout, f);
	if (e == ERR_NONE)
		e = keys_parse(json_get(r, "keys"), a, &h, f);
	if (e == ERR_NONE)
		*out = h;
	return e;
}

void
backup_end_write(const struct backup_end *e, struct buf *out)
{
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	document_put_digest(&w, "digest", &e->digest);
	json_put_member_u64(&w, "left_out", e->left_out);
	json_put_close(&w, '}');
}

enum err
backup_end_parse(struct span text, const struct sign_public *signer,
    struct backup_end *out, struct fault *f)
{
	static const char *const members[] = { "digest", "left_out", NULL };
	struct arena a = { 0 };
	struct backup_end end;
	struct json json;
	struct jws jws;
	enum err e = jws_parse(text, BACKUP_TYP, &a, &jws, f);

	if (e == ERR_NONE && !jws_is_signed_by(&jws, signer))
		e = fault_at(f, ERR_SIGNATURE, 0, "end",
		    "it is not signed by the node that it names");
	if (e == ERR_NONE)
		e = json_parse_arena(jws.payload, 4, 16, &a, &json, f);
	if (e == ERR_NONE)
		e = document_members(json_root(&json), members, f);
	if (e == ERR_NONE)
		e = document_digest(json_get(json_root(&json), "digest"),
		    "digest", &a, &end.digest, f);
	if (e == ERR_NONE)
		e = document_u64(json_get(json_root(&json), "left_out"),
		    "left_out", 0, UINT64_MAX, &end.left_out, f);
	if (e == ERR_NONE)
		*out = end;
	arena_release(&a);
	return e;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking at a backup.
 */
#include "cli/backup_look.h"

#include "crypto/secret.h"
#include "ledger/leaf.h"
#include "store/copy.h"
#include "store/row.h"

#include <inttypes.h>

/* --- head and files --- */

static enum err
see_head(void *ctx, struct span json, struct fault *f)
{
	struct backup_look *l = ctx;
	enum err e = backup_head_parse(arena_copy(l->mem, json), l->mem,
	    &l->head, f);

	if (e == ERR_NONE && l->head.is_keys != l->wants_keys)
		e = fault_at(f, ERR_SCHEMA, 0, "what", l->wants_keys ?
		    "this is a backup of the store, not of the keyring" :
		    "this is a backup of the keyring, not of the store");
	if (e == ERR_NONE && l->head.layout != STORE_LAYOUT)
		e = fault_at(f, ERR_UNSUPPORTED, 0, "layout", "the store in it "
		    "has layout %" PRIu64 ", this program knows %d: restore "
		    "it with the program that wrote it", l->head.layout,
		    STORE_LAYOUT);
	if (e == ERR_NONE && l->on != NULL && l->on->head != NULL)
		e = l->on->head(l->on->ctx, json, f);
	return e;
}

static enum err
see_file(void *ctx, struct span name, struct span bytes, struct fault *f)
{
	struct backup_look *l = ctx;
	enum err e = ERR_NONE;

	if (span_is_str(name, "keyring") != l->wants_keys)
		return fault_at(f, ERR_SCHEMA, 0, "files", l->wants_keys ?
		    "there is more than the keyring in it" :
		    "keys have no place in it");
	if (l->wants_keys) {
		keyring_free(l->ring);
		l->ring = NULL;
		e = keyring_parse(bytes, span_of(NULL, 0), &l->ring, f);
	}
	if (e == ERR_NONE && l->on != NULL && l->on->file != NULL)
		e = l->on->file(l->on->ctx, name, bytes, f);
	return e;
}

/* --- rows --- */

static struct backup_log *
find_log(const struct backup_look *l, uint64_t id)
{
	/* records come in the order of their logs */
	if (l->last != NULL && l->last->id == id)
		return l->last;
	for (struct backup_log *log = l->logs; log != NULL; log = log->next)
		if (log->id == id)
			return log;
	return NULL;
}

static enum err
add_log(struct backup_look *l, struct span key, struct span v,
    struct fault *f)
{
	struct backup_log *log = arena_alloc(l->mem, sizeof *log);
	struct backup_log **at = &l->logs;

	if (v.n < 2 || v.n > 1 + LIMIT_NAME || v.p[0] > STORE_MIRROR)
		return fault_at(f, ERR_SYNTAX, 0, "log", "has no name");
	*log = (struct backup_log){ .id = row_tail(key),
		.role = (enum store_role)v.p[0], .origin = arena_copy(l->mem,
		    span_of(v.p + 1, v.n - 1)), .root = tree_empty_root() };
	while (*at != NULL)
		at = &(*at)->next;
	*at = log;
	l->last = log;
	return ERR_NONE;
}

static enum err
add_head(struct backup_look *l, struct span key, struct span v,
    struct fault *f)
{
	struct backup_log *log = find_log(l, row_tail(key));
	struct store_head head;
	enum err e = row_parse_head(v, &head);

	if (e == ERR_NONE && log == NULL)
		e = ERR_SYNTAX;
	if (e != ERR_NONE)
		return fault_at(f, e, 0, "head", "belongs to no log");
	log->size = head.size;
	log->root = head.root;
	return ERR_NONE;
}

static enum err
add_record(struct backup_look *l, struct span key, struct span v,
    struct fault *f)
{
	struct backup_log *log = find_log(l, row_tail(key) >> ROW_INDEX_BITS);
	uint64_t index = row_index(key);
	struct digest leaf;

	if (log == NULL)
		return fault_at(f, ERR_SYNTAX, 0, "record",
		    "belongs to no log");
	l->last = log;
	if (index >= log->size)
		return ERR_NONE; /* of a tile whose rest is to come */
	if (index != log->tree.size)
		return fault_at(f, ERR_PROOF, 0, "record",
		    "record %" PRIu64 " of %.*s is not there",
		    log->tree.size, SPAN_FMT(log->origin));
	leaf = leaf_hash(v);
	tree_append(&log->tree, &leaf, NULL);
	return ERR_NONE;
}

static enum err
see_row(void *ctx, const struct store_row *r, struct fault *f)
{
	struct backup_look *l = ctx;
	struct span v = { 0 };
	enum err e = row_open(r->kind, ROW_VALUE, r->row.key, r->row.value,
	    &v);

	if (e == ERR_NONE && r->kind == ROW_LOG)
		e = add_log(l, r->row.key, v, f);
	else if (e == ERR_NONE && r->kind == ROW_HEAD)
		e = add_head(l, r->row.key, v, f);
	else if (e == ERR_NONE && r->kind == ROW_RECORD)
		e = add_record(l, r->row.key, v, f);
	if (e == ERR_NONE && l->on != NULL && l->on->row != NULL)
		e = l->on->row(l->on->ctx, r, f);
	return e;
}

/* --- attachments and end --- */

static enum err
see_blob(void *ctx, const struct digest *name, uint64_t size,
    struct fault *f)
{
	struct backup_look *l = ctx;

	return l->on == NULL || l->on->blob == NULL ? ERR_NONE :
	    l->on->blob(l->on->ctx, name, size, f);
}

static enum err
see_data(void *ctx, struct span bytes, bool is_last, struct fault *f)
{
	struct backup_look *l = ctx;

	return l->on == NULL || l->on->data == NULL ? ERR_NONE :
	    l->on->data(l->on->ctx, bytes, is_last, f);
}

static enum err
check_roots(const struct backup_look *l, struct fault *f)
{
	bool has_own = l->wants_keys;

	for (const struct backup_log *log = l->logs; log != NULL;
	     log = log->next) {
		struct digest root = tree_root(&log->tree);

		if (log->tree.size != log->size ||
		    !digest_is_equal(&root, &log->root))
			return fault_at(f, ERR_PROOF, 0, "log",
			    "the records of %.*s do not give its root",
			    SPAN_FMT(log->origin));
		has_own = has_own || (log->role == STORE_OWN &&
		    span_is_equal(log->origin, l->head.log));
	}
	return has_own ? ERR_NONE : fault_at(f, ERR_SCHEMA, 0, "log",
	    "the node's own log is not in it");
}

static enum err
see_end(void *ctx, struct span jws, const struct digest *digest,
    struct fault *f)
{
	struct backup_look *l = ctx;
	const struct sign_public signer = jwk_sign_public(&l->head.signer);
	enum err e = backup_end_parse(jws, &signer, &l->end, f);

	if (e == ERR_NONE && !digest_is_equal(digest, &l->end.digest))
		e = fault_at(f, ERR_DIGEST, 0, "end",
		    "something else was signed than what is in it");
	if (e == ERR_NONE && l->wants_keys && l->ring == NULL)
		e = fault_at(f, ERR_SCHEMA, 0, "files",
		    "there is no keyring in it");
	if (e == ERR_NONE)
		e = check_roots(l, f);
	if (e == ERR_NONE && l->on != NULL && l->on->end != NULL)
		e = l->on->end(l->on->ctx, jws, digest, f);
	return e;
}

/* --- life --- */

void
backup_look_init(struct backup_look *look, struct arena *mem, bool wants_keys,
    const struct archive_take *on)
{
	*look = (struct backup_look){ .mem = mem, .wants_keys = wants_keys,
		.on = on, .take = { see_head, see_file, see_row, see_blob,
		    see_data, see_end, look } };
}

void
backup_look_release(struct backup_look *look)
{
	keyring_free(look->ring);
	look->ring = NULL;
}

static bool
has_key(const struct keyring *r, const struct digest *want)
{
	const struct keyring_key *k;

	for (size_t i = 0; (k = keyring_at(r, i)) != NULL; i++) {
		struct digest kid = kid_digest(&k->kid);

		if (digest_is_equal(&kid, want))
			return true;
	}
	return false;
}

enum err
backup_look_fits(const struct backup_look *look, const struct keyring *ring,
    struct fault *f)
{
	struct digest signer = jwk_thumbprint(&look->head.signer);

	if (!has_key(ring, &signer))
		return fault_at(f, ERR_KEY, 0, "keyring",
		    "the backup is not of the node that has these keys");
	for (size_t i = 0; i < look->head.key_n; i++)
		if (!has_key(ring, &look->head.keys[i]))
			return fault_at(f, ERR_KEY, 0, "keyring", "the key "
			    "%s of the backup is not in it: is there a newer "
			    "one?", kid_of(&look->head.keys[i]).s);
	return ERR_NONE;
}

int
backup_look_read(struct cli *c, const char *path, const char *keys_path,
    const struct jwk *key, const struct archive_take *on,
    struct backup_look *look, struct backup_look *keys,
    struct archive_counts *counts)
{
	struct fault f = { 0 };
	int status = CLI_OK;
	enum err e;

	backup_look_init(keys, &c->arena, true, NULL);
	backup_look_init(look, &c->arena, false, on);
	if (keys_path != NULL)
		status = vault_file_read(c, keys_path, key, &keys->take, NULL);
	if (status == CLI_OK)
		status = vault_file_read(c, path, key, &look->take, counts);
	if (status != CLI_OK || keys_path == NULL)
		return status;
	e = backup_look_fits(look, keys->ring, &f);
	return e == ERR_NONE ? CLI_OK : cli_fail_file(c, e, keys_path, &f);
}

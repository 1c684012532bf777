/* SPDX-License-Identifier: Apache-2.0
 *
 * Keyring and keyset of a node as files.
 */
#include "cli/keyset_work.h"

#include "base/limits.h"
#include "cli/ceremony.h"
#include "cli/file.h"
#include "cli/keyring_file.h"
#include "cli/node_config.h"
#include "cli/pin_file.h"
#include "crypto/passphrase.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "record/name.h"
#include "record/network.h"
#include "record/vkey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum err
keyset_role_find(const char *word, enum key_role *out)
{
	for (int i = 0; i < KEY_ROLE_COUNT; i++) {
		if (strcmp(word, key_role_token((enum key_role)i)) != 0)
			continue;
		*out = (enum key_role)i;
		return ERR_NONE;
	}
	return ERR_USAGE;
}

/* --- the keyring --- */

static void
wipe(struct buf *b)
{
	if (b->p != NULL)
		secret_wipe(b->p, b->cap);
	buf_release(b);
}

enum err
keyset_ring_read(struct keyset_work *w, const char *path)
{
	struct keyring *ring = NULL;
	enum err e = keyring_file_read(path, w->config.passphrase_file,
	    &ring, &w->f);

	w->failed = path;
	if (e == ERR_NONE) {
		keyring_free(w->ring);
		w->ring = ring;
	}
	return e;
}

enum err
keyset_ring_write(struct keyset_work *w, const char *path)
{
	const char *new = cli_text(w->c, "%s.new", path);
	unsigned char salt[PASSPHRASE_RANDOM];
	struct buf file, pass;
	struct stat st;
	enum err e;

	w->failed = path;
	buf_init(&file, LIMIT_KEYFILE);
	random_fill(salt, sizeof salt);
	e = keyring_file_passphrase(
	    w->config.passphrase_file, &pass);
	if (e == ERR_NONE)
		e = keyring_write(w->ring, buf_span(&pass), salt, &file);
	unlink(new);
	if (e == ERR_NONE)
		e = file_write_new(new, 0600, buf_span(&file));
	/* the node's user must be able to read it */
	if (e == ERR_NONE && (stat(w->ring_path, &st) != 0 ||
	    (st.st_uid != geteuid() &&
	    chown(new, st.st_uid, st.st_gid) != 0)))
		e = ERR_DENIED;
	if (e == ERR_NONE && rename(new, path) != 0)
		e = ERR_IO;
	if (e != ERR_NONE)
		unlink(new);
	wipe(&file);
	wipe(&pass);
	return e;
}

/* --- the keyset --- */

static enum err
take_old(struct keyset_work *w, struct span bytes, bool counts)
{
	struct document d;
	struct parsed p;
	struct span team = span_str(w->config.team);
	enum err e = document_parse(bytes, &w->c->arena, &d, NULL);

	if (e == ERR_NONE && d.kind != DOCUMENT_KEYSET)
		e = ERR_NOT_FOUND;
	if (e == ERR_NONE)
		e = parsed_read(&d, registry_domain(w->registry),
		    &w->c->arena, &p, NULL);
	if (e == ERR_NONE && (!span_is_equal(p.u.keyset.team, team) ||
	    (w->old.doc.bytes.n != 0 &&
	    p.u.keyset.version <= w->old.u.keyset.version)))
		e = ERR_NOT_FOUND;
	if (e == ERR_NONE) {
		w->old = p;
		w->old_counts = counts;
	}
	return e;
}

/* That of an identity which the register has replaced is in no view, but the
 * folder still has it. */
static void
find_in_folder(struct keyset_work *w)
{
	struct file_list l;
	struct span bytes;

	if (file_list_read(w->config.documents, &l) != ERR_NONE)
		return;
	for (size_t i = 0; i < l.n; i++)
		if (ceremony_file(w->c, cli_text(w->c, "%s/%s",
		    w->config.documents, l.names[i]), LIMIT_DOCUMENT,
		    &bytes) == ERR_NONE)
			(void)!take_old(w, bytes, false);
	file_list_release(&l);
}

static enum err
find_old(struct keyset_work *w)
{
	struct span team = span_str(w->config.team);

	w->failed = w->config.documents;
	for (size_t i = 0; i < registry_document_count(w->registry); i++) {
		struct registry_document d = registry_document_at(
		    w->registry, i);

		if (d.kind == DOCUMENT_KEYSET && span_is_equal(d.team, team))
			return take_old(w, arena_copy(&w->c->arena, d.bytes),
			    true);
	}
	find_in_folder(w);
	return w->old.doc.bytes.n != 0 ? ERR_NONE :
	    fault_at(&w->f, ERR_NOT_FOUND, 0, "documents",
	    "there is no keyset of this team");
}

/* The successor, of the keyset as its epochs extend it. */
static enum err
begin_next(struct keyset_work *w)
{
	const struct keyring_key *cosign = keyring_find(w->ring,
	    KEYRING_COSIGN);
	const struct keyset *view = w->old_counts ?
	    registry_keyset(w->registry, span_str(w->config.team)) : NULL;

	if (cosign == NULL)
		return fault_at(&w->f, ERR_KEY, 0, "keyring",
		    "it has no cosign key");
	change_keyset(view != NULL ? view : &w->old.u.keyset,
	    &w->old.doc.hash, &w->c->arena, &w->next);
	return keyset_node_find(&w->next, span_str(cosign->name), &w->node,
	    &w->f);
}

int
keyset_open(struct cli *c, struct keyset_work *w)
{
	enum err e;
	int status;

	*w = (struct keyset_work){ .c = c, .failed = "" };
	status = node_config_read(c, &w->config);
	if (status != CLI_OK)
		return status;
	w->ring_path = cli_text(c, "%s", w->config.keyring);
	w->next_path = cli_text(c, "%s.next", w->config.keyring);
	w->failed = w->config.documents;
	e = node_registry(c, &w->config, &w->registry, &w->f);
	if (e == ERR_NONE)
		e = keyset_ring_read(w, w->ring_path);
	if (e == ERR_NONE)
		e = find_old(w);
	if (e == ERR_NONE)
		e = begin_next(w);
	if (e == ERR_NONE)
		return CLI_OK;
	status = cli_fail_file(c, e, cli_text(c, "%s", w->failed), &w->f);
	keyset_release(w);
	return status;
}

void
keyset_release(struct keyset_work *w)
{
	keyring_free(w->ring);
	registry_free(w->registry);
	config_release(&w->config);
	*w = (struct keyset_work){ 0 };
}

const struct keyset_key *
keyset_newest(const struct keyset_work *w, enum key_role role)
{
	for (size_t i = w->node->key_count; i > 0; i--)
		if (w->node->keys[i - 1].role == role)
			return &w->node->keys[i - 1];
	return NULL;
}

const struct keyset_log *
keyset_log_in_use(const struct keyset_work *w)
{
	for (size_t i = w->next.log_count; i > 0; i--)
		if (!w->next.logs[i - 1].closed)
			return &w->next.logs[i - 1];
	return NULL;
}

/* --- new keys --- */

static enum err
new_key(struct keyset_work *w, enum keyring_role role, struct span name,
    struct jwk *out)
{
	const struct keyring_key *old = keyring_find(w->ring, role);
	unsigned char seed[JWK_RANDOM];
	enum err e;

	/* a keyring made before there were reports from the public */
	if (old == NULL && role != KEYRING_INTAKE)
		return ERR_KEY;
	random_fill(seed, sizeof seed);
	jwk_make(old != NULL ? old->jwk.kind : JWK_X25519, seed, out);
	secret_wipe(seed, sizeof seed);
	e = keyring_add(w->ring, role, name, out);
	return e;
}

/* A new log: its key stands first in the keyring, for the last is the one in
 * use and a new log is not begun by a keyset. */
static enum err
rotate_log(struct keyset_work *w)
{
	const struct keyset_key *entry = keyset_newest(w, KEY_ENTRY);
	struct keyset_log log = { 0 };
	struct sign_public public;
	struct buf origin, vkey;
	uint32_t tag;
	struct jwk key;
	enum err e;

	random_fill(&tag, sizeof tag);
	buf_init(&origin, LIMIT_NAME);
	buf_init(&vkey, 2 * LIMIT_NAME);
	name_put_log(&origin, registry_domain(w->registry),
	    span_str(w->config.team), tag);
	log.origin = arena_copy(&w->c->arena, buf_span(&origin));
	e = new_key(w, KEYRING_LOG, log.origin, &key);
	if (e == ERR_NONE)
		keyring_put_first(w->ring);
	public = jwk_sign_public(&key);
	vkey_write(&vkey, log.origin, VKEY_LOG, &public);
	log.vkey = arena_copy(&w->c->arena, buf_span(&vkey));
	log.key = public;
	jwk_wipe(&key);
	if (e == ERR_NONE)
		e = keyset_add_log(&w->next, &log, &w->f);
	if (e == ERR_NONE && entry != NULL)
		e = keyset_add_key(w->node, &(struct keyset_key){
		    .role = KEY_ENTRY, .key = entry->key, .log = log.origin,
		    .until = KEYSET_OPEN }, &w->f);
	buf_release(&origin);
	buf_release(&vkey);
	return e;
}

enum err
keyset_rotate(struct keyset_work *w, const char *word, uint64_t from)
{
	static const enum keyring_role ring_role[KEY_ROLE_COUNT] = {
		[KEY_ENTRY] = KEYRING_ENTRY, [KEY_COSIGN] = KEYRING_COSIGN,
		[KEY_ENC] = KEYRING_ENC, [KEY_TLS] = KEYRING_TLS,
		[KEY_INTAKE] = KEYRING_INTAKE };
	const struct keyset_log *log = keyset_log_in_use(w);
	struct keyset_key row = { .until = KEYSET_OPEN };
	struct jwk key;
	enum err e;

	w->failed = word;
	if (strcmp(word, "log") == 0)
		return rotate_log(w);
	e = keyset_role_find(word, &row.role);
	if (e != ERR_NONE)
		return fault_at(&w->f, e, 0, "rotate",
		    "a role is entry, cosign, enc, tls, intake or log");
	if (row.role == KEY_ENTRY) {
		if (log == NULL)
			return fault_at(&w->f, ERR_STATE, 0, "logs",
			    "all logs are closed");
		row.log = log->origin;
		row.from = from;
	}
	e = new_key(w, ring_role[row.role], row.role == KEY_COSIGN ?
	    w->node->name : span_of(NULL, 0), &key);
	if (e != ERR_NONE)
		return e;
	row.key = key;
	jwk_wipe(&key);
	row.key.has_secret = false;
	secret_wipe(row.key.d, sizeof row.key.d);
	return keyset_add_key(w->node, &row, &w->f);
}

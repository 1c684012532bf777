/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing a folder of proof.
 */
#include "cli/proof_folder.h"

#include "base/code.h"
#include "base/embed.h"
#include "base/limits.h"
#include "cli/file.h"
#include "cli/out.h"
#include "cli/proof_check.h"
#include "crypto/jws.h"
#include "ledger/note.h"

#include <stdio.h>

extern const struct embed_set proof_files; /* proof/ */

struct folder {
	struct cli *c;
	const char *path;
	struct registry *registry;
	struct buf sums; /* SHA256SUMS so far */
	int status;      /* of the first trouble */
};

/* A file of the folder; what `name` names it comes from our own words, team
 * ids and numbers. */
static void
put_file(struct folder *f, const char *name, struct span text)
{
	const char *path = cli_text(f->c, "%s/%s", f->path, name);
	struct digest d = hash_sha256(text);
	enum err e;

	if (f->status != CLI_OK)
		return;
	e = file_write_new(path, 0644, text);
	if (e != ERR_NONE) {
		f->status = cli_fail_file(f->c, e, path, NULL);
		return;
	}
	code_write_hex(&f->sums, digest_span(&d));
	buf_put_format(&f->sums, "  %s\n", name);
}

static void
put_folder(struct folder *f, const char *name)
{
	const char *path = cli_text(f->c, "%s%s%s", f->path,
	    name[0] != '\0' ? "/" : "", name);
	enum err e = f->status == CLI_OK ? file_make_folder(path, 0755) :
					   ERR_NONE;

	if (e != ERR_NONE)
		f->status = cli_fail_file(f->c, e, path, NULL);
}

/* --- keys --- */

/* SubjectPublicKeyInfo of an Ed25519 key (RFC 8410, section 4) as PEM. */
static void
put_pem(struct folder *f, const char *name, const struct sign_public *key)
{
	static const unsigned char head[] = { 0x30, 0x2a, 0x30, 0x05, 0x06,
		0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };
	struct buf der, pem;

	buf_init(&der, 64);
	buf_init(&pem, 256);
	buf_put_mem(&der, head, sizeof head);
	buf_put_mem(&der, key->b, sizeof key->b);
	buf_put_str(&pem, "-----BEGIN PUBLIC KEY-----\n");
	code_write_base64(&pem, buf_span(&der));
	buf_put_str(&pem, "\n-----END PUBLIC KEY-----\n");
	put_file(f, name, buf_span(&pem));
	buf_release(&der);
	buf_release(&pem);
}

/* The key that signed the entry, and the one of its log. */
static void
put_keys(struct folder *f, const char *stem, struct span text)
{
	struct sign_public public;
	struct registry_key key;
	struct registry_log log;
	struct note_key vkey;
	struct entry entry;
	struct digest kid;
	struct jws jws;
	struct buf b;

	if (f->registry == NULL ||
	    jws_parse(text, ENTRY_TYP, &f->c->arena, &jws, NULL) != ERR_NONE ||
	    entry_parse(jws.payload, &f->c->arena, &entry, NULL, NULL) !=
		ERR_NONE)
		return;
	kid = kid_digest(&jws.kid);
	if (registry_key_find(f->registry, entry.iss, &kid, KEY_ENTRY, &key) ==
	    ERR_NONE) {
		public = jwk_sign_public(&key.key->key);
		put_pem(f, cli_text(f->c, "keys/%s.pem", stem), &public);
	}
	if (registry_log_find(f->registry, entry.log, &log) != ERR_NONE ||
	    note_key_registered(entry.log, NOTE_ED25519, &log.log->key,
		&vkey) != ERR_NONE)
		return;
	buf_init(&b, 512);
	note_key_write(&vkey, &b);
	put_file(f, cli_text(f->c, "keys/%s.log.vkey", stem), buf_span(&b));
	buf_release(&b);
}

/* --- what there is --- */

/* A manifest of files in custody, as sha256sum reads it. */
static void
put_manifest(struct folder *f, struct span payload)
{
	struct json_val body, items;
	struct entry entry;
	const struct kind *k;
	struct buf b;

	if (entry_parse(payload, &f->c->arena, &entry, &body, NULL) !=
	    ERR_NONE)
		return;
	k = kind_find(cli_schema(f->c), entry.kind);
	items = json_get(body, "items");
	if (entry.rev != 0 || k == NULL || k->life == NULL ||
	    k->life->event == NULL || items.type != JSON_ARRAY)
		return;
	buf_init(&b, LIMIT_PAYLOAD);
	for (struct json_val v = json_first(items); v.type != JSON_ABSENT;
	     v = json_next(items, v)) {
		struct span name = out_text(f->c, v, "name");
		struct span hex = out_text(f->c, v, "sha256");

		buf_put_format(&b, "%.*s  %.*s\n", SPAN_FMT(hex),
		    SPAN_FMT(name));
	}
	put_file(f, "evidence.sha256", buf_span(&b));
	buf_release(&b);
}

static void
put_entry(struct folder *f, const char *stem, struct json_val v)
{
	struct span jws = out_text(f->c, v, "jws");
	struct jws parts;

	put_file(f, cli_text(f->c, "%s.jws", stem), jws);
	put_file(f, cli_text(f->c, "%s.tlog-proof", stem),
	    out_text(f->c, v, "proof"));
	if (jws_parse(jws, ENTRY_TYP, &f->c->arena, &parts, NULL) ==
	    ERR_NONE) {
		put_file(f, cli_text(f->c, "%s.json", stem), parts.payload);
		put_manifest(f, parts.payload);
	}
	put_keys(f, stem, jws);
}

static void
put_documents(struct folder *f, struct json_val list)
{
	bool has_root = false;

	put_folder(f, "documents");
	put_folder(f, "keys");
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v)) {
		const char *kind = out_str(f->c, v, "kind");
		const char *team = out_str(f->c, v, "team");

		/* charters come in order of version: the first is the root */
		if (!has_root && strcmp(kind, "charter") == 0) {
			put_file(f, "documents/root", span_str(cli_text(f->c,
			    "%s\n", out_str(f->c, v, "hash"))));
			has_root = true;
		}
		put_file(f, cli_text(f->c, "documents/%s%s%s-%s.json", kind,
		    team[0] != '\0' ? "-" : "", team,
		    out_str(f->c, v, "version")), out_text(f->c, v, "bytes"));
	}
}

static void
put_all(struct folder *f, struct json_val data)
{
	struct json_val list = json_get(data, "entries");
	unsigned n = 0;

	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v))
		put_entry(f, cli_text(f->c, "entry-%u", n++), v);
	list = json_get(data, "acknowledgements");
	n = 0;
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v))
		put_entry(f, cli_text(f->c, "ack-%s-%u",
		    out_str(f->c, v, "team"), n++), v);
	list = json_get(data, "receipts");
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v)) {
		const char *team = out_str(f->c, v, "team");

		put_file(f, cli_text(f->c, "receipt-%s.jws", team),
		    out_text(f->c, v, "jws"));
		put_file(f, cli_text(f->c, "receipt-%s.proof", team),
		    out_text(f->c, v, "proof"));
	}
}

static void
put_embedded(struct folder *f, const char *name, const char *from)
{
	const struct embed *e = embed_find(&proof_files, from);

	if (e != NULL)
		put_file(f, name, span_of(e->p, e->n));
}

/* An answer's values go away with the next request; a document may not be the
 * registry's first word, so it is offered until nothing changes. */
static struct registry *
registry_of(struct json_val list, struct cli *c)
{
	struct registry *r = NULL;
	struct digest root;
	bool grew = true;

	for (struct json_val v = json_first(list);
	     v.type != JSON_ABSENT && r == NULL; v = json_next(list, v))
		if (json_is_str(json_get(v, "kind"), "charter") &&
		    entry_parse_digest(out_text(c, v, "hash"), &root) ==
			ERR_NONE)
			r = registry_create(&root, NULL, 0);
	while (r != NULL && grew) {
		grew = false;
		for (struct json_val v = json_first(list);
		     v.type != JSON_ABSENT; v = json_next(list, v))
			grew |= registry_offer(r, out_text(c, v, "bytes"),
			    NULL) == REGISTRY_ACCEPTED;
	}
	return r;
}

int
proof_folder_write(struct cli *c, const char *path, struct json_val data)
{
	struct folder f = { .c = c, .path = path, .status = CLI_OK };

	if (file_is_folder(path))
		return cli_fail_file(c, ERR_EXISTS, path, NULL);
	buf_init(&f.sums, 1048576);
	f.registry = registry_of(json_get(data, "documents"), c);
	put_folder(&f, "");
	put_documents(&f, json_get(data, "documents"));
	put_all(&f, data);
	put_embedded(&f, "README.txt", cli_text(c, "README.%s.txt",
	    lang_tag(c->lang)));
	put_embedded(&f, "check.go", "check.go");
	if (f.status == CLI_OK)
		put_file(&f, "SHA256SUMS", buf_span(&f.sums));
	if (f.status != CLI_OK)
		file_remove_tree(path);
	registry_free(f.registry);
	buf_release(&f.sums);
	return f.status;
}

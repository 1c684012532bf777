/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara backup keyring: the node's keys alone, sealed to the key of
 * backups. Said by whoever may read the keyring, after `init` and after each
 * change of keys; the node is not asked and needs not run.
 */
#include "base/limits.h"
#include "base/mem.h"
#include "cli/ceremony.h"
#include "cli/keyring_file.h"
#include "cli/node_config.h"
#include "cli/out.h"
#include "cli/vault_file.h"
#include "crypto/jws.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "record/backup.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PLAIN_MAX = 2 * LIMIT_KEYFILE, SEALED_MAX = 2 * PLAIN_MAX };

static enum err
put_head(struct cli *c, const struct config *config,
    const struct keyring *ring, struct buf *plain)
{
	const struct keyring_key *log = keyring_find(ring, KEYRING_LOG);
	const struct keyring_key *cosign = keyring_find(ring, KEYRING_COSIGN);
	const struct keyring_key *private = keyring_find(ring,
	    KEYRING_PRIVATE);
	struct backup_head h = { .is_keys = true,
		.team = span_str(config->team),
		.made_s = (int64_t)time(NULL), .layout = STORE_LAYOUT };
	struct buf json;

	if (log == NULL || cosign == NULL || private == NULL)
		return ERR_KEY;
	h.node = span_str(cosign->name);
	h.log = span_str(log->name);
	h.private_log = span_str(private->name);
	h.signer = private->jwk;
	h.keys = keyring_file_kids(ring, &c->arena, &h.key_n);
	buf_init(&json, 65536);
	backup_head_write(&h, &json);
	archive_put_head(plain, buf_span(&json));
	buf_release(&json);
	return ERR_NONE;
}

static enum err
put_end(const struct keyring *ring, struct buf *plain)
{
	const struct keyring_key *private = keyring_find(ring,
	    KEYRING_PRIVATE);
	const struct backup_end end = { hash_sha256(buf_span(plain)), 0 };
	struct sign_secret secret;
	struct buf payload, jws;
	enum err e;

	buf_init(&payload, 4096);
	buf_init(&jws, LIMIT_JWS);
	backup_end_write(&end, &payload);
	jwk_sign_secret(&private->jwk, &secret);
	e = jws_write(BACKUP_TYP, &private->kid, buf_span(&payload), &secret,
	    &jws);
	secret_wipe(&secret, sizeof secret);
	if (e == ERR_NONE)
		archive_put_end(plain, buf_span(&jws));
	buf_release(&payload);
	buf_release(&jws);
	return e;
}

/* Head, keyring, end: in memory, where it is wiped. */
static enum err
make(struct cli *c, const struct config *config, const struct keyring *ring,
    struct buf *plain)
{
	struct buf file;
	enum err e = put_head(c, config, ring, plain);

	buf_init(&file, LIMIT_KEYFILE);
	(void)buf_extend(&file, LIMIT_KEYFILE);
	buf_clear(&file);
	if (e == ERR_NONE)
		e = keyring_write(ring, span_of(NULL, 0), NULL, &file);
	if (e == ERR_NONE) {
		archive_put_file(plain, span_str("keyring"), buf_span(&file));
		e = put_end(ring, plain);
	}
	secret_wipe(file.p, file.cap);
	buf_release(&file);
	return e == ERR_NONE ? buf_check(plain) : e;
}

static enum err
seal(struct span plain, const struct jwk *key, struct span log,
    struct buf *out)
{
	struct vault_writer *w = mem_alloc(sizeof *w);
	enum err e = vault_begin(w, key, log, random_fill, out);
	if (e == ERR_NONE) {
		vault_put(w, plain, out);
		vault_end(w, out);
		e = buf_check(out);
	}
	free(w);
	return e;
}

static int
write_out(struct cli *c, struct span sealed)
{
	const char *path = c->args.operand[0];
	const struct digest digest = hash_sha256(sealed);
	struct vault_target to;
	struct json_out w;
	struct buf b;
	int status = vault_target_open(c, path, false, &to);
	enum err e;

	if (status != CLI_OK)
		return status;
	e = vault_target_put(&to, sealed);
	status = e != ERR_NONE ? cli_fail_file(c, e, path, NULL) :
	    vault_target_keep(c, &to, &digest);
	vault_target_close(&to);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_open(c, &b, &w);
		json_put_member_str(&w, "file", path);
		json_put_member_u64(&w, "bytes", sealed.n);
		out_close(&b, &w);
		return CLI_OK;
	}
	printf("%s\n", path);
	cli_say(c, "%s", T(c, "Keep it apart from the backups, and make a new "
	    "one whenever the keys have changed.",
	    "Guárdelo aparte de los respaldos y haga otro cada vez que "
	    "cambien las claves.",
	    "Guarde-o separado das cópias e faça outro sempre que as chaves "
	    "mudarem.",
	    "Gardez-le à part des sauvegardes et refaites-le à chaque "
	    "changement de clés."));
	return CLI_OK;
}

static int
run(struct cli *c)
{
	struct keyring *ring = NULL;
	struct buf plain, sealed;
	struct config config;
	struct fault f = { 0 };
	struct jwk key;
	int status = vault_public(c, &key);
	enum err e;

	if (status == CLI_OK)
		status = node_config_read(c, &config);
	if (status != CLI_OK)
		return status;
	buf_init(&plain, PLAIN_MAX);
	(void)buf_extend(&plain, PLAIN_MAX);
	buf_clear(&plain);
	buf_init(&sealed, SEALED_MAX);
	e = keyring_file_read(config.keyring, config.passphrase_file, &ring,
	    &f);
	if (e == ERR_NONE)
		e = make(c, &config, ring, &plain);
	if (e == ERR_NONE)
		e = seal(buf_span(&plain), &key, span_str(keyring_find(ring,
		    KEYRING_LOG)->name), &sealed);
	status = e != ERR_NONE ? cli_fail_file(c, e, config.keyring, &f) :
	    write_out(c, buf_span(&sealed));
	secret_wipe(plain.p, plain.cap);
	buf_release(&plain);
	buf_release(&sealed);
	keyring_free(ring);
	config_release(&config);
	return status;
}

const struct command command_backup_keyring = {
	.name = "backup keyring", .group = GROUP_RUN, .operands = "FILE",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Write the node's keys, sealed, to keep apart",
	    "Escribir las claves del nodo, selladas, para guardar aparte",
	    "Gravar as chaves do nó, seladas, para guardar à parte",
	    "Écrire les clés du nœud, scellées, à garder à part" } },
	.option = { VAULT_PUBLIC },
};

/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara backup key: the pair of keys for backups. The private one is made
 * where it stays, away from the node; the public one goes to the node.
 */
#include "cli/ceremony.h"
#include "cli/file.h"
#include "cli/out.h"
#include "crypto/random.h"
#include "crypto/secret.h"

#include <stdio.h>
#include <unistd.h>

enum { PUBLIC_MAX = 1024 };

static enum err
public_write(const struct jwk *key, const char *path)
{
	struct buf b;
	enum err e;

	buf_init(&b, PUBLIC_MAX);
	jwk_write_public(key, &b);
	buf_put_str(&b, "\n");
	e = file_write_new(path, 0644, buf_span(&b));
	buf_release(&b);
	return e;
}

static int
tell(struct cli *c, const struct jwk *key, const char *secret,
    const char *public)
{
	struct digest kid = jwk_thumbprint(key);
	struct json_out w;
	struct buf b;

	if (out_is_json(c)) {
		out_open(c, &b, &w);
		document_put_digest(&w, "kid", &kid);
		json_put_member_str(&w, "key", secret);
		json_put_member_str(&w, "public", public);
		out_close(&b, &w);
		return CLI_OK;
	}
	printf("%s\n      %s\n", public, ceremony_print(c, &kid));
	cli_say(c, T(c, "%s and its passphrase stay away from the node: who "
	    "has both can read every backup, and without them nobody can. "
	    "%s goes to the node, as backup_key of its configuration.",
	    "%s y su contraseña quedan lejos del nodo: quien tenga ambas lee "
	    "cada respaldo, y sin ellas nadie puede. %s va al nodo, como "
	    "backup_key de su configuración.",
	    "%s e sua senha ficam longe do nó: quem tiver ambas lê cada "
	    "cópia, e sem elas ninguém pode. %s vai para o nó, como "
	    "backup_key de sua configuração.",
	    "%s et sa phrase secrète restent loin du nœud : qui a les deux "
	    "lit chaque sauvegarde, et sans elles personne. %s va au nœud, "
	    "comme backup_key de sa configuration."), secret, public);
	return CLI_OK;
}

static int
run(struct cli *c)
{
	const char *path = args_find(&c->args, "out");
	unsigned char seed[JWK_RANDOM];
	const char *public;
	struct fault f = { 0 };
	struct jwk key;
	int status;
	enum err e;

	if (path == NULL)
		return cli_usage(c, "--out FILE");
	public = cli_text(c, "%s.pub", path);
	random_fill(seed, sizeof seed);
	jwk_make(JWK_X25519, seed, &key);
	secret_wipe(seed, sizeof seed);
	e = ceremony_key_seal(c, &key, path);
	if (e == ERR_KEY)
		e = fault_at(&f, e, 0, "passphrase",
		    "none was given, or twice a different one");
	if (e == ERR_NONE) {
		e = public_write(&key, public);
		if (e != ERR_NONE)
			unlink(path);
	}
	status = e != ERR_NONE ? ceremony_refused(c, e, path, &f) :
	    tell(c, &key, path, public);
	jwk_wipe(&key);
	return status;
}

const struct command command_backup_key = {
	.name = "backup key", .group = GROUP_RUN, .operands = "",
	.run = run,
	.summary = { { "Make the keys of backups under a passphrase",
	    "Crear las claves de respaldos con contraseña",
	    "Criar as chaves de cópias com senha",
	    "Créer les clés de sauvegarde, sous phrase secrète" } },
	.option = {
		{ "out", 'o', "FILE", { { "the key to write; FILE.pub beside",
		    "la clave que se escribe; FILE.pub al lado",
		    "a chave a escrever; FILE.pub ao lado",
		    "la clé à écrire ; FILE.pub à côté" } } },
		CEREMONY_PASS,
	},
};

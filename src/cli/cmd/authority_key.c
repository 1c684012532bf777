/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara authority key: a holder's key, under a passphrase, and the public
 * file that goes to whoever drafts the charter. Also puts an older key (an
 * identity.jwk, an authority-*.jwk) under a passphrase.
 */
#include "base/limits.h"
#include "cli/ceremony.h"
#include "cli/file.h"
#include "cli/out.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "record/name.h"

#include <stdio.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 4096 };

static enum err
holder_write(const struct jwk *key, struct span name, const char *path)
{
	struct json_out w;
	struct buf b;
	enum err e;

	buf_init(&b, KEY_FILE_MAX);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_span(&w, "name", name);
	document_put_key(&w, "jwk", key);
	json_put_close(&w, '}');
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
		json_put_member_str(&w, "holder", public);
		out_close(&b, &w);
		return CLI_OK;
	}
	printf("%s\n      %s\n", public, ceremony_print(c, &kid));
	cli_say(c, T(c, "%s stays with you, away from every network. Hand on "
	    "%s, and read its words aloud over the telephone.",
	    "%s queda con usted, lejos de toda red. Entregue %s y lea sus "
	    "palabras por teléfono.",
	    "%s fica com você, longe de qualquer rede. Entregue %s e leia "
	    "suas palavras por telefone.",
	    "%s reste chez vous, loin de tout réseau. Remettez %s et lisez "
	    "ses mots au téléphone."), secret, public);
	return CLI_OK;
}

static int
run(struct cli *c)
{
	const char *name = args_find(&c->args, "name");
	const char *path = args_find(&c->args, "out");
	const char *from = args_find(&c->args, "from");
	unsigned char seed[JWK_RANDOM];
	const char *public;
	struct fault f = { 0 };
	struct jwk key;
	enum err e = ERR_NONE;
	int status;

	if (path == NULL)
		return cli_usage(c, "--out FILE");
	if (name == NULL || !name_is_word(span_str(name)))
		return cli_usage(c, "--name [a-z0-9-]");
	public = cli_text(c, "%s.pub", path);
	if (from != NULL) {
		e = ceremony_key(c, from, &key, &f);
		if (e != ERR_NONE)
			return ceremony_refused(c, e, from, &f);
	} else {
		random_fill(seed, sizeof seed);
		jwk_make(JWK_ED25519, seed, &key);
		secret_wipe(seed, sizeof seed);
	}
	e = ceremony_key_seal(c, &key, path);
	if (e == ERR_KEY)
		e = fault_at(&f, e, 0, "passphrase",
		    "none was given, or twice a different one");
	if (e == ERR_NONE) {
		e = holder_write(&key, span_str(name), public);
		if (e != ERR_NONE)
			unlink(path);
	}
	status = e != ERR_NONE ? ceremony_refused(c, e, path, &f) :
	    tell(c, &key, path, public);
	jwk_wipe(&key);
	return status;
}

const struct command command_authority_key = {
	.name = "authority key", .group = GROUP_NETWORK, .operands = "",
	.run = run,
	.summary = { { "Make a holder's key under a passphrase",
	    "Crear la clave de un titular con contraseña",
	    "Criar a chave de um titular com senha",
	    "Créer la clé d’un titulaire, sous phrase secrète" } },
	.option = {
		{ "name", 0, "NAME", { { "the holder: a state or an organ",
		    "el titular: un Estado o un órgano",
		    "o titular: um Estado ou um órgão",
		    "le titulaire : un État ou un organe" } } },
		{ "out", 'o', "FILE", { { "the key to write; FILE.pub beside",
		    "la clave que se escribe; FILE.pub al lado",
		    "a chave a escrever; FILE.pub ao lado",
		    "la clé à écrire ; FILE.pub à côté" } } },
		{ "from", 0, "FILE", { { "protect this key, make no new one",
		    "proteger esta clave, no crear otra",
		    "proteger esta chave, não criar outra",
		    "protéger cette clé, n’en pas créer" } } },
		CEREMONY_PASS,
	},
};

/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara authority sign: one holder, one file, a machine without a network.
 * First what is signed is shown, then asked, then the passphrase. A team's
 * identity key signs its keysets by the same command.
 */
#include "cli/ceremony.h"
#include "cli/out.h"

#include <stdio.h>
#include <time.h>

static int
refuse_unasked(struct cli *c)
{
	return cli_fail(c, &(struct trouble){ .exit = CLI_REFUSED,
	    .what = T(c, "nothing was signed", "no se firmó nada",
	    "nada foi assinado", "rien n’a été signé"),
	    .why = T(c, "nobody said yes", "nadie dijo que sí",
	    "ninguém disse que sim", "personne n’a dit oui"),
	    .next = "almenara authority sign --yes" });
}

static int
sign(struct cli *c, const char *path, const struct proposal *p,
    struct judgement *j)
{
	struct wall now = { (int64_t)time(NULL) * 1000 };
	const char *file = args_find(&c->args, "key");
	struct proposal signed_one;
	struct fault f = { 0 };
	struct judgement after = { 0 };
	struct jwk key;
	enum err e = ceremony_key(c, file, &key, &f);

	if (e != ERR_NONE)
		return ceremony_refused(c, e, file, &f);
	e = proposal_sign(p, j, &key, &c->arena, &signed_one, &f);
	jwk_wipe(&key);
	if (e == ERR_NONE)
		e = proposal_judge(&signed_one, now, &c->arena, &after, &f);
	if (e == ERR_NONE)
		e = ceremony_write(c, path, &signed_one);
	if (e != ERR_NONE) {
		judgement_release(&after);
		return ceremony_refused(c, e, path, &f);
	}
	if (out_is_json(c))
		ceremony_show(c, &signed_one, &after);
	else
		printf("%s\n", after.is_complete ? T(c, "signed; it is "
		    "complete: almenara authority finish",
		    "firmada; está completa: almenara authority finish",
		    "assinada; está completa: almenara authority finish",
		    "signée ; elle est complète : almenara authority finish") :
		    T(c, "signed; hand the file to the next holder",
		    "firmada; pase el archivo al siguiente titular",
		    "assinada; passe o arquivo ao próximo titular",
		    "signée ; remettez le fichier au titulaire suivant"));
	judgement_release(&after);
	return CLI_OK;
}

static int
run(struct cli *c)
{
	const char *path = c->args.operand[0];
	struct wall now = { (int64_t)time(NULL) * 1000 };
	struct judgement j = { 0 };
	struct fault f = { 0 };
	struct proposal p;
	enum err e;
	int status;

	if (!args_has(&c->args, "key"))
		return cli_usage(c, "--key FILE");
	e = ceremony_read(c, path, &p, &f);
	if (e == ERR_NONE)
		e = proposal_judge(&p, now, &c->arena, &j, &f);
	if (e != ERR_NONE)
		return ceremony_refused(c, e, path, &f);
	if (!out_is_json(c))
		ceremony_show(c, &p, &j);
	if (!cli_ask(c, T(c, "Sign this?", "¿Firmar esto?",
	    "Assinar isto?", "Signer ceci ?")))
		status = refuse_unasked(c);
	else
		status = sign(c, path, &p, &j);
	judgement_release(&j);
	return status;
}

const struct command command_authority_sign = {
	.name = "authority sign", .group = GROUP_NETWORK,
	.operands = "PROPOSAL", .least = 1, .most = 1, .run = run,
	.summary = { { "Read a proposal and sign it, without a network",
	    "Leer una propuesta y firmarla, sin red",
	    "Ler uma proposta e assiná-la, sem rede",
	    "Lire une proposition et la signer, hors réseau" } },
	.option = {
		{ "key", 'k', "FILE", { { "the holder's or identity key",
		    "la clave del titular o de identidad",
		    "a chave do titular ou de identidade",
		    "la clé du titulaire ou d’identité" } } },
		CEREMONY_PASS,
		CEREMONY_YES,
	},
};

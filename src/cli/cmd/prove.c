/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara prove: one folder by which anybody can check what was said to whom.
 */
#include "cli/node.h"
#include "cli/out.h"
#include "cli/proof_folder.h"

#include <string.h>

/* Not narration, which --quiet takes away: somebody signed what is not so. */
static int
history_tell(struct cli *c, struct json_val v)
{
	return cli_fail(c, &(struct trouble){ .exit = CLI_UNVERIFIED,
	    .what = cli_text(c, T(c, "%s: its receipt for %s entries of the log "
		"has another root than the log here, and is left out of the "
		"folder", "%s: su recibo por %s entradas del registro tiene "
		"otra raíz que el registro de aquí y queda fuera de la carpeta",
		"%s: seu recibo por %s entradas do registro tem outra raiz "
		"que o registro daqui e fica fora da pasta",
		"%s : son reçu pour %s entrées du journal a une autre racine "
		"que le journal d’ici et reste hors du dossier"),
		out_str(c, v, "team"), out_str(c, v, "size")),
	    .why = T(c, "one of the two histories is wrong",
		"una de las dos historias es falsa",
		"uma das duas histórias é falsa",
		"l’une des deux histoires est fausse"),
	    .next = "almenara log verify" });
}

/* What was signed by a team and is not in the folder. */
static int
refused_tell(struct cli *c, struct json_val v)
{
	const char *team = out_str(c, v, "team");
	const char *why = out_str(c, v, "why");

	if (strcmp(why, "history") == 0)
		return history_tell(c, v);
	if (strcmp(why, "key") == 0)
		cli_say(c, T(c, "%s: its receipt is by a key that is revoked or "
		    "not in its keyset, and is left out: almenara keyset show",
		    "%s: su recibo es de una clave revocada o que no está en su "
		    "conjunto de claves y queda fuera: almenara keyset show",
		    "%s: seu recibo é de uma chave revogada ou que não está no "
		    "seu conjunto de chaves e fica de fora: almenara keyset show",
		    "%s : son reçu est d’une clé révoquée ou absente de son jeu "
		    "de clés et reste dehors : almenara keyset show"), team);
	else
		cli_say(c, T(c, "%s: its receipt is left out, since the log here "
		    "cannot be read: almenara log verify",
		    "%s: su recibo queda fuera, pues el registro de aquí no se "
		    "puede leer: almenara log verify",
		    "%s: seu recibo fica de fora, pois o registro daqui não pode "
		    "ser lido: almenara log verify",
		    "%s : son reçu reste dehors, car le journal d’ici ne peut "
		    "être lu : almenara log verify"), team);
	return CLI_OK;
}

static int
receipts_tell(struct cli *c, struct json_val data)
{
	struct json_val list = json_get(data, "receipts_refused");
	int status = CLI_OK, told;

	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		told = refused_tell(c, v);
		if (told != CLI_OK)
			status = told;
	}
	return status;
}

static void
shortcomings_tell(struct cli *c, struct json_val data)
{
	struct json_val list = json_get(data, "entries");
	uint64_t want = out_u64(data, "witnesses_wanted");

	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v))
		if (out_u64(v, "witnesses") < want)
			cli_say(c, T(c, "revision %s: cosigned by %s other "
			    "teams so far, verify wants %llu: prove it again later",
			    "revisión %s: cofirmada por %s otros equipos "
			    "hasta ahora, verify pide %llu: pruébela más tarde",
			    "revisão %s: coassinada por %s outras equipes "
			    "até agora, verify pede %llu: prove mais tarde",
			    "révision %s : cosignée par %s autres équipes "
			    "pour l’instant, verify en demande %llu : prouvez plus "
			    "tard"),
			    out_str(c, v, "rev"), out_str(c, v, "witnesses"),
			    (unsigned long long)want);
	if (out_u64(data, "unproved") != 0)
		cli_say(c, T(c, "%s entries are left out: no checkpoint "
		    "covers them yet, or they may not be given out",
		    "faltan %s entradas: ningún punto de control las cubre "
		    "aún, o no se pueden entregar",
		    "faltam %s entradas: nenhum ponto de controle as cobre "
		    "ainda, ou não podem ser entregues",
		    "%s entrées manquent : aucun point de contrôle ne les "
		    "couvre encore, ou elles ne peuvent être remises"),
		    out_str(c, data, "unproved"));
}

static int
run(struct cli *c)
{
	const char *folder = args_find(&c->args, "out");
	struct json_val data;
	int status;

	if (folder == NULL)
		return cli_usage(c, T(c, "--out FOLDER is missing",
		    "falta --out FOLDER", "falta --out FOLDER",
		    "il manque --out FOLDER"));
	status = node_call_id(c, "prove", &data);
	if (status == CLI_OK)
		status = proof_folder_write(c, folder, data);
	if (status != CLI_OK)
		return status;
	shortcomings_tell(c, data);
	status = receipts_tell(c, data);
	cli_say(c, "%s/README.txt", folder);
	return status;
}

const struct command command_prove = {
	.name = "prove", .group = GROUP_RECORD, .operands = "NOTICE",
	.least = 1, .most = 1, .run = run,
	.summary = { { "A folder that proves what was said, to whom, and who "
	    "answered",
	    "Una carpeta que prueba qué se dijo, a quién y quién respondió",
	    "Uma pasta que prova o que se disse, a quem e quem respondeu",
	    "Un dossier qui prouve ce qui fut dit, à qui, et les réponses" } },
	.option = {
		{ "out", 'o', "FOLDER", { { "a new folder",
		    "una carpeta nueva", "uma pasta nova",
		    "un nouveau dossier" } } },
	},
};

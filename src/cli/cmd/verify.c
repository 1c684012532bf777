/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara verify: checks a folder of proof; needs no node.
 */
#include "cli/proof_folder.h"

static int
run(struct cli *c)
{
	return proof_folder_check(c, c->args.operand[0],
	    args_find(&c->args, "root"));
}

const struct command command_verify = {
	.name = "verify", .group = GROUP_RECORD, .operands = "FOLDER",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Check a folder of proof, without a node",
	    "Comprobar una carpeta de prueba, sin nodo",
	    "Verificar uma pasta de prova, sem nó",
	    "Vérifier un dossier de preuve, sans nœud" } },
	.option = {
		{ "root", 0, "DIGEST", { { "the digest of the first charter, "
		    "as published", "el resumen de la primera carta, tal como "
		    "se publicó", "o resumo da primeira carta, como publicado",
		    "l’empreinte de la première charte, telle que publiée" } } },
	},
};

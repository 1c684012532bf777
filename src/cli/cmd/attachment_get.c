/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara attachment get: an attachment of a notice, fetched from whoever has
 * it, checked, and written to a new file.
 */
#include "cli/attach_file.h"

static int
run(struct cli *c)
{
	return attachment_get(c, c->args.operand[0],
	    c->args.count > 1 ? c->args.operand[1] : NULL,
	    args_find(&c->args, "output"));
}

const struct command command_attachment_get = {
	.name = "attachment get", .group = GROUP_WATCH,
	.operands = "NOTICE [NAME]", .least = 1, .most = 2, .run = run,
	.summary = { { "Write an attachment of a notice to a file",
	    "Guardar en un archivo un adjunto de una comunicación",
	    "Gravar em arquivo um anexo de um comunicado",
	    "Écrire dans un fichier une pièce jointe" } },
	.option = {
		{ "output", 'o', "FILE", { { "where to (its own name, here)",
		    "dónde (con su nombre, aquí)",
		    "onde (com seu nome, aqui)",
		    "où (sous son nom, ici)" } } },
	},
};

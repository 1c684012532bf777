/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara reports file: a file that came with a report of the public, opened
 * and written to a new file. What it is called there is another's word, so a
 * name is to be given here.
 */
#include "cli/attach_file.h"

#include <stdlib.h>
#include <string.h>

static int
run(struct cli *c)
{
	const char *path = args_find(&c->args, "output");
	const char *word = c->args.operand[1];

	if (path == NULL || *word == '\0' || strlen(word) > 4 ||
	    strspn(word, "0123456789") != strlen(word))
		return cli_usage(c, T(c, "the number of a file, as almenara "
		    "reports show has it, and --output are wanted",
		    "se esperan el número de un archivo, como lo da almenara "
		    "reports show, y --output",
		    "esperam-se o número de um arquivo, como o dá almenara "
		    "reports show, e --output",
		    "il faut le numéro d’un fichier, tel que le donne almenara "
		    "reports show, et --output"));
	return report_file_get(c, c->args.operand[0], strtoul(word, NULL, 10),
	    path);
}

const struct command command_reports_file = {
	.name = "reports file", .group = GROUP_WATCH,
	.operands = "NUMBER N", .least = 2, .most = 2, .run = run,
	.summary = { { "Write a file of a report to a file",
	    "Guardar un archivo de un informe",
	    "Gravar um arquivo de um relato",
	    "Écrire un fichier d’un signalement" } },
	.option = {
		{ "output", 'o', "FILE", { { "where to: a new file",
		    "dónde: un archivo nuevo", "onde: um arquivo novo",
		    "où : un nouveau fichier" } } },
	},
};

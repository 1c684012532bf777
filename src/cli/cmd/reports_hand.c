/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara reports hand: a report goes to the team of the network that is
 * responsible, if who made it has allowed that.
 */
#include "cli/node.h"
#include "cli/out.h"

#include <stdlib.h>
#include <string.h>

static void
put_files(struct request *r, const struct cli *c)
{
	const char *word;

	if (!args_has(&c->args, "file"))
		return;
	json_put_key(&r->w, "files");
	json_put_open(&r->w, '[');
	for (size_t i = 0; (word = args_find_at(&c->args, "file", i)) != NULL;
	     i++)
		json_put_u64(&r->w, strtoul(word, NULL, 10));
	json_put_close(&r->w, ']');
}

static bool
are_numbers(const struct cli *c)
{
	const char *word;

	for (size_t i = 0; (word = args_find_at(&c->args, "file", i)) != NULL;
	     i++)
		if (*word == '\0' || strlen(word) > 4 ||
		    strspn(word, "0123456789") != strlen(word))
			return false;
	return true;
}

/* Files go only if they were named: they may show who made the report. */
static void
tell_files(struct cli *c)
{
	struct json_val data;
	struct request r;
	size_t n, given = 0;

	while (args_find_at(&c->args, "file", given) != NULL)
		given++;
	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	if (request_send(&r, c, "report", &data) != CLI_OK)
		return;
	n = json_count(json_get(data, "enclosed"));
	if (n <= given)
		return;
	cli_say(c, T(c, "Files that stay here: %zu (--file N takes one along)",
	    "Archivos que se quedan aquí: %zu (--file N lleva uno)",
	    "Arquivos que ficam aqui: %zu (--file N leva um)",
	    "Fichiers qui restent ici : %zu (--file N en emporte un)"),
	    n - given);
}

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	if (!args_has(&c->args, "to"))
		return cli_usage(c, "--to TEAM");
	if (!are_numbers(c))
		return cli_usage(c, "--file N: almenara reports show");
	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	request_put_option(&r, c, "to", "to");
	request_put_option(&r, c, "text", "text");
	request_put_option(&r, c, "note", "note");
	put_files(&r, c);
	status = request_send(&r, c, "report_hand", &data);
	if (status == CLI_OK && out_is_json(c))
		out_data(c, data);
	else if (status == CLI_OK)
		tell_files(c);
	return status;
}

const struct command command_reports_hand = {
	.name = "reports hand", .group = GROUP_WATCH, .operands = "NUMBER",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Hand a report on to the team that is responsible",
	    "Derivar un informe al equipo responsable",
	    "Encaminhar um relato à equipe responsável",
	    "Transmettre un signalement à l’équipe compétente" } },
	.option = {
		{ "to", 0, "TEAM", { { "the team of the network",
		    "el equipo de la red", "a equipe da rede",
		    "l’équipe du réseau" } } },
		{ "file", 'f', "N", { { "a file of it goes too, by its number "
		    "(repeatable)", "un archivo suyo va también, por su "
		    "número (repetible)", "um arquivo dele vai também, por "
		    "seu número (repetível)", "un de ses fichiers va aussi, "
		    "par son numéro (répétable)" } } },
		{ "note", 0, "TEXT", { { "what that team reads",
		    "lo que lee ese equipo", "o que lê essa equipe",
		    "ce que lit cette équipe" } } },
		{ "text", 0, "TEXT", { { "what who reported reads",
		    "lo que lee quien informó", "o que lê quem relatou",
		    "ce que lit l’auteur" } } },
	},
};

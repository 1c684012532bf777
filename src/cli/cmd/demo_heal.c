/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara demo heal: connects the state that a running demonstration has cut
 * off. The demonstration keeps a file while the link is cut and looks for it.
 */
#include "cli/demo_world.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int
is_over(struct cli *c, const char *path)
{
	return cli_fail(c, &(struct trouble){ .exit = CLI_NOT_FOUND,
	    .what = T(c, "no link of a demonstration is cut here",
	    "aquí no hay ningún enlace de demostración cortado",
	    "aqui não há nenhum enlace de demonstração cortado",
	    "aucune liaison de démonstration n’est coupée ici"),
	    .why = cli_text(c, "%s: %s", path, strerror(errno)),
	    .next = "almenara demo" });
}

static int
run(struct cli *c)
{
	const char *node = args_find(&c->args, "node"), *slash;
	const char *path;

	if (node == NULL)
		return cli_usage(c, "--node");
	slash = strrchr(node, '/');
	path = cli_text(c, "%.*s/" DEMO_CUT_FILE,
	    slash != NULL ? (int)(slash - node) : 1,
	    slash != NULL ? node : ".");
	if (unlink(path) != 0)
		return is_over(c, path);
	cli_say(c, "%s", T(c, "the link is up again",
	    "el enlace está de nuevo en servicio",
	    "o enlace está de novo no ar",
	    "la liaison est rétablie"));
	return CLI_OK;
}

const struct command command_demo_heal = {
	.name = "demo heal", .group = GROUP_START, .operands = "",
	.run = run,
	.summary = { { "Connect the state that the demonstration cut off",
	    "Reconectar el Estado que la demostración dejó aislado",
	    "Reconectar o Estado que a demonstração isolou",
	    "Rétablir l’État que la démonstration a coupé" } },
};

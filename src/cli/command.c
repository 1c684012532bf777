/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of subcommands, made from the list in meson.build, and what is
 * told of them: help and suggestions.
 */
#include "cli/cli.h"

#include "schema/plain.h"

#include <stdio.h>
#include <string.h>

#define COMMAND(id) extern const struct command command_##id;
#include "commands.def"
#undef COMMAND

const struct command *const commands[] = {
#define COMMAND(id) &command_##id,
#include "commands.def"
#undef COMMAND
	NULL
};

const struct command *
command_find(const char *name)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}

/* The nearest of all names and of their first words. */
const char *
command_nearest(struct cli *c, const char *typed)
{
	const char *best = NULL;
	size_t least = strlen(typed) < 4 ? 2 : 3;

	for (size_t i = 0; commands[i] != NULL; i++) {
		const char *name = commands[i]->name;
		const char *blank = strchr(name, ' ');
		size_t n = blank != NULL ? (size_t)(blank - name) :
		    strlen(name);
		const char *first = cli_text(c, "%.*s", (int)n, name);
		size_t d = args_distance(typed, name);

		if (d < least) {
			least = d;
			best = name;
		}
		d = args_distance(typed, first);
		if (d < least) {
			least = d;
			best = first;
		}
	}
	return best;
}

static void
option_help(struct cli *c, const struct option *o, FILE *f)
{
	char head[64];
	unsigned columns = c->term.columns;
	struct buf b;

	snprintf(head, sizeof head, "  %s%c%s --%s%s%s",
	    o->letter != 0 ? "-" : " ", o->letter != 0 ? o->letter : ' ',
	    o->letter != 0 ? "," : " ", o->name, o->value != NULL ? " " : "",
	    o->value != NULL ? o->value : "");
	buf_init(&b, 4096);
	plain_wrap(&b, span_str(o->help.in[c->lang]), columns, 28, 28);
	if (strlen(head) > 26)
		fprintf(f, "%s\n%28s%s\n", head, "", buf_str(&b));
	else
		fprintf(f, "%-28s%s\n", head, buf_str(&b));
	buf_release(&b);
}

void
command_usage(struct cli *c, const struct command *cmd, FILE *f)
{
	fprintf(f, "%s: %s\n\n%s\n", cli_word(c, "usage"),
	    command_line(c, cmd), cmd->summary.in[c->lang]);
	if (cmd->option[0].name != NULL)
		fprintf(f, "\n");
	for (const struct option *o = cmd->option; o->name != NULL; o++)
		option_help(c, o, f);
	fprintf(f, "\n%s:\n", cli_word(c, "common_options"));
	for (const struct option *o = args_common; o->name != NULL; o++)
		option_help(c, o, f);
}

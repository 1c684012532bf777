/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara completion: scripts for shells, made from the command table.
 */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

/* Does a command before `i` begin with the same first word? */
static bool
first_is_seen(size_t i, size_t n)
{
	for (size_t k = 0; k < i; k++) {
		if (strncmp(commands[k]->name, commands[i]->name, n) == 0 &&
		    (commands[k]->name[n] == ' ' ||
		    commands[k]->name[n] == '\0'))
			return true;
	}
	return false;
}

static void
firsts_print(void)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		size_t n = strcspn(commands[i]->name, " ");

		if (!first_is_seen(i, n))
			printf("%.*s ", (int)n, commands[i]->name);
	}
}

static void
seconds_print(const char *first, size_t n)
{
	for (size_t i = 0; commands[i] != NULL; i++) {
		if (strncmp(commands[i]->name, first, n) == 0 &&
		    commands[i]->name[n] == ' ')
			printf("%s ", commands[i]->name + n + 1);
	}
}

static void
options_print(const struct command *cmd)
{
	for (const struct option *o = cmd->option; o->name != NULL; o++)
		printf("--%s ", o->name);
	for (const struct option *o = args_common; o->name != NULL; o++)
		printf("--%s ", o->name);
}

static void
bash_print(void)
{
	printf("_almenara()\n{\n\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n"
	    "\tlocal words=\n\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	    "\t\twords=\"");
	firsts_print();
	printf("\"\n\telse\n\t\tcase \"${COMP_WORDS[1]}\" in\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		size_t n = strcspn(commands[i]->name, " ");

		if (commands[i]->name[n] != ' ' || first_is_seen(i, n))
			continue;
		printf("\t\t%.*s) [ \"$COMP_CWORD\" -eq 2 ] && words=\"",
		    (int)n, commands[i]->name);
		seconds_print(commands[i]->name, n);
		printf("\";;\n");
	}
	printf("\t\tesac\n\tfi\n\tcase \"${COMP_WORDS[1]} "
	    "${COMP_WORDS[2]}\" in\n");
	/* commands of two words stand first: their pattern is narrower */
	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; commands[i] != NULL; i++) {
			bool is_two = strchr(commands[i]->name, ' ') != NULL;

			if (is_two != (pass == 0))
				continue;
			printf("\t\"%s\"*) case \"$cur\" in -*) words=\"",
			    commands[i]->name);
			options_print(commands[i]);
			printf("\";; esac;;\n");
		}
	}
	printf("\tesac\n\tmapfile -t COMPREPLY < "
	    "<(compgen -W \"$words\" -- \"$cur\")\n}\n"
	    "complete -o default -F _almenara almenara\n");
}

/* In single quotes for zsh and fish: quotes and brackets made harmless. */
static void
quoted(const char *s, bool zsh)
{
	for (; *s != '\0'; s++) {
		if (*s == '\'')
			printf(zsh ? "'\\''" : "\\'");
		else if (zsh && (*s == ':' || *s == '[' || *s == ']'))
			printf("\\%c", *s);
		else
			putchar(*s);
	}
}

static void
zsh_print(struct cli *c)
{
	printf("#compdef almenara\n_almenara()\n{\n\tlocal -a words\n"
	    "\tif (( CURRENT == 2 )); then\n\t\twords=(");
	firsts_print();
	printf(")\n\t\t_describe command words\n\t\treturn\n\tfi\n"
	    "\tcase \"$words[2]\" in\n\tesac\n"
	    "\tcase \"${${(@)words}[2]} ${${(@)words}[3]}\" in\n\tesac\n"
	    "\tlocal -a options\n\tcase $words[2] in\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		size_t n = strcspn(commands[i]->name, " ");

		if (commands[i]->name[n] != ' ' || first_is_seen(i, n))
			continue;
		printf("\t%.*s) options+=(", (int)n, commands[i]->name);
		seconds_print(commands[i]->name, n);
		printf(");;\n");
	}
	printf("\tesac\n\toptions+=(");
	for (const struct option *o = args_common; o->name != NULL; o++) {
		printf("'--%s:", o->name);
		quoted(o->help.in[c->lang], true);
		printf("' ");
	}
	printf(")\n\t_describe option options\n\t_files\n}\n"
	    "compdef _almenara almenara\n");
}

static void
fish_print(struct cli *c)
{
	printf("complete -c almenara -f\n");
	for (size_t i = 0; commands[i] != NULL; i++) {
		const char *name = commands[i]->name;
		size_t n = strcspn(name, " ");

		if (!first_is_seen(i, n))
			printf("complete -c almenara -n __fish_use_subcommand "
			    "-a %.*s\n", (int)n, name);
		if (name[n] == ' ') {
			printf("complete -c almenara -n "
			    "'__fish_seen_subcommand_from %.*s' -a %s -d '",
			    (int)n, name, name + n + 1);
			quoted(commands[i]->summary.in[c->lang], false);
			printf("'\n");
		}
		for (const struct option *o = commands[i]->option;
		    o->name != NULL; o++) {
			printf("complete -c almenara -n "
			    "'__fish_seen_subcommand_from %s' -l %s -d '",
			    name[n] == ' ' ? name + n + 1 : name, o->name);
			quoted(o->help.in[c->lang], false);
			printf("'\n");
		}
	}
	for (const struct option *o = args_common; o->name != NULL; o++)
		printf("complete -c almenara -l %s\n", o->name);
}

static int
run(struct cli *c)
{
	const char *shell = c->args.operand[0];

	if (strcmp(shell, "bash") == 0)
		bash_print();
	else if (strcmp(shell, "zsh") == 0)
		zsh_print(c);
	else if (strcmp(shell, "fish") == 0)
		fish_print(c);
	else
		return cli_usage(c, "bash|zsh|fish");
	return CLI_OK;
}

const struct command command_completion = {
	.name = "completion", .group = GROUP_RUN, .operands = "bash|zsh|fish",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Completion script for a shell",
	    "Guion de autocompletado para un intérprete",
	    "Script de autocompletar para um shell",
	    "Script de complétion pour un shell" } },
};

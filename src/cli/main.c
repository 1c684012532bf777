/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara: find the subcommand, read its options, run it.
 */
#include "cli/cli.h"
#include "cli/control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* POSIX: LC_ALL wins over LC_MESSAGES wins over LANG. */
static enum lang
lang_find(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *v = getenv(names[i]);

		if (v != NULL && v[0] != '\0')
			return lang_of(span_str(v), LANG_EN);
	}
	return LANG_EN;
}

/* The command named by the first words, two before one; `used` of them. */
static const struct command *
command_take(struct cli *c, const char *const *words, size_t n, size_t *used)
{
	const struct command *cmd;

	if (n > 1) {
		cmd = command_find(cli_text(c, "%s %s", words[0], words[1]));
		*used = 2;
		if (cmd != NULL)
			return cmd;
	}
	*used = 1;
	return command_find(words[0]);
}

static int
command_unknown(struct cli *c, const char *const *words, size_t n)
{
	const char *typed = n > 1 && words[1][0] != '-' ?
	    cli_text(c, "%s %s", words[0], words[1]) : words[0];
	const char *near = command_nearest(c, typed);

	if (near == NULL)
		near = command_nearest(c, words[0]);
	return cli_fail(c, &(struct trouble){ .exit = CLI_USAGE,
	    .what = cli_text(c, T(c, "there is no command \"%s\"",
	    "no hay orden \"%s\"", "não há comando \"%s\"",
	    "il n’y a pas de commande \"%s\""), typed),
	    .next = near != NULL ? cli_text(c, "almenara help %s", near) :
	    "almenara help" });
}

/* --json and --lang must hold even for errors in the options themselves. */
static void
output_guess(struct cli *c, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n && strcmp(words[i], "--") != 0; i++) {
		if (strcmp(words[i], "--json") == 0)
			c->json = true;
		if (strcmp(words[i], "--jsonl") == 0)
			c->jsonl = true;
		if (strcmp(words[i], "--lang") == 0 && i + 1 < n)
			c->lang = lang_of(span_str(words[i + 1]), c->lang);
		if (strncmp(words[i], "--lang=", 7) == 0)
			c->lang = lang_of(span_str(words[i] + 7), c->lang);
	}
}

static int
options_take(struct cli *c, const char *const *words, size_t n)
{
	struct fault f = { 0 };
	const char *lang;

	output_guess(c, words, n);
	if (args_parse(words, n, c->command->option, &c->args, &f) != ERR_NONE)
		return cli_usage(c, cli_text(c, "%s: %s", f.field, f.rule));
	c->quiet = args_has(&c->args, "quiet");
	c->no_input = args_has(&c->args, "no-input");
	lang = args_find(&c->args, "lang");
	if (lang != NULL && (strlen(lang) != 2 ||
	    strcmp(lang_tag(lang_of(span_str(lang), LANG_EN)), lang) != 0))
		return cli_usage(c, "--lang: en, es, pt, fr");
	if (lang != NULL)
		c->lang = lang_of(span_str(lang), LANG_EN);
	return CLI_OK;
}

static int
command_run(struct cli *c)
{
	const struct command *cmd = c->command;

	if (args_has(&c->args, "help")) {
		command_usage(c, cmd, stdout);
		return CLI_OK;
	}
	if (c->args.count < cmd->least)
		return cli_usage(c, cli_text(c, T(c, "%s is missing",
		    "falta %s", "falta %s", "il manque %s"), cmd->operands));
	if (c->args.count > cmd->most)
		return cli_usage(c, cli_text(c, T(c, "\"%s\" is too much",
		    "\"%s\" está de más", "\"%s\" está a mais",
		    "\"%s\" est de trop"), c->args.operand[cmd->most]));
	return cmd->run(c);
}

/* Common options may stand before the command: the words with these at the
 * end. */
static const char *const *
options_move(struct cli *c, const char *const *words, size_t n)
{
	const char **moved = arena_alloc(&c->arena, (n + 1) * sizeof *moved);
	size_t at = 0;

	while (at < n && words[at][0] == '-' && words[at][1] == '-') {
		const struct option *o = args_common;

		while (o->name != NULL && strcmp(o->name, words[at] + 2) != 0)
			o++;
		at += o->name != NULL && o->value != NULL ? 2 : 1;
	}
	if (at >= n)
		return words;
	memcpy(moved, words + at, (n - at) * sizeof *moved);
	memcpy(moved + (n - at), words, at * sizeof *moved);
	return moved;
}

static int
run(struct cli *c, const char *const *words, size_t n)
{
	static const char *const help[] = { "help" };
	size_t used;
	int status;

	if (n == 0 || strcmp(words[0], "--help") == 0 ||
	    strcmp(words[0], "-h") == 0) {
		words = help;
		n = 1;
	} else if (strcmp(words[0], "--version") == 0) {
		printf("almenara " ALMENARA_VERSION "\n");
		return CLI_OK;
	}
	words = options_move(c, words, n);
	c->command = command_take(c, words, n, &used);
	if (c->command == NULL) {
		output_guess(c, words, n);
		return command_unknown(c, words, n);
	}
	status = options_take(c, words + used, n - used);
	return status != CLI_OK ? status : command_run(c);
}

/* A result that could not be written is no success. */
static int
out_finish(struct cli *c, int status)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return status;
	return status != CLI_OK ? status : cli_fail(c, &(struct trouble){
	    .exit = CLI_FAILED, .code = "io",
	    .what = err_sentence(ERR_IO), .why = "stdout" });
}

int
main(int argc, char **argv)
{
	struct cli c = { .lang = lang_find() };
	int status;

	term_init(&c.term);
	status = run(&c, (const char *const *)argv + 1,
	    argc > 0 ? (size_t)argc - 1 : 0);
	status = out_finish(&c, status);
	control_close(c.control);
	args_release(&c.args);
	schema_free(c.schema);
	arena_release(&c.arena);
	return status;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * What the subcommands share: errors, questions, words.
 */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 65536 };

const char *
cli_lang(enum lang l, const char *en, const char *es, const char *pt,
    const char *fr)
{
	const char *in[LANG_COUNT] = { [LANG_EN] = en, [LANG_ES] = es,
		[LANG_PT] = pt, [LANG_FR] = fr };

	return in[l];
}

const struct schema *
cli_schema(struct cli *c)
{
	struct fault f;

	if (c->schema == NULL &&
	    schema_load(&schema_files, &c->schema, &f) != ERR_NONE) {
		fprintf(stderr, "almenara: %s: %s\n", f.field, f.rule);
		exit(CLI_FAILED);
	}
	return c->schema;
}

const char *
cli_word(struct cli *c, const char *id)
{
	return word(cli_schema(c), id, c->lang);
}

char *
cli_text(struct cli *c, const char *format, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, format);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (n < 0 || n > TEXT_MAX)
		n = TEXT_MAX;
	s = arena_alloc(&c->arena, (size_t)n + 1);
	va_start(ap, format);
	vsnprintf(s, (size_t)n + 1, format, ap);
	va_end(ap);
	return s;
}

void
cli_say(struct cli *c, const char *format, ...)
{
	va_list ap;

	if (c->quiet || c->json || c->jsonl)
		return;
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static const struct {
	enum cli_exit exit;
	const char *token;
} exits[] = {
	{ CLI_OK, "ok" }, { CLI_FAILED, "failed" }, { CLI_USAGE, "usage" },
	{ CLI_NOT_FOUND, "not-found" }, { CLI_SIGN_IN, "denied" },
	{ CLI_REFUSED, "rule" }, { CLI_WAITS, "waits" },
	{ CLI_UNDELIVERED, "undelivered" }, { CLI_UNVERIFIED, "unverified" },
	{ CLI_TIMEOUT, "timeout" }, { CLI_LATER, "later" },
	{ CLI_INTERRUPTED, "interrupted" }
};

const char *
cli_exit_token(enum cli_exit x)
{
	for (size_t i = 0; i < sizeof exits / sizeof exits[0]; i++) {
		if (exits[i].exit == x)
			return exits[i].token;
	}
	return "failed";
}

enum cli_exit
cli_exit_of(enum err e)
{
	static const struct {
		enum err err;
		enum cli_exit exit;
	} map[] = {
		{ ERR_NONE, CLI_OK }, { ERR_USAGE, CLI_USAGE },
		{ ERR_NOT_FOUND, CLI_NOT_FOUND }, { ERR_DENIED, CLI_SIGN_IN },
		{ ERR_RULE, CLI_REFUSED }, { ERR_AUDIENCE, CLI_REFUSED },
		{ ERR_SIGNATURE, CLI_UNVERIFIED },
		{ ERR_DIGEST, CLI_UNVERIFIED }, { ERR_PROOF, CLI_UNVERIFIED },
		{ ERR_DAMAGED, CLI_UNVERIFIED }, { ERR_TIMEOUT, CLI_TIMEOUT }
	};

	for (size_t i = 0; i < sizeof map / sizeof map[0]; i++) {
		if (map[i].err == e)
			return map[i].exit;
	}
	return CLI_FAILED;
}

/* {"schema":"almenara.error/1","error":{..},"exit":5} */
static void
fail_json(const struct trouble *t, const char *code)
{
	struct json_out w;
	struct buf b;

	buf_init(&b, 4 * TEXT_MAX);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "schema", "almenara.error/1");
	json_put_key(&w, "error");
	json_put_open(&w, '{');
	json_put_member_str(&w, "code", code);
	json_put_member_str(&w, "what", t->what);
	if (t->why != NULL)
		json_put_member_str(&w, "why", t->why);
	if (t->usage != NULL)
		json_put_member_str(&w, "usage", t->usage);
	if (t->next != NULL)
		json_put_member_str(&w, "next", t->next);
	json_put_close(&w, '}');
	json_put_member_u64(&w, "exit", (uint64_t)t->exit);
	json_put_close(&w, '}');
	fprintf(stderr, "%s\n", buf_str(&b));
	buf_release(&b);
}

int
cli_fail(struct cli *c, const struct trouble *t)
{
	const char *code = t->code != NULL ? t->code : cli_exit_token(t->exit);

	fflush(stdout);
	if (c->json || c->jsonl) {
		fail_json(t, code);
		return (int)t->exit;
	}
	fprintf(stderr, "almenara: %s\n", t->what);
	if (t->why != NULL && t->why[0] != '\0')
		fprintf(stderr, "  %s: %s\n", cli_word(c, "why"), t->why);
	if (t->usage != NULL)
		fprintf(stderr, "  %s: %s\n", cli_word(c, "usage"), t->usage);
	if (t->next != NULL && t->next[0] != '\0')
		fprintf(stderr, "  %s: %s\n", cli_word(c, "next_step"), t->next);
	return (int)t->exit;
}

int
cli_fail_file(struct cli *c, enum err e, const char *path,
    const struct fault *f)
{
	const char *why = err_sentence(e);

	if (f != NULL && f->rule[0] != '\0')
		why = f->field[0] != '\0' ?
		    cli_text(c, "%s: %s (byte %zu)", f->field, f->rule,
		    f->at) : cli_text(c, "%s (byte %zu)", f->rule, f->at);
	return cli_fail(c, &(struct trouble){ .exit = cli_exit_of(e),
	    .code = err_token(e), .what = path, .why = why });
}

const char *
command_line(struct cli *c, const struct command *cmd)
{
	bool has = cmd->option[0].name != NULL;

	return cli_text(c, "almenara %s%s%s%s%s%s", cmd->name,
	    has ? " [" : "", has ? cli_word(c, "options") : "",
	    has ? "]" : "", cmd->operands[0] != '\0' ? " " : "",
	    cmd->operands);
}

/* Does `what` begin with an option that was not given, and say no more than how
 * it is written? */
static bool
is_missing(struct cli *c, const char *what)
{
	size_t n = strcspn(what, " ,");

	return strncmp(what, "--", 2) == 0 && strchr(what, ':') == NULL &&
	    !args_has(&c->args, cli_text(c, "%.*s", (int)n - 2, what + 2));
}

int
cli_usage(struct cli *c, const char *what)
{
	const struct command *cmd = c->command;

	if (is_missing(c, what))
		what = cli_text(c, T(c, "%s is missing", "falta %s",
		    "falta %s", "il manque %s"), what);
	return cli_fail(c, &(struct trouble){ .exit = CLI_USAGE, .what = what,
	    .usage = cmd != NULL ? command_line(c, cmd) : NULL,
	    .next = cmd != NULL ? cli_text(c, "almenara help %s", cmd->name) :
	    "almenara help" });
}

bool
cli_can_ask(const struct cli *c)
{
	return c->term.in_tty && c->term.err_tty && !c->no_input && !c->json &&
	    !c->jsonl;
}

bool
cli_ask(struct cli *c, const char *question)
{
	char line[16];

	if (args_has(&c->args, "yes"))
		return true;
	if (!cli_can_ask(c))
		return false;
	fprintf(stderr, "%s [%s] ", question,
	    T(c, "y/N", "s/N", "s/N", "o/N"));
	fflush(stderr);
	if (fgets(line, sizeof line, stdin) == NULL)
		return false;
	return line[0] != '\0' && strchr("yYsSoO", line[0]) != NULL;
}

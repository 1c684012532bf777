/* SPDX-License-Identifier: Apache-2.0
 *
 * What every subcommand of almenara is given and what it is made of. A
 * subcommand is one file in cmd/ that defines one `struct command`, and one
 * word in meson.build; help, completion and the command table follow.
 *
 * Standard output carries results only; narration, progress and errors go to
 * standard error. With --json a result is one document with a "schema".
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "cli/args.h"
#include "cli/term.h"
#include "schema/kind.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* `almenara help exit-codes` tells the user the same: cmd/help.c. */
enum cli_exit {
	CLI_OK = 0,
	CLI_FAILED = 1,
	CLI_USAGE = 2,
	CLI_NOT_FOUND = 3,
	CLI_SIGN_IN = 4,
	CLI_REFUSED = 5,
	CLI_WAITS = 6,
	CLI_UNDELIVERED = 7,
	CLI_UNVERIFIED = 8,
	CLI_TIMEOUT = 9,
	CLI_LATER = 75, /* sysexits.h, for mail servers */
	CLI_INTERRUPTED = 130
};

struct cli;

enum command_group {
	GROUP_START,
	GROUP_WATCH,
	GROUP_SHARE,
	GROUP_NETWORK,
	GROUP_GATEWAYS,
	GROUP_RECORD,
	GROUP_RUN,
	GROUP_COUNT
};

enum { COMMAND_OPTIONS = 28 };

struct command {
	const char *name; /* one word or two: "draft new" */
	enum command_group group;
	const char *operands; /* for the usage line: "FILE|DIR..." or "" */
	size_t least; /* operands */
	size_t most;
	struct names summary;
	struct option option[COMMAND_OPTIONS]; /* ended by a zeroed one */
	int (*run)(struct cli *c);             /* returns a cli_exit */
};

/* All of them in the order of meson.build; NULL at the end. */
extern const struct command *const commands[];

struct control;

struct cli {
	const struct command *command;
	struct args args;
	struct schema *schema; /* by cli_schema(); NULL: not asked for yet */
	enum lang lang;
	struct term term;
	struct arena arena; /* for the whole run */
	bool json;
	bool jsonl;
	bool quiet;
	bool no_input;
	struct control *control; /* once cli_control was called */
};

/* A trouble as a person needs it: what happened, why, what to do next. */
struct trouble {
	enum cli_exit exit;
	const char *code; /* token of base/err.def; NULL: by `exit` */
	const char *what;
	const char *why;  /* NULL: not known */
	const char *next; /* a command, NULL: none */
	const char *usage; /* how the command is called, NULL: not the point */
};

/* Tell it on standard error (as JSON with --json) and return its exit code. */
int cli_fail(struct cli *c, const struct trouble *t);

/* The same for a failure of the file `path`. */
int cli_fail_file(struct cli *c, enum err e, const char *path,
    const struct fault *f);

/* A usage error: what is wrong, or just the option that was not given, as in
 * "--to TEAM". Tells how the command is called; `next` is its help. */
int cli_usage(struct cli *c, const char *what);

/* The exit code for an error of our own. */
enum cli_exit cli_exit_of(enum err e);
const char *cli_exit_token(enum cli_exit x);

/* Formatted text in the arena. */
char *cli_text(struct cli *c, const char *format, ...) PRINTF_LIKE(2, 3);

/* Narration on standard error, not with --quiet or --json. */
void cli_say(struct cli *c, const char *format, ...) PRINTF_LIKE(2, 3);

/* The sentence in the user's language. The compiler holds the arguments of a
 * format against all four. */
const char *cli_lang(enum lang l, const char *en, const char *es,
    const char *pt, const char *fr)
    __attribute__((format_arg(2), format_arg(3), format_arg(4),
    format_arg(5)));
#define T(c, en, es, pt, fr) cli_lang((c)->lang, en, es, pt, fr)

/* Kinds, lists and words. Read when first asked for, because that takes longer
 * than most commands that need none; ends the process if the program's own
 * files are broken. */
const struct schema *cli_schema(struct cli *c);

/* A word of schemas/words.json. */
const char *cli_word(struct cli *c, const char *id);

/* Ask on the terminal before an act; true for yes. Without a terminal or with
 * --no-input the answer is no, unless the option --yes was given. */
bool cli_ask(struct cli *c, const char *question);

/* Is there somebody to ask? */
bool cli_can_ask(const struct cli *c);

/* The command of that name ("draft new"), NULL if none. */
const struct command *command_find(const char *name);

/* The nearest word of the command table to what was typed, NULL if nothing is
 * near. */
const char *command_nearest(struct cli *c, const char *typed);

/* How a command is called, in one line. */
const char *command_line(struct cli *c, const struct command *cmd);

/* Usage, summary and options of a command on `f`. */
void command_usage(struct cli *c, const struct command *cmd, FILE *f);

#endif

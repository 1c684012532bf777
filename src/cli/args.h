/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of a command line: options by long name (--name VALUE,
 * --name=VALUE, or a short letter), operands in between, "--" ends options.
 */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include "base/err.h"
#include "schema/words.h"

#include <stdbool.h>
#include <stddef.h>

struct option {
	const char *name;  /* without dashes */
	char letter;       /* 0: none */
	const char *value; /* what it takes, "FILE"; NULL for a switch */
	struct names help;
};

/* Those that every command has. Ended by a zeroed one. */
extern const struct option args_common[];

struct args_given {
	const struct option *option;
	const char *value; /* "" for a switch */
};

struct args {
	struct args_given *given;
	size_t given_count;
	const char **operand;
	size_t count;
};

/* Sort the `n` words into options of `own` (ended by a zeroed one, may be
 * NULL) and of args_common, and operands. Words are borrowed. ERR_USAGE with
 * field = the word and rule in `f`; `out` is untouched on failure. Release
 * with args_release. */
MUST enum err args_parse(const char *const *words, size_t n,
    const struct option *own, struct args *out, struct fault *f);
void args_release(struct args *a);

/* The last value given for an option, NULL if it was not given. */
const char *args_find(const struct args *a, const char *name);
bool args_has(const struct args *a, const char *name);

/* The i-th value given for an option, NULL if there are fewer. */
const char *args_find_at(const struct args *a, const char *name, size_t i);

/* A whole number of an option within bounds; `value` as it is if the option
 * was not given. ERR_USAGE with a rule in `f`. */
MUST enum err args_number(const struct args *a, const char *name,
    unsigned long least, unsigned long most, unsigned long *value,
    struct fault *f);

/* Edits between two words (insert, delete, replace, swap neighbours), for
 * suggestions. */
size_t args_distance(const char *a, const char *b);

#endif

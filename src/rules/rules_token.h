/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of a rules file: plain and quoted words, braces, ends of lines.
 * Blanks, commas, comments, a backslash at the end of a line and, between
 * braces, line ends separate and mean nothing.
 */
#ifndef RULES_RULES_TOKEN_H
#define RULES_RULES_TOKEN_H

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>

enum token_type {
	TOKEN_WORD,   /* may be a word of the language or a name */
	TOKEN_QUOTED, /* never a word of the language; without its quotes */
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_END_LINE,
	TOKEN_END_FILE
};

struct token {
	enum token_type type;
	struct span s;
	size_t at; /* byte of the text */
};

struct tokens {
	struct span text;
	size_t at;
	unsigned depth; /* of braces */
	struct fault *f;
};

/* The next token. ERR_SYNTAX, ERR_LIMIT with place and rule in the fault. */
MUST enum err token_next(struct tokens *t, struct token *out);

/* Fill the fault with the place `at`, "line:column". Returns `e`. */
enum err token_fault(const struct tokens *t, enum err e, size_t at,
    const char *format, ...) PRINTF_LIKE(4, 5);

/* Line and column of a byte, both from 1; columns count characters. */
void token_place(struct span text, size_t at, unsigned *line,
    unsigned *column);

/* Is it this word of the language? */
bool token_is(const struct token *t, const char *word);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What the terminal can show: width, colours, UTF-8. Colours only on a
 * terminal; NO_COLOR turns them off, CLICOLOR_FORCE on (bixense.com/clicolors,
 * no-color.org). ALMENARA_ACCESSIBLE=1 means: never redraw a line.
 */
#ifndef CLI_TERM_H
#define CLI_TERM_H

#include <stdbool.h>

struct term {
	bool out_tty;
	bool err_tty;
	bool in_tty;
	bool colour;     /* on standard output */
	bool utf8;
	bool accessible;
	unsigned columns; /* of standard output; 0 if it is no terminal */
	unsigned rows;    /* the same */
};

/* As the environment and the descriptors say. */
void term_init(struct term *t);

/* How large it is now: its window may have changed. */
void term_measure(struct term *t);

/* Does the variable hold something other than "" and "0"? */
bool term_is_set(const char *variable);

enum term_style {
	STYLE_PLAIN,
	STYLE_BOLD,
	STYLE_DIM,
	STYLE_GOOD,
	STYLE_WARN,
	STYLE_BAD
};

/* Escape sequences, "" without colours. */
const char *term_on(const struct term *t, enum term_style s);
const char *term_off(const struct term *t);

#endif

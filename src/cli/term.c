/* SPDX-License-Identifier: Apache-2.0
 *
 * Asking terminal and environment.
 */
#include "cli/term.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { COLUMNS_LEAST = 20, COLUMNS_USUAL = 80, ROWS_LEAST = 5, ROWS_USUAL = 24,
	SIZE_MOST = 1000 };

bool
term_is_set(const char *variable)
{
	const char *v = getenv(variable);

	return v != NULL && v[0] != '\0' && strcmp(v, "0") != 0;
}

/* What the variable says, else the terminal, else what is usual. */
static unsigned
size_of(const char *variable, unsigned of_terminal, unsigned least,
    unsigned usual)
{
	const char *v = getenv(variable);
	unsigned long n = v != NULL ? strtoul(v, NULL, 10) : 0;

	if (n == 0)
		n = of_terminal;
	return n < least || n > SIZE_MOST ? usual : (unsigned)n;
}

void
term_measure(struct term *t)
{
	struct winsize w = { 0 };

	if (!t->out_tty)
		return;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) != 0)
		w = (struct winsize){ 0 };
	t->columns = size_of("COLUMNS", w.ws_col, COLUMNS_LEAST,
	    COLUMNS_USUAL);
	t->rows = size_of("LINES", w.ws_row, ROWS_LEAST, ROWS_USUAL);
}

void
term_init(struct term *t)
{
	const char *dumb = getenv("TERM"), *none = getenv("NO_COLOR");

	*t = (struct term){ .out_tty = isatty(STDOUT_FILENO) == 1,
		.err_tty = isatty(STDERR_FILENO) == 1,
		.in_tty = isatty(STDIN_FILENO) == 1 };
	setlocale(LC_CTYPE, "");
	t->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	t->accessible = term_is_set("ALMENARA_ACCESSIBLE");
	t->colour = t->out_tty && dumb != NULL && strcmp(dumb, "dumb") != 0;
	if (none != NULL && none[0] != '\0')
		t->colour = false;
	else if (term_is_set("CLICOLOR_FORCE"))
		t->colour = true;
	term_measure(t);
}

const char *
term_on(const struct term *t, enum term_style s)
{
	static const char *const on[] = { [STYLE_PLAIN] = "",
		[STYLE_BOLD] = "\033[1m", [STYLE_DIM] = "\033[2m",
		[STYLE_GOOD] = "\033[32m", [STYLE_WARN] = "\033[33m",
		[STYLE_BAD] = "\033[31m" };

	return t->colour ? on[s] : "";
}

const char *
term_off(const struct term *t)
{
	return t->colour ? "\033[0m" : "";
}

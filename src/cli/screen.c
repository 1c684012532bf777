/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeping standard output until a drawing is whole.
 */
#include "cli/screen.h"

#include "schema/plain.h"

#include <stdlib.h>
#include <string.h>

bool
screen_begin(struct cli *c, struct screen *s)
{
	FILE *kept;

	*s = (struct screen){ .real = stdout };
	fflush(stdout);
	term_measure(&c->term);
	kept = open_memstream(&s->text, &s->n);
	if (kept != NULL)
		stdout = kept;
	return kept != NULL;
}

/* Rows of one line; a sequence ends with the letter m. */
static unsigned
rows_of(const char *line, size_t n, unsigned columns)
{
	unsigned wide = 0;

	for (size_t i = 0; i < n;) {
		const char *esc = memchr(line + i, '\033', n - i);
		size_t plain = esc != NULL ? (size_t)(esc - line) - i : n - i;

		wide += plain_columns(span_of(line + i, plain));
		i += plain;
		while (i < n && line[i] != 'm')
			i++;
		i += i < n;
	}
	return wide == 0 ? 1 : (wide + columns - 1) / columns;
}

size_t
screen_fit(const char *text, size_t n, unsigned columns, unsigned rows,
    size_t *left)
{
	unsigned used = 0;
	size_t at = 0, fits = 0;
	bool is_full = false;

	*left = 0;
	while (at < n) {
		const char *end = memchr(text + at, '\n', n - at);
		size_t line = end != NULL ? (size_t)(end - text) - at : n - at;

		used += rows_of(text + at, line, columns);
		at += line + (end != NULL);
		is_full = is_full || used > rows;
		if (is_full)
			++*left;
		else
			fits = at;
	}
	return fits;
}

/* One row is for what has no room, and the last one for the cursor. */
void
screen_end(struct cli *c, struct screen *s)
{
	FILE *kept = stdout;
	size_t fits, left;

	stdout = s->real;
	if (fclose(kept) != 0 || s->text == NULL)
		return;
	fits = screen_fit(s->text, s->n, c->term.columns, c->term.rows - 2,
	    &left);
	/* home; each line to its end; then what was below */
	fputs("\033[H", stdout);
	for (size_t i = 0; i < fits; i++) {
		if (s->text[i] == '\n')
			fputs("\033[K", stdout);
		putchar(s->text[i]);
	}
	if (left != 0)
		printf(T(c, "and %zu lines more: almenara inbox -u\033[K\n",
		    "y %zu líneas más: almenara inbox -u\033[K\n",
		    "e mais %zu linhas: almenara inbox -u\033[K\n",
		    "et %zu lignes de plus : almenara inbox -u\033[K\n"), left);
	fputs("\033[J", stdout);
	free(s->text);
}

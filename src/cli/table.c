/* SPDX-License-Identifier: Apache-2.0
 *
 * Laying out rows.
 */
#include "cli/table.h"

#include "base/mem.h"
#include "base/text.h"
#include "schema/plain.h"

#include <stdio.h>
#include <stdlib.h>

enum { CELL_MAX = 65536, WIDTH_LEAST = 4, GAP = 2 };

void
table_init(struct table *t, const struct term *term, const char *const *heads)
{
	*t = (struct table){ .term = term };
	while (t->columns < TABLE_COLUMNS && heads[t->columns] != NULL) {
		t->head[t->columns] = heads[t->columns];
		t->columns++;
	}
}

void
table_release(struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->cell[i].text);
	free(t->cell);
	*t = (struct table){ 0 };
}

void
table_put(struct table *t, struct span text, enum term_style style)
{
	struct buf b;

	if (t->n == t->cap) {
		t->cap = t->cap == 0 ? 64 : 2 * t->cap;
		t->cell = mem_grow(t->cell, t->cap * sizeof *t->cell);
	}
	buf_init(&b, CELL_MAX);
	if (text.n <= CELL_MAX / 4)
		plain_put(&b, text, false);
	t->cell[t->n++] = (struct table_cell){ mem_string(buf_str(&b)),
		style };
	buf_release(&b);
}

void
table_put_str(struct table *t, const char *text)
{
	table_put(t, span_str(text), STYLE_PLAIN);
}

void
table_put_u64(struct table *t, unsigned long long v)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", v);
	table_put_str(t, text);
}

size_t
table_rows(const struct table *t)
{
	return t->columns == 0 ? 0 : t->n / t->columns;
}

static void
widths_find(const struct table *t, unsigned width[TABLE_COLUMNS])
{
	for (size_t k = 0; k < t->columns; k++)
		width[k] = plain_columns(span_str(t->head[k]));
	for (size_t i = 0; t->columns != 0 && i < t->n; i++) {
		unsigned w = plain_columns(span_str(t->cell[i].text));

		if (w > width[i % t->columns])
			width[i % t->columns] = w;
	}
}

/* Take from the widest column until all fit. */
static void
widths_fit(const struct table *t, unsigned width[TABLE_COLUMNS])
{
	size_t sum = (t->columns - 1) * GAP;

	for (size_t k = 0; k < t->columns; k++)
		sum += width[k];
	while (sum > t->term->columns) {
		size_t widest = 0;

		for (size_t k = 1; k < t->columns; k++) {
			if (width[k] > width[widest])
				widest = k;
		}
		if (width[widest] <= WIDTH_LEAST)
			return;
		width[widest]--;
		sum--;
	}
}

static void
cell_write(const struct table *t, const char *text, enum term_style style,
    unsigned width, bool is_last, struct buf *out)
{
	unsigned w = plain_columns(span_str(text));

	buf_put_str(out, term_on(t->term, style));
	plain_cut(out, span_str(text), width);
	if (style != STYLE_PLAIN)
		buf_put_str(out, term_off(t->term));
	for (; !is_last && w < width + GAP; w++)
		buf_put_str(out, " ");
	if (!is_last && plain_columns(span_str(text)) > width)
		buf_put_format(out, "%*s", GAP, "");
}

static void
lines_write(const struct table *t, struct buf *out)
{
	unsigned width[TABLE_COLUMNS];

	widths_find(t, width);
	widths_fit(t, width);
	for (size_t k = 0; k < t->columns; k++)
		cell_write(t, t->head[k], STYLE_BOLD, width[k],
		    k + 1 == t->columns, out);
	buf_put_str(out, "\n");
	for (size_t i = 0; t->columns != 0 && i < t->n; i++) {
		bool is_last = (i + 1) % t->columns == 0;

		cell_write(t, t->cell[i].text, t->cell[i].style,
		    width[i % t->columns], is_last, out);
		if (is_last)
			buf_put_str(out, "\n");
	}
}

void
table_write(const struct table *t, struct buf *out)
{
	if (t->n == 0)
		return;
	if (t->term->columns > 0) {
		lines_write(t, out);
		return;
	}
	for (size_t i = 0; i < t->n; i++) {
		buf_put_str(out, t->cell[i].text);
		buf_put_str(out, (i + 1) % t->columns == 0 ? "\n" : "\t");
	}
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * A table of comma-separated values as rows of a register.
 */
#include "cli/rows.h"

#include "base/csv.h"
#include "base/limits.h"

struct table_in {
	const struct kind *kind;
	const struct field *column[CSV_CELLS]; /* NULL: passed over */
	size_t n;
	size_t line; /* of what was written last */
	struct buf *out;
};

/* By its name, or its label in any language. */
static const struct field *
column_find(const struct kind *k, struct span head)
{
	const struct field *fd = field_find(k, head);

	for (size_t i = 0; fd == NULL && i < k->field_count; i++)
		for (int l = 0; l < LANG_COUNT; l++)
			if (span_is_str(head, k->field[i].names.in[l]))
				fd = &k->field[i];
	return fd;
}

static bool
fits_a_cell(const struct field *fd)
{
	return fd->type != FIELD_OBJECT && fd->type != FIELD_ML &&
	    fd->type != FIELD_ANY &&
	    (fd->type != FIELD_LIST || fits_a_cell(fd->item));
}

static enum err
take_heads(struct table_in *t, const struct csv *csv,
    const struct csv_row *row, struct fault *f)
{
	for (size_t i = 0; i < row->n; i++) {
		const struct field *fd = column_find(t->kind, row->cell[i]);

		if (fd == NULL)
			return fault_at(f, ERR_SCHEMA, csv->line, "line",
			    "\"%.*s\" is no field of %s",
			    row->cell[i].n > 40 ? 40 : (int)row->cell[i].n,
			    (const char *)row->cell[i].p, t->kind->name);
		if (!fits_a_cell(fd))
			return fault_at(f, ERR_SCHEMA, csv->line, "line",
			    "%s does not fit into a cell", fd->name);
		t->column[i] = fd;
	}
	t->n = row->n;
	return ERR_NONE;
}

/* --- cells --- */

static bool
is_bare(enum field_type type)
{
	return type == FIELD_INT || type == FIELD_NUM || type == FIELD_TS ||
	    type == FIELD_LEVEL || type == FIELD_BOOL;
}

/* A number that is none becomes a text, and the check says so. */
static bool
is_literal(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < '0' || s.p[i] > '9') &&
		    !(i == 0 && s.p[i] == '-' && s.n > 1))
			return span_is_str(s, "true") ||
			    span_is_str(s, "false");
	return s.n != 0 && (s.n == 1 || s.p[0] != '0');
}

static void
put_one(struct json_out *w, const struct field *fd, struct span s)
{
	if (is_bare(fd->type) && is_literal(s))
		json_put_raw(w, s);
	else
		json_put_span(w, s);
}

static void
put_list(struct json_out *w, const struct field *fd, struct span s)
{
	json_put_open(w, '[');
	for (size_t at = 0; at <= s.n;) {
		size_t n = 0;
		struct span one;

		while (at + n < s.n && s.p[at + n] != '|' &&
		    s.p[at + n] != '\n')
			n++;
		one = span_trim(span_of(s.p + at, n));
		if (one.n != 0)
			put_one(w, fd->item, one);
		at += n + 1;
	}
	json_put_close(w, ']');
}

static enum err
put_row(struct table_in *t, const struct csv *csv, const struct csv_row *row,
    struct fault *f)
{
	struct json_out w;

	if (row->n > t->n)
		return fault_at(f, ERR_SCHEMA, csv->line, "line",
		    "has more cells than the first row");
	for (; t->line + 1 < csv->line; t->line++)
		buf_put_u8(t->out, '\n');
	json_out_init(&w, t->out);
	json_put_open(&w, '{');
	for (size_t i = 0; i < row->n; i++) {
		const struct field *fd = t->column[i];

		if (row->cell[i].n == 0)
			continue;
		json_put_key(&w, fd->name);
		if (fd->type == FIELD_LIST)
			put_list(&w, fd, row->cell[i]);
		else
			put_one(&w, fd, row->cell[i]);
	}
	json_put_close(&w, '}');
	buf_put_u8(t->out, '\n');
	t->line = csv->line;
	return buf_check(t->out);
}

enum err
rows_csv(const struct kind *k, struct span text, struct buf *out,
    struct fault *f)
{
	struct table_in t = { .kind = k, .out = out };
	struct arena a = { 0 };
	struct csv_row row;
	struct csv csv;
	enum err e;

	csv_init(&csv, text);
	e = csv_next(&csv, &a, &row, f);
	if (e == ERR_NONE)
		e = take_heads(&t, &csv, &row, f);
	while (e == ERR_NONE &&
	    (e = csv_next(&csv, &a, &row, f)) == ERR_NONE) {
		e = put_row(&t, &csv, &row, f);
		arena_reset(&a);
	}
	arena_release(&a);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

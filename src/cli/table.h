/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows for people and for pipes. On a terminal: a head line and columns cut to
 * the width, the widest first. Else: values separated by tabs, uncut, without
 * head and colour, one record a line. Foreign text cannot steer the terminal
 * nor break a record: control characters are replaced.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "base/buf.h"
#include "base/span.h"
#include "cli/term.h"

#include <stddef.h>

enum { TABLE_COLUMNS = 16 };

struct table_cell {
	char *text; /* UTF-8 */
	enum term_style style;
};

struct table {
	const struct term *term;
	size_t columns;
	const char *head[TABLE_COLUMNS];
	struct table_cell *cell; /* row after row */
	size_t n;
	size_t cap;
};

/* `heads` names the columns, ended by NULL; borrowed. */
void table_init(struct table *t, const struct term *term,
    const char *const *heads);
void table_release(struct table *t);

/* The next cell of the present row; after the last one a new row begins. */
void table_put(struct table *t, struct span text, enum term_style style);
void table_put_str(struct table *t, const char *text);
void table_put_u64(struct table *t, unsigned long long v);

size_t table_rows(const struct table *t);

/* Append the whole table. */
void table_write(const struct table *t, struct buf *out);

#endif

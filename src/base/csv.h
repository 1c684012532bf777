/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables as spreadsheets write them (RFC 4180): cells are parted by commas or
 * semicolons, a cell in quotes may hold those and line breaks, a quote in it
 * is doubled. Lines end in LF or CR LF. Pure.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/arena.h"
#include "base/err.h"
#include "base/must.h"
#include "base/span.h"

#include <stddef.h>

enum { CSV_CELLS = 64 }; /* of a row */

struct csv {
	struct span rest;
	size_t line;       /* of the row that was given last, from 1 */
	size_t next_line;
	unsigned char separator;
};

struct csv_row {
	struct span cell[CSV_CELLS];
	size_t n;
};

/* Begin. A byte order mark is left out; cells are parted by what comes first in
 * the first line outside quotes: comma, semicolon or tab. */
void csv_init(struct csv *c, struct span text);

/* The next row that is not blank; its cells borrow the text or are in `a`.
 * ERR_NOT_FOUND at the end; ERR_SYNTAX, ERR_LIMIT with the line in `f->at`. */
MUST enum err csv_next(struct csv *c, struct arena *a, struct csv_row *out,
    struct fault *f);

#endif

/* reaches: csv_init csv_next prefix_parse prefix_write host_parse
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a table: it ends, and each cell as a network or the name of a
 * host has one form, which is read as itself.
 */
#include "fuzz.h"

#include "base/csv.h"
#include "base/host.h"
#include "base/prefix.h"

#include <string.h>

static void
check_prefix(struct span cell)
{
	char text[PREFIX_TEXT], again[PREFIX_TEXT];
	struct prefix p, q;

	if (prefix_parse(cell, &p) != ERR_NONE)
		return;
	FUZZ_CHECK(p.bits <= 128);
	prefix_mask(&p);
	prefix_write(&p, text);
	FUZZ_CHECK(prefix_parse(span_str(text), &q) == ERR_NONE);
	FUZZ_CHECK(prefix_covers(&p, &q) && prefix_covers(&q, &p));
	prefix_write(&q, again);
	FUZZ_CHECK(strcmp(text, again) == 0);
}

static void
check_host(struct span cell)
{
	char text[HOST_TEXT], again[HOST_TEXT];

	if (host_parse(cell, text) != ERR_NONE)
		return;
	FUZZ_CHECK(host_parse(span_str(text), again) == ERR_NONE);
	FUZZ_CHECK(strcmp(text, again) == 0);
	FUZZ_CHECK(host_is_under(span_str(text), span_str(text)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault f = { 0 };
	struct arena a = { 0 };
	struct csv_row row;
	struct csv csv;
	size_t line = 0;
	enum err e;

	csv_init(&csv, span_of(data, size));
	while ((e = csv_next(&csv, &a, &row, &f)) == ERR_NONE) {
		FUZZ_CHECK(row.n >= 1 && row.n <= CSV_CELLS);
		FUZZ_CHECK(csv.line > line);
		line = csv.line;
		for (size_t i = 0; i < row.n; i++) {
			check_prefix(row.cell[i]);
			check_host(row.cell[i]);
		}
		arena_reset(&a);
	}
	FUZZ_CHECK(e == ERR_NOT_FOUND || f.at != 0);
	arena_release(&a);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of registers (schemas/README.md: `register`) on the command line: what
 * the commands `register ...` share. Nothing here names a kind.
 */
#ifndef CLI_ROWS_H
#define CLI_ROWS_H

#include "cli/cli.h"
#include "cli/table.h"

/* The register of that name, NULL after a usage error was told (`status`). */
const struct kind *rows_kind(struct cli *c, const char *name, int *status);

/* Called for each row {id, rev, at, ended, body}; other than CLI_OK ends. */
typedef int rows_fn(struct cli *c, struct json_val row, void *ctx);

/* All rows of a register, newest first, page by page. */
MUST int rows_each(struct cli *c, const struct kind *k, bool with_ended,
    rows_fn *fn, void *ctx);

/* The row that operand 0 names: {kind, id, rev, at, ended, body}. */
MUST int rows_fetch(struct cli *c, const struct kind **k,
    struct json_val *row);

/* Write rows: `rows` is the text of an array of {id?, rev?, body}. `data` gets
 * {ids}. */
MUST int rows_write(struct cli *c, const struct kind *k, struct span rows,
    struct json_val *data);

/* Write one: a new row (`row` absent), or another body for `row`. */
MUST int rows_change(struct cli *c, const struct kind *k, struct json_val row,
    struct span body, struct json_val *data);

/* A new row (`row` absent) or a changed one from --set and the file that is
 * operand 1, if it is given; prints its id. */
MUST int rows_save(struct cli *c, const struct kind *k, struct json_val row);

/* The cells of a row: the fields of the short view, in words. */
void rows_put(struct cli *c, const struct kind *k, struct json_val row,
    struct table *t);

/* The heads for that, ended by NULL, in the arena. */
const char *const *rows_heads(struct cli *c, const struct kind *k);

#endif

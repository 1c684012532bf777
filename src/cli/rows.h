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

/* Rows of a register, newest first, page by page until there were `most`. */
MUST int rows_each(struct cli *c, const struct kind *k, bool with_ended,
    uint64_t most, rows_fn *fn, void *ctx);

/* The row that operand 0 names: {kind, id, rev, at, ended, body}. With `name`
 * (may be NULL) one of that register alone. */
MUST int rows_fetch(struct cli *c, const char *name, const struct kind **k,
    struct json_val *row);

/* Write rows: `rows` is the text of an array of {id?, rev?, body}. `data` gets
 * {ids}. */
MUST int rows_write(struct cli *c, const struct kind *k, struct span rows,
    struct json_val *data);

/* Write one: a new row (`row` absent), or another body for `row`. */
MUST int rows_change(struct cli *c, const struct kind *k, struct json_val row,
    struct span body, struct json_val *data);

/* A new row (`row` absent) or a changed one from --set and the file that is
 * operand `file`, if it is given; prints its id. */
MUST int rows_save(struct cli *c, const struct kind *k, struct json_val row,
    size_t file);

/* --- what the commands do; rows_list.c, rows_import.c --- */

#define ROWS_LIST_OPTIONS \
	{ "all", 'a', NULL, { { "also rows that were removed", \
	    "también las filas dadas de baja", \
	    "também as linhas removidas", \
	    "aussi les lignes retirées" } } }, \
	{ "most", 'm', "N", { { "so many rows at the most (all)", \
	    "a lo sumo tantas filas (todas)", \
	    "no máximo tantas linhas (todas)", \
	    "au plus tant de lignes (toutes)" } } }
#define ROWS_REMOVE_OPTIONS \
	{ "reason", 0, "TEXT", { { "why; it stays in the private log", \
	    "por qué; queda en el registro privado", \
	    "por quê; fica no registro privado", \
	    "pourquoi ; cela reste dans le journal privé" } } }

/* A page of rows after another, as a table each or as JSON: however many there
 * are, those of one page are held. */
MUST int rows_list(struct cli *c, const struct kind *k);

/* The row that operand 0 names, in full; changed; ended. */
MUST int rows_show(struct cli *c, const char *name);
MUST int rows_set(struct cli *c, const char *name);
MUST int rows_remove(struct cli *c, const char *name);

/* Rows from a file of JSON lines, or of comma-separated values (rows_csv.c);
 * all are checked before the first is written. */
MUST int rows_import(struct cli *c, const struct kind *k, const char *path);

/* A table whose first row names fields, by their names or labels, as lines of
 * JSON, each on the line of `out` on which its row begins in `text`. Items of a
 * list are parted by "|" or line breaks. ERR_SYNTAX, ERR_SCHEMA, ERR_LIMIT with
 * the line in `f->at`. */
MUST enum err rows_csv(const struct kind *k, struct span text,
    struct buf *out, struct fault *f);

/* The cells of a row: the fields of the short view, in words. */
void rows_put(struct cli *c, const struct kind *k, struct json_val row,
    struct table *t);

/* The heads for that, ended by NULL, in the arena. */
const char *const *rows_heads(struct cli *c, const struct kind *k);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Results on standard output: one JSON document, JSON lines, or tables and
 * text; and members of JSON values as text.
 */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include "cli/cli.h"
#include "cli/table.h"

/* Is JSON asked for, in either form? */
bool out_is_json(const struct cli *c);

/* {"schema":"almenara.<command>/1", members of `data`} and a newline. */
void out_data(struct cli *c, struct json_val data);

/* The same for a command with rows: with --jsonl each value of the array
 * `rows` as a line of its own, with --json all of `data`. */
void out_rows(struct cli *c, struct json_val data, const char *rows);

/* What a command made or changed: `data` for programs, its id for people.
 * CLI_OK. */
int out_id(struct cli *c, struct json_val data);

/* The beginning of such a document, to be gone on with; and its end. */
void out_open(struct cli *c, struct buf *b, struct json_out *w);
void out_close(struct buf *b, struct json_out *w);

/* Print a table and release it; says so on standard error if it is empty. */
void out_table(struct cli *c, struct table *t);

/* What a command lists: for programs as out_rows does; for people the values
 * of the array `rows` in a table with these heads (ended by NULL), whose cells
 * `put` fills, a row for each value. */
typedef void out_row_fn(struct cli *c, struct json_val v, struct table *t);
void out_list(struct cli *c, struct json_val data, const char *rows,
    const char *const *heads, out_row_fn *put);

/* "word: text" for people, aligned, or with a tab between. */
void out_pair(struct cli *c, const char *word_id, struct span text);

/* The member `key` as text: strings unescaped, numbers and literals as they
 * stand, "" if absent or null. In the arena. */
struct span out_text(struct cli *c, struct json_val v, const char *key);
const char *out_str(struct cli *c, struct json_val v, const char *key);
bool out_is_true(struct json_val v, const char *key);
uint64_t out_u64(struct json_val v, const char *key);

/* POSIX seconds (or milliseconds) as local time for people, RFC 3339 in pipes;
 * "" for 0. */
const char *out_time(struct cli *c, uint64_t s);

/* The part of an id that people type. */
struct span out_tail(struct span id);

/* Texts of an array of strings with blanks between. */
const char *out_join(struct cli *c, struct json_val array);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * A SQLite file for what is derived from the log and can be made again:
 * indexes, queues, caches. WAL with synchronous=NORMAL: a loss of power may
 * undo the last transactions, never half of one. What must not be lost goes
 * into the store (store/sqlite.h), not here. A file is open once: while it is
 * open to be written, another opening is ERR_BUSY.
 *
 * A thin layer over statements, so that sqlite3.h stands in one folder. One
 * thread at a time. Out of memory ends the process (base/mem.h).
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

struct db;
struct db_stmt;

struct db_options {
	uint32_t application; /* `application_id` of the file format */
	unsigned cache_kib;   /* page cache, the most */
	bool read_only;
};

/* Open or make (mode 0600) the file. ERR_NOT_FOUND (read_only and not
 * there), ERR_DAMAGED if it is no database, ERR_CONFLICT if it is one of
 * another application, ERR_BUSY, ERR_FULL, ERR_IO; `f` (may be NULL) has the
 * sentence. */
MUST enum err db_open(const char *path, const struct db_options *o,
    struct db **out, struct fault *f);

/* Finalize all statements first. Accepts NULL. */
void db_close(struct db *db);

/* Remove a file that db_open made, and what stands beside it; it must be
 * closed. ERR_IO; that nothing is there is no error. */
MUST enum err db_remove(const char *path);

/* SQL without results; several statements may stand in one text. Errors here
 * and below: ERR_FULL, ERR_DAMAGED, ERR_BUSY, ERR_CONFLICT (a constraint),
 * ERR_LIMIT, ERR_STATE (read-only), ERR_IO (also a mistake in the SQL). */
MUST enum err db_exec(struct db *db, const char *sql);

/* What SQLite said of the last failure; borrowed, valid until the next call.
 * Never holds values that were bound. */
const char *db_error(const struct db *db);

/* Transactions. rollback without one does nothing. */
MUST enum err db_begin(struct db *db);
MUST enum err db_commit(struct db *db);
void db_rollback(struct db *db);
bool db_is_open(const struct db *db); /* a transaction is */

/* Compile one statement. db_finalize accepts NULL. */
MUST enum err db_prepare(struct db *db, const char *sql,
    struct db_stmt **out);
void db_finalize(struct db_stmt *st);

/* Parameters count from 1. Spans are borrowed until db_reset. A parameter
 * that cannot be bound makes the next db_step fail. */
void db_bind_int(struct db_stmt *st, int at, int64_t v);
void db_bind_blob(struct db_stmt *st, int at, struct span s);
void db_bind_text(struct db_stmt *st, int at, struct span s);
void db_bind_null(struct db_stmt *st, int at);

/* The next row: `row` false when there is none left. After the last row and
 * after a failure the statement is reset and its parameters are gone. */
MUST enum err db_step(struct db_stmt *st, bool *row);

/* Leave the statement early and forget its parameters. */
void db_reset(struct db_stmt *st);

/* Run a statement that gives no rows, then reset it. */
MUST enum err db_run(struct db_stmt *st);

/* Columns of the present row count from 0; spans live until the next step or
 * reset. NULL gives 0 and an empty span. */
int64_t db_int(struct db_stmt *st, int at);
struct span db_span(struct db_stmt *st, int at);
bool db_is_null(struct db_stmt *st, int at);

#endif

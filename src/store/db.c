/* SPDX-License-Identifier: Apache-2.0
 *
 * SQLite files for what can be made again. SQLite's own file access is used:
 * the layer below the store (sqlite_disk.h) guards promises that are not
 * given here.
 */
#include "store/db.h"

#include "base/mem.h"
#include "store/sqlite_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_MS = 5000, VALUE_MAX = 16 * 1024 * 1024 };

struct db {
	sqlite3 *db;
	struct db_stmt *begin, *commit, *rollback;
};

struct db_stmt {
	sqlite3_stmt *st;
	int bad; /* a result code of binding, or SQLITE_OK */
};

static enum err
err_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return ERR_NONE;
	case SQLITE_FULL:
		return ERR_FULL;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_MISMATCH:
		return ERR_DAMAGED;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERR_BUSY;
	case SQLITE_CONSTRAINT:
		return ERR_CONFLICT;
	case SQLITE_READONLY:
		return ERR_STATE;
	case SQLITE_TOOBIG:
		return ERR_LIMIT;
	case SQLITE_CANTOPEN:
		return ERR_NOT_FOUND;
	case SQLITE_NOMEM:
		abort(); /* as base/mem.h does */
	default:
		return ERR_IO;
	}
}

const char *
db_error(const struct db *db)
{
	return db->db != NULL ? sqlite3_errmsg(db->db) : "";
}

/* --- statements --- */

enum err
db_exec(struct db *db, const char *sql)
{
	return err_of(sqlite3_exec(db->db, sql, NULL, NULL, NULL));
}

enum err
db_prepare(struct db *db, const char *sql, struct db_stmt **out)
{
	sqlite3_stmt *st = NULL;
	enum err e = err_of(sqlite3_prepare_v3(db->db, sql, -1,
	    SQLITE_PREPARE_PERSISTENT, &st, NULL));

	if (e != ERR_NONE)
		return e;
	*out = mem_alloc(sizeof **out);
	(*out)->st = st;
	return ERR_NONE;
}

void
db_finalize(struct db_stmt *st)
{
	if (st == NULL)
		return;
	sqlite3_finalize(st->st);
	free(st);
}

static void
bound(struct db_stmt *st, int rc)
{
	if (rc != SQLITE_OK)
		st->bad = rc;
}

void
db_bind_int(struct db_stmt *st, int at, int64_t v)
{
	bound(st, sqlite3_bind_int64(st->st, at, v));
}

/* An empty span may have no pointer, which SQLite would take for NULL. */
void
db_bind_blob(struct db_stmt *st, int at, struct span s)
{
	if (s.n > VALUE_MAX) {
		st->bad = SQLITE_TOOBIG;
		return;
	}
	bound(st, sqlite3_bind_blob(st->st, at,
	    s.n != 0 ? (const void *)s.p : "", (int)s.n, SQLITE_STATIC));
}

void
db_bind_text(struct db_stmt *st, int at, struct span s)
{
	if (s.n > VALUE_MAX) {
		st->bad = SQLITE_TOOBIG;
		return;
	}
	bound(st, sqlite3_bind_text(st->st, at,
	    s.n != 0 ? (const char *)s.p : "", (int)s.n, SQLITE_STATIC));
}

void
db_bind_null(struct db_stmt *st, int at)
{
	bound(st, sqlite3_bind_null(st->st, at));
}

void
db_reset(struct db_stmt *st)
{
	sqlite3_reset(st->st);
	sqlite3_clear_bindings(st->st);
	st->bad = SQLITE_OK;
}

enum err
db_step(struct db_stmt *st, bool *row)
{
	int rc = st->bad != SQLITE_OK ? st->bad : sqlite3_step(st->st);

	if (rc != SQLITE_ROW)
		db_reset(st);
	if (err_of(rc) == ERR_NONE)
		*row = rc == SQLITE_ROW;
	return err_of(rc);
}

enum err
db_run(struct db_stmt *st)
{
	bool row;
	enum err e = db_step(st, &row);

	db_reset(st);
	return e;
}

int64_t
db_int(struct db_stmt *st, int at)
{
	return sqlite3_column_int64(st->st, at);
}

struct span
db_span(struct db_stmt *st, int at)
{
	/* in this order: the pointer may move when the size is asked for */
	const void *p = sqlite3_column_blob(st->st, at);

	return span_of(p, (size_t)sqlite3_column_bytes(st->st, at));
}

bool
db_is_null(struct db_stmt *st, int at)
{
	return sqlite3_column_type(st->st, at) == SQLITE_NULL;
}

/* --- transactions --- */

enum err
db_begin(struct db *db)
{
	return db_run(db->begin);
}

enum err
db_commit(struct db *db)
{
	if (!db_is_open(db))
		return ERR_IO; /* SQLite undid it by itself */
	return db_run(db->commit);
}

void
db_rollback(struct db *db)
{
	if (!db_is_open(db))
		return;
	if (db_run(db->rollback) != ERR_NONE)
		return; /* met again by the next begin */
}

bool
db_is_open(const struct db *db)
{
	return sqlite3_get_autocommit(db->db) == 0;
}

/* --- opening --- */

static enum err
refuse(const struct db *db, enum err e, const char *what, struct fault *f)
{
	return fault_at(f, e, 0, NULL, "%s: %s", what, db_error(db));
}

static enum err
make_file(const char *path, struct fault *f)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	else if (errno != EEXIST)
		return fault_at(f, errno == ENOSPC ? ERR_FULL : ERR_IO, 0,
		    NULL, "the file cannot be made: %s", strerror(errno));
	return ERR_NONE;
}

static enum err
open_file(struct db *db, const char *path, const struct db_options *o,
    struct fault *f)
{
	enum err e = o->read_only ? ERR_NONE : make_file(path, f);

	if (e != ERR_NONE)
		return e;
	e = err_of(sqlite3_open_v2(path, &db->db, SQLITE_OPEN_NOMUTEX |
	    (o->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE),
	    NULL));
	if (e != ERR_NONE)
		return refuse(db, e, "the file cannot be opened", f);
	sqlite3_extended_result_codes(db->db, 1);
	sqlite3_busy_timeout(db->db, BUSY_MS);
	sqlite3_limit(db->db, SQLITE_LIMIT_LENGTH, VALUE_MAX);
	return ERR_NONE;
}

static enum err
ask(struct db *db, const char *sql, int64_t *out)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = db_prepare(db, sql, &st);

	if (e != ERR_NONE)
		return e;
	e = db_step(st, &row);
	if (e == ERR_NONE)
		*out = row ? db_int(st, 0) : 0;
	db_finalize(st);
	return e;
}

/* Someone else's file is left as it is. */
static enum err
check_application(struct db *db, const struct db_options *o, struct fault *f)
{
	char sql[64];
	int64_t app = 0, tables = 0;
	enum err e = ask(db, "PRAGMA application_id", &app);

	if (e == ERR_NONE)
		e = ask(db, "SELECT count(*) FROM sqlite_schema", &tables);
	if (e != ERR_NONE)
		return refuse(db, e, "the file cannot be read", f);
	if (app == 0 && tables == 0 && !o->read_only) {
		snprintf(sql, sizeof sql, "PRAGMA application_id = %u",
		    o->application);
		e = db_exec(db, sql);
		return e == ERR_NONE ? e :
		    refuse(db, e, "the file cannot be written", f);
	}
	if ((uint32_t)app != o->application)
		return fault_at(f, ERR_CONFLICT, 0, NULL,
		    "the file belongs to another program");
	return ERR_NONE;
}

static enum err
settings(struct db *db, const struct db_options *o, struct fault *f)
{
	char sql[160];
	enum err e;

	snprintf(sql, sizeof sql, "PRAGMA cache_size = -%u;"
	    "PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;"
	    "PRAGMA temp_store = MEMORY; PRAGMA secure_delete = FAST;",
	    o->cache_kib);
	e = db_exec(db, sql);
	if (e == ERR_NONE && !o->read_only)
		/* alone, so that no read asks the kernel for a lock */
		e = db_exec(db, "PRAGMA locking_mode = EXCLUSIVE;"
		    "PRAGMA journal_mode = WAL;"
		    "PRAGMA synchronous = NORMAL;"
		    "PRAGMA journal_size_limit = 4194304;");
	return e == ERR_NONE ? e :
	    refuse(db, e, "the file cannot be set up", f);
}

static enum err
statements(struct db *db)
{
	enum err e = db_prepare(db, "BEGIN IMMEDIATE", &db->begin);

	if (e == ERR_NONE)
		e = db_prepare(db, "COMMIT", &db->commit);
	if (e == ERR_NONE)
		e = db_prepare(db, "ROLLBACK", &db->rollback);
	return e;
}

enum err
db_open(const char *path, const struct db_options *o, struct db **out,
    struct fault *f)
{
	struct db *db = mem_alloc(sizeof *db);
	enum err e = open_file(db, path, o, f);

	if (e == ERR_NONE)
		e = check_application(db, o, f);
	if (e == ERR_NONE)
		e = settings(db, o, f);
	if (e == ERR_NONE)
		e = statements(db);
	if (e != ERR_NONE) {
		db_close(db);
		return e;
	}
	*out = db;
	return ERR_NONE;
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	if (db->rollback != NULL)
		db_rollback(db);
	db_finalize(db->begin);
	db_finalize(db->commit);
	db_finalize(db->rollback);
	sqlite3_close(db->db);
	free(db);
}

enum err
db_remove(const char *path)
{
	static const char *const tail[] = { "", "-wal", "-shm", "-journal" };
	size_t n = strlen(path);
	char *name = mem_alloc(n + 16);
	enum err e = ERR_NONE;

	for (size_t i = 0; i < sizeof tail / sizeof tail[0]; i++) {
		memcpy(name, path, n);
		memcpy(name + n, tail[i], strlen(tail[i]) + 1);
		if (unlink(name) != 0 && errno != ENOENT)
			e = ERR_IO;
	}
	free(name);
	return e;
}

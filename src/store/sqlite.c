/* SPDX-License-Identifier: Apache-2.0
 *
 * The store on disk: an engine over SQLite. The statements are made once;
 * a transaction of one record costs one BEGIN, a few upserts and a COMMIT.
 */
#include "store/sqlite.h"

#include "base/mem.h"
#include "store/copy.h"
#include "store/engine.h"
#include "store/page.h"
#include "store/row.h"
#include "store/sqlite_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	APPLICATION_ID = 0x416c6d73, /* "Alms" */
	BUSY_MS = 5000,              /* a reader waits for WAL recovery */
	SHRED_BUSY_MS = 100,         /* readers may be of this very thread */
	ROW_BYTES = 4 * ROW_MAX      /* the largest value SQLite may build */
};

enum verb { VERB_PUT, VERB_ADD, VERB_REMOVE, VERB_GET, VERB_GET_KEY, VERB_SCAN,
	VERB_SCAN_KEY, VERBS };

struct sqlite {
	struct engine e;
	struct sqlite_disk disk;
	sqlite3 *db;
	sqlite3_stmt *begin, *commit, *rollback;
	sqlite3_stmt *stmt[ROW_KINDS][VERBS];
	bool busy[ROW_KINDS][VERBS]; /* stepping: a callback reads again */
	int lock; /* the writer's, or -1 */
	bool is_wiped; /* the file, by this handle */
};

/* Integer keys make appending cheap (SQLite fills the last page to the brim);
 * bodies keep their meta before the bytes, so that listing them reads no
 * overflow page. Rows of some hundred bytes with other keys lie as they came,
 * with an index of the keys: in a table WITHOUT ROWID a page would hold five of
 * them and lead to as many others. */
static const char schema[] =
    "CREATE TABLE log(k INTEGER PRIMARY KEY, m BLOB, v BLOB NOT NULL);"
    "CREATE TABLE head(k INTEGER PRIMARY KEY, m BLOB, v BLOB NOT NULL);"
    "CREATE TABLE record(k INTEGER PRIMARY KEY, m BLOB, v BLOB NOT NULL);"
    "CREATE TABLE body(k INTEGER PRIMARY KEY, m BLOB, v BLOB NOT NULL);"
    "CREATE TABLE node(k BLOB PRIMARY KEY, m BLOB, v BLOB NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE document(k BLOB PRIMARY KEY, m BLOB, v BLOB NOT NULL);"
    "CREATE TABLE receipt(k BLOB PRIMARY KEY, m BLOB, v BLOB NOT NULL);"
    "CREATE TABLE item(k BLOB PRIMARY KEY, m BLOB, v BLOB NOT NULL)"
    " WITHOUT ROWID;";

static const char *const table_name[ROW_KINDS] = { "log", "head", "record",
	"body", "node", "document", "receipt", "item" };

static const char *const verb_sql[VERBS] = {
	"INSERT OR REPLACE INTO %s(k, m, v) VALUES(?1, ?2, ?3)",
	"INSERT INTO %s(k, m, v) VALUES(?1, ?2, ?3)",
	"DELETE FROM %s WHERE k = ?1",
	"SELECT k, m, v FROM %s WHERE k = ?1",
	"SELECT k, m FROM %s WHERE k = ?1",
	"SELECT k, m, v FROM %s WHERE k BETWEEN ?1 AND ?2 ORDER BY k",
	"SELECT k, m FROM %s WHERE k BETWEEN ?1 AND ?2 ORDER BY k",
};

static struct sqlite *
sqlite_of(struct engine *e)
{
	return (struct sqlite *)(void *)e;
}

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
		return ERR_EXISTS; /* its only constraint is the key */
	case SQLITE_READONLY:
		return ERR_STATE;
	case SQLITE_TOOBIG:
		return ERR_LIMIT;
	case SQLITE_NOMEM:
		abort(); /* as base/mem.h does */
	default:
		return ERR_IO;
	}
}

static enum err
step_once(sqlite3_stmt *st)
{
	int rc = sqlite3_step(st);

	sqlite3_reset(st);
	return err_of(rc);
}

static enum err
prepare(struct sqlite *s, const char *sql, sqlite3_stmt **out)
{
	return err_of(sqlite3_prepare_v3(s->db, sql, -1,
	    SQLITE_PREPARE_PERSISTENT, out, NULL));
}

static enum err
prepare_verb(struct sqlite *s, enum row_kind kind, enum verb v,
    sqlite3_stmt **out)
{
	char sql[128];

	/* the format is one of the table above, the name too */
	sqlite3_snprintf((int)sizeof sql, sql, verb_sql[v], table_name[kind]);
	return prepare(s, sql, out);
}

static enum err
statement(struct sqlite *s, enum row_kind kind, enum verb v,
    sqlite3_stmt **out)
{
	enum err e = ERR_NONE;

	if (s->stmt[kind][v] == NULL)
		e = prepare_verb(s, kind, v, &s->stmt[kind][v]);
	*out = s->stmt[kind][v];
	return e;
}

static int
bind_key(sqlite3_stmt *st, int at, enum row_kind kind, struct span key)
{
	if (kind <= ROW_BODY)
		return sqlite3_bind_int64(st, at,
		    (sqlite3_int64)row_tail(key));
	return sqlite3_bind_blob(st, at, key.p, (int)key.n, SQLITE_STATIC);
}

/* An empty span may have no pointer, which SQLite would take for NULL. */
static int
bind_span(sqlite3_stmt *st, int at, struct span s)
{
	return sqlite3_bind_blob(st, at, s.n != 0 ? (const void *)s.p : "",
	    (int)s.n, SQLITE_STATIC);
}

/* ---- transactions ---- */

static enum err
s_begin(struct engine *e)
{
	return step_once(sqlite_of(e)->begin);
}

static void
s_rollback(struct engine *e)
{
	struct sqlite *s = sqlite_of(e);

	/* SQLite may have rolled back by itself; a failure here is met again
	 * by the next begin */
	if (sqlite3_get_autocommit(s->db) == 0)
		sqlite3_step(s->rollback);
	sqlite3_reset(s->rollback);
}

static enum err
s_commit(struct engine *e)
{
	struct sqlite *s = sqlite_of(e);
	enum err err;

	if (sqlite3_get_autocommit(s->db) != 0)
		return ERR_IO; /* undone behind our back */
	err = step_once(s->commit);
	e->store->syncs = s->disk.syncs;
	/* the checkpoint after a commit keeps its errors to itself */
	if (s->disk.failed)
		return ERR_IO;
	return err;
}

/* ---- rows ---- */

static enum err
write_row(struct engine *e, enum row_kind kind, enum verb v,
    const struct row *r)
{
	struct sqlite *s = sqlite_of(e);
	sqlite3_stmt *st;
	enum err err = statement(s, kind, v, &st);
	int rc;

	if (err != ERR_NONE)
		return err;
	rc = bind_key(st, 1, kind, r->key);
	if (rc == SQLITE_OK && r->meta.n != 0)
		rc = bind_span(st, 2, r->meta);
	if (rc == SQLITE_OK)
		rc = bind_span(st, 3, r->value);
	err = rc == SQLITE_OK ? step_once(st) : err_of(rc);
	sqlite3_clear_bindings(st);
	return err;
}

static enum err
s_put(struct engine *e, enum row_kind kind, const struct row *r)
{
	return write_row(e, kind, VERB_PUT, r);
}

static enum err
s_add(struct engine *e, enum row_kind kind, const struct row *r)
{
	return write_row(e, kind, VERB_ADD, r);
}

static enum err
s_remove(struct engine *e, enum row_kind kind, struct span key)
{
	sqlite3_stmt *st;
	enum err err = statement(sqlite_of(e), kind, VERB_REMOVE, &st);
	int rc;

	if (err != ERR_NONE)
		return err;
	rc = bind_key(st, 1, kind, key);
	err = rc == SQLITE_OK ? step_once(st) : err_of(rc);
	sqlite3_clear_bindings(st);
	return err;
}

static struct span
column(sqlite3_stmt *st, int at)
{
	/* in this order: the pointer may move when the size is asked for */
	const void *p = sqlite3_column_blob(st, at);

	return span_of(p, (size_t)sqlite3_column_bytes(st, at));
}

static bool
give(sqlite3_stmt *st, enum row_kind kind, bool with_value, row_fn *fn,
    void *ctx)
{
	unsigned char key[8];
	uint64_t k;
	struct row r;

	if (kind <= ROW_BODY) {
		k = (uint64_t)sqlite3_column_int64(st, 0);
		for (int i = 0; i < 8; i++)
			key[i] = (unsigned char)(k >> (56 - 8 * i));
		r.key = span_of(key, sizeof key);
	} else {
		r.key = column(st, 0);
	}
	r.meta = column(st, 1);
	r.value = with_value ? column(st, 2) : span_of(NULL, 0);
	return fn(ctx, &r);
}

/* Damage to an index page can bring up a row that was not asked for. */
static bool
is_ordered(sqlite3_stmt *st, enum row_kind kind, struct span first,
    struct span last)
{
	struct span k;
	uint64_t i;

	if (kind > ROW_BODY) {
		k = column(st, 0);
		return span_compare(k, first) >= 0 &&
		    span_compare(k, last) <= 0;
	}
	i = (uint64_t)sqlite3_column_int64(st, 0);
	return i >= row_tail(first) && i <= row_tail(last);
}

static enum err
walk(sqlite3_stmt *st, enum row_kind kind, struct span first,
    struct span last, bool with_value, row_fn *fn, void *ctx)
{
	int rc = SQLITE_DONE;
	bool more = true;

	while (more && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		if (!is_ordered(st, kind, first, last))
			return ERR_DAMAGED;
		more = give(st, kind, with_value, fn, ctx);
	}
	return err_of(rc);
}

static enum err
s_scan(struct engine *e, enum row_kind kind, struct span first,
    struct span last, bool with_value, row_fn *fn, void *ctx)
{
	struct sqlite *s = sqlite_of(e);
	bool one = span_is_equal(first, last);
	enum verb v = one ? (with_value ? VERB_GET : VERB_GET_KEY) :
	    (with_value ? VERB_SCAN : VERB_SCAN_KEY);
	bool own = s->busy[kind][v];
	sqlite3_stmt *st = NULL;
	enum err err;
	int rc;

	err = own ? prepare_verb(s, kind, v, &st) :
	    statement(s, kind, v, &st);
	if (err != ERR_NONE)
		return err;
	s->busy[kind][v] = true;
	rc = bind_key(st, 1, kind, first);
	if (rc == SQLITE_OK && !one)
		rc = bind_key(st, 2, kind, last);
	err = rc == SQLITE_OK ?
	    walk(st, kind, first, last, with_value, fn, ctx) : err_of(rc);
	sqlite3_reset(st);
	if (own) {
		sqlite3_finalize(st);
	} else {
		sqlite3_clear_bindings(st);
		s->busy[kind][v] = false;
	}
	return err;
}

static void
s_free(struct engine *e)
{
	struct sqlite *s = sqlite_of(e);

	if (s->db != NULL)
		s_rollback(e);
	sqlite3_finalize(s->begin);
	sqlite3_finalize(s->commit);
	sqlite3_finalize(s->rollback);
	for (int k = 0; k < ROW_KINDS; k++) {
		for (int v = 0; v < VERBS; v++)
			sqlite3_finalize(s->stmt[k][v]);
	}
	sqlite3_close(s->db);
	sqlite_disk_release(&s->disk);
	if (s->lock >= 0)
		close(s->lock);
	free(s);
}

/* Replaced rows are overwritten in their pages (secure_delete), and copies of
 * them that SQLite left elsewhere stay out of the file (sqlite_disk.h); what
 * the journal still has of them goes with it. Pages in memory have such copies
 * too: the next change to one would bring them into the journal again. A file
 * that something else wrote is looked through once. */
static enum err
s_shred(struct engine *e)
{
	struct sqlite *s = sqlite_of(e);
	enum err err;

	sqlite3_busy_timeout(s->db, SHRED_BUSY_MS);
	err = err_of(sqlite3_wal_checkpoint_v2(s->db, NULL,
	    SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL));
	sqlite3_busy_timeout(s->db, BUSY_MS);
	if (err == ERR_NONE && !s->is_wiped)
		err = sqlite_disk_wipe(s->db);
	e->store->syncs = s->disk.syncs;
	if (err != ERR_NONE)
		return err;
	s->is_wiped = true;
	return err_of(sqlite3_db_release_memory(s->db));
}

static const struct engine_ops sqlite_ops = {
	.free = s_free,
	.begin = s_begin,
	.commit = s_commit,
	.rollback = s_rollback,
	.shred = s_shred,
	.put = s_put,
	.add = s_add,
	.remove = s_remove,
	.scan = s_scan,
};

/* ---- opening ---- */

static enum err
refuse(struct sqlite *s, enum err e, const char *what, struct fault *f)
{
	const char *why = s->db != NULL ? sqlite3_errmsg(s->db) : "";

	return fault_at(f, e, 0, NULL, "%s: %s", what, why);
}

/* The first column of the first row, as an integer or as text. */
static enum err
ask(struct sqlite *s, const char *sql, int64_t *number, char text[16])
{
	sqlite3_stmt *st = NULL;
	enum err e = err_of(sqlite3_prepare_v2(s->db, sql, -1, &st, NULL));
	const char *t;
	int rc;

	if (e != ERR_NONE)
		return e;
	rc = sqlite3_step(st);
	if (rc == SQLITE_ROW) {
		*number = sqlite3_column_int64(st, 0);
		t = (const char *)sqlite3_column_text(st, 0);
		snprintf(text, 16, "%s", t != NULL ? t : "");
	}
	sqlite3_finalize(st);
	return rc == SQLITE_ROW ? ERR_NONE : rc == SQLITE_DONE ? ERR_IO :
	    err_of(rc);
}

static enum err
run(struct sqlite *s, const char *sql)
{
	return err_of(sqlite3_exec(s->db, sql, NULL, NULL, NULL));
}

/* Set and read back: SQLite keeps silent about what it does not grant. */
static enum err
settings(struct sqlite *s, struct fault *f)
{
	static const struct {
		const char *sql, *query;
		int64_t wanted;
		const char *text; /* if not NULL, instead of `wanted` */
		bool writer;
	} list[] = {
		/* what store/page.h relies on */
		{ "PRAGMA auto_vacuum = NONE", "PRAGMA auto_vacuum", 0, NULL,
		    true },
		{ "PRAGMA max_page_count = 33554431",
		    "PRAGMA max_page_count", PAGE_COUNT_MAX, NULL, true },
		{ "PRAGMA journal_mode = WAL", "PRAGMA journal_mode", 0,
		    "wal", true },
		{ "PRAGMA synchronous = FULL", "PRAGMA synchronous", 2,
		    NULL, true },
		{ "PRAGMA wal_autocheckpoint = 1000",
		    "PRAGMA wal_autocheckpoint", 1000, NULL, true },
		{ "PRAGMA cache_size = -2000", "PRAGMA cache_size", -2000,
		    NULL, false },
		{ "PRAGMA cell_size_check = ON", "PRAGMA cell_size_check", 1,
		    NULL, false },
		{ "PRAGMA trusted_schema = OFF", "PRAGMA trusted_schema", 0,
		    NULL, false },
		{ "PRAGMA temp_store = MEMORY", "PRAGMA temp_store", 2,
		    NULL, false },
		/* what is erased must not lie in free pages */
		{ "PRAGMA secure_delete = ON", "PRAGMA secure_delete", 1,
		    NULL, true },
	};

	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
		char text[16] = "";
		int64_t n = 0;
		enum err e;

		if (list[i].writer && s->e.read_only)
			continue;
		e = run(s, list[i].sql);
		if (e == ERR_NONE)
			e = ask(s, list[i].query, &n, text);
		if (e != ERR_NONE)
			return refuse(s, e, list[i].sql, f);
		if (list[i].text != NULL ? strcmp(text, list[i].text) != 0 :
		    n != list[i].wanted)
			return fault_at(f, ERR_IO, 0, NULL,
			    "%s was not granted: %s", list[i].sql, text);
	}
	return ERR_NONE;
}

static enum err
make_schema(struct sqlite *s)
{
	char sql[128];
	enum err e = run(s, "BEGIN IMMEDIATE");

	snprintf(sql, sizeof sql,
	    "PRAGMA application_id = %d; PRAGMA user_version = %d;",
	    APPLICATION_ID, STORE_LAYOUT);
	if (e == ERR_NONE)
		e = run(s, schema);
	if (e == ERR_NONE)
		e = run(s, sql);
	if (e == ERR_NONE)
		e = run(s, "COMMIT");
	if (e != ERR_NONE && sqlite3_get_autocommit(s->db) == 0)
		(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	return e;
}

static enum err
check_version(struct sqlite *s, struct fault *f)
{
	int64_t app = 0, version = 0, tables = 0;
	char text[16];
	enum err e = ask(s, "PRAGMA application_id", &app, text);

	if (e == ERR_NONE)
		e = ask(s, "PRAGMA user_version", &version, text);
	if (e == ERR_NONE)
		e = ask(s, "SELECT count(*) FROM sqlite_schema", &tables,
		    text);
	if (e != ERR_NONE)
		return refuse(s, e, "the store cannot be read", f);
	if (app == 0 && version == 0 && tables == 0 && !s->e.read_only) {
		e = make_schema(s);
		return e == ERR_NONE ? e :
		    refuse(s, e, "the store cannot be made", f);
	}
	if (app != APPLICATION_ID)
		return fault_at(f, ERR_DAMAGED, 0, NULL,
		    "the file is no store of this program");
	if (version >= 1 && version != STORE_LAYOUT)
		return fault_at(f, ERR_UNSUPPORTED, 0, NULL,
		    "the store has version %lld, this program knows %d",
		    (long long)version, STORE_LAYOUT);
	if (version < 1)
		return fault_at(f, ERR_DAMAGED, 0, NULL,
		    "the store has no version");
	return ERR_NONE;
}

/* The file by hand, for its mode (SQLite gives the WAL the same); one writer
 * only, by a lock on a file beside it, since closing any descriptor of the
 * database itself would drop SQLite's own locks. */
static enum err
take_file(struct sqlite *s, const char *path, bool must_exist,
    struct fault *f)
{
	size_t n = strlen(path);
	char *lock = mem_alloc(n + 6);
	struct stat st;
	enum err e = ERR_NONE;
	int fd;

	memcpy(lock, path, n);
	memcpy(lock + n, ".lock", 5);
	if (stat(path, &st) != 0) {
		if (errno != ENOENT)
			e = fault_at(f, ERR_IO, 0, NULL, "stat: %s",
			    strerror(errno));
		else if (must_exist || s->e.read_only)
			e = fault_at(f, ERR_NOT_FOUND, 0, NULL,
			    "there is no store");
	}
	if (e != ERR_NONE || s->e.read_only)
		goto out;
	s->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (s->lock < 0 || flock(s->lock, LOCK_EX | LOCK_NB) != 0) {
		e = fault_at(f, s->lock >= 0 && errno == EWOULDBLOCK ?
		    ERR_BUSY : ERR_IO, 0, NULL, "%s: %s", s->lock >= 0 ?
		    "another process writes this store" :
		    "the lock file cannot be made", strerror(errno));
		goto out;
	}
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	else if (errno != EEXIST)
		e = fault_at(f, errno == ENOSPC ? ERR_FULL : ERR_IO, 0, NULL,
		    "the store cannot be made: %s", strerror(errno));
out:
	free(lock);
	return e;
}

static enum err
open_file(struct sqlite *s, const char *path, struct fault *f)
{
	int flags = SQLITE_OPEN_NOMUTEX |
	    (s->e.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
	enum err e = sqlite_disk_init(&s->disk);

	if (e == ERR_NONE)
		e = err_of(sqlite3_open_v2(path, &s->db, flags,
		    s->disk.name));
	if (e != ERR_NONE)
		return refuse(s, e, "the store cannot be opened", f);
	sqlite3_extended_result_codes(s->db, 1);
	sqlite3_busy_timeout(s->db, BUSY_MS);
	sqlite3_limit(s->db, SQLITE_LIMIT_LENGTH, ROW_BYTES);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	return ERR_NONE;
}

/* A transaction has its moment with its first read. */
static enum err
begin_snapshot(struct sqlite *s)
{
	int64_t n;
	char text[16];
	enum err e = run(s, "BEGIN");

	return e != ERR_NONE ? e :
	    ask(s, "SELECT count(*) FROM log", &n, text);
}

static enum err
statements(struct sqlite *s)
{
	enum err e = prepare(s, "BEGIN IMMEDIATE", &s->begin);

	if (e == ERR_NONE)
		e = prepare(s, "COMMIT", &s->commit);
	if (e == ERR_NONE)
		e = prepare(s, "ROLLBACK", &s->rollback);
	return e;
}

enum err
store_sqlite_open(const char *path, const struct store_sqlite_options *o,
    struct store **out, struct fault *f)
{
	struct sqlite *s = mem_alloc(sizeof *s);
	struct store *made;
	enum err e;

	s->e.ops = &sqlite_ops;
	s->e.read_only = o != NULL && o->read_only;
	s->disk.is_ahead = o != NULL && o->is_ahead;
	s->lock = -1;
	e = take_file(s, path, o != NULL && o->must_exist, f);
	if (e == ERR_NONE)
		e = open_file(s, path, f);
	if (e == ERR_NONE)
		e = settings(s, f);
	if (e == ERR_NONE)
		e = check_version(s, f);
	if (e == ERR_NONE) {
		e = statements(s);
		if (e != ERR_NONE)
			refuse(s, e, "the store's tables cannot be read", f);
	}
	if (e == ERR_NONE && o != NULL && o->read_only && o->snapshot) {
		e = begin_snapshot(s);
		if (e != ERR_NONE)
			refuse(s, e, "the store cannot be read", f);
	}
	if (e != ERR_NONE) {
		s_free(&s->e);
		return e;
	}
	e = table_create(&s->e, &made);
	if (e != ERR_NONE)
		return fault_at(f, e, 0, NULL,
		    "the list of logs in the store cannot be read");
	made->syncs = s->disk.syncs;
	*out = made;
	return ERR_NONE;
}

enum err
store_sqlite_check(struct store *s, struct fault *f)
{
	struct sqlite *q = sqlite_of(table_engine(s));
	sqlite3_stmt *st = NULL;
	const char *said;
	enum err e;
	int rc;

	e = err_of(sqlite3_prepare_v2(q->db, "PRAGMA quick_check(1)", -1, &st,
	    NULL));
	if (e == ERR_NONE) {
		rc = sqlite3_step(st);
		e = err_of(rc);
	}
	if (e != ERR_NONE) {
		refuse(q, e, "the pages cannot be read", f);
	} else {
		said = (const char *)sqlite3_column_text(st, 0);
		if (said == NULL || strcmp(said, "ok") != 0)
			e = fault_at(f, ERR_DAMAGED, 0, NULL,
			    "the pages are damaged: %s",
			    said != NULL ? said : "");
	}
	sqlite3_finalize(st);
	return e != ERR_NONE ? e : table_check(s, f);
}

void
store_sqlite_faults(struct store *s, const struct store_sqlite_fault *f)
{
	sqlite_of(table_engine(s))->disk.fault = *f;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The disk below a SQLite store.
 */
#include "store/sqlite_disk.h"

#include "base/mem.h"
#include "store/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The most that SQLite's own write takes at a time: it masks the size. */
enum {
	GATHER_MAX = 0x1ffff,
	/* what the journal has grown to when SQLite begins it anew (1,000
	 * pages), and what is added if something keeps it from that */
	AHEAD_FIRST = 4 << 20,
	AHEAD_MORE = 256 << 10,
	ZEROS = 65536
};

struct disk_file {
	sqlite3_file base; /* first: SQLite hands it back */
	struct sqlite_disk *disk;
	sqlite3_file *real; /* in the same allocation, behind this */
	unsigned char *gathered; /* GATHER_MAX, made by the first write */
	int gathered_n;          /* written, but not yet handed down */
	sqlite3_int64 gathered_at;
	bool has_pages; /* the database itself, not its journal */
	bool is_ahead;  /* the journal, and it is written ahead */
	sqlite3_int64 size; /* of it, if it is */
};

static struct disk_file *
file_of(sqlite3_file *f)
{
	return (struct disk_file *)(void *)f;
}

static sqlite3_file *
real(sqlite3_file *f)
{
	return file_of(f)->real;
}

static int
write_fault(struct sqlite_disk *d)
{
	struct store_sqlite_fault *a = &d->fault;

	if (d->failed)
		return SQLITE_IOERR_WRITE;
	if (a->write_nth == 0)
		return SQLITE_OK;
	if (a->write_nth > 1 || !a->write_stays)
		a->write_nth--;
	if (a->write_nth > (a->write_stays ? 1U : 0U))
		return SQLITE_OK;
	return a->write_is_full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

/* Nothing but zeros, behind all that was written: SQLite takes them for the
 * end, by its sums. Where there is no room for them the journal grows as it
 * is written, and what they took is given back. */
static void
write_ahead(struct disk_file *df, sqlite3_int64 end)
{
	static const unsigned char zeros[ZEROS];
	sqlite3_int64 upto = end < AHEAD_FIRST ? AHEAD_FIRST :
						 end + AHEAD_MORE;
	int rc = SQLITE_OK;

	if (df->size < end)
		df->size = end;
	for (sqlite3_int64 at = df->size; rc == SQLITE_OK && at < upto;
	     at += ZEROS)
		rc = df->real->pMethods->xWrite(df->real, zeros,
		    upto - at < ZEROS ? (int)(upto - at) : ZEROS, at);
	if (rc == SQLITE_OK) {
		df->size = upto;
		return;
	}
	(void)df->real->pMethods->xTruncate(df->real, df->size);
	df->is_ahead = false;
}

static int
write_down(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	struct disk_file *df = file_of(f);
	int rc = write_fault(df->disk);

	if (rc == SQLITE_OK)
		rc = real(f)->pMethods->xWrite(real(f), p, n, at);
	if (rc == SQLITE_OK && df->is_ahead && at + n > df->size)
		write_ahead(df, at + n);
	return rc;
}

/* Hand down what was gathered. It is forgotten whatever comes of it: the
 * error is that of the commit or checkpoint that it belongs to. */
static int
hand_down(sqlite3_file *f)
{
	struct disk_file *df = file_of(f);
	int n = df->gathered_n;

	df->gathered_n = 0;
	return n == 0 ? SQLITE_OK :
	    write_down(f, df->gathered, n, df->gathered_at);
}

static int
f_close(sqlite3_file *f)
{
	int rc = hand_down(f), closed = real(f)->pMethods->xClose(real(f));

	free(file_of(f)->gathered);
	file_of(f)->gathered = NULL;
	return closed != SQLITE_OK ? closed : rc;
}

static int
f_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	int rc = hand_down(f);

	return rc != SQLITE_OK ? rc :
	    real(f)->pMethods->xRead(real(f), p, n, at);
}

static bool
is_page(int n, sqlite3_int64 at)
{
	return n >= PAGE_BYTES_MIN && n <= PAGE_BYTES_MAX &&
	    (n & (n - 1)) == 0 && at % n == 0;
}

/* A commit is some ten small writes one behind the other, and a checkpoint
 * hundreds: they go down together, at the latest with the sync that they all
 * wait for. What SQLite left over in a page stays out of the file; in the
 * journal it must not be touched, since there it is part of a sum. */
static int
f_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	struct disk_file *df = file_of(f);
	int rc = SQLITE_OK;

	if (df->gathered_n != 0 &&
	    (at != df->gathered_at + df->gathered_n ||
		n > GATHER_MAX - df->gathered_n))
		rc = hand_down(f);
	if (rc != SQLITE_OK || n > GATHER_MAX)
		return rc != SQLITE_OK ? rc : write_down(f, p, n, at);
	if (df->gathered == NULL)
		df->gathered = mem_alloc(GATHER_MAX);
	if (df->gathered_n == 0)
		df->gathered_at = at;
	memcpy(df->gathered + df->gathered_n, p, (size_t)n);
	if (df->has_pages && is_page(n, at))
		page_wipe(df->gathered + df->gathered_n, (size_t)n, at == 0);
	df->gathered_n += n;
	return SQLITE_OK;
}

static int
f_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	int rc = hand_down(f);

	if (file_of(f)->disk->failed)
		return SQLITE_IOERR_TRUNCATE;
	if (size < file_of(f)->size)
		file_of(f)->size = size;
	return rc != SQLITE_OK ? rc :
	    real(f)->pMethods->xTruncate(real(f), size);
}

static int
f_sync(sqlite3_file *f, int flags)
{
	struct sqlite_disk *d = file_of(f)->disk;
	int rc = hand_down(f);

	if (d->failed)
		return SQLITE_IOERR_FSYNC;
	if (rc != SQLITE_OK)
		return rc; /* as if the write itself had said it */
	rc = SQLITE_IOERR_FSYNC;
	d->syncs++;
	if (d->fault.sync_nth == 0 || --d->fault.sync_nth != 0)
		rc = real(f)->pMethods->xSync(real(f), flags);
	if (rc != SQLITE_OK)
		d->failed = true;
	return rc;
}

static int
f_size(sqlite3_file *f, sqlite3_int64 *out)
{
	int rc = hand_down(f);

	return rc != SQLITE_OK ? rc :
	    real(f)->pMethods->xFileSize(real(f), out);
}

static int
f_lock(sqlite3_file *f, int level)
{
	return real(f)->pMethods->xLock(real(f), level);
}

static int
f_unlock(sqlite3_file *f, int level)
{
	return real(f)->pMethods->xUnlock(real(f), level);
}

static int
f_reserved(sqlite3_file *f, int *out)
{
	return real(f)->pMethods->xCheckReservedLock(real(f), out);
}

static int
f_control(sqlite3_file *f, int op, void *arg)
{
	int rc = hand_down(f);

	return rc != SQLITE_OK ? rc :
	    real(f)->pMethods->xFileControl(real(f), op, arg);
}

static int
f_sector(sqlite3_file *f)
{
	return real(f)->pMethods->xSectorSize(real(f));
}

static int
f_traits(sqlite3_file *f)
{
	return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static int
f_shm_map(sqlite3_file *f, int page, int size, int extend,
    void volatile **out)
{
	return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
}

static int
f_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	return real(f)->pMethods->xShmLock(real(f), at, n, flags);
}

static void
f_shm_barrier(sqlite3_file *f)
{
	real(f)->pMethods->xShmBarrier(real(f));
}

static int
f_shm_unmap(sqlite3_file *f, int remove)
{
	return real(f)->pMethods->xShmUnmap(real(f), remove);
}

/* Version 2: no memory-mapped reads, so every byte passes here. */
static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = f_close,
	.xRead = f_read,
	.xWrite = f_write,
	.xTruncate = f_truncate,
	.xSync = f_sync,
	.xFileSize = f_size,
	.xLock = f_lock,
	.xUnlock = f_unlock,
	.xCheckReservedLock = f_reserved,
	.xFileControl = f_control,
	.xSectorSize = f_sector,
	.xDeviceCharacteristics = f_traits,
	.xShmMap = f_shm_map,
	.xShmLock = f_shm_lock,
	.xShmBarrier = f_shm_barrier,
	.xShmUnmap = f_shm_unmap,
};

static int
v_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags,
    int *flags_out)
{
	struct sqlite_disk *d = (struct sqlite_disk *)(void *)v;
	struct disk_file *df = file_of(f);
	int rc;

	df->base.pMethods = NULL;
	df->disk = d;
	df->gathered = NULL;
	df->gathered_n = 0;
	df->has_pages = (flags & SQLITE_OPEN_MAIN_DB) != 0;
	df->is_ahead = d->is_ahead && (flags & SQLITE_OPEN_WAL) != 0;
	df->size = 0;
	df->real = (sqlite3_file *)(void *)(df + 1);
	rc = d->real->xOpen(d->real, name, df->real, flags, flags_out);
	/* SQLite closes what has methods, also after a failed open */
	if (df->real->pMethods == NULL)
		return rc;
	df->base.pMethods = &methods;
	if (rc == SQLITE_OK && df->is_ahead)
		df->is_ahead = df->real->pMethods->xFileSize(df->real,
		    &df->size) == SQLITE_OK;
	return rc;
}

static int
v_delete(sqlite3_vfs *v, const char *name, int sync_folder)
{
	struct sqlite_disk *d = (struct sqlite_disk *)(void *)v;

	if (d->failed)
		return SQLITE_IOERR_DELETE;
	if (sync_folder != 0)
		d->syncs++;
	return d->real->xDelete(d->real, name, sync_folder);
}

/* Only zeros are written over what nobody reads, so a write that is cut off
 * by a loss of power leaves every page as good as before. */
static int
wipe_pages(sqlite3_file *f, unsigned char *page, int n, sqlite3_int64 size)
{
	bool was_there = false;
	int rc = SQLITE_OK;

	for (sqlite3_int64 at = 0; rc == SQLITE_OK && at + n <= size; at += n) {
		rc = f_read(f, page, n, at);
		if (rc == SQLITE_OK && page_wipe(page, (size_t)n, at == 0)) {
			rc = f_write(f, page, n, at);
			was_there = true;
		}
	}
	return rc == SQLITE_OK && was_there ? f_sync(f, SQLITE_SYNC_FULL) : rc;
}

enum err
sqlite_disk_wipe(sqlite3 *db)
{
	sqlite3_file *f = NULL;
	sqlite3_int64 size = 0;
	int n = 0;
	unsigned char *page = mem_alloc(PAGE_BYTES_MAX);
	int rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER,
	    &f);

	if (rc == SQLITE_OK)
		rc = f_size(f, &size);
	if (rc == SQLITE_OK && size >= PAGE_BYTES_MIN)
		rc = f_read(f, page, PAGE_BYTES_MIN, 0);
	if (rc == SQLITE_OK)
		n = (int)page_bytes(page);
	if (n != 0)
		rc = wipe_pages(f, page, n, size);
	free(page);
	return rc == SQLITE_OK ? ERR_NONE :
	    rc == SQLITE_FULL ? ERR_FULL : ERR_IO;
}

enum err
sqlite_disk_init(struct sqlite_disk *d)
{
	d->real = sqlite3_vfs_find(NULL);
	if (d->real == NULL)
		return ERR_IO;
	/* what is not overridden gets `d` as its VFS: SQLite's own unix
	 * functions use it for its pAppData, which is copied */
	d->vfs = *d->real;
	d->vfs.pNext = NULL;
	snprintf(d->name, sizeof d->name, "disk-%p", (void *)d);
	d->vfs.zName = d->name;
	d->vfs.szOsFile += (int)sizeof(struct disk_file);
	d->vfs.xOpen = v_open;
	d->vfs.xDelete = v_delete;
	return sqlite3_vfs_register(&d->vfs, 0) == SQLITE_OK ? ERR_NONE :
	    ERR_IO;
}

void
sqlite_disk_release(struct sqlite_disk *d)
{
	if (d->real != NULL)
		sqlite3_vfs_unregister(&d->vfs);
	d->real = NULL;
}

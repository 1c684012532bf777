/* SPDX-License-Identifier: Apache-2.0
 *
 * The disk below a SQLite store: a thin layer over SQLite's own file access
 * that counts syncs, remembers the first one that failed and, for tests,
 * fails on demand. Writes to one place behind the other are handed down as
 * one, before a sync or whatever else looks at the file. Pages go into the
 * database without what SQLite left over in them (page.h); what is in its
 * memory and its journal still has it. Of this folder's own use; includes
 * sqlite3.h.
 *
 * The journal can be written ahead, with zeros: a sync of bytes that were there
 * writes nothing but them, one of a file that has grown its length and the
 * place of what is new besides.
 *
 * SQLite retries a failed sync of a checkpoint later and goes on if that
 * succeeds; the kernel may by then have dropped the pages. So after a failed
 * sync this layer refuses every further write and sync.
 */
#ifndef STORE_SQLITE_DISK_H
#define STORE_SQLITE_DISK_H

#include "store/sqlite_fault.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct sqlite_disk {
	sqlite3_vfs vfs; /* first: SQLite hands it back */
	char name[40];
	sqlite3_vfs *real;
	uint64_t syncs;
	bool is_ahead; /* the journal is written ahead */
	bool failed; /* a sync did; nothing is written any more */
	struct store_sqlite_fault fault;
};

/* Register `d` (zeroed, must not move) under d->name. ERR_IO. */
MUST enum err sqlite_disk_init(struct sqlite_disk *d);

/* Take out of the pages of `db`, opened on such a disk, what is left over in
 * them, durably: for pages that came there by another way. Reads the whole
 * file. The journal must be empty and nobody else write. ERR_IO, ERR_FULL. */
MUST enum err sqlite_disk_wipe(sqlite3 *db);

/* After the last handle on it is closed. */
void sqlite_disk_release(struct sqlite_disk *d);

#endif

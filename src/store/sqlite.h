/* SPDX-License-Identifier: Apache-2.0
 *
 * The store on disk: one SQLite file in WAL mode with synchronous=FULL, so
 * that a commit is one write and one sync of the log beside it. One process
 * holds the writing handle; others open the same file read-only and see
 * every commit, whole. doc/internals/store.md has the layout.
 *
 * Every row carries a checksum: what a read gives is what was written, or the
 * read fails with ERR_DAMAGED.
 */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include "base/err.h"
#include "store/store.h"

#include <stdbool.h>

struct store_sqlite_options {
	bool read_only;  /* every begin is ERR_STATE */
	bool must_exist; /* a writer does not make the file (read-only: never) */
	/* read-only: stays at the moment of its opening, whatever is committed
	 * later; meanwhile the log beside the file is not cut */
	bool snapshot;
	/* a writer: 4 MiB of the journal are written before they are needed,
	 * if there is room, so that a commit does not wait for a file to grow */
	bool is_ahead;
};

/* Open or make the store at `path` (mode 0600); `o` may be NULL for a writer
 * that makes it. ERR_NOT_FOUND if it has to exist and does not,
 * ERR_UNSUPPORTED if a newer program wrote it, ERR_DAMAGED if it is no store
 * or its pages are broken, ERR_BUSY if another process has the writing
 * handle, ERR_FULL, ERR_IO. `f` (may be NULL) says which in a sentence;
 * store_free closes. */
MUST enum err store_sqlite_open(const char *path,
    const struct store_sqlite_options *o, struct store **out,
    struct fault *f);

/* Walk the whole file: every page and every row's checksum. ERR_DAMAGED with
 * what was found in `f` (may be NULL). Slow (reads everything). */
MUST enum err store_sqlite_check(struct store *s, struct fault *f);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The folder of the site on disk. A file is written only if its bytes are new,
 * and takes the place of the old one whole; the list of all files with their
 * SHA-256 is written last. Nothing is synced: what a loss of power leaves
 * half is found by its digest when the folder is opened, and written again.
 */
#ifndef SITE_FILES_H
#define SITE_FILES_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "crypto/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct files;

/* Open the folder, made if it is not there (its parent must be), and read what
 * is in it. ERR_IO, ERR_LIMIT (more files than a site has) with the path in
 * `f`. */
MUST enum err files_open(const char *folder, struct files **out,
    struct fault *f);
void files_close(struct files *t); /* accepts NULL */

/* Write `path`, unless it holds these bytes already; and, of what is long
 * enough to gain from it, path.gz and path.br; not of "*.words" and of the list
 * of files. ERR_FULL, ERR_IO. */
MUST enum err files_put(struct files *t, const char *path,
    struct span bytes);

/* Remove it, and its compressed forms. ERR_IO; that it is not there is none. */
MUST enum err files_remove(struct files *t, const char *path);

bool files_has(const struct files *t, const char *path);

/* Call `fn` for each path that begins with `start`, in no order; what it
 * removes is not told again. */
typedef void files_fn(void *ctx, const char *path);
void files_each(struct files *t, const char *start, files_fn *fn,
    void *ctx);

/* From here on note what is put ... */
void files_mark(struct files *t);
/* ... and remove what was not put since. */
MUST enum err files_sweep(struct files *t);

/* The list of all files, as sha256sum(1) has it, by path; the list itself and
 * its signature are not in it. Returns how many there are. */
size_t files_list(struct files *t, struct buf *out);

/* Files written or removed since the folder was opened. */
uint64_t files_changes(const struct files *t);

#endif

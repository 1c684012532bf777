/* SPDX-License-Identifier: Apache-2.0
 *
 * Files as the command line needs them: whole, never half written.
 */
#ifndef CLI_FILE_H
#define CLI_FILE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>
#include <sys/types.h>

/* Append a whole regular file ("-": standard input) of at most out's maximum.
 * ERR_NOT_FOUND, ERR_DENIED, ERR_LIMIT, ERR_IO. */
MUST enum err file_read(const char *path, struct buf *out);

/* A new file with its content synced to disk. ERR_EXISTS, ERR_NOT_FOUND (no
 * such folder), ERR_DENIED, ERR_FULL, ERR_IO; then nothing is left of it. */
MUST enum err file_write_new(const char *path, mode_t mode, struct span bytes);

/* A folder; one that is there already is as good. Errors as above. */
MUST enum err file_make_folder(const char *path, mode_t mode);

/* Make the entries of a folder durable. */
MUST enum err file_sync_folder(const char *path);

/* Names in a folder, sorted, without those that begin with a dot; caller
 * frees with file_list_release. ERR_NOT_FOUND (or no folder), ERR_DENIED,
 * ERR_IO. */
struct file_list {
	char **names;
	size_t n;
};
MUST enum err file_list_read(const char *folder, struct file_list *out);
void file_list_release(struct file_list *l);

bool file_is_folder(const char *path);

/* Remove a folder and all below it; symbolic links are removed, not
 * followed. */
void file_remove_tree(const char *path);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * A backup in a folder (store/segments.h) on disk: `manifest.almenara`, and in
 * `segments` a sealed file for each segment, NAME.DIGEST in hex: its keyed name
 * and the SHA-256 of the file, so that a damaged one is found without the
 * private key. A file is there whole or not at all; the manifest is replaced
 * last, and what it does not name is removed after that.
 */
#ifndef CLI_VAULT_FOLDER_H
#define CLI_VAULT_FOLDER_H

#include "cli/file.h"
#include "cli/vault_file.h"

struct vault_folder {
	const char *path, *segments, *manifest;
	int lock;
	struct file_list list; /* of the segments, when it was opened */
	bool *stays;           /* each of them */
	uint64_t kept, removed;
};

/* A folder for backups of the node whose own log is `origin`: new, empty, or
 * with one of it. CLI_OK, or it has been told; close it either way. */
MUST int vault_folder_open(struct cli *c, const char *path,
    struct span origin, struct vault_folder *out);

/* Is the segment there, and is its file what it was? It stays then. One that is
 * damaged is removed, for it is made anew. */
bool vault_folder_has(struct vault_folder *d, const char *name);

/* Once the manifest is replaced: remove what did not stay, and parts that
 * another run has left. ERR_DENIED, ERR_IO: some are there still. */
MUST enum err vault_folder_clean(struct vault_folder *d);

void vault_folder_close(struct vault_folder *d);

/* Read the manifest and all that it names. `at` is the file in which what `f`
 * says is. */
MUST enum err vault_folder_read(struct cli *c, const char *path,
    const struct jwk *key, struct archive_reader *archive, const char **at,
    struct fault *f);

#endif

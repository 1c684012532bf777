/* SPDX-License-Identifier: Apache-2.0
 *
 * A node's keyring as a file, for those who may read it.
 */
#ifndef CLI_KEYRING_FILE_H
#define CLI_KEYRING_FILE_H

#include "base/arena.h"
#include "crypto/keyring.h"

/* The first line of a file; nothing if `path` is "". The caller wipes and
 * releases `out`. */
MUST enum err keyring_file_passphrase(const char *path, struct buf *out);

/* Caller frees. As file_read and keyring_parse. */
MUST enum err keyring_file_read(const char *path, const char *passphrase_file,
    struct keyring **out, struct fault *f);

/* The thumbprints of all its keys, in `a`. */
const struct digest *keyring_file_kids(const struct keyring *r,
    struct arena *a, size_t *n);

#endif

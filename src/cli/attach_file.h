/* SPDX-License-Identifier: Apache-2.0
 *
 * Files in and out of attachments: streamed through the node piece by piece,
 * never whole in memory.
 */
#ifndef CLI_ATTACH_FILE_H
#define CLI_ATTACH_FILE_H

#include "cli/cli.h"

/* The type that the end of a path tells. */
const char *attach_media(const char *path);

/* Give the file to the node, which seals it. `name` and `media` NULL: from the
 * path. `out` is what an entry says of it, in the arena. CLI_OK or the trouble
 * has been told. */
MUST int attach_file(struct cli *c, const char *path, const char *name,
    const char *media, struct json_val *out);

/* Fetch the attachment `name` (NULL: the only one) of notice `id` and write
 * its text to a new file `path` (NULL: its own name in this folder), which
 * appears whole and checked or not at all. Prints the path. */
MUST int attachment_get(struct cli *c, const char *id, const char *name,
    const char *path);

/* The same of file `n` (from 1) of a report of the public, to `path`. */
MUST int report_file_get(struct cli *c, const char *number, unsigned long n,
    const char *path);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of a web site, one after the other over one connection, by libcurl:
 * besides courier/transfer.c this .c file alone includes it. What comes is what the
 * server holds: no redirect is followed, no coding asked for, no cookie kept.
 */
#ifndef CLI_FETCH_H
#define CLI_FETCH_H

#include "base/buf.h"
#include "base/err.h"

struct fetch;

/* `ca` is a file of certificates; NULL: the system's. ERR_IO. */
MUST enum err fetch_open(const char *ca, struct fetch **out);
void fetch_close(struct fetch *f); /* accepts NULL */

/* Is it an address, and no folder? */
bool fetch_is_url(const char *s);

/* Append what `base` with `path` behind it has. ERR_NOT_FOUND, ERR_LIMIT (more
 * than `out` may hold), ERR_IO; `why` is then a sentence of the library. */
MUST enum err fetch_get(struct fetch *f, const char *base, struct span path,
    struct buf *out, const char **why);

#endif

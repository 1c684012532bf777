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

/* Send a form as a browser does (multipart/form-data, RFC 7578) and append
 * what comes back. A field with a `path` is that file, read as it is sent, and
 * `value` the type that it is said to have. Errors as above, but that of a status other than 200, which
 * `status` has, is ERR_DENIED with the page in `out`. */
struct fetch_field {
	const char *name;
	struct span value;
	const char *path; /* NULL: no file */
};
MUST enum err fetch_post(struct fetch *f, const char *base, struct span path,
    const struct fetch_field *field, size_t n, struct buf *out,
    long *status, const char **why);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Files made smaller ahead of time, so that whoever serves them need not:
 * gzip (RFC 1952) and brotli (RFC 7932). The same bytes always give the same.
 */
#ifndef SITE_SQUEEZE_H
#define SITE_SQUEEZE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

enum squeeze_form { SQUEEZE_GZIP, SQUEEZE_BROTLI, SQUEEZE_FORMS };

/* What is kept from one file to the next: for small files, to make it anew
 * costs more than the work. Never NULL; free it with squeeze_free, which takes
 * NULL too. */
struct squeeze;
struct squeeze *squeeze_create(void);
void squeeze_free(struct squeeze *s);

/* "gz", "br". */
const char *squeeze_ending(enum squeeze_form form);

/* Append `bytes` in that form. ERR_LIMIT if it does not fit; the end of `out`
 * is then unknown. */
MUST enum err squeeze_write(struct squeeze *s, enum squeeze_form form,
    struct span bytes, struct buf *out);

#endif

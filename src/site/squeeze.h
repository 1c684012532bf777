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

enum squeeze { SQUEEZE_GZIP, SQUEEZE_BROTLI, SQUEEZE_COUNT };

/* "gz", "br". */
const char *squeeze_ending(enum squeeze how);

/* Append. ERR_LIMIT if it does not fit. */
MUST enum err squeeze(enum squeeze how, struct span bytes, struct buf *out);

#endif

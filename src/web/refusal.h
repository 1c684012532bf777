/* SPDX-License-Identifier: Apache-2.0
 *
 * The pages that say what went wrong, in the four languages, for when the site
 * has none of its own: what it is, and what to do next. No word of what was
 * asked for is in them. Pure.
 */
#ifndef WEB_REFUSAL_H
#define WEB_REFUSAL_H

#include "base/buf.h"
#include "schema/words.h"

/* Append a page of HTML about `status`: 400, 404, 405, 412, 413, 414, 416,
 * 429 or 503; another is told as 503. */
void refusal_write(unsigned status, enum lang l, struct buf *out);

#endif

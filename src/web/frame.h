/* SPDX-License-Identifier: Apache-2.0
 *
 * The frame of a page of the site, in which the web process puts what it says
 * itself, so that it looks as the site does, whatever its theme.
 */
#ifndef WEB_FRAME_H
#define WEB_FRAME_H

#include "schema/words.h"
#include "web/files.h"

/* What stands before and after the content of <main> in the page `page`, as
 * "report/", but for the part with the id "beside", which stays behind what is
 * put in; a plain frame if there is none. Lives until the next call of
 * files_find. */
void frame_find(struct files *f, const char *page, enum lang lang,
    int64_t now_ms, struct span *before, struct span *after);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The public site as answers to requests: which file a path is, in which
 * coding, whole or a part of it, or that the reader has it already; a page in
 * the reader's language about what went wrong. Reads the folder of the site
 * (web/files.h) and knows nothing else.
 */
#ifndef WEB_SITE_H
#define WEB_SITE_H

#include "schema/words.h"
#include "web/http.h"
#include "web/path.h"

struct site;

/* `lang` is for those who wish none of ours. Caller frees. */
struct site *site_create(const char *root, enum lang lang);
void site_free(struct site *s); /* accepts NULL */

/* Answer the request, whose path is `path`. */
void site_answer(struct site *s, struct http_call *call,
    const struct web_path *path, int64_t now_ms);

/* Answer one whose path was refused with `why` (web/path.h). */
void site_refuse_path(struct site *s, struct http_call *call, enum err why);

/* Begin again: the folder is another one. */
bool site_is_other(const struct site *s);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The path of a request (RFC 9110 section 4.2, RFC 3986) as the name of a
 * file of the site, and of no file elsewhere. Pure.
 */
#ifndef WEB_PATH_H
#define WEB_PATH_H

#include "base/err.h"
#include "base/limits.h"
#include "base/span.h"
#include "schema/words.h"

#include <stdbool.h>

struct web_path {
	char name[LIMIT_WEB_PATH + 1]; /* "es/w/ALM-2026-0417/", "" for "/" */
	size_t n;
	bool is_folder;  /* it ended in "/", or is the root */
	bool has_lang;   /* the first part is a language of ours */
	enum lang lang;
};

/* Parse what stands between method and "?", percent-encodings undone. Refused
 * with `f`, and `out` untouched: what does not begin with "/" (ERR_SYNTAX), is
 * over LIMIT_WEB_PATH (ERR_LIMIT), no UTF-8, has a broken encoding, an encoded
 * "/", a control character, a backslash, an empty part, a part that begins
 * with a dot: "..", and every hidden file, but for ".well-known" at the
 * beginning. */
MUST enum err web_path_parse(struct span in, struct web_path *out,
    struct fault *f);

#endif

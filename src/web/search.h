/* SPDX-License-Identifier: Apache-2.0
 *
 * Search on a joint site: /LANG/search/, a form that needs no script, answered
 * from the file of words in the folder of the site (site/finder.h), which has
 * public notices alone. Where there is no such file there is no search. What
 * was asked for is written nowhere.
 *
 * One search looks at each word of the file for each word that is asked for.
 * So many bytes a second are looked at for all readers together, and so many
 * searches are made for one network: more are told to come again, and pages
 * are served as if nothing was.
 */
#ifndef WEB_SEARCH_H
#define WEB_SEARCH_H

#include "web/http.h"
#include "web/path.h"

struct search;

/* `root` is the folder of the site; `is_limited` as of forms_create. Caller
 * frees. */
struct search *search_create(const char *root, bool is_limited);
void search_free(struct search *s); /* accepts NULL */

/* Answer, if the request, whose path is `p`, is for it and there is a search;
 * else false. */
bool search_answer(struct search *s, struct http_call *call,
    const struct web_path *p, int64_t now_ms);

/* --- what all searches together may cost --- */

/* Bytes that may be looked at: at once, and more with each millisecond. */
enum { SEARCH_ROOM = 268435456, SEARCH_ROOM_MS = 131072 };

struct search_room {
	uint64_t left;
	int64_t at_ms;
};

/* May so many be looked at? Then they count. */
bool search_room_take(struct search_room *r, uint64_t bytes, int64_t now_ms);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The frame of a page of the site.
 */
#include "web/frame.h"

#include <stdio.h>

void
frame_find(struct files *files, const char *page, enum lang lang,
    int64_t now_ms, struct span *before, struct span *after)
{
	static const enum coding plain[] = { CODING_NONE };
	static const char open[] = "<main", end[] = "</main>",
		beside[] = "<div id=\"beside\">";
	char name[40];
	struct web_file f;
	bool is_folder;
	const unsigned char *p, *q, *r;

	*before = span_str("<!doctype html>\n<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n"
	    "<title>Almenara</title>\n<main>\n");
	*after = span_str("</main>\n");
	snprintf(name, sizeof name, "%s/%sindex.html", lang_tag(lang), page);
	if (files_find(files, span_str(name), plain, 1, now_ms, &f,
	    &is_folder) != ERR_NONE || f.bytes.n == 0)
		return;
	p = memmem(f.bytes.p, f.bytes.n, open, sizeof open - 1);
	p = p == NULL ? NULL : memchr(p, '>', f.bytes.n -
	    (size_t)(p - f.bytes.p));
	q = memmem(f.bytes.p, f.bytes.n, end, sizeof end - 1);
	if (p == NULL || q == NULL || q < p)
		return;
	r = memmem(p, (size_t)(q - p), beside, sizeof beside - 1);
	if (r != NULL)
		q = r;
	*before = span_of(f.bytes.p, (size_t)(p - f.bytes.p) + 1);
	*after = span_of(q, f.bytes.n - (size_t)(q - f.bytes.p));
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests for files of the site.
 */
#include "web/site.h"

#include "base/mem.h"
#include "web/accept.h"
#include "web/files.h"
#include "web/fresh.h"
#include "web/range.h"
#include "web/refusal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct site {
	struct files *files;
	enum lang lang;
};

/* A request on its way. */
struct asked {
	struct site *site;
	struct http_call *call;
	int64_t now_ms;
	const struct web_path *path; /* NULL: it is none */
	enum coding codings[CODING_COUNT];
	size_t coding_n;
};

/* --- what went wrong --- */

static enum lang
lang_of_asked(const struct asked *a)
{
	return a->path != NULL && a->path->has_lang ? a->path->lang :
	    accept_lang(http_header(a->call, "Accept-Language"),
		a->site->lang);
}

static struct http_body *
refusal_body(unsigned status, enum lang l)
{
	struct http_body *b;
	struct buf page;

	buf_init(&page, 4096);
	refusal_write(status, l, &page);
	b = http_body_of(buf_span(&page));
	buf_release(&page);
	http_body_header(b, "Content-Type", "text/html; charset=utf-8");
	http_body_header(b, "Content-Language", lang_tag(l));
	http_body_header(b, "Cache-Control", "no-store");
	return b;
}

/* With one more header, unless `name` is NULL. */
static void
refuse(struct asked *a, unsigned status, const char *name,
    const char *value)
{
	struct http_body *b = refusal_body(status, lang_of_asked(a));

	if (name != NULL)
		http_body_header(b, name, value);
	http_answer(a->call, status, b);
	http_body_free(b);
}

/* The site's own page about it, if there is one. */
static void
refuse_missing(struct asked *a)
{
	struct web_file file;
	char name[16];
	bool is_folder;

	snprintf(name, sizeof name, "%s/404.html",
	    lang_tag(lang_of_asked(a)));
	if (files_find(a->site->files, span_str(name), a->codings,
	    a->coding_n, a->now_ms, &file, &is_folder) == ERR_NONE &&
	    file.whole != NULL)
		http_answer(a->call, 404, file.whole);
	else
		refuse(a, 404, NULL, NULL);
}

/* --- elsewhere --- */

static void
send_to(struct asked *a, unsigned status, const char *where, bool by_lang)
{
	struct http_body *b = http_body_of(span_of("", 0));

	http_body_header(b, "Location", where);
	if (by_lang) {
		http_body_header(b, "Vary", "Accept-Language");
		http_body_header(b, "Cache-Control", "no-cache");
	}
	http_answer(a->call, status, b);
	http_body_free(b);
}

static void
put_percent(struct buf *out, const char *name, size_t n)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";

	for (size_t i = 0; i < n; i++) {
		if (strchr(plain, name[i]) != NULL)
			buf_put_u8(out, (uint8_t)name[i]);
		else
			buf_put_format(out, "%%%02X",
			    (unsigned)(unsigned char)name[i]);
	}
}

/* A folder is asked for without the "/" at its end. */
static void
send_to_folder(struct asked *a)
{
	struct buf where;

	buf_init(&where, 3 * LIMIT_WEB_PATH + 3);
	buf_put_str(&where, "/");
	put_percent(&where, a->path->name, a->path->n);
	buf_put_str(&where, "/");
	send_to(a, 308, buf_str(&where), false);
	buf_release(&where);
}

/* --- a file --- */

static struct fresh_ask
asked_fresh(const struct http_call *call)
{
	return (struct fresh_ask){
		.if_match = http_header(call, "If-Match"),
		.if_none_match = http_header(call, "If-None-Match"),
		.if_modified_since = http_header(call, "If-Modified-Since"),
		.if_unmodified_since = http_header(call,
		    "If-Unmodified-Since"),
		.if_range = http_header(call, "If-Range") };
}

static void
send_part(struct asked *a, const struct web_file *file, struct range r)
{
	struct http_body *b = files_part(a->site->files, file, r.from, r.n);
	char text[80];

	if (b == NULL) {
		refuse(a, 503, "Retry-After", "1");
		return;
	}
	snprintf(text, sizeof text, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64,
	    r.from, r.from + r.n - 1, file->size);
	files_headers(file, b);
	http_body_header(b, "Content-Range", text);
	http_answer(a->call, 206, b);
	http_body_free(b);
}

/* For 304 too: of that the library sends the headers, which must be those of
 * the whole, its length among them. */
static void
send_whole(struct asked *a, const struct web_file *file, unsigned status)
{
	struct http_body *b;

	if (file->whole != NULL) {
		http_answer(a->call, status, file->whole);
		return;
	}
	b = files_part(a->site->files, file, 0, file->size);
	if (b == NULL) {
		refuse(a, 503, "Retry-After", "1");
		return;
	}
	files_headers(file, b);
	http_answer(a->call, status, b);
	http_body_free(b);
}

static void
send_file(struct asked *a, const struct web_file *file)
{
	struct fresh_ask ask = asked_fresh(a->call);
	struct span header = http_header(a->call, "Range");
	struct span tag = span_str(file->tag);
	struct range r = { RANGE_WHOLE, 0, 0 };
	char text[40];

	switch (fresh_decide(&ask, tag, file->at_s)) {
	case FRESH_UNCHANGED:
		send_whole(a, file, 304);
		return;
	case FRESH_FAILED:
		refuse(a, 412, NULL, NULL);
		return;
	case FRESH_SEND:
		break;
	}
	if (header.p != NULL && http_method(a->call) == HTTP_GET &&
	    fresh_may_range(&ask, tag, file->at_s))
		r = range_of(header, file->size);
	if (r.kind == RANGE_PART) {
		send_part(a, file, r);
	} else if (r.kind == RANGE_BEYOND) {
		snprintf(text, sizeof text, "bytes */%" PRIu64, file->size);
		refuse(a, 416, "Content-Range", text);
	} else {
		send_whole(a, file, 200);
	}
}

/* --- requests --- */

/* The name of the file that the path stands for, in `out`. */
static struct span
file_name(const struct web_path *p, char out[LIMIT_WEB_PATH + 16])
{
	static const char index[] = "index.html";
	size_t n = p->n;

	memcpy(out, p->name, n);
	if (p->is_folder) {
		memcpy(out + n, index, sizeof index - 1);
		n += sizeof index - 1;
	}
	return span_of(out, n);
}

static void
find_and_send(struct asked *a)
{
	char name[LIMIT_WEB_PATH + 16];
	struct web_file file;
	bool is_folder;
	enum err e = files_find(a->site->files, file_name(a->path, name),
	    a->codings, a->coding_n, a->now_ms, &file, &is_folder);

	if (e == ERR_NONE)
		send_file(a, &file);
	else if (e == ERR_NOT_FOUND && is_folder && !a->path->is_folder)
		send_to_folder(a);
	else if (e == ERR_NOT_FOUND)
		refuse_missing(a);
	else
		refuse(a, 503, "Retry-After", "5");
}

/* "/" is in no language: to the home page in the reader's. */
static bool
choose_lang(struct asked *a)
{
	const char *tag = lang_tag(lang_of_asked(a));
	struct web_file file;
	char name[16], where[8];
	bool is_folder;

	snprintf(name, sizeof name, "%s/index.html", tag);
	if (files_find(a->site->files, span_str(name), a->codings,
	    a->coding_n, a->now_ms, &file, &is_folder) != ERR_NONE)
		return false;
	snprintf(where, sizeof where, "/%s/", tag);
	send_to(a, 302, where, true);
	return true;
}

void
site_answer(struct site *s, struct http_call *call,
    const struct web_path *path, int64_t now_ms)
{
	struct asked a = { .site = s, .call = call, .now_ms = now_ms,
		.path = path };
	enum http_method m = http_method(call);

	a.coding_n = accept_codings(http_header(call, "Accept-Encoding"),
	    a.codings);
	if (m != HTTP_GET && m != HTTP_HEAD)
		refuse(&a, 405, "Allow", "GET, HEAD");
	else if (http_has_body(call))
		refuse(&a, 413, NULL, NULL);
	else if (path->n != 0 || !choose_lang(&a))
		find_and_send(&a);
}

void
site_refuse_path(struct site *s, struct http_call *call, enum err why)
{
	struct asked a = { .site = s, .call = call };

	refuse(&a, why == ERR_LIMIT ? 414 : 400, NULL, NULL);
}

struct site *
site_create(const char *root, enum lang lang)
{
	struct site *s = mem_alloc(sizeof *s);

	s->files = files_create(root);
	s->lang = lang;
	return s;
}

void
site_free(struct site *s)
{
	if (s == NULL)
		return;
	files_free(s->files);
	free(s);
}

bool
site_is_other(const struct site *s)
{
	return files_is_other(s->files);
}

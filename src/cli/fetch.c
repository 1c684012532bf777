/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of a web site.
 */
#include "cli/fetch.h"

#include "base/limits.h"
#include "base/mem.h"

#include <curl/curl.h>
#include <stdlib.h>

enum { CONNECT_MS = 15000, STALLED_S = 30 };

struct fetch {
	CURL *easy;
	struct buf *out; /* during a call */
	char why[CURL_ERROR_SIZE];
};

bool
fetch_is_url(const char *s)
{
	return strncmp(s, "https://", 8) == 0 || strncmp(s, "http://", 7) == 0;
}

static size_t
on_bytes(char *p, size_t size, size_t n, void *ctx)
{
	struct fetch *f = ctx;

	buf_put_mem(f->out, p, size * n);
	return f->out->over ? 0 : size * n;
}

enum err
fetch_open(const char *ca, struct fetch **out)
{
	struct fetch *f = mem_alloc(sizeof *f);

	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		f->easy = curl_easy_init();
	if (f->easy == NULL) {
		free(f);
		return ERR_IO;
	}
	curl_easy_setopt(f->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(f->easy, CURLOPT_PROTOCOLS_STR, "https,http");
	curl_easy_setopt(f->easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(f->easy, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)CONNECT_MS);
	/* a slow line is no fault, a silent one is */
	curl_easy_setopt(f->easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(f->easy, CURLOPT_LOW_SPEED_TIME, (long)STALLED_S);
	curl_easy_setopt(f->easy, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(f->easy, CURLOPT_WRITEDATA, f);
	curl_easy_setopt(f->easy, CURLOPT_ERRORBUFFER, f->why);
	curl_easy_setopt(f->easy, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2);
	if (ca != NULL)
		curl_easy_setopt(f->easy, CURLOPT_CAINFO, ca);
	*out = f;
	return ERR_NONE;
}

void
fetch_close(struct fetch *f)
{
	if (f == NULL)
		return;
	curl_easy_cleanup(f->easy);
	curl_global_cleanup();
	free(f);
}

static void
set_url(struct fetch *f, const char *base, struct span path)
{
	size_t n = strlen(base);
	struct buf url;

	buf_init(&url, 8192);
	buf_put_format(&url, "%s%s%.*s", base,
	    n != 0 && base[n - 1] == '/' ? "" : "/", SPAN_FMT(path));
	curl_easy_setopt(f->easy, CURLOPT_URL, buf_str(&url));
	buf_release(&url);
}

static enum err
perform(struct fetch *f, struct buf *out, long *status, const char **why)
{
	CURLcode c;

	f->out = out;
	f->why[0] = '\0';
	c = curl_easy_perform(f->easy);
	f->out = NULL;
	*why = f->why;
	if (out->over) {
		*why = "is longer than such a file may be";
		return ERR_LIMIT;
	}
	if (c != CURLE_OK) {
		if (f->why[0] == '\0')
			snprintf(f->why, sizeof f->why, "%s",
			    curl_easy_strerror(c));
		return ERR_IO;
	}
	curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, status);
	snprintf(f->why, sizeof f->why, "the server answers %ld", *status);
	return ERR_NONE;
}

enum err
fetch_get(struct fetch *f, const char *base, struct span path,
    struct buf *out, const char **why)
{
	long status = 0;
	enum err e;

	set_url(f, base, path);
	e = perform(f, out, &status, why);
	if (e != ERR_NONE)
		return e;
	return status == 200 ? ERR_NONE :
	    status == 404 || status == 410 ? ERR_NOT_FOUND : ERR_IO;
}

static bool
fill_part(curl_mimepart *part, const struct fetch_field *f)
{
	char type[128];

	if (part == NULL || curl_mime_name(part, f->name) != CURLE_OK)
		return false;
	if (f->path == NULL)
		return curl_mime_data(part, (const char *)f->value.p,
		    f->value.n) == CURLE_OK;
	snprintf(type, sizeof type, "%.*s", SPAN_FMT(f->value));
	return curl_mime_filedata(part, f->path) == CURLE_OK &&
	    curl_mime_type(part, type) == CURLE_OK;
}

enum err
fetch_post(struct fetch *f, const char *base, struct span path,
    const struct fetch_field *field, size_t n, struct buf *out,
    long *status, const char **why)
{
	curl_mime *form = curl_mime_init(f->easy);
	enum err e = form == NULL ? ERR_IO : ERR_NONE;

	*why = "there is no memory for the form";
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		if (!fill_part(curl_mime_addpart(form), &field[i]))
			e = ERR_IO;
	if (e == ERR_NONE) {
		set_url(f, base, path);
		curl_easy_setopt(f->easy, CURLOPT_MIMEPOST, form);
		e = perform(f, out, status, why);
		curl_easy_setopt(f->easy, CURLOPT_MIMEPOST, NULL);
		curl_easy_setopt(f->easy, CURLOPT_HTTPGET, 1L);
	}
	curl_mime_free(form);
	return e == ERR_NONE && *status != 200 ? ERR_DENIED : e;
}

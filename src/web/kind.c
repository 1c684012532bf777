/* SPDX-License-Identifier: Apache-2.0
 *
 * Media types.
 */
#include "web/kind.h"

#include <strings.h>

static const char cache_page[] =
    "max-age=60, stale-while-revalidate=600, stale-if-error=86400";
static const char cache_banner[] =
    "max-age=30, stale-while-revalidate=30, stale-if-error=3600";
static const char cache_for_ever[] = "public, max-age=31536000, immutable";

static const struct {
	const char *end, *type;
} types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".txt", "text/plain; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".json", "application/json" },
	{ ".xml", "application/xml" },
	{ ".atom", "application/atom+xml" },
	{ ".cap", "application/cap+xml" },
	{ ".csv", "text/csv; charset=utf-8" },
	{ ".svg", "image/svg+xml" },
	{ ".png", "image/png" },
	{ ".jpg", "image/jpeg" },
	{ ".webp", "image/webp" },
	{ ".ico", "image/x-icon" },
	{ ".asc", "application/pgp-signature" },
	{ ".jws", "application/jose" },
	{ ".sha512", "text/plain; charset=utf-8" },
	{ ".sha256", "text/plain; charset=utf-8" },
	{ ".pdf", "application/pdf" },
	{ ".webmanifest", "application/manifest+json" },
};

/* After a hyphen more of them: the last part of an id has twelve. */
enum { HASH_LEAST = 12, HASH_LEAST_HYPHEN = 16 };

static bool
ends_in(struct span s, const char *end)
{
	size_t n = strlen(end);

	return s.n > n &&
	    strncasecmp((const char *)s.p + s.n - n, end, n) == 0;
}

static bool
is_hash(const unsigned char *p, size_t n)
{
	if (n < (p[-1] == '-' ? HASH_LEAST_HYPHEN : HASH_LEAST))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!((p[i] >= '0' && p[i] <= '9') ||
		    (p[i] >= 'a' && p[i] <= 'f')))
			return false;
	return true;
}

static bool
is_hashed(struct span name)
{
	const unsigned char *end = memrchr(name.p, '.', name.n);
	const unsigned char *at = end;

	while (at != NULL && at > name.p && at[-1] != '.' && at[-1] != '-' &&
	    at[-1] != '/')
		at--;
	return at != NULL && at > name.p && at[-1] != '/' &&
	    is_hash(at, (size_t)(end - at));
}

/* "es/banner.json": below a language, and nowhere else. */
static bool
is_in_lang(struct span name, const char *file)
{
	return name.n == 3 + strlen(file) && name.p[2] == '/' &&
	    memcmp(name.p + 3, file, name.n - 3) == 0;
}

struct web_kind
web_kind_of(struct span name)
{
	struct web_kind k = { .type = NULL, .cache = cache_page };

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (ends_in(name, types[i].end))
			k.type = types[i].type;
	k.is_page = ends_in(name, ".html");
	k.is_foreign = k.type == NULL;
	/* addresses without an end are those that standards name */
	if (k.is_foreign && name.n > 12 &&
	    memcmp(name.p, ".well-known/", 12) == 0 &&
	    memchr(name.p + 12, '.', name.n - 12) == NULL) {
		k.type = "text/plain; charset=utf-8";
		k.is_foreign = false;
	}
	if (k.is_foreign)
		k.type = "application/octet-stream";
	k.is_framed = is_in_lang(name, "widget.html");
	if (k.is_framed || is_in_lang(name, "banner.json"))
		k.cache = cache_banner; /* what is over is soon gone */
	if (name.n != 0 && is_hashed(name))
		k.cache = cache_for_ever;
	return k;
}

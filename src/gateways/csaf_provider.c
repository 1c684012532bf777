/* SPDX-License-Identifier: Apache-2.0
 *
 * The lists of a provider.
 */
#include "gateways/csaf_provider.h"

#include "base/instant.h"
#include "base/json.h"

enum { NAME_MAX_BYTES = 80 };

/* Section 5.1: lower case, and one underscore for each run of what is not
 * a-z, 0-9, "+" or "-". */
bool
csaf_place(const char *id, int64_t first_s, char out[CSAF_PATH])
{
	char iso[INSTANT_TEXT_MAX], name[NAME_MAX_BYTES];
	size_t n = 0;

	for (const char *s = id; *s != '\0'; s++) {
		char c = *s;
		bool good;

		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		    c == '+' || c == '-';
		if (!good && n != 0 && name[n - 1] == '_')
			continue;
		if (n + 1 == sizeof name)
			return false;
		name[n] = '_';
		if (good)
			name[n] = c;
		n++;
	}
	name[n] = '\0';
	wall_write((struct wall){ first_s * 1000 }, iso);
	snprintf(out, CSAF_PATH, "%.4s/%s.json", iso, name);
	return n != 0;
}

static void
put_time(struct json_out *w, const char *key, int64_t s)
{
	char iso[INSTANT_TEXT_MAX];

	wall_write((struct wall){ s * 1000 }, iso);
	json_put_member_str(w, key, iso);
}

static void
put_url(struct json_out *w, const char *key, const char *a, const char *b,
    const char *c, const char *d)
{
	struct buf url;

	buf_init(&url, 4096);
	buf_put_format(&url, "%s%s%s%s", a, b, c, d);
	json_put_member_span(w, key, buf_span(&url));
	buf_release(&url);
}

/* --- who provides --- */

static void
put_distributions(struct json_out *w, const struct csaf_provider *p)
{
	json_put_key(w, "distributions");
	json_put_open(w, '[');
	json_put_open(w, '{');
	put_url(w, "directory_url", p->url, CSAF_FOLDER, "", "");
	json_put_close(w, '}');
	json_put_open(w, '{');
	json_put_key(w, "rolie");
	json_put_open(w, '{');
	json_put_key(w, "feeds");
	json_put_open(w, '[');
	json_put_open(w, '{');
	json_put_member_str(w, "summary", "Notices that everybody may read");
	json_put_member_str(w, "tlp_label", "WHITE");
	put_url(w, "url", p->url, CSAF_FEED, "", "");
	json_put_close(w, '}');
	json_put_close(w, ']');
	json_put_close(w, '}');
	json_put_close(w, '}');
	json_put_close(w, ']');
}

static void
put_keys(struct json_out *w, const struct csaf_provider *p)
{
	json_put_key(w, "public_openpgp_keys");
	json_put_open(w, '[');
	json_put_open(w, '{');
	json_put_member_str(w, "fingerprint", p->fingerprint);
	put_url(w, "url", p->url, CSAF_KEY, "", "");
	json_put_close(w, '}');
	json_put_close(w, ']');
}

void
csaf_provider_write(const struct csaf_provider *p, struct buf *out)
{
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	put_url(&w, "canonical_url", p->url, CSAF_METADATA, "", "");
	put_distributions(&w, p);
	put_time(&w, "last_updated", p->updated_s);
	json_put_member_bool(&w, "list_on_CSAF_aggregators", true);
	json_put_member_str(&w, "metadata_version", "2.0");
	json_put_member_bool(&w, "mirror_on_CSAF_aggregators", true);
	put_keys(&w, p);
	json_put_key(&w, "publisher");
	json_put_open(&w, '{');
	json_put_member_str(&w, "category", "coordinator");
	if (*p->contact != '\0')
		json_put_member_str(&w, "contact_details", p->contact);
	json_put_member_str(&w, "name", p->name);
	json_put_member_str(&w, "namespace", p->url);
	json_put_close(&w, '}');
	json_put_member_str(&w, "role", "csaf_trusted_provider");
	json_put_close(&w, '}');
	buf_put_str(out, "\n");
}

/* --- the ROLIE feed (RFC 8322) --- */

static void
put_link(struct json_out *w, const char *rel, const struct csaf_provider *p,
    const char *path, const char *end)
{
	json_put_open(w, '{');
	put_url(w, "href", p->url, CSAF_FOLDER, path, end);
	json_put_member_str(w, "rel", rel);
	json_put_close(w, '}');
}

static void
put_entry(struct json_out *w, const struct csaf_provider *p,
    const struct csaf_listed *d)
{
	json_put_open(w, '{');
	json_put_key(w, "content");
	json_put_open(w, '{');
	put_url(w, "src", p->url, CSAF_FOLDER, d->path, "");
	json_put_member_str(w, "type", "application/json");
	json_put_close(w, '}');
	json_put_key(w, "format");
	json_put_raw(w, span_str("{\"schema\":\"https://docs.oasis-open.org/"
	    "csaf/csaf/v2.0/csaf_json_schema.json\",\"version\":\"2.0\"}"));
	json_put_member_str(w, "id", d->id);
	json_put_key(w, "link");
	json_put_open(w, '[');
	put_link(w, "self", p, d->path, "");
	put_link(w, "hash", p, d->path, ".sha256");
	put_link(w, "hash", p, d->path, ".sha512");
	put_link(w, "signature", p, d->path, ".asc");
	json_put_close(w, ']');
	put_time(w, "published", d->first_s);
	json_put_key(w, "summary");
	json_put_open(w, '{');
	json_put_member_span(w, "content", d->title);
	json_put_close(w, '}');
	json_put_member_span(w, "title", d->title);
	put_time(w, "updated", d->last_s);
	json_put_close(w, '}');
}

void
csaf_feed_write(const struct csaf_provider *p, const struct csaf_listed *doc,
    size_t n, struct buf *out)
{
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_key(&w, "feed");
	json_put_open(&w, '{');
	json_put_key(&w, "category");
	json_put_raw(&w, span_str("[{\"scheme\":\"urn:ietf:params:rolie:"
	    "category:information-type\",\"term\":\"csaf\"}]"));
	json_put_key(&w, "entry");
	json_put_open(&w, '[');
	for (size_t i = 0; i < n; i++)
		put_entry(&w, p, &doc[i]);
	json_put_close(&w, ']');
	json_put_member_str(&w, "id", "almenara-csaf-white");
	json_put_key(&w, "link");
	json_put_open(&w, '[');
	json_put_open(&w, '{');
	put_url(&w, "href", p->url, CSAF_FEED, "", "");
	json_put_member_str(&w, "rel", "self");
	json_put_close(&w, '}');
	json_put_close(&w, ']');
	json_put_member_str(&w, "title", p->name);
	put_time(&w, "updated", n != 0 ? doc[0].last_s : p->updated_s);
	json_put_close(&w, '}');
	json_put_close(&w, '}');
	buf_put_str(out, "\n");
}

/* --- the folder --- */

void
csaf_index_write(const struct csaf_listed *doc, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++)
		buf_put_format(out, "%s\n", doc[i].path);
}

void
csaf_changes_write(const struct csaf_listed *doc, size_t n, struct buf *out)
{
	char iso[INSTANT_TEXT_MAX];

	for (size_t i = 0; i < n; i++) {
		wall_write((struct wall){ doc[i].last_s * 1000 }, iso);
		buf_put_format(out, "\"%s\",\"%s\"\n", doc[i].path, iso);
	}
}

/* For who follows links: names alone, which hold nothing that HTML escapes. */
void
csaf_listing_write(const struct csaf_listed *doc, size_t n, struct buf *out)
{
	/* paragraphs, for targets apart enough without a style */
	buf_put_str(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
	    "content=\"width=device-width,initial-scale=1\">\n"
	    "<title>CSAF 2.0, TLP:CLEAR</title>\n</head>\n<body>\n<main>\n"
	    "<h1>CSAF 2.0, TLP:CLEAR</h1>\n<ul>\n"
	    "<li><p><a href=\"index.txt\">index.txt</a></p></li>\n"
	    "<li><p><a href=\"changes.csv\">changes.csv</a></p></li>\n"
	    "<li><p><a href=\"feed.json\">feed.json</a></p></li>\n");
	for (size_t i = 0; i < n; i++)
		buf_put_format(out, "<li><p><a href=\"%s\">%s</a></p></li>\n",
		    doc[i].path, doc[i].path);
	buf_put_str(out, "</ul>\n</main>\n</body>\n</html>\n");
}

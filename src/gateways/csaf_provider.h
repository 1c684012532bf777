/* SPDX-License-Identifier: Apache-2.0
 *
 * The lists by which the documents of a CSAF 2.0 trusted provider (section 7)
 * are found: provider-metadata.json, the ROLIE feed, index.txt and
 * changes.csv. Everything listed is TLP:WHITE, as CSAF 2.0 calls what
 * everybody may read. Pure.
 */
#ifndef GATEWAYS_CSAF_PROVIDER_H
#define GATEWAYS_CSAF_PROVIDER_H

#include "base/buf.h"
#include "base/span.h"

#include <stddef.h>
#include <stdint.h>

/* Folders and files, below the root of the site. */
#define CSAF_FOLDER "csaf/white/"
#define CSAF_FEED CSAF_FOLDER "feed.json"
#define CSAF_KEY "csaf/openpgp.asc"
#define CSAF_METADATA ".well-known/csaf/provider-metadata.json"

enum { CSAF_PATH = 128 };

struct csaf_provider {
	const char *url;       /* of the site, ends in "/" */
	const char *name;
	const char *contact;   /* "" if there is none */
	const char *fingerprint; /* of the OpenPGP key, hexadecimal */
	int64_t updated_s;
};

/* One document. */
struct csaf_listed {
	const char *id;     /* document.tracking.id */
	const char *path;   /* below CSAF_FOLDER: csaf_path */
	struct span title;
	int64_t first_s;    /* initial_release_date */
	int64_t last_s;     /* current_release_date */
};

/* "2026/uy-0190b7e2-....json": by the year of its first release. False if it
 * is too long. */
bool csaf_place(const char *id, int64_t first_s, char out[CSAF_PATH]);

void csaf_provider_write(const struct csaf_provider *p, struct buf *out);

/* `n` documents, newest first. */
void csaf_feed_write(const struct csaf_provider *p,
    const struct csaf_listed *doc, size_t n, struct buf *out);
void csaf_index_write(const struct csaf_listed *doc, size_t n,
    struct buf *out);
void csaf_listing_write(const struct csaf_listed *doc, size_t n,
    struct buf *out);
void csaf_changes_write(const struct csaf_listed *doc, size_t n,
    struct buf *out);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files that make pages share.
 */
#ifndef SITE_PAGES_INSIDE_H
#define SITE_PAGES_INSIDE_H

#include "base/limits.h"
#include "site/guides.h"
#include "site/pages.h"

enum page {
	PAGE_HOME,
	PAGE_NOTICE,
	PAGE_GONE,
	PAGE_ARCHIVE,
	PAGE_NETWORK,
	PAGE_DIRECTORY,
	PAGE_RFC2350,
	PAGE_RFC2350_TEXT,
	PAGE_VERIFY,
	PAGE_ACCESSIBILITY,
	PAGE_PRIVACY,
	PAGE_GUIDES,
	PAGE_GUIDE,
	PAGE_REPORT,
	PAGE_WEAKNESS,
	PAGE_DISCLOSURE,
	PAGE_SEARCH,
	PAGE_ORIGIN,
	PAGE_ORIGIN_TEXT,
	PAGE_MEMBERS,
	PAGE_WIDGET,
	PAGE_404,
	PAGE_500,
	PAGE_CHOOSER,
	PAGE_FEED,
	PAGE_CAP,
	PAGE_SITEMAP,
	PAGE_SECURITY,
	PAGES
};

struct finder_memory;

struct pages_set {
	struct site_about *about;
	struct site_model model;
	struct template *t[PAGES];
	struct span style, widget;
	struct guides guides;
	struct site_card card; /* what the program brings */
	struct arena brought;  /* its text */
	struct finder_memory *lines;
	struct arena a;
	struct buf json, page;
	size_t faults;
	char first[64];
};

/* Begin what a page says in p->json. */
void pages_begin(struct pages_set *p, struct json_out *w, enum lang lang,
    const char *page);

/* Fill the template with what stands in p->json, into p->page. False: nothing
 * was made. */
bool pages_fill(struct pages_set *p, enum page page, enum lang lang);

/* End what it says, fill the template, put the file. */
void pages_finish(struct pages_set *p, struct json_out *w, enum page page,
    enum lang lang, const char *path, pages_put_fn *put, void *ctx);

void pages_path(char out[LIMIT_SITE_PATH + 1], enum lang lang,
    const char *page, const char *file);

/* Does it stand now? */
bool pages_is_in_force(const struct site_notice *n, int64_t now_s);

/* For other sites of the state: what is at the highest level now, as a feed
 * and as a page. Of `n` notices, newest first. */
void pages_banner(struct pages_set *p, const struct site_notice *const *notice,
    size_t n, int64_t now_s, pages_put_fn *put, void *ctx);

/* What is a notice of something, of `n`: guides stand elsewhere. Caller frees;
 * `n` is how many. */
const struct site_notice **pages_only_news(
    const struct site_notice *const *notice, size_t *n);

/* What a joint site says of where a notice is from, behind its text. */
void pages_origin_text(struct pages_set *p, const struct site_notice *n,
    enum lang lang, struct buf *out);

/* Read the description that the program brings. The file stands in `f`. */
MUST enum err pages_open_card(struct pages_set *p,
    const struct template_source *from, struct fault *f);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Which guides stand on the site: those that this program brings (site/guides/)
 * until a record of the own team with the same name takes their place, and
 * those that only the team has. The one that is named "disclosure" is only a
 * text to start from, since it makes promises: it stands nowhere before the
 * team has a record of that name. Pure.
 */
#ifndef SITE_GUIDES_H
#define SITE_GUIDES_H

#include "site/model.h"
#include "site/template.h"

enum { GUIDES_MAX = 64, GUIDES_BROUGHT = 16, GUIDE_NAME = 40 };

struct guide {
	char name[GUIDE_NAME + 1];
	int64_t rank;
	struct json_val body;
};

struct guides {
	struct guide at[GUIDES_MAX];
	size_t n;
	struct guide policy; /* of disclosure, with a page of its own: */
	bool has_policy;     /* only the team says it */
	struct guide first[GUIDES_BROUGHT]; /* what the program brings */
	size_t brought;
	struct arena a; /* of these */
};

/* The name of what is brought, NULL at the end. */
const char *guides_brought(size_t i);

/* Read what is brought. ERR_NOT_FOUND, or what is wrong, with the file in
 * `f`. */
MUST enum err guides_open(const struct template_source *from,
    struct guides *out, struct fault *f);
void guides_close(struct guides *g);

/* Put in their places what the team has: of `n` notices, newest first. Bodies
 * are borrowed until the next call. */
void guides_take(struct guides *g, const struct site_notice *const *notice,
    size_t n, const char *team);

#endif

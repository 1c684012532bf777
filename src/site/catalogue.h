/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of the site in one language. English stands in the templates; the
 * others come from locale/<language>.po, which the build turns into what mo.h
 * reads and carries inside the program. The pseudo-language "qps" makes every
 * word longer, accented and bracketed, so that what was not given to be
 * translated, or does not fit, is seen. Pure.
 */
#ifndef SITE_CATALOGUE_H
#define SITE_CATALOGUE_H

#include "base/arena.h"
#include "base/embed.h"
#include "base/err.h"
#include "schema/words.h"
#include "site/mo.h"

struct catalogue {
	bool is_pseudo;
	bool has_mo;
	struct mo mo;
};

/* What the build made of locale/. */
extern const struct embed_set locale_files;

/* ERR_NOT_FOUND, and the errors of mo_open. */
MUST enum err catalogue_open(const struct embed_set *files, enum lang lang,
    struct catalogue *out, struct fault *f);
struct catalogue catalogue_pseudo(void);

/* The words for `english`; those themselves if there are none, or without a
 * catalogue. */
struct span catalogue_text(const struct catalogue *c, struct span english,
    struct arena *a);
struct span catalogue_count(const struct catalogue *c, struct span one,
    struct span many, uint64_t n, struct arena *a);

/* Are there words for it? (In English and the pseudo-language always.) */
bool catalogue_has(const struct catalogue *c, struct span one,
    struct span many);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Refusals in four languages.
 */
#include "node/refusals.h"

#include <stdlib.h>
#include <string.h>

/* In the order of strcmp over the English ones, as a test sees to. */
static const struct names rows[] = {
#define REFUSAL(en, es, pt, fr) { { en, es, pt, fr } },
#include "node/refusals.def"
#undef REFUSAL
};

static int
by_english(const void *key, const void *row)
{
	const struct names *r = row;

	return strcmp(key, r->in[LANG_EN]);
}

const char *
refusals_find(const char *english, enum lang lang)
{
	const struct names *r = bsearch(english, rows,
	    sizeof rows / sizeof rows[0], sizeof rows[0], by_english);

	return r != NULL ? r->in[lang] : english;
}

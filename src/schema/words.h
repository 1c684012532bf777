/* SPDX-License-Identifier: Apache-2.0
 *
 * The four languages of the network and the fixed words of the interface
 * (schemas/words.json). Free text of a notice may come in any language; what
 * the product itself says exists in these four, always all of them.
 */
#ifndef SCHEMA_WORDS_H
#define SCHEMA_WORDS_H

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>

struct schema;

enum lang { LANG_EN, LANG_ES, LANG_PT, LANG_FR, LANG_COUNT };

/* One thing named in the four languages: NUL-ended UTF-8, never NULL, never
 * empty once loaded. Lives as long as its schema. */
struct names {
	const char *in[LANG_COUNT];
};

/* "en", "es", "pt", "fr". */
const char *lang_tag(enum lang l);

/* The language of a locale or BCP 47 string: "es_UY.UTF-8", "pt-BR", "fr".
 * `fallback` for the others, for "C", "POSIX" and for "". */
enum lang lang_of(struct span locale, enum lang fallback);

/* A BCP 47 tag as the network writes them (RFC 5646, short form): "es",
 * "pt-BR", "zh-Hant". */
bool lang_is_tag(struct span s);

/* The word `id` in `l`; `id` itself if there is no such word, so that it is
 * seen and nothing breaks. Never NULL. */
const char *word(const struct schema *s, const char *id, enum lang l);

/* The same for a word counted by `n`: ids "<id>_one" and "<id>_many". */
const char *word_count(const struct schema *s, const char *id, size_t n,
    enum lang l);

#endif

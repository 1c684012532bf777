/* SPDX-License-Identifier: Apache-2.0
 *
 * Languages and words.
 */
#include "schema/words.h"

#include "schema/set.h"

#include <stdio.h>

static const char *const tags[LANG_COUNT] = { "en", "es", "pt", "fr" };

const char *
lang_tag(enum lang l)
{
	return tags[l];
}

static bool
is_letter(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

enum lang
lang_of(struct span locale, enum lang fallback)
{
	if (locale.n < 2 || (locale.n > 2 && (is_letter(locale.p[2]) ||
	    is_digit(locale.p[2]))))
		return fallback;
	for (int l = 0; l < LANG_COUNT; l++) {
		/* tags are ASCII letters: bit 5 is their case */
		if ((locale.p[0] | 0x20) == tags[l][0] &&
		    (locale.p[1] | 0x20) == tags[l][1])
			return (enum lang)l;
	}
	return fallback;
}

bool
lang_is_tag(struct span s)
{
	size_t part = 0, n = 0;

	if (s.n < 2 || s.n > 35)
		return false;
	for (size_t i = 0; i <= s.n; i++) {
		if (i == s.n || s.p[i] == '-') {
			/* the language has 2 or 3 letters, the rest 2 to 8 */
			if (n < 2 || n > (part == 0 ? 3 : 8))
				return false;
			part++;
			n = 0;
		} else if (is_letter(s.p[i]) ||
		    (part > 0 && is_digit(s.p[i]))) {
			n++;
		} else {
			return false;
		}
	}
	return true;
}

const char *
word(const struct schema *s, const char *id, enum lang l)
{
	for (size_t i = 0; i < s->word_count; i++) {
		if (strcmp(s->word[i].id, id) == 0)
			return s->word[i].names.in[l];
	}
	return id;
}

const char *
word_count(const struct schema *s, const char *id, size_t n, enum lang l)
{
	/* French counts nought as one (CLDR plural rules) */
	bool is_one = n == 1 || (l == LANG_FR && n == 0);
	char full[64];

	snprintf(full, sizeof full, "%s_%s", id, is_one ? "one" : "many");
	for (size_t i = 0; i < s->word_count; i++) {
		if (strcmp(s->word[i].id, full) == 0)
			return s->word[i].names.in[l];
	}
	return id;
}

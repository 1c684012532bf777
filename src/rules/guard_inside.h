/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the files of the guard.
 */
#ifndef RULES_GUARD_INSIDE_H
#define RULES_GUARD_INSIDE_H

#include "rules/guard.h"

/* Call `fn` for each text of a body, with its path. */
typedef void guard_walk_fn(void *ctx, const char *path, struct span text);
void guard_walk(struct json_val body, struct arena *a, guard_walk_fn *fn,
    void *ctx);

void guard_add(struct guard *g, enum guard_rule rule, const char *path,
    size_t at, size_t n);

/* Look through one text. */
void guard_find(const struct guard_ask *ask, const char *path,
    struct span text, struct guard *g);

/* Bytes of a text, past its end 0. */
static inline unsigned char
guard_byte(struct span s, size_t i)
{
	return i < s.n ? s.p[i] : 0;
}

static inline bool
guard_is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
guard_is_alpha(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool
guard_is_word(unsigned char c)
{
	return guard_is_digit(c) || guard_is_alpha(c) || c >= 0x80;
}

static inline unsigned char
guard_lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
}

/* Does `word` (lower case) stand at `at`, in any case? */
static inline bool
guard_has(struct span s, size_t at, const char *word)
{
	size_t i = 0;

	while (word[i] != '\0' && guard_lower(guard_byte(s, at + i)) ==
	    (unsigned char)word[i])
		i++;
	return word[i] == '\0';
}

#endif

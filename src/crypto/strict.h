/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading JOSE members strictly, for the files of this folder only: exactly
 * the members named, strings without escapes (base64url and the names of
 * algorithms need none, so an escape would be a second spelling).
 */
#ifndef CRYPTO_STRICT_H
#define CRYPTO_STRICT_H

#include "base/code.h"
#include "base/err.h"
#include "base/json.h"

/* `v` is an object with exactly the `n` members of `names`. */
MUST static inline enum err
strict_members(struct json_val v, const char *const *names, size_t n,
    struct fault *f)
{
	if (v.type != JSON_OBJECT)
		return fault_at(f, ERR_SCHEMA, json_at(v), NULL,
		    "an object belongs here");
	for (size_t i = 0; i < n; i++)
		if (json_get(v, names[i]).type == JSON_ABSENT)
			return fault_at(f, ERR_SCHEMA, json_at(v), names[i],
			    "the member is missing");
	if (json_count(v) != n)
		return fault_at(f, ERR_SCHEMA, json_at(v), NULL,
		    "a member that does not belong here");
	return ERR_NONE;
}

/* The bytes between the quotes of string `v`. */
MUST static inline enum err
strict_string(struct json_val v, const char *field, struct span *out,
    struct fault *f)
{
	struct span raw = json_raw(v);

	if (v.type != JSON_STRING)
		return fault_at(f, ERR_SCHEMA, json_at(v), field,
		    "a string belongs here");
	raw = span_of(raw.p + 1, raw.n - 2);
	if (raw.n != 0 && memchr(raw.p, '\\', raw.n) != NULL)
		return fault_at(f, ERR_CANONICAL, json_at(v), field,
		    "an escape where none is needed");
	*out = raw;
	return ERR_NONE;
}

/* Exactly `n` bytes in base64url. */
MUST static inline enum err
strict_bytes(struct json_val v, const char *field, void *out, size_t n,
    struct fault *f)
{
	struct span s = { 0 };
	enum err e = strict_string(v, field, &s, f);

	if (e != ERR_NONE)
		return e;
	e = code_parse_base64url_fixed(s, out, n);
	if (e != ERR_NONE)
		return fault_at(f, e, json_at(v), field,
		    e == ERR_CANONICAL ? "base64url is not canonical" :
		    "not base64url of the right length");
	return ERR_NONE;
}

/* Exactly this text. */
MUST static inline enum err
strict_word(struct json_val v, const char *field, const char *word,
    struct fault *f)
{
	struct span s = { 0 };
	enum err e = strict_string(v, field, &s, f);

	if (e == ERR_NONE && !span_is_str(s, word))
		e = fault_at(f, ERR_UNSUPPORTED, json_at(v), field,
		    "is not %s", word);
	return e;
}

/* base64url of any length up to `max` bytes, decoded into `a`. */
MUST static inline enum err
strict_blob(struct span in, size_t max, struct arena *a, struct span *out)
{
	struct buf b;
	enum err e;

	buf_init(&b, max);
	e = code_parse_base64url(in, &b);
	if (e == ERR_NONE)
		*out = arena_copy(a, buf_span(&b));
	buf_release(&b);
	return e;
}

#endif

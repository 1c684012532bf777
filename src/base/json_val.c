/* SPDX-License-Identifier: Apache-2.0
 *
 * Handles to the values of a parsed JSON document. Everything here trusts the
 * tape, which only json.c writes. Numbers become doubles through digits and
 * exponent alone, so that no decimal point of a locale gets in.
 */
#include "base/json.h"

#include "base/json_walk.h"

#include <math.h>

enum {
	DIGITS = 800,        /* 768 decide the nearest double; a rest sticks */
	EXPONENT = 100000000 /* beyond it every number is 0 or too large */
};

static const struct json_val absent = { NULL, 0, JSON_ABSENT };

static inline const struct json_tok *
token(struct json_val v)
{
	return &v.doc->tok[v.i];
}

static struct json_val
value(const struct json *doc, uint32_t i)
{
	return (struct json_val){ doc, i, (enum json_type)doc->tok[i].type };
}

static bool
is_text(const struct json *doc, const struct json_tok *t, struct span s)
{
	struct json_walk w;
	size_t i = 0;
	int c;

	if (!t->escaped)
		return span_is_equal(span_of(doc->text.p + t->at + 1,
		    t->len - 2), s);
	w = json_walk_start(doc->text.p, t);
	while ((c = json_walk_next(&w)) >= 0 && i < s.n && s.p[i] == c)
		i++;
	return c < 0 && i == s.n;
}

static struct span
text_of(const struct json *doc, const struct json_tok *t, struct arena *a)
{
	struct span s = span_of(doc->text.p + t->at + 1, t->len - 2);
	struct json_walk w;
	unsigned char *p;
	size_t n = 0;

	if (!t->escaped)
		return s;
	p = arena_alloc(a, s.n); /* an escape is longer than what it says */
	w = json_walk_start(doc->text.p, t);
	for (int c; (c = json_walk_next(&w)) >= 0;)
		p[n++] = (unsigned char)c;
	return span_of(p, n);
}

struct json_val
json_root(const struct json *doc)
{
	return value(doc, 0);
}

struct json_val
json_get(struct json_val v, const char *key)
{
	const struct span name = span_str(key);
	const struct json_tok *t;
	uint32_t end;

	if (v.type != JSON_OBJECT)
		return absent;
	t = v.doc->tok;
	end = t[v.i].next;
	for (uint32_t k = v.i + 1; k < end; k = t[k + 1].next)
		if (is_text(v.doc, &t[k], name))
			return value(v.doc, k + 1);
	return absent;
}

struct json_val
json_first(struct json_val v)
{
	if (json_count(v) == 0)
		return absent;
	return value(v.doc, v.i + (v.type == JSON_OBJECT ? 2 : 1));
}

struct json_val
json_next(struct json_val parent, struct json_val v)
{
	uint32_t i;

	if (v.type == JSON_ABSENT || json_count(parent) == 0)
		return absent;
	i = token(v)->next;
	if (i >= token(parent)->next)
		return absent;
	return value(v.doc, parent.type == JSON_OBJECT ? i + 1 : i);
}

struct span
json_key(struct json_val member, struct arena *a)
{
	if (member.type == JSON_ABSENT || member.i == 0 ||
	    !token(member)[-1].key)
		return span_of("", 0);
	return text_of(member.doc, token(member) - 1, a);
}

uint32_t
json_count(struct json_val v)
{
	return v.type == JSON_OBJECT || v.type == JSON_ARRAY ?
	    token(v)->kids : 0;
}

struct span
json_raw(struct json_val v)
{
	if (v.type == JSON_ABSENT)
		return span_of("", 0);
	return span_of(v.doc->text.p + token(v)->at, token(v)->len);
}

size_t
json_at(struct json_val v)
{
	return v.type == JSON_ABSENT ? 0 : token(v)->at;
}

enum err
json_text(struct json_val v, struct arena *a, struct span *out)
{
	if (v.type != JSON_STRING)
		return ERR_SCHEMA;
	*out = text_of(v.doc, token(v), a);
	return ERR_NONE;
}

bool
json_is_str(struct json_val v, const char *s)
{
	return v.type == JSON_STRING && is_text(v.doc, token(v), span_str(s));
}

/* Sign and magnitude of an integer. */
static enum err
integer(struct json_val v, bool *minus, uint64_t *out)
{
	struct span s = json_raw(v);
	uint64_t n = 0;
	bool fits = true;
	size_t i;

	if (v.type != JSON_NUMBER)
		return ERR_SCHEMA;
	*minus = s.p[0] == '-';
	for (i = *minus; i < s.n; i++) {
		unsigned d = s.p[i] - (unsigned)'0';

		if (d > 9)
			return ERR_SCHEMA;
		fits = fits && !__builtin_mul_overflow(n, 10U, &n) &&
		    !__builtin_add_overflow(n, d, &n);
	}
	if (*minus && fits && n == 0)
		return ERR_SCHEMA;
	*out = n;
	return fits ? ERR_NONE : ERR_LIMIT;
}

enum err
json_u64(struct json_val v, uint64_t *out)
{
	bool minus;
	uint64_t n;
	enum err e = integer(v, &minus, &n);

	if (e != ERR_NONE)
		return e;
	if (minus)
		return ERR_LIMIT;
	*out = n;
	return ERR_NONE;
}

enum err
json_i64(struct json_val v, int64_t *out)
{
	bool minus;
	uint64_t n;
	enum err e = integer(v, &minus, &n);

	if (e != ERR_NONE)
		return e;
	if (n > (uint64_t)INT64_MAX + minus)
		return ERR_LIMIT;
	*out = minus ? -(int64_t)(n - 1) - 1 : (int64_t)n;
	return ERR_NONE;
}

/* The exponent at s.p[i], which is behind the 'e'; cut off at EXPONENT. */
static int64_t
exponent(struct span s, size_t i)
{
	bool minus = s.p[i] == '-';
	int64_t n = 0;

	for (i += minus || s.p[i] == '+'; i < s.n; i++)
		if (n < EXPONENT)
			n = n * 10 + (s.p[i] - '0');
	return minus ? -n : n;
}

enum err
json_double(struct json_val v, double *out)
{
	char digits[DIGITS + 32];
	struct span s = json_raw(v);
	int64_t e = 0;
	size_t n = 0;
	bool point = false;
	bool rest = false;
	double d;
	size_t i;

	if (v.type != JSON_NUMBER)
		return ERR_SCHEMA;
	for (i = s.p[0] == '-'; i < s.n && (s.p[i] | 0x20) != 'e'; i++) {
		if (s.p[i] == '.') {
			point = true;
			continue;
		}
		e -= point;
		if (n == 0 && s.p[i] == '0')
			continue;
		if (n < DIGITS) {
			digits[n++] = (char)s.p[i];
		} else {
			rest = rest || s.p[i] != '0';
			e++;
		}
	}
	if (i < s.n)
		e += exponent(s, i + 1);
	if (n == 0)
		digits[n++] = '0';
	if (rest) {
		digits[n++] = '1';
		e--;
	}
	snprintf(digits + n, sizeof digits - n, "e%lld", (long long)e);
	d = strtod(digits, NULL);
	if (isinf(d))
		return ERR_LIMIT;
	*out = s.p[0] == '-' ? -d : d;
	return ERR_NONE;
}

enum err
json_bool(struct json_val v, bool *out)
{
	if (v.type != JSON_TRUE && v.type != JSON_FALSE)
		return ERR_SCHEMA;
	*out = v.type == JSON_TRUE;
	return ERR_NONE;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The JSON reader: one pass that checks everything and leaves a flat tape.
 *
 * Plain text inside strings is skipped eight bytes at a time. When an object
 * closes, json_name.c tells whether its names are all different.
 */
#include "base/json.h"

#include "base/json_name.h"
#include "base/json_walk.h"
#include "base/limits.h"

#include <endian.h>

#define EACH(byte) (0x0101010101010101ULL * (byte))

struct scan {
	const unsigned char *text;
	const unsigned char *p; /* the next byte */
	const unsigned char *end;
	struct json_tok *tok;
	uint32_t count;
	uint32_t max;
	unsigned depth;
	unsigned depth_max;
	bool in_value; /* p stands in or before a value of the innermost */
	enum err e;
	const unsigned char *bad;
	const char *rule;
	uint32_t open[JSON_DEPTH_MAX + 1]; /* tokens of open brackets */
};

static bool __attribute__((cold, noinline))
refuse(struct scan *s, enum err e, const unsigned char *at, const char *rule)
{
	s->e = e;
	s->bad = at;
	s->rule = rule;
	return false;
}

static bool __attribute__((cold, noinline))
refuse_syntax(struct scan *s, const unsigned char *at, const char *rule)
{
	return refuse(s, ERR_SYNTAX, at, rule);
}

static inline uint64_t
load(const unsigned char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof w);
	return le64toh(w);
}

static inline bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

/* Unicode, section 23.7. */
static bool
is_noncharacter(uint32_t c)
{
	return (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

/* The escape at s->p, which is a backslash. */
static bool
scan_escape(struct scan *s)
{
	const unsigned char *p = s->p;
	int hi, lo;
	uint32_t c;

	if (s->end - p < 2)
		return refuse_syntax(s, s->end, "the text ends inside a string");
	if (p[1] != 'u') {
		if (p[1] == '\0' || strchr("\"\\/bfnrt", p[1]) == NULL)
			return refuse_syntax(s, p, "no such escape");
		s->p = p + 2;
		return true;
	}
	hi = json_walk_hex(p + 2, s->end);
	if (hi < 0)
		return refuse_syntax(s, p, "\\u needs four hexadecimal digits");
	c = (uint32_t)hi;
	s->p = p + 6;
	if (hi >= 0xd800 && hi <= 0xdfff) {
		lo = s->end - s->p >= 2 && s->p[0] == '\\' && s->p[1] == 'u' ?
		    json_walk_hex(s->p + 2, s->end) : -1;
		if (hi > 0xdbff || lo < 0xdc00 || lo > 0xdfff)
			return refuse_syntax(s, p,
			    "a surrogate stands without its pair");
		c = 0x10000 + (((uint32_t)hi - 0xd800) << 10) +
		    ((uint32_t)lo - 0xdc00);
		s->p += 6;
	}
	if (is_noncharacter(c))
		return refuse_syntax(s, p, "a noncharacter of Unicode");
	return true;
}

/* The character of two to four bytes at s->p (RFC 3629). */
static bool
scan_wide(struct scan *s)
{
	static const char rule[] = "bytes that are not UTF-8";
	const unsigned char *p = s->p;
	unsigned n = p[0] >= 0xf0 ? 3 : p[0] >= 0xe0 ? 2 : 1;
	uint32_t c = p[0] & (0x3fU >> n);

	if (p[0] < 0xc2 || p[0] > 0xf4 || s->end - p <= (ptrdiff_t)n)
		return refuse_syntax(s, p, rule);
	for (unsigned i = 1; i <= n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return refuse_syntax(s, p, rule);
		c = c << 6 | (p[i] & 0x3f);
	}
	if ((n == 2 && (c < 0x800 || (c >= 0xd800 && c <= 0xdfff))) ||
	    (n == 3 && (c < 0x10000 || c > 0x10ffff)))
		return refuse_syntax(s, p, rule);
	if (is_noncharacter(c))
		return refuse_syntax(s, p, "a noncharacter of Unicode");
	s->p = p + n + 1;
	return true;
}

/* Bytes from `p` on that need no thought: no quote, no backslash, no control,
 * nothing over ASCII. The lowest mark of `z` is exact: a borrow only runs up
 * from a byte that is marked itself. */
static inline const unsigned char *
skip_plain(const unsigned char *p, const unsigned char *end)
{
	while (end - p >= 8) {
		uint64_t w = load(p);
		uint64_t q = w ^ EACH('"');
		uint64_t b = w ^ EACH('\\');
		uint64_t z = ((q - EACH(1)) & ~q) | ((b - EACH(1)) & ~b) |
		    (w - EACH(0x20)) | w;

		z &= EACH(0x80);
		if (z != 0)
			return p + (__builtin_ctzll(z) >> 3);
		p += 8;
	}
	while (p < end && *p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\')
		p++;
	return p;
}

/* The string whose opening quote is at s->p. */
static bool
scan_string(struct scan *s, bool *escaped)
{
	*escaped = false;
	for (s->p++;;) {
		s->p = skip_plain(s->p, s->end);
		if (s->p >= s->end)
			return refuse_syntax(s, s->end,
			    "the text ends inside a string");
		if (*s->p == '"') {
			s->p++;
			return true;
		}
		if (*s->p == '\\') {
			*escaped = true;
			if (!scan_escape(s))
				return false;
		} else if (*s->p < 0x20) {
			return refuse_syntax(s, s->p,
			    "a control character in a string");
		} else if (!scan_wide(s)) {
			return false;
		}
	}
}

static bool
scan_digits(struct scan *s)
{
	if (s->p >= s->end || !is_digit(*s->p))
		return refuse_syntax(s, s->p, "a digit is expected");
	while (s->p < s->end && is_digit(*s->p))
		s->p++;
	return true;
}

static bool
scan_number(struct scan *s)
{
	if (*s->p == '-')
		s->p++;
	if (s->p < s->end && *s->p == '0') {
		s->p++;
		if (s->p < s->end && is_digit(*s->p))
			return refuse_syntax(s, s->p,
			    "a number with a leading zero");
	} else if (!scan_digits(s)) {
		return false;
	}
	if (s->p < s->end && *s->p == '.') {
		s->p++;
		if (!scan_digits(s))
			return false;
	}
	if (s->p < s->end && (*s->p | 0x20) == 'e') {
		s->p++;
		if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
			s->p++;
		return scan_digits(s);
	}
	return true;
}

static bool
scan_word(struct scan *s, const char *word, size_t n)
{
	if ((size_t)(s->end - s->p) < n || memcmp(s->p, word, n) != 0)
		return refuse_syntax(s, s->p, "a value is expected");
	s->p += n;
	return true;
}

static inline void
skip_blank(struct scan *s)
{
	const unsigned char *p = s->p;

	while (p < s->end &&
	    (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r'))
		p++;
	s->p = p;
}

static struct json_tok *
new_token(struct scan *s, enum json_type type)
{
	struct json_tok *t = &s->tok[s->count];

	if (s->count >= s->max) {
		refuse(s, ERR_LIMIT, s->p, "more tokens than allowed");
		return NULL;
	}
	s->count++;
	*t = (struct json_tok){ .at = (uint32_t)(s->p - s->text),
		.next = s->count, .type = (uint8_t)type };
	return t;
}

/* A member name and its colon. */
static bool
scan_name(struct scan *s)
{
	struct json_tok *t;
	bool escaped;

	s->in_value = false;
	skip_blank(s);
	if (s->p >= s->end || *s->p != '"')
		return refuse_syntax(s, s->p, "a member name is expected");
	t = new_token(s, JSON_STRING);
	if (t == NULL || !scan_string(s, &escaped))
		return false;
	t->len = (uint32_t)(s->p - s->text) - t->at;
	t->escaped = escaped;
	t->key = true;
	t->kids = json_name_hash(s->text, s->end, t);
	skip_blank(s);
	if (s->p >= s->end || *s->p != ':')
		return refuse_syntax(s, s->p, "a colon is expected");
	s->p++;
	return true;
}

/* A string, number or word. */
static bool
scan_scalar(struct scan *s)
{
	struct json_tok *t;
	bool escaped = false;
	bool good;

	switch (*s->p) {
	case '"':
		t = new_token(s, JSON_STRING);
		good = t != NULL && scan_string(s, &escaped);
		break;
	case 't':
		t = new_token(s, JSON_TRUE);
		good = t != NULL && scan_word(s, "true", 4);
		break;
	case 'f':
		t = new_token(s, JSON_FALSE);
		good = t != NULL && scan_word(s, "false", 5);
		break;
	case 'n':
		t = new_token(s, JSON_NULL);
		good = t != NULL && scan_word(s, "null", 4);
		break;
	default:
		if (*s->p != '-' && !is_digit(*s->p))
			return refuse_syntax(s, s->p, "a value is expected");
		t = new_token(s, JSON_NUMBER);
		good = t != NULL && scan_number(s);
		break;
	}
	if (!good)
		return false;
	t->len = (uint32_t)(s->p - s->text) - t->at;
	t->escaped = escaped;
	return true;
}

static bool
scan_open(struct scan *s)
{
	if (s->depth >= s->depth_max)
		return refuse(s, ERR_LIMIT, s->p, "more nesting than allowed");
	if (new_token(s, *s->p == '{' ? JSON_OBJECT : JSON_ARRAY) == NULL)
		return false;
	s->open[s->depth++] = s->count - 1;
	s->p++;
	return true;
}

static bool
scan_close(struct scan *s)
{
	uint32_t o = s->open[--s->depth];
	struct json_tok *t = &s->tok[o];
	uint32_t twin;

	s->p++;
	t->len = (uint32_t)(s->p - s->text) - t->at;
	t->next = s->count;
	if (t->type != JSON_OBJECT || t->kids < 2)
		return true;
	twin = json_name_twin(s->text, s->tok, o);
	if (twin == JSON_NAME_NONE)
		return true;
	s->depth++;
	s->in_value = false;
	return refuse(s, ERR_CONFLICT, s->text + s->tok[twin].at,
	    "two members have the same name");
}

/* After a value: close what closes here. True with depth > 0: the next value
 * (its name read) is to come; with depth 0: the value is complete. */
static bool
scan_after(struct scan *s)
{
	while (s->depth != 0) {
		struct json_tok *t = &s->tok[s->open[s->depth - 1]];

		s->in_value = false;
		skip_blank(s);
		if (s->p < s->end && *s->p == ',') {
			s->p++;
			return t->type == JSON_ARRAY || scan_name(s);
		}
		if (s->p >= s->end ||
		    *s->p != (t->type == JSON_OBJECT ? '}' : ']'))
			return refuse_syntax(s, s->p, t->type == JSON_OBJECT ?
			    "a comma or '}' is expected" :
			    "a comma or ']' is expected");
		if (!scan_close(s))
			return false;
	}
	return true;
}

/* Everything up to the end of the text. */
static bool
scan_text(struct scan *s)
{
	do {
		if (s->depth != 0)
			s->tok[s->open[s->depth - 1]].kids++;
		s->in_value = true;
		skip_blank(s);
		if (s->p >= s->end)
			return refuse_syntax(s, s->p,
			    "the text ends where a value is expected");
		if (*s->p != '{' && *s->p != '[') {
			if (!scan_scalar(s))
				return false;
		} else {
			unsigned char close = (unsigned char)(*s->p + 2);

			if (!scan_open(s))
				return false;
			s->in_value = false;
			skip_blank(s);
			if (s->p >= s->end || *s->p != close) {
				if (close == '}' && !scan_name(s))
					return false;
				continue;
			}
			if (!scan_close(s))
				return false;
		}
		if (!scan_after(s))
			return false;
	} while (s->depth != 0);
	skip_blank(s);
	if (s->p != s->end)
		return refuse_syntax(s, s->p,
		    "something follows after the value");
	return true;
}

/* The path of the place of the fault; names that might disturb a terminal or
 * a log are told as '?'. */
static void
write_path(const struct scan *s, char *out, size_t size)
{
	unsigned depth = s->depth;
	size_t n = 0;

	out[0] = '\0';
	for (unsigned d = 0; d < depth && n < size; d++) {
		const struct json_tok *o = &s->tok[s->open[d]];
		uint32_t name = d + 1 < depth ? s->open[d + 1] - 1 :
		    s->count - 1;
		const struct json_tok *k;
		bool plain = true;

		if (d + 1 == depth && !s->in_value)
			return;
		if (o->type == JSON_ARRAY) {
			n += (size_t)snprintf(out + n, size - n, "[%u]",
			    o->kids - 1);
			continue;
		}
		while (name > s->open[d] + 1 && !s->tok[name].key)
			name--;
		k = &s->tok[name];
		for (uint32_t i = 1; i + 1 < k->len; i++) {
			unsigned char c = s->text[k->at + i];

			plain = plain && (is_digit(c) || c == '_' || c == '-' ||
			    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'));
		}
		n += (size_t)snprintf(out + n, size - n, "%s%.*s",
		    n == 0 ? "" : ".", plain ? (int)k->len - 2 : 1,
		    plain ? (const char *)s->text + k->at + 1 : "?");
	}
}

enum err
json_parse(struct span text, unsigned depth, struct json_tok *tok,
    size_t tok_max, struct json *out, struct fault *f)
{
	static const unsigned char bom[3] = { 0xef, 0xbb, 0xbf };
	char path[sizeof f->field];
	struct scan s;

	if (text.n > UINT32_MAX)
		return fault_at(f, ERR_LIMIT, 0, NULL, "text over 4 GiB");
	if (text.n >= sizeof bom && memcmp(text.p, bom, sizeof bom) == 0)
		return fault_at(f, ERR_SYNTAX, 0, NULL,
		    "a byte-order mark stands before the value");
	s.text = s.p = text.n != 0 ? text.p : bom;
	s.end = s.text + text.n;
	s.tok = tok;
	s.count = 0;
	s.max = tok_max < JSON_NAME_NONE ? (uint32_t)tok_max :
	    JSON_NAME_NONE - 1;
	s.depth = 0;
	s.depth_max = depth < JSON_DEPTH_MAX ? depth : JSON_DEPTH_MAX;
	s.in_value = false;
	if (scan_text(&s)) {
		*out = (struct json){ text, tok, s.count };
		return ERR_NONE;
	}
	if (f != NULL) {
		write_path(&s, path, sizeof path);
		fault_at(f, s.e, (size_t)(s.bad - s.text), path, "%s", s.rule);
	}
	return s.e;
}

/* 1 in each byte of `x` that is zero. */
static inline uint64_t
zeros(uint64_t x)
{
	uint64_t low = (x & EACH(0x7f)) + EACH(0x7f);

	return ~(low | x | EACH(0x7f)) >> 7;
}

/* Tokens that `text` has at most: each but the first follows one of , : [ { */
static size_t
token_bound(struct span text)
{
	size_t n = 1;
	size_t i = 0;

	for (; text.n - i >= 8; i += 8) {
		uint64_t w = load(text.p + i);

		n += (zeros(w ^ EACH(',')) + zeros(w ^ EACH(':')) +
		    zeros((w | EACH(0x20)) ^ EACH('{'))) * EACH(1) >> 56;
	}
	for (; i < text.n; i++) {
		unsigned char c = text.p[i];

		n += c == ',' || c == ':' || (c | 0x20) == '{';
	}
	return n;
}

enum err
json_parse_arena(struct span text, unsigned depth, size_t tok_max,
    struct arena *a, struct json *out, struct fault *f)
{
	size_t n = token_bound(text);

	if (n > tok_max)
		n = tok_max;
	return json_parse(text, depth,
	    arena_alloc(a, n * sizeof(struct json_tok)), n, out, f);
}

enum err
json_parse_embed(const struct embed_set *files, const char *name,
    struct arena *a, struct json *out, struct fault *f)
{
	const struct embed *file = embed_find(files, name);

	if (file == NULL)
		return fault_at(f, ERR_NOT_FOUND, 0, name, "is missing");
	return json_parse_arena(span_of(file->p, file->n), LIMIT_JSON_DEPTH,
	    LIMIT_JSON_TOKENS, a, out, f);
}

enum err
json_parse_buf(struct buf *b, struct arena *a, struct json *out,
    struct fault *f)
{
	enum err e = buf_check(b);

	if (e == ERR_NONE)
		e = json_parse_arena(arena_copy(a, buf_span(b)),
		    LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, a, out, f);
	buf_release(b);
	return e;
}

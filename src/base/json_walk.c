/* SPDX-License-Identifier: Apache-2.0
 *
 * Unescaping a checked JSON string byte by byte.
 */
#include "base/json_walk.h"

static int
hex_digit(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int
json_walk_hex(const unsigned char *p, const unsigned char *end)
{
	int v = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int d = hex_digit(p[i]);

		if (d < 0)
			return -1;
		v = v << 4 | d;
	}
	return v;
}

struct json_walk
json_walk_start(const unsigned char *text, const struct json_tok *t)
{
	return (struct json_walk){ .p = text + t->at + 1,
		.end = text + t->at + t->len - 1 };
}

/* Leave the bytes of `c` in w->rest but the first, which is the result. */
static int
walk_character(struct json_walk *w, uint32_t c)
{
	static const unsigned char lead[4] = { 0, 0xc0, 0xe0, 0xf0 };
	unsigned n = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;

	w->rest_n = n;
	for (unsigned i = 0; i < n; i++, c >>= 6)
		w->rest[i] = (unsigned char)(0x80 | (c & 0x3f));
	return (int)(lead[n] | c);
}

int
json_walk_next(struct json_walk *w)
{
	uint32_t c;

	if (w->rest_n != 0)
		return w->rest[--w->rest_n];
	if (w->p >= w->end)
		return -1;
	if (*w->p != '\\')
		return *w->p++;
	w->p += 2;
	switch (w->p[-1]) {
	case 'b': return '\b';
	case 'f': return '\f';
	case 'n': return '\n';
	case 'r': return '\r';
	case 't': return '\t';
	case 'u': break;
	default: return w->p[-1];
	}
	c = (uint32_t)json_walk_hex(w->p, w->end);
	w->p += 4;
	if (c >= 0xd800 && c <= 0xdbff) {
		c = 0x10000 + ((c - 0xd800) << 10) +
		    ((uint32_t)json_walk_hex(w->p + 2, w->end) - 0xdc00);
		w->p += 6;
	}
	return walk_character(w, c);
}

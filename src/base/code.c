/* SPDX-License-Identifier: Apache-2.0
 *
 * Hex and base64, canonical only.
 */
#include "base/code.h"

#include <stdint.h>

static const char std_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
code_write_hex(struct buf *out, struct span in)
{
	static const char digit[] = "0123456789abcdef";
	unsigned char *o = buf_extend(out, in.n * 2);

	for (size_t i = 0; o != NULL && i < in.n; i++) {
		*o++ = (unsigned char)digit[in.p[i] >> 4];
		*o++ = (unsigned char)digit[in.p[i] & 15];
	}
}

/* What each 12 bits are written as: half the look-ups. Made when it is first
 * wanted. */
struct pairs {
	const char *alphabet;
	bool is_made;
	unsigned char of[4096][2];
};

static void
make_pairs(struct pairs *p)
{
	for (unsigned i = 0; i < 4096; i++) {
		p->of[i][0] = (unsigned char)p->alphabet[i >> 6];
		p->of[i][1] = (unsigned char)p->alphabet[i & 63];
	}
	p->is_made = true;
}

static void
write_base64(struct buf *out, struct span in, struct pairs *pairs, bool pad)
{
	const char *alphabet = pairs->alphabet;
	size_t rest = in.n % 3, tail = rest == 0 ? 0 : pad ? 4 : rest + 1;
	unsigned char *o = buf_extend(out, in.n / 3 * 4 + tail);
	const unsigned char *p = in.p, *end;
	uint32_t v;

	if (o == NULL || in.n == 0)
		return;
	end = p + (in.n - rest);
	if (!pairs->is_made)
		make_pairs(pairs);
	for (; p < end; p += 3, o += 4) {
		v = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
		memcpy(o, pairs->of[v >> 12], 2);
		memcpy(o + 2, pairs->of[v & 4095], 2);
	}
	if (rest == 0)
		return;
	v = (uint32_t)p[0] << 16 | (rest == 2 ? (uint32_t)p[1] << 8 : 0);
	*o++ = (unsigned char)alphabet[v >> 18];
	*o++ = (unsigned char)alphabet[v >> 12 & 63];
	if (rest == 2)
		*o++ = (unsigned char)alphabet[v >> 6 & 63];
	else if (pad)
		*o++ = '=';
	if (pad)
		*o = '=';
}

void
code_write_base64(struct buf *out, struct span in)
{
	static struct pairs std = { .alphabet = std_alphabet };

	write_base64(out, in, &std, true);
}

void
code_write_base64url(struct buf *out, struct span in)
{
	static struct pairs url = { .alphabet = url_alphabet };

	write_base64(out, in, &url, false);
}

/* The value of a digit and, so that zero is no digit, 64. */
#define VALUES(c62, c63) {                                                    \
	['A'] = 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78,   \
	79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89,                           \
	['a'] = 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 102, 103,   \
	104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115,           \
	['0'] = 116, 117, 118, 119, 120, 121, 122, 123, 124, 125,             \
	[c62] = 126, [c63] = 127 }

static const unsigned char std_values[256] = VALUES('+', '/');
static const unsigned char url_values[256] = VALUES('-', '_');

/* Why the first character that is no digit cannot stand there. */
static enum err
refuse_digit(const unsigned char *p, const unsigned char *values)
{
	while (values[*p] != 0)
		p++;
	return *p == '=' ? ERR_CANONICAL : ERR_SYNTAX;
}

/* Decode digits without padding into o; the caller made room. */
static enum err
decode_digits(struct span in, const unsigned char *values, unsigned char *o)
{
	const unsigned char *p = in.p;
	unsigned char last[4] = { 'A', 'A', 'A', 'A' };
	size_t rest = in.n % 4;
	uint32_t v = 0;

	for (size_t i = 0; i < in.n / 4; i++, p += 4) {
		uint32_t a = values[p[0]], b = values[p[1]],
		    c = values[p[2]], d = values[p[3]];

		if ((a & b & c & d) == 0)
			return refuse_digit(p, values);
		v = (a & 63) << 18 | (b & 63) << 12 | (c & 63) << 6 | (d & 63);
		*o++ = (unsigned char)(v >> 16);
		*o++ = (unsigned char)(v >> 8);
		*o++ = (unsigned char)v;
	}
	if (rest == 0)
		return ERR_NONE;
	memcpy(last, p, rest);
	v = 0;
	for (int i = 0; i < 4; i++) {
		if (values[last[i]] == 0)
			return refuse_digit(last, values);
		v = v << 6 | (values[last[i]] & 63);
	}
	*o++ = (unsigned char)(v >> 16);
	if (rest == 3)
		*o++ = (unsigned char)(v >> 8);
	return (v & (rest == 3 ? 0xffu : 0xffffu)) == 0 ? ERR_NONE :
	    ERR_CANONICAL;
}

static enum err
parse_base64(struct span in, bool url, struct buf *out)
{
	size_t start = out->n;
	unsigned char *o;
	enum err e;

	if (!url) {
		if (in.n % 4 != 0)
			return ERR_CANONICAL;
		for (int i = 0; i < 2 && in.n != 0 && in.p[in.n - 1] == '='; i++)
			in.n--;
	}
	if (in.n % 4 == 1)
		return ERR_SYNTAX;
	o = buf_extend(out, in.n / 4 * 3 + (in.n % 4 != 0 ? in.n % 4 - 1 : 0));
	if (o == NULL)
		return ERR_LIMIT;
	e = decode_digits(in, url ? url_values : std_values, o);
	if (e != ERR_NONE)
		out->n = start;
	return e;
}

enum err
code_parse_base64(struct span in, struct buf *out)
{
	return parse_base64(in, false, out);
}

enum err
code_parse_base64url(struct span in, struct buf *out)
{
	return parse_base64(in, true, out);
}

static int
hex_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? -2 : -1;
}

enum err
code_parse_hex(struct span in, struct buf *out)
{
	size_t start = out->n;
	unsigned char *o;

	if (in.n % 2 != 0)
		return ERR_SYNTAX;
	o = buf_extend(out, in.n / 2);
	if (o == NULL)
		return ERR_LIMIT;
	for (size_t i = 0; i < in.n; i += 2) {
		int a = hex_value(in.p[i]), b = hex_value(in.p[i + 1]);

		if (a < 0 || b < 0) {
			out->n = start;
			return a == -1 || b == -1 ? ERR_SYNTAX : ERR_CANONICAL;
		}
		*o++ = (unsigned char)(a << 4 | b);
	}
	return ERR_NONE;
}

static enum err
parse_fixed(enum err (*parse)(struct span, struct buf *), struct span in,
    void *out, size_t n)
{
	unsigned char room[513];
	/* A buffer over the stack: cap keeps buf_extend from growing it. */
	struct buf b = { .p = room, .cap = sizeof room, .max = 512 };
	enum err e = parse(in, &b);

	if (e == ERR_LIMIT || (e == ERR_NONE && b.n != n))
		e = ERR_SYNTAX;
	if (e == ERR_NONE)
		memcpy(out, room, n);
	explicit_bzero(room, sizeof room);
	return e;
}

enum err
code_parse_hex_fixed(struct span in, void *out, size_t n)
{
	return parse_fixed(code_parse_hex, in, out, n);
}

enum err
code_parse_base64_fixed(struct span in, void *out, size_t n)
{
	return parse_fixed(code_parse_base64, in, out, n);
}

enum err
code_parse_base64url_fixed(struct span in, void *out, size_t n)
{
	unsigned char room[64];

	/* the right number of digits: at once, others for their fault */
	if (n <= sizeof room && in.n == (n * 8 + 5) / 6 &&
	    decode_digits(in, url_values, room) == ERR_NONE) {
		memcpy(out, room, n);
		explicit_bzero(room, n);
		return ERR_NONE;
	}
	return parse_fixed(code_parse_base64url, in, out, n);
}

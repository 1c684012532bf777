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

static void
write_base64(struct buf *out, struct span in, const char *alphabet, bool pad)
{
	size_t rest = in.n % 3, tail = rest == 0 ? 0 : pad ? 4 : rest + 1;
	unsigned char *o = buf_extend(out, in.n / 3 * 4 + tail);
	const unsigned char *p = in.p;
	uint32_t v;

	if (o == NULL)
		return;
	for (size_t i = 0; i < in.n / 3; i++, p += 3) {
		v = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
		*o++ = (unsigned char)alphabet[v >> 18];
		*o++ = (unsigned char)alphabet[v >> 12 & 63];
		*o++ = (unsigned char)alphabet[v >> 6 & 63];
		*o++ = (unsigned char)alphabet[v & 63];
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
	write_base64(out, in, std_alphabet, true);
}

void
code_write_base64url(struct buf *out, struct span in)
{
	write_base64(out, in, url_alphabet, false);
}

/* Value of a digit of the alphabet whose last two characters are c62, c63;
 * -1 for any other character. */
static int
digit_value(unsigned char c, bool url)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == (url ? '-' : '+'))
		return 62;
	if (c == (url ? '_' : '/'))
		return 63;
	return -1;
}

/* Decode digits without padding into o; the caller made room. */
static enum err
decode_digits(struct span in, bool url, unsigned char *o)
{
	uint32_t acc = 0;
	unsigned bits = 0;

	for (size_t i = 0; i < in.n; i++) {
		int v = digit_value(in.p[i], url);

		if (v < 0)
			return in.p[i] == '=' ? ERR_CANONICAL : ERR_SYNTAX;
		acc = acc << 6 | (uint32_t)v;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			*o++ = (unsigned char)(acc >> bits);
			acc &= (1u << bits) - 1;
		}
	}
	return acc == 0 ? ERR_NONE : ERR_CANONICAL;
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
	e = decode_digits(in, url, o);
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
	return parse_fixed(code_parse_base64url, in, out, n);
}

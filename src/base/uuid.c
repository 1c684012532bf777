/* SPDX-License-Identifier: Apache-2.0
 *
 * UUID version 7.
 */
#include "base/uuid.h"

#include "base/code.h"

struct uuid
uuid_make(struct wall t, const unsigned char random[10])
{
	struct uuid u;

	for (int i = 0; i < 6; i++)
		u.b[i] = (unsigned char)((uint64_t)t.ms >> (40 - 8 * i));
	memcpy(u.b + 6, random, 10);
	u.b[6] = (unsigned char)(0x70 | (u.b[6] & 0x0f));
	u.b[8] = (unsigned char)(0x80 | (u.b[8] & 0x3f));
	return u;
}

void
uuid_write(const struct uuid *u, char out[UUID_TEXT + 1])
{
	static const char digit[] = "0123456789abcdef";
	char *o = out;

	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*o++ = '-';
		*o++ = digit[u->b[i] >> 4];
		*o++ = digit[u->b[i] & 15];
	}
	*o = '\0';
}

enum err
uuid_parse(struct span s, struct uuid *out)
{
	unsigned char hex[32];
	struct uuid u;
	size_t k = 0;
	enum err e;

	if (s.n != UUID_TEXT)
		return ERR_SYNTAX;
	for (size_t i = 0; i < UUID_TEXT; i++) {
		bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;

		if (hyphen != (s.p[i] == '-'))
			return ERR_SYNTAX;
		if (!hyphen)
			hex[k++] = s.p[i];
	}
	e = code_parse_hex_fixed(span_of(hex, sizeof hex), u.b, sizeof u.b);
	if (e != ERR_NONE)
		return e;
	if ((u.b[8] & 0xc0) != 0x80)
		return ERR_SYNTAX;
	*out = u;
	return ERR_NONE;
}

bool
uuid_is_v7(const struct uuid *u)
{
	return u->b[6] >> 4 == 7;
}

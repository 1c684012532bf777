/* SPDX-License-Identifier: Apache-2.0
 *
 * Networks of addresses.
 */
#include "base/prefix.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { V4_BITS = 96 }; /* before an IPv4 address in 16 bytes */

static const unsigned char v4_head[12] = { [10] = 0xff, [11] = 0xff };

static bool
bits_parse(struct span s, unsigned most, unsigned *out)
{
	unsigned n = 0;

	if (s.n == 0 || s.n > 3)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		n = n * 10 + (unsigned)(s.p[i] - '0');
	}
	*out = n;
	return n <= most;
}

enum err
prefix_parse(struct span s, struct prefix *out)
{
	const unsigned char *slash = s.n == 0 ? NULL : memchr(s.p, '/', s.n);
	size_t n = slash != NULL ? (size_t)(slash - s.p) : s.n;
	struct prefix p = { .bits = 128 };
	char text[64];
	bool is_v4;

	if (n == 0 || n >= sizeof text || memchr(s.p, '\0', n) != NULL)
		return ERR_SYNTAX;
	snprintf(text, sizeof text, "%.*s", (int)n, (const char *)s.p);
	is_v4 = inet_pton(AF_INET, text, p.b + sizeof v4_head) == 1;
	if (is_v4)
		memcpy(p.b, v4_head, sizeof v4_head);
	else if (inet_pton(AF_INET6, text, p.b) != 1)
		return ERR_SYNTAX;
	if (slash != NULL && !bits_parse(span_of(slash + 1, s.n - n - 1),
	    is_v4 ? 32 : 128, &p.bits))
		return ERR_SYNTAX;
	if (slash != NULL && is_v4)
		p.bits += V4_BITS;
	*out = p;
	return ERR_NONE;
}

void
prefix_mask(struct prefix *p)
{
	for (unsigned i = 0; i < 16; i++) {
		unsigned left = p->bits > 8 * i ? p->bits - 8 * i : 0;

		if (left < 8)
			p->b[i] &= (unsigned char)(0xff00U >> left);
	}
}

void
prefix_write(const struct prefix *p, char out[PREFIX_TEXT])
{
	bool is_v4 = p->bits >= V4_BITS &&
	    memcmp(p->b, v4_head, sizeof v4_head) == 0;
	char text[INET6_ADDRSTRLEN] = "";

	if (is_v4)
		(void)inet_ntop(AF_INET, p->b + sizeof v4_head, text,
		    sizeof text);
	else
		(void)inet_ntop(AF_INET6, p->b, text, sizeof text);
	if (p->bits == 128)
		snprintf(out, PREFIX_TEXT, "%s", text);
	else
		snprintf(out, PREFIX_TEXT, "%s/%u", text,
		    is_v4 ? p->bits - V4_BITS : p->bits);
}

bool
prefix_has(const struct prefix *p, const unsigned char address[16])
{
	unsigned whole = p->bits / 8, rest = p->bits % 8;

	if (memcmp(address, p->b, whole) != 0)
		return false;
	return rest == 0 ||
	    ((address[whole] ^ p->b[whole]) >> (8 - rest)) == 0;
}

bool
prefix_covers(const struct prefix *wide, const struct prefix *narrow)
{
	return wide->bits <= narrow->bits && prefix_has(wide, narrow->b);
}

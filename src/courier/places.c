/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses and networks.
 */
#include "courier/places.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const inside[] = {
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8",
	"169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16",
	"198.18.0.0/15", "224.0.0.0/3", "::/96", "64:ff9b::/96",
	"64:ff9b:1::/48", "100::/64", "2001::/32", "2002::/16", "fc00::/7",
	"fe80::/10", "fec0::/10", "ff00::/8"
};

static void
map_v4(const void *v4, unsigned char out[16])
{
	memset(out, 0, 10);
	out[10] = out[11] = 0xff;
	memcpy(out + 12, v4, 4);
}

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
place_parse(struct span s, struct place *out)
{
	const unsigned char *slash = s.n == 0 ? NULL : memchr(s.p, '/', s.n);
	size_t n = slash != NULL ? (size_t)(slash - s.p) : s.n;
	struct place p = { .bits = 128 };
	unsigned char v4[4];
	char text[64];
	bool is_v4;

	if (n == 0 || n >= sizeof text)
		return ERR_SYNTAX;
	snprintf(text, sizeof text, "%.*s", (int)n, (const char *)s.p);
	is_v4 = inet_pton(AF_INET, text, v4) == 1;
	if (is_v4)
		map_v4(v4, p.b);
	else if (inet_pton(AF_INET6, text, p.b) != 1)
		return ERR_SYNTAX;
	if (slash != NULL && !bits_parse(span_of(slash + 1, s.n - n - 1),
	    is_v4 ? 32 : 128, &p.bits))
		return ERR_SYNTAX;
	if (slash != NULL && is_v4)
		p.bits += 96;
	*out = p;
	return ERR_NONE;
}

static bool
take(const struct sockaddr *sa, unsigned char out[16])
{
	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, sa, sizeof in);
		map_v4(&in.sin_addr, out);
		return true;
	}
	if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, sa, sizeof in6);
		memcpy(out, &in6.sin6_addr, 16);
		return true;
	}
	return false;
}

static bool
is_in(const unsigned char b[16], const struct place *p)
{
	unsigned whole = p->bits / 8, rest = p->bits % 8;

	if (memcmp(b, p->b, whole) != 0)
		return false;
	return rest == 0 || ((b[whole] ^ p->b[whole]) >> (8 - rest)) == 0;
}

bool
places_have(const struct places *p, const struct sockaddr *sa)
{
	unsigned char b[16];

	if (!take(sa, b))
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (is_in(b, &p->at[i]))
			return true;
	return false;
}

bool
places_is_inside(const struct sockaddr *sa)
{
	unsigned char b[16];
	struct place p;

	if (!take(sa, b))
		return true;
	for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
		if (place_parse(span_str(inside[i]), &p) != ERR_NONE ||
		    is_in(b, &p))
			return true;
	return false;
}

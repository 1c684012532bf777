/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses and networks.
 */
#include "courier/places.h"

#include <netinet/in.h>
#include <string.h>

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

bool
places_have(const struct places *p, const struct sockaddr *sa)
{
	unsigned char b[16];

	if (!take(sa, b))
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (prefix_has(&p->at[i], b))
			return true;
	return false;
}

bool
places_is_inside(const struct sockaddr *sa)
{
	unsigned char b[16];
	struct prefix p;

	if (!take(sa, b))
		return true;
	for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
		if (prefix_parse(span_str(inside[i]), &p) != ERR_NONE ||
		    prefix_has(&p, b))
			return true;
	return false;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts by address: a table with open places, at most half full, whose order
 * nobody outside can foresee.
 */
#include "web/crowd.h"

#include "base/mem.h"
#include "crypto/random.h"

#include <netinet/in.h>
#include <stdlib.h>

struct place {
	crowd_key key; /* 0: free */
	size_t n;
};

struct crowd {
	size_t most, all;
	size_t mask;
	uint64_t salt;
	struct place *places;
};

/* So that no IPv4 address looks like one of IPv6, or like none. */
static const uint64_t key_v4 = 0xffff00000000u;

crowd_key
crowd_key_of(const struct sockaddr *sa)
{
	const struct sockaddr_in6 *six = (const void *)sa;
	const unsigned char *b = six->sin6_addr.s6_addr;
	crowd_key k = 0;

	if (sa->sa_family == AF_INET) {
		const struct sockaddr_in *four = (const void *)sa;

		return key_v4 | ntohl(four->sin_addr.s_addr);
	}
	if (sa->sa_family != AF_INET6)
		return 0;
	if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
		return key_v4 | (uint64_t)b[12] << 24 | (uint64_t)b[13] << 16 |
		    (uint64_t)b[14] << 8 | b[15];
	for (int i = 0; i < 8; i++)
		k = k << 8 | b[i];
	return k != 0 ? k : 1; /* ::1 and its like */
}

struct crowd *
crowd_create(size_t most)
{
	struct crowd *c = mem_alloc(sizeof *c);
	size_t n = 16;

	while (n < most * 2)
		n *= 2;
	c->most = most;
	c->mask = n - 1;
	c->places = mem_array(n, sizeof *c->places);
	random_fill(&c->salt, sizeof c->salt);
	return c;
}

void
crowd_free(struct crowd *c)
{
	if (c == NULL)
		return;
	free(c->places);
	free(c);
}

/* splitmix64 */
static size_t
home_of(const struct crowd *c, crowd_key key)
{
	uint64_t z = key ^ c->salt;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (size_t)(z ^ z >> 31) & c->mask;
}

/* Where the key is, or would be. */
static size_t
place_of(const struct crowd *c, crowd_key key)
{
	size_t i = home_of(c, key);

	while (c->places[i].key != 0 && c->places[i].key != key)
		i = (i + 1) & c->mask;
	return i;
}

bool
crowd_enter(struct crowd *c, crowd_key key, size_t each_most)
{
	struct place *p = &c->places[place_of(c, key)];

	if (c->all >= c->most || (key != 0 && p->key == key &&
	    p->n >= each_most))
		return false;
	c->all++;
	if (key != 0) {
		p->key = key;
		p->n++;
	}
	return true;
}

/* Close the gap at `i`, so that what was put behind it is still found. */
static void
place_empty(struct crowd *c, size_t i)
{
	size_t j = i;

	for (;;) {
		size_t home;

		j = (j + 1) & c->mask;
		if (c->places[j].key == 0)
			break;
		home = home_of(c, c->places[j].key);
		/* may it stay, its home being behind the gap? */
		if (((j - home) & c->mask) < ((j - i) & c->mask))
			continue;
		c->places[i] = c->places[j];
		i = j;
	}
	c->places[i] = (struct place){ 0, 0 };
}

void
crowd_leave(struct crowd *c, crowd_key key)
{
	size_t i;

	c->all--;
	if (key == 0)
		return;
	i = place_of(c, key);
	if (c->places[i].key == key && --c->places[i].n == 0)
		place_empty(c, i);
}

size_t
crowd_of(const struct crowd *c, crowd_key key)
{
	const struct place *p = &c->places[place_of(c, key)];

	return key != 0 && p->key == key ? p->n : 0;
}

size_t
crowd_all(const struct crowd *c)
{
	return c->all;
}

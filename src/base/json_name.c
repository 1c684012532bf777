/* SPDX-License-Identifier: Apache-2.0
 *
 * Member names that stand twice. Few names are compared by hash, each with
 * each. If two hashes agree, or the names are many, the name tokens are
 * chained through their `next` members (which are known anyway), dealt to
 * lists by hash and sorted by hash and bytes with a merge sort of lists. So
 * there is no allocation, and even names chosen to collide cost no more than
 * the length of the text times the logarithm of their number.
 */
#include "base/json_name.h"

#include "base/json_walk.h"

#include <endian.h>

enum {
	FEW = 24,      /* names compared each with each */
	BUCKETS = 256, /* lists that many names are dealt to by hash */
	MERGES = 32    /* a list of 2^32 needs no more */
};

#define NONE JSON_NAME_NONE

struct names {
	const unsigned char *text;
	struct json_tok *tok;
};

static inline uint64_t
load(const unsigned char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof w);
	return le64toh(w);
}

static inline uint64_t
mix(uint64_t h, uint64_t w)
{
	h = (h ^ w) * 0x9e3779b97f4a7c15ULL;
	return h ^ h >> 29;
}

/* Little-endian words, the last one padded with zeros. It only has to spread:
 * equal hashes are never taken for equal names. */
uint32_t
json_name_hash(const unsigned char *text, const unsigned char *end,
    const struct json_tok *t)
{
	const unsigned char *p = text + t->at + 1;
	size_t n = t->len - 2;
	uint64_t h = 0;
	uint64_t w = 0;

	if (t->escaped) {
		struct json_walk at = json_walk_start(text, t);
		unsigned shift = 0;

		for (int c; (c = json_walk_next(&at)) >= 0; shift += 8) {
			if (shift == 64) {
				h = mix(h, w);
				w = 0;
				shift = 0;
			}
			w |= (uint64_t)c << shift;
		}
	} else {
		for (; n > 8; n -= 8, p += 8)
			h = mix(h, load(p));
		if (end - p >= 8) {
			w = n == 0 ? 0 : load(p) & UINT64_MAX >> (64 - 8 * n);
		} else {
			for (size_t i = 0; i < n; i++)
				w |= (uint64_t)p[i] << (8 * i);
		}
	}
	h = mix(h, w);
	return (uint32_t)(h >> 32);
}

static int
compare_names(const struct names *s, uint32_t a, uint32_t b)
{
	const struct json_tok *x = &s->tok[a];
	const struct json_tok *y = &s->tok[b];
	struct json_walk v, w;
	int c, d;

	if (x->kids != y->kids)
		return x->kids < y->kids ? -1 : 1;
	if (!x->escaped && !y->escaped)
		return span_compare(span_of(s->text + x->at + 1, x->len - 2),
		    span_of(s->text + y->at + 1, y->len - 2));
	v = json_walk_start(s->text, x);
	w = json_walk_start(s->text, y);
	do {
		c = json_walk_next(&v);
		d = json_walk_next(&w);
	} while (c == d && c >= 0);
	return c - d;
}

/* Merge two sorted lists; equals in the order of the text. */
static uint32_t
merge_names(struct names *s, uint32_t a, uint32_t b)
{
	uint32_t head = NONE;
	uint32_t *tail = &head;

	while (a != NONE && b != NONE) {
		int c = compare_names(s, a, b);
		uint32_t *least = c < 0 || (c == 0 && a < b) ? &a : &b;

		*tail = *least;
		tail = &s->tok[*least].next;
		*least = *tail;
	}
	*tail = a != NONE ? a : b;
	return head;
}

static uint32_t
sort_names(struct names *s, uint32_t list)
{
	uint32_t part[MERGES]; /* part[i]: a sorted list of 2^i, or NONE */
	uint32_t all = NONE;
	unsigned i;

	for (i = 0; i < MERGES; i++)
		part[i] = NONE;
	while (list != NONE) {
		uint32_t one = list;

		list = s->tok[one].next;
		s->tok[one].next = NONE;
		for (i = 0; i < MERGES - 1 && part[i] != NONE; i++) {
			one = merge_names(s, part[i], one);
			part[i] = NONE;
		}
		part[i] = one;
	}
	for (i = 0; i < MERGES; i++)
		if (part[i] != NONE)
			all = merge_names(s, part[i], all);
	return all;
}

/* The name first in the text that equals one before it, or NONE. Puts the
 * `next` of the names of `list` right again. */
static uint32_t
find_twin(struct names *s, uint32_t list)
{
	uint32_t twin = NONE;
	uint32_t after;

	for (list = sort_names(s, list); list != NONE; list = after) {
		after = s->tok[list].next;
		s->tok[list].next = list + 1;
		if (after != NONE && after < twin &&
		    compare_names(s, list, after) == 0)
			twin = after;
	}
	return twin;
}

/* The same for all names of object `o`. */
static uint32_t __attribute__((noinline))
find_twin_of_all(struct names *s, uint32_t o)
{
	uint32_t bucket[BUCKETS];
	uint32_t twin = NONE;
	uint32_t k = o + 1;

	for (unsigned i = 0; i < BUCKETS; i++)
		bucket[i] = NONE;
	for (uint32_t i = 0; i < s->tok[o].kids; i++) {
		uint32_t *b = &bucket[s->tok[k].kids % BUCKETS];

		s->tok[k].next = *b;
		*b = k;
		k = s->tok[k + 1].next;
	}
	for (unsigned i = 0; i < BUCKETS; i++) {
		uint32_t t = find_twin(s, bucket[i]);

		twin = t < twin ? t : twin;
	}
	return twin;
}

uint32_t
json_name_twin(const unsigned char *text, struct json_tok *tok, uint32_t o)
{
	struct names s = { text, tok };
	uint32_t seen[FEW];
	uint32_t n = tok[o].kids;
	bool same = n > FEW;

	for (uint32_t i = 0, k = o + 1; i < n && !same; i++) {
		uint32_t h = tok[k].kids;
		unsigned hits = 0;

		for (uint32_t j = 0; j < i; j++)
			hits |= seen[j] == h;
		seen[i] = h;
		same = hits != 0;
		k = tok[k + 1].next;
	}
	return same ? find_twin_of_all(&s, o) : NONE;
}

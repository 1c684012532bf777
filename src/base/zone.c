/* SPDX-License-Identifier: Apache-2.0
 *
 * TZif.
 */
#include "base/zone.h"

#include "base/reader.h"

#include <stdbool.h>

enum { HEAD = 44, ZONE_TIMES = 4096, ZONE_NAME = 64, NEAR_S = 86400 };

/* The counts of a header, in the order of the file. */
struct head {
	uint32_t isut, isstd, leap, time, type, chars;
};

static uint32_t
u32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static int64_t
i64(const unsigned char *p)
{
	return (int64_t)((uint64_t)u32(p) << 32 | u32(p + 4));
}

static enum err
read_head(struct span s, size_t at, struct head *h, struct fault *f)
{
	const unsigned char *p = s.p + at;

	if (s.n - at < HEAD || memcmp(p, "TZif", 4) != 0)
		return fault_at(f, ERR_SYNTAX, at, "", "is no TZif header");
	if (p[4] < '2')
		return fault_at(f, ERR_UNSUPPORTED, at + 4, "",
		    "is of version 1");
	*h = (struct head){ u32(p + 20), u32(p + 24), u32(p + 28), u32(p + 32),
		u32(p + 36), u32(p + 40) };
	if (h->time > ZONE_TIMES || h->type > 256 || h->type == 0 ||
	    h->chars > 512 || h->leap > 64 || h->isut > 256 || h->isstd > 256)
		return fault_at(f, ERR_LIMIT, at, "", "has more than a zone "
		    "can have");
	return ERR_NONE;
}

/* Bytes behind a header, with times of `width`. */
static size_t
size_of(const struct head *h, size_t width)
{
	return h->time * width + h->time + h->type * 6 + h->chars +
	    h->leap * (width + 4) + h->isstd + h->isut;
}

static enum err
read_times(struct span s, size_t at, const struct head *h, struct arena *a,
    struct zone *z, struct fault *f)
{
	const unsigned char *times = s.p + at, *which = times + h->time * 8;
	const unsigned char *types = which + h->time;

	z->at = arena_alloc(a, (h->time + 1) * sizeof *z->at);
	z->offset = arena_alloc(a, (h->time + 1) * sizeof *z->offset);
	z->first = (int32_t)u32(types);
	for (uint32_t i = 0; i < h->time; i++) {
		z->at[i] = i64(times + (size_t)i * 8);
		if (which[i] >= h->type || (i != 0 && z->at[i] <=
		    z->at[i - 1]))
			return fault_at(f, ERR_SYNTAX, at + (size_t)i * 8, "",
			    "times are not in order");
		z->offset[i] = (int32_t)u32(types + which[i] * 6);
		if (z->offset[i] > NEAR_S || z->offset[i] < -NEAR_S)
			return fault_at(f, ERR_SYNTAX, at, "",
			    "an offset of more than a day");
	}
	z->n = h->time;
	return ERR_NONE;
}

enum err
zone_parse(struct span file, struct arena *a, struct zone *out,
    struct fault *f)
{
	struct zone z = { 0 };
	struct head h;
	size_t at;
	bool has_rule;
	enum err e = read_head(file, 0, &h, f);

	if (e != ERR_NONE)
		return e;
	at = HEAD + size_of(&h, 4);
	if (at > file.n)
		return fault_at(f, ERR_SYNTAX, file.n, "", "ends too early");
	e = read_head(file, at, &h, f);
	at += HEAD;
	if (e == ERR_NONE && size_of(&h, 8) > file.n - at)
		e = fault_at(f, ERR_SYNTAX, file.n, "", "ends too early");
	if (e == ERR_NONE)
		e = read_times(file, at, &h, a, &z, f);
	if (e != ERR_NONE)
		return e;
	at += size_of(&h, 8);
	/* the rule behind: "<-03>3" has no summer, "EST5EDT,M3..." has one */
	has_rule = memchr(file.p + at, ',', file.n - at) != NULL;
	z.until_s = has_rule ? (z.n != 0 ? z.at[z.n - 1] : INT64_MIN) :
	    INT64_MAX;
	*out = z;
	return ERR_NONE;
}

int32_t
zone_offset(const struct zone *z, int64_t utc_s)
{
	size_t low = 0, high = z->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (z->at[mid] <= utc_s)
			low = mid + 1;
		else
			high = mid;
	}
	return low == 0 ? z->first : z->offset[low - 1];
}

int64_t
zone_to_utc(const struct zone *z, int64_t local_s)
{
	int32_t before = zone_offset(z, local_s - NEAR_S);
	int32_t after = zone_offset(z, local_s + NEAR_S);
	int64_t a = local_s - before, b = local_s - after;
	bool is_a = zone_offset(z, a) == before;
	bool is_b = zone_offset(z, b) == after;

	if (is_a && is_b)
		return a < b ? a : b;
	return is_b ? b : a;
}

bool
zone_is_name(struct span name)
{
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = name.p[i];
		bool is_part = i != 0 && name.p[i - 1] != '/' && i + 1 != name.n;

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || c == '_' || c == '+' ||
			c == '-' || (c == '/' && is_part)))
			return false;
	}
	return name.n != 0 && name.n <= ZONE_NAME;
}

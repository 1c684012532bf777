/* SPDX-License-Identifier: Apache-2.0
 *
 * Sets of numbers as sorted ranges.
 */
#include "base/ranges.h"

#include "base/mem.h"
#include "base/reader.h"

#include <stdlib.h>

void
ranges_release(struct ranges *r)
{
	free(r->v);
	*r = (struct ranges){ 0 };
}

void
ranges_clear(struct ranges *r)
{
	r->n = 0;
}

/* Index of the first range whose last is >= x. */
static size_t
search(const struct ranges *r, uint64_t x)
{
	size_t low = 0, high = r->n;

	if (r->n != 0 && r->v[r->n - 1].last < x)
		return r->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (r->v[mid].last < x)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Replace `drop` ranges at `at` by `put` new ones (contents to be set). */
static void
splice(struct ranges *r, size_t at, size_t drop, size_t put)
{
	size_t tail = r->n - at - drop;

	if (r->n - drop + put > r->cap) {
		r->cap = (r->n + put) * 2;
		r->v = mem_grow(r->v, r->cap * sizeof *r->v);
	}
	if (tail != 0 && drop != put)
		memmove(r->v + at + put, r->v + at + drop,
		    tail * sizeof *r->v);
	r->n = r->n - drop + put;
}

void
ranges_add(struct ranges *r, uint64_t first, uint64_t last)
{
	size_t at = search(r, first == 0 ? 0 : first - 1), end = at;

	while (end < r->n && (last == UINT64_MAX ||
				 r->v[end].first <= last + 1)) {
		if (r->v[end].first < first)
			first = r->v[end].first;
		if (r->v[end].last > last)
			last = r->v[end].last;
		end++;
	}
	splice(r, at, end - at, 1);
	r->v[at] = (struct range){ first, last };
}

void
ranges_remove(struct ranges *r, uint64_t first, uint64_t last)
{
	size_t at = search(r, first), end = at;
	struct range keep[2];
	size_t put = 0;

	while (end < r->n && r->v[end].first <= last)
		end++;
	if (end == at)
		return;
	if (r->v[at].first < first)
		keep[put++] = (struct range){ r->v[at].first, first - 1 };
	if (r->v[end - 1].last > last)
		keep[put++] = (struct range){ last + 1, r->v[end - 1].last };
	splice(r, at, end - at, put);
	for (size_t i = 0; i < put; i++)
		r->v[at + i] = keep[i];
}

bool
ranges_has(const struct ranges *r, uint64_t x)
{
	size_t at = search(r, x);

	return at < r->n && r->v[at].first <= x;
}

bool
ranges_is_empty(const struct ranges *r)
{
	return r->n == 0;
}

uint64_t
ranges_count(const struct ranges *r)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < r->n; i++)
		sum += r->v[i].last - r->v[i].first + 1;
	return sum;
}

void
ranges_add_all(struct ranges *r, const struct ranges *from)
{
	for (size_t i = 0; i < from->n; i++)
		ranges_add(r, from->v[i].first, from->v[i].last);
}

void
ranges_remove_all(struct ranges *r, const struct ranges *from)
{
	for (size_t i = 0; i < from->n; i++)
		ranges_remove(r, from->v[i].first, from->v[i].last);
}

bool
ranges_find_down(const struct ranges *r, const struct ranges *except,
    uint64_t x, uint64_t *out)
{
	for (;;) {
		size_t at = search(r, x), hole;

		if (at == r->n || r->v[at].first > x) {
			if (at == 0)
				return false;
			x = r->v[--at].last;
		}
		hole = except != NULL ? search(except, x) : 0;
		if (except == NULL || hole == except->n ||
		    except->v[hole].first > x) {
			*out = x;
			return true;
		}
		if (except->v[hole].first == 0)
			return false;
		x = except->v[hole].first - 1;
	}
}

bool
ranges_min(const struct ranges *r, uint64_t *out)
{
	if (r->n == 0)
		return false;
	*out = r->v[0].first;
	return true;
}

void
ranges_write(const struct ranges *r, struct buf *out)
{
	buf_put_u32(out, (uint32_t)r->n);
	for (size_t i = 0; i < r->n; i++) {
		buf_put_u64(out, r->v[i].first);
		buf_put_u64(out, r->v[i].last);
	}
}

enum err
ranges_parse(struct span in, size_t max, struct ranges *out)
{
	struct reader r;
	struct ranges set = { 0 };
	enum err e = ERR_NONE;
	size_t n;

	reader_init(&r, in);
	n = reader_u32(&r);
	if (n > max)
		return ERR_LIMIT;
	for (size_t i = 0; i < n && !r.bad && e == ERR_NONE; i++) {
		uint64_t first = reader_u64(&r), last = reader_u64(&r);

		if (first > last || (set.n != 0 &&
			(set.v[set.n - 1].last == UINT64_MAX ||
			    first <= set.v[set.n - 1].last + 1)))
			e = ERR_CANONICAL;
		else
			ranges_add(&set, first, last);
	}
	if (e == ERR_NONE)
		e = reader_check(&r, true);
	if (e != ERR_NONE)
		ranges_release(&set);
	else
		*out = set;
	return e;
}

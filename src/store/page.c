/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages of a SQLite file, as far as erasing needs them. The format is that of
 * https://www.sqlite.org/fileformat2.html, "B-tree Pages".
 */
#include "store/page.h"

#include <string.h>

enum {
	FIRST_AT = 100, /* the header of the file stands before it */
	INNER_INDEX = 2,
	INNER_TABLE = 5,
	LEAF_INDEX = 10,
	LEAF_TABLE = 13,
	LEAF_HEAD = 8,
	INNER_HEAD = 12 /* and the page to the right */
};

static size_t
two(const unsigned char *p)
{
	return (size_t)p[0] << 8 | p[1];
}

/* Of the list of cells, or 0 if the page is no b-tree's. */
static size_t
list_at(const unsigned char *p, size_t head)
{
	switch (p[head]) {
	case LEAF_INDEX:
	case LEAF_TABLE:
		return head + LEAF_HEAD;
	case INNER_INDEX:
	case INNER_TABLE:
		return head + INNER_HEAD;
	default:
		return 0;
	}
}

size_t
page_bytes(const unsigned char *p)
{
	size_t n = two(p + 16);

	if (n == 1)
		return PAGE_BYTES_MAX;
	return n >= PAGE_BYTES_MIN && (n & (n - 1)) == 0 ? n : 0;
}

bool
page_wipe(unsigned char *p, size_t n, bool is_first)
{
	size_t head = is_first ? FIRST_AT : 0, list = list_at(p, head);
	size_t cells = two(p + head + 3), end = list + 2 * cells;
	size_t content = two(p + head + 5);
	bool was_there = false;

	if (content == 0)
		content = PAGE_BYTES_MAX;
	if (list == 0 || end > content || content > n)
		return false;
	for (size_t i = list; i < end; i += 2)
		if (two(p + i) < content)
			return false;
	/* each byte like the one before it */
	was_there = end < content && (p[end] != 0 ||
	    memcmp(p + end, p + end + 1, content - end - 1) != 0);
	if (was_there)
		memset(p + end, 0, content - end);
	return was_there;
}

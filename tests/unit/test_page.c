/* SPDX-License-Identifier: Apache-2.0
 *
 * store/page: what is taken out of a page, and what never is.
 */
#include "store/page.h"

#include "cmocka_all.h"

#include <string.h>

static unsigned char page[PAGE_BYTES_MAX];

static void
put_two(size_t at, size_t v)
{
	page[at] = (unsigned char)(v >> 8);
	page[at + 1] = (unsigned char)v;
}

/* A page full of letters, with `cells` of ten bytes at its end. Where its list
 * ends. */
static size_t
make(int type, size_t n, bool is_first, size_t cells)
{
	size_t head = is_first ? 100 : 0;
	size_t list = head + (type == 2 || type == 5 ? 12 : 8);

	memset(page, 'x', sizeof page);
	page[head] = (unsigned char)type;
	put_two(head + 3, cells);
	put_two(head + 5, n - 10 * cells);
	for (size_t i = 0; i < cells; i++)
		put_two(list + 2 * i, n - 10 * (i + 1));
	return list + 2 * cells;
}

static void
test_the_gap_goes(void **state)
{
	static const int type[] = { 2, 5, 10, 13 };
	unsigned char before[PAGE_BYTES_MAX];

	(void)state;
	for (size_t n = PAGE_BYTES_MIN; n <= PAGE_BYTES_MAX; n *= 2) {
		for (size_t i = 0; i < 8; i++) {
			size_t from = make(type[i / 2], n, i % 2, 5);
			size_t to = n - 50;

			memcpy(before, page, n);
			assert_true(page_wipe(page, n, i % 2));
			assert_memory_equal(page, before, from);
			assert_memory_equal(page + to, before + to, n - to);
			for (size_t k = from; k < to; k++)
				assert_int_equal(page[k], 0);
			assert_false(page_wipe(page, n, i % 2));
		}
	}
}

/* In the largest page an end of 65536 is written as 0. */
static void
test_without_cells(void **state)
{
	(void)state;
	assert_int_equal(make(13, PAGE_BYTES_MAX, false, 0), 8);
	assert_true(page_wipe(page, PAGE_BYTES_MAX, false));
	assert_int_equal(page[7], 'x');
	assert_int_equal(page[8], 0);
	assert_int_equal(page[PAGE_BYTES_MAX - 1], 0);
	make(13, PAGE_BYTES_MAX, false, 0);
	assert_false(page_wipe(page, 4096, false)); /* it says more */
}

static void
assert_left(size_t n, bool is_first)
{
	unsigned char before[PAGE_BYTES_MAX];

	memcpy(before, page, n);
	assert_false(page_wipe(page, n, is_first));
	assert_memory_equal(page, before, n);
}

static void
test_other_pages_stay(void **state)
{
	(void)state;
	/* of text that goes on in page 0x01ffffff, the last there may be */
	make(13, 4096, false, 5);
	page[0] = PAGE_COUNT_MAX >> 24;
	assert_left(4096, false);
	assert_int_equal(page[0], 1);
	/* the first page's header is behind that of the file */
	make(13, 4096, true, 5);
	assert_left(4096, false);
	/* a cell that is said to stand in the gap */
	make(13, 4096, false, 5);
	put_two(8 + 2 * 3, 2000);
	assert_left(4096, false);
	/* a list that goes into the cells, or out of the page */
	make(13, 4096, false, 5);
	put_two(5, 17);
	assert_left(4096, false);
	make(13, 4096, false, 5);
	put_two(3, 0xffff);
	assert_left(4096, false);
	make(13, 512, true, 5);
	put_two(105, 513);
	assert_left(512, true);
}

/* Whatever stands there: a page stays, or zeros were put into it. */
static void
test_nonsense(void **state)
{
	static const unsigned char type[] = { 2, 5, 10, 13, 0 };
	unsigned char before[PAGE_BYTES_MIN];
	uint64_t x = 88172645463325252ULL;
	size_t wiped = 0;

	(void)state;
	for (size_t round = 0; round < 20000; round++) {
		size_t head = round % 2 ? 100 : 0;

		for (size_t i = 0; i < PAGE_BYTES_MIN; i++) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			page[i] = (unsigned char)(x >> 24);
		}
		page[head] = type[round % 5];
		put_two(head + 3, page[head + 4] % 4);
		put_two(head + 5, (size_t)(x >> 11) % 600);
		memcpy(before, page, sizeof before);
		if (!page_wipe(page, PAGE_BYTES_MIN, round % 2)) {
			assert_memory_equal(page, before, sizeof before);
			continue;
		}
		wiped++;
		assert_memory_equal(page, before, head + 8);
		for (size_t i = head; i < PAGE_BYTES_MIN; i++)
			assert_true(page[i] == before[i] || page[i] == 0);
	}
	assert_in_range(wiped, 1000, 15000);
}

static void
test_size_of_pages(void **state)
{
	(void)state;
	memset(page, 0, sizeof page);
	assert_int_equal(page_bytes(page), 0);
	for (size_t n = PAGE_BYTES_MIN; n < PAGE_BYTES_MAX; n *= 2) {
		put_two(16, n);
		assert_int_equal(page_bytes(page), n);
		put_two(16, n + 1);
		assert_int_equal(page_bytes(page), 0);
	}
	put_two(16, 1);
	assert_int_equal(page_bytes(page), PAGE_BYTES_MAX);
	put_two(16, 256);
	assert_int_equal(page_bytes(page), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_gap_goes),
		cmocka_unit_test(test_without_cells),
		cmocka_unit_test(test_other_pages_stay),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_size_of_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages of a SQLite file, as far as erasing needs them. Pure.
 *
 * SQLite overwrites cells that are freed (`secure_delete`), but not what stays
 * where it was when it divides a page and moves half of its cells to another:
 * copies in the gap between the list of cells and the cells. Whoever erases
 * the cell later reaches its new place alone.
 */
#ifndef STORE_PAGE_H
#define STORE_PAGE_H

#include <stdbool.h>
#include <stddef.h>

/* A page of another sort than a b-tree's begins with the number of a page, or
 * zeros. In a file of at most so many none of them begins as a b-tree's. */
enum { PAGE_COUNT_MAX = 0x01ffffff };

enum { PAGE_BYTES_MIN = 512, PAGE_BYTES_MAX = 65536 };

/* How large pages are, by the first bytes (at least 512) of a file; 0 if it
 * does not say. */
size_t page_bytes(const unsigned char *p);

/* Put zeros into the gap of a page of `n` bytes; `is_first` in
 * the file, where its header stands later. True if something lay there. What
 * is no page of a b-tree, or contradicts itself, is left as it is. */
bool page_wipe(unsigned char *p, size_t n, bool is_first);

#endif

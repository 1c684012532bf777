/* SPDX-License-Identifier: Apache-2.0
 *
 * Allocation that cannot fail.
 */
#include "base/mem.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *
mem_alloc(size_t n)
{
	void *p = calloc(1, n != 0 ? n : 1);

	if (p == NULL)
		abort();
	return p;
}

void *
mem_room(size_t n)
{
	return mem_grow(NULL, n);
}

void *
mem_array(size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		abort();
	return mem_alloc(count * size);
}

void *
mem_grow(void *p, size_t n)
{
	void *q = realloc(p, n != 0 ? n : 1);

	if (q == NULL)
		abort();
	return q;
}

void *
mem_copy(const void *p, size_t n)
{
	void *q = mem_alloc(n);

	if (n != 0)
		memcpy(q, p, n);
	return q;
}

char *
mem_string(const char *s)
{
	return mem_copy(s, strlen(s) + 1);
}

void
mem_keep(void)
{
	mallopt(M_TRIM_THRESHOLD, 8 << 20);
	mallopt(M_MMAP_THRESHOLD, 8 << 20);
}

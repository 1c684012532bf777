/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory for one turn of work. Blocks are wiped when dropped because opened
 * text may have passed through them.
 */
#include "base/arena.h"

#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

enum { BLOCK_FIRST = 4096, BLOCK_BYTES = 16384 };

struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t cap;
	max_align_t data[];
};

/* Many an arena stays small, and all of a block is zeroed. */
static struct arena_block *
block_create(size_t n, bool is_first)
{
	size_t least = is_first ? BLOCK_FIRST : BLOCK_BYTES;
	size_t cap = n > least ? n : least;
	struct arena_block *b = mem_alloc(sizeof *b + cap);

	b->cap = cap;
	return b;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	struct arena_block *b = a->head;
	size_t need = (n + sizeof(max_align_t) - 1) &
	    ~(sizeof(max_align_t) - 1);
	void *p;

	if (need < n)
		abort();
	if (b == NULL || need > b->cap - b->used) {
		b = block_create(need, a->head == NULL);
		b->next = a->head;
		a->head = b;
	}
	p = (unsigned char *)b->data + b->used;
	b->used += need;
	return p;
}

struct span
arena_copy(struct arena *a, struct span s)
{
	return span_of(arena_string(a, s), s.n);
}

struct span
arena_lower(struct arena *a, struct span s)
{
	unsigned char *p = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = (unsigned char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ?
			s.p[i] - 'A' + 'a' : s.p[i]);
	return span_of(p, s.n);
}

char *
arena_string(struct arena *a, struct span s)
{
	char *p = arena_alloc(a, s.n + 1);

	if (s.n != 0)
		memcpy(p, s.p, s.n);
	return p;
}

void
arena_reset(struct arena *a)
{
	struct arena_block *keep = a->head;

	if (keep == NULL)
		return;
	a->head = keep->next;
	arena_release(a);
	explicit_bzero(keep->data, keep->used);
	keep->used = 0;
	keep->next = NULL;
	a->head = keep;
}

void
arena_release(struct arena *a)
{
	struct arena_block *b = a->head;

	while (b != NULL) {
		struct arena_block *next = b->next;

		explicit_bzero(b->data, b->used);
		free(b);
		b = next;
	}
	a->head = NULL;
}

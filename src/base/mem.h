/* SPDX-License-Identifier: Apache-2.0
 *
 * Allocation that cannot fail: out of memory ends the process (abort), the
 * parent restarts it and the store is crash-safe. Every size that comes from
 * outside is held against base/limits.h before it reaches these functions.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* `n` zeroed bytes; n = 0 gives a pointer that may be freed. Caller frees. */
void *mem_alloc(size_t n);

/* The same, not initialised, for what is written whole at once. */
void *mem_room(size_t n);

/* An array of `count` zeroed objects of `size` bytes; overflow aborts. */
void *mem_array(size_t count, size_t size);

/* realloc that cannot fail; new bytes are not initialised. */
void *mem_grow(void *p, size_t n);

/* Copies of n bytes, and of a NUL-ended string. Caller frees. */
void *mem_copy(const void *p, size_t n);
char *mem_string(const char *s);

/* For a process that works in turns: keep up to 8 MiB of freed memory for the
 * next turn in place of giving it back to the kernel and faulting it in
 * again. Call once, before the first thread. */
void mem_keep(void);

#endif

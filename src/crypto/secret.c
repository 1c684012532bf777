/* SPDX-License-Identifier: Apache-2.0
 *
 * Secrets live in pages of their own, so that locking and wiping them never
 * touches a neighbour.
 */
#include "crypto/secret.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void
secret_init(struct secret *s, size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t mapped = (n / page + 1) * page;
	void *p = mmap(NULL, mapped, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (n > mapped || p == MAP_FAILED)
		abort();
	/* best effort: RLIMIT_MEMLOCK may be small, kernels may be old */
	(void)mlock(p, mapped);
	(void)madvise(p, mapped, MADV_DONTDUMP);
	(void)madvise(p, mapped, MADV_WIPEONFORK);
	*s = (struct secret){ p, n, mapped };
}

void
secret_release(struct secret *s)
{
	if (s->p != NULL) {
		secret_wipe(s->p, s->mapped);
		munmap(s->p, s->mapped);
	}
	*s = (struct secret){ 0 };
}

void
secret_wipe(void *p, size_t n)
{
	if (n != 0)
		explicit_bzero(p, n);
}

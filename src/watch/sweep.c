/* SPDX-License-Identifier: Apache-2.0
 *
 * Judging what lies there unnamed.
 */
#include "watch/sweep.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 65536 };

void
sweep_release(struct sweep *s)
{
	free(s->blob);
	free(s->draft);
	*s = (struct sweep){ .turn = s->turn };
}

void
sweep_reset(struct sweep *s)
{
	sweep_release(s);
	s->turn++;
}

void
sweep_count(struct sweep *s, uint64_t size)
{
	s->count++;
	s->bytes += size;
}

/* By their names, which are as good as chance, into as many parts as needed;
 * a part that is larger than the others is not taken whole. */
void
sweep_put(struct sweep *s, const struct digest *name, uint64_t size)
{
	uint64_t parts = s->count / SWEEP_MOST + 1;
	uint32_t lot = (uint32_t)name->b[0] << 24 |
	    (uint32_t)name->b[1] << 16 | (uint32_t)name->b[2] << 8 |
	    name->b[3];

	if (lot % parts != s->turn % parts || s->n == SWEEP_MOST)
		return;
	if (s->blob == NULL)
		s->blob = mem_alloc(SWEEP_MOST * sizeof *s->blob);
	s->blob[s->n++] = (struct sweep_blob){ .name = *name, .size = size };
}

static int
by_name(const void *a, const void *b)
{
	return memcmp(((const struct sweep_blob *)a)->name.b,
	    ((const struct sweep_blob *)b)->name.b, sizeof(struct digest));
}

void
sweep_begin(struct sweep *s)
{
	if (s->n > 1)
		qsort(s->blob, s->n, sizeof *s->blob, by_name);
}

void
sweep_name(struct sweep *s, const struct digest *name)
{
	const struct sweep_blob key = { .name = *name };
	struct sweep_blob *found = s->n == 0 ? NULL :
	    bsearch(&key, s->blob, s->n, sizeof *s->blob, by_name);

	if (found == NULL || found->is_named)
		return;
	found->is_named = true;
	s->named++;
}

bool
sweep_is_idle(const struct sweep *s)
{
	return s->named == s->n;
}

bool
sweep_is_draft_old(struct sweep *s, const struct uuid *id, uint64_t rev)
{
	static const struct uuid none;
	/* its end is random */
	size_t at = (size_t)(id->b[13] << 16 | id->b[14] << 8 | id->b[15]) %
	    SLOTS;

	if (s->draft == NULL)
		s->draft = mem_alloc(SLOTS * sizeof *s->draft);
	while (memcmp(&s->draft[at], &none, sizeof none) != 0) {
		if (uuid_is_equal(&s->draft[at], id))
			return true;
		at = (at + 1) % SLOTS;
	}
	if (rev != 0 && s->draft_n < SWEEP_DRAFTS) {
		s->draft[at] = *id;
		s->draft_n++;
	}
	return false;
}

const struct sweep_blob *
sweep_next(const struct sweep *s, size_t *at)
{
	while (*at < s->n) {
		const struct sweep_blob *b = &s->blob[(*at)++];

		if (!b->is_named)
			return b;
	}
	return NULL;
}

enum sweep_verdict
sweep_judge(bool is_named, int64_t since_s, struct wall now, bool is_trusted)
{
	int64_t now_s = now.ms / 1000;

	if (is_named)
		return SWEEP_KEEP;
	if (since_s <= 0 || since_s > now_s)
		return SWEEP_MARK;
	return is_trusted && now_s - since_s >= SWEEP_GRACE_S ? SWEEP_REMOVE :
								SWEEP_WAIT;
}

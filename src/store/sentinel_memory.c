/* SPDX-License-Identifier: Apache-2.0
 *
 * The sentinel in memory, for the simulator and for tests.
 */
#include "store/sentinel.h"

#include "base/mem.h"

struct sentinel_mem {
	struct sentinel base;
	struct sentinel_state disk;
	bool there;
	bool dead;
	uint64_t fail_nth; /* counted down to 0 */
	enum err fail_with;
	bool kept;
};

static struct sentinel_mem *
mem_of(struct sentinel *s)
{
	return (struct sentinel_mem *)(void *)s;
}

static enum err
mem_write(struct sentinel *base, const struct sentinel_state *in)
{
	struct sentinel_mem *s = mem_of(base);

	if (s->dead)
		return ERR_STATE;
	if (s->fail_nth != 0 && --s->fail_nth == 0) {
		s->dead = s->fail_with != ERR_FULL;
		if (s->kept)
			sentinel_memory_set(base, in);
		return s->fail_with;
	}
	base->syncs++;
	sentinel_memory_set(base, in);
	return ERR_NONE;
}

static enum err
mem_read(struct sentinel *base, struct sentinel_state *out)
{
	struct sentinel_mem *s = mem_of(base);

	if (!s->there)
		return ERR_NOT_FOUND;
	*out = s->disk;
	return ERR_NONE;
}

static void
mem_close(struct sentinel *base)
{
	free(mem_of(base));
}

static const struct sentinel_ops memory_ops = {
	.write = mem_write,
	.read = mem_read,
	.close = mem_close,
};

struct sentinel *
sentinel_memory(void)
{
	struct sentinel_mem *s = mem_alloc(sizeof *s);

	s->base.ops = &memory_ops;
	return &s->base;
}

void
sentinel_memory_cut(struct sentinel *base)
{
	struct sentinel_mem *s = mem_of(base);

	s->dead = false;
	s->fail_nth = 0;
}

void
sentinel_memory_fail(struct sentinel *base, uint64_t nth, enum err e,
    bool kept)
{
	struct sentinel_mem *s = mem_of(base);

	s->fail_nth = nth;
	s->fail_with = e;
	s->kept = kept;
}

void
sentinel_memory_erase(struct sentinel *base)
{
	mem_of(base)->there = false;
}

void
sentinel_memory_set(struct sentinel *base, const struct sentinel_state *st)
{
	struct sentinel_mem *s = mem_of(base);

	s->disk = *st;
	s->disk.origin[LIMIT_NAME] = '\0';
	s->there = true;
}

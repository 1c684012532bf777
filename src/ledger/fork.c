/* SPDX-License-Identifier: Apache-2.0
 *
 * Where two histories of one log part.
 */
#include "ledger/fork.h"

#include "base/mem.h"
#include "ledger/leaf.h"

struct fork {
	struct climb *climb;
	uint64_t size;
	struct digest root;
	uint64_t at;     /* the leaf that the present climb goes down to */
	uint64_t limit;  /* the first difference lies below this, if any does */
	bool compared;   /* all full subtrees before the bundle of `at` agree */
	bool done;
	uint64_t common;
};

static void
begin(struct fork *f, uint64_t at)
{
	climb_free(f->climb);
	f->climb = climb_create(at, f->size, &f->root);
	f->at = at;
	f->compared = false;
}

static void
finish(struct fork *f, uint64_t common)
{
	f->done = true;
	f->common = common;
}

struct fork *
fork_create(uint64_t held, uint64_t size, const struct digest *root)
{
	struct fork *f = mem_alloc(sizeof *f);

	f->size = size;
	f->root = *root;
	f->limit = held < size ? held : size;
	if (f->limit == 0)
		finish(f, 0);
	else
		begin(f, f->limit - 1);
	return f;
}

void
fork_free(struct fork *f)
{
	if (f == NULL)
		return;
	climb_free(f->climb);
	free(f);
}

size_t
fork_want(const struct fork *f, struct tile *out, size_t max)
{
	struct tile all[TILE_WIDTH];
	size_t n = f->done ? 0 : climb_want(f->climb, all, TILE_WIDTH), k = 0;

	/* of the bundles, only the one that holds `at` */
	for (size_t i = 0; i < n && k < max; i++)
		if (!all[i].entries || all[i].n == f->at >> 8)
			out[k++] = all[i];
	return k;
}

static enum err
compare_bundle(struct fork *f, struct span bytes,
    const struct tree_source *source)
{
	uint64_t i = f->at & ~UINT64_C(255);
	enum err e = ERR_NONE;

	for (; e == ERR_NONE && i < f->limit && bytes.n != 0; i++) {
		struct digest ours, theirs;
		struct span record;

		e = tile_bundle_step(&bytes, &record);
		if (e == ERR_NONE)
			e = source->leaf(source->ctx, i, &ours);
		if (e != ERR_NONE)
			return e;
		theirs = leaf_hash(record);
		if (!digest_is_equal(&ours, &theirs))
			break;
	}
	if (e == ERR_NONE)
		finish(f, i);
	return e;
}

enum err
fork_accept(struct fork *f, const struct tile *tile, struct span bytes,
    const struct tree_source *source)
{
	uint64_t first, end;
	enum err e;

	if (f->done)
		return ERR_STATE;
	e = climb_accept(f->climb, tile, bytes, NULL);
	if (e != ERR_NONE)
		return e;
	if (tile->entries)
		return tile->n == f->at >> 8 ?
		    compare_bundle(f, bytes, source) : ERR_NONE;
	e = f->compared ? ERR_STATE :
			  climb_compare(f->climb, source, &first, &end);
	if (e == ERR_NONE)
		f->compared = true;
	if (e != ERR_CONFLICT)
		return e == ERR_STATE ? ERR_NONE : e;
	f->limit = end;
	begin(f, end - 1);
	return ERR_NONE;
}

bool
fork_is_done(const struct fork *f, uint64_t *common)
{
	if (f->done)
		*common = f->common;
	return f->done;
}

uint64_t
fork_size(const struct fork *f)
{
	return f->size;
}

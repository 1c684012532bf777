/* SPDX-License-Identifier: Apache-2.0
 *
 * Blobs in memory, for tests.
 */
#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "store/blobs.h"

#include <stdlib.h>

struct blob {
	struct digest name;
	bool is_part;
	struct buf bytes;
	struct blob *next;
};

struct memory {
	struct blobs base; /* first: the interface hands it back */
	struct blob *first;
};

static struct blob **
place_of(struct blobs *b, const struct digest *name, bool is_part)
{
	struct memory *m = (struct memory *)(void *)b;
	struct blob **at = &m->first;

	while (*at != NULL && ((*at)->is_part != is_part ||
	    !digest_is_equal(&(*at)->name, name)))
		at = &(*at)->next;
	return at;
}

static void
forget(struct blob **at)
{
	struct blob *gone = *at;

	*at = gone->next;
	buf_release(&gone->bytes);
	free(gone);
}

static enum err
memory_find(struct blobs *b, const struct digest *name, uint64_t *size)
{
	struct blob *blob = *place_of(b, name, false);

	if (blob == NULL)
		return ERR_NOT_FOUND;
	*size = blob->bytes.n;
	return ERR_NONE;
}

static enum err
memory_read(struct blobs *b, const struct digest *name, uint64_t at, size_t n,
    unsigned char *out)
{
	struct blob *blob = *place_of(b, name, false);

	if (blob == NULL)
		return ERR_NOT_FOUND;
	if (at > blob->bytes.n || n > blob->bytes.n - at)
		return ERR_LIMIT;
	memcpy(out, blob->bytes.p + at, n);
	return ERR_NONE;
}

static void
memory_part_drop(struct blobs *b, const struct digest *part)
{
	struct blob **at = place_of(b, part, true);

	if (*at != NULL)
		forget(at);
}

static enum err
memory_part_add(struct blobs *b, const struct digest *part, uint64_t at,
    struct span bytes)
{
	struct blob **place = place_of(b, part, true), *blob = *place;

	if (blob == NULL && at == 0) {
		blob = mem_alloc(sizeof *blob);
		blob->name = *part;
		blob->is_part = true;
		buf_init(&blob->bytes, 2 * LIMIT_ATTACHMENT);
		*place = blob;
	}
	if (blob == NULL || blob->bytes.n != at) {
		memory_part_drop(b, part);
		return ERR_STATE;
	}
	buf_put(&blob->bytes, bytes);
	return ERR_NONE;
}

static enum err
memory_part_finish(struct blobs *b, const struct digest *part,
    const struct digest *name)
{
	struct blob *blob = *place_of(b, part, true);

	if (blob == NULL)
		return ERR_NOT_FOUND;
	if (*place_of(b, name, false) != NULL) {
		memory_part_drop(b, part);
		return ERR_NONE;
	}
	blob->name = *name;
	blob->is_part = false;
	return ERR_NONE;
}

static enum err
memory_remove(struct blobs *b, const struct digest *name)
{
	struct blob **at = place_of(b, name, false);

	if (*at == NULL)
		return ERR_NOT_FOUND;
	forget(at);
	return ERR_NONE;
}

static enum err
memory_walk(struct blobs *b, blobs_fn *fn, void *ctx)
{
	struct memory *m = (struct memory *)(void *)b;

	for (struct blob *blob = m->first; blob != NULL; blob = blob->next)
		if (!blob->is_part)
			fn(ctx, &blob->name, blob->bytes.n);
	return ERR_NONE;
}

static void
memory_close(struct blobs *b)
{
	struct memory *m = (struct memory *)(void *)b;

	while (m->first != NULL)
		forget(&m->first);
	free(m);
}

struct blobs *
blobs_memory(void)
{
	static const struct blobs_ops ops = { memory_find, memory_read,
		memory_part_add, memory_part_finish, memory_part_drop,
		memory_remove, memory_walk, memory_close };
	struct memory *m = mem_alloc(sizeof *m);

	m->base.ops = &ops;
	return &m->base;
}

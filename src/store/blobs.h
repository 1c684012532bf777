/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the sealed bytes of attachments lie, by their SHA-256, beside the
 * store: too large for it, derived from no entry, and erasable without any
 * log losing something. One interface, two implementations: a folder, and
 * memory for tests.
 *
 * A blob is written as a part under a name of the writer's choice and appears
 * whole, durable and under its own digest, or not at all. Parts do not outlive
 * the process. Nothing here knows a key or a text.
 */
#ifndef STORE_BLOBS_H
#define STORE_BLOBS_H

#include "base/err.h"
#include "base/span.h"
#include "crypto/hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct blobs;

typedef void blobs_fn(void *ctx, const struct digest *name, uint64_t size);

struct blobs_ops {
	enum err (*find)(struct blobs *b, const struct digest *name,
	    uint64_t *size);
	enum err (*read)(struct blobs *b, const struct digest *name,
	    uint64_t at, size_t n, unsigned char *out);
	enum err (*part_add)(struct blobs *b, const struct digest *part,
	    uint64_t at, struct span bytes);
	enum err (*part_finish)(struct blobs *b, const struct digest *part,
	    const struct digest *name);
	void (*part_drop)(struct blobs *b, const struct digest *part);
	enum err (*remove)(struct blobs *b, const struct digest *name);
	enum err (*walk)(struct blobs *b, blobs_fn *fn, void *ctx);
	void (*close)(struct blobs *b);
};

struct blobs {
	const struct blobs_ops *ops;
};

/* Open the folder, made (mode 0700) if it is not there; parts of an earlier
 * process are removed. ERR_DENIED, ERR_IO. */
MUST enum err blobs_open(const char *folder, struct blobs **out);

struct blobs *blobs_memory(void);

/* Is the blob here, and how large? ERR_NOT_FOUND, ERR_IO. */
MUST static inline enum err
blobs_find(struct blobs *b, const struct digest *name, uint64_t *size)
{
	return b->ops->find(b, name, size);
}

/* Exactly `n` bytes from `at`. ERR_NOT_FOUND, ERR_LIMIT if it does not have
 * them, ERR_IO; `out` is then undefined. */
MUST static inline enum err
blobs_read(struct blobs *b, const struct digest *name, uint64_t at, size_t n,
    unsigned char *out)
{
	return b->ops->read(b, name, at, n, out);
}

/* Put bytes at the end of a part, which is `at` (0 begins it). ERR_STATE if
 * that is not its end, ERR_FULL, ERR_IO; the part is dropped on failure. */
MUST static inline enum err
blobs_part_add(struct blobs *b, const struct digest *part, uint64_t at,
    struct span bytes)
{
	return b->ops->part_add(b, part, at, bytes);
}

/* The part is whole: make it durable and let it appear as `name`, the SHA-256
 * of its bytes, which the caller has computed. If there is such a blob it
 * stays. ERR_NOT_FOUND, ERR_FULL, ERR_IO; the part is gone either way. */
MUST static inline enum err
blobs_part_finish(struct blobs *b, const struct digest *part,
    const struct digest *name)
{
	return b->ops->part_finish(b, part, name);
}

static inline void
blobs_part_drop(struct blobs *b, const struct digest *part)
{
	b->ops->part_drop(b, part);
}

/* ERR_NOT_FOUND, ERR_IO. */
MUST static inline enum err
blobs_remove(struct blobs *b, const struct digest *name)
{
	return b->ops->remove(b, name);
}

/* All blobs, in no order; none may be added or removed meanwhile. ERR_IO. */
MUST static inline enum err
blobs_walk(struct blobs *b, blobs_fn *fn, void *ctx)
{
	return b->ops->walk(b, fn, ctx);
}

static inline void
blobs_close(struct blobs *b)
{
	if (b != NULL)
		b->ops->close(b);
}

#endif

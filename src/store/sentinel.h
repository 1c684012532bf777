/* SPDX-License-Identifier: Apache-2.0
 *
 * The sentinel: the head that this node has let go of last, kept apart from
 * the store (another volume, no backups), so that a store restored from a
 * backup is noticed at start (doc/protocol.md, "Start and restore"). Written
 * before each checkpoint is released, with the signature: so that checkpoint
 * is durable here before the store has it. doc/decisions/0002-sentinel.md
 * tells why it is a file of two slots.
 *
 * One interface, two implementations: a file, and memory for the simulator.
 */
#ifndef STORE_SENTINEL_H
#define STORE_SENTINEL_H

#include "base/err.h"
#include "base/limits.h"
#include "base/span.h"
#include "crypto/hash.h"

#include <stdbool.h>
#include <stdint.h>

enum { SENTINEL_SIGNATURE = 64 };

struct sentinel_state {
	char origin[LIMIT_NAME + 1]; /* NUL-ended */
	uint64_t size;
	struct digest root;
	bool is_signed; /* what follows is the checkpoint's signature */
	unsigned char signature[SENTINEL_SIGNATURE];
};

struct sentinel;

struct sentinel_ops {
	enum err (*write)(struct sentinel *s, const struct sentinel_state *in);
	enum err (*read)(struct sentinel *s, struct sentinel_state *out);
	void (*close)(struct sentinel *s);
};

struct sentinel {
	const struct sentinel_ops *ops;
	uint64_t syncs; /* how often the disk was asked to sync */
};

/* Make the file with its first state, durably, mode 0600, and open it.
 * ERR_EXISTS if there is one, ERR_FULL, ERR_IO. */
MUST enum err sentinel_create(const char *path,
    const struct sentinel_state *first, struct sentinel **out);

/* Open what sentinel_create made. ERR_NOT_FOUND if there is none,
 * ERR_DAMAGED if neither slot is whole, ERR_UNSUPPORTED for another version,
 * ERR_BUSY if another process has it open, ERR_IO. */
MUST enum err sentinel_open(const char *path, struct sentinel **out);

/* A sentinel in memory: nothing written yet, reading is ERR_NOT_FOUND. */
struct sentinel *sentinel_memory(void);

/* For a memory sentinel. cut: the power goes; what write answered ERR_NONE to
 * stays, and the handle works again. fail: the `nth` coming write (1 = the
 * next) fails with `e` and is final until a cut; `kept` says whether it is
 * there after the cut. erase: the file is gone. set: as if an older copy had
 * been put back. */
void sentinel_memory_cut(struct sentinel *s);
void sentinel_memory_fail(struct sentinel *s, uint64_t nth, enum err e,
    bool kept);
void sentinel_memory_erase(struct sentinel *s);
void sentinel_memory_set(struct sentinel *s, const struct sentinel_state *st);

/* Replace the state; durable once this has returned ERR_NONE. On ERR_IO it is
 * unknown whether the old or the new one stays, and every later write is
 * ERR_STATE (a failed sync is never repeated). */
MUST static inline enum err
sentinel_write(struct sentinel *s, const struct sentinel_state *in)
{
	return s->ops->write(s, in);
}

/* The newest state. ERR_NOT_FOUND, ERR_DAMAGED, ERR_IO. */
MUST static inline enum err
sentinel_read(struct sentinel *s, struct sentinel_state *out)
{
	return s->ops->read(s, out);
}

static inline void
sentinel_close(struct sentinel *s)
{
	if (s != NULL)
		s->ops->close(s);
}

#endif

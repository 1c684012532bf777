/* SPDX-License-Identifier: Apache-2.0
 *
 * The store without a disk, for the simulator and for tests: the semantics of
 * store.h over sorted arrays, with power cuts, failing operations and flipped
 * bits on demand. "Disk" is what has been committed.
 *
 * A counted operation is a put, a removal or a commit; 1 is the next one.
 */
#ifndef STORE_MEMORY_H
#define STORE_MEMORY_H

#include "base/err.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

/* An empty store; store_free frees it. */
struct store *store_memory_create(void);

/* Another store with what is on the "disk" of this one: a backup. */
struct store *store_memory_copy(const struct store *s);

/* Is an arm or a kill still waiting for its operation? */
bool store_memory_is_armed(const struct store *s);

/* Power cut: whatever is not committed is gone, the handle goes on as if it
 * were opened again (a final ERR_IO, arms and kills are forgotten too). */
void store_memory_cut(struct store *s);

/* The `nth` coming operation (and only that) fails with ERR_FULL or ERR_IO;
 * 0 disarms. A commit that fails with ERR_IO is final until a cut; nothing of
 * it is on the disk, or with `store_memory_arm_kept` all of it. */
void store_memory_arm(struct store *s, uint64_t nth, enum err e);
void store_memory_arm_kept(struct store *s, uint64_t nth);

/* The process dies at the `nth` coming operation: that and every later call,
 * reads too, is ERR_IO and the open transaction is lost, until revived. */
void store_memory_kill(struct store *s, uint64_t nth);
void store_memory_revive(struct store *s);
bool store_memory_is_dead(const struct store *s);

enum store_memory_part {
	STORE_PART_RECORD,   /* log, index */
	STORE_PART_BODY,     /* log, index: the bytes */
	STORE_PART_META,     /* log, index: state and meta of a body */
	STORE_PART_HEAD,     /* log */
	STORE_PART_DOCUMENT, /* index: the nth of a scan */
	STORE_PART_ITEM      /* index: the nth over all tables, sorted */
};

/* Flip bit `bit` (modulo its length) of a stored row, so that reading it is
 * ERR_DAMAGED, as on a disk. `quiet`: the checksum is made to fit, as if the
 * bytes had been wrong before they were written: only a digest of the upper
 * layers finds that. ERR_NOT_FOUND if there is no such row. */
MUST enum err store_memory_damage(struct store *s,
    enum store_memory_part part, uint32_t log, uint64_t index, uint64_t bit,
    bool quiet);

#endif

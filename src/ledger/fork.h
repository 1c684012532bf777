/* SPDX-License-Identifier: Apache-2.0
 *
 * Where two histories of one log part. One is held; of the other a verified
 * checkpoint is known and tiles are to be had from somebody who holds it. Each
 * round climbs down to the last leaf of the first subtree that differs, so
 * that a few dozen tiles find the place in a log of any length, and nothing
 * that does not lead to the other root is believed.
 *
 * Pure, like the climb that it uses: fork_want says what to ask for,
 * fork_accept takes what came.
 */
#ifndef LEDGER_FORK_H
#define LEDGER_FORK_H

#include "ledger/climb.h"

struct fork;

/* Compare what is held (`held` leaves) with the history that has `root` at
 * `size` leaves. Never NULL; fork_free it. */
struct fork *fork_create(uint64_t held, uint64_t size,
    const struct digest *root);
void fork_free(struct fork *f); /* NULL is allowed */

/* As climb_want. */
size_t fork_want(const struct fork *f, struct tile *out, size_t max);

/* As climb_accept; `source` reads what is held, and its errors are given. */
MUST enum err fork_accept(struct fork *f, const struct tile *tile,
    struct span bytes, const struct tree_source *source);

/* Known yet? Then the first *common leaves are those of both, and no more. */
bool fork_is_done(const struct fork *f, uint64_t *common);

uint64_t fork_size(const struct fork *f); /* of the other history */

#endif

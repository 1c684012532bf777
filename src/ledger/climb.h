/* SPDX-License-Identifier: Apache-2.0
 *
 * Catching up by tiles: from a verified checkpoint down to the records, each
 * piece verified before what hangs below it is asked for. First come the
 * partial tiles of the right edge (at most 8), which together must give the
 * checkpoint's root; then full tiles from the top down, each against its
 * entry in the tile above; then bundles, full ones against their entry in the
 * level 1 tile (their records give it, so full level 0 tiles need not be
 * fetched), the partial one against the edge's level 0 tile.
 *
 * Pure: climb_want says what may be asked for now, climb_accept takes what
 * came, in any order. To resume after a stop, start again from the number of
 * records held. Holds about 100 KB.
 */
#ifndef LEDGER_CLIMB_H
#define LEDGER_CLIMB_H

#include "base/err.h"
#include "base/span.h"
#include "crypto/hash.h"
#include "ledger/tile.h"
#include "ledger/tree.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct climb;

/* Fetch records [from, size) of the log with `root` at `size` (of a verified
 * checkpoint). from <= size <= TREE_SIZE_MAX. Never NULL; climb_free it. */
struct climb *climb_create(uint64_t from, uint64_t size,
    const struct digest *root);
void climb_free(struct climb *c); /* NULL is allowed */

/* What is wanted now and not accepted yet, in the order of use, at most
 * `max`; how many. The caller knows what of it is on its way already. 0 when
 * done. */
size_t climb_want(const struct climb *c, struct tile *out, size_t max);

/* Take the bytes of a wanted tile. ERR_NONE: verified (a bundle's records may
 * be stored, in order of index) - an edge tile is verified with the last of
 * its set only. ERR_PROOF: it does not lead to the root; ask another holder
 * (after the last edge tile: all edge tiles are wanted again). ERR_SYNTAX or
 * ERR_UNSUPPORTED: wrong length or a malformed record, likewise. ERR_STATE:
 * not wanted now; nothing happened. */
MUST enum err climb_accept(struct climb *c, const struct tile *tile,
    struct span bytes, struct fault *f);

bool climb_is_done(const struct climb *c);

/* Does this history go on from another one, read by `held` (which has at
 * least as many leaves as are held below where the climb is)? Compared are
 * all full subtrees above the next bundle; its own records the caller sees.
 * ERR_STATE: the tiles for it have not come yet. ERR_CONFLICT: the first
 * subtree that differs has the leaves [*first, *end). Errors of the source. */
MUST enum err climb_compare(const struct climb *c,
    const struct tree_source *held, uint64_t *first, uint64_t *end);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Tiles and entry bundles (c2sp.org/tlog-tiles): a log cut into files of 256
 * hashes or records that never change once full. Tile n of level l holds the
 * roots of leaves [(256n + i) * 256^l, (256n + i + 1) * 256^l). A bundle is
 * u16be length || leaf record, 256 times.
 */
#ifndef LEDGER_TILE_H
#define LEDGER_TILE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "crypto/hash.h"
#include "ledger/leaf.h"
#include "ledger/tree.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	TILE_WIDTH = 256,
	TILE_BYTES = TILE_WIDTH * 32,
	TILE_BUNDLE_BYTES = TILE_WIDTH * (2 + LEAF_SEALED_BYTES),
	TILE_PATH_MAX = 64
};

/* Which tile or bundle. */
struct tile {
	bool entries;   /* a bundle; level is 0 then */
	unsigned level; /* 0 to TREE_LEVELS - 1 */
	uint64_t n;
	unsigned width; /* 1 to 256 */
};

/* "tile/0/x001/x234/067", "tile/entries/000.p/7". */
void tile_write(const struct tile *tile, struct buf *out);

/* ERR_SYNTAX for anything that tile_write does not write, ERR_LIMIT for what
 * no log can have. */
MUST enum err tile_parse(struct span path, struct tile *out);

/* The width that tile n of `level` has in a log of `size`; 0 if none. */
unsigned tile_width(uint64_t size, unsigned level, uint64_t n);

/* How many tiles of `level` a log of `size` has, partial one included. */
uint64_t tile_count(uint64_t size, unsigned level);

/* Is it a tile of a log of `size` or of a smaller size of that log? */
bool tile_is_within(const struct tile *tile, uint64_t size);

/* The bytes of a hash tile. ERR_USAGE if it is a bundle or no log can have
 * it; errors of the source. At most TILE_BYTES. */
MUST enum err tile_make(const struct tree_source *source,
    const struct tile *tile, struct buf *out);

/* Leaf hashes of the bundle's records into hash[0 .. width-1]. ERR_SYNTAX or
 * ERR_UNSUPPORTED for anything but exactly `width` leaf records; then what
 * `hash` holds is undefined. */
MUST enum err tile_bundle_hash(struct span bundle, unsigned width,
    struct digest hash[TILE_WIDTH], struct fault *f);

/* Add a record to a bundle. */
void tile_bundle_put(struct span record, struct buf *out);

/* Take the next record off a bundle; `record` borrows. ERR_NOT_FOUND at its
 * end, ERR_SYNTAX. */
MUST enum err tile_bundle_step(struct span *rest, struct span *record);

/* The root of a full tile's 256 hashes. */
struct digest tile_root(const struct digest hash[TILE_WIDTH]);

#endif

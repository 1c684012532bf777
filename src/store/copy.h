/* SPDX-License-Identifier: Apache-2.0
 *
 * All rows of a store, in slices and in their order, and back into another
 * one: for backups. A store that is open for writing gives what is committed
 * when each slice is read; one opened at a moment (`snapshot` of
 * store/sqlite.h) gives that moment.
 */
#ifndef STORE_COPY_H
#define STORE_COPY_H

#include "store/engine.h"

/* What rows mean and by what keys they lie. A store or a backup of another
 * layout is refused: rows of one would be misread by the other. Whoever raises
 * it writes how the older one is taken over, or that it is not. */
enum { STORE_LAYOUT = 2 };

/* Where a copy has come to. Zeroed: at the beginning. */
struct store_cursor {
	unsigned kind; /* ROW_KINDS: all rows were given */
	size_t key_n;  /* of the last row that was given; 0: none of its kind */
	unsigned char key[ENGINE_KEY_MAX];
	uint64_t left_out; /* damaged rows that others hold too */
};

struct store_row {
	enum row_kind kind;
	struct row row; /* with checksums, as row_open takes them */
};

/* Called for each row, whole and undamaged; spans live during the call. Return
 * false when it is enough for this time. */
typedef bool store_row_fn(void *ctx, const struct store_row *r);

/* Give rows from where the cursor stands. A damaged body or receipt is left
 * out and counted: the node takes it from others again. ERR_DAMAGED, with the
 * kind in `f`, for any other damaged row; ERR_IO. */
MUST enum err store_copy(struct store *s, struct store_cursor *c,
    store_row_fn *fn, void *ctx, struct fault *f);

/* Is this what a row of the kind may be: key, sizes, checksums? ERR_SYNTAX,
 * ERR_LIMIT, ERR_DAMAGED, with the kind in `f`. */
MUST enum err store_row_check(const struct store_row *r, struct fault *f);

/* Write a row (checked before) inside the open transaction of a new store,
 * which must be opened again before it is used. ERR_EXISTS if it is there,
 * ERR_STATE, ERR_FULL, ERR_IO. */
MUST enum err store_copy_put(struct store *s, const struct store_row *r);

/* "log", "head", "record", ... Never NULL. */
const char *store_row_word(unsigned kind);

#endif

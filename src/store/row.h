/* SPDX-License-Identifier: Apache-2.0
 *
 * The bytes of the store's rows. Each part of a row begins with the first 8
 * bytes of SHA-256 over its kind, its key and the rest, so that a flipped bit
 * or a row that strayed to another key is found when it is read.
 */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "base/buf.h"
#include "base/err.h"
#include "store/engine.h"
#include "store/store.h"

enum {
	ROW_SUM = 8,
	ROW_META_MAX = STORE_META_MAX,
	ROW_NAME_MAX = 128,  /* table, kind or team in a key */
	ROW_ITEM_KEY_MAX = 1024,
	ROW_ITEM_MAX = LIMIT_DOCUMENT,
	ROW_RECEIPT_MAX = LIMIT_NOTE,
	ROW_BODY_MAX = LIMIT_CONTAINER, /* each of bytes and opened */
	ROW_MAX = ROW_ITEM_MAX + 4096
};

enum { ROW_INDEX_BITS = 44, ROW_LOG_BITS = 19 };

/* One side of a row: value or meta. */
enum row_part { ROW_VALUE = 0, ROW_META = 1 };

/* Append room for the checksum / fill it in over what stands behind it. */
void row_begin(struct buf *out);
void row_end(struct buf *out, enum row_kind kind, enum row_part part,
    struct span key);

/* The bytes behind a right checksum. ERR_DAMAGED. */
MUST enum err row_open(enum row_kind kind, enum row_part part,
    struct span key, struct span sealed, struct span *out);

/* Keys, appended to `out`. ERR_LIMIT if a part is too large; names must not
 * hold a zero byte (ERR_SYNTAX). */
void row_key_log(struct buf *out, uint32_t log);
MUST enum err row_key_index(struct buf *out, uint32_t log, uint64_t index);
void row_key_node(struct buf *out, uint32_t log, unsigned level, uint64_t n);
MUST enum err row_key_name(struct buf *out, struct span name);

/* Index of a key made by row_key_index; the number at a key's end. */
uint64_t row_index(struct span key);
uint64_t row_tail(struct span key);

/* Heads. write: ERR_LIMIT. parse: ERR_DAMAGED; spans borrow `in`. */
MUST enum err row_write_head(struct buf *out, const struct store_head *h);
MUST enum err row_parse_head(struct span in, struct store_head *out);

#endif

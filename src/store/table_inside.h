/* SPDX-License-Identifier: Apache-2.0
 *
 * For table*.c only: the table, and reading and writing of its rows.
 */
#ifndef STORE_TABLE_INSIDE_H
#define STORE_TABLE_INSIDE_H

#include "base/buf.h"
#include "base/reader.h"
#include "store/engine.h"
#include "store/row.h"

struct table_log {
	enum store_role role;
	struct span origin; /* in table.names */
};

struct table {
	struct store store;
	struct engine *e;
	struct buf key, last, meta, value; /* of the row at hand */
	struct arena names;
	struct table_log *log; /* by id - 1 */
	uint32_t logs;
	uint32_t logs_begin;   /* when the transaction began */
	bool open;
	bool dead;
	enum err failed;       /* of a put inside the open transaction */
};

static inline struct table *
table_of(struct store *s)
{
	return (struct table *)(void *)s;
}

/* Reading one row or many: what the callbacks share. */
struct walk {
	struct arena *a;
	struct table *t;
	enum err e;
	bool found;
	bool with_bytes;
	struct span got;  /* opened value, copied to `a` if there is one */
	struct span want; /* what it is compared with */
	bool same;
	uint64_t next;
	size_t skip;
	enum row_kind kind;
	void *fn_ctx;
	union {
		store_log_fn *log;
		store_record_fn *record;
		store_body_fn *body;
		store_document_fn *document;
		store_receipt_fn *receipt;
		store_item_fn *item;
	} fn;
};

/* Rows of a kind with keys from `first` to `last`, into `fn` with `w`. */
MUST enum err table_scan(struct table *t, enum row_kind kind,
    struct span first, struct span last, bool with_value, row_fn *fn,
    struct walk *w);

/* The same from t->key to t->last. */
MUST enum err table_scan_range(struct table *t, enum row_kind kind,
    bool with_value, row_fn *fn, struct walk *w);

/* The value at t->key into `a` of `w` (may be NULL). ERR_NOT_FOUND. */
MUST enum err table_get(struct table *t, enum row_kind kind, struct walk *w);

/* The key of a place of a log. ERR_NOT_FOUND if there is no such log. */
MUST enum err table_key_of_index(struct table *t, struct buf *b, uint32_t log,
    uint64_t index);

/* ERR_STATE without a transaction, or what spoiled it. */
MUST enum err table_may_write(const struct table *t);

/* Failing writes other than refusals spoil the transaction: something of the
 * caller's change is missing, so it must not be committed. Returns `e`. */
MUST enum err table_spoil(struct table *t, enum err e);

/* Write t->value (begun with row_begin) at t->key. */
MUST enum err table_set(struct table *t, enum row_kind kind);

/* Write it unless it is there: ERR_CONFLICT if it differs. A row whose
 * checksum is wrong is healed by writing it again. */
MUST enum err table_set_once(struct table *t, enum row_kind kind);

/* A row of a body as the store gives it. */
MUST enum err table_parse_body(const struct row *r, bool with_bytes,
    struct store_body *out);

/* The parts of store_ops that stand in files of their own. */
enum err table_put_body(struct store *s, uint32_t log, uint64_t index,
    const struct store_body *b);
enum err table_scan_records(struct store *s, uint32_t log, uint64_t first,
    uint64_t count, store_record_fn *fn, void *ctx);
enum err table_get_body(struct store *s, uint32_t log, uint64_t index,
    struct arena *a, struct store_body *out);
enum err table_put_record(struct store *s, uint32_t log, uint64_t index,
    struct span record);
enum err table_get_node(struct store *s, uint32_t log, unsigned level,
    uint64_t n, struct digest *out);
enum err table_scan_bodies(struct store *s, uint32_t log, uint64_t first,
    uint64_t count, bool with_bytes, store_body_fn *fn, void *ctx);
enum err table_put_node(struct store *s, uint32_t log, unsigned level,
    uint64_t n, const struct digest *hash);
enum err table_scan_items(struct store *s, const char *table, struct span from,
    store_item_fn *fn, void *ctx);
enum err table_get_item(struct store *s, const char *table, struct span key,
    struct arena *a, struct span *out);
enum err table_put_receipt(struct store *s, uint32_t log, struct span team,
    uint64_t of, uint64_t seq, struct span jws);
enum err table_scan_documents(struct store *s, store_document_fn *fn,
    void *ctx);
enum err table_put_document(struct store *s, const struct store_document *d);
enum err table_scan_receipts(struct store *s, uint32_t log, struct span team,
    uint64_t first_of, uint64_t first_seq, store_receipt_fn *fn, void *ctx);
enum err table_put_item(struct store *s, const char *table, struct span key,
    struct span value);

#endif

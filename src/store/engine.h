/* SPDX-License-Identifier: Apache-2.0
 *
 * What sqlite.c and memory.c have to do, so that the contract of store.h is
 * written once (table.c): ordered rows of a few kinds, in transactions. Keys
 * are memcmp-ordered; rows are opaque here, their checksums are table.c's.
 *
 * Kinds up to ROW_BODY have keys of exactly 8 bytes, big-endian, below 2^63
 * (an integer key); the others have keys of 1 to ENGINE_KEY_MAX bytes.
 */
#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H

#include "base/err.h"
#include "base/span.h"
#include "store/store.h"

#include <stdbool.h>

enum { ENGINE_KEY_MAX = 1400 };

enum row_kind {
	ROW_LOG,      /* id -> role, origin */
	ROW_HEAD,     /* id -> head */
	ROW_RECORD,   /* id, index -> record */
	ROW_BODY,     /* id, index -> meta: state, meta; value: the bytes */
	ROW_NODE,     /* id, level, n -> hash */
	ROW_DOCUMENT, /* kind, team, version, hash -> hash, bytes */
	ROW_RECEIPT,  /* id, size, team, seq -> jws */
	ROW_ITEM,     /* table, key -> value */
	ROW_KINDS
};

struct row {
	struct span key;
	struct span meta;  /* only of ROW_BODY, else empty */
	struct span value; /* empty if not asked for */
};

/* Spans live during the call; false stops. */
typedef bool row_fn(void *ctx, const struct row *r);

struct engine;

/* put replaces; add is ERR_EXISTS if a row is there. scan gives rows first <= key <= last, ascending, and fails
 * with ERR_DAMAGED or ERR_IO. commit: ERR_FULL (rolled back) or ERR_IO
 * (final). rollback without a transaction does nothing. */
struct engine_ops {
	void (*free)(struct engine *e);
	enum err (*begin)(struct engine *e);
	enum err (*commit)(struct engine *e);
	void (*rollback)(struct engine *e);
	enum err (*shred)(struct engine *e); /* NULL: nothing is left over */
	enum err (*put)(struct engine *e, enum row_kind kind,
	    const struct row *r);
	enum err (*add)(struct engine *e, enum row_kind kind,
	    const struct row *r);
	enum err (*remove)(struct engine *e, enum row_kind kind,
	    struct span key);
	enum err (*scan)(struct engine *e, enum row_kind kind,
	    struct span first, struct span last, bool with_value, row_fn *fn,
	    void *ctx);
};

struct engine {
	const struct engine_ops *ops;
	struct store *store; /* whose engine this is; for counting syncs */
	bool read_only;
};

/* A store over `e`, which it owns from now on (also on failure). Reads the
 * logs: ERR_DAMAGED, ERR_IO. */
MUST enum err table_create(struct engine *e, struct store **out);

/* The engine below a store made by table_create. */
struct engine *table_engine(const struct store *s);

/* As if opened again: no transaction, no final error, logs read anew. */
MUST enum err table_reopen(struct store *s);

/* Check every row's checksum; `kind` and `key` name the first bad one in `f`. */
MUST enum err table_check(struct store *s, struct fault *f);

#endif

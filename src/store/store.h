/* SPDX-License-Identifier: Apache-2.0
 *
 * The store: what must be durable before anything is released. One interface,
 * several implementations (sqlite.c, memory.c), one conformance suite
 * (tests/unit/test_store.c) that runs on each. It holds several logs (the
 * node's own shared and private log, a mirror of every other origin), keyed
 * by a small number; for each its records, bodies, subtree hashes, head and
 * marks; and the register documents and receipts. Indexes and searches are
 * no part of it: they are readers with files of their own.
 *
 * Writing happens inside one transaction at a time: store_begin, any number
 * of puts, store_commit. Nothing of it can be lost once store_commit has
 * returned ERR_NONE; nothing of it is there if it failed or was never called.
 * Reads inside a transaction see its writes. After ERR_IO from store_commit
 * the state on disk is unknown: the caller stops for good and never retries
 * (a failed fsync must not be repeated): every later write is ERR_STATE, reads
 * go on. ERR_FULL leaves the store usable. A put refused with ERR_CONFLICT,
 * ERR_LIMIT or ERR_NOT_FOUND (unknown log) changes nothing and the transaction
 * goes on; after ERR_FULL or ERR_IO from a put its commit fails as well.
 *
 * Spans that reads give live in the arena passed in. Callbacks may read but
 * not write. A row that is not what was written is ERR_DAMAGED; writing it
 * again heals it.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/span.h"
#include "crypto/hash.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	STORE_FRONTIER_MAX = 64 * 32,
	STORE_RECORD_MAX = 66,
	STORE_META_MAX = 16384 /* 256 team ids and what is said of them */
};

/* What kind of log, fixed when it is added. */
enum store_role {
	STORE_OWN,     /* the shared log that this node signs */
	STORE_PRIVATE, /* the node's own, never replicated */
	STORE_MIRROR   /* another origin's */
};

/* The head of a log: written whole with every change. All spans borrowed. */
struct store_head {
	uint64_t size;          /* records held */
	struct digest root;     /* of those */
	struct span frontier;   /* hashes, as ledger/tree.h writes them */
	struct span checkpoint; /* newest signed note; may be "" */
	uint64_t checkpoint_size;  /* the size that note is for */
	uint64_t cosigned_size; /* a mirror: the largest cosigned; own: fence */
	uint64_t cosigned_time_s;
	uint64_t bodies_low;    /* every body due here below it is held */
	uint32_t flags;         /* enum store_flag */
};

enum store_flag {
	STORE_FROZEN = 1, /* two branches were seen; nothing more is cosigned */
	STORE_CLOSED = 2  /* the epoch ended at a named size */
};

struct store_log {
	uint32_t id;
	enum store_role role;
	struct span origin; /* lives as long as the store */
};

enum store_body_state {
	STORE_BODY_HELD,        /* verified and, if sealed, opened */
	STORE_BODY_SEALED,      /* container held for others (never opened) */
	STORE_BODY_QUARANTINED, /* the origin's fault: kept, not shown as good */
	STORE_BODY_DAMAGED,     /* no holder could serve it intact */
	STORE_BODY_VOID,        /* by a revoked key: kept, struck through */
	STORE_BODY_ERASED       /* deleted as law demands: a stub of its
	                         * envelope stands in its place */
};

/* A body row. `opened` is the inner JWS wrapped under the store key
 * (crypto/wrap.h), "" for open entries, whose bytes are the JWS itself. */
struct store_body {
	enum store_body_state state;
	struct span bytes;  /* container or JWS, verbatim; "" if damaged */
	struct span opened;
	struct span meta;   /* small text of the writer's own, <= STORE_META_MAX */
};

/* A register document as received: kind "charter", "register", "suspension"
 * or "keyset"; team "" except for keysets. */
struct store_document {
	struct span kind;
	struct span team;
	uint64_t version;
	struct digest hash; /* of the payload */
	struct span bytes;
};

struct store;

/* Called for each row of a scan, ascending; return false to stop. */
typedef bool store_log_fn(void *ctx, const struct store_log *log);
typedef bool store_record_fn(void *ctx, uint64_t index, struct span record);
typedef bool store_body_fn(void *ctx, uint64_t index,
    const struct store_body *body);
typedef bool store_document_fn(void *ctx, const struct store_document *d);
typedef bool store_receipt_fn(void *ctx, uint64_t seq, struct span jws);
typedef bool store_item_fn(void *ctx, struct span key, struct span value);

struct store_ops {
	void (*free)(struct store *s);
	enum err (*begin)(struct store *s);
	enum err (*commit)(struct store *s);
	void (*rollback)(struct store *s);
	enum err (*shred)(struct store *s);

	enum err (*add_log)(struct store *s, enum store_role role,
	    struct span origin, struct store_log *out);
	enum err (*scan_logs)(struct store *s, store_log_fn *fn, void *ctx);
	enum err (*put_head)(struct store *s, uint32_t log,
	    const struct store_head *h);
	enum err (*get_head)(struct store *s, uint32_t log, struct arena *a,
	    struct store_head *out);

	enum err (*put_record)(struct store *s, uint32_t log, uint64_t index,
	    struct span record);
	enum err (*scan_records)(struct store *s, uint32_t log, uint64_t first,
	    uint64_t count, store_record_fn *fn, void *ctx);
	enum err (*put_node)(struct store *s, uint32_t log, unsigned level,
	    uint64_t n, const struct digest *hash);
	enum err (*get_node)(struct store *s, uint32_t log, unsigned level,
	    uint64_t n, struct digest *out);

	enum err (*put_body)(struct store *s, uint32_t log, uint64_t index,
	    const struct store_body *b);
	enum err (*get_body)(struct store *s, uint32_t log, uint64_t index,
	    struct arena *a, struct store_body *out);
	enum err (*scan_bodies)(struct store *s, uint32_t log, uint64_t first,
	    uint64_t count, bool with_bytes, store_body_fn *fn, void *ctx);

	enum err (*put_document)(struct store *s,
	    const struct store_document *d);
	enum err (*scan_documents)(struct store *s, store_document_fn *fn,
	    void *ctx);

	enum err (*put_receipt)(struct store *s, uint32_t log,
	    struct span team, uint64_t of, uint64_t seq, struct span jws);
	enum err (*scan_receipts)(struct store *s, uint32_t log,
	    struct span team, uint64_t first_of, uint64_t first_seq,
	    store_receipt_fn *fn, void *ctx);

	enum err (*put_item)(struct store *s, const char *table,
	    struct span key, struct span value);
	enum err (*get_item)(struct store *s, const char *table,
	    struct span key, struct arena *a, struct span *out);
	enum err (*scan_items)(struct store *s, const char *table,
	    struct span from, store_item_fn *fn, void *ctx);
};

struct store {
	const struct store_ops *ops;
	uint64_t syncs; /* how often the disk was asked to sync, for bench/ */
};

static inline void
store_free(struct store *s)
{
	if (s != NULL)
		s->ops->free(s);
}

/* Start, end durably, or undo a transaction. ERR_STATE if one is open (begin)
 * or none is (commit). rollback without a transaction does nothing.
 * commit: ERR_FULL (rolled back, may be tried later) or ERR_IO (final). */
MUST static inline enum err
store_begin(struct store *s)
{
	return s->ops->begin(s);
}

MUST static inline enum err
store_commit(struct store *s)
{
	return s->ops->commit(s);
}

static inline void
store_rollback(struct store *s)
{
	s->ops->rollback(s);
}

/* What was replaced before is in no file of the store any more, nor in its
 * journal. The first call may read everything. ERR_STATE in a transaction,
 * ERR_BUSY while somebody reads an older moment (try again), ERR_FULL,
 * ERR_IO. */
MUST static inline enum err
store_shred(struct store *s)
{
	return s->ops->shred(s);
}

/* The log named `origin`, made with an empty head and the next free id if it
 * is new. ERR_CONFLICT if it exists with another role. Needs a transaction
 * only when it is new (else ERR_STATE). */
MUST static inline enum err
store_add_log(struct store *s, enum store_role role, struct span origin,
    struct store_log *out)
{
	return s->ops->add_log(s, role, origin, out);
}

/* Every log, by ascending id. */
MUST static inline enum err
store_scan_logs(struct store *s, store_log_fn *fn, void *ctx)
{
	return s->ops->scan_logs(s, fn, ctx);
}

MUST static inline enum err
store_put_head(struct store *s, uint32_t log, const struct store_head *h)
{
	return s->ops->put_head(s, log, h);
}

/* ERR_NOT_FOUND for an unknown log; a new one has size 0, the empty tree's
 * root (SHA-256 of nothing) and empty spans. ERR_DAMAGED if unreadable. */
MUST static inline enum err
store_get_head(struct store *s, uint32_t log, struct arena *a,
    struct store_head *out)
{
	return s->ops->get_head(s, log, a, out);
}

/* Records never change: the same bytes again are ERR_NONE, others
 * ERR_CONFLICT. At most STORE_RECORD_MAX bytes. */
MUST static inline enum err
store_put_record(struct store *s, uint32_t log, uint64_t index,
    struct span record)
{
	return s->ops->put_record(s, log, index, record);
}

/* Records [first, first + count) that are held; spans live during the call. */
MUST static inline enum err
store_scan_records(struct store *s, uint32_t log, uint64_t first,
    uint64_t count, store_record_fn *fn, void *ctx)
{
	return s->ops->scan_records(s, log, first, count, fn, ctx);
}

/* Hash of the complete subtree over leaves [n * 256^level, (n+1) * 256^level),
 * level >= 1, so that old roots and proofs need few reads. */
MUST static inline enum err
store_put_node(struct store *s, uint32_t log, unsigned level, uint64_t n,
    const struct digest *hash)
{
	return s->ops->put_node(s, log, level, n, hash);
}

MUST static inline enum err
store_get_node(struct store *s, uint32_t log, unsigned level, uint64_t n,
    struct digest *out)
{
	return s->ops->get_node(s, log, level, n, out);
}

/* Write or replace a body. */
MUST static inline enum err
store_put_body(struct store *s, uint32_t log, uint64_t index,
    const struct store_body *b)
{
	return s->ops->put_body(s, log, index, b);
}

/* ERR_NOT_FOUND if no row is there. */
MUST static inline enum err
store_get_body(struct store *s, uint32_t log, uint64_t index, struct arena *a,
    struct store_body *out)
{
	return s->ops->get_body(s, log, index, a, out);
}

/* Body rows in [first, first + count); without bytes only state and meta are
 * read. Spans live during the call. A damaged row appears as
 * STORE_BODY_DAMAGED with empty spans and does not end the scan. */
MUST static inline enum err
store_scan_bodies(struct store *s, uint32_t log, uint64_t first,
    uint64_t count, bool with_bytes, store_body_fn *fn, void *ctx)
{
	return s->ops->scan_bodies(s, log, first, count, with_bytes, fn, ctx);
}

/* Add a document; the same again is ERR_NONE. All versions are kept, and each
 * payload of one: a team made anew begins with version 1 again. */
MUST static inline enum err
store_put_document(struct store *s, const struct store_document *d)
{
	return s->ops->put_document(s, d);
}

/* Every document, by kind, team, version, hash. */
MUST static inline enum err
store_scan_documents(struct store *s, store_document_fn *fn, void *ctx)
{
	return s->ops->scan_documents(s, fn, ctx);
}

/* Receipts between this node and `team` for `log`. Theirs to us are kept by
 * the size `of` the log that they speak of: many teams receipt the same entry
 * at the same time, and what is written together shall lie together. Of ours
 * to an origin, of which there is one, `of` is 0. `seq` is the number in the
 * chain; a receiver that crashed may lack some of its own, which the origin
 * holds. The same again is ERR_NONE, others ERR_CONFLICT. */
MUST static inline enum err
store_put_receipt(struct store *s, uint32_t log, struct span team,
    uint64_t of, uint64_t seq, struct span jws)
{
	return s->ops->put_receipt(s, log, team, of, seq, jws);
}

/* Those of `team` that speak of `first_of` or more, by that and by number;
 * of each size those from number `first_seq` on. */
MUST static inline enum err
store_scan_receipts(struct store *s, uint32_t log, struct span team,
    uint64_t first_of, uint64_t first_seq, store_receipt_fn *fn, void *ctx)
{
	return s->ops->scan_receipts(s, log, team, first_of, first_seq, fn,
	    ctx);
}

/* Small named values (delivery marks, cosignatures, node state): `table` is a
 * literal such as "board"; an empty value removes the key. */
MUST static inline enum err
store_put_item(struct store *s, const char *table, struct span key,
    struct span value)
{
	return s->ops->put_item(s, table, key, value);
}

MUST static inline enum err
store_get_item(struct store *s, const char *table, struct span key,
    struct arena *a, struct span *out)
{
	return s->ops->get_item(s, table, key, a, out);
}

MUST static inline enum err
store_scan_items(struct store *s, const char *table, store_item_fn *fn,
    void *ctx)
{
	return s->ops->scan_items(s, table, span_of(NULL, 0), fn, ctx);
}

/* Those whose key is not below `from`. */
MUST static inline enum err
store_scan_items_from(struct store *s, const char *table, struct span from,
    store_item_fn *fn, void *ctx)
{
	return s->ops->scan_items(s, table, from, fn, ctx);
}

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * A delivery receipt: the signed statement of a receiver to an origin that
 * entries are durable. It is the payload of a compact JWS with the typ below
 * by the receiver's entry key; it stands in no log and is kept by both.
 *
 *   {"log","size","root","held":[[first,last]...],"missing":[[first,last]...],
 *    "by","at","since"?}
 *
 * Every open body below `size` is durable at `by` except `missing`; `held`
 * lists sealed indices whose containers are durable and opened to their
 * digest, since the receipt whose JWS has SHA-256 `since` (absent in the
 * first). Receipts between two parties form a chain, numbered from 0 by
 * their place in it. doc/protocol.md, "Receipts".
 */
#ifndef RECORD_RECEIPT_H
#define RECORD_RECEIPT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/ranges.h"
#include "base/span.h"
#include "crypto/hash.h"

#include <stdbool.h>
#include <stdint.h>

#define RECEIPT_TYP "almenara-receipt+jws"

struct receipt {
	struct span log;
	uint64_t size;
	struct digest root;
	struct ranges held;    /* owned: receipt_release */
	struct ranges missing; /* owned */
	struct span by;        /* team */
	int64_t at_s;
	bool has_since;
	struct digest since;
};

/* Free what `r` owns. Accepts a zeroed receipt. */
void receipt_release(struct receipt *r);

/* Append the payload. ERR_LIMIT beyond LIMIT_PAYLOAD or
 * LIMIT_RECEIPT_RANGES in one list. */
MUST enum err receipt_write(const struct receipt *r, struct buf *out);

/* Parse a payload; `out` must be zeroed, borrows from `payload` and `a`, and
 * is released by the caller. ERR_SYNTAX, ERR_SCHEMA, ERR_LIMIT or
 * ERR_CANONICAL (ranges that do not ascend or reach past `size`). */
MUST enum err receipt_parse(struct span payload, struct arena *a,
    struct receipt *out, struct fault *f);

#endif

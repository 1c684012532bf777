/* SPDX-License-Identifier: Apache-2.0
 *
 * The frames of the peer protocol: one struct, one write and one parse
 * function each, side by side. Pure. The header around them (version, type,
 * flags, length) is net/frame.h's. Parsed spans borrow from the payload.
 * Integers are big-endian; "str8", "str16" and "str32" are bytes with their
 * length before them. Everything is checked against base/limits.h.
 * doc/protocol.md, "Frames".
 */
#ifndef PEER_WIRE_H
#define PEER_WIRE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/reader.h"
#include "base/span.h"
#include "crypto/hash.h"

#include <stdbool.h>
#include <stdint.h>

enum wire_type {
	WIRE_HELLO = 1,
	WIRE_BYE = 2,
	WIRE_DOCS = 3,
	WIRE_DOC_WANT = 4,
	WIRE_DOC = 5,
	WIRE_HEADS = 6,
	WIRE_RECORDS_WANT = 7,
	WIRE_PUSH = 8,
	WIRE_TILE_WANT = 9,
	WIRE_TILE = 10,
	WIRE_BODY = 11,
	WIRE_BODY_WANT = 12,
	WIRE_BODY_NONE = 13,
	WIRE_CREDIT = 14,
	WIRE_RECEIPT = 15,
	WIRE_COSIGNATURE = 16,
	WIRE_HEARTBEAT = 17,
	WIRE_OFFER = 18,
	WIRE_EQUIVOCATION = 19,
	WIRE_BLOB_WANT = 20,
	WIRE_BLOB = 21,
	WIRE_TYPE_COUNT
};

enum {
	WIRE_VERSION = 1,      /* of the meaning of frames, agreed in HELLO */
	WIRE_FEATURE_ZSTD = 1, /* may receive compressed frames */
	WIRE_HEADS_MAX = 4096, /* in one frame; more follow in another */
	WIRE_DOCS_MAX = 1024,
	WIRE_WANTS_MAX = 64,
	WIRE_BLOB_MAX = 262144 /* bytes of an attachment in one frame */
};

/* The size and root of a log as somebody holds it. */
struct wire_head {
	struct span origin;
	uint64_t size;
	struct digest root;
};

/* HELLO: u8 least, u8 most version; str8 team; str8 node; u32 features;
 * 32 state digest; head own; head yours (size 0 if none is held);
 * u64 receipts held of yours for my log, 32 SHA-256 of the last (zeros). */
struct wire_hello {
	uint8_t least, most;
	struct span team;
	struct span node;
	uint32_t features;
	struct digest state;
	struct wire_head own;
	struct wire_head yours;
	uint64_t receipts;
	struct digest last_receipt;
};
void wire_write_hello(const struct wire_hello *m, struct buf *out);
MUST enum err wire_parse_hello(struct span in, struct wire_hello *out);

/* BYE: str8 reason (an error token), str16 text for the other side's log. */
struct wire_bye {
	struct span token;
	struct span text;
};
void wire_write_bye(const struct wire_bye *m, struct buf *out);
MUST enum err wire_parse_bye(struct span in, struct wire_bye *out);

/* DOCS: u16 count, then u8 kind, str8 team, u64 version, 32 hash each.
 * DOC_WANT: the same, what is asked for. DOC: the document's bytes. */
struct wire_doc {
	uint8_t kind;
	struct span team;
	uint64_t version;
	struct digest hash;
};
void wire_write_doc(const struct wire_doc *m, struct buf *out);
MUST enum err wire_read_doc(struct reader *r, struct wire_doc *out);

/* HEADS: u16 count, then heads: str8 origin, u64 size, 32 root. */
void wire_write_head(const struct wire_head *m, struct buf *out);
MUST enum err wire_read_head(struct reader *r, struct wire_head *out);

/* RECORDS_WANT: str8 origin, u64 first: records from `first` to the newest
 * that the other holds, with its checkpoint. */
struct wire_records_want {
	struct span origin;
	uint64_t first;
};
void wire_write_records_want(const struct wire_records_want *m,
    struct buf *out);
MUST enum err wire_parse_records_want(struct span in,
    struct wire_records_want *out);

/* PUSH: u8 flags (1: please cosign this one), str8 origin, str32 note,
 * u64 first, u16 count, then str8 records. With count 0 it only announces
 * the checkpoint: the gap is larger than LIMIT_GAP_BY_PUSH. */
enum { WIRE_PUSH_WITNESS = 1 };
struct wire_push {
	uint8_t flags;
	struct span origin;
	struct span note;
	uint64_t first;
	uint16_t count;
	struct span records; /* `count` times str8 */
};
void wire_write_push(const struct wire_push *m, struct buf *out);
MUST enum err wire_parse_push(struct span in, struct wire_push *out);

/* TILE_WANT: str8 origin, u64 size, u8 entries, u8 level, u64 n, u16 width.
 * TILE: the same, str32 bytes ("" if it cannot be served). */
struct wire_tile {
	struct span origin;
	uint64_t size;
	bool entries;
	uint8_t level;
	uint64_t n;
	uint16_t width;
	struct span bytes;
};
void wire_write_tile(const struct wire_tile *m, bool with_bytes,
    struct buf *out);
MUST enum err wire_parse_tile(struct span in, bool with_bytes,
    struct wire_tile *out);

/* Why there is no body; any other value says as little as the first. */
enum wire_none {
	WIRE_NONE_UNSAID,   /* sealed, not covered yet, not for you, .. */
	WIRE_NONE_LACKED,   /* open, its record is here and it is not */
	WIRE_NONE_WITHHELD, /* open and here, but set aside or not for you */
	WIRE_NONE_ERASED    /* open, and deleted here as law demands */
};

/* BODY: str8 origin, u64 index, str32 bytes. BODY_NONE: the first two and u8
 * why. */
struct wire_body {
	struct span origin;
	uint64_t index;
	struct span bytes;
	uint8_t none;
};
void wire_write_body(const struct wire_body *m, bool with_bytes,
    struct buf *out);
MUST enum err wire_parse_body(struct span in, bool with_bytes,
    struct wire_body *out);

/* BODY_WANT and OFFER: str8 origin, u16 count, u64 indices. */
struct wire_indices {
	struct span origin;
	uint16_t count;
	uint64_t index[WIRE_WANTS_MAX];
};
void wire_write_indices(const struct wire_indices *m, struct buf *out);
MUST enum err wire_parse_indices(struct span in, struct wire_indices *out);

/* BLOB_WANT: str8 origin, u64 index of the entry that lists the attachment,
 * 32 SHA-256 of its sealed bytes, u64 from which of them, u32 how many.
 * BLOB: 32 SHA-256, u64 from which, str32 bytes ("" if they are not to be had
 * here by the one who asks). */
struct wire_blob_want {
	struct span origin;
	uint64_t index;
	struct digest name;
	uint64_t at;
	uint32_t n;
};
void wire_write_blob_want(const struct wire_blob_want *m, struct buf *out);
MUST enum err wire_parse_blob_want(struct span in, struct wire_blob_want *out);

struct wire_blob {
	struct digest name;
	uint64_t at;
	struct span bytes;
};
/* The same for `n` bytes that are still to be written where this leads. */
unsigned char *wire_begin_blob(const struct digest *name, uint64_t at,
    uint32_t n, struct buf *out);
void wire_write_blob(const struct wire_blob *m, struct buf *out);
MUST enum err wire_parse_blob(struct span in, struct wire_blob *out);

/* CREDIT: u32 bodies, u64 bytes that need not be counted any more. */
struct wire_credit {
	uint32_t bodies;
	uint64_t bytes;
};
void wire_write_credit(const struct wire_credit *m, struct buf *out);
MUST enum err wire_parse_credit(struct span in, struct wire_credit *out);

/* RECEIPT: u64 number in the chain, str32 JWS. */
struct wire_receipt {
	uint64_t seq;
	struct span jws;
};
void wire_write_receipt(const struct wire_receipt *m, struct buf *out);
MUST enum err wire_parse_receipt(struct span in, struct wire_receipt *out);

/* COSIGNATURE: head, 72 bytes of signature (time first). HEARTBEAT: head of
 * the sender's own log, 72 bytes, 32 state digest, u32 bodies due to you and
 * not yet receipted, u8 flags (1: degraded; 2: it says whether the watch is
 * covered, 4: it is, by people who speak 8: en, 16: es, 32: pt, 64: fr). */
enum {
	WIRE_COSIGNATURE_BYTES = 72,
	WIRE_DEGRADED = 1,
	WIRE_COVER = 2,
	WIRE_COVERED = 4,
	WIRE_COVER_LANGUAGE = 8, /* times 1 << its number */
	WIRE_COVER_ALL = 126
};
struct wire_beat {
	struct wire_head head;
	unsigned char sig[WIRE_COSIGNATURE_BYTES];
	struct digest state; /* these three only in a heartbeat */
	uint32_t due;
	uint8_t flags;
};
void wire_write_beat(const struct wire_beat *m, bool heartbeat,
    struct buf *out);
MUST enum err wire_parse_beat(struct span in, bool heartbeat,
    struct wire_beat *out);

/* The name of a frame type for logs; "?" if it has none. */
const char *wire_type_name(uint8_t type);

#endif

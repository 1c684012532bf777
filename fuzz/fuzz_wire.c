/* reaches: wire_parse_hello wire_parse_bye wire_read_doc wire_read_head
 * wire_parse_records_want wire_parse_push wire_parse_tile wire_parse_body
 * wire_parse_indices wire_parse_credit wire_parse_receipt wire_parse_beat
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The first byte is the type of a frame, the rest its payload. The frames
 * have one way to be written: what is read is written back byte for byte.
 */
#include "peer/wire.h"

#include "fuzz.h"

/* One function a shape: parse, and write what was read. */
#define SHAPE(name, parse, write)                                              \
	static enum err name(struct span in, struct buf *out)                  \
	{                                                                      \
		struct wire_##name m;                                          \
		enum err e = parse;                                            \
                                                                               \
		if (e == ERR_NONE)                                             \
			write;                                                 \
		return e;                                                      \
	}
#define SHAPE_PLAIN(name)                                                      \
	SHAPE(name, wire_parse_##name(in, &m), wire_write_##name(&m, out))

SHAPE_PLAIN(hello)
SHAPE_PLAIN(bye)
SHAPE_PLAIN(records_want)
SHAPE_PLAIN(push)
SHAPE_PLAIN(indices)
SHAPE_PLAIN(credit)
SHAPE_PLAIN(receipt)

static enum err
tile(struct span in, bool with_bytes, struct buf *out)
{
	struct wire_tile m;
	enum err e = wire_parse_tile(in, with_bytes, &m);

	if (e == ERR_NONE)
		wire_write_tile(&m, with_bytes, out);
	return e;
}

static enum err
body(struct span in, bool with_bytes, struct buf *out)
{
	struct wire_body m;
	enum err e = wire_parse_body(in, with_bytes, &m);

	if (e == ERR_NONE)
		wire_write_body(&m, with_bytes, out);
	return e;
}

static enum err
beat(struct span in, bool heartbeat, struct buf *out)
{
	struct wire_beat m;
	enum err e = wire_parse_beat(in, heartbeat, &m);

	if (e == ERR_NONE)
		wire_write_beat(&m, heartbeat, out);
	return e;
}

/* DOCS, DOC_WANT and HEADS: a count, then so many. */
static enum err
list(struct span in, bool heads, struct buf *out)
{
	struct reader r;
	uint16_t n;

	reader_init(&r, in);
	n = reader_u16(&r);
	if (n > (heads ? WIRE_HEADS_MAX : WIRE_DOCS_MAX))
		return ERR_LIMIT;
	buf_put_u16(out, n);
	for (unsigned i = 0; i < n; i++) {
		struct wire_head head;
		struct wire_doc doc;
		enum err e = heads ? wire_read_head(&r, &head) :
			wire_read_doc(&r, &doc);

		if (e != ERR_NONE)
			return e;
		if (heads)
			wire_write_head(&head, out);
		else
			wire_write_doc(&doc, out);
	}
	return reader_check(&r, true);
}

static enum err
blob_want(struct span in, struct buf *out)
{
	struct wire_blob_want m;
	enum err e = wire_parse_blob_want(in, &m);

	if (e == ERR_NONE)
		wire_write_blob_want(&m, out);
	return e;
}

static enum err
blob(struct span in, struct buf *out)
{
	struct wire_blob m;
	enum err e = wire_parse_blob(in, &m);

	if (e == ERR_NONE)
		wire_write_blob(&m, out);
	return e;
}

static enum err
again(uint8_t type, struct span in, struct buf *out)
{
	switch (type) {
	case WIRE_HELLO:
		return hello(in, out);
	case WIRE_BYE:
		return bye(in, out);
	case WIRE_DOCS:
	case WIRE_DOC_WANT:
	case WIRE_HEADS:
		return list(in, type == WIRE_HEADS, out);
	case WIRE_RECORDS_WANT:
		return records_want(in, out);
	case WIRE_PUSH:
		return push(in, out);
	case WIRE_TILE_WANT:
	case WIRE_TILE:
		return tile(in, type == WIRE_TILE, out);
	case WIRE_BODY:
	case WIRE_BODY_NONE:
		return body(in, type == WIRE_BODY, out);
	case WIRE_BODY_WANT:
	case WIRE_OFFER:
		return indices(in, out);
	case WIRE_CREDIT:
		return credit(in, out);
	case WIRE_RECEIPT:
		return receipt(in, out);
	case WIRE_COSIGNATURE:
	case WIRE_HEARTBEAT:
		return beat(in, type == WIRE_HEARTBEAT, out);
	case WIRE_BLOB_WANT:
		return blob_want(in, out);
	case WIRE_BLOB:
		return blob(in, out);
	default:
		return ERR_UNSUPPORTED;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in;
	struct buf out;

	if (size == 0)
		return 0;
	in = span_of(data + 1, size - 1);
	FUZZ_CHECK(wire_type_name(data[0])[0] != '\0');
	buf_init(&out, 2 * size + 65536);
	if (again(data[0], in, &out) == ERR_NONE) {
		/* a later version may say more behind a HELLO */
		FUZZ_CHECK(data[0] == WIRE_HELLO ? out.n <= in.n :
			out.n == in.n);
		FUZZ_CHECK(memcmp(out.p, in.p, out.n) == 0);
	}
	buf_release(&out);
	return 0;
}

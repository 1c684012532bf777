/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing and reading the frames of the peer protocol.
 */
#include "peer/wire.h"

static void
put_digest(struct buf *out, const struct digest *d)
{
	buf_put(out, digest_span(d));
}

static void
read_digest(struct reader *r, struct digest *out)
{
	reader_copy(r, out->b, sizeof out->b);
}

void
wire_write_head(const struct wire_head *m, struct buf *out)
{
	buf_put_span8(out, m->origin);
	buf_put_u64(out, m->size);
	put_digest(out, &m->root);
}

enum err
wire_read_head(struct reader *r, struct wire_head *out)
{
	out->origin = reader_span8(r, LIMIT_NAME);
	out->size = reader_u64(r);
	read_digest(r, &out->root);
	return reader_check(r, false);
}

void
wire_write_hello(const struct wire_hello *m, struct buf *out)
{
	buf_put_u8(out, m->least);
	buf_put_u8(out, m->most);
	buf_put_span8(out, m->team);
	buf_put_span8(out, m->node);
	buf_put_u32(out, m->features);
	put_digest(out, &m->state);
	wire_write_head(&m->own, out);
	wire_write_head(&m->yours, out);
	buf_put_u64(out, m->receipts);
	put_digest(out, &m->last_receipt);
}

enum err
wire_parse_hello(struct span in, struct wire_hello *out)
{
	struct wire_hello m;
	struct reader r;
	enum err e;

	reader_init(&r, in);
	m.least = reader_u8(&r);
	m.most = reader_u8(&r);
	m.team = reader_span8(&r, LIMIT_TEAM_NAME);
	m.node = reader_span8(&r, LIMIT_NAME);
	m.features = reader_u32(&r);
	read_digest(&r, &m.state);
	e = wire_read_head(&r, &m.own);
	if (e == ERR_NONE)
		e = wire_read_head(&r, &m.yours);
	m.receipts = reader_u64(&r);
	read_digest(&r, &m.last_receipt);
	/* a later version may say more behind this */
	if (e == ERR_NONE)
		e = reader_check(&r, false);
	if (e == ERR_NONE)
		*out = m;
	return e;
}

void
wire_write_bye(const struct wire_bye *m, struct buf *out)
{
	buf_put_span8(out, m->token);
	buf_put_span16(out, m->text);
}

enum err
wire_parse_bye(struct span in, struct wire_bye *out)
{
	struct wire_bye m;
	struct reader r;

	reader_init(&r, in);
	m.token = reader_span8(&r, 64);
	m.text = reader_span16(&r, 1024);
	if (reader_check(&r, true) != ERR_NONE)
		return ERR_SYNTAX;
	*out = m;
	return ERR_NONE;
}

void
wire_write_doc(const struct wire_doc *m, struct buf *out)
{
	buf_put_u8(out, m->kind);
	buf_put_span8(out, m->team);
	buf_put_u64(out, m->version);
	put_digest(out, &m->hash);
}

enum err
wire_read_doc(struct reader *r, struct wire_doc *out)
{
	out->kind = reader_u8(r);
	out->team = reader_span8(r, LIMIT_TEAM_NAME);
	out->version = reader_u64(r);
	read_digest(r, &out->hash);
	return reader_check(r, false);
}

void
wire_write_records_want(const struct wire_records_want *m, struct buf *out)
{
	buf_put_span8(out, m->origin);
	buf_put_u64(out, m->first);
}

enum err
wire_parse_records_want(struct span in, struct wire_records_want *out)
{
	struct wire_records_want m;
	struct reader r;

	reader_init(&r, in);
	m.origin = reader_span8(&r, LIMIT_NAME);
	m.first = reader_u64(&r);
	if (reader_check(&r, true) != ERR_NONE)
		return ERR_SYNTAX;
	*out = m;
	return ERR_NONE;
}

void
wire_write_push(const struct wire_push *m, struct buf *out)
{
	buf_put_u8(out, m->flags);
	buf_put_span8(out, m->origin);
	buf_put_span32(out, m->note);
	buf_put_u64(out, m->first);
	buf_put_u16(out, m->count);
	buf_put(out, m->records);
}

enum err
wire_parse_push(struct span in, struct wire_push *out)
{
	struct wire_push m;
	struct reader r;

	reader_init(&r, in);
	m.flags = reader_u8(&r);
	m.origin = reader_span8(&r, LIMIT_NAME);
	m.note = reader_span32(&r, LIMIT_NOTE);
	m.first = reader_u64(&r);
	m.count = reader_u16(&r);
	m.records = reader_rest(&r);
	if (m.count > LIMIT_RECORDS_PER_FRAME)
		return ERR_LIMIT;
	for (unsigned i = 0; i < m.count; i++)
		(void)reader_span8(&r, UINT8_MAX);
	if (reader_check(&r, true) != ERR_NONE)
		return ERR_SYNTAX;
	*out = m;
	return ERR_NONE;
}

void
wire_write_tile(const struct wire_tile *m, bool with_bytes, struct buf *out)
{
	buf_put_span8(out, m->origin);
	buf_put_u64(out, m->size);
	buf_put_u8(out, m->entries);
	buf_put_u8(out, m->level);
	buf_put_u64(out, m->n);
	buf_put_u16(out, m->width);
	if (with_bytes)
		buf_put_span32(out, m->bytes);
}

enum err
wire_parse_tile(struct span in, bool with_bytes, struct wire_tile *out)
{
	struct wire_tile m = { 0 };
	struct reader r;
	uint8_t entries;

	reader_init(&r, in);
	m.origin = reader_span8(&r, LIMIT_NAME);
	m.size = reader_u64(&r);
	entries = reader_u8(&r);
	m.entries = entries != 0;
	m.level = reader_u8(&r);
	m.n = reader_u64(&r);
	m.width = reader_u16(&r);
	if (with_bytes)
		m.bytes = reader_span32(&r, LIMIT_FRAME);
	if (reader_check(&r, true) != ERR_NONE || entries > 1)
		return ERR_SYNTAX;
	*out = m;
	return ERR_NONE;
}

void
wire_write_body(const struct wire_body *m, bool with_bytes, struct buf *out)
{
	buf_put_span8(out, m->origin);
	buf_put_u64(out, m->index);
	if (with_bytes)
		buf_put_span32(out, m->bytes);
	else
		buf_put_u8(out, m->none);
}

enum err
wire_parse_body(struct span in, bool with_bytes, struct wire_body *out)
{
	struct wire_body m = { 0 };
	struct reader r;

	reader_init(&r, in);
	m.origin = reader_span8(&r, LIMIT_NAME);
	m.index = reader_u64(&r);
	if (with_bytes)
		m.bytes = reader_span32(&r, LIMIT_CONTAINER);
	else
		m.none = reader_u8(&r);
	if (reader_check(&r, true) != ERR_NONE)
		return ERR_SYNTAX;
	*out = m;
	return ERR_NONE;
}

void
wire_write_indices(const struct wire_indices *m, struct buf *out)
{
	buf_put_span8(out, m->origin);
	buf_put_u16(out, m->count);
	for (unsigned i = 0; i < m->count; i++)
		buf_put_u64(out, m->index[i]);
}

enum err
wire_parse_indices(struct span in, struct wire_indices *out)
{
	struct wire_indices m = { 0 };
	struct reader r;

	reader_init(&r, in);
	m.origin = reader_span8(&r, LIMIT_NAME);
	m.count = reader_u16(&r);
	if (m.count > WIRE_WANTS_MAX)
		return ERR_LIMIT;
	for (unsigned i = 0; i < m.count; i++)
		m.index[i] = reader_u64(&r);
	if (reader_check(&r, true) != ERR_NONE)
		return ERR_SYNTAX;
	*out = m;
	return ERR_NONE;
}

void
wire_write_credit(const struct wire_credit *m, struct buf *out)
{
	buf_put_u32(out, m->bodies);
	buf_put_u64(out, m->bytes);
}

enum err
wire_parse_credit(struct span in, struct wire_credit *out)
{
	struct wire_credit m;
	struct reader r;

	reader_init(&r, in);
	m.bodies = reader_u32(&r);
	m.bytes = reader_u64(&r);
	if (reader_check(&r, true) != ERR_NONE)
		return ERR_SYNTAX;
	*out = m;
	return ERR_NONE;
}

void
wire_write_receipt(const struct wire_receipt *m, struct buf *out)
{
	buf_put_u64(out, m->seq);
	buf_put_span32(out, m->jws);
}

enum err
wire_parse_receipt(struct span in, struct wire_receipt *out)
{
	struct wire_receipt m;
	struct reader r;

	reader_init(&r, in);
	m.seq = reader_u64(&r);
	m.jws = reader_span32(&r, LIMIT_JWS);
	if (reader_check(&r, true) != ERR_NONE)
		return ERR_SYNTAX;
	*out = m;
	return ERR_NONE;
}

void
wire_write_beat(const struct wire_beat *m, bool heartbeat, struct buf *out)
{
	wire_write_head(&m->head, out);
	buf_put_mem(out, m->sig, sizeof m->sig);
	if (!heartbeat)
		return;
	put_digest(out, &m->state);
	buf_put_u32(out, m->due);
	buf_put_u8(out, m->flags);
}

enum err
wire_parse_beat(struct span in, bool heartbeat, struct wire_beat *out)
{
	struct wire_beat m = { 0 };
	struct reader r;
	enum err e;

	reader_init(&r, in);
	e = wire_read_head(&r, &m.head);
	reader_copy(&r, m.sig, sizeof m.sig);
	if (heartbeat) {
		read_digest(&r, &m.state);
		m.due = reader_u32(&r);
		m.flags = reader_u8(&r);
	}
	if (e == ERR_NONE)
		e = reader_check(&r, true);
	if (e == ERR_NONE)
		*out = m;
	return e;
}

void
wire_write_blob_want(const struct wire_blob_want *m, struct buf *out)
{
	buf_put_span8(out, m->origin);
	buf_put_u64(out, m->index);
	put_digest(out, &m->name);
	buf_put_u64(out, m->at);
	buf_put_u32(out, m->n);
}

enum err
wire_parse_blob_want(struct span in, struct wire_blob_want *out)
{
	struct wire_blob_want m;
	struct reader r;

	reader_init(&r, in);
	m.origin = reader_span8(&r, LIMIT_NAME);
	m.index = reader_u64(&r);
	read_digest(&r, &m.name);
	m.at = reader_u64(&r);
	m.n = reader_u32(&r);
	if (reader_check(&r, true) != ERR_NONE)
		return ERR_SYNTAX;
	if (m.n == 0 || m.n > WIRE_BLOB_MAX)
		return ERR_LIMIT;
	*out = m;
	return ERR_NONE;
}

unsigned char *
wire_begin_blob(const struct digest *name, uint64_t at, uint32_t n,
    struct buf *out)
{
	put_digest(out, name);
	buf_put_u64(out, at);
	buf_put_u32(out, n);
	return buf_extend(out, n);
}

void
wire_write_blob(const struct wire_blob *m, struct buf *out)
{
	unsigned char *at = wire_begin_blob(&m->name, m->at,
	    (uint32_t)m->bytes.n, out);

	if (m->bytes.n != 0)
		memcpy(at, m->bytes.p, m->bytes.n);
}

enum err
wire_parse_blob(struct span in, struct wire_blob *out)
{
	struct wire_blob m;
	struct reader r;

	reader_init(&r, in);
	read_digest(&r, &m.name);
	m.at = reader_u64(&r);
	m.bytes = reader_span32(&r, WIRE_BLOB_MAX);
	if (reader_check(&r, true) != ERR_NONE)
		return ERR_SYNTAX;
	*out = m;
	return ERR_NONE;
}

const char *
wire_type_name(uint8_t type)
{
	static const char *const names[WIRE_TYPE_COUNT] = { "?", "HELLO",
		"BYE", "DOCS", "DOC_WANT", "DOC", "HEADS", "RECORDS_WANT",
		"PUSH", "TILE_WANT", "TILE", "BODY", "BODY_WANT", "BODY_NONE",
		"CREDIT", "RECEIPT", "COSIGNATURE", "HEARTBEAT", "OFFER",
		"EQUIVOCATION", "BLOB_WANT", "BLOB" };

	return type < WIRE_TYPE_COUNT ? names[type] : "?";
}

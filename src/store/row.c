/* SPDX-License-Identifier: Apache-2.0
 *
 * The bytes of the store's rows.
 */
#include "store/row.h"

#include "base/reader.h"

#include <string.h>

enum { HEAD_VERSION = 1 };

static struct digest
sum(enum row_kind kind, enum row_part part, struct span key, struct span rest)
{
	unsigned char tag[4] = { 'a', (unsigned char)kind,
		(unsigned char)part, (unsigned char)(key.n & 0xff) };
	struct span in[] = { span_of(tag, sizeof tag), key, rest };

	return hash_sha256_spans(in, 3);
}

void
row_begin(struct buf *out)
{
	static const unsigned char zero[ROW_SUM];

	buf_clear(out);
	buf_put_mem(out, zero, sizeof zero);
}

void
row_end(struct buf *out, enum row_kind kind, enum row_part part,
    struct span key)
{
	struct digest d;

	if (out->over)
		return;
	d = sum(kind, part, key, span_of(out->p + ROW_SUM, out->n - ROW_SUM));
	memcpy(out->p, d.b, ROW_SUM);
}

enum err
row_open(enum row_kind kind, enum row_part part, struct span key,
    struct span sealed, struct span *out)
{
	struct span rest;
	struct digest d;

	if (sealed.n < ROW_SUM)
		return ERR_DAMAGED;
	rest = span_of(sealed.p + ROW_SUM, sealed.n - ROW_SUM);
	d = sum(kind, part, key, rest);
	if (memcmp(d.b, sealed.p, ROW_SUM) != 0)
		return ERR_DAMAGED;
	*out = rest;
	return ERR_NONE;
}

void
row_key_log(struct buf *out, uint32_t log)
{
	buf_put_u64(out, log);
}

enum err
row_key_index(struct buf *out, uint32_t log, uint64_t index)
{
	if (log >> ROW_LOG_BITS != 0 || index >> ROW_INDEX_BITS != 0)
		return ERR_LIMIT;
	buf_put_u64(out, (uint64_t)log << ROW_INDEX_BITS | index);
	return ERR_NONE;
}

void
row_key_node(struct buf *out, uint32_t log, unsigned level, uint64_t n)
{
	buf_put_u32(out, log);
	buf_put_u8(out, (uint8_t)level);
	buf_put_u64(out, n);
}

enum err
row_key_name(struct buf *out, struct span name)
{
	if (name.n > ROW_NAME_MAX)
		return ERR_LIMIT;
	if (name.n != 0 && memchr(name.p, 0, name.n) != NULL)
		return ERR_SYNTAX;
	buf_put(out, name);
	buf_put_u8(out, 0);
	return ERR_NONE;
}

uint64_t
row_tail(struct span key)
{
	uint64_t v = 0;

	for (size_t i = key.n < 8 ? 0 : key.n - 8; i < key.n; i++)
		v = v << 8 | key.p[i];
	return v;
}

uint64_t
row_index(struct span key)
{
	return row_tail(key) & (((uint64_t)1 << ROW_INDEX_BITS) - 1);
}

enum err
row_write_head(struct buf *out, const struct store_head *h)
{
	if (h->frontier.n > STORE_FRONTIER_MAX || h->checkpoint.n > LIMIT_NOTE)
		return ERR_LIMIT;
	buf_put_u8(out, HEAD_VERSION);
	buf_put_u64(out, h->size);
	buf_put(out, digest_span(&h->root));
	buf_put_u64(out, h->checkpoint_size);
	buf_put_u64(out, h->cosigned_size);
	buf_put_u64(out, h->cosigned_time_s);
	buf_put_u64(out, h->bodies_low);
	buf_put_u32(out, h->flags);
	buf_put_span32(out, h->frontier);
	buf_put_span32(out, h->checkpoint);
	return buf_check(out);
}

enum err
row_parse_head(struct span in, struct store_head *out)
{
	struct store_head h;
	struct reader r;

	reader_init(&r, in);
	if (reader_u8(&r) != HEAD_VERSION)
		return ERR_DAMAGED;
	h.size = reader_u64(&r);
	reader_copy(&r, h.root.b, sizeof h.root.b);
	h.checkpoint_size = reader_u64(&r);
	h.cosigned_size = reader_u64(&r);
	h.cosigned_time_s = reader_u64(&r);
	h.bodies_low = reader_u64(&r);
	h.flags = reader_u32(&r);
	h.frontier = reader_span32(&r, STORE_FRONTIER_MAX);
	h.checkpoint = reader_span32(&r, LIMIT_NOTE);
	if (reader_check(&r, true) != ERR_NONE)
		return ERR_DAMAGED;
	*out = h;
	return ERR_NONE;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames of the peer protocol: header, compression, incremental reading.
 */
#include "net/frame.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/reader.h"

#include <zstd.h>

enum {
	CHUNK = 65536,          /* most bytes fed at once */
	KEEP = 65536,           /* more than this is given back when idle */
	ZSTD_LEVEL = 1,
	ZSTD_WINDOW_LOG = 20    /* LIMIT_FRAME is 2^20 */
};

struct frame_codec {
	ZSTD_CCtx *pack;
	ZSTD_DCtx *unpack;
	struct buf scratch;
};

struct frame_codec *
frame_codec_create(void)
{
	struct frame_codec *c = mem_alloc(sizeof *c);

	c->pack = ZSTD_createCCtx();
	c->unpack = ZSTD_createDCtx();
	if (c->pack == NULL || c->unpack == NULL)
		abort();
	ZSTD_CCtx_setParameter(c->pack, ZSTD_c_compressionLevel, ZSTD_LEVEL);
	ZSTD_CCtx_setParameter(c->pack, ZSTD_c_checksumFlag, 0);
	ZSTD_DCtx_setParameter(c->unpack, ZSTD_d_windowLogMax,
	    ZSTD_WINDOW_LOG);
	buf_init(&c->scratch, LIMIT_FRAME);
	return c;
}

void
frame_codec_free(struct frame_codec *c)
{
	if (c == NULL)
		return;
	ZSTD_freeCCtx(c->pack);
	ZSTD_freeDCtx(c->unpack);
	buf_release(&c->scratch);
	free(c);
}

static void
scratch_trim(struct buf *b)
{
	size_t max = b->max;

	if (b->cap <= KEEP) {
		buf_clear(b);
		return;
	}
	buf_release(b);
	buf_init(b, max);
}

/* The payload compressed, in the codec's scratch; empty if that would not
 * make it smaller. */
static struct span
pack(struct frame_codec *c, struct span payload)
{
	unsigned char *at;
	size_t n;

	buf_clear(&c->scratch);
	at = buf_extend(&c->scratch, payload.n - 1);
	n = ZSTD_compress2(c->pack, at, payload.n - 1, payload.p, payload.n);
	return ZSTD_isError(n) != 0 ? span_of(NULL, 0) : span_of(at, n);
}

void
frame_write_head(uint8_t type, size_t n, unsigned char out[FRAME_HEADER])
{
	const unsigned char head[FRAME_HEADER] = { FRAME_VERSION, type, 0, 0,
		(unsigned char)(n >> 24), (unsigned char)(n >> 16),
		(unsigned char)(n >> 8), (unsigned char)n };

	memcpy(out, head, sizeof head);
}

enum err
frame_write(struct frame_codec *c, uint8_t type, struct span payload,
    bool may_zstd, struct buf *out)
{
	struct span body = payload, packed = { 0 };
	enum err e = ERR_NONE;

	if (payload.n > LIMIT_FRAME)
		return ERR_LIMIT;
	if (may_zstd && payload.n > FRAME_ZSTD_FROM)
		packed = pack(c, payload);
	if (packed.n != 0)
		body = packed;
	if (out->over || body.n + FRAME_HEADER > out->max - out->n) {
		e = ERR_LIMIT;
		goto out;
	}
	buf_put_u8(out, FRAME_VERSION);
	buf_put_u8(out, type);
	buf_put_u16(out, packed.n != 0 ? FRAME_ZSTD : 0);
	buf_put_u32(out, (uint32_t)body.n);
	buf_put(out, body);
out:
	scratch_trim(&c->scratch);
	return e;
}

void
frame_reader_init(struct frame_reader *r, struct frame_codec *codec)
{
	*r = (struct frame_reader){ .codec = codec };
	/* the longest frame, and one chunk that began with its last byte */
	buf_init(&r->in, FRAME_HEADER + LIMIT_FRAME + CHUNK);
	buf_init(&r->plain, LIMIT_FRAME);
}

void
frame_reader_release(struct frame_reader *r)
{
	buf_release(&r->in);
	buf_release(&r->plain);
	*r = (struct frame_reader){ 0 };
}

void
frame_reader_feed(struct frame_reader *r, struct span in)
{
	if (r->failed != ERR_NONE)
		return;
	if (r->at == r->in.n)
		scratch_trim(&r->in);
	else
		buf_consume(&r->in, r->at);
	r->at = 0;
	scratch_trim(&r->plain);
	buf_put(&r->in, in);
	/* only a caller that feeds without asking for frames gets here */
	r->failed = buf_check(&r->in);
}

/* RFC 8878: one frame, its content size stated, nothing behind it. As the
 * whole output is one block of memory of that size, which is the window too,
 * a frame cannot make us allocate more than LIMIT_FRAME whatever window it
 * asks for. */
static enum err
unpack(struct frame_reader *r, struct span body, struct span *out)
{
	unsigned long long size = ZSTD_getFrameContentSize(body.p, body.n);
	size_t whole = ZSTD_findFrameCompressedSize(body.p, body.n);
	unsigned char *at;
	size_t n;

	/* a skippable frame has size 0, and nobody packs nothing */
	if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN ||
	    size == 0 || ZSTD_isError(whole) != 0 || whole != body.n)
		return ERR_SYNTAX;
	if (size > LIMIT_FRAME)
		return ERR_LIMIT;
	buf_clear(&r->plain);
	at = buf_extend(&r->plain, (size_t)size);
	n = ZSTD_decompressDCtx(r->codec->unpack, at, (size_t)size, body.p,
	    body.n);
	if (ZSTD_isError(n) != 0 || n != size)
		return ERR_SYNTAX;
	*out = span_of(at, n);
	return ERR_NONE;
}

enum err
frame_reader_next(struct frame_reader *r, struct frame *out, bool *out_has)
{
	struct reader in;
	uint8_t version, type;
	uint16_t flags;
	uint32_t n;
	struct span body;

	if (r->failed != ERR_NONE)
		return r->failed;
	if (r->in.n - r->at < FRAME_HEADER) {
		*out_has = false;
		return ERR_NONE;
	}
	reader_init(&in, span_of(r->in.p + r->at, r->in.n - r->at));
	version = reader_u8(&in);
	type = reader_u8(&in);
	flags = reader_u16(&in);
	n = reader_u32(&in);
	if (version != FRAME_VERSION || (flags & ~FRAME_ZSTD) != 0)
		return r->failed = ERR_UNSUPPORTED;
	if (n > LIMIT_FRAME)
		return r->failed = ERR_LIMIT;
	if (in.in.n - FRAME_HEADER < n) {
		/* once, in place of growing with each chunk */
		buf_reserve(&r->in, n - (in.in.n - FRAME_HEADER) + CHUNK);
		*out_has = false;
		return ERR_NONE;
	}
	body = reader_span(&in, n);
	if ((flags & FRAME_ZSTD) != 0) {
		r->failed = unpack(r, body, &body);
		if (r->failed != ERR_NONE)
			return r->failed;
	}
	r->at += FRAME_HEADER + n;
	*out = (struct frame){ .type = type, .payload = body };
	*out_has = true;
	return ERR_NONE;
}

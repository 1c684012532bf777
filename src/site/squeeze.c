/* SPDX-License-Identifier: Apache-2.0
 *
 * Files made smaller: the only place that sees zlib and brotli.
 */
#include "site/squeeze.h"

#include "base/mem.h"

#include <brotli/encode.h>
#include <stdlib.h>
#include <zlib.h>

/* Of what is long, and written after each notice, twice the work gains some
 * hundredths. */
enum { LONG = 65536, GZIP_WINDOW = 15 + 16, GZIP_LEVEL = 9,
	GZIP_LEVEL_LONG = 4, BROTLI_LEVEL = 5, BROTLI_LEVEL_LONG = 1,
	BROTLI_WINDOW = 16 /* wider ones take tables of a mebibyte */ };
_Static_assert(LONG <= 1 << BROTLI_WINDOW, "the window is too narrow");

struct squeeze {
	z_stream gzip, gzip_long;
};

/* Fails for lack of memory alone: as base/mem.h does. */
static void
gzip_init(z_stream *z, int level)
{
	if (deflateInit2(z, level, Z_DEFLATED, GZIP_WINDOW, 8,
	    Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
}

struct squeeze *
squeeze_create(void)
{
	struct squeeze *s = mem_alloc(sizeof *s);

	gzip_init(&s->gzip, GZIP_LEVEL);
	gzip_init(&s->gzip_long, GZIP_LEVEL_LONG);
	return s;
}

void
squeeze_free(struct squeeze *s)
{
	if (s == NULL)
		return;
	(void)deflateEnd(&s->gzip);
	(void)deflateEnd(&s->gzip_long);
	free(s);
}

const char *
squeeze_ending(enum squeeze_form form)
{
	return form == SQUEEZE_GZIP ? "gz" : "br";
}

static enum err
gzip(z_stream *z, struct span bytes, struct buf *out)
{
	size_t most = deflateBound(z, bytes.n);
	unsigned char *room = buf_extend(out, most);

	if (room == NULL || deflateReset(z) != Z_OK)
		return ERR_LIMIT;
	/* zlib takes its input without const, and does not write to it */
	z->next_in = (z_const Bytef *)(uintptr_t)bytes.p;
	z->avail_in = (uInt)bytes.n;
	z->next_out = room;
	z->avail_out = (uInt)most;
	if (deflate(z, Z_FINISH) != Z_STREAM_END)
		return ERR_LIMIT;
	out->n -= z->avail_out;
	return ERR_NONE;
}

static enum err
brotli(struct span bytes, struct buf *out)
{
	size_t most = BrotliEncoderMaxCompressedSize(bytes.n), n = most;
	bool is_long = bytes.n >= LONG;
	unsigned char *room = buf_extend(out, most);

	if (room == NULL || most == 0 || BrotliEncoderCompress(
	    is_long ? BROTLI_LEVEL_LONG : BROTLI_LEVEL,
	    is_long ? BROTLI_DEFAULT_WINDOW : BROTLI_WINDOW, BROTLI_MODE_TEXT,
	    bytes.n, bytes.p, &n, room) == BROTLI_FALSE)
		return ERR_LIMIT;
	out->n -= most - n;
	return ERR_NONE;
}

enum err
squeeze_write(struct squeeze *s, enum squeeze_form form, struct span bytes,
    struct buf *out)
{
	if (form == SQUEEZE_BROTLI)
		return brotli(bytes, out);
	return gzip(bytes.n < LONG ? &s->gzip : &s->gzip_long, bytes, out);
}

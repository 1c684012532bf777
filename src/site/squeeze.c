/* SPDX-License-Identifier: Apache-2.0
 *
 * Files made smaller: the only place that sees zlib and brotli.
 */
#include "site/squeeze.h"

#include <brotli/encode.h>
#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16, GZIP_LEVEL = 9, BROTLI_LEVEL = 5 };

const char *
squeeze_ending(enum squeeze how)
{
	return how == SQUEEZE_GZIP ? "gz" : "br";
}

static enum err
gzip(struct span bytes, struct buf *out)
{
	z_stream z = { 0 };
	unsigned char *room;
	size_t most;
	int r;

	if (deflateInit2(&z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, 8,
	    Z_DEFAULT_STRATEGY) != Z_OK)
		return ERR_LIMIT;
	most = deflateBound(&z, bytes.n);
	room = buf_extend(out, most);
	if (room == NULL) {
		(void)deflateEnd(&z);
		return ERR_LIMIT;
	}
	/* zlib takes its input without const, and does not write to it */
	z.next_in = (z_const Bytef *)(uintptr_t)bytes.p;
	z.avail_in = (uInt)bytes.n;
	z.next_out = room;
	z.avail_out = (uInt)most;
	r = deflate(&z, Z_FINISH);
	out->n -= z.avail_out;
	(void)deflateEnd(&z);
	return r == Z_STREAM_END ? ERR_NONE : ERR_LIMIT;
}

static enum err
brotli(struct span bytes, struct buf *out)
{
	size_t most = BrotliEncoderMaxCompressedSize(bytes.n), n = most;
	unsigned char *room = buf_extend(out, most);

	if (room == NULL || most == 0 || BrotliEncoderCompress(BROTLI_LEVEL,
	    BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, bytes.n, bytes.p, &n,
	    room) == BROTLI_FALSE)
		return ERR_LIMIT;
	out->n -= most - n;
	return ERR_NONE;
}

enum err
squeeze(enum squeeze how, struct span bytes, struct buf *out)
{
	return how == SQUEEZE_GZIP ? gzip(bytes, out) : brotli(bytes, out);
}

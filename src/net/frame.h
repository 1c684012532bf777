/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames of the peer protocol (doc/protocol.md, "Frames"):
 *
 *	0       1       2               4                               8
 *	+-------+-------+---------------+-------------------------------+----
 *	| ver=1 | type  | flags         | length of what follows        | ...
 *	+-------+-------+---------------+-------------------------------+----
 *
 * Big-endian. Flag bit 0: the rest is one zstd frame (RFC 8878) that states
 * its content size. Both the length and the content size are at most
 * LIMIT_FRAME. frame.c is the only file that sees zstd.h.
 */
#ifndef NET_FRAME_H
#define NET_FRAME_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	FRAME_VERSION = 1,
	FRAME_HEADER = 8,
	FRAME_ZSTD = 1,         /* flag */
	FRAME_ZSTD_FROM = 512   /* smaller payloads go as they are */
};

struct frame {
	uint8_t type;
	struct span payload;
};

/* Compression state, shared by all connections of a thread. */
struct frame_codec;

struct frame_codec *frame_codec_create(void);
void frame_codec_free(struct frame_codec *c);

/* Append one frame to `out`; with `may_zstd`, compressed where that makes it
 * smaller. ERR_LIMIT if the payload is over LIMIT_FRAME or `out` is full
 * (nothing is appended). */
MUST enum err frame_write(struct frame_codec *c, uint8_t type,
    struct span payload, bool may_zstd, struct buf *out);

/* The header of a frame that is not compressed. */
void frame_write_head(uint8_t type, size_t n,
    unsigned char out[FRAME_HEADER]);

/* --- reading --- */

struct frame_reader {
	struct frame_codec *codec;
	struct buf in;    /* received, not yet given out */
	size_t at;        /* start of the next frame in `in` */
	struct buf plain; /* the last frame decompressed */
	enum err failed;  /* sticky */
};

void frame_reader_init(struct frame_reader *r, struct frame_codec *codec);
void frame_reader_release(struct frame_reader *r);

/* Take `in` (at most 64 KiB at a time) as the next bytes of the stream.
 * Spans given out before are void. Call frame_reader_next until it has no
 * more before the next feed. */
void frame_reader_feed(struct frame_reader *r, struct span in);

/* The next complete frame, valid until the next call; `*out_has` is false if
 * more bytes are needed. A header is judged as soon as it is there:
 * ERR_UNSUPPORTED for another version or an unknown flag, ERR_LIMIT for a
 * length or content over LIMIT_FRAME, ERR_SYNTAX for bytes that do not
 * decompress to what they state. An error is for ever: close. */
MUST enum err frame_reader_next(struct frame_reader *r, struct frame *out,
    bool *out_has);

#endif

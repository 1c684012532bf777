/* reaches: frame_reader_feed frame_reader_next frame_write
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The first byte says in what pieces the rest comes. Whatever is read is
 * written again, both ways, and must read back the same.
 */
#include "base/limits.h"
#include "net/frame.h"

#include "fuzz.h"

static struct frame_codec *codec;

static void
check_again(struct frame f, bool may_zstd)
{
	struct frame_reader again;
	struct frame g;
	struct buf out;
	bool has = false;

	buf_init(&out, FRAME_HEADER + LIMIT_FRAME);
	frame_reader_init(&again, codec);
	FUZZ_CHECK(frame_write(codec, f.type, f.payload, may_zstd, &out) ==
	    ERR_NONE);
	for (size_t at = 0, n; at < out.n; at += n) {
		n = out.n - at < 65536 ? out.n - at : 65536;
		frame_reader_feed(&again, span_of(out.p + at, n));
		FUZZ_CHECK(frame_reader_next(&again, &g, &has) == ERR_NONE);
	}
	FUZZ_CHECK(has && g.type == f.type &&
	    span_is_equal(g.payload, f.payload));
	frame_reader_release(&again);
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct frame_reader r;
	size_t step;
	bool has = true;
	struct frame f;

	if (n == 0)
		return 0;
	if (codec == NULL)
		codec = frame_codec_create();
	step = data[0] == 0 ? 65536 : data[0];
	frame_reader_init(&r, codec);
	for (size_t at = 1; at < n; at += step) {
		frame_reader_feed(&r,
		    span_of(data + at, n - at < step ? n - at : step));
		while (frame_reader_next(&r, &f, &has) == ERR_NONE && has) {
			check_again(f, false);
			check_again(f, true);
		}
	}
	frame_reader_release(&r);
	return 0;
}

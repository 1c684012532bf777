/* SPDX-License-Identifier: Apache-2.0
 *
 * net/: frames, the outbox, the loop's turns. Connections: test_conn.c.
 */
#include "base/limits.h"
#include "base/mem.h"
#include "net/frame.h"
#include "net/loop.h"
#include "net/outbox.h"

#include "cmocka_all.h"

#include <unistd.h>
#include <zstd.h>

/* Bytes that do not compress, the same each time. */
static void
fill_noise(unsigned char *p, size_t n)
{
	uint64_t x = 88172645463325252u;

	for (size_t i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		p[i] = (unsigned char)(x >> 32);
	}
}

struct frames {
	struct frame_codec *codec;
	struct frame_reader reader;
	struct buf out;
};

static void
frames_init(struct frames *f)
{
	f->codec = frame_codec_create();
	frame_reader_init(&f->reader, f->codec);
	buf_init(&f->out, 4 * LIMIT_FRAME);
}

static void
frames_release(struct frames *f)
{
	frame_reader_release(&f->reader);
	frame_codec_free(f->codec);
	buf_release(&f->out);
}

static void
test_frame_bytes(void **state)
{
	static const unsigned char want[] = { 1, 7, 0, 0, 0, 0, 0, 2, 'h',
		'i' };
	struct frames f;

	(void)state;
	frames_init(&f);
	assert_ok(frame_write(f.codec, 7, span_str("hi"), true, &f.out));
	assert_int_equal(f.out.n, sizeof want);
	assert_memory_equal(f.out.p, want, sizeof want);
	frames_release(&f);
}

/* Every way to cut the stream gives the same frames. */
static void
test_frame_any_pieces(void **state)
{
	unsigned char *noise = mem_alloc(3000);
	unsigned char *plain = mem_alloc(3000);
	struct frames f;

	(void)state;
	fill_noise(noise, 3000);
	frames_init(&f);
	assert_ok(frame_write(f.codec, 1, span_of(plain, 3000), true, &f.out));
	assert_true(f.out.n < 200);
	assert_int_equal(f.out.p[3], FRAME_ZSTD);
	assert_ok(frame_write(f.codec, 2, span_of(noise, 3000), true, &f.out));
	assert_ok(frame_write(f.codec, 3, span_of(NULL, 0), true, &f.out));
	assert_ok(frame_write(f.codec, 4, span_of(plain, 3000), false,
	    &f.out));
	for (size_t step = 1; step < f.out.n; step = step * 2 + 1) {
		static const size_t want_n[] = { 3000, 3000, 0, 3000 };
		unsigned got = 0;
		struct frame frame;
		bool has;

		for (size_t at = 0; at < f.out.n; at += step) {
			size_t n = f.out.n - at < step ? f.out.n - at : step;

			frame_reader_feed(&f.reader, span_of(f.out.p + at, n));
			for (;;) {
				assert_ok(frame_reader_next(&f.reader, &frame,
				    &has));
				if (!has)
					break;
				assert_int_equal(frame.type, got + 1);
				assert_int_equal(frame.payload.n, want_n[got]);
				if (want_n[got] != 0)
					assert_memory_equal(frame.payload.p,
					    got == 1 ? noise : plain, 3000);
				got++;
			}
		}
		assert_int_equal(got, 4);
	}
	frames_release(&f);
	free(noise);
	free(plain);
}

static void
test_frame_largest(void **state)
{
	unsigned char *noise = mem_alloc(LIMIT_FRAME + 1);
	struct frames f;
	struct frame frame;
	bool has = false;

	(void)state;
	fill_noise(noise, LIMIT_FRAME + 1);
	frames_init(&f);
	assert_err(frame_write(f.codec, 1, span_of(noise, LIMIT_FRAME + 1),
	    true, &f.out), ERR_LIMIT);
	assert_int_equal(f.out.n, 0);
	assert_ok(frame_write(f.codec, 1, span_of(noise, LIMIT_FRAME), true,
	    &f.out));
	/* with one more frame begun in the same chunk */
	assert_ok(frame_write(f.codec, 2, span_str("x"), true, &f.out));
	for (size_t at = 0; at < f.out.n; at += 65536) {
		assert_false(has);
		frame_reader_feed(&f.reader, span_of(f.out.p + at,
		    f.out.n - at < 65536 ? f.out.n - at : 65536));
		assert_ok(frame_reader_next(&f.reader, &frame, &has));
	}
	assert_true(has);
	assert_int_equal(frame.payload.n, LIMIT_FRAME);
	assert_memory_equal(frame.payload.p, noise, LIMIT_FRAME);
	assert_ok(frame_reader_next(&f.reader, &frame, &has));
	assert_true(has && frame.type == 2);
	frames_release(&f);
	free(noise);
}

static enum err
judge(struct span in)
{
	struct frames f;
	struct frame frame;
	bool has;
	enum err e;

	frames_init(&f);
	frame_reader_feed(&f.reader, in);
	e = frame_reader_next(&f.reader, &frame, &has);
	if (e != ERR_NONE)
		/* for ever */
		assert_err(frame_reader_next(&f.reader, &frame, &has), e);
	frames_release(&f);
	return e;
}

/* A header is refused before its payload has come. */
static void
test_frame_refuses_headers(void **state)
{
	static const struct {
		unsigned char b[8];
		enum err want;
	} rows[] = {
		{ { 1, 0, 0, 0, 0, 0, 0, 1 }, ERR_NONE },
		{ { 1, 0, 0, 1, 0, 0, 0, 1 }, ERR_NONE },
		{ { 0, 0, 0, 0, 0, 0, 0, 1 }, ERR_UNSUPPORTED },
		{ { 2, 0, 0, 0, 0, 0, 0, 1 }, ERR_UNSUPPORTED },
		{ { 1, 0, 0, 2, 0, 0, 0, 1 }, ERR_UNSUPPORTED },
		{ { 1, 0, 128, 0, 0, 0, 0, 1 }, ERR_UNSUPPORTED },
		{ { 1, 0, 0, 0, 0, 16, 0, 0 }, ERR_NONE },
		{ { 1, 0, 0, 0, 0, 16, 0, 1 }, ERR_LIMIT },
		{ { 1, 0, 0, 0, 255, 255, 255, 255 }, ERR_LIMIT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_err(judge(span_of(rows[i].b, 8)), rows[i].want);
}

static enum err
judge_packed(struct span packed)
{
	struct buf b;
	enum err e;

	buf_init(&b, 65536);
	buf_put_u8(&b, 1);
	buf_put_u8(&b, 1);
	buf_put_u16(&b, FRAME_ZSTD);
	buf_put_span32(&b, packed);
	e = judge(buf_span(&b));
	buf_release(&b);
	return e;
}

/* Small bytes that claim to become many. */
static void
test_frame_refuses_bombs(void **state)
{
	size_t big = LIMIT_FRAME + 1;
	unsigned char *plain = mem_alloc(big);
	unsigned char packed[2048];
	ZSTD_CCtx *z = ZSTD_createCCtx();
	size_t n;

	(void)state;
	n = ZSTD_compress2(z, packed, sizeof packed, plain, big - 1);
	assert_err(judge_packed(span_of(packed, n)), ERR_NONE);
	/* something behind the frame, a cut frame, no frame */
	packed[n] = 0;
	assert_err(judge_packed(span_of(packed, n + 1)), ERR_SYNTAX);
	assert_err(judge_packed(span_of(packed, n - 1)), ERR_SYNTAX);
	assert_err(judge_packed(span_str("no zstd")), ERR_SYNTAX);
	assert_err(judge_packed(span_of(NULL, 0)), ERR_SYNTAX);
	n = ZSTD_compress2(z, packed, sizeof packed, plain, big);
	assert_err(judge_packed(span_of(packed, n)), ERR_LIMIT);
	/* no size stated */
	ZSTD_CCtx_setParameter(z, ZSTD_c_contentSizeFlag, 0);
	n = ZSTD_compress2(z, packed, sizeof packed, plain, 1000);
	assert_err(judge_packed(span_of(packed, n)), ERR_SYNTAX);
	/* two frames in one; a skippable frame */
	ZSTD_CCtx_setParameter(z, ZSTD_c_contentSizeFlag, 1);
	n = ZSTD_compress2(z, packed, sizeof packed, plain, 1000);
	memcpy(packed + n, packed, n);
	assert_err(judge_packed(span_of(packed, 2 * n)), ERR_SYNTAX);
	assert_err(judge_packed(span_of("\x50\x2a\x4d\x18\0\0\0\0", 8)),
	    ERR_SYNTAX);
	/* a frame that states less than it holds */
	n = ZSTD_compress2(z, packed, sizeof packed, plain, 200);
	assert_int_equal(packed[4], 0x20);
	packed[5]--;
	assert_err(judge_packed(span_of(packed, n)), ERR_SYNTAX);
	ZSTD_freeCCtx(z);
	free(plain);
}

/* A frame in two parts. */
static void
put(struct outbox *o, unsigned class, const char *text)
{
	outbox_put(o, class, span_of(text, 1), span_str(text + 1));
}

static void
test_outbox_order(void **state)
{
	struct outbox o = { 0 };
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	put(&o, 4, "e1");
	put(&o, 3, "d1");
	put(&o, 2, "c1");
	put(&o, 3, "d2");
	put(&o, 0, "a1");
	put(&o, 1, "b1");
	put(&o, 0, "a2");
	assert_int_equal(o.bytes, 14);
	outbox_take(&o, 3, &out);
	assert_string_equal(buf_str(&out), "a1a2");
	put(&o, 0, "a3");
	outbox_take(&o, 100, &out);
	assert_string_equal(buf_str(&out), "a1a2a3b1c1d1d2e1");
	assert_int_equal(o.bytes, 0);
	put(&o, 2, "left");
	outbox_release(&o);
	assert_int_equal(o.bytes, 0);
	buf_release(&out);
}

/* --- loop --- */

struct turns {
	struct loop *loop;
	struct loop_task task;
	unsigned ends, events, tasks, again;
	int fds[2][2];
	int64_t seen_ms[2];
};

static void
on_end(void *ctx)
{
	struct turns *t = ctx;

	t->ends++;
}

static void
on_task(void *ctx)
{
	struct turns *t = ctx;

	/* the hook came before */
	assert_int_equal(t->ends, t->tasks + 1);
	t->tasks++;
	if (t->again-- > 0)
		loop_defer(t->loop, &t->task, on_task, t);
	else
		loop_stop(t->loop);
}

static void
on_readable(void *ctx, unsigned ready)
{
	struct turns *t = ctx;

	assert_int_equal(ready, LOOP_READ);
	if (t->events == 2)
		return;
	t->seen_ms[t->events & 1] = loop_now(t->loop).mono.ms;
	t->events++;
	loop_defer(t->loop, &t->task, on_task, t);
}

/* Two descriptors that are ready together make one turn with one end. */
static void
test_loop_one_end_per_turn(void **state)
{
	struct turns t = { .loop = loop_create(), .again = 2 };
	struct loop_watch *w[2];

	(void)state;
	loop_on_turn_end(t.loop, on_end, &t);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(pipe(t.fds[i]), 0);
		assert_int_equal(write(t.fds[i][1], "x", 1), 1);
	}
	assert_ok(loop_watch_create(t.loop, t.fds[0][0], on_readable, &t,
	    &w[0]));
	assert_ok(loop_watch_create(t.loop, t.fds[1][0], on_readable, &t,
	    &w[1]));
	loop_watch_set(w[0], LOOP_READ);
	loop_watch_set(w[1], LOOP_READ);
	loop_run(t.loop);
	assert_int_equal(t.events, 2);
	assert_int_equal(t.seen_ms[0], t.seen_ms[1]);
	/* one for both events, two for the task deferred again */
	assert_int_equal(t.ends, 3);
	assert_int_equal(t.tasks, 3);
	for (unsigned i = 0; i < 2; i++) {
		loop_watch_free(w[i]);
		close(t.fds[i][0]);
		close(t.fds[i][1]);
	}
	loop_free(t.loop);
}

struct ticks {
	struct loop *loop;
	struct loop_timer *timer;
	unsigned ticks, ends;
};

static void
on_tick(void *ctx)
{
	struct ticks *t = ctx;

	if (++t->ticks < 3)
		return;
	loop_timer_free(t->timer);
	t->timer = NULL;
	loop_stop(t->loop);
}

static void
on_tick_end(void *ctx)
{
	struct ticks *t = ctx;

	t->ends++;
}

/* A repeated timer; each shot meets its end of turn, and nothing else turns. */
static void
test_loop_sleeps_between_timers(void **state)
{
	struct ticks t = { .loop = loop_create() };
	struct timespec before, after;

	(void)state;
	loop_on_turn_end(t.loop, on_tick_end, &t);
	t.timer = loop_timer_create(t.loop, on_tick, &t);
	assert_false(loop_timer_is_running(t.timer));
	loop_timer_start(t.timer, 20, 20);
	assert_true(loop_timer_is_running(t.timer));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	loop_run(t.loop);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	assert_int_equal(t.ticks, 3);
	assert_int_equal(t.ends, 3);
	assert_true((after.tv_sec - before.tv_sec) * 1000000000 +
	    after.tv_nsec - before.tv_nsec < 20000000);
	loop_free(t.loop);
}

static void
on_found(void *ctx, enum err e, const struct loop_address *a, size_t n)
{
	struct turns *t = ctx;

	assert_ok(e);
	assert_true(n > 0 && a[0].sa.ss_family == AF_INET);
	t->events++;
	loop_stop(t->loop);
}

static void
on_never(void *ctx, enum err e, const struct loop_address *a, size_t n)
{
	(void)ctx;
	(void)e;
	(void)a;
	(void)n;
	fail();
}

static void
test_loop_lookup(void **state)
{
	struct turns t = { .loop = loop_create() };

	(void)state;
	loop_lookup_cancel(loop_lookup_start(t.loop, "127.0.0.1", "1",
	    on_never, NULL));
	(void)loop_lookup_start(t.loop, "127.0.0.1", "6800", on_found, &t);
	loop_run(t.loop);
	assert_int_equal(t.events, 1);
	loop_free(t.loop);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frame_bytes),
		cmocka_unit_test(test_frame_any_pieces),
		cmocka_unit_test(test_frame_largest),
		cmocka_unit_test(test_frame_refuses_headers),
		cmocka_unit_test(test_frame_refuses_bombs),
		cmocka_unit_test(test_outbox_order),
		cmocka_unit_test(test_loop_one_end_per_turn),
		cmocka_unit_test(test_loop_sleeps_between_timers),
		cmocka_unit_test(test_loop_lookup),
	};

	return cmocka_run_group_tests_name("net", tests, NULL, NULL);
}

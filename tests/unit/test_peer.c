/* SPDX-License-Identifier: Apache-2.0
 *
 * peer/: the frames. Each is written and read back, and refused when cut at
 * any byte. And the table of the start machine: every edge, every non-edge.
 */
#include "peer/wire.h"
#include "watch/start.h"

#include "cmocka_all.h"

#include <string.h>

static const struct digest some = { { 1, 2, 3 } };

static struct wire_head
head(void)
{
	return (struct wire_head){ span_str("almenara.example/log/br/0"), 7,
		some };
}

static enum err
read_hello(struct span in)
{
	struct wire_hello m;
	enum err e = wire_parse_hello(in, &m);

	if (e == ERR_NONE) {
		assert_int_equal(m.least, 1);
		assert_int_equal(m.most, 3);
		assert_true(span_is_str(m.team, "br"));
		assert_int_equal(m.own.size, 7);
		assert_int_equal(m.receipts, 9);
		assert_true(digest_is_equal(&m.last_receipt, &some));
	}
	return e;
}

static enum err
read_bye(struct span in)
{
	struct wire_bye m;
	enum err e = wire_parse_bye(in, &m);

	if (e == ERR_NONE)
		assert_true(span_is_str(m.text, "goodbye"));
	return e;
}

static enum err
read_push(struct span in)
{
	struct wire_push m;
	enum err e = wire_parse_push(in, &m);

	if (e == ERR_NONE) {
		assert_int_equal(m.flags, WIRE_PUSH_WITNESS);
		assert_int_equal(m.first, 5);
		assert_int_equal(m.count, 2);
		assert_int_equal(m.records.n, 8);
	}
	return e;
}

static enum err
read_tile(struct span in)
{
	struct wire_tile m;
	enum err e = wire_parse_tile(in, true, &m);

	if (e == ERR_NONE) {
		assert_true(m.entries);
		assert_int_equal(m.width, 256);
		assert_true(span_is_str(m.bytes, "bundle"));
	}
	return e;
}

static enum err
read_body(struct span in)
{
	struct wire_body m;
	enum err e = wire_parse_body(in, true, &m);

	if (e == ERR_NONE) {
		assert_int_equal(m.index, 12);
		assert_true(span_is_str(m.bytes, "container"));
	}
	return e;
}

static enum err
read_none(struct span in)
{
	struct wire_body m;
	enum err e = wire_parse_body(in, false, &m);

	if (e == ERR_NONE) {
		assert_int_equal(m.index, 13);
		assert_int_equal(m.none, WIRE_NONE_LACKED);
	}
	return e;
}

static enum err
read_indices(struct span in)
{
	struct wire_indices m;
	enum err e = wire_parse_indices(in, &m);

	if (e == ERR_NONE) {
		assert_int_equal(m.count, 2);
		assert_int_equal(m.index[1], UINT64_MAX);
	}
	return e;
}

static enum err
read_credit(struct span in)
{
	struct wire_credit m;
	enum err e = wire_parse_credit(in, &m);

	if (e == ERR_NONE) {
		assert_int_equal(m.bodies, 3);
		assert_int_equal(m.bytes, 4000);
	}
	return e;
}

static enum err
read_receipt(struct span in)
{
	struct wire_receipt m;
	enum err e = wire_parse_receipt(in, &m);

	if (e == ERR_NONE) {
		assert_int_equal(m.seq, 4);
		assert_true(span_is_str(m.jws, "a.b.c"));
	}
	return e;
}

static enum err
read_beat(struct span in)
{
	struct wire_beat m;
	enum err e = wire_parse_beat(in, true, &m);

	if (e == ERR_NONE) {
		assert_int_equal(m.due, 6);
		assert_int_equal(m.flags, WIRE_DEGRADED);
		assert_int_equal(m.sig[71], 9);
	}
	return e;
}

static enum err
read_records_want(struct span in)
{
	struct wire_records_want m;
	enum err e = wire_parse_records_want(in, &m);

	if (e == ERR_NONE)
		assert_int_equal(m.first, 77);
	return e;
}

/* Whole it is read; cut anywhere it is not. */
static void
hold(struct buf *b, enum err (*read)(struct span in))
{
	assert_int_equal(read(buf_span(b)), ERR_NONE);
	for (size_t n = 0; n < b->n; n++)
		assert_int_not_equal(read(span_of(b->p, n)), ERR_NONE);
	buf_clear(b);
}

static void
test_frames_and_every_cut(void **state)
{
	struct wire_beat beat = { .head = head(), .state = some, .due = 6,
		.flags = WIRE_DEGRADED };
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	wire_write_hello(&(struct wire_hello){ 1, 3, span_str("br"),
			     span_str("almenara.example/node/br"), 1, some,
			     head(), head(), 9, some }, &b);
	hold(&b, read_hello);
	wire_write_bye(&(struct wire_bye){ span_str("closed"),
			   span_str("goodbye") }, &b);
	hold(&b, read_bye);
	wire_write_records_want(&(struct wire_records_want){ head().origin,
				    77 }, &b);
	hold(&b, read_records_want);
	wire_write_push(&(struct wire_push){ WIRE_PUSH_WITNESS, head().origin,
			    span_str("note"), 5, 2,
			    span_of("\3abc\3def", 8) }, &b);
	hold(&b, read_push);
	wire_write_tile(&(struct wire_tile){ head().origin, 300, true, 0, 1,
			    256, span_str("bundle") }, true, &b);
	hold(&b, read_tile);
	wire_write_body(&(struct wire_body){ head().origin, 12,
			    span_str("container"), 0 }, true, &b);
	hold(&b, read_body);
	wire_write_body(&(struct wire_body){ head().origin, 13, span_str(""),
			    WIRE_NONE_LACKED }, false, &b);
	hold(&b, read_none);
	wire_write_indices(&(struct wire_indices){ head().origin, 2,
			       { 1, UINT64_MAX } }, &b);
	hold(&b, read_indices);
	wire_write_credit(&(struct wire_credit){ 3, 4000 }, &b);
	hold(&b, read_credit);
	wire_write_receipt(&(struct wire_receipt){ 4, span_str("a.b.c") }, &b);
	hold(&b, read_receipt);
	beat.sig[71] = 9;
	wire_write_beat(&beat, true, &b);
	hold(&b, read_beat);
	buf_release(&b);
}

static void
test_start_table(void **state)
{
	static const char *const may[] = {
		[START_BOOT] = "ask restored halt",
		[START_ASK] = "ready full restored halt",
		[START_READY] = "full restored halt",
		[START_FULL] = "ready restored halt",
		[START_RESTORED] = "epoch halt",
		[START_EPOCH] = "ready restored halt", [START_HALT] = ""
	};
	struct start s;

	(void)state;
	start_init(&s, 3000, 2, (struct mono){ 0 });
	for (unsigned from = START_BOOT; from <= START_HALT; from++)
		for (unsigned to = START_BOOT; to <= START_HALT; to++) {
			struct machine m = s.machine, there = s.machine;

			m.state = from;
			there.state = to;
			assert_int_equal(machine_may(&m, to), from == to ||
			    strstr(may[from], machine_name(&there)) != NULL);
			if (!machine_may(&m, to))
				continue;
			machine_move(&m, to);
			assert_int_equal(m.state, to);
		}
	assert_false(machine_may(&s.machine, START_HALT + 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames_and_every_cut),
		cmocka_unit_test(test_start_table),
	};

	return cmocka_run_group_tests_name("peer", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of the public on their way in: what is kept, what goes, and what a
 * web process that lies cannot do.
 */
#include "cmocka_all.h"

#include "node/report_pieces.h"

#include "base/code.h"
#include "base/mem.h"
#include "crypto/pieces.h"

#include <stdlib.h>

enum { DAY = 64 << 20 };

struct world {
	struct blobs *blobs;
	struct report_pieces *pieces;
	unsigned char full[PIECE_SEALED];
	struct arena mem;
	struct json doc;
};

static int
setup(void **state)
{
	struct world *w = mem_alloc(sizeof *w);

	w->blobs = blobs_memory();
	w->pieces = report_pieces_create(w->blobs, DAY, 0);
	memset(w->full, 'x', sizeof w->full);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	report_pieces_free(w->pieces);
	blobs_close(w->blobs);
	arena_release(&w->mem);
	free(w);
	return 0;
}

static enum err
put(struct world *w, uint64_t form, uint8_t file, uint64_t at, size_t n,
    bool is_last, int64_t now_ms)
{
	const struct talk_piece p = { form, file, at, span_of(w->full, n) };

	return report_pieces_put(w->pieces, &p, is_last, now_ms);
}

/* The list that names `n` times what is `size` sealed bytes of the piece. */
static struct json_val
naming(struct world *w, size_t sealed, uint64_t size, unsigned n)
{
	struct digest d = hash_sha256(span_of(w->full, sealed));
	struct json_out out;
	struct buf b, text;

	buf_init(&b, 4096);
	buf_init(&text, 64);
	code_write_base64url(&text, span_of(d.b, sizeof d.b));
	json_out_init(&out, &b);
	json_put_open(&out, '[');
	while (n-- != 0) {
		json_put_open(&out, '{');
		json_put_member_span(&out, "sealed", buf_span(&text));
		json_put_member_u64(&out, "size", size);
		json_put_close(&out, '}');
	}
	json_put_close(&out, ']');
	assert_int_equal(json_parse_arena(arena_copy(&w->mem, buf_span(&b)),
	    8, 256, &w->mem, &w->doc, NULL), ERR_NONE);
	buf_release(&b);
	buf_release(&text);
	return json_root(&w->doc);
}

static void
count(void *ctx, const struct digest *name, uint64_t size)
{
	(void)name;
	(void)size;
	++*(unsigned *)ctx;
}

static unsigned
kept(struct world *w)
{
	unsigned n = 0;

	assert_int_equal(blobs_walk(w->blobs, count, &n), ERR_NONE);
	return n;
}

static enum err
keep(struct world *w, size_t sealed, uint64_t size, unsigned n)
{
	struct report_kept k;

	return report_pieces_keep(w->pieces, naming(w, sealed, size, n),
	    &w->mem, &k);
}

static void
test_kept(void **state)
{
	struct world *w = *state;
	struct report_kept k = { .n = 9 };

	assert_int_equal(put(w, 1, 0, 0, 20, false, 0), ERR_SCHEMA);
	assert_int_equal(put(w, 1, 0, 0, 20, true, 0), ERR_NONE);
	assert_int_equal(kept(w), 0);
	/* its size is what the sealed bytes say */
	assert_int_equal(keep(w, 20, 5, 1), ERR_SCHEMA);
	assert_int_equal(keep(w, 20, 4, 1), ERR_NONE);
	assert_int_equal(kept(w), 1);
	assert_int_equal(keep(w, 20, 4, 1), ERR_STATE); /* it is taken */
	/* the same bytes again are another's file: it stays as it is */
	assert_int_equal(put(w, 2, 0, 0, 20, true, 0), ERR_NONE);
	assert_int_equal(keep(w, 20, 4, 1), ERR_EXISTS);
	assert_int_equal(kept(w), 1);
	/* none at all is fine */
	assert_int_equal(report_pieces_keep(w->pieces,
	    (struct json_val){ 0 }, &w->mem, &k), ERR_NONE);
	assert_int_equal(k.n, 0);
}

/* What is not whole, or there once only, takes the others along. */
static void
test_all_or_none(void **state)
{
	struct world *w = *state;
	struct report_kept k;

	assert_int_equal(put(w, 1, 0, 0, PIECE_SEALED, false, 0), ERR_NONE);
	assert_int_equal(keep(w, PIECE_SEALED, PIECE_TEXT, 1), ERR_STATE);
	assert_int_equal(put(w, 2, 0, 0, 30, true, 0), ERR_NONE);
	assert_int_equal(keep(w, 30, 14, 2), ERR_STATE);
	assert_int_equal(kept(w), 0);
	assert_int_equal(keep(w, 30, 14, LIMIT_REPORT_FILES + 1), ERR_LIMIT);
	/* what was to name it was not written */
	assert_int_equal(put(w, 3, 0, 0, 30, true, 0), ERR_NONE);
	assert_int_equal(report_pieces_keep(w->pieces, naming(w, 30, 14, 1),
	    &w->mem, &k), ERR_NONE);
	report_pieces_unkeep(w->pieces, &k);
	assert_int_equal(kept(w), 0);
}

static void
test_order(void **state)
{
	struct world *w = *state;

	assert_int_equal(put(w, 1, 0, 7, 20, true, 0), ERR_STATE);
	assert_int_equal(put(w, 1, LIMIT_REPORT_FILES, 0, 20, true, 0),
	    ERR_SCHEMA);
	assert_int_equal(put(w, 1, 0, 0, PIECE_TAG - 1, true, 0), ERR_SCHEMA);
	assert_int_equal(put(w, 1, 0, 0, PIECE_SEALED, false, 0), ERR_NONE);
	assert_int_equal(put(w, 1, 0, 0, PIECE_SEALED, false, 0), ERR_STATE);
	/* with that all of the form was dropped */
	assert_int_equal(put(w, 1, 0, PIECE_SEALED, 20, true, 0), ERR_STATE);
	assert_int_equal(put(w, 1, 0, 0, 20, true, 0), ERR_NONE);
	assert_int_equal(put(w, 1, 0, 20, 20, true, 0), ERR_STATE);
	assert_int_equal(keep(w, 20, 4, 1), ERR_STATE);
}

/* A form brings 20 MiB and no more, in however many files. */
static void
test_form(void **state)
{
	struct world *w = *state;
	const uint64_t most = LIMIT_REPORT_BYTES / PIECE_TEXT;
	uint64_t i;

	assert_int_equal(put(w, 1, 1, 0, PIECE_SEALED, true, 0), ERR_NONE);
	for (i = 0; i + 1 < most; i++)
		assert_int_equal(put(w, 1, 0, i * PIECE_SEALED, PIECE_SEALED,
		    false, 0), ERR_NONE);
	assert_int_equal(put(w, 1, 0, i * PIECE_SEALED, PIECE_SEALED, false,
	    0), ERR_SCHEMA);
	assert_int_equal(keep(w, PIECE_SEALED, PIECE_TEXT, 1), ERR_STATE);
}

static void
test_idle(void **state)
{
	struct world *w = *state;
	const int64_t half = REPORT_PIECES_IDLE_MS / 2;

	assert_int_equal(put(w, 1, 0, 0, 20, true, 0), ERR_NONE);
	assert_int_equal(put(w, 2, 0, 0, 30, true, 0), ERR_NONE);
	/* a second file keeps the first */
	assert_int_equal(put(w, 1, 1, 0, 40, true, half), ERR_NONE);
	assert_true(report_pieces_look(w->pieces, REPORT_PIECES_IDLE_MS));
	assert_int_equal(keep(w, 30, 14, 1), ERR_STATE);
	assert_int_equal(keep(w, 20, 4, 1), ERR_NONE);
	assert_false(report_pieces_look(w->pieces, REPORT_PIECES_IDLE_MS +
	    half));
	assert_int_equal(keep(w, 40, 24, 1), ERR_STATE);
}

/* When no place is free the slowest goes, if it had its time. */
static void
test_slowest(void **state)
{
	struct world *w = *state;

	for (unsigned i = 0; i < REPORT_PIECES_OPEN; i++)
		assert_int_equal(put(w, 100 + i, 0, 0, i == 50 ? 20 : 30, true,
		    0), ERR_NONE);
	assert_int_equal(put(w, 1, 0, 0, 40, true,
	    REPORT_PIECES_FAIR_MS - 1), ERR_FULL);
	assert_int_equal(put(w, 1, 0, 0, 40, true, REPORT_PIECES_FAIR_MS),
	    ERR_NONE);
	assert_int_equal(keep(w, 20, 4, 1), ERR_STATE);
	assert_int_equal(keep(w, 30, 14, 1), ERR_NONE);
	assert_int_equal(keep(w, 40, 24, 1), ERR_NONE);
}

/* What is kept in a day is bounded, what is given up does not count. */
static void
test_day(void **state)
{
	struct world *w = *state;
	const int64_t day = 86400000;
	uint64_t form = 1, all = 0, given_up = 0;
	enum err e;

	do {
		e = put(w, ++form, 0, 0, PIECE_SEALED, true, 0);
		given_up += PIECE_SEALED;
		report_pieces_drop(w->pieces, form);
	} while (e == ERR_NONE && given_up < 2 * (uint64_t)DAY);
	assert_int_equal(e, ERR_NONE);
	while (all <= DAY && (e = put(w, ++form, 0, 0, PIECE_SEALED, true,
	    0)) == ERR_NONE) {
		assert_int_equal(keep(w, PIECE_SEALED, PIECE_TEXT, 1),
		    ERR_NONE);
		all += PIECE_SEALED;
		memcpy(w->full, &form, sizeof form); /* no two are the same */
		arena_reset(&w->mem);
	}
	assert_int_equal(e, ERR_FULL);
	assert_true(all <= DAY && all + PIECE_SEALED > DAY);
	assert_int_equal(put(w, ++form, 0, 0, PIECE_SEALED, true, day / 2),
	    ERR_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(test_all_or_none, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_form, setup, teardown),
		cmocka_unit_test_setup_teardown(test_idle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_slowest, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(test_day, setup, teardown) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

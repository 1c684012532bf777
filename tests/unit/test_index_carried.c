/* SPDX-License-Identifier: Apache-2.0
 *
 * The index: what others carry, and what stands beside the real.
 */
#include "index_world.h"

static const char *
carry(struct world *w, const struct item *it, const char *tlp, bool reshare)
{
	struct buf b;
	const char *text;
	char d[ENTRY_DIGEST_TEXT + 1];

	entry_write_digest(&it->d, d);
	buf_init(&b, 65536);
	buf_put_format(&b, "{\"of\":\"%s\",\"index\":%d,", d,
	    (int)it->index);
	if (reshare)
		buf_put_format(&b, "\"log\":\"%s\",", origin_of[it->log]);
	else
		buf_put_format(&b, "\"tlp\":\"%s\",", tlp);
	buf_put_format(&b, "\"jws\":\"%.*s\"}", SPAN_FMT(it->jws));
	text = arena_string(&w->mem, buf_span(&b));
	buf_release(&b);
	return text;
}

struct given {
	unsigned n;
	uint32_t flags[8];
	uint64_t index[8], rev[8];
	enum tlp tlp[8];
};

static bool
give(void *ctx, const struct index_row *r)
{
	struct given *s = ctx;

	assert_true(s->n < 8);
	s->flags[s->n] = r->flags;
	s->index[s->n] = r->index;
	s->rev[s->n] = r->rev;
	s->tlp[s->n++] = r->tlp;
	return true;
}

static const char carried_body[] = "{\"title\":{\"en\":\"Valve\"},"
    "\"level\":4}";

/* A document that was sealed to us and is released is one notice, open and
 * newly placed; its release and copies change neither that nor its revisions,
 * in whatever order they come. */
static void
test_a_release_stands_for_its_document(void **state)
{
	static const uint8_t order[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 },
		{ 2, 0, 3, 1 }, { 1, 3, 0, 2 } };

	(void)state;
	for (size_t o = 0; o < sizeof order / sizeof *order; o++) {
		struct world *w = mem_alloc(sizeof *w);
		struct item *it[4];
		struct index_notice want = { .revision = give };
		struct index_audience audience;
		struct given list = { 0 }, chain = { 0 }, copies = { 0 };
		struct index_row row;
		struct arena a = { 0 };

		world_init(w);
		it[0] = add(w, &(struct say){ .log = 2, .kind = "warning",
				   .tlp = "TLP:AMBER", .id = 5,
				   .body = carried_body });
		it[1] = add(w, &(struct say){ .log = 2, .kind = "release",
				   .tlp = "TLP:CLEAR",
				   .body = carry(w, it[0], "TLP:CLEAR",
				       false) });
		it[2] = add(w, &(struct say){ .log = 3, .kind = "reshare",
				   .tlp = "TLP:AMBER",
				   .body = carry(w, it[0], "", true) });
		it[3] = add(w, &(struct say){ .log = 3, .kind = "comment",
				   .tlp = "TLP:AMBER", .re = it[0],
				   .body = "{}" });
		put_sizes(w);
		for (unsigned i = 0; i < 4; i++) {
			arrive(w, it[order[o][i]]);
			index_sweep(w->ix);
			follow(w);
		}
		assert_ok(index_inbox(w->ix, &(struct index_filter){ 0 }, give,
		    &list, NULL));
		assert_int_equal(list.n, 1);
		assert_int_equal(list.index[0], 1);
		assert_int_equal(list.tlp[0], TLP_CLEAR);
		assert_true((list.flags[0] & INDEX_RELEASED) != 0);
		assert_true((list.flags[0] & INDEX_OPEN) != 0);
		assert_ok(index_by_digest(w->ix, &it[0]->d, &a, &row));
		assert_true(span_is_str(row.iss, "br"));
		want.ctx = &chain;
		assert_ok(index_notice(w->ix, &row, &want, &a, &audience));
		assert_int_equal(chain.n, 1);
		assert_true(audience.open);
		assert_ok(index_copies(w->ix, &it[0]->d, give, &copies));
		assert_int_equal(copies.n, 2);
		arena_release(&a);
		world_release(w);
		free(w);
	}
}

/* A later revision that only came by another team is the newest one. */
static void
test_a_copy_of_a_later_revision_is_newer(void **state)
{
	struct world *w = mem_alloc(sizeof *w);
	struct given list = { 0 };
	struct item *first, *second;

	(void)state;
	world_init(w);
	first = add(w, &(struct say){ .log = 2, .kind = "warning",
			   .tlp = "TLP:GREEN", .id = 5,
			   .body = carried_body });
	second = add(w, &(struct say){ .log = 2, .kind = "warning", .id = 5,
			    .rev = 1, .replaces = first, .tlp = "TLP:GREEN",
			    .body = carried_body });
	arrive(w, add(w, &(struct say){ .log = 3, .kind = "reshare",
			     .tlp = "TLP:GREEN",
			     .body = carry(w, second, "", true) }));
	arrive(w, first);
	put_sizes(w);
	index_sweep(w->ix);
	follow(w);
	assert_ok(index_inbox(w->ix, &(struct index_filter){ 0 }, give, &list,
	    NULL));
	assert_int_equal(list.n, 1);
	assert_int_equal(list.rev[0], 1);
	assert_true((list.flags[0] & INDEX_RESHARED) != 0);
	world_release(w);
	free(w);
}

/* A mark is part of the name: what answers or revises across it is about
 * nothing that is here. */
static void
test_an_exercise_touches_nothing_real(void **state)
{
	static const char real[] = "{\"title\":{\"en\":\"R\"},\"level\":5}";
	static const char drill[] = "{\"title\":{\"en\":\"D\"},\"level\":5,"
				    "\"exercise\":\"FARO\"}";
	static const char yes[] = "{\"answer\":\"affected\"}";
	static const char drilled[] = "{\"answer\":\"affected\","
				      "\"exercise\":\"FARO\"}";
	struct world *w = mem_alloc(sizeof *w);
	const struct item *r, *d;
	struct index_row row;
	struct index_counts n;
	struct given list = { 0 };

	(void)state;
	world_init(w);
	r = add(w, &(struct say){ .log = 2, .kind = "warning",
		       .tlp = "TLP:GREEN", .id = 5, .body = real });
	d = add(w, &(struct say){ .log = 2, .kind = "warning",
		       .tlp = "TLP:GREEN", .id = 6, .body = drill });
	arrive(w, r);
	arrive(w, d);
	/* an answer of an exercise to what is real, and the reverse */
	arrive(w, add(w, &(struct say){ .log = 0, .kind = "acknowledgement",
			     .tlp = "TLP:AMBER", .re = r, .body = drilled }));
	arrive(w, add(w, &(struct say){ .log = 0, .kind = "acknowledgement",
			     .tlp = "TLP:AMBER", .re = d, .body = yes }));
	/* a revision of what is real, marked */
	arrive(w, add(w, &(struct say){ .log = 2, .kind = "warning", .id = 5,
			     .rev = 1, .replaces = r, .tlp = "TLP:GREEN",
			     .body = drill }));
	put_sizes(w);
	index_sweep(w->ix);
	follow(w);
	assert_ok(index_count(w->ix, &n));
	assert_int_equal(n.notices, 1);
	assert_int_equal(n.owed, 1);
	assert_int_equal(n.exercises, 2);
	assert_ok(index_newest_real(w->ix, 5, &w->mem, &row));
	assert_true(digest_is_equal(&row.digest, &r->d));
	assert_true((row.flags & (INDEX_OWED | INDEX_NEWEST)) ==
	    (INDEX_OWED | INDEX_NEWEST));
	assert_ok(index_by_digest(w->ix, &d->d, &w->mem, &row));
	assert_true((row.flags & (INDEX_OWED | INDEX_EXERCISE)) ==
	    (INDEX_OWED | INDEX_EXERCISE));
	/* its own answer is one */
	arrive(w, add(w, &(struct say){ .log = 0, .kind = "acknowledgement",
			     .tlp = "TLP:AMBER", .re = d, .body = drilled }));
	put_sizes(w);
	index_sweep(w->ix);
	follow(w);
	assert_ok(index_by_digest(w->ix, &d->d, &w->mem, &row));
	assert_int_equal(row.flags & INDEX_OWED, 0);
	assert_ok(index_inbox(w->ix, &(struct index_filter){ 0 }, give, &list,
	    NULL));
	assert_int_equal(list.n, 3);
	world_release(w);
	free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_release_stands_for_its_document),
		cmocka_unit_test(test_a_copy_of_a_later_revision_is_newer),
		cmocka_unit_test(test_an_exercise_touches_nothing_real),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

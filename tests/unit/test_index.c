/* SPDX-License-Identifier: Apache-2.0
 *
 * The index: the views that it gives, in whatever order entries came.
 */
#include "index_world.h"

#include <sys/wait.h>
#include <time.h>

/* --- views as text --- */

static bool
dump_row(void *ctx, const struct index_row *r)
{
	char id[UUID_TEXT + 1], d[ENTRY_DIGEST_TEXT + 1];
	struct buf *b = ctx;

	uuid_write(&r->id, id);
	entry_write_digest(&r->digest, d);
	buf_put_format(b, "%s %s %llu %.*s %.*s %d tlp%d L%d %lld f%x s%d n%u"
	    " %.*s\n", id, d, (unsigned long long)r->rev, SPAN_FMT(r->iss),
	    SPAN_FMT(r->kind), (int)r->index, r->has_tlp ? (int)r->tlp : -1,
	    r->level, (long long)r->iat_s, r->flags, (int)r->state,
	    r->revisions, SPAN_FMT(r->brief));
	return true;
}

static void
dump_lists(struct world *w, struct buf *b)
{
	struct index_counts c;
	static const struct index_filter list[] = { { .ended = true },
		{ .quarantined = true }, { .unacknowledged = true },
		{ .mine = true }, { .kind = { (const unsigned char *)"warning",
		7 } }, { .search = { (const unsigned char *)"acao", 4 } } };

	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
		buf_put_format(b, "-- list %zu\n", i);
		assert_ok(index_inbox(w->ix, &list[i], dump_row, b, NULL));
	}
	buf_put_str(b, "-- home\n");
	assert_ok(index_drafts(w->ix, dump_row, b));
	assert_ok(index_persons(w->ix, dump_row, b));
	assert_ok(index_count(w->ix, &c));
	buf_put_format(b, "%llu %llu %llu %llu\n",
	    (unsigned long long)c.entries, (unsigned long long)c.notices,
	    (unsigned long long)c.owed, (unsigned long long)c.quarantined);
	for (int i = 0; i < 6; i++)
		buf_put_format(b, "%llu %llu, ",
		    (unsigned long long)c.by_level[i],
		    (unsigned long long)c.owed_by_level[i]);
}

static void
dump(struct world *w, struct buf *b)
{
	struct index_notice want = { dump_row, dump_row, dump_row, b };
	struct arena a = { 0 };

	buf_clear(b);
	dump_lists(w, b);
	for (size_t i = 0; i < w->n; i++) {
		struct index_audience aud = { 0 };
		struct index_row r;

		if (index_by_digest(w->ix, &w->item[i].d, &a, &r) != ERR_NONE)
			continue;
		buf_put_str(b, "-- item\n");
		assert_ok(index_notice(w->ix, &r, &want, &a, &aud));
		buf_put_format(b, "open%d", aud.open);
		for (size_t k = 0; k < aud.n; k++)
			buf_put_format(b, " %.*s", SPAN_FMT(aud.team[k]));
		buf_put_u8(b, '\n');
	}
	arena_release(&a);
	assert_ok(buf_check(b));
}

static void
test_view(void **state)
{
	struct world *w;
	struct seen s;
	uint32_t f;

	make_small(state);
	w = *state;
	arrive_all(w);
	assert_int_equal(follow(w), w->n);
	s = inbox(w, (struct index_filter){ 0 });
	/* 1 corrected, 4 in place of 3, 5 own, 6 unknown */
	assert_int_equal(s.n, 4);
	assert_true(has(&s, 1, &f));
	assert_true((f & INDEX_UPDATED) && (f & INDEX_OWED));
	assert_false(f & INDEX_ACKNOWLEDGED); /* only the first revision was */
	assert_true(has(&s, 4, &f) && (f & INDEX_OWED));
	assert_true(has(&s, 5, &f) && (f & INDEX_MINE) && !(f & INDEX_OWED));
	assert_true(has(&s, 6, &f) && (f & INDEX_UNKNOWN) &&
	    !(f & INDEX_OWED));
	s = inbox(w, (struct index_filter){ .ended = true });
	assert_int_equal(s.n, 6);
	assert_true(has(&s, 3, &f) && (f & INDEX_REPLACED));
	assert_true(has(&s, 2, &f) && (f & INDEX_ENDED) && (f & INDEX_OWED));
	assert_false(has(&s, 7, NULL)); /* void */
	s = inbox(w, (struct index_filter){ .unacknowledged = true });
	assert_int_equal(s.n, 3); /* 1, 4, and 2: withdrawn after our answer */
	s = inbox(w, (struct index_filter){ .quarantined = true });
	assert_int_equal(s.n, 1);
	/* of all kinds there are lists of notices alone */
	assert_err(index_inbox(w->ix, &(struct index_filter){ .cases = true },
	    see, &s, NULL), ERR_USAGE);
	s = inbox(w, (struct index_filter){ .kind = span_str("watch") });
	assert_int_equal(s.n, 1);
	end_small(w);
}

static bool
count_row(void *ctx, const struct index_row *r)
{
	(void)r;
	++*(unsigned *)ctx;
	return true;
}

static void
test_notice(void **state)
{
	struct world *w;
	struct arena a = { 0 };
	struct index_audience aud;
	struct index_row r;
	unsigned n = 0;

	make_small(state);
	w = *state;
	arrive_all(w);
	follow(w);
	assert_ok(index_by_digest(w->ix, &w->item[0].d, &a, &r));
	assert_ok(index_notice(w->ix, &r, &(struct index_notice){
	    .revision = count_row, .ctx = &n }, &a, &aud));
	assert_int_equal(n, 2);
	assert_false(aud.open);
	assert_int_equal(aud.n, 3);
	assert_true(span_is_str(aud.team[0], "br"));
	n = 0; /* ours to the first, the later one of cl to the second */
	assert_ok(index_notice(w->ix, &r, &(struct index_notice){
	    .answer = count_row, .ctx = &n }, &a, NULL));
	assert_int_equal(n, 2);
	assert_ok(index_by_digest(w->ix, &w->item[8].d, &a, &r));
	n = 0;
	assert_ok(index_notice(w->ix, &r, &(struct index_notice){
	    .other = count_row, .ctx = &n }, &a, &aud));
	assert_int_equal(n, 1);
	assert_ok(index_by_digest(w->ix, &w->item[5].d, &a, &r));
	assert_ok(index_notice(w->ix, &r, &(struct index_notice){ 0 }, &a,
	    &aud));
	assert_true(aud.open);
	arena_release(&a);
	end_small(w);
}

static void
test_home(void **state)
{
	struct world *w;
	struct arena a = { 0 };
	struct index_row r;
	struct seen s = { 0 };

	make_small(state);
	w = *state;
	arrive_all(w);
	follow(w);
	assert_ok(index_drafts(w->ix, see, &s));
	assert_int_equal(s.n, 1);
	assert_non_null(strstr(s.brief, "\"review\""));
	s.n = 0;
	assert_ok(index_persons(w->ix, see, &s));
	assert_int_equal(s.n, 2);
	assert_ok(index_person_by_user(w->ix, span_str("anaperez"), &a, &r));
	assert_non_null(strstr((const char *)r.brief.p, "Jefa"));
	assert_err(index_person_by_user(w->ix, span_str("luis"), &a, &r),
	    ERR_NOT_FOUND); /* not active */
	assert_err(index_person_by_user(w->ix, span_str("eva"), &a, &r),
	    ERR_NOT_FOUND);
	arena_release(&a);
	end_small(w);
}

static void
test_any_order(void **state)
{
	struct world *w;
	struct buf first, b;

	make_small(state);
	w = *state;
	buf_init(&first, 1 << 22);
	buf_init(&b, 1 << 22);
	put_sizes(w);
	for (int round = 0; round < 40; round++) {
		size_t order[64];
		unsigned n;

		store_free(w->store);
		w->store = store_memory_create();
		w->source.store = w->store;
		assert_ok(store_begin(w->store));
		for (int i = 0; i < LOGS; i++)
			assert_ok(store_add_log(w->store, i == OWN ? STORE_OWN :
			    i == HOME ? STORE_PRIVATE : STORE_MIRROR,
			    span_str(origin_of[i]), &w->log[i]));
		assert_ok(store_commit(w->store));
		put_sizes(w);
		assert_ok(index_reset(w->ix));
		follow(w);
		for (size_t i = 0; i < w->n; i++)
			order[i] = i;
		for (size_t i = w->n; i > 1 && round > 0; i--) {
			size_t k = draw(w) % i, t = order[i - 1];

			order[i - 1] = round == 1 ? order[i - 1] : order[k];
			if (round != 1)
				order[k] = t;
		}
		for (size_t i = 0; i < w->n; i++) {
			struct item *it = &w->item[order[round == 1 ?
			    w->n - 1 - i : i]];

			arrive(w, it);
			index_arrived(w->ix, w->log[it->log].id, it->index);
			if (draw(w) % 3 == 0)
				assert_ok(index_step(w->ix, &w->source,
				    1 + draw(w) % 4, &n));
		}
		follow(w);
		dump(w, round == 0 ? &first : &b);
		if (round > 0)
			assert_string_equal(buf_str(&b), buf_str(&first));
	}
	/* and as a whole, by sweeping */
	assert_ok(index_reset(w->ix));
	follow(w);
	dump(w, &b);
	assert_string_equal(buf_str(&b), buf_str(&first));
	buf_release(&first);
	buf_release(&b);
	end_small(w);
}

/* A child is killed inside a step; what it had committed is there, what it
 * had not is taken by the next. */
static void
test_killed(void **state)
{
	struct world *w;
	struct buf whole, b;
	struct index_counts c;

	make_small(state);
	w = *state;
	buf_init(&whole, 1 << 22);
	buf_init(&b, 1 << 22);
	arrive_all(w);
	follow(w);
	dump(w, &whole);
	for (unsigned at = 1; at <= w->n; at += 3) {
		int status;
		pid_t pid;

		assert_ok(index_reset(w->ix));
		index_close(w->ix);
		w->ix = NULL;
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			unsigned n;

			open_index(w);
			w->kill_at = at;
			while (index_step(w->ix, &w->source, 4, &n) ==
			    ERR_NONE && index_lag(w->ix) != 0)
				;
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(WEXITSTATUS(status), 9);
		open_index(w);
		assert_ok(index_count(w->ix, &c));
		/* whole steps only, of 4 each */
		assert_int_equal(c.entries, (at - 1) / 4 * 4);
		assert_int_equal(follow(w), w->n - c.entries);
		dump(w, &b);
		assert_string_equal(buf_str(&b), buf_str(&whole));
	}
	buf_release(&whole);
	buf_release(&b);
	end_small(w);
}

/* What a revoked key signed is removed, and an erased body; a healed one
 * comes back. */
static void
test_changes(void **state)
{
	struct world *w;
	struct index_counts c;
	struct seen s;
	uint32_t f;

	make_small(state);
	w = *state;
	arrive_all(w);
	follow(w);
	w->item[1].state = STORE_BODY_VOID; /* revision 2 of 1 */
	w->item[9].state = STORE_BODY_DAMAGED; /* what stood instead of 3 */
	arrive(w, &w->item[1]);
	arrive(w, &w->item[9]);
	assert_int_equal(index_lag(w->ix), 0);
	index_sweep(w->ix);
	follow(w);
	s = inbox(w, (struct index_filter){ 0 });
	assert_true(has(&s, 1, &f) && (f & INDEX_ACKNOWLEDGED) &&
	    !(f & INDEX_UPDATED) && !(f & INDEX_OWED));
	assert_true(has(&s, 3, &f) && !(f & INDEX_REPLACED));
	assert_false(has(&s, 4, NULL));
	assert_ok(index_count(w->ix, &c));
	assert_int_equal(c.stale, 1);
	w->item[9].state = STORE_BODY_HELD;
	arrive(w, &w->item[9]);
	index_arrived(w->ix, w->log[BR].id, w->item[9].index);
	follow(w);
	s = inbox(w, (struct index_filter){ 0 });
	assert_false(has(&s, 3, NULL));
	assert_true(has(&s, 4, NULL));
	end_small(w);
}

static void
test_unreadable(void **state)
{
	struct world *w;
	struct index_counts c;

	make_small(state);
	w = *state;
	w->unreadable = true;
	arrive_all(w);
	assert_int_equal(follow(w), 1); /* the quarantined one is shown */
	assert_ok(index_count(w->ix, &c));
	assert_int_equal(c.entries, 1);
	w->unreadable = false;
	index_sweep(w->ix);
	assert_int_equal(follow(w), w->n - 1);
	end_small(w);
}

static void
test_other_key(void **state)
{
	static const unsigned char other[32] = "another key of thirty-two bytes";
	struct world *w;
	struct index_config c;
	struct index_counts n;
	FILE *f;

	make_small(state);
	w = *state;
	arrive_all(w);
	follow(w);
	index_close(w->ix);
	c = (struct index_config){ w->path, w->schema, other, span_str("uy") };
	assert_ok(index_open(&c, &w->ix, NULL));
	assert_ok(index_count(w->ix, &n));
	assert_int_equal(n.entries, 0);
	assert_int_equal(follow(w), w->n);
	index_close(w->ix);
	/* a broken file is made again */
	f = fopen(w->path, "r+b");
	assert_non_null(f);
	assert_int_equal(fwrite("garbage garbage garbage", 1, 23, f), 23);
	fclose(f);
	assert_ok(index_open(&c, &w->ix, NULL));
	assert_int_equal(follow(w), w->n);
	end_small(w);
}

static int64_t
clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* 10,000 entries: complete, found, and listed page by page. */
static void
test_many(void **state)
{
	enum { N = 10000 };
	struct world *w = mem_alloc(sizeof *w);
	struct seen s;
	uint64_t next = 0;
	size_t all = 0;
	int64_t from;

	(void)state;
	world_init(w);
	for (unsigned i = 0; i < N; i++) {
		char body[512];

		snprintf(body, sizeof body, "{\"title\":{\"es\":\"Alerta %u "
		    "común palabra%u\"},\"level\":%u}", i, i % 100, 1 + i % 5);
		add(w, &(struct say){ BR, "warning",
		    i % 2 != 0 ? "TLP:GREEN" : "TLP:CLEAR", body,
		    .id = 1 + i });
	}
	arrive_all(w);
	from = clock_us();
	assert_int_equal(follow(w), N);
	print_message("# %d entries taken in %lld ms\n", N,
	    (long long)(clock_us() - from) / 1000);
	from = clock_us();
	s = inbox(w, (struct index_filter){ .search = span_str("comun"),
	    .limit = 20 });
	print_message("# a common word: %lld us\n",
	    (long long)(clock_us() - from));
	assert_int_equal(s.n, 20);
	assert_true(has(&s, N, NULL) && has(&s, N - 19, NULL));
	s = inbox(w, (struct index_filter){ .search =
	    span_str("palabra7 comun"), .limit = 50 });
	assert_int_equal(s.n, 50);
	do {
		s = (struct seen){ 0 };
		assert_ok(index_inbox(w->ix, &(struct index_filter){
		    .before = next, .limit = 64 }, see, &s, &next));
		all += s.n;
	} while (next != 0);
	assert_int_equal(all, N);
	world_release(w);
	free(w);
}

struct told {
	size_t n;
	struct digest d; /* of the last */
	uint32_t flags;
};

static bool
tell(void *ctx, const struct index_row *row)
{
	struct told *t = ctx;

	t->n++;
	t->d = row->digest;
	t->flags = row->flags;
	return true;
}

static struct told
changes_of(struct world *w)
{
	struct told t = { 0 };

	follow(w);
	assert_ok(index_changes(w->ix, tell, &t));
	return t;
}

static void
come(struct world *w, const struct item *it)
{
	put_sizes(w);
	arrive(w, it);
	index_arrived(w->ix, w->log[it->log].id, it->index);
}

/* Each record once, by its newest revision; at a start, and if there are too
 * many, that everything is to be looked at. */
static void
test_what_has_changed(void **state)
{
	struct say notice = { .log = 2, .kind = "warning",
		.tlp = "TLP:GREEN", .id = 5,
		.body = "{\"title\":{\"en\":\"R\"},\"level\":5}" };
	struct world *w = mem_alloc(sizeof *w);
	const struct item *first, *second;
	struct told t = { 0 };

	(void)state;
	world_init(w);
	follow(w);
	assert_int_equal(index_changes(w->ix, tell, &t), ERR_LIMIT);
	assert_int_equal(changes_of(w).n, 0);
	first = add(w, &notice);
	notice.rev = 1;
	notice.replaces = first;
	second = add(w, &notice);
	come(w, first);
	come(w, second);
	t = changes_of(w);
	assert_int_equal(t.n, 1);
	assert_true(digest_is_equal(&t.d, &second->d));
	assert_true((t.flags & INDEX_OWED) != 0);
	assert_int_equal(changes_of(w).n, 0);
	/* an answer changes what it answers */
	come(w, add(w, &(struct say){ .log = 0, .kind = "acknowledgement",
			   .tlp = "TLP:AMBER", .re = second,
			   .body = "{\"answer\":\"affected\"}" }));
	t = changes_of(w);
	assert_int_equal(t.n, 1);
	assert_true(digest_is_equal(&t.d, &second->d));
	assert_true((t.flags & INDEX_OWED) == 0);
	/* more than is kept */
	notice = (struct say){ .log = 2, .kind = "warning",
		.tlp = "TLP:GREEN", .body = notice.body };
	for (int i = 0; i < INDEX_CHANGES + 1; i++)
		come(w, add(w, &notice));
	follow(w);
	assert_int_equal(index_changes(w->ix, tell, &t), ERR_LIMIT);
	assert_int_equal(changes_of(w).n, 0);
	world_release(w);
	free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_view),
		cmocka_unit_test(test_notice),
		cmocka_unit_test(test_home),
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_other_key),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_what_has_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

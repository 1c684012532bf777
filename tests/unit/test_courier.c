/* SPDX-License-Identifier: Apache-2.0
 *
 * watch/courier: a node, its log, a courier and receivers in virtual time.
 * The node is killed at random, also between a delivery and the record of it;
 * addresses fail, hang, lose their answers. A judge that sees only the log and
 * what the receivers got decides. The same world with a fault planted in it
 * must be condemned.
 */
#include "watch/courier.h"

#include "base/limits.h"
#include "base/mem.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAGES = 1000, LOG_MAX = 64 * PAGES, FLIGHTS = 256, WAIT_MS = 30000,
	HORIZON_S = 6 * 3600 };

/* --- the log --- */

enum kind { PAGE, STOP, ATTEMPT };

struct line {
	enum kind kind;
	struct courier_page page;
	struct uuid id;
	enum courier_result result;
	uint32_t tries;
};

/* --- the world --- */

struct flight {
	bool is_used;
	struct uuid id;
	uint32_t try_now;
	int64_t lands_ms;  /* the receiver has it then, or not */
	int64_t tells_ms;  /* the node hears of it then; -1: never */
	bool takes, is_final;
};

struct receiver {
	unsigned taken;    /* how often it got the page */
	unsigned windows;  /* how often a double was to be feared */
	bool hidden;       /* taken, and the log does not say so */
};

/* Faults planted in the node. */
enum bug { NO_BUG, SKIPS_ENTRIES, FORGETS_LOST, TELLS_EARLY, BUGS };

struct world {
	uint32_t seed;
	enum bug bug;
	struct now now;
	struct courier q;
	struct line *log;
	size_t log_n;
	struct buf rest;       /* what is durable of the queue */
	struct flight flight[FLIGHTS];
	struct receiver at[PAGES];
	size_t made;
	uint64_t kills;
	int64_t step_ms;
};

static uint32_t
draw(struct world *w)
{
	w->seed ^= w->seed << 13;
	w->seed ^= w->seed >> 17;
	w->seed ^= w->seed << 5;
	return w->seed;
}

static size_t
number(const struct uuid *id)
{
	return (size_t)id->b[0] << 8 | id->b[1];
}

static struct uuid
name(size_t n)
{
	struct uuid u = { { (unsigned char)(n >> 8), (unsigned char)n } };

	u.b[15] = 1;
	return u;
}

/* What a page's address is like: some never work, some hang. */
enum nature { GOOD, FLAKY, REFUSES, DEAD, HANGS, DEAF, NATURES };

static enum nature
nature_of(const struct courier_page *p)
{
	return (enum nature)(p->to[0] % NATURES);
}

static void
append(struct world *w, const struct line *l)
{
	assert_true(w->log_n < LOG_MAX);
	w->log[w->log_n++] = *l;
}

/* --- the node --- */

static void
read_log(struct world *w)
{
	for (; w->q.cursor < w->log_n; w->q.cursor++) {
		const struct line *l = &w->log[w->q.cursor];

		if (w->bug == SKIPS_ENTRIES && draw(w) % 200 == 0)
			continue;
		if (l->kind == PAGE)
			assert_true(courier_see_page(&w->q, &l->page, w->now));
		else if (l->kind == STOP)
			courier_see_stop(&w->q, &l->id, NULL);
		else
			courier_see_attempt(&w->q, &l->id, l->result, l->tries,
			    w->now, draw(w));
	}
}

static void
save(struct world *w)
{
	buf_clear(&w->rest);
	courier_write(&w->q, &w->rest);
	assert_int_equal(buf_check(&w->rest), ERR_NONE);
}

static struct flight *
free_flight(struct world *w)
{
	for (size_t i = 0; i < FLIGHTS; i++)
		if (!w->flight[i].is_used)
			return &w->flight[i];
	fail_msg("more is under way than the policies allow");
	return NULL;
}

static void
send_one(struct world *w, const struct courier_item *it)
{
	struct flight *f = free_flight(w);
	enum nature n = nature_of(&it->page);
	uint32_t d = draw(w);

	for (size_t i = 0; i < FLIGHTS; i++)
		assert_false(w->flight[i].is_used &&
		    w->flight[i].tells_ms >= 0 && memcmp(&w->flight[i].id, &it->page.id,
			sizeof it->page.id) == 0);
	*f = (struct flight){ true, it->page.id, it->try_now,
		w->now.mono.ms + d % 2000, 0,
		n == GOOD || n == DEAF || (n == FLAKY && d % 3 == 0),
		n == REFUSES };
	f->tells_ms = n == HANGS || (n == DEAF && d % 2 == 0) ? -1 :
	    f->lands_ms + 5;
}

static void
write_one(struct world *w, const struct courier_item *it)
{
	const struct line l = { .kind = ATTEMPT, .id = it->page.id,
		.result = it->result, .tries = it->tries };
	struct uuid id = it->page.id;

	/* the disk is full now and then */
	if (draw(w) % 50 == 0) {
		courier_unwritten(&w->q, &id, w->now);
		return;
	}
	append(w, &l);
	w->at[number(&id)].hidden = false;
}

struct acts {
	struct world *w;
	struct courier_item write[PAGES];
	size_t write_n;
};

static void
on_act(void *ctx, enum courier_act act, const struct courier_item *it,
    const struct courier_item *const *with, size_t n)
{
	struct acts *a = ctx;

	if (act == COURIER_SEND) {
		send_one(a->w, it);
		for (size_t i = 0; i < n; i++)
			assert_true(with[i]->page.level < COURIER_URGENT);
	} else if (act == COURIER_WRITE) {
		a->write[a->write_n++] = *it;
	}
}

static void
turn(struct world *w)
{
	struct acts *a = mem_alloc(sizeof *a);

	a->w = w;
	read_log(w);
	w->step_ms = courier_step(&w->q, w->now, on_act, a);
	for (size_t i = 0; i < a->write_n; i++)
		write_one(w, &a->write[i]);
	if (a->write_n != 0)
		w->step_ms = 0;
	free(a);
}

/* kill -9: all that is not durable is gone; the receivers go on. */
static void
kill_node(struct world *w)
{
	for (size_t i = 0; i < FLIGHTS; i++)
		if (w->flight[i].is_used)
			w->flight[i].tells_ms = -1;
	for (size_t i = 0; i < PAGES; i++)
		w->at[i].windows += w->at[i].hidden;
	w->kills++;
	courier_release(&w->q);
	courier_init(&w->q, WAIT_MS);
	if (w->rest.n != 0)
		assert_int_equal(courier_parse(buf_span(&w->rest), WAIT_MS,
		    w->now, &w->q), ERR_NONE);
	if (w->bug == FORGETS_LOST)
		w->q.cursor = w->log_n;
}

/* --- the receivers --- */

static void
fly(struct world *w)
{
	for (size_t i = 0; i < FLIGHTS; i++) {
		struct flight *f = &w->flight[i];
		struct receiver *r = &w->at[number(&f->id)];

		if (!f->is_used)
			continue;
		if (f->lands_ms >= 0 && f->lands_ms <= w->now.mono.ms) {
			f->lands_ms = -1;
			if (f->takes) {
				r->taken++;
				r->hidden = true;
				/* nobody will say that it was taken */
				r->windows += f->tells_ms < 0;
			}
		}
		if (f->lands_ms < 0 && f->tells_ms < 0) {
			f->is_used = false;
			continue;
		}
		if (f->tells_ms < 0 || f->tells_ms > w->now.mono.ms)
			continue;
		f->is_used = false;
		if (w->bug == TELLS_EARLY && f->takes)
			/* acts on what is not durable: gone from the queue */
			courier_see_attempt(&w->q, &f->id, COURIER_ACCEPTED,
			    f->try_now, w->now, 1);
		else
			courier_done(&w->q, &f->id, f->try_now, f->takes ?
			    COURIER_ACCEPTED : COURIER_FAILED, f->is_final,
			    f->is_final ? "550 unknown" : "451 later");
	}
}

static void
make_pages(struct world *w)
{
	while (w->made < PAGES && draw(w) % 4 != 0) {
		struct line l = { .kind = PAGE };
		uint32_t d = draw(w);

		l.page.id = name(w->made);
		l.page.to[0] = (unsigned char)(d % 96);
		l.page.channel = (enum courier_channel)(l.page.to[0] %
		    COURIER_CHANNELS);
		l.page.to[1] = (unsigned char)l.page.channel;
		l.page.level = (int)(d >> 8) % 6;
		l.page.at_s = w->now.wall.ms / 1000;
		l.page.until_s = l.page.at_s + 3600;
		if (d % 7 == 0)
			l.page.from_s = l.page.at_s + 600;
		l.page.escalation.b[3] = (unsigned char)(1 + d % 40);
		l.page.index = w->log_n;
		append(w, &l);
		w->made++;
	}
	if (draw(w) % 40 == 0) {
		struct line l = { .kind = STOP };

		l.id.b[3] = (unsigned char)(1 + draw(w) % 40);
		if (draw(w) % 2 == 0 && w->made != 0)
			l.id = name(draw(w) % w->made);
		append(w, &l);
	}
}

/* --- the judge --- */

struct verdict {
	unsigned lost, twice, ends, false_accepted, open;
	unsigned by[COURIER_RESULTS];
};

static struct verdict
judge(const struct world *w)
{
	struct verdict v = { 0 };

	for (size_t i = 0; i < PAGES; i++) {
		const struct receiver *r = &w->at[i];
		struct uuid id = name(i);
		unsigned ends = 0;

		for (size_t k = 0; k < w->log_n; k++) {
			const struct line *l = &w->log[k];

			if (l->kind != ATTEMPT ||
			    l->result == COURIER_FAILED ||
			    !uuid_is_equal(&l->id, &id))
				continue;
			ends++;
			v.by[l->result]++;
			v.false_accepted += l->result == COURIER_ACCEPTED &&
			    r->taken == 0;
		}
		v.lost += ends == 0;
		v.ends += ends > 1;
		v.twice += r->taken > 1 + r->windows;
	}
	v.open = (unsigned)w->q.n;
	return v;
}

static bool
is_clean(const struct verdict *v)
{
	return v->lost + v->twice + v->ends + v->false_accepted + v->open == 0;
}

static struct verdict
play(uint32_t seed, enum bug bug, uint64_t *kills)
{
	struct world *w = mem_alloc(sizeof *w);
	int64_t end_ms = (int64_t)HORIZON_S * 1000;
	struct verdict v;

	w->seed = seed * 2654435761u | 1;
	w->bug = bug;
	w->now.wall.ms = 1795253267000;
	w->log = mem_array(LOG_MAX, sizeof *w->log);
	buf_init(&w->rest, 16777216);
	courier_init(&w->q, WAIT_MS);
	while (w->now.mono.ms < end_ms) {
		int64_t pace = w->now.mono.ms < end_ms / 4 ? 800 : 10000;

		w->now.mono.ms += 1 + draw(w) % pace;
		w->now.wall.ms = 1795253267000 + w->now.mono.ms;
		if (w->now.mono.ms < end_ms / 4)
			make_pages(w);
		fly(w);
		turn(w);
		if (draw(w) % 64 == 0)
			save(w);
		if (w->now.mono.ms < end_ms / 2 && draw(w) % 100 == 0)
			kill_node(w);
		if (draw(w) % 300 == 0) { /* the courier alone */
			for (size_t i = 0; i < FLIGHTS; i++)
				w->flight[i].tells_ms = -1;
			for (size_t i = 0; i < PAGES; i++)
				w->at[i].windows += w->at[i].hidden;
			courier_lost(&w->q, w->now);
		}
	}
	v = judge(w);
	*kills = w->kills;
	buf_release(&w->rest);
	courier_release(&w->q);
	free(w->log);
	free(w);
	return v;
}

static void
test_no_page_is_lost(void **state)
{
	unsigned runs = getenv("ALMENARA_TENTH") != NULL ? 1 : 8;

	(void)state;
	for (uint32_t seed = 1; seed <= runs; seed++) {
		uint64_t kills;
		struct verdict v = play(seed, NO_BUG, &kills);

		printf("# seed %u: %u accepted, %u given up, %u cancelled, "
		    "%llu kills\n", seed, v.by[COURIER_ACCEPTED],
		    v.by[COURIER_GIVEN_UP], v.by[COURIER_CANCELLED],
		    (unsigned long long)kills);
		if (!is_clean(&v))
			fail_msg("seed %u: %u lost, %u twice, %u ended twice, "
			    "%u accepted by nobody, %u open", seed, v.lost,
			    v.twice, v.ends, v.false_accepted, v.open);
		assert_true(kills > 10);
		assert_true(v.by[COURIER_ACCEPTED] > 200);
		assert_true(v.by[COURIER_GIVEN_UP] > 50);
		assert_true(v.by[COURIER_CANCELLED] > 20);
	}
}

static void
test_planted_faults_are_found(void **state)
{
	(void)state;
	for (enum bug bug = NO_BUG + 1; bug < BUGS; bug++) {
		uint64_t kills;
		struct verdict v = play(3, bug, &kills);

		if (is_clean(&v))
			fail_msg("fault %d was not found", (int)bug);
	}
}

/* --- single rules --- */

struct seen {
	enum courier_act act[256];
	struct courier_item item[256];
	size_t with[256];
	size_t n;
};

static void
note(void *ctx, enum courier_act act, const struct courier_item *it,
    const struct courier_item *const *with, size_t n)
{
	struct seen *s = ctx;

	(void)with;
	s->act[s->n] = act;
	s->item[s->n] = *it;
	s->with[s->n++] = n;
}

static struct seen *
step(struct courier *q, struct now now)
{
	static struct seen s;

	s.n = 0;
	(void)courier_step(q, now, note, &s);
	return &s;
}

static struct courier_page
page(size_t n, int level, unsigned char to)
{
	return (struct courier_page){ .id = name(n), .to = { to },
		.level = level, .channel = COURIER_MAIL };
}

static const struct now start = { { 1795253267000 }, { 5000 } };

static void
test_urgent_first_one_an_address(void **state)
{
	struct courier q;
	struct courier_page p[] = { page(1, 1, 1), page(2, 5, 2),
		page(3, 4, 2) };
	struct seen *s;

	(void)state;
	courier_init(&q, WAIT_MS);
	for (size_t i = 0; i < 3; i++)
		assert_true(courier_see_page(&q, &p[i], start));
	s = step(&q, start);
	assert_int_equal(s->n, 2);
	assert_int_equal(s->item[0].page.level, 5);
	assert_int_equal(s->item[1].page.level, 1);
	courier_done(&q, &p[1].id, 1, COURIER_ACCEPTED, false, "");
	s = step(&q, start);
	assert_int_equal(s->n, 2);
	assert_int_equal(s->item[0].page.level, 4); /* now it may */
	assert_int_equal(s->act[1], COURIER_WRITE);
	assert_int_equal(s->item[1].result, COURIER_ACCEPTED);
	courier_release(&q);
}

static void
test_urgent_is_not_put_off(void **state)
{
	struct courier q;
	struct courier_page p[] = { page(1, 3, 1), page(2, 4, 2) };

	(void)state;
	courier_init(&q, WAIT_MS);
	for (size_t i = 0; i < 2; i++) {
		p[i].from_s = start.wall.ms / 1000 + 600;
		p[i].gathered = true;
		assert_true(courier_see_page(&q, &p[i], start));
	}
	assert_int_equal(step(&q, start)->n, 1);
	assert_int_equal(step(&q, (struct now){ start.wall,
	    { start.mono.ms + 600000 } })->n, 2); /* one is late by now */
	courier_release(&q);
}

static void
test_put_off_until_ready(void **state)
{
	struct courier q;
	struct courier_page p = page(1, 5, 1);
	struct mono later = start.mono;

	(void)state;
	courier_init(&q, WAIT_MS);
	assert_true(courier_see_page(&q, &p, start));
	assert_int_equal(step(&q, start)->act[0], COURIER_SEND);
	later.ms += 1000;
	courier_put_off(&q, &p.id, later);
	assert_int_equal(step(&q, start)->n, 0);
	courier_ready(&q, start);
	assert_int_equal(step(&q, start)->n, 1);
	courier_ready(&q, start); /* it is under way: not twice */
	assert_int_equal(step(&q, start)->n, 0);
	courier_release(&q);
}

static void
test_gathered_in_one_letter(void **state)
{
	struct courier q;
	struct seen *s;

	(void)state;
	courier_init(&q, WAIT_MS);
	for (size_t i = 0; i < 5; i++) {
		struct courier_page p = page(i, 1, i < 4 ? 1 : 2);

		p.gathered = true;
		assert_true(courier_see_page(&q, &p, start));
	}
	s = step(&q, start);
	assert_int_equal(s->n, 2);
	assert_int_equal(s->with[0], 3);
	courier_done(&q, &s->item[0].page.id, 1, COURIER_ACCEPTED, false, "");
	s = step(&q, start);
	assert_int_equal(s->n, 4); /* each page has its own end */
	courier_release(&q);
}

static void
test_the_same_is_said_once(void **state)
{
	struct courier q;
	struct courier_page p[] = { page(1, 5, 1), page(2, 5, 1),
		page(3, 5, 2) };
	struct seen *s;

	(void)state;
	courier_init(&q, WAIT_MS);
	for (size_t i = 0; i < 3; i++) {
		p[i].dedup[0] = 7;
		assert_true(courier_see_page(&q, &p[i], start));
	}
	assert_int_equal(step(&q, start)->n, 2); /* 3 goes elsewhere */
	courier_done(&q, &p[0].id, 1, COURIER_ACCEPTED, false, "");
	assert_int_equal(step(&q, start)->act[0], COURIER_WRITE);
	courier_see_attempt(&q, &p[0].id, COURIER_ACCEPTED, 1, start, 0);
	s = step(&q, start);
	assert_int_equal(s->n, 1);
	assert_int_equal(s->item[0].result, COURIER_CANCELLED);
	courier_release(&q);

	/* but if the first is given up, the second is sent */
	courier_init(&q, WAIT_MS);
	for (size_t i = 0; i < 2; i++)
		assert_true(courier_see_page(&q, &p[i], start));
	(void)step(&q, start);
	courier_done(&q, &p[0].id, 1, COURIER_FAILED, true, "550");
	assert_int_equal(step(&q, start)->item[0].result, COURIER_GIVEN_UP);
	courier_see_attempt(&q, &p[0].id, COURIER_GIVEN_UP, 1, start, 0);
	assert_int_equal(step(&q, start)->act[0], COURIER_SEND);
	courier_release(&q);
}

static void
test_stopped(void **state)
{
	struct courier q;
	struct courier_page p[] = { page(1, 5, 1), page(2, 5, 1) };
	struct seen *s;

	(void)state;
	courier_init(&q, WAIT_MS);
	for (size_t i = 0; i < 2; i++) {
		p[i].escalation.b[0] = 9;
		assert_true(courier_see_page(&q, &p[i], start));
	}
	(void)step(&q, start);
	courier_see_stop(&q, &p[0].escalation, (const unsigned char *)
	    "another.");
	assert_int_equal(step(&q, start)->n, 0);
	courier_see_stop(&q, &p[0].escalation, NULL);
	s = step(&q, start);
	assert_int_equal(s->n, 2);
	assert_int_equal(s->act[0], COURIER_CANCEL);
	assert_int_equal(s->item[1].result, COURIER_CANCELLED);
	/* it had gone out: that is the truth */
	courier_done(&q, &p[0].id, 1, COURIER_ACCEPTED, false, "");
	assert_int_equal(step(&q, start)->item[0].result, COURIER_ACCEPTED);
	courier_release(&q);
}

static void
test_rest_is_strict(void **state)
{
	struct courier q, back;
	struct courier_page p = page(1, 5, 1);
	struct buf b;

	(void)state;
	courier_init(&q, WAIT_MS);
	buf_init(&b, 65536);
	assert_true(courier_see_page(&q, &p, start));
	q.cursor = 77;
	courier_write(&q, &b);
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(courier_parse(span_of(b.p, n), WAIT_MS, start,
		    &back), ERR_DAMAGED);
	assert_int_equal(courier_parse(buf_span(&b), WAIT_MS, start, &back),
	    ERR_NONE);
	assert_int_equal(back.cursor, 77);
	assert_non_null(courier_find(&back, &p.id));
	courier_release(&back);
	courier_release(&q);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_page_is_lost),
		cmocka_unit_test(test_planted_faults_are_found),
		cmocka_unit_test(test_urgent_first_one_an_address),
		cmocka_unit_test(test_urgent_is_not_put_off),
		cmocka_unit_test(test_put_off_until_ready),
		cmocka_unit_test(test_gathered_in_one_letter),
		cmocka_unit_test(test_the_same_is_said_once),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_rest_is_strict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

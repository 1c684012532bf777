/* SPDX-License-Identifier: Apache-2.0
 *
 * watch/desk.c through a bad night, in virtual time: a thousand escalations on
 * a private log in memory, while the node is killed at any moment, its clock
 * is set by up to a day, and channels fail. A judge that knows the true time
 * reads the log afterwards. The same night with a mistake planted must be
 * condemned.
 */
#include "base/mem.h"
#include "record/entry.h"
#include "schema/kind.h"
#include "watch/desk.h"
#include "watch/trust.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

enum bug {
	BUG_NONE,
	BUG_VISIBLE, /* pages leave before they are durable */
	BUG_FORGET,  /* a restart forgets one of eight */
	BUG_WALL,    /* timers run by the wall clock */
	BUG_TWICE,   /* a restart does not look at what is there */
	BUG_COUNT
};

enum {
	NOTICES = 1000,
	NIGHTS = 40, /* until a planted mistake must be found */
	NIGHT_MS = 9 * 3600000,
	ARMING_MS = 4 * 3600000,
	LATE_MS = 2000,
	DAY_MS = 86400000,
	BASE_S = 1795253267,
	SEEDS = 3
};

static size_t notices = NOTICES; /* that arrive; a tenth if so told */

struct row {
	struct uuid id;
	enum desk_kind kind;
	uint64_t rev;
	struct digest digest;
	char *body;
	int64_t true_ms; /* when it was durable */
};

struct waiting {
	struct row row;
	struct desk_ticket ticket;
};

struct night {
	enum bug bug;
	uint64_t seed;
	int64_t true_ms, mono_ms, offset_ms;
	struct ladders ladders;
	struct desk *desk;
	struct trust trust;
	struct row *log;
	size_t log_n, log_max;
	struct waiting *queue;
	size_t queue_n, queue_max;
	uint32_t *table; /* id -> log, open addressing */
	struct desk_notice notice[NOTICES];
	int64_t at_ms[NOTICES]; /* when it comes */
	int64_t restart_ms[4096], set_ms[4096]; /* restarts, and clock sets */
	int64_t doubt_ms[4096][2];              /* from, to */
	size_t restart_n, set_n, doubt_n;
	bool has_failed[NOTICES]; /* a channel: the next step may come early */
	unsigned kills, sets, failures;
	unsigned twice; /* pages that were sent more than once */
	struct uuid *sent;
	size_t sent_n;
	unsigned wrong;
	char first[200];
};

static uint64_t
draw(struct night *n)
{
	n->seed ^= n->seed << 13;
	n->seed ^= n->seed >> 7;
	n->seed ^= n->seed << 17;
	return n->seed;
}

static struct now
now_of(const struct night *n)
{
	struct now t = { { BASE_S * (int64_t)1000 + n->true_ms +
	    n->offset_ms }, { n->mono_ms } };

	if (n->bug == BUG_WALL)
		t.mono.ms = t.wall.ms;
	return t;
}

/* --- the log --- */

enum { TABLE = 1 << 17 };

static size_t
place(const struct night *n, const struct uuid *id)
{
	uint32_t h;

	memcpy(&h, id->b + 10, sizeof h);
	for (h %= TABLE; n->table[h] != 0 && memcmp(n->log[n->table[h] - 1].
	    id.b, id->b, sizeof id->b) != 0; h = (h + 1) % TABLE)
		;
	return h;
}

static bool
exists(void *ctx, const struct uuid *id)
{
	struct night *n = ctx;

	return n->bug != BUG_TWICE && n->table[place(n, id)] != 0;
}

static void
judge(struct night *n, const char *what, const struct row *r)
{
	char id[UUID_TEXT + 1];

	uuid_write(&r->id, id);
	if (n->wrong++ == 0)
		snprintf(n->first, sizeof n->first, "%s: %s kind %d rev %u at "
		    "%lld", what, id, (int)r->kind, (unsigned)r->rev,
		    (long long)n->true_ms);
}

static void
commit(struct night *n, const struct row *r)
{
	size_t at = place(n, &r->id);

	if (n->log_n == n->log_max) {
		n->log_max = n->log_max == 0 ? 1024 : 2 * n->log_max;
		n->log = mem_grow(n->log, n->log_max * sizeof *n->log);
	}
	if (r->kind != DESK_ESCALATION && n->table[at] != 0)
		judge(n, "written twice", r);
	if (r->kind == DESK_ESCALATION &&
	    (n->table[at] == 0 ? r->rev != 0 :
		n->log[n->table[at] - 1].rev + 1 != r->rev))
		judge(n, "a revision is not the next", r);
	n->log[n->log_n] = *r;
	n->log[n->log_n].true_ms = n->true_ms;
	n->table[at] = (uint32_t)++n->log_n;
}

/* What carries pages out: it takes each that it sees, once each. */
static void
courier(struct night *n, const struct row *r)
{
	if (r->kind != DESK_PAGE)
		return;
	n->sent = mem_grow(n->sent, (n->sent_n + 1) * sizeof *n->sent);
	n->sent[n->sent_n++] = r->id;
}

static void
write_later(void *ctx, const struct desk_write *w,
    const struct desk_ticket *t)
{
	struct night *n = ctx;
	struct waiting *q;

	if (n->queue_n == n->queue_max) {
		n->queue_max = n->queue_max == 0 ? 64 : 2 * n->queue_max;
		n->queue = mem_grow(n->queue, n->queue_max *
		    sizeof *n->queue);
	}
	q = &n->queue[n->queue_n++];
	*q = (struct waiting){ { .id = w->id, .kind = w->kind, .rev = w->rev,
		.digest = hash_sha256(w->body) }, *t };
	q->row.body = mem_alloc(w->body.n + 1);
	memcpy(q->row.body, w->body.p, w->body.n);
	if (n->bug == BUG_VISIBLE)
		courier(n, &q->row);
}

/* One transaction: all that waits; then those who wait are told. */
static void
flush(struct night *n)
{
	struct waiting *q = n->queue;
	size_t many = n->queue_n;

	n->queue = NULL;
	n->queue_n = n->queue_max = 0;
	for (size_t i = 0; i < many; i++) {
		commit(n, &q[i].row);
		if (n->bug != BUG_VISIBLE)
			courier(n, &q[i].row);
	}
	for (size_t i = 0; i < many; i++)
		desk_written(n->desk, &q[i].ticket, &q[i].row.digest,
		    now_of(n));
	free(q);
}

/* --- people --- */

/* Others are on watch each minute, so that few are called too often. */
static size_t
holders(void *ctx, enum post post, struct desk_holder *out, size_t max)
{
	struct night *n = ctx;

	(void)max;
	*out = (struct desk_holder){ .channels = 1U << CHANNEL_MAIL |
		1U << CHANNEL_COMMAND | 1U << CHANNEL_PUSH, .on_call = true };
	snprintf(out->person, sizeof out->person, "%s-%lld", post_word(post),
	    (long long)(n->true_ms / 60000));
	return 1;
}

/* --- life and death --- */

static void
arm_all(struct night *n)
{
	for (size_t i = 0; i < notices; i++)
		if (n->at_ms[i] <= n->true_ms)
			(void)desk_arm(n->desk, LADDER_RECIPIENT,
			    &n->notice[i], now_of(n).wall, now_of(n),
			    trust_is_trusted(&n->trust));
}

static void
note_doubt(struct night *n)
{
	bool is_open = n->doubt_n != 0 &&
	    n->doubt_ms[n->doubt_n - 1][1] == INT64_MAX;

	if (trust_is_trusted(&n->trust)) {
		if (is_open)
			n->doubt_ms[n->doubt_n - 1][1] = n->true_ms;
	} else if (!is_open) {
		assert_true(n->doubt_n < 4096);
		n->doubt_ms[n->doubt_n][0] = n->true_ms;
		n->doubt_ms[n->doubt_n++][1] = INT64_MAX;
	}
}

static void
start(struct night *n, int64_t last_wall_ms)
{
	const struct desk_host host = { n, holders, exists, write_later,
		NULL };

	n->desk = desk_create(&n->ladders, &host);
	trust_init(&n->trust, last_wall_ms, now_of(n));
	note_doubt(n);
	for (size_t i = 0; i < n->log_n; i++) {
		const struct row *r = &n->log[i];
		uint32_t h;

		memcpy(&h, r->id.b + 10, sizeof h);
		if (r->kind != DESK_ESCALATION ||
		    n->table[place(n, &r->id)] != i + 1 ||
		    strstr(r->body, "\"state\":\"done\"") != NULL ||
		    (n->bug == BUG_FORGET && h % 8 == 0))
			continue;
		assert_int_equal(desk_resume(n->desk, &r->id, r->rev,
		    &r->digest, span_str(r->body), now_of(n),
		    trust_is_trusted(&n->trust)), ERR_NONE);
	}
	n->restart_ms[n->restart_n++ % 4096] = n->true_ms;
}

static void
set_clock(struct night *n)
{
	n->sets++;
	n->offset_ms = draw(n) % 3 == 0 ? 0 :
	    (int64_t)(draw(n) % (2 * DAY_MS)) - DAY_MS;
	n->set_ms[n->set_n++ % 4096] = n->true_ms;
}

/* Of what was being written, some is durable; nobody was told. */
static void
kill_node(struct night *n)
{
	size_t durable = n->queue_n == 0 ? 0 : draw(n) % (n->queue_n + 1);
	int64_t wall = now_of(n).wall.ms;

	n->kills++;
	for (size_t i = 0; i < n->queue_n; i++) {
		if (i < durable) {
			commit(n, &n->queue[i].row);
			if (n->bug != BUG_VISIBLE)
				courier(n, &n->queue[i].row);
		} else {
			free(n->queue[i].row.body);
		}
	}
	n->queue_n = 0;
	desk_free(n->desk);
	n->true_ms += (int64_t)(draw(n) % (draw(n) % 4 == 0 ? 900000 : 20000));
	n->mono_ms = (int64_t)(draw(n) % 1000000);
	if (draw(n) % 4 == 0)
		set_clock(n);
	start(n, wall);
	arm_all(n);
}

static size_t
number_of(const struct row *r)
{
	const char *at = strstr(r->body, "\"number\":");

	return at == NULL ? notices : strtoul(at + 9, NULL, 10);
}

static void
channel_fails(struct night *n)
{
	size_t k = n->log_n < 40 ? 0 : n->log_n - 1 - draw(n) % 40;

	if (n->log_n == 0 || n->log[k].kind != DESK_PAGE ||
	    strstr(n->log[k].body, "\"screen\"") != NULL)
		return;
	n->failures++;
	n->has_failed[number_of(&n->log[k])] = true;
	desk_failed(n->desk, &n->log[k].id, now_of(n),
	    trust_is_trusted(&n->trust));
}

static void
happen(struct night *n)
{
	static const char who[3];
	uint64_t what = draw(n) % 100;

	if (what < 4)
		kill_node(n);
	else if (what < 6)
		set_clock(n);
	else if (what < 30)
		channel_fails(n);
	else if (what < 34)
		trust_confirm(&n->trust, now_of(n));
	for (size_t i = 0; i < 3; i++)
		trust_beat(&n->trust, who + i, (uint64_t)(BASE_S +
		    n->true_ms / 1000), now_of(n));
}

static void
pass(struct night *n, int64_t ms)
{
	n->true_ms += ms;
	n->mono_ms += ms;
	(void)trust_step(&n->trust, 3, now_of(n));
	note_doubt(n);
}

static void
play(struct night *n)
{
	size_t come = 0;

	while (n->true_ms < NIGHT_MS) {
		int64_t wait, most = 1000 + (int64_t)(draw(n) % 20000);

		if (come < notices && n->at_ms[come] <= n->true_ms) {
			arm_all(n);
			while (come < notices && n->at_ms[come] <= n->true_ms)
				come++;
		}
		wait = desk_step(n->desk, now_of(n),
		    trust_is_trusted(&n->trust));
		if (n->queue_n != 0) {
			pass(n, 20);
			if (draw(n) % 200 == 0)
				kill_node(n);
			else
				flush(n);
			continue;
		}
		if (wait < 0 || wait > most)
			wait = most;
		if (come < notices && n->at_ms[come] > n->true_ms &&
		    n->at_ms[come] - n->true_ms < wait)
			wait = n->at_ms[come] - n->true_ms;
		pass(n, wait > 0 ? wait : 1);
		if (wait == most)
			happen(n);
	}
}

/* --- the judge --- */

/* The last time in `list` in (from, to]; -1 if none. */
static int64_t
last_in(const int64_t *list, size_t n, int64_t from, int64_t to)
{
	int64_t last = -1;

	for (size_t i = 0; i < n && i < 4096; i++)
		if (list[i] > from && list[i] <= to && list[i] > last)
			last = list[i];
	return last;
}

static bool
is_in_doubt(const struct night *n, int64_t at_ms)
{
	for (size_t i = 0; i < n->doubt_n; i++)
		if (n->doubt_ms[i][0] <= at_ms && n->doubt_ms[i][1] >= at_ms)
			return true;
	return false;
}

static void
judge_step(struct night *n, const struct ladder *l, const struct row *r,
    unsigned step, int64_t before_ms, int64_t armed_ms)
{
	int64_t gap = l->step[step - 1].after_ms - (step > 1 ?
	    l->step[step - 2].after_ms : 0);
	/* was the clock set meanwhile, or in doubt, and looked at again? */
	bool is_set = last_in(n->set_ms, n->set_n, armed_ms, r->true_ms) >= 0 ||
	    is_in_doubt(n, armed_ms);
	bool is_read = last_in(n->restart_ms, n->restart_n, armed_ms,
	    r->true_ms) >= 0;
	int64_t due = is_set ? before_ms + gap :
	    armed_ms + l->step[step - 1].after_ms;
	int64_t restart = last_in(n->restart_ms, n->restart_n, before_ms,
	    r->true_ms);
	/* what a restart finds overdue it takes step by step */
	int64_t last = last_in(n->restart_ms, n->restart_n, armed_ms,
	    r->true_ms);
	int64_t latest = last > due ? last : due;

	/* a clock that went back while it was down: one gap, no more */
	if (is_set && restart >= 0 && restart + gap > latest)
		latest = restart + gap;
	for (size_t i = 0; i < n->doubt_n; i++) {
		int64_t end = n->doubt_ms[i][1], from = restart > before_ms ?
		    restart : before_ms;

		is_read = is_read || (end > armed_ms && end <= r->true_ms);
		if (n->doubt_ms[i][0] > r->true_ms || end <= before_ms)
			continue;
		if (end > from + gap)
			end = from + gap;
		if (end > latest)
			latest = end;
	}
	if (r->true_ms > latest + LATE_MS)
		judge(n, "late", r);
	/* only a clock that was set ahead, or a channel that failed, makes a
	 * step early */
	if (!(is_set && is_read) && r->true_ms < due &&
	    !n->has_failed[number_of(r)])
		judge(n, "early", r);
}

static void
judge_notice(struct night *n, size_t i, struct row **rows, size_t rows_n)
{
	const struct ladder *l = &n->ladders.at[LADDER_RECIPIENT]
	    [n->notice[i].level];
	unsigned step = 0;
	int64_t before, armed = n->at_ms[i];
	long long taken_s = 0;
	bool is_done = false;

	/* what was not durable when the node ended came with its restart */
	if (rows_n != 0 && last_in(n->restart_ms, n->restart_n, armed,
	    rows[0]->true_ms) >= 0)
		armed = last_in(n->restart_ms, n->restart_n, armed,
		    rows[0]->true_ms);
	before = armed;
	for (size_t k = 0; k < rows_n; k++) {
		const char *at = strstr(rows[k]->body, "\"step\":");
		unsigned now = (unsigned)strtoul(at + 7, NULL, 10);

		if (is_done)
			judge(n, "after its end", rows[k]);
		is_done = strstr(rows[k]->body, "\"state\":\"done\"") != NULL;
		if (is_done && now != l->n)
			judge(n, "ended too soon", rows[k]);
		if (is_done)
			continue;
		/* only its time was set anew */
		at = strstr(rows[k]->body, "\"at\":");
		if (now == step && strtoll(at + 5, NULL, 10) == taken_s)
			continue;
		taken_s = strtoll(at + 5, NULL, 10);
		if (now != step + 1) {
			judge(n, "a step twice or left out", rows[k]);
			return;
		}
		step = now;
		judge_step(n, l, rows[k], step, before, armed);
		before = rows[k]->true_ms;
		if (strstr(rows[k]->body, "\"made\":[]") != NULL &&
		    strstr(rows[k]->body, "\"held\":0") != NULL)
			judge(n, "a step calls nobody", rows[k]);
	}
	if (!is_done) {
		static const struct row none;

		judge(n, "lost", rows_n != 0 ? rows[rows_n - 1] : &none);
	}
}

/* Each page that a step names was written, and each written was sent once. */
static void
judge_pages(struct night *n)
{
	for (size_t i = 0; i < n->log_n; i++) {
		const char *p = n->log[i].body;

		if (n->log[i].kind != DESK_ESCALATION)
			continue;
		p = strstr(p, "\"made\":");
		while ((p = strstr(p, "\"id\":\"")) != NULL) {
			struct uuid id;

			p += 6;
			assert_int_equal(uuid_parse(span_of(p, UUID_TEXT),
			    &id), ERR_NONE);
			if (n->table[place(n, &id)] == 0)
				judge(n, "a page was not written",
				    &n->log[i]);
		}
	}
}

static int
compare_ids(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct uuid));
}

static void
judge_sent(struct night *n)
{
	static const struct row none;

	if (n->sent_n == 0)
		return;
	qsort(n->sent, n->sent_n, sizeof *n->sent, compare_ids);
	for (size_t i = 1; i < n->sent_n; i++)
		if (compare_ids(&n->sent[i - 1], &n->sent[i]) == 0)
			n->twice++;
	if (n->twice != 0)
		judge(n, "a page was sent twice", &none);
}

static void
judge_all(struct night *n)
{
	struct row **rows = mem_array(notices * 64, sizeof *rows);
	size_t *many = mem_array(notices, sizeof *many);

	for (size_t i = 0; i < n->log_n; i++) {
		size_t which = number_of(&n->log[i]);

		if (n->log[i].kind == DESK_ESCALATION && which < notices &&
		    many[which] < 64)
			rows[which * 64 + many[which]++] = &n->log[i];
	}
	for (size_t i = 0; i < notices; i++)
		judge_notice(n, i, rows + i * 64, many[i]);
	judge_pages(n);
	judge_sent(n);
	free(rows);
	free(many);
}

static void
fill(struct night *n)
{
	struct fault f;

	assert_int_equal(ladders_load(&schema_files, &n->ladders, &f),
	    ERR_NONE);
	n->table = mem_array(TABLE, sizeof *n->table);
	for (size_t i = 0; i < notices; i++) {
		struct desk_notice *v = &n->notice[i];
		unsigned char random[10] = { (unsigned char)i,
			(unsigned char)(i >> 8) };

		n->at_ms[i] = (int64_t)(ARMING_MS / notices * i) +
		    (int64_t)(draw(n) % 1000);
		v->iat_s = BASE_S + n->at_ms[i] / 1000;
		v->id = uuid_make((struct wall){ v->iat_s * 1000 }, random);
		v->digest = hash_sha256(span_of(v->id.b, sizeof v->id.b));
		v->number = i;
		v->level = draw(n) % 2 == 0 ? 5 : 4;
		v->origin = "a.example/log/br/1";
		v->issuer = "br";
		v->silent = "uy";
	}
}

static unsigned
spend_night(uint64_t seed, enum bug bug)
{
	struct night *n = mem_alloc(sizeof *n);
	unsigned wrong;

	n->seed = seed;
	n->bug = bug;
	fill(n);
	start(n, 0);
	n->restart_n = 0;
	play(n);
	judge_all(n);
	wrong = n->wrong;
	print_message("# bug %d: %u kills, %u clock sets, %u failures, %zu "
	    "records, %zu pages sent, %u wrong%s%s\n", (int)bug, n->kills,
	    n->sets, n->failures, n->log_n, n->sent_n, wrong,
	    wrong != 0 ? ": " : "", n->first);
	assert_true(n->kills > 20 && n->sets > 10 && n->failures > 10);
	desk_free(n->desk);
	for (size_t i = 0; i < n->log_n; i++)
		free(n->log[i].body);
	for (size_t i = 0; i < n->queue_n; i++)
		free(n->queue[i].row.body);
	free(n->queue);
	free(n->log);
	free(n->table);
	free(n->sent);
	free(n);
	return wrong;
}

static void
test_each_fires_once_in_order_and_in_time(void **state)
{
	(void)state;
	assert_int_equal(spend_night(1, BUG_NONE), 0);
	for (uint64_t s = 2; s < SEEDS; s++)
		assert_int_equal(spend_night(s, BUG_NONE), 0);
}

static void
test_a_planted_mistake_is_found(void **state)
{
	(void)state;
	for (enum bug b = BUG_NONE + 1; b < BUG_COUNT; b++) {
		unsigned wrong = 0;

		/* fewer notices may miss it in one night */
		for (uint64_t s = 1; s <= NIGHTS && wrong == 0; s++)
			wrong = spend_night(s, b);
		assert_int_not_equal(wrong, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_fires_once_in_order_and_in_time),
		cmocka_unit_test(test_a_planted_mistake_is_found),
	};

	if (getenv("ALMENARA_TENTH") != NULL)
		notices = NOTICES / 10;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

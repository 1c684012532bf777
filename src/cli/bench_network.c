/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara bench network. A process of its own listens to the sender's events
 * and notes when each receipt was verified and stored, so that releasing does
 * not delay the noting; afterwards the sender's board and every inbox are
 * asked, so that no time stands for a delivery that did not happen.
 */
#include "cli/bench_run.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/mem.h"
#include "cli/demo_measure.h"
#include "cli/out.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	LINKS_WAIT_MS = 60000,
	SETTLE_MS = 2000,
	RECEIPT_WAIT_MS = 60000,
	STEP_MS = 2,
	WARM = 3, /* notices at the start of a part that do not count */
	OUTPUT_MAX = 1 << 20
};

/* Shared with the listener: when the receipts of a node covered log index i;
 * one more than any notice, since the log begins before them. */
struct noted {
	int64_t at_us[DEMO_NODES][BENCH_NOTICES + 64];
	volatile int ready;
};

struct timing {
	struct demo_notice notice;
	size_t index; /* in the log */
	int64_t began_us;
	double took_ms; /* 0: not yet */
	bool is_warm;   /* does not count */
};

struct bench {
	struct demo_world *w;
	struct noted *noted;
	pid_t listener;
	const char **draft; /* ids, saved before */
	struct timing *t;
	size_t count, next, settled;
	unsigned rate;
	double *floor_ms;
	size_t floor_n;
	double floor_cpu_us; /* of all rounds */
};

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* --- the listener --- */

static void
note(const struct demo_world *w, struct noted *noted, struct cli *c,
    struct json_val event, uint64_t seen[DEMO_NODES])
{
	struct json_val data = json_get(event, "data");
	const char *team = out_str(c, data, "team");
	uint64_t size = out_u64(data, "whole"); /* records and bodies */
	int64_t now = now_us();

	for (size_t i = 0; i < w->n; i++) {
		if (strcmp(w->node[i].team, team) != 0)
			continue;
		for (; seen[i] < size && seen[i] < BENCH_NOTICES + 64;
		     seen[i]++)
			noted->at_us[i][seen[i]] = now;
	}
}

static void
listen_run(const struct demo_world *w, struct noted *noted)
{
	const char *path = cli_text(w->c, "%s/control",
	    w->node[DEMO_SENDER].dir);
	uint64_t seen[DEMO_NODES] = { 0 };
	struct control_answer a;
	struct control *control;
	struct json_val event;
	enum err e;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (control_open(path, CONTROL_TIMEOUT_MS, &control) != ERR_NONE ||
	    control_call(control, "events", span_str(""), "en", &a) !=
		ERR_NONE)
		_exit(1);
	noted->ready = 1;
	for (;;) {
		e = control_event(control, 1000, &event);
		if (e == ERR_NONE &&
		    json_is_str(json_get(event, "event"), "receipted"))
			note(w, noted, w->c, event, seen);
		else if (e != ERR_NONE && e != ERR_TIMEOUT)
			_exit(1);
	}
}

static enum err
listen_start(struct bench *b)
{
	b->noted = mmap(NULL, sizeof *b->noted, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (b->noted == MAP_FAILED)
		return ERR_IO;
	fflush(NULL);
	b->listener = fork();
	if (b->listener == 0)
		listen_run(b->w, b->noted);
	for (int i = 0; i < 1000 && !b->noted->ready; i++)
		demo_sleep_ms(STEP_MS);
	b->w->failed = "events";
	return b->noted->ready ? ERR_NONE : ERR_TIMEOUT;
}

static void
listen_end(struct bench *b)
{
	if (b->listener > 0) {
		kill(b->listener, SIGKILL);
		waitpid(b->listener, NULL, 0);
	}
	if (b->noted != NULL && b->noted != MAP_FAILED)
		munmap(b->noted, sizeof *b->noted);
}

/* --- releasing --- */

static enum err
drafts_save(struct bench *b, struct span draft)
{
	struct json_val data;
	enum err e = ERR_NONE;

	for (size_t i = 0; i < b->count && e == ERR_NONE; i++) {
		e = demo_call(b->w, DEMO_SENDER, "draft_save", draft, &data);
		if (e == ERR_NONE)
			b->draft[i] = cli_text(b->w->c, "%s",
			    out_str(b->w->c, data, "draft"));
	}
	return e;
}

static enum err
release(struct bench *b)
{
	struct timing *t = &b->t[b->next];
	struct span args = span_str(cli_text(b->w->c, "{\"id\":\"%s\"}",
	    b->draft[b->next]));
	struct json_val data;
	struct span id;
	enum err e;

	t->began_us = now_us();
	e = demo_call(b->w, DEMO_SENDER, "release", args, &data);
	if (e != ERR_NONE)
		return e;
	id = out_text(b->w->c, data, "notice");
	t->index = out_u64(data, "index");
	if (id.n == 0 || id.n >= sizeof t->notice.id ||
	    t->index >= BENCH_NOTICES + 64)
		return ERR_SYNTAX;
	memcpy(t->notice.id, id.p, id.n);
	b->next++;
	return ERR_NONE;
}

/* When the last recipient's receipt covered it; 0 if one is missing. */
static int64_t
covered_us(const struct bench *b, const struct timing *t)
{
	int64_t last = 0;

	for (size_t i = 0; i < b->w->n; i++) {
		int64_t at = b->noted->at_us[i][t->index];

		if (i == DEMO_SENDER)
			continue;
		if (at == 0)
			return 0;
		if (at > last)
			last = at;
	}
	return last;
}

/* Those that are through, by what the listener noted. */
static void
settle(struct bench *b)
{
	while (b->settled < b->next) {
		struct timing *t = &b->t[b->settled];
		int64_t at = covered_us(b, t);

		if (at == 0)
			return;
		t->took_ms = (double)(at - t->began_us) / 1000;
		b->settled++;
	}
}

/* The board of the sender says the same of every one of them. It is asked
 * when the part is over: asking takes the sender's time. */
static enum err
board_confirm(struct bench *b, size_t from, size_t upto)
{
	enum err e = ERR_NONE;

	for (size_t i = from; i < upto && e == ERR_NONE; i++) {
		enum demo_delivery now[DEMO_NODES];

		e = demo_board(b->w, &b->t[i].notice, now);
		for (size_t k = 0; k < b->w->n && e == ERR_NONE; k++)
			if (k != DEMO_SENDER && now[k] == DEMO_QUEUED) {
				b->w->failed = "receipts";
				e = ERR_STATE;
			}
	}
	return e;
}

/* Release up to `upto` at the rate, and wait for their receipts. */
static enum err
part_run(struct bench *b, size_t upto)
{
	size_t first = b->next;
	int64_t began = now_us(), over;
	enum err e = ERR_NONE;

	while (b->next < upto && e == ERR_NONE && !demo_is_stopped()) {
		int64_t due = began + (int64_t)(b->next - first) * 1000000 /
		    b->rate;

		if (now_us() >= due) {
			e = release(b);
			continue;
		}
		settle(b);
		if (due - now_us() > 0)
			usleep((useconds_t)(due - now_us() < 5000 ?
				due - now_us() : 5000));
	}
	over = now_us() + (int64_t)RECEIPT_WAIT_MS * 1000;
	while (b->settled < b->next && e == ERR_NONE && !demo_is_stopped()) {
		settle(b);
		b->w->failed = "receipts";
		if (now_us() > over)
			return ERR_TIMEOUT;
		demo_sleep_ms(STEP_MS);
	}
	return e == ERR_NONE && demo_is_stopped() ? ERR_STATE : e;
}

/* --- the floor --- */

static void
floor_part(struct bench *b, size_t count, struct bench_network *out)
{
	char peers[32], entries[32], rate[32];
	struct buf text;
	const char *at;

	snprintf(peers, sizeof peers, "peers=%zu", b->w->n - 1);
	snprintf(entries, sizeof entries, "entries=%zu", count - WARM);
	snprintf(rate, sizeof rate, "rate=%u", b->rate);
	buf_init(&text, OUTPUT_MAX);
	if (!bench_floor(b->w, (const char *const[]){ peers, entries, rate,
	    "raw=1", NULL }, &text))
		out->has_floor = false;
	at = buf_str(&text);
	while (*at != '\0' && b->floor_n < b->count) {
		char *end;
		long us = strtol(at, &end, 10);

		if (end == at && strncmp(at, "cpu ", 4) == 0)
			b->floor_cpu_us += strtod(at + 4, NULL);
		if (end == at)
			break;
		b->floor_ms[b->floor_n++] = (double)us / 1000;
		at = end + (*end == '\n');
	}
	buf_release(&text);
}

/* --- the account --- */

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double
percentile(const double *sorted, size_t n, double p)
{
	size_t i = (size_t)(p / 100 * (double)(n - 1) + 0.5);

	return n == 0 ? 0 : sorted[i < n ? i : n - 1];
}

static void
account(struct bench *b, const double ratio[BENCH_ROUNDS],
    struct bench_network *out)
{
	double *took = mem_array(b->count, sizeof *took);
	double sorted[BENCH_ROUNDS];
	size_t n = 0;

	for (size_t i = 0; i < b->count; i++)
		if (!b->t[i].is_warm)
			took[n++] = b->t[i].took_ms;
	qsort(took, n, sizeof *took, compare);
	out->p50_ms = percentile(took, n, 50);
	out->p99_ms = percentile(took, n, 99);
	out->max_ms = took[n - 1];
	free(took);
	if (!out->has_floor)
		return;
	qsort(b->floor_ms, b->floor_n, sizeof *b->floor_ms, compare);
	out->floor_p50_ms = percentile(b->floor_ms, b->floor_n, 50);
	out->floor_p99_ms = percentile(b->floor_ms, b->floor_n, 99);
	memcpy(sorted, ratio, sizeof sorted);
	qsort(sorted, BENCH_ROUNDS, sizeof *sorted, compare);
	out->ratio_p50 = sorted[BENCH_ROUNDS / 2];
	out->ratio_p99 = out->p99_ms / out->floor_p99_ms;
	out->floor_cpu_ms_per_notice = b->floor_cpu_us / BENCH_ROUNDS / 1000;
}

/* The ratio of the medians of one round. */
static double
round_ratio(const struct bench *b, size_t from, size_t upto, size_t floor_from)
{
	double *mine = mem_array(b->count, sizeof *mine);
	double *bare = mem_array(b->count, sizeof *bare);
	size_t n = 0, m = b->floor_n - floor_from;
	double r = 0;

	for (size_t i = from; i < upto; i++)
		if (!b->t[i].is_warm)
			mine[n++] = b->t[i].took_ms;
	for (size_t i = 0; i < m; i++)
		bare[i] = b->floor_ms[floor_from + i];
	qsort(mine, n, sizeof *mine, compare);
	qsort(bare, m, sizeof *bare, compare);
	if (m != 0 && percentile(bare, m, 50) > 0)
		r = percentile(mine, n, 50) / percentile(bare, m, 50);
	free(mine);
	free(bare);
	return r;
}

static double
cpu_of_all(const struct demo_world *w)
{
	double sum = 0;

	for (size_t i = 0; i < w->n; i++)
		sum += bench_cpu_ms(w->node[i].pid);
	return sum;
}

static uint64_t
rss_median(const struct demo_world *w)
{
	double rss[DEMO_NODES];

	for (size_t i = 0; i < w->n; i++)
		rss[i] = (double)bench_rss_kib(w->node[i].pid);
	qsort(rss, w->n, sizeof *rss, compare);
	return (uint64_t)rss[w->n / 2];
}

static enum err
inboxes_count(struct bench *b, struct bench_network *out)
{
	struct demo_notice *n = mem_array(b->count, sizeof *n);
	struct demo_account a = { .notices = b->count };
	enum err e = ERR_NONE;

	for (size_t i = 0; i < b->count; i++)
		n[i] = b->t[i].notice;
	for (size_t i = 0; i < b->w->n && e == ERR_NONE; i++)
		if (i != DEMO_SENDER)
			e = demo_held_count(b->w, n, b->count, i, &a);
	out->lost = b->count * (b->w->n - 1) - a.delivered;
	out->duplicated = a.duplicated;
	free(n);
	return e;
}

/* Every node has links to all others, and has had a moment of rest. */
static enum err
links_wait(struct demo_world *w)
{
	int64_t until = clock_mono_ms() + LINKS_WAIT_MS;
	enum err e = demo_links_wait(w, true, LINKS_WAIT_MS);

	for (size_t i = 0; i < w->n && e == ERR_NONE; i++) {
		struct json_val data, peers;
		size_t linked;

		do {
			e = demo_call(w, i, "peers", span_str(""), &data);
			peers = json_get(data, "peers");
			linked = 0;
			for (struct json_val v = json_first(peers);
			     e == ERR_NONE && v.type != JSON_ABSENT;
			     v = json_next(peers, v))
				linked += out_is_true(v, "linked");
			if (linked < w->n - 1)
				demo_sleep_ms(50);
		} while (e == ERR_NONE && linked < w->n - 1 &&
		    clock_mono_ms() < until && !demo_is_stopped());
	}
	demo_sleep_ms(SETTLE_MS);
	return e;
}

static enum err
rounds_run(struct bench *b, struct bench_network *out)
{
	double ratio[BENCH_ROUNDS] = { 0 }, cpu_ms = 0;
	enum err e = ERR_NONE;

	for (size_t r = 0; r < BENCH_ROUNDS && e == ERR_NONE; r++) {
		size_t from = b->next, bare = b->floor_n;
		size_t upto = b->count * (r + 1) / BENCH_ROUNDS;
		double before;

		for (size_t i = from; i < from + WARM; i++)
			b->t[i].is_warm = true;
		if (out->has_floor)
			floor_part(b, upto - from, out);
		before = cpu_of_all(b->w);
		e = part_run(b, upto);
		cpu_ms += cpu_of_all(b->w) - before;
		if (e == ERR_NONE)
			e = board_confirm(b, from, upto);
		if (e == ERR_NONE)
			ratio[r] = round_ratio(b, from, upto, bare);
		cli_say(b->w->c, "%zu/%zu", b->next, b->count);
	}
	if (e != ERR_NONE)
		return e;
	out->cpu_ms_per_notice = cpu_ms / (double)b->count;
	out->rss_kib_node_median = rss_median(b->w);
	account(b, ratio, out);
	return inboxes_count(b, out);
}

enum err
bench_network_run(struct demo_world *w, struct span draft, size_t notices,
    unsigned rate, struct bench_network *out)
{
	struct bench b = { .w = w, .count = notices + BENCH_ROUNDS * WARM,
		.rate = rate };
	enum err e;

	b.draft = mem_array(b.count, sizeof *b.draft);
	b.t = mem_array(b.count, sizeof *b.t);
	b.floor_ms = mem_array(b.count, sizeof *b.floor_ms);
	*out = (struct bench_network){ .notices = notices,
		.has_floor = true };
	e = demo_world_make(w);
	if (e == ERR_NONE)
		e = links_wait(w);
	if (e == ERR_NONE)
		e = drafts_save(&b, draft);
	if (e == ERR_NONE)
		e = listen_start(&b);
	if (e == ERR_NONE)
		e = rounds_run(&b, out);
	listen_end(&b);
	free(b.draft);
	free(b.t);
	free(b.floor_ms);
	return e;
}

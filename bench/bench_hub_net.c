/* SPDX-License-Identifier: Apache-2.0
 *
 * The core of the product over the network: N + 1 hubs in as many processes,
 * real TLS links, SQLite stores, sentinel files, keepers in process. What the
 * daemon adds is not here (see node.h); `almenara bench network` measures the
 * whole. The figures have the names of floor_net's, so that they stand beside
 * each other.
 *
 *	bench_hub_net [peers=34] [entries=60] [rate=10 | batch=16 window=64]
 *	    [receipts=1] [zstd=1] [star=0] [size=2048] [port=21000] [dir=D]
 *
 * A time runs from hub_append to the moment at which the last recipient's
 * receipt is verified and committed at the sender. star=1: recipients have
 * links to the sender only, else everybody to everybody, as in the field.
 * bench_hub_plain is the same program over links without TLS (plain.c).
 */
#include "common.h"
#include "node.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PEERS_MAX = 128, ENTRIES_MAX = 65536, WAIT_S = 60, LINK_S = 60 };

enum phase { PHASE_LINK, PHASE_RUN, PHASE_END };

static struct {
	int peers, entries, batch, window, rate, size;
	unsigned port;
	bool receipts, zstd, star;
	char dir[256];
} o;

static struct shared {
	volatile int phase;
	volatile int linked[PEERS_MAX + 1];
	volatile int64_t began[ENTRIES_MAX], released[ENTRIES_MAX];
	volatile int64_t done[ENTRIES_MAX];
	volatile int64_t arrived[PEERS_MAX + 1][ENTRIES_MAX];
	volatile unsigned twice;
	volatile uint64_t syncs, syncs_before, peer_syncs[PEERS_MAX + 1];
	volatile int64_t run_began, run_ended;
} *sh;

#ifdef WITHOUT_TLS
static const char how[] = ", no TLS";
#else
static const char how[] = "";
#endif

static struct world world;

/* --- a recipient --- */

struct recipient {
	struct node node;
	int me;
	uint64_t before;
	struct loop_timer *timer;
};

static void
recipient_notify(void *ctx, const struct hub_event *e)
{
	struct recipient *r = ctx;

	if (e->type != HUB_ACCEPTED || e->index >= ENTRIES_MAX ||
	    !span_is_equal(e->origin, world.node[0].origin))
		return;
	if (e->index == 0)
		r->before = r->node.store->syncs;
	sh->peer_syncs[r->me] = r->node.store->syncs - r->before;
	if (sh->arrived[r->me][e->index] != 0)
		sh->twice++;
	else
		sh->arrived[r->me][e->index] = bench_now_ns();
}

static void
recipient_look(void *ctx)
{
	struct recipient *r = ctx;

	sh->linked[r->me] = (int)node_linked(&r->node);
}

static void
recipient_run(int me)
{
	static struct recipient r;
	struct node_options options = { .compress = o.zstd,
		.without_receipts = !o.receipts, .listens = true,
		.ask_wait_ms = 3000 };

	r.me = me;
	r.node.notify = recipient_notify;
	r.node.ctx = &r;
	node_open(&r.node, &world, (size_t)me, o.dir, &options);
	r.timer = loop_timer_create(r.node.loop, recipient_look, &r);
	loop_timer_start(r.timer, 50, 500);
	loop_run(r.node.loop);
	_exit(0);
}

/* --- the sender --- */

struct sender {
	struct node node;
	struct loop_timer *timer;
	struct span aud[PEERS_MAX];
	int next, done;
	int64_t linked_at, first_due;
};

static bool
all_linked(const struct sender *s)
{
	int want = o.star ? 1 : o.peers;
	const char *why;

	if (node_linked(&s->node) != (size_t)o.peers ||
	    hub_may_append(s->node.hub, &why) != ERR_NONE)
		return false;
	for (int i = 1; i <= o.peers; i++)
		if (sh->linked[i] < want)
			return false;
	return true;
}

static void
on_released(void *ctx, const struct hub_appended *result)
{
	(void)ctx;
	if (result->err != ERR_NONE) {
		fprintf(stderr, "append: %s\n", result->text);
		_exit(1);
	}
	sh->released[result->index] = bench_now_ns();
}

static void
release(struct sender *s, int count)
{
	int64_t t = bench_now_ns();

	for (int i = 0; i < count && s->next < o.entries; i++) {
		sh->began[s->next] = t;
		node_release(&s->node, (unsigned)s->next, (size_t)o.size,
		    s->aud, (size_t)o.peers, on_released, s);
		s->next++;
	}
}

static void
finish(struct sender *s)
{
	sh->run_ended = bench_now_ns();
	sh->syncs = s->node.store->syncs + s->node.sentinel->syncs -
	    sh->syncs_before;
	sh->phase = PHASE_END;
	loop_stop(s->node.loop);
}

static bool
is_delivered(const struct sender *s, int n)
{
	for (int i = 0; i < o.peers; i++)
		if (o.receipts ? !hub_is_delivered(s->node.hub,
				     hub_log(s->node.hub, 0).id, s->aud[i],
				     (uint64_t)n) :
				 sh->arrived[i + 1][n] == 0)
			return false;
	return true;
}

static void
settle(struct sender *s)
{
	while (s->done < s->next && sh->released[s->done] != 0 &&
	    is_delivered(s, s->done))
		sh->done[s->done++] = bench_now_ns();
	if (s->done == o.entries)
		finish(s);
	while (o.batch != 0 && s->next < o.entries &&
	    s->next + o.batch <= s->done + o.window)
		release(s, o.batch);
}

static void
sender_notify(void *ctx, const struct hub_event *e)
{
	struct sender *s = ctx;

	if (e->type == HUB_RECEIPTED && sh->phase == PHASE_RUN)
		settle(s);
}

static void
step_rate(struct sender *s)
{
	int64_t due = s->first_due + (int64_t)s->next * 1000000000 / o.rate;
	int64_t left = due - bench_now_ns();

	if (left <= 0 && s->next < o.entries) {
		release(s, 1);
		due += 1000000000 / o.rate;
		left = due - bench_now_ns();
	}
	loop_timer_start(s->timer, left > 0 ? (uint64_t)left / 1000000 : 0, 0);
}

static void
sender_step(void *ctx)
{
	struct sender *s = ctx;
	int64_t now = bench_now_ns();

	if (sh->phase == PHASE_LINK) {
		if (!all_linked(s))
			s->linked_at = 0;
		else if (s->linked_at == 0)
			s->linked_at = now;
		if (s->linked_at == 0 || now - s->linked_at < 2000000000) {
			loop_timer_start(s->timer, 100, 0);
			return;
		}
		sh->syncs_before = s->node.store->syncs +
		    s->node.sentinel->syncs;
		sh->phase = PHASE_RUN;
		sh->run_began = now;
		s->first_due = now;
	}
	if (s->next == o.entries || o.batch != 0 || !o.receipts) {
		/* without receipts nobody wakes us: look now and then */
		settle(s);
		if (s->next == o.entries || o.batch != 0) {
			loop_timer_start(s->timer, 5, 0);
			return;
		}
	}
	step_rate(s);
}

static void
sender_run(void)
{
	static struct sender s;
	struct node_options options = { .compress = o.zstd,
		.without_receipts = !o.receipts, .listens = true,
		.ask_wait_ms = 3000 };

	for (int i = 0; i < o.peers; i++)
		s.aud[i] = world.node[i + 1].team;
	s.node.notify = sender_notify;
	s.node.ctx = &s;
	node_open(&s.node, &world, 0, o.dir, &options);
	s.timer = loop_timer_create(s.node.loop, sender_step, &s);
	loop_timer_start(s.timer, 100, 0);
	loop_run(s.node.loop);
	_exit(0);
}

/* --- results --- */

static void
report(const char *kase, double cpu_s, const struct series *rss)
{
	static const double p[] = { 50, 90, 99, 100 };
	static const char *const m[] = { "p50", "p90", "p99", "max" };
	struct series all = { 0 }, last = { 0 }, accepted = { 0 };
	int lost = 0;

	for (int n = 0; n < o.entries; n++) {
		int64_t x = 0;

		for (int i = 1; i <= o.peers; i++) {
			lost += sh->arrived[i][n] == 0;
			if (sh->arrived[i][n] > x)
				x = sh->arrived[i][n];
		}
		series_add(&all, sh->done[n] - sh->began[n]);
		series_add(&last, x - sh->began[n]);
		series_add(&accepted, sh->released[n] - sh->began[n]);
	}
	series_sort(&all);
	series_sort(&last);
	series_sort(&accepted);
	for (int i = 0; o.batch == 0 && i < 4; i++) {
		char metric[32];

		snprintf(metric, sizeof metric, "receipts %s", m[i]);
		if (o.receipts)
			bench_result("network", "hub", kase, metric, "ms",
			    (double)series_pct(&all, p[i]) / 1e6);
		snprintf(metric, sizeof metric, "last %s", m[i]);
		bench_result("network", "hub", kase, metric, "ms",
		    (double)series_pct(&last, p[i]) / 1e6);
	}
	if (o.batch != 0)
		bench_result("network", "hub", kase, "rate", "1/s", o.entries /
			((double)(sh->run_ended - sh->run_began) / 1e9));
	else
		bench_result("network", "hub", kase, "released p50", "ms",
		    (double)series_pct(&accepted, 50) / 1e6);
	bench_result("network", "hub", kase, "CPU", "ms/entry",
	    cpu_s / o.entries * 1e3);
	bench_result("network", "hub", kase, "syncs at the sender", "1/entry",
	    (double)sh->syncs / o.entries);
	bench_result("network", "hub", kase, "syncs at a recipient",
	    "1/entry", (double)sh->peer_syncs[1] / o.entries);
	bench_result("network", "hub", kase, "resident", "KiB/node",
	    (double)series_pct(rss, 50));
	bench_result("network", "hub", kase, "lost", "", lost);
	bench_result("network", "hub", kase, "twice", "", sh->twice);
}

static double
cpu_of(const pid_t *child)
{
	double s = 0;

	for (int i = 0; i <= o.peers; i++)
		s += bench_cpu_s(child[i]);
	return s;
}

static bool
wait_phase(enum phase p, int seconds)
{
	int64_t began = bench_now_ns();

	while (sh->phase < (int)p) {
		if (bench_now_ns() - began > (int64_t)seconds * 1000000000 ||
		    waitpid(-1, NULL, WNOHANG) > 0)
			return false;
		bench_sleep_ns(20000000);
	}
	return true;
}

static void
options(int argc, char **argv)
{
	o.peers = (int)bench_arg_n(argc, argv, "peers", 34);
	o.entries = (int)bench_arg_n(argc, argv, "entries", 60);
	o.batch = (int)bench_arg_n(argc, argv, "batch", 0);
	o.window = (int)bench_arg_n(argc, argv, "window", 64);
	o.rate = (int)bench_arg_n(argc, argv, "rate", 10);
	o.size = (int)bench_arg_n(argc, argv, "size", 2048);
	o.port = (unsigned)bench_arg_n(argc, argv, "port", 21000);
	o.receipts = bench_arg_n(argc, argv, "receipts", 1) != 0;
	o.zstd = bench_arg_n(argc, argv, "zstd", 1) != 0;
	o.star = bench_arg_n(argc, argv, "star", 0) != 0;
	if (o.peers < 1 || o.peers > PEERS_MAX || o.entries < 1 ||
	    o.entries > ENTRIES_MAX || o.rate < 1 || o.window < o.batch) {
		fputs("an argument is out of range\n", stderr);
		exit(2);
	}
}

int
main(int argc, char **argv)
{
	pid_t child[PEERS_MAX + 1];
	struct series rss = { 0 };
	char kase[128];
	double cpu_s = 0;
	bool good;

	options(argc, argv);
	bench_dir_make(argc, argv, o.dir);
	sh = mmap(NULL, sizeof *sh, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sh == MAP_FAILED)
		bench_die("mmap");
	signal(SIGPIPE, SIG_IGN);
	if (o.star)
		world_make_star(&world, (size_t)o.peers + 1, o.port);
	else
		world_make(&world, (size_t)o.peers + 1, o.port);
	for (int i = o.peers; i >= 0; i--) {
		child[i] = fork();
		if (child[i] < 0)
			bench_die("fork");
		if (child[i] != 0)
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (i == 0)
			sender_run();
		recipient_run(i);
	}
	good = wait_phase(PHASE_RUN, LINK_S);
	if (!good)
		fputs("the links did not come up\n", stderr);
	if (good) {
		cpu_s = cpu_of(child);
		good = wait_phase(PHASE_END, WAIT_S + o.entries / o.rate);
		if (!good)
			fputs("not everything was receipted in time\n",
			    stderr);
		cpu_s = cpu_of(child) - cpu_s;
	}
	for (int i = 0; i <= o.peers; i++)
		series_add(&rss, bench_rss_kib(child[i]));
	series_sort(&rss);
	snprintf(kase, sizeof kase, "%d peers%s%s%s%s", o.peers,
	    o.batch != 0 ? ", saturated" : "", how,
	    o.zstd ? "" : ", no zstd", o.receipts ? "" : ", no receipts");
	if (sh->phase != PHASE_LINK)
		report(kase, cpu_s, &rss);
	for (int i = 0; i <= o.peers; i++)
		kill(child[i], SIGKILL);
	while (wait(NULL) > 0)
		;
	bench_dir_remove(o.dir);
	world_release(&world);
	return good ? 0 : 1;
}

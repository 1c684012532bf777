/* SPDX-License-Identifier: Apache-2.0
 *
 * What a node with many entries needs when it does nothing: memory, CPU, and
 * the time from opening its store to being ready.
 *
 *	bench_memory [entries=100000] [size=1024] [dir=D]
 *
 * It appends the entries (open ones, 64 a turn), closes, opens again in a new
 * process and looks at that. Here is the node process without index and
 * keeper process; `almenara bench` shows whole nodes.
 */
#include "common.h"
#include "node.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BATCH = 64, IDLE_NS = 2000000000 };

static struct now
clock_now(void)
{
	struct timespec t;
	struct now n;

	clock_gettime(CLOCK_REALTIME, &t);
	n.wall.ms = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
	n.mono.ms = bench_now_ns() / 1000000;
	return n;
}

static void
ready_wait(struct node *n)
{
	const char *why;

	for (int i = 0; hub_may_append(n->hub, &why) != ERR_NONE; i++) {
		if (i > 10000) {
			fprintf(stderr, "append: %s\n", why);
			_exit(1);
		}
		hub_turn(n->hub, clock_now());
		bench_sleep_ns(1000000);
	}
}

static void
on_done(void *ctx, const struct hub_appended *result)
{
	int *done = ctx;

	if (result->err != ERR_NONE) {
		fprintf(stderr, "append: %s\n", result->text);
		_exit(1);
	}
	++*done;
}

static void
fill(const struct world *w, const char *dir, int entries, size_t size)
{
	struct hub_draft d = { .kind = span_str("warning"),
		.tlp = span_str("TLP:CLEAR") };
	struct node_options o = { 0 };
	static struct node n;
	struct buf body;
	int done = 0;

	node_open(&n, w, 0, dir, &o);
	ready_wait(&n);
	buf_init(&body, 65536);
	world_body(1, size, &body);
	d.body = buf_span(&body);
	node_permit(&d);
	while (done < entries) {
		int upto = done + BATCH < entries ? done + BATCH : entries;

		for (int i = done; i < upto; i++)
			hub_append(n.hub, &d, on_done, &done);
		while (done < upto)
			hub_turn(n.hub, clock_now());
	}
	buf_release(&body);
	node_close(&n);
	_exit(0);
}

static void
on_stop(void *ctx)
{
	loop_stop(ctx);
}

static void
look(const struct world *w, const char *dir, int entries)
{
	struct node_options o = { 0 };
	static struct node n;
	struct loop_timer *stop;
	int64_t t = bench_now_ns();
	char kase[32];
	double cpu_s;

	snprintf(kase, sizeof kase, "%d entries", entries);
	node_open(&n, w, 0, dir, &o);
	ready_wait(&n);
	bench_result("memory", "hub", kase, "start", "ms",
	    (double)(bench_now_ns() - t) / 1e6);
	stop = loop_timer_create(n.loop, on_stop, n.loop);
	loop_timer_start(stop, IDLE_NS / 1000000, 0);
	t = bench_now_ns();
	cpu_s = bench_cpu_s(0);
	loop_run(n.loop);
	bench_result("memory", "hub", kase, "idle CPU", "%",
	    (bench_cpu_s(0) - cpu_s) * 1e11 / (double)(bench_now_ns() - t));
	bench_result("memory", "hub", kase, "resident", "KiB",
	    (double)bench_rss_kib(0));
	bench_result("memory", "hub", kase, "proportional", "KiB",
	    (double)bench_pss_kib(0));
	_exit(0);
}

int
main(int argc, char **argv)
{
	int entries = (int)bench_arg_n(argc, argv, "entries", 100000);
	size_t size = (size_t)bench_arg_n(argc, argv, "size", 1024);
	static struct world w;
	int status, bad = 0;
	char dir[256];

	bench_dir_make(argc, argv, dir);
	world_make(&w, 1, 0);
	for (int step = 0; step < 2 && !bad; step++) {
		pid_t pid = fork();

		if (pid < 0)
			bench_die("fork");
		if (pid == 0 && step == 0)
			fill(&w, dir, entries, size);
		if (pid == 0)
			look(&w, dir, entries);
		bad = waitpid(pid, &status, 0) != pid || status != 0;
	}
	bench_dir_remove(dir);
	world_release(&w);
	return bad;
}

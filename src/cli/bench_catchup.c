/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara bench catchup: one node sends, one is down meanwhile and comes
 * back. Several clients release at once, so that the sender's turns take many
 * entries each and the preparation does not take all day.
 */
#include "cli/bench_run.h"

#include "base/clock.h"
#include "base/limits.h"
#include "cli/demo_measure.h"
#include "cli/out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	RECEIVER = 0,
	CLIENTS = 16,
	LINKS_WAIT_MS = 30000,
	CATCHUP_WAIT_MS = 600000,
	STEP_MS = 20,
	OUTPUT_MAX = 1 << 20,
	FLOOR_BATCH = 64 /* bodies that the protocol lets be under way */
};

/* One client: saves and releases `count` notices one after another. */
static int
client_run(struct demo_world *w, struct span draft, size_t count)
{
	const char *path = cli_text(w->c, "%s/control",
	    w->node[DEMO_SENDER].dir);
	struct json_val data;
	enum err e;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	e = control_open(path, CONTROL_TIMEOUT_MS,
	    &w->node[DEMO_SENDER].control);
	for (size_t i = 0; i < count && e == ERR_NONE; i++) {
		struct arena whole = w->c->arena;

		/* the answers of one notice are of no use to the next */
		w->c->arena = (struct arena){ 0 };
		e = demo_call(w, DEMO_SENDER, "draft_save", draft, &data);
		if (e == ERR_NONE)
			e = demo_call(w, DEMO_SENDER, "release",
			    span_str(cli_text(w->c, "{\"id\":\"%s\"}",
				out_str(w->c, data, "draft"))), &data);
		if (e != ERR_NONE)
			fprintf(stderr, "release: %s\n", w->failed);
		arena_release(&w->c->arena);
		w->c->arena = whole;
	}
	return e == ERR_NONE ? 0 : 1;
}

static enum err
release_all(struct demo_world *w, struct span draft, size_t notices)
{
	pid_t pid[CLIENTS];
	enum err e = ERR_NONE;

	fflush(NULL);
	for (size_t i = 0; i < CLIENTS; i++) {
		size_t count = notices * (i + 1) / CLIENTS -
		    notices * i / CLIENTS;

		pid[i] = fork();
		if (pid[i] == 0)
			_exit(client_run(w, draft, count));
	}
	w->failed = "release";
	for (size_t i = 0; i < CLIENTS; i++) {
		int status = 1;

		if (pid[i] < 0 || waitpid(pid[i], &status, 0) != pid[i] ||
		    !WIFEXITED(status) || WEXITSTATUS(status) != 0)
			e = ERR_IO;
	}
	return e;
}

/* Bodies that the sender still owes the receiver. */
static enum err
due_read(struct demo_world *w, uint64_t *due)
{
	struct json_val data, peers, first;
	enum err e = demo_call(w, DEMO_SENDER, "peers", span_str(""), &data);

	if (e != ERR_NONE)
		return e;
	peers = json_get(data, "peers");
	first = json_first(peers);
	*due = out_u64(first, "due");
	return ERR_NONE;
}

static enum err
caught_up_wait(struct demo_world *w, struct bench_catchup *out)
{
	int64_t until = clock_mono_ms() + CATCHUP_WAIT_MS;
	uint64_t due = 1, rss;
	enum err e = ERR_NONE;

	while (e == ERR_NONE && due != 0) {
		e = due_read(w, &due);
		rss = bench_rss_kib(w->node[RECEIVER].pid);
		if (rss > out->rss_kib)
			out->rss_kib = rss;
		w->failed = "receipts";
		if (demo_is_stopped())
			return ERR_STATE;
		if (clock_mono_ms() > until)
			return ERR_TIMEOUT;
		if (due != 0)
			demo_sleep_ms(STEP_MS);
	}
	return e;
}

static void
floor_run(struct demo_world *w, struct bench_catchup *out)
{
	char entries[32], batch[32];
	struct buf text;

	snprintf(entries, sizeof entries, "entries=%zu",
	    out->notices < 65536 ? out->notices : 65536);
	snprintf(batch, sizeof batch, "batch=%d", FLOOR_BATCH);
	buf_init(&text, OUTPUT_MAX);
	out->has_floor = bench_floor(w, (const char *const[]){ "peers=1",
	    entries, batch, "window=128", "catchup=1", "store=sqlite",
	    "raw=1", NULL }, &text);
	if (out->has_floor)
		out->floor_per_second = strtod(buf_str(&text), NULL);
	buf_release(&text);
}

static enum err
measure(struct demo_world *w, struct span draft, struct bench_catchup *out)
{
	int64_t began;
	uint64_t due;
	enum err e;

	demo_node_stop(w, RECEIVER);
	cli_say(w->c, "%s", T(w->c, "releasing the notices ...",
	    "emitiendo las comunicaciones ...",
	    "emitindo os comunicados ...", "émission des communications ..."));
	e = release_all(w, draft, out->notices);
	if (e == ERR_NONE)
		e = due_read(w, &due);
	if (e != ERR_NONE)
		return e;
	w->failed = "due";
	if (due < out->notices)
		return ERR_STATE; /* then it was not down */
	floor_run(w, out);
	began = clock_mono_ms();
	e = demo_node_start(w, RECEIVER);
	if (e == ERR_NONE)
		e = caught_up_wait(w, out);
	out->seconds = (double)(clock_mono_ms() - began) / 1000;
	out->per_second = (double)out->notices / out->seconds;
	if (out->has_floor && out->floor_per_second > 0)
		out->ratio = out->per_second / out->floor_per_second;
	return e;
}

enum err
bench_catchup_run(struct demo_world *w, struct span draft, size_t notices,
    struct bench_catchup *out)
{
	enum err e;

	*out = (struct bench_catchup){ .notices = notices };
	e = demo_world_make(w);
	if (e == ERR_NONE)
		e = demo_links_wait(w, true, LINKS_WAIT_MS);
	return e == ERR_NONE ? measure(w, draft, out) : e;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara bench attach: a large file from one node to all others at once.
 * Beside it, in the same run, the two things that it cannot be without: sealing
 * the file with AES-256-GCM, and writing it to this disk.
 */
#include "cli/bench_run.h"

#include "base/clock.h"
#include "base/mem.h"
#include "cli/demo_measure.h"
#include "cli/out.h"
#include "crypto/pieces.h"
#include "crypto/random.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINKS_WAIT_MS = 30000, ARRIVES_WAIT_MS = 30000, MIB = 1048576 };

static double
seconds_since(int64_t began_ms)
{
	int64_t ms = clock_mono_ms() - began_ms;

	return (double)(ms > 0 ? ms : 1) / 1000;
}

/* Write and sync `mib` MiB; the time is the disk's floor. */
static enum err
sample_write(const char *path, unsigned mib, const unsigned char *block)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	enum err e = fd < 0 ? ERR_IO : ERR_NONE;

	for (unsigned i = 0; i < mib && e == ERR_NONE; i++)
		if (write(fd, block, MIB) != MIB)
			e = ERR_FULL;
	if (e == ERR_NONE && fsync(fd) != 0)
		e = ERR_IO;
	if (fd >= 0)
		close(fd);
	return e;
}

static void
floors_run(struct bench_attach *out, const unsigned char *block)
{
	unsigned char key[PIECE_KEY], *piece = mem_alloc(PIECE_SEALED);
	int64_t began = clock_mono_ms();

	random_fill(key, sizeof key);
	for (uint64_t i = 0; i < pieces_count((uint64_t)out->mib * MIB); i++)
		piece_seal(key, i, false, span_of(block, PIECE_TEXT), piece);
	out->gcm_mib_s = out->mib / seconds_since(began);
	free(piece);
}

static enum err
sample_make(struct demo_world *w, struct bench_attach *out, const char *path)
{
	unsigned char *block = mem_alloc(MIB);
	int64_t began;
	enum err e;

	random_fill(block, MIB);
	floors_run(out, block);
	began = clock_mono_ms();
	e = sample_write(path, out->mib, block);
	out->disk_mib_s = out->mib / seconds_since(began);
	w->failed = path;
	free(block);
	return e;
}

/* Attach it and release to all. */
static enum err
attached_release(struct demo_world *w, struct span draft, const char *path,
    struct bench_attach *out, struct demo_notice *n)
{
	struct json_val data;
	int64_t began;
	const char *id;
	enum err e = demo_call(w, DEMO_SENDER, "draft_save", draft, &data);

	if (e != ERR_NONE)
		return e;
	id = out_str(w->c, data, "draft");
	w->failed = "draft attach";
	began = clock_mono_ms();
	if (demo_command(w, (const char *const[]){ "draft", "attach", "-q",
	    "--node", w->node[DEMO_SENDER].dir, id, path, NULL }, NULL) !=
	    CLI_OK)
		return ERR_STATE;
	out->in_mib_s = out->mib / seconds_since(began);
	e = demo_call(w, DEMO_SENDER, "release", span_str(cli_text(w->c,
	    "{\"id\":\"%s\"}", id)), &data);
	if (e != ERR_NONE)
		return e;
	snprintf(n->id, sizeof n->id, "%s", out_str(w->c, data, "notice"));
	return demo_delivered_wait(w, n, true, ARRIVES_WAIT_MS);
}

/* One recipient asks its node to have it; runs in a process of its own. */
static int
recipient_run(struct demo_world *w, size_t i, const char *id)
{
	const char *path = cli_text(w->c, "%s/control", w->node[i].dir);
	struct json_val data;
	enum err e;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	e = control_open(path, 600000, &w->node[i].control);
	if (e == ERR_NONE)
		e = demo_call(w, i, "attachment_fetch", span_str(cli_text(w->c,
		    "{\"id\":\"%s\"}", id)), &data);
	return e == ERR_NONE ? 0 : 1;
}

static enum err
all_fetch(struct demo_world *w, const char *id)
{
	pid_t pid[DEMO_NODES];
	enum err e = ERR_NONE;
	int status;

	w->failed = "attachment_fetch";
	fflush(NULL);
	for (size_t i = 0; i < w->n; i++) {
		pid[i] = i == DEMO_SENDER ? -1 : fork();
		if (pid[i] == 0)
			_exit(recipient_run(w, i, id));
	}
	for (size_t i = 0; i < w->n; i++)
		if (i != DEMO_SENDER && (pid[i] < 0 ||
		    waitpid(pid[i], &status, 0) != pid[i] || status != 0))
			e = ERR_IO;
	return e;
}

static enum err
measure(struct demo_world *w, struct span draft, struct bench_attach *out)
{
	const char *path = cli_text(w->c, "%s/sample.bin", w->folder);
	struct demo_notice n = { .name = "sample" };
	uint64_t sender, recipient;
	int64_t began;
	enum err e = sample_make(w, out, path);

	sender = bench_peak_kib(w->node[DEMO_SENDER].pid);
	recipient = bench_peak_kib(w->node[0].pid);
	if (e == ERR_NONE)
		e = attached_release(w, draft, path, out, &n);
	if (e != ERR_NONE)
		return e;
	began = clock_mono_ms();
	e = all_fetch(w, n.id);
	out->out_mib_s = out->mib * (double)(w->n - 1) / seconds_since(began);
	out->sender_kib = bench_peak_kib(w->node[DEMO_SENDER].pid) - sender;
	out->recipient_kib = bench_peak_kib(w->node[0].pid) - recipient;
	return e;
}

enum err
bench_attach_run(struct demo_world *w, struct span draft, unsigned mib,
    struct bench_attach *out)
{
	enum err e;

	*out = (struct bench_attach){ .mib = mib };
	e = demo_world_make(w);
	if (e == ERR_NONE)
		e = demo_links_wait(w, true, LINKS_WAIT_MS);
	if (e == ERR_NONE)
		e = measure(w, draft, out);
	if (e == ERR_NONE) {
		double floor = out->gcm_mib_s < out->disk_mib_s ?
		    out->gcm_mib_s : out->disk_mib_s;

		out->ratio_in = out->in_mib_s / floor;
		out->ratio_out = out->out_mib_s / floor;
	}
	return e;
}

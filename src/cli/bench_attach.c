/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara bench attach: a large file from a person to one node, from there to
 * one other and to all others at once, and to a person there. Beside it, in
 * the same rounds, what it cannot be without: sealing the file with
 * AES-256-GCM, and writing it to this disk. What is compared with what, and
 * why: doc/decisions/0070-rate-of-attachments.md.
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

enum { LINKS_WAIT_MS = 30000, ARRIVES_WAIT_MS = 30000, MIB = 1048576,
	SAMPLES = 3 /* of a floor, each round */ };

/* What a round works with. */
struct round {
	struct demo_world *w;
	struct span draft;
	unsigned mib;
	const char *path;     /* of the sample */
	unsigned char *block; /* a MiB of it */
};

static double
rate_since(double mib, int64_t began_ms)
{
	int64_t ms = clock_mono_ms() - began_ms;

	return mib * 1000 / (double)(ms > 0 ? ms : 1);
}

/* --- floors --- */

/* Write `mib` MiB, and sync them if asked. */
static enum err
write_file(const char *path, unsigned mib, const unsigned char *block,
    bool sync)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	enum err e = fd < 0 ? ERR_IO : ERR_NONE;

	for (unsigned i = 0; i < mib && e == ERR_NONE; i++)
		if (write(fd, block, MIB) != MIB)
			e = ERR_FULL;
	if (e == ERR_NONE && sync && fsync(fd) != 0)
		e = ERR_IO;
	if (fd >= 0)
		close(fd);
	return e;
}

/* The first touch of memory is the machine's, often a host's, and can take
 * ten times what is done with it: have as much touched as the next part
 * fills, floor or product. */
static enum err
memory_touch(const struct round *r)
{
	const char *path = cli_text(r->w->c, "%s/touched", r->w->folder);
	enum err e = write_file(path, r->mib * (unsigned)(r->w->n + 1),
	    r->block, false);

	unlink(path);
	return e;
}

static double
gcm_floor(const struct round *r)
{
	unsigned char key[PIECE_KEY], *piece = mem_alloc(PIECE_SEALED);
	uint64_t n = SAMPLES * pieces_count((uint64_t)r->mib * MIB);
	int64_t began = clock_mono_ms();
	double rate;

	random_fill(key, sizeof key);
	for (uint64_t i = 0; i < n; i++)
		piece_seal(key, i, false, span_of(r->block, PIECE_TEXT),
		    piece);
	rate = rate_since((double)r->mib * SAMPLES, began);
	free(piece);
	return rate;
}

/* One file after another. */
static enum err
disk_floor(const struct round *r, double *out)
{
	enum err e = memory_touch(r);
	int64_t began = clock_mono_ms();

	for (unsigned i = 0; i < SAMPLES && e == ERR_NONE; i++)
		e = write_file(r->path, r->mib, r->block, true);
	*out = rate_since((double)r->mib * SAMPLES, began);
	return e;
}

/* --- nodes at work --- */

typedef int work_fn(const struct round *r, size_t i, const char *id);

/* Run `fn` in a process for every recipient; all have to end well. */
static enum err
all_run(const struct round *r, work_fn *fn, const char *id)
{
	pid_t pid[DEMO_NODES];
	enum err e = ERR_NONE;
	int status;

	fflush(NULL);
	for (size_t i = 0; i < r->w->n; i++) {
		pid[i] = i == DEMO_SENDER ? -1 : fork();
		if (pid[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			_exit(fn(r, i, id));
		}
	}
	for (size_t i = 0; i < r->w->n; i++)
		if (i != DEMO_SENDER && (pid[i] < 0 ||
		    waitpid(pid[i], &status, 0) != pid[i] || status != 0))
			e = ERR_IO;
	return e;
}

static int
writer_run(const struct round *r, size_t i, const char *id)
{
	const char *path = cli_text(r->w->c, "%s/all.%zu", r->w->folder, i);

	(void)id;
	return write_file(path, r->mib, r->block, true) == ERR_NONE ? 0 : 1;
}

/* As many files at once as there are recipients. */
static enum err
disk_all_floor(const struct round *r, double *out)
{
	enum err e = memory_touch(r);
	int64_t began = clock_mono_ms();

	if (e == ERR_NONE)
		e = all_run(r, writer_run, NULL);
	*out = rate_since((double)r->mib * (double)(r->w->n - 1), began);
	for (size_t i = 0; i < r->w->n; i++)
		unlink(cli_text(r->w->c, "%s/all.%zu", r->w->folder, i));
	return e;
}

/* One recipient asks its node to have it. */
static int
recipient_run(const struct round *r, size_t i, const char *id)
{
	const char *path = cli_text(r->w->c, "%s/control", r->w->node[i].dir);
	struct json_val data;
	enum err e = control_open(path, 600000, &r->w->node[i].control);

	if (e == ERR_NONE)
		e = demo_call(r->w, i, "attachment_fetch", span_str(cli_text(
		    r->w->c, "{\"id\":\"%s\"}", id)), &data);
	return e == ERR_NONE ? 0 : 1;
}

/* --- the parts of a round --- */

/* Attach the sample, by the command, and release it to all. */
static enum err
attached_release(const struct round *r, double *in, struct demo_notice *n)
{
	struct demo_world *w = r->w;
	struct json_val data;
	int64_t began;
	const char *id;
	enum err e = demo_call(w, DEMO_SENDER, "draft_save", r->draft, &data);

	if (e == ERR_NONE)
		e = memory_touch(r);
	/* written just now: a machine that takes idle pages has not got it */
	if (e == ERR_NONE)
		e = write_file(r->path, r->mib, r->block, true);
	if (e != ERR_NONE)
		return e;
	id = out_str(w->c, data, "draft");
	w->failed = "draft attach";
	began = clock_mono_ms();
	if (demo_command(w, (const char *const[]){ "draft", "attach", "-q",
	    "--node", w->node[DEMO_SENDER].dir, id, r->path, NULL }, NULL) !=
	    CLI_OK)
		return ERR_STATE;
	*in = rate_since(r->mib, began);
	e = demo_call(w, DEMO_SENDER, "release", span_str(cli_text(w->c,
	    "{\"id\":\"%s\"}", id)), &data);
	if (e != ERR_NONE)
		return e;
	snprintf(n->id, sizeof n->id, "%s", out_str(w->c, data, "notice"));
	return demo_delivered_wait(w, n, true, ARRIVES_WAIT_MS);
}

static enum err
all_fetch(const struct round *r, const char *id, double *out)
{
	enum err e = memory_touch(r);
	int64_t began = clock_mono_ms();

	r->w->failed = "attachment_fetch";
	if (e == ERR_NONE)
		e = all_run(r, recipient_run, id);
	*out = rate_since((double)r->mib * (double)(r->w->n - 1), began);
	return e;
}

/* One recipient alone; then a person there has the text written to a file. */
static enum err
one_fetches(const struct round *r, const char *id, double *alone, double *get)
{
	struct demo_world *w = r->w;
	const char *path = cli_text(w->c, "%s/got", w->folder);
	struct json_val data;
	enum err e = memory_touch(r);
	int64_t began = clock_mono_ms();
	int status;

	if (e == ERR_NONE)
		e = demo_call(w, 0, "attachment_fetch", span_str(cli_text(w->c,
		    "{\"id\":\"%s\"}", id)), &data);
	*alone = rate_since(r->mib, began);
	if (e == ERR_NONE)
		e = memory_touch(r);
	if (e != ERR_NONE)
		return e;
	w->failed = "attachment get";
	began = clock_mono_ms();
	status = demo_command(w, (const char *const[]){ "attachment", "get",
	    "-q", "--node", w->node[0].dir, "-o", path, id, NULL }, NULL);
	*get = rate_since(r->mib, began);
	unlink(path);
	return status == CLI_OK ? ERR_NONE : ERR_STATE;
}

static enum err
round_run(const struct round *r, struct bench_attach_rates *out)
{
	struct demo_notice all = { .name = "all" }, one = { .name = "one" };
	double second;
	enum err e;

	r->w->failed = r->path;
	out->gcm = gcm_floor(r);
	e = disk_floor(r, &out->disk);
	if (e == ERR_NONE)
		e = disk_all_floor(r, &out->disk_all);
	if (e == ERR_NONE)
		e = attached_release(r, &out->in, &all);
	if (e == ERR_NONE)
		e = all_fetch(r, all.id, &out->out);
	if (e == ERR_NONE)
		e = attached_release(r, &second, &one);
	if (e == ERR_NONE)
		e = one_fetches(r, one.id, &out->alone, &out->get);
	return e;
}

/* --- the whole --- */

static int
by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
median(double v[BENCH_ROUNDS])
{
	qsort(v, BENCH_ROUNDS, sizeof *v, by_value);
	return v[BENCH_ROUNDS / 2];
}

/* The medians over the rounds, of the rates and of the ratios. */
static void
rounds_sum(const struct bench_attach_rates *round, struct bench_attach *out)
{
	static const size_t at[] = {
		offsetof(struct bench_attach_rates, gcm),
		offsetof(struct bench_attach_rates, disk),
		offsetof(struct bench_attach_rates, disk_all),
		offsetof(struct bench_attach_rates, in),
		offsetof(struct bench_attach_rates, out),
		offsetof(struct bench_attach_rates, alone),
		offsetof(struct bench_attach_rates, get),
	};

	for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
		double rate[BENCH_ROUNDS], ratio[BENCH_ROUNDS], v;

		for (size_t k = 0; k < BENCH_ROUNDS; k++) {
			memcpy(&rate[k], (const char *)&round[k] + at[i],
			    sizeof rate[k]);
			ratio[k] = rate[k] / (round[k].gcm < round[k].disk ?
			    round[k].gcm : round[k].disk);
		}
		v = median(rate);
		memcpy((char *)&out->mib_s + at[i], &v, sizeof v);
		v = median(ratio);
		memcpy((char *)&out->ratio + at[i], &v, sizeof v);
	}
}

static enum err
measure(struct round *r, struct bench_attach *out)
{
	struct bench_attach_rates round[BENCH_ROUNDS];
	pid_t from = r->w->node[DEMO_SENDER].pid, to = r->w->node[0].pid;
	uint64_t sender = bench_peak_kib(from), recipient = bench_peak_kib(to);
	enum err e = ERR_NONE;

	for (unsigned i = 0; i < BENCH_ROUNDS && e == ERR_NONE; i++)
		e = round_run(r, &round[i]);
	if (e != ERR_NONE)
		return e;
	rounds_sum(round, out);
	out->sender_kib = bench_peak_kib(from) - sender;
	out->recipient_kib = bench_peak_kib(to) - recipient;
	return ERR_NONE;
}

enum err
bench_attach_run(struct demo_world *w, struct span draft, unsigned mib,
    struct bench_attach *out)
{
	struct round r = { .w = w, .draft = draft, .mib = mib };
	enum err e = demo_world_make(w);

	*out = (struct bench_attach){ .mib = mib };
	if (e == ERR_NONE)
		e = demo_links_wait(w, true, LINKS_WAIT_MS);
	if (e != ERR_NONE)
		return e;
	r.path = cli_text(w->c, "%s/sample.bin", w->folder);
	r.block = mem_alloc(MIB);
	random_fill(r.block, MIB);
	e = measure(&r, out);
	free(r.block);
	return e;
}

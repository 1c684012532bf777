/* SPDX-License-Identifier: Apache-2.0
 *
 * The command that carries the written site on.
 */
#include "node/site_publish.h"

#include "base/code.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/reader.h"
#include "courier/hook.h"
#include "crypto/random.h"
#include "watch/publication.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BUSY_MS = 1000, NOTE_MAX = 256 };

struct site_publish {
	const struct config *config;
	struct hooks hooks;
	int fd;                   /* to the process that starts it */
	struct loop *loop;
	struct loop_watch *watch;
	struct loop_timer *timer;
	struct publication plan;
	size_t files;             /* in the list that is wanted */
	bool is_asked;
	char why[SITE_PUBLISH_WHY];
	char note[4352];          /* the file */
	site_publish_fn *tell;
	void *ctx;
};

/* --- what was carried on, for the next start --- */

/* "<digest in hex> <seconds>": with another command it is not out. */
static void
note_read(struct site_publish *p, struct mono now)
{
	struct digest d = { { 0 } };
	char text[NOTE_MAX] = "";
	int64_t at_s = 0;
	int fd = open(p->note, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);

	if (fd >= 0)
		close(fd);
	if (n > 65 && code_parse_hex_fixed(span_of(text, 64), d.b,
	    sizeof d.b) == ERR_NONE)
		at_s = strtoll(text + 65, NULL, 10);
	publication_init(&p->plan, &d, at_s > 0 ? at_s : 0, now);
}

/* Whole or not at all; lost, the command runs once more than it must. */
static void
note_write(const struct site_publish *p)
{
	char fresh[sizeof p->note + 4];
	struct buf b;
	bool good;
	int fd;

	snprintf(fresh, sizeof fresh, "%s.new", p->note);
	buf_init(&b, NOTE_MAX);
	code_write_hex(&b, digest_span(&p->plan.done));
	buf_put_format(&b, " %" PRId64 "\n", p->plan.done_s);
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	good = fd >= 0 && write(fd, b.p, b.n) == (ssize_t)b.n &&
	    fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	if (!good || rename(fresh, p->note) != 0)
		log_event(LOG_WARNING, "site.publish-note",
		    log_str("path", p->note),
		    log_str("why", strerrordesc_np(errno)));
	buf_release(&b);
}

/* --- running it --- */

static void
set_timer(struct site_publish *p)
{
	struct mono due, now = loop_now(p->loop).mono;

	if (publication_next(&p->plan, &due))
		loop_timer_start(p->timer, due.ms <= now.ms ? 0 :
		    (uint64_t)(due.ms - now.ms), 0);
	else
		loop_timer_stop(p->timer);
}

static void
on_due(void *ctx)
{
	struct site_publish *p = ctx;
	struct hook_run run = {
		.wait_ms = p->config->site_publish_s * 1000 };
	struct buf b;

	buf_init(&b, 8192);
	buf_put_format(&b, "folder: %s\nurl: %s\nfiles: %zu\n",
	    p->config->site_dir, p->config->site_url, p->files);
	run.text = buf_span(&b);
	run.try_now = p->plan.number + 1;
	if (hooks_run(p->fd, &run))
		(void)publication_begin(&p->plan);
	else
		loop_timer_start(p->timer, BUSY_MS, 0);
	buf_release(&b);
}

static void
tell(struct site_publish *p, enum err e)
{
	struct site_publish_state s = { .done_s = p->plan.done_s,
		.failed_s = p->plan.failed_s, .failures = p->plan.failures };

	snprintf(s.why, sizeof s.why, "%s", p->why);
	p->tell(p->ctx, e, &s);
}

static void
on_end(void *ctx, unsigned ready)
{
	struct site_publish *p = ctx;
	char why[SITE_PUBLISH_WHY];
	enum job_result result;
	struct uuid page;
	uint32_t number, random;
	enum err e = hooks_take(p->fd, &page, &number, &result, why,
	    sizeof why);

	(void)ready;
	if (e == ERR_CLOSED) {
		loop_watch_set(p->watch, 0);
		tell(p, e);
	}
	random_fill(&random, sizeof random);
	if (e != ERR_NONE || !publication_end(&p->plan, number,
	    result == JOB_ACCEPTED, random, loop_now(p->loop)))
		return;
	if (result == JOB_ACCEPTED) {
		note_write(p);
		log_event(LOG_DETAIL, "site.published");
	} else {
		memcpy(p->why, why, sizeof why);
		log_event(LOG_WARNING, "site.publish", log_str("why", why),
		    log_uint("failures", p->plan.failures));
	}
	set_timer(p);
	tell(p, ERR_NONE);
}

/* --- what is asked of it --- */

void
site_publish_want(struct site_publish *p, struct span list)
{
	struct span part[2] = { list };
	struct digest d;

	if (p == NULL)
		return;
	part[1] = span_str(p->config->site_publish);
	d = hash_sha256_spans(part, 2);
	p->files = 0;
	for (size_t i = 0; i < list.n; i++)
		p->files += list.p[i] == '\n';
	publication_want(&p->plan, &d, p->is_asked, loop_now(p->loop).mono);
	p->is_asked = false;
	set_timer(p);
}

void
site_publish_ask(struct site_publish *p)
{
	if (p != NULL)
		p->is_asked = true;
}

/* --- life --- */

enum err
site_publish_start(const struct config *config, struct site_publish **out)
{
	struct site_publish *p;
	enum err e;

	*out = NULL;
	if (config->site_publish[0] == '\0')
		return ERR_NONE;
	p = mem_alloc(sizeof *p);
	p->config = config;
	p->hooks.at[p->hooks.n++] = (struct hook){ "site_publish",
		config->site_publish };
	e = hooks_start(&p->hooks, &p->fd);
	if (e == ERR_NONE)
		*out = p;
	else
		free(p);
	return e;
}

enum err
site_publish_open(struct site_publish *p, struct loop *loop,
    site_publish_fn *fn, void *ctx)
{
	enum err e;

	if (p == NULL)
		return ERR_NONE;
	p->loop = loop;
	p->tell = fn;
	p->ctx = ctx;
	snprintf(p->note, sizeof p->note, "%s/site/carried",
	    p->config->data_dir);
	note_read(p, loop_now(loop).mono);
	p->timer = loop_timer_create(loop, on_due, p);
	e = loop_watch_create(loop, p->fd, on_end, p, &p->watch);
	if (e != ERR_NONE)
		return e;
	loop_watch_set(p->watch, LOOP_READ);
	tell(p, ERR_NONE);
	return ERR_NONE;
}

void
site_publish_free(struct site_publish *p)
{
	if (p == NULL)
		return;
	loop_watch_free(p->watch);
	loop_timer_free(p->timer);
	close(p->fd);
	free(p);
}

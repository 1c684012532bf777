/* SPDX-License-Identifier: Apache-2.0
 *
 * The web process at work.
 */
#include "web/web.h"

#include "base/clock.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "web/api.h"
#include "web/http.h"
#include "web/forms.h"
#include "web/search.h"
#include "web/site.h"
#include "web/stream.h"
#include "web/talk.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

enum {
	SWEEP_MS = 1000,
	CHECK_MS = 5000,   /* files that may have changed; that it lives */
	TOLD_MS = 600000   /* how much was served, into the log */
};

struct web {
	struct web_config config;
	struct crowd *crowd;
	struct site *site;
	struct stream *stream; /* NULL without a node */
	struct forms *forms; /* the same */
	struct api *api;       /* NULL: there is none */
	struct search *search;
	struct http *http[WEB_LISTEN];
	size_t n;
	struct timespec was[WEB_WATCHED];
	int64_t now_ms, sweep_ms, check_ms, told_ms;
	uint64_t answers[6], bytes; /* by the first digit, since told_ms */
};

static const char policy[] =
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'";

#define HEADERS \
	"Content-Security-Policy", policy, \
	"X-Content-Type-Options", "nosniff", \
	"Referrer-Policy", "no-referrer", \
	"Cross-Origin-Opener-Policy", "same-origin", \
	"Permissions-Policy", "interest-cohort=()"

static const char *const headers_plain[] = { HEADERS, NULL };
static const char *const headers_tls[] = { HEADERS,
	"Strict-Transport-Security", "max-age=31536000", NULL };

/* --- requests --- */

static void
on_request(void *ctx, struct http_call *call)
{
	struct web *w = ctx;
	struct web_path path;
	enum err e;

	if (w->stream != NULL && http_method(call) == HTTP_GET &&
	    span_is_str(http_path(call), "/events") && !http_has_body(call))
		stream_answer(w->stream, call);
	else if (w->api != NULL && api_answer(w->api, call, w->now_ms))
		return;
	else if ((e = web_path_parse(http_path(call), &path, NULL)) !=
	    ERR_NONE)
		site_refuse_path(w->site, call, e);
	else if ((w->forms == NULL || !forms_answer(w->forms, call, &path,
	    w->now_ms)) && !search_answer(w->search, call, &path, w->now_ms))
		site_answer(w->site, call, &path, w->now_ms);
}

static void
on_done(void *ctx, const struct http_done *d)
{
	static const char *const words[] = { [HTTP_GET] = "GET",
		[HTTP_HEAD] = "HEAD", [HTTP_POST] = "POST",
		[HTTP_OTHER] = "other" };
	struct web *w = ctx;

	w->answers[d->status / 100 < 6 ? d->status / 100 : 0]++;
	w->bytes += d->method == HTTP_HEAD || d->status == 304 ? 0 : d->size;
	if (log_is_on(LOG_DEBUG))
		log_event(LOG_DEBUG, "web.request",
		    log_str("method", words[d->method]),
		    log_uint("status", d->status), log_uint("size", d->size));
}

/* Sums, of which nobody can be told apart. */
static void
tell(struct web *w)
{
	const uint64_t *n = w->answers;
	uint64_t all = n[0] + n[2] + n[3] + n[4] + n[5];

	w->told_ms = w->now_ms + TOLD_MS;
	if (all == 0)
		return;
	log_event(LOG_NOTICE, "web.served", log_uint("answers", all),
	    log_uint("found", n[2]), log_uint("elsewhere", n[3]),
	    log_uint("refused", n[4]), log_uint("failed", n[5]),
	    log_uint("bytes", w->bytes),
	    log_uint("open", crowd_all(w->crowd)));
	memset(w->answers, 0, sizeof w->answers);
	w->bytes = 0;
}

/* A node that does not read is told again. */
static void
tell_node(const struct web *w)
{
	const struct talk_frame f = { .type = TALK_ALIVE,
		.open = crowd_all(w->crowd),
		.until_s = (uint64_t)w->config.until_s };
	struct buf b;

	if (w->config.node_fd < 0)
		return;
	buf_init(&b, 32);
	talk_write(&f, &b);
	(void)!send(w->config.node_fd, b.p, b.n, MSG_NOSIGNAL | MSG_DONTWAIT);
	buf_release(&b);
}

/* --- what changes --- */

static struct timespec
changed_at(const char *path)
{
	struct stat st;

	if (path == NULL || stat(path, &st) != 0)
		return (struct timespec){ 0, 0 };
	return st.st_mtim;
}

/* A certificate that is being replaced may be gone for a moment. */
static bool
has_changed(struct web *w)
{
	for (size_t i = 0; i < WEB_WATCHED; i++) {
		struct timespec t = changed_at(w->config.watched[i]);

		if (t.tv_sec != 0 && (t.tv_sec != w->was[i].tv_sec ||
		    t.tv_nsec != w->was[i].tv_nsec))
			return true;
	}
	return site_is_other(w->site);
}

/* --- the loop --- */

static int
wait_of(const struct web *w)
{
	int64_t until = w->check_ms;
	int wait;

	if (crowd_all(w->crowd) != 0 && w->sweep_ms < until)
		until = w->sweep_ms;
	if (w->stream != NULL && stream_due_ms(w->stream) < until)
		until = stream_due_ms(w->stream);
	wait = until > w->now_ms ? (int)(until - w->now_ms) : 0;
	for (size_t i = 0; i < w->n; i++) {
		int ms = http_wait_ms(w->http[i]);

		if (ms >= 0 && ms < wait)
			wait = ms;
	}
	return wait;
}

/* What is due by the clock. ERR_STATE if something has changed. */
static enum err
on_clock(struct web *w)
{
	if (w->now_ms >= w->sweep_ms) {
		for (size_t i = 0; i < w->n; i++)
			http_sweep(w->http[i], w->now_ms);
		if (w->forms != NULL)
			forms_step(w->forms, w->now_ms);
		if (w->api != NULL)
			api_step(w->api, w->now_ms);
		w->sweep_ms = w->now_ms + SWEEP_MS;
	}
	if (w->now_ms >= w->told_ms)
		tell(w);
	if (w->stream != NULL)
		stream_beat(w->stream, w->now_ms);
	if (w->now_ms < w->check_ms)
		return ERR_NONE;
	w->check_ms = w->now_ms + CHECK_MS;
	tell_node(w);
	return has_changed(w) ? ERR_STATE : ERR_NONE;
}

static enum err
turn(struct web *w)
{
	struct pollfd fds[WEB_LISTEN + 2];
	nfds_t n = (nfds_t)w->n;

	for (size_t i = 0; i < w->n; i++)
		fds[i] = (struct pollfd){ .fd = http_fd(w->http[i]),
			.events = POLLIN };
	/* its end is told even if nothing is waited for */
	fds[n++] = (struct pollfd){ .fd = w->config.parent_fd };
	fds[n++] = (struct pollfd){ .fd = w->config.node_fd,
		.events = POLLIN };
	if (poll(fds, n, wait_of(w)) < 0 && errno != EINTR)
		return ERR_IO;
	w->now_ms = clock_mono_ms();
	if (fds[w->n + 1].revents != 0)
		stream_read(w->stream);
	for (size_t i = 0; i < w->n; i++)
		http_step(w->http[i], w->now_ms);
	if ((fds[w->n].revents & (POLLHUP | POLLERR)) != 0)
		return ERR_CLOSED;
	return on_clock(w);
}

enum err
web_run(struct web *w)
{
	enum err e = ERR_NONE;

	tell_node(w);
	while (e == ERR_NONE)
		e = turn(w);
	tell(w);
	return e;
}

static void
on_reply(void *ctx, const struct talk_frame *f)
{
	struct web *w = ctx;

	if ((f->id & TALK_OFFICIAL) != 0 && w->api != NULL)
		api_reply(w->api, f);
	else if (w->forms != NULL)
		forms_reply(w->forms, f);
}

/* --- life --- */

enum err
web_create(const struct web_config *config, struct web **out)
{
	struct web *w = mem_alloc(sizeof *w);
	struct http_config http = { .connections = config->connections,
		.each = config->each, .wait_ms = config->wait_ms,
		.certificate = config->certificate,
		.key = config->key, .headers = config->certificate != NULL ?
		    headers_tls : headers_plain,
		.on_request = on_request, .on_done = on_done, .ctx = w };
	enum err e = ERR_NONE;

	w->config = *config;
	w->crowd = http.crowd = crowd_create(config->connections);
	w->site = site_create(config->root, config->lang);
	w->search = search_create(config->root, config->each != 0);
	w->now_ms = clock_mono_ms();
	if (config->node_fd >= 0)
		w->stream = stream_create(config->node_fd, config->beat_ms,
		    w->now_ms);
	if (w->stream != NULL)
		w->forms = forms_create(config->node_fd, config->root,
		    config->each != 0, w->now_ms);
	if (w->stream != NULL && config->has_api)
		w->api = api_create(config->node_fd, config->each != 0,
		    w->now_ms);
	if (w->stream != NULL)
		stream_on_reply(w->stream, on_reply, w);
	w->check_ms = w->now_ms + CHECK_MS;
	w->told_ms = w->now_ms + TOLD_MS;
	for (size_t i = 0; i < WEB_WATCHED; i++)
		w->was[i] = changed_at(config->watched[i]);
	for (; e == ERR_NONE && w->n < config->n; w->n += e == ERR_NONE)
		e = http_create(&http, config->fds[w->n], &w->http[w->n]);
	if (e != ERR_NONE) {
		web_free(w);
		return e;
	}
	*out = w;
	return ERR_NONE;
}

void
web_free(struct web *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->n; i++)
		http_free(w->http[i]);
	stream_free(w->stream);
	forms_free(w->forms);
	api_free(w->api);
	search_free(w->search);
	site_free(w->site);
	crowd_free(w->crowd);
	free(w);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The control socket's server: clients and their frames.
 */
#include "node/control.h"

#include "base/log.h"
#include "base/mem.h"
#include "node/control_inside.h"
#include "node/duties.h"
#include "node/passed.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	OUT_MAX = 2 * LIMIT_CONTROL_FRAME,
	PATIENCE_MS = 10000, /* for the rest of a frame to come */
	READ_PIECE = 65536
};

/* --- clients --- */

static void client_write(struct control_client *cl);

/* What was asked faster than its records become durable waits, so that neither
 * memory nor what a crash loses grows with it. */
static bool
is_held(struct control *c)
{
	if (hub_waiting(c->service->hub) >= LIMIT_CONTROL_WAITING)
		c->is_held = true;
	return c->is_held;
}

void
control_resume(struct control *c)
{
	if (c == NULL || !c->is_held ||
	    hub_waiting(c->service->hub) > LIMIT_CONTROL_WAITING / 2)
		return;
	c->is_held = false;
	for (struct control_client *cl = c->clients, *next; cl != NULL;
	     cl = next) {
		next = cl->next;
		client_parse(cl);
	}
}

/* Which events to wait for: no reading while it has enough under way or does
 * not take its answers. */
static void
client_arm(struct control_client *cl)
{
	bool is_full = cl->call_n >= CALLS_MAX || is_held(cl->control) ||
	    cl->out.n - cl->out_at > LIMIT_CONTROL_FRAME || cl->is_ending;

	if (cl->watch != NULL)
		loop_watch_set(cl->watch, (is_full ? 0 : LOOP_READ) |
			(cl->out.n > cl->out_at ? LOOP_WRITE : 0));
}

static void
bury(void *ctx)
{
	struct control *c = ctx;

	while (c->dead != NULL) {
		struct control_client *cl = c->dead;

		c->dead = cl->next;
		buf_release(&cl->in);
		buf_release(&cl->out);
		free(cl);
	}
}

void
client_close(struct control_client *cl)
{
	struct control *c = cl->control;
	struct control_client **at = &c->clients;

	if (cl->watch == NULL)
		return;
	for (struct call *call = cl->calls; call != NULL; call = call->next)
		call->client = NULL;
	cl->calls = NULL;
	if (cl->armed[0] != '\0')
		duties_session_closed(c->service, cl->armed);
	loop_watch_free(cl->watch);
	cl->watch = NULL;
	loop_timer_free(cl->patience);
	close(cl->fd);
	if (cl->file >= 0)
		close(cl->file);
	cl->file = -1;
	while (*at != cl)
		at = &(*at)->next;
	*at = cl->next;
	c->client_n--;
	cl->next = c->dead;
	c->dead = cl;
	loop_defer(c->service->loop, &c->bury, bury, c);
}

static void
client_write(struct control_client *cl)
{
	while (cl->watch != NULL && cl->out_at < cl->out.n) {
		ssize_t n = send(cl->fd, cl->out.p + cl->out_at,
		    cl->out.n - cl->out_at, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0) {
			client_close(cl);
			return;
		}
		cl->out_at += (size_t)n;
	}
	if (cl->out_at == cl->out.n) {
		buf_clear(&cl->out);
		cl->out_at = 0;
		if (cl->is_ending) {
			client_close(cl);
			return;
		}
	} else if (cl->out_at > OUT_MAX / 2) {
		buf_consume(&cl->out, cl->out_at);
		cl->out_at = 0;
	}
	client_arm(cl);
}

void
client_put(struct control_client *cl, struct span body)
{
	if (cl->watch == NULL)
		return;
	buf_put_span32(&cl->out, body);
	if (cl->out.over) {
		log_event(LOG_NOTICE, "control.slow",
		    log_uint("uid", cl->uid));
		client_close(cl);
		return;
	}
	client_write(cl);
}

void
client_refuse(struct control_client *cl, enum err e, const char *what)
{
	struct json_out w;
	struct buf b;

	log_event(LOG_NOTICE, "control.refused", log_uint("uid", cl->uid),
	    log_err("error", e), log_str("text", what));
	buf_init(&b, 4096);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_u64(&w, "id", 0);
	json_put_member_bool(&w, "ok", false);
	call_put_error(&w, e, what, "", "");
	json_put_member_u64(&w, "exit", EXIT_MISUSED);
	json_put_close(&w, '}');
	cl->is_ending = true;
	client_put(cl, buf_span(&b));
	buf_release(&b);
}

static void
on_impatient(void *ctx)
{
	struct control_client *cl = ctx;

	client_refuse(cl, ERR_TIMEOUT, "the rest of a frame did not come");
	if (cl->watch != NULL)
		client_close(cl); /* it does not take the word either */
}

void
client_parse(struct control_client *cl)
{
	while (cl->watch != NULL && !cl->is_ending &&
	    cl->in.n >= REQUEST_HEAD &&
	    cl->call_n < CALLS_MAX && !is_held(cl->control)) {
		struct span text;
		struct buf frame;

		if (request_frame(buf_span(&cl->in), &text) != ERR_NONE) {
			client_refuse(cl, ERR_LIMIT,
			    "a frame is 1 byte to 4 MiB long");
			return;
		}
		if (text.n == 0)
			break;
		buf_init(&frame, text.n);
		buf_put(&frame, text);
		buf_consume(&cl->in, REQUEST_HEAD + frame.n);
		call_begin(cl, buf_span(&frame));
		buf_release(&frame);
	}
	if (cl->watch == NULL || cl->is_ending)
		return;
	if (cl->in.n == 0 || cl->call_n >= CALLS_MAX || is_held(cl->control))
		loop_timer_stop(cl->patience);
	else if (!loop_timer_is_running(cl->patience))
		loop_timer_start(cl->patience, PATIENCE_MS, 0);
	client_arm(cl);
}

static void
client_read(struct control_client *cl)
{
	unsigned char piece[READ_PIECE];
	bool too_many;
	int file;
	ssize_t n = passed_recv(cl->fd, piece, sizeof piece, &file, &too_many);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		client_close(cl);
		return;
	}
	if (too_many || (file >= 0 && cl->file >= 0)) {
		if (file >= 0)
			close(file);
		client_refuse(cl, ERR_LIMIT, "one file is passed at a time");
		return;
	}
	if (file >= 0)
		cl->file = file;
	buf_put_mem(&cl->in, piece, (size_t)n);
	if (cl->in.over) {
		client_refuse(cl, ERR_LIMIT, "too much was sent at once");
		return;
	}
	client_parse(cl);
}

static void
on_client(void *ctx, unsigned ready)
{
	struct control_client *cl = ctx;

	if ((ready & LOOP_WRITE) != 0)
		client_write(cl);
	if (cl->watch != NULL && (ready & LOOP_READ) != 0)
		client_read(cl);
}

static void
on_accept(void *ctx, unsigned ready)
{
	struct control *c = ctx;
	struct control_client *cl;
	struct ucred who = { 0 };
	socklen_t n = sizeof who;
	int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)ready;
	if (fd < 0)
		return;
	cl = mem_alloc(sizeof *cl);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) != 0 ||
	    loop_watch_create(c->service->loop, fd, on_client, cl,
		&cl->watch) != ERR_NONE) {
		close(fd);
		free(cl);
		return;
	}
	cl->control = c;
	cl->fd = fd;
	cl->file = -1;
	cl->uid = who.uid;
	cl->patience = loop_timer_create(c->service->loop, on_impatient, cl);
	buf_init(&cl->in, LIMIT_CONTROL_FRAME + REQUEST_HEAD + READ_PIECE);
	buf_init(&cl->out, OUT_MAX);
	cl->next = c->clients;
	c->clients = cl;
	c->client_n++;
	if (c->client_n > LIMIT_CONTROL_CLIENTS)
		client_refuse(cl, ERR_BUSY, "too many clients at once");
	else
		client_arm(cl);
}

/* --- life --- */

static void
on_work(void *ctx)
{
	calls_step(ctx);
}

enum err
control_listen(const char *path, unsigned mode, int *out)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct stat st;
	int fd;

	if (strlen(path) >= sizeof sa.sun_path)
		return ERR_LIMIT;
	memcpy(sa.sun_path, path, strlen(path) + 1);
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return ERR_IO;
	if (bind(fd, (struct sockaddr *)&sa, sizeof sa) != 0 ||
	    chmod(path, mode) != 0 || listen(fd, 64) != 0) {
		int saved = errno;

		close(fd);
		errno = saved;
		return ERR_IO;
	}
	*out = fd;
	return ERR_NONE;
}

enum err
control_create(struct service *s, struct control **out)
{
	struct control *c = mem_alloc(sizeof *c);
	enum err e = control_listen(s->config->control_socket, 0660,
	    &c->fd);

	c->service = s;
	if (e == ERR_NONE) {
		e = loop_watch_create(s->loop, c->fd, on_accept, c, &c->watch);
		if (e != ERR_NONE)
			close(c->fd);
	}
	if (e != ERR_NONE) {
		log_event(LOG_ERROR, "control.listen",
		    log_str("path", s->config->control_socket),
		    log_err("error", e), log_str("system", strerror(errno)));
		free(c);
		return e;
	}
	c->work = loop_timer_create(s->loop, on_work, c);
	loop_watch_set(c->watch, LOOP_READ);
	*out = c;
	return ERR_NONE;
}

void
control_free(struct control *c)
{
	if (c == NULL)
		return;
	while (c->clients != NULL)
		client_close(c->clients);
	while (c->working != NULL) {
		struct call *call = c->working;

		c->working = call->work_next;
		call_free(call);
	}
	loop_defer_cancel(c->service->loop, &c->bury);
	bury(c);
	loop_timer_free(c->work);
	loop_watch_free(c->watch);
	close(c->fd);
	free(c);
}

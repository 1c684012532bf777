/* SPDX-License-Identifier: Apache-2.0
 *
 * The client's end of the control socket, blocking with time limits.
 */
#include "cli/control.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/mem.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { FRAME_HEAD = 4, ANSWER_TOKENS = 1048576, ANSWER_DEPTH = 32 };

struct control {
	int fd;
	int timeout_ms;
	uint64_t id;
	struct buf in;    /* what came and was not yet handed on */
	size_t used;      /* bytes of `in` of the message handed out last */
	struct arena arena;
	struct json json;
	control_progress_fn *progress;
	void *ctx;
};

static enum err
err_of_connect(int n)
{
	switch (n) {
	case ENOENT:
	case ENOTDIR:
		return ERR_NOT_FOUND;
	case ECONNREFUSED:
		return ERR_CLOSED;
	case EACCES:
	case EPERM:
		return ERR_DENIED;
	default:
		return ERR_IO;
	}
}

enum err
control_open(const char *path, int timeout_ms, struct control **out)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct control *c;
	int fd;

	if (strlen(path) >= sizeof at.sun_path)
		return ERR_USAGE;
	memcpy(at.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return ERR_IO;
	if (connect(fd, (const struct sockaddr *)&at, sizeof at) != 0) {
		enum err e = err_of_connect(errno);

		close(fd);
		return e;
	}
	c = mem_alloc(sizeof *c);
	c->fd = fd;
	c->timeout_ms = timeout_ms;
	buf_init(&c->in, 2 * (LIMIT_CONTROL_FRAME + FRAME_HEAD));
	*out = c;
	return ERR_NONE;
}

void
control_close(struct control *c)
{
	if (c == NULL)
		return;
	close(c->fd);
	buf_release(&c->in);
	arena_release(&c->arena);
	free(c);
}

void
control_set_progress(struct control *c, control_progress_fn *fn, void *ctx)
{
	c->progress = fn;
	c->ctx = ctx;
}

int
control_fd(const struct control *c)
{
	return c->fd;
}

/* Wait until the descriptor is ready. `until` < 0: for ever. */
static enum err
fd_wait(int fd, short events, int64_t until)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = events };
		int64_t left = until < 0 ? -1 : until - clock_mono_ms();
		int n = poll(&p, 1, until < 0 ? -1 :
		    left < 0 ? 0 : (int)left);

		if (n > 0)
			return ERR_NONE;
		if (n == 0)
			return ERR_TIMEOUT;
		if (errno != EINTR)
			return ERR_IO;
	}
}

/* As send(2); an open file goes along unless it is -1. */
static ssize_t
send_with(int fd, struct span s, int file)
{
	union {
		struct cmsghdr head;
		unsigned char b[CMSG_SPACE(sizeof file)];
	} room = { 0 };
	struct iovec io = { (void *)(uintptr_t)s.p, s.n };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1 };

	if (file >= 0) {
		room.head.cmsg_level = SOL_SOCKET;
		room.head.cmsg_type = SCM_RIGHTS;
		room.head.cmsg_len = CMSG_LEN(sizeof file);
		memcpy(CMSG_DATA(&room.head), &file, sizeof file);
		m.msg_control = room.b;
		m.msg_controllen = sizeof room.b;
	}
	return sendmsg(fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static enum err
bytes_send(struct control *c, struct span s, int file)
{
	int64_t until = clock_mono_ms() + c->timeout_ms;

	while (s.n > 0) {
		ssize_t n = send_with(c->fd, s, file);
		enum err e;

		if (n > 0) {
			file = -1;
			s.p += n;
			s.n -= (size_t)n;
			continue;
		}
		if (errno == EPIPE || errno == ECONNRESET)
			return ERR_CLOSED;
		if (errno != EAGAIN && errno != EINTR)
			return ERR_IO;
		e = fd_wait(c->fd, POLLOUT, until);
		if (e != ERR_NONE)
			return e;
	}
	return ERR_NONE;
}

static enum err
bytes_take(struct control *c, int64_t until)
{
	unsigned char part[65536];
	ssize_t n;
	enum err e = fd_wait(c->fd, POLLIN, until);

	if (e != ERR_NONE)
		return e;
	n = recv(c->fd, part, sizeof part, MSG_DONTWAIT);
	if (n == 0)
		return ERR_CLOSED;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? ERR_NONE :
		    errno == ECONNRESET ? ERR_CLOSED : ERR_IO;
	buf_put_mem(&c->in, part, (size_t)n);
	return buf_check(&c->in);
}

/* The next whole message, parsed. */
static enum err
message_take(struct control *c, int64_t until, struct json_val *out)
{
	const unsigned char *p;
	size_t n;
	enum err e;

	buf_consume(&c->in, c->used);
	c->used = 0;
	for (;;) {
		p = c->in.p;
		if (c->in.n >= FRAME_HEAD) {
			n = (size_t)p[0] << 24 | (size_t)p[1] << 16 |
			    (size_t)p[2] << 8 | p[3];
			if (n > LIMIT_CONTROL_FRAME)
				return ERR_SYNTAX;
			if (c->in.n - FRAME_HEAD >= n)
				break;
		}
		e = bytes_take(c, until);
		if (e != ERR_NONE)
			return e;
	}
	c->used = FRAME_HEAD + n;
	arena_reset(&c->arena);
	e = json_parse_arena(span_of(p + FRAME_HEAD, n), ANSWER_DEPTH,
	    ANSWER_TOKENS, &c->arena, &c->json, NULL);
	if (e != ERR_NONE)
		return ERR_SYNTAX;
	*out = json_root(&c->json);
	return out->type == JSON_OBJECT ? ERR_NONE : ERR_SYNTAX;
}

static void
request_write(struct control *c, const char *cmd, struct span args,
    const char *lang, struct buf *b)
{
	struct json_out w;

	buf_put_u32(b, 0);
	json_out_init(&w, b);
	json_put_open(&w, '{');
	json_put_member_u64(&w, "v", 1);
	json_put_member_u64(&w, "id", ++c->id);
	json_put_member_str(&w, "cmd", cmd);
	json_put_key(&w, "args");
	json_put_raw(&w, args.n > 0 ? args : span_str("{}"));
	json_put_member_str(&w, "lang", lang);
	json_put_close(&w, '}');
	if (!b->over)
		buf_set_u32(b, 0, (uint32_t)(b->n - FRAME_HEAD));
}

static void
progress_tell(struct control *c, struct json_val p)
{
	uint64_t done = 0, of = 0;
	struct span text = { 0 };

	if (c->progress == NULL)
		return;
	if (json_u64(json_get(p, "done"), &done) != ERR_NONE)
		done = 0;
	if (json_u64(json_get(p, "of"), &of) != ERR_NONE)
		of = 0;
	if (json_text(json_get(p, "text"), &c->arena, &text) != ERR_NONE)
		text = span_str("");
	c->progress(c->ctx, done, of, text);
}

/* Read the answer out of message `m`; ERR_STATE if it is something else. */
static enum err
answer_read(struct control *c, struct json_val m, struct control_answer *out)
{
	struct control_answer a = { 0 };
	uint64_t id, status = 0;

	if (json_u64(json_get(m, "id"), &id) != ERR_NONE || id != c->id)
		return ERR_STATE;
	if (json_get(m, "progress").type != JSON_ABSENT) {
		progress_tell(c, json_get(m, "progress"));
		return ERR_STATE;
	}
	if (json_bool(json_get(m, "ok"), &a.ok) != ERR_NONE)
		return ERR_SYNTAX;
	if (json_u64(json_get(m, "exit"), &status) == ERR_NONE &&
	    status < 128)
		a.exit = (int)status;
	a.data = json_get(m, a.ok ? "data" : "error");
	*out = a;
	return ERR_NONE;
}

enum err
control_call(struct control *c, const char *cmd, struct span args,
    const char *lang, struct control_answer *out)
{
	return control_call_file(c, cmd, args, lang, -1, out);
}

enum err
control_call_file(struct control *c, const char *cmd, struct span args,
    const char *lang, int file, struct control_answer *out)
{
	struct json_val m;
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_CONTROL_FRAME + FRAME_HEAD);
	request_write(c, cmd, args, lang, &b);
	e = buf_check(&b);
	if (e == ERR_NONE)
		e = bytes_send(c, buf_span(&b), file);
	buf_release(&b);
	if (e != ERR_NONE)
		return e;
	do {
		e = message_take(c, clock_mono_ms() + c->timeout_ms, &m);
		if (e == ERR_NONE)
			e = answer_read(c, m, out);
	} while (e == ERR_STATE);
	return e;
}

enum err
control_event(struct control *c, int wait_ms, struct json_val *out)
{
	int64_t until = wait_ms < 0 ? -1 : clock_mono_ms() + wait_ms;
	enum err e;

	do
		e = message_take(c, until, out);
	while (e == ERR_NONE && json_get(*out, "event").type == JSON_ABSENT);
	return e;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTP over libmicrohttpd. Two of its ways are worth knowing. An answer that
 * is queued at the first call of the handler closes the connection: so the
 * first call only looks, the second answers. And its own time-out begins anew
 * with each byte: so each connection has a deadline here, and one that misses
 * it is shut down, which the library meets as its end.
 */
#include "web/http.h"

#include "base/log.h"
#include "base/mem.h"

#include <microhttpd.h>
#include <stdarg.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LIVE_BLOCK = 4096 }; /* of an answer without end, at once */

struct conn;

struct http_call {
	struct MHD_Connection *mhd;
	struct conn *conn;
	enum http_method method;
	const char *path;
	unsigned status;
	uint64_t size;
	struct http_taker taker;
	bool has_body, is_taken, is_held, is_whole;
};

/* A connection; one request at a time. */
struct conn {
	struct http *http;
	struct MHD_Connection *mhd;
	struct conn *next, **prev;
	crowd_key from;
	bool is_counted;
	int64_t until_ms;
	bool is_answering;
	int queued;          /* bytes that the kernel still has to send, */
	int64_t moved_ms;    /* and since when it is that number */
	struct http_sleep *sleep; /* of an answer without end */
	struct http_call call;
};

struct http_sleep {
	struct MHD_Connection *mhd;
	int fd; /* -1: what goes over it is sealed */
	struct conn *conn;
	http_room_fn *room;
	void (*gone)(void *ctx);
	void *ctx;
	bool is_asleep, is_cut;
};

struct http {
	struct http_config config;
	struct MHD_Daemon *daemon;
	struct conn *conns;
	int64_t now_ms;
};

struct http_body {
	struct MHD_Response *mhd;
	uint64_t size;
	bool is_live;
	bool is_fit; /* it bears the headers of its server */
};

/* --- connections --- */

/* At once: what the reader has not taken is dropped with it. */
static void
conn_end(struct conn *c)
{
	const struct linger none = { 1, 0 };
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(c->mhd,
	    MHD_CONNECTION_INFO_CONNECTION_FD);

	/* one that is held does not look at its socket, nor one that sleeps */
	if (c->call.is_held)
		http_go_on(&c->call);
	if (c->sleep != NULL) {
		c->sleep->is_cut = true;
		http_wake(c->sleep);
	}
	if (i == NULL)
		return;
	(void)setsockopt(i->connect_fd, SOL_SOCKET, SO_LINGER, &none,
	    sizeof none);
	shutdown(i->connect_fd, SHUT_RDWR);
}

static crowd_key
address_of(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(mhd,
	    MHD_CONNECTION_INFO_CLIENT_ADDRESS);

	return i != NULL && i->client_addr != NULL ?
	    crowd_key_of(i->client_addr) : 0;
}

static size_t
each_most(const struct http *h)
{
	return h->config.each != 0 ? h->config.each : SIZE_MAX;
}

static struct conn *
conn_begin(struct http *h, struct MHD_Connection *mhd)
{
	struct conn *c = mem_alloc(sizeof *c);

	c->http = h;
	c->mhd = mhd;
	c->from = address_of(mhd);
	c->until_ms = h->now_ms + h->config.wait_ms;
	c->is_counted = crowd_enter(h->config.crowd, c->from, each_most(h));
	c->next = h->conns;
	c->prev = &h->conns;
	if (h->conns != NULL)
		h->conns->prev = &c->next;
	h->conns = c;
	if (!c->is_counted)
		conn_end(c);
	return c;
}

static void
on_connection(void *ctx, struct MHD_Connection *mhd, void **own,
    enum MHD_ConnectionNotificationCode code)
{
	struct conn *c = *own;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*own = conn_begin(ctx, mhd);
		return;
	}
	if (c == NULL)
		return;
	if (c->is_counted)
		crowd_leave(c->http->config.crowd, c->from);
	*c->prev = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	free(c);
	*own = NULL;
}

/* Before a connection costs anything. */
static enum MHD_Result
may_connect(void *ctx, const struct sockaddr *sa, socklen_t n)
{
	const struct http *h = ctx;
	crowd_key from = crowd_key_of(sa);

	(void)n;
	return crowd_all(h->config.crowd) < h->config.connections &&
	    crowd_of(h->config.crowd, from) < each_most(h) ? MHD_YES : MHD_NO;
}

/* --- requests --- */

static enum http_method
method_of(const char *s)
{
	if (strcmp(s, "GET") == 0)
		return HTTP_GET;
	if (strcmp(s, "HEAD") == 0)
		return HTTP_HEAD;
	return strcmp(s, "POST") == 0 ? HTTP_POST : HTTP_OTHER;
}

enum http_method
http_method(const struct http_call *call)
{
	return call->method;
}

struct span
http_path(const struct http_call *call)
{
	return span_str(call->path);
}

static struct span
value_of(const struct http_call *call, enum MHD_ValueKind kind,
    const char *name)
{
	const char *v = NULL;
	size_t n = 0;

	if (MHD_lookup_connection_value_n(call->mhd, kind, name,
	    strlen(name), &v, &n) != MHD_YES)
		return span_of(NULL, 0);
	return span_of(v != NULL ? v : "", n);
}

struct span
http_header(const struct http_call *call, const char *name)
{
	return value_of(call, MHD_HEADER_KIND, name);
}

struct span
http_argument(const struct http_call *call, const char *name)
{
	return value_of(call, MHD_GET_ARGUMENT_KIND, name);
}

crowd_key
http_from(const struct http_call *call)
{
	return call->conn->from;
}

static bool
is_loopback(const struct sockaddr *sa)
{
	const struct sockaddr_in *v4 = (const void *)sa;
	const struct sockaddr_in6 *v6 = (const void *)sa;

	if (sa->sa_family == AF_INET)
		return ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return sa->sa_family == AF_INET6 &&
	    (IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) ||
	    (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) &&
	    v6->sin6_addr.s6_addr[12] == IN_LOOPBACKNET));
}

bool
http_is_private(const struct http_call *call)
{
	const union MHD_ConnectionInfo *i;

	if (call->conn->http->config.certificate != NULL)
		return true;
	i = MHD_get_connection_info(call->mhd,
	    MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	return i != NULL && i->client_addr != NULL &&
	    is_loopback(i->client_addr);
}

static bool
is_with_body(const struct http_call *call)
{
	struct span n = http_header(call, "Content-Length");

	return http_header(call, "Transfer-Encoding").p != NULL ||
	    (n.p != NULL && !span_is_str(n, "0"));
}

bool
http_has_body(const struct http_call *call)
{
	return call->has_body;
}

/* Content-Length: the library has checked that it is a number. */
static bool
length_of(const struct http_call *call, uint64_t most, uint64_t *out)
{
	struct span n = http_header(call, "Content-Length");
	uint64_t v = 0;

	if (n.p == NULL || n.n == 0 || n.n > 15)
		return false;
	for (size_t i = 0; i < n.n; i++) {
		if (n.p[i] < '0' || n.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(n.p[i] - '0');
	}
	*out = v;
	return v != 0 && v <= most;
}

bool
http_take(struct http_call *call, const struct http_taker *taker,
    uint64_t most)
{
	const struct http *h = call->conn->http;
	uint64_t n;

	if (!length_of(call, most, &n))
		return false;
	call->taker = *taker;
	call->is_taken = true;
	call->conn->until_ms = h->now_ms + 2 * h->config.wait_ms;
	return true;
}

void
http_hold(struct http_call *call)
{
	if (call->is_held)
		return;
	call->is_held = true;
	MHD_suspend_connection(call->mhd);
}

void
http_go_on(struct http_call *call)
{
	if (!call->is_held)
		return;
	call->is_held = false;
	MHD_resume_connection(call->mhd);
}

void
http_wait(struct http_call *call, const struct http_taker *taker)
{
	call->taker = *taker;
	call->is_taken = call->is_whole = true;
	http_hold(call);
}

static enum MHD_Result
on_content(struct http_call *call, const char *data, size_t *n)
{
	if (*n != 0) {
		size_t took = call->taker.bytes(call->taker.ctx,
		    span_of(data, *n));

		*n -= took;
		call->conn->until_ms += (int64_t)(took * 1000 /
		    LIMIT_WEB_RATE);
		return MHD_YES;
	}
	call->is_whole = true;
	call->taker.end(call->taker.ctx);
	return call->status != 0 || call->is_held ? MHD_YES : MHD_NO;
}

static enum MHD_Result
on_head(struct http *h, struct MHD_Connection *mhd, const char *url,
    const char *method, void **own)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(mhd,
	    MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct conn *c = i != NULL ? i->socket_context : NULL;

	if (c == NULL || !c->is_counted)
		return MHD_NO;
	c->call = (struct http_call){ .mhd = mhd, .conn = c,
		.method = method_of(method), .path = url };
	c->until_ms = h->now_ms + 2 * h->config.wait_ms;
	*own = &c->call;
	c->call.has_body = is_with_body(&c->call);
	if (c->call.has_body)
		h->config.on_request(h->config.ctx, &c->call);
	return MHD_YES;
}

static enum MHD_Result
on_call(void *ctx, struct MHD_Connection *mhd, const char *url,
    const char *method, const char *version, const char *data, size_t *n,
    void **own)
{
	struct http *h = ctx;
	struct http_call *call = *own;

	(void)version;
	if (call == NULL)
		return on_head(h, mhd, url, method, own);
	if (call->is_taken && call->status == 0)
		return on_content(call, data, n);
	if (*n != 0) {
		*n = 0; /* of a request that was answered already */
		return MHD_YES;
	}
	h->config.on_request(h->config.ctx, call);
	return call->status != 0 || call->is_held ? MHD_YES : MHD_NO;
}

static void
on_completed(void *ctx, struct MHD_Connection *mhd, void **own,
    enum MHD_RequestTerminationCode code)
{
	struct http *h = ctx;
	struct http_call *call = *own;

	(void)mhd;
	(void)code;
	if (call == NULL)
		return;
	if (call->is_taken)
		call->taker.gone(call->taker.ctx);
	call->is_taken = false;
	call->conn->until_ms = h->now_ms + h->config.wait_ms;
	call->conn->is_answering = false;
	if (call->status != 0)
		h->config.on_done(h->config.ctx, &(struct http_done){
		    call->method, call->status, call->size });
	*own = NULL;
}

/* The path is taken apart by web/path.c, as it came. */
static size_t
leave_escaped(void *ctx, struct MHD_Connection *mhd, char *s)
{
	(void)ctx;
	(void)mhd;
	return strlen(s);
}

/* What the library says of readers who break the protocol is theirs. */
static void __attribute__((format(printf, 2, 0)))
on_message(void *ctx, const char *format, va_list ap)
{
	char text[256];

	(void)ctx;
	if (!log_is_on(LOG_DEBUG))
		return;
	vsnprintf(text, sizeof text, format, ap);
	log_event(LOG_DEBUG, "web.library", log_str("text", text));
}

/* --- answers --- */

static struct http_body *
body_make(struct MHD_Response *mhd, uint64_t size)
{
	struct http_body *b = mem_alloc(sizeof *b);

	if (mhd == NULL)
		abort(); /* out of memory: base/mem.h */
	b->mhd = mhd;
	b->size = size;
	return b;
}

struct http_body *
http_body_of(struct span bytes)
{
	return http_body_take(mem_copy(bytes.p, bytes.n), bytes.n);
}

struct http_body *
http_body_take(void *bytes, size_t n)
{
	return body_make(MHD_create_response_from_buffer(n, bytes,
	    MHD_RESPMEM_MUST_FREE), n);
}

struct http_body *
http_body_file(int fd, uint64_t from, uint64_t n)
{
	return body_make(MHD_create_response_from_fd_at_offset64(n, fd, from),
	    n);
}

static ssize_t
on_room(void *ctx, uint64_t at, char *out, size_t most)
{
	struct http_sleep *s = ctx;
	ssize_t n;

	(void)at;
	if (s->is_cut)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	n = s->room(s->ctx, out, most);
	if (n == 0) {
		s->is_asleep = true;
		MHD_suspend_connection(s->mhd);
	}
	return n < 0 ? MHD_CONTENT_READER_END_OF_STREAM : n;
}

static void
on_live_gone(void *ctx)
{
	struct http_sleep *s = ctx;

	s->conn->sleep = NULL;
	s->gone(s->ctx);
	free(s);
}

/* -1 if there is none, or if it carries TLS. */
static int
open_fd(const struct conn *c)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(c->mhd,
	    MHD_CONNECTION_INFO_CONNECTION_FD);

	return i != NULL && c->http->config.certificate == NULL ?
	    i->connect_fd : -1;
}

struct http_body *
http_body_live(struct http_call *call, http_room_fn *room,
    void (*gone)(void *ctx), void *ctx, struct http_sleep **sleep)
{
	struct http_sleep *s = mem_alloc(sizeof *s);
	struct http_body *b;

	*s = (struct http_sleep){ .mhd = call->mhd, .conn = call->conn,
		.fd = open_fd(call->conn), .room = room, .gone = gone,
		.ctx = ctx };
	call->conn->sleep = s;
	b = body_make(MHD_create_response_from_callback(MHD_SIZE_UNKNOWN,
	    LIVE_BLOCK, on_room, s, on_live_gone), 0);
	/* no chunks, so that http_send may take the place of the library */
	(void)MHD_set_response_options(b->mhd,
	    MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
	b->is_live = true;
	*sleep = s;
	return b;
}

void
http_unacked_most(struct http_sleep *s, int64_t ms)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(s->mhd,
	    MHD_CONNECTION_INFO_CONNECTION_FD);
	const unsigned most = (unsigned)ms;

	if (i != NULL)
		(void)setsockopt(i->connect_fd, IPPROTO_TCP, TCP_USER_TIMEOUT,
		    &most, sizeof most);
}

void
http_wake(struct http_sleep *s)
{
	if (!s->is_asleep)
		return;
	s->is_asleep = false;
	MHD_resume_connection(s->mhd);
}

size_t
http_send(struct http_sleep *s, const struct span *parts, size_t n)
{
	struct iovec v[HTTP_PARTS];
	const struct msghdr m = { .msg_iov = v, .msg_iovlen = n };
	ssize_t sent;

	if (!s->is_asleep || s->is_cut || s->fd < 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		v[i] = (struct iovec){ (void *)(uintptr_t)parts[i].p,
			parts[i].n };
	sent = n == 1 ? send(s->fd, parts->p, parts->n,
	    MSG_NOSIGNAL | MSG_DONTWAIT) :
	    sendmsg(s->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
	/* what went wrong the library meets when it is woken */
	return sent > 0 ? (size_t)sent : 0;
}

bool
http_is_left(const struct http_sleep *s)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(s->mhd,
	    MHD_CONNECTION_INFO_CONNECTION_FD);
	char c;

	return s->is_asleep && i != NULL && recv(i->connect_fd, &c, 1,
	    MSG_PEEK | MSG_DONTWAIT) == 0;
}

void
http_cut(struct http_sleep *s)
{
	conn_end(s->conn);
}

void
http_body_header(struct http_body *b, const char *name, const char *value)
{
	if (MHD_add_response_header(b->mhd, name, value) != MHD_YES)
		log_event(LOG_ERROR, "web.header", log_str("name", name));
}

void
http_body_free(struct http_body *b)
{
	if (b == NULL)
		return;
	MHD_destroy_response(b->mhd);
	free(b);
}

void
http_answer(struct http_call *call, unsigned status, struct http_body *b)
{
	struct http *h = call->conn->http;
	const char *const *at = h->config.headers;

	for (; !b->is_fit && *at != NULL; at += 2)
		if (MHD_get_response_header(b->mhd, at[0]) == NULL)
			http_body_header(b, at[0], at[1]);
	b->is_fit = true;
	call->conn->until_ms = b->is_live ? INT64_MAX : h->now_ms +
	    2 * h->config.wait_ms + (int64_t)(b->size / LIMIT_WEB_RATE) * 1000;
	if (MHD_queue_response(call->mhd, status, b->mhd) != MHD_YES)
		return; /* the library closes the connection */
	call->conn->is_answering = true;
	call->conn->queued = -1;
	call->conn->moved_ms = h->now_ms;
	call->status = status;
	call->size = b->size;
}

/* --- the server --- */

static struct MHD_Daemon *
start(struct http *h, int fd)
{
	struct http_config *c = &h->config;
	unsigned flags = MHD_USE_EPOLL | MHD_USE_ERROR_LOG |
	    MHD_ALLOW_SUSPEND_RESUME | (c->certificate != NULL ? MHD_USE_TLS :
	    0);
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)
		    c->certificate },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)c->key },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)
		    "NORMAL:-VERS-ALL:+VERS-TLS1.3" },
		{ MHD_OPTION_END, 0, NULL } };

	if (c->certificate == NULL)
		tls[0] = tls[3];
	return MHD_start_daemon(flags, 0, may_connect, h, on_call, h,
	    MHD_OPTION_EXTERNAL_LOGGER, on_message, NULL,
	    MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)c->connections,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)LIMIT_WEB_CONNECTION,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1,
	    MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, h,
	    MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
	    MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

enum err
http_create(const struct http_config *config, int fd, struct http **out)
{
	struct http *h = mem_alloc(sizeof *h);

	h->config = *config;
	h->daemon = start(h, fd);
	if (h->daemon == NULL) {
		free(h);
		return config->certificate != NULL ? ERR_KEY : ERR_IO;
	}
	*out = h;
	return ERR_NONE;
}

void
http_free(struct http *h)
{
	if (h == NULL)
		return;
	/* the library does not stop over one that sleeps or is held */
	for (struct conn *c = h->conns; c != NULL; c = c->next)
		if (c->sleep != NULL || c->call.is_held)
			conn_end(c);
	MHD_run(h->daemon);
	MHD_stop_daemon(h->daemon);
	free(h);
}

int
http_fd(const struct http *h)
{
	return MHD_get_daemon_info(h->daemon,
	    MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

int
http_wait_ms(const struct http *h)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (MHD_get_timeout(h->daemon, &ms) != MHD_YES)
		return -1;
	return ms < 60000 ? (int)ms : 60000;
}

void
http_step(struct http *h, int64_t now_ms)
{
	h->now_ms = now_ms;
	MHD_run(h->daemon);
}

/* Does the reader take nothing any more of what it asked for? Of an answer
 * without end its owner says so. */
static bool
is_stuck(struct conn *c, int64_t now_ms)
{
	const union MHD_ConnectionInfo *i;
	int queued = 0;

	if (!c->is_answering || c->sleep != NULL)
		return false;
	i = MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (i == NULL || ioctl(i->connect_fd, SIOCOUTQ, &queued) != 0)
		return false;
	if (queued != c->queued || queued == 0) {
		c->queued = queued;
		c->moved_ms = now_ms;
	}
	return now_ms - c->moved_ms > 2 * c->http->config.wait_ms;
}

/* Has the reader of a request that is held gone? The library does not look at
 * its socket. One that closed only her half may wait for an answer, but not if
 * content was still to come. */
static bool
is_gone(const struct conn *c)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(c->mhd,
	    MHD_CONNECTION_INFO_CONNECTION_FD);
	struct pollfd p = { .events = POLLRDHUP };

	if (!c->call.is_held || i == NULL)
		return false;
	p.fd = i->connect_fd;
	return poll(&p, 1, 0) > 0 && ((p.revents & (POLLHUP | POLLERR)) != 0 ||
	    !c->call.is_whole);
}

void
http_sweep(struct http *h, int64_t now_ms)
{
	h->now_ms = now_ms;
	for (struct conn *c = h->conns; c != NULL; c = c->next)
		if (c->until_ms <= now_ms || is_stuck(c, now_ms) || is_gone(c))
			conn_end(c);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * How connections come about: listening, and dialling one address after the
 * other that a name stands for.
 */
#include "net/conn_inside.h"

#include "base/limits.h"
#include "base/mem.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <unistd.h>

enum {
	BACKLOG = 128,
	UNSENT = 131072,        /* most bytes in the kernel not yet sent */
	KEEPALIVE_IDLE_S = 30,
	KEEPALIVE_EACH_S = 10,
	KEEPALIVE_COUNT = 3,
	UNACKED_MS = 60000,     /* sent, but not acknowledged by the host */
	ACCEPT_AGAIN_MS = 1000
};

struct host_port {
	char host[LIMIT_ADDRESS + 1];
	char port[8];
};

/* "host:port" or "[v6]:port". */
static enum err
host_port_parse(const char *address, struct host_port *out)
{
	const char *host = address, *colon = strrchr(address, ':');
	size_t n;

	if (colon == NULL || colon == address ||
	    strlen(address) > LIMIT_ADDRESS)
		return ERR_SYNTAX;
	n = (size_t)(colon - host);
	if (host[0] == '[') {
		if (n < 3 || host[n - 1] != ']')
			return ERR_SYNTAX;
		host++;
		n -= 2;
	} else if (memchr(host, ':', n) != NULL) {
		return ERR_SYNTAX;
	}
	if (strlen(colon + 1) < 1 || strlen(colon + 1) > 5 ||
	    strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
	    strtoul(colon + 1, NULL, 10) > UINT16_MAX)
		return ERR_SYNTAX;
	snprintf(out->host, sizeof out->host, "%.*s", (int)n, host);
	snprintf(out->port, sizeof out->port, "%s", colon + 1);
	return ERR_NONE;
}

/* The address if it is numeric, without asking anybody. */
static bool
numeric_find(const struct host_port *hp, struct loop_address *out)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	struct addrinfo *list;
	bool has;

	if (getaddrinfo(hp->host, hp->port, &hints, &list) != 0)
		return false;
	has = list->ai_addrlen <= sizeof out->sa;
	if (has) {
		memcpy(&out->sa, list->ai_addr, list->ai_addrlen);
		out->n = list->ai_addrlen;
	}
	freeaddrinfo(list);
	return has;
}

void
conn_address_write(const struct loop_address *a, char out[CONN_ADDRESS_MAX])
{
	char host[96], port[8];

	if (getnameinfo((const struct sockaddr *)&a->sa, a->n, host,
	    sizeof host, port, sizeof port,
	    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		out[0] = '\0';
	else
		snprintf(out, CONN_ADDRESS_MAX,
		    a->sa.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
		    port);
}

static void
option(int fd, int level, int name, int value)
{
	/* none of these is needed for correctness */
	(void)setsockopt(fd, level, name, &value, sizeof value);
}

/* Small frames leave at once; a host that went away is noticed; the kernel's
 * buffer grows with the path (no SO_SNDBUF), but what it has not sent yet is
 * bounded, so that an urgent frame does not wait behind megabytes. */
static void
socket_set(int fd)
{
	option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	option(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, UNSENT);
	option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, UNACKED_MS);
	option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	option(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S);
	option(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_EACH_S);
	option(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_COUNT);
}

/* --- listening --- */

static bool
is_same_host(const struct loop_address *a, const struct loop_address *b)
{
	const struct sockaddr_in *a4 = (const void *)&a->sa,
	    *b4 = (const void *)&b->sa;
	const struct sockaddr_in6 *a6 = (const void *)&a->sa,
	    *b6 = (const void *)&b->sa;

	if (a->sa.ss_family != b->sa.ss_family)
		return false;
	if (a->sa.ss_family == AF_INET)
		return a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	/* one IPv6 host owns a whole /64 */
	return a->sa.ss_family == AF_INET6 &&
	    memcmp(&a6->sin6_addr, &b6->sin6_addr, 8) == 0;
}

static bool
host_has_room(const struct conn_group *g, const struct loop_address *from)
{
	size_t n = 0;

	for (const struct conn *c = g->conns; c != NULL; c = c->next)
		if (c->state == CONN_HANDSHAKE && !c->is_dialled &&
		    is_same_host(&c->remote, from))
			n++;
	return n < LIMIT_HANDSHAKES_PER_ADDRESS;
}

void
conn_accept_resume(struct conn_group *g)
{
	if (g->n_handshakes >= LIMIT_HANDSHAKES)
		return;
	for (struct conn_listener *l = g->listeners; l != NULL; l = l->next)
		loop_watch_set(l->watch, LOOP_READ);
}

static void
accept_stop(struct conn_group *g)
{
	for (struct conn_listener *l = g->listeners; l != NULL; l = l->next)
		loop_watch_set(l->watch, 0);
}

static void
on_accept_again(void *ctx)
{
	conn_accept_resume(ctx);
}

static void
accept_failed(struct conn_group *g)
{
	switch (errno) {
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		/* the kernel would announce the same one for ever */
		accept_stop(g);
		loop_timer_start(g->accept_again, ACCEPT_AGAIN_MS, 0);
		break;
	default:
		break;
	}
}

static void
on_acceptable(void *ctx, unsigned ready)
{
	struct conn_listener *l = ctx;
	struct conn_group *g = l->group;

	(void)ready;
	while (g->n_handshakes < LIMIT_HANDSHAKES) {
		struct loop_address from = { .n = sizeof from.sa };
		struct conn *c;
		int fd = accept4(l->fd, (struct sockaddr *)&from.sa, &from.n,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (fd < 0) {
			accept_failed(g);
			return;
		}
		if (!host_has_room(g, &from)) {
			close(fd);
			continue;
		}
		socket_set(fd);
		c = conn_create(g, l->calls, l->ctx);
		c->fd = fd;
		c->remote = from;
		conn_address_write(&from, c->address);
		conn_start_tls(c, TLS_SERVER);
	}
	accept_stop(g);
}

static enum err
listener_open(const struct loop_address *a, int *out_fd, uint16_t *out_port)
{
	struct sockaddr_storage got;
	socklen_t n = sizeof got;
	int fd = socket(a->sa.ss_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int kept;

	if (fd < 0)
		return ERR_IO;
	option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (a->sa.ss_family == AF_INET6)
		option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (bind(fd, (const struct sockaddr *)&a->sa, a->n) != 0 ||
	    listen(fd, BACKLOG) != 0 ||
	    getsockname(fd, (struct sockaddr *)&got, &n) != 0) {
		kept = errno;
		close(fd);
		errno = kept;
		return ERR_IO;
	}
	*out_fd = fd;
	*out_port = ntohs(got.ss_family == AF_INET6 ?
	    ((struct sockaddr_in6 *)(void *)&got)->sin6_port :
	    ((struct sockaddr_in *)(void *)&got)->sin_port);
	return ERR_NONE;
}

enum err
conn_listen_fd(const char *address, int *out_fd, uint16_t *out_port)
{
	struct host_port hp;
	struct loop_address a;

	if (host_port_parse(address, &hp) != ERR_NONE || !numeric_find(&hp, &a))
		return ERR_SYNTAX;
	return listener_open(&a, out_fd, out_port);
}

enum err
conn_listen(struct conn_group *g, const char *address,
    const struct conn_calls *calls, void *ctx, uint16_t *out_port)
{
	struct conn_listener *l;
	uint16_t port;
	int fd;
	enum err e = conn_listen_fd(address, &fd, &port);

	if (e != ERR_NONE)
		return e;
	l = mem_alloc(sizeof *l);
	*l = (struct conn_listener){ .group = g, .calls = calls, .ctx = ctx,
		.fd = fd };
	e = loop_watch_create(g->loop, fd, on_acceptable, l, &l->watch);
	if (e != ERR_NONE) {
		close(fd);
		free(l);
		return e;
	}
	l->next = g->listeners;
	g->listeners = l;
	if (g->accept_again == NULL)
		g->accept_again = loop_timer_create(g->loop, on_accept_again,
		    g);
	conn_accept_resume(g);
	*out_port = port;
	return ERR_NONE;
}

/* --- dialling --- */

static void dial_next(struct conn *c);

static void
socket_drop(struct conn *c)
{
	loop_watch_free(c->watch);
	c->watch = NULL;
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

void
conn_dial_failed(struct conn *c, enum err why, const char *detail)
{
	socket_drop(c);
	if (c->state == CONN_LOOKUP || c->address_at + 1 >= c->n_addresses) {
		conn_down(c, why, detail);
		return;
	}
	c->address_at++;
	dial_next(c);
}

static void
on_connected(void *ctx, unsigned ready)
{
	struct conn *c = ctx;
	int error = 0;
	socklen_t n = sizeof error;

	(void)ready;
	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &n) != 0)
		error = errno;
	if (error != 0) {
		conn_dial_failed(c, ERR_IO, strerrordesc_np(error));
		return;
	}
	/* the watch of the connection has another function */
	loop_watch_free(c->watch);
	c->watch = NULL;
	conn_start_tls(c, TLS_CLIENT);
}

static void
dial_next(struct conn *c)
{
	const struct loop_address *a = &c->addresses[c->address_at];

	c->remote = *a;
	conn_address_write(a, c->address);
	conn_set_state(c, CONN_CONNECT);
	c->fd = socket(a->sa.ss_family,
	    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0) {
		conn_dial_failed(c, ERR_IO, strerrordesc_np(errno));
		return;
	}
	socket_set(c->fd);
	if ((connect(c->fd, (const struct sockaddr *)&a->sa, a->n) != 0 &&
	    errno != EINPROGRESS)) {
		conn_dial_failed(c, ERR_IO, strerrordesc_np(errno));
		return;
	}
	if (loop_watch_create(c->group->loop, c->fd, on_connected, c,
	    &c->watch) != ERR_NONE) {
		conn_dial_failed(c, ERR_IO,
		    "the kernel cannot watch the socket");
		return;
	}
	loop_watch_set(c->watch, LOOP_WRITE);
}

static void
dial_first(void *ctx)
{
	struct conn *c = ctx;

	dial_next(c);
}

static void
on_lookup(void *ctx, enum err e, const struct loop_address *addresses, size_t n)
{
	struct conn *c = ctx;

	c->lookup = NULL;
	if (e != ERR_NONE) {
		conn_down(c, e, "there is no such host");
		return;
	}
	memcpy(c->addresses, addresses, n * sizeof *addresses);
	c->n_addresses = n;
	dial_next(c);
}

enum err
conn_dial(struct conn_group *g, const char *address,
    const struct conn_calls *calls, void *ctx, struct conn **out)
{
	struct host_port hp;
	struct conn *c;
	enum err e = host_port_parse(address, &hp);

	if (e != ERR_NONE)
		return e;
	c = conn_create(g, calls, ctx);
	c->is_dialled = true;
	conn_set_state(c, CONN_LOOKUP);
	if (numeric_find(&hp, &c->addresses[0])) {
		c->n_addresses = 1;
		/* not from within the caller's call */
		loop_defer(g->loop, &c->pump, dial_first, c);
	} else {
		c->lookup = loop_lookup_start(g->loop, hp.host, hp.port,
		    on_lookup, c);
	}
	*out = c;
	return ERR_NONE;
}

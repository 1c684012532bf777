/* SPDX-License-Identifier: Apache-2.0
 *
 * The least that a web server can do, for bench_fanout and bench_page: one
 * epoll loop, TLS by OpenSSL, no limits, no parser worth the name. GET /events
 * opens a stream, any other path is answered with the one page; each message
 * of EVENT_FD goes to all streams as one event. Nothing of the product.
 *
 *	floor_web PORT EVENT_FD PAGE [CERTIFICATE KEY]
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READY_MOST = 512, HEAD_MOST = 4096, PAGE_MOST = 65536 };

struct reader {
	SSL *ssl;
	int fd;
	bool is_stream;
	size_t place;      /* among the streams */
	char *in;          /* of a head that has not come whole */
	size_t in_n;
	char *out;         /* what the socket did not take */
	size_t out_n, out_at;
};

static int ep;
static SSL_CTX *tls;
static struct reader **streams;
static size_t streams_n, streams_room;
static char answer[PAGE_MOST + 256];
static size_t answer_n;

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
watch(int fd, void *who, int op, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = who };

	if (epoll_ctl(ep, op, fd, &e) != 0)
		die("epoll_ctl");
}

static void
reader_end(struct reader *r)
{
	if (r->is_stream) {
		streams[r->place] = streams[--streams_n];
		streams[r->place]->place = r->place;
	}
	SSL_free(r->ssl);
	close(r->fd);
	free(r->in);
	free(r->out);
	free(r);
}

/* As read and write; -1 with EAGAIN, or another errno: it is over. */
static ssize_t
tls_result(const struct reader *r, int n)
{
	int why;

	if (n > 0)
		return n;
	why = SSL_get_error(r->ssl, n);
	errno = why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ?
	    EAGAIN : EPIPE;
	return -1;
}

static ssize_t
take(struct reader *r, char *p, size_t n)
{
	ssize_t got;

	if (r->ssl != NULL) {
		ERR_clear_error();
		return tls_result(r, SSL_read(r->ssl, p, (int)n));
	}
	got = recv(r->fd, p, n, 0);
	if (got == 0)
		errno = EPIPE;
	return got != 0 ? got : -1;
}

static ssize_t
give(struct reader *r, const char *p, size_t n)
{
	if (r->ssl == NULL)
		return send(r->fd, p, n, MSG_NOSIGNAL);
	ERR_clear_error();
	return tls_result(r, SSL_write(r->ssl, p, (int)n));
}

/* Send, and keep what there is no room for. False: it is over. */
static bool
put(struct reader *r, const char *p, size_t n)
{
	ssize_t sent = r->out_n == 0 ? give(r, p, n) : 0;

	if (sent < 0 && errno != EAGAIN)
		return false;
	if (sent > 0) {
		p += sent;
		n -= (size_t)sent;
	}
	if (n == 0)
		return true;
	r->out = realloc(r->out, r->out_n + n);
	if (r->out == NULL)
		die("realloc");
	memcpy(r->out + r->out_n, p, n);
	r->out_n += n;
	watch(r->fd, r, EPOLL_CTL_MOD, EPOLLIN | EPOLLRDHUP | EPOLLOUT);
	return true;
}

static bool
flush(struct reader *r)
{
	while (r->out_at < r->out_n) {
		ssize_t n = give(r, r->out + r->out_at, r->out_n - r->out_at);

		if (n < 0)
			return errno == EAGAIN;
		r->out_at += (size_t)n;
	}
	free(r->out);
	r->out = NULL;
	r->out_n = r->out_at = 0;
	watch(r->fd, r, EPOLL_CTL_MOD, EPOLLIN | EPOLLRDHUP);
	return true;
}

static void
streams_add(struct reader *r)
{
	if (streams_n == streams_room) {
		streams_room = streams_room * 2 + 1024;
		streams = realloc(streams, streams_room * sizeof(void *));
		if (streams == NULL)
			die("realloc");
	}
	r->is_stream = true;
	r->place = streams_n;
	streams[streams_n++] = r;
}

static bool
answer_one(struct reader *r, const char *head)
{
	static const char open[] = "HTTP/1.1 200 OK\r\n"
	    "Content-Type: text/event-stream\r\n"
	    "Cache-Control: no-store\r\n\r\n: open\n\n";

	if (strncmp(head, "GET /events ", 12) != 0)
		return put(r, answer, answer_n);
	streams_add(r);
	return put(r, open, sizeof open - 1);
}

/* A head at a time; what is left waits for the rest of it. */
static bool
on_bytes(struct reader *r, char *p, size_t n)
{
	char *end;

	while ((end = memmem(p, n, "\r\n\r\n", 4)) != NULL) {
		if (!answer_one(r, p))
			return false;
		n -= (size_t)(end + 4 - p);
		p = end + 4;
	}
	if (n == 0) {
		free(r->in);
		r->in = NULL;
	} else if (r->in == NULL) {
		r->in = malloc(HEAD_MOST);
		if (r->in == NULL)
			die("malloc");
		memcpy(r->in, p, n);
	} else {
		memmove(r->in, p, n);
	}
	r->in_n = n;
	return true;
}

static bool
on_readable(struct reader *r)
{
	char room[HEAD_MOST];
	ssize_t n;

	for (;;) {
		char *p = r->in != NULL ? r->in : room;

		if (r->in_n == HEAD_MOST)
			return false;
		n = take(r, p + r->in_n, HEAD_MOST - r->in_n);
		if (n < 0)
			return errno == EAGAIN;
		if (!on_bytes(r, p, r->in_n + (size_t)n))
			return false;
		if (r->ssl == NULL)
			return true; /* if there is more, epoll says so */
	}
}

static void
on_event(int fd)
{
	static char e[PAGE_MOST];
	ssize_t n = recv(fd, e + 6, sizeof e - 8, 0);

	if (n <= 0)
		exit(0);
	memcpy(e, "data: ", 6);
	memcpy(e + 6 + n, "\n\n", 2);
	/* epoll tells of the dead */
	for (size_t i = 0; i < streams_n; i++)
		(void)!put(streams[i], e, (size_t)n + 8);
}

static void
on_connect(int listening)
{
	int fd, one = 1;

	while ((fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		struct reader *r = calloc(1, sizeof *r);

		if (r == NULL)
			die("calloc");
		r->fd = fd;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		if (tls != NULL) {
			r->ssl = SSL_new(tls);
			SSL_set_fd(r->ssl, fd);
			SSL_set_accept_state(r->ssl);
		}
		watch(fd, r, EPOLL_CTL_ADD, EPOLLIN | EPOLLRDHUP);
	}
}

static void
on_ready(struct reader *r, uint32_t events)
{
	if ((events & (EPOLLHUP | EPOLLERR)) != 0 ||
	    ((events & EPOLLOUT) != 0 && !flush(r)) ||
	    ((events & EPOLLIN) != 0 && !on_readable(r)) ||
	    (events & EPOLLRDHUP) != 0)
		reader_end(r);
}

/* --- start --- */

static int
listen_on(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one,
	    sizeof one) != 0 || bind(fd, (struct sockaddr *)&a, sizeof a) !=
	    0 || listen(fd, 4096) != 0)
		die("listen");
	return fd;
}

static void
page_read(const char *path)
{
	static char page[PAGE_MOST];
	FILE *f = fopen(path, "r");
	size_t n;

	if (f == NULL)
		die(path);
	n = fread(page, 1, sizeof page, f);
	fclose(f);
	answer_n = (size_t)snprintf(answer, sizeof answer,
	    "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
	    "Content-Length: %zu\r\n\r\n", n);
	memcpy(answer + answer_n, page, n);
	answer_n += n;
}

static void
tls_open(const char *certificate, const char *key)
{
	tls = SSL_CTX_new(TLS_server_method());
	if (tls == NULL || SSL_CTX_set_min_proto_version(tls,
	    TLS1_3_VERSION) != 1 ||
	    SSL_CTX_use_certificate_chain_file(tls, certificate) != 1 ||
	    SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1)
		die(certificate);
	SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS |
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
	    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

int
main(int argc, char **argv)
{
	struct epoll_event ready[READY_MOST];
	int listening, events;

	if (argc != 4 && argc != 6) {
		fputs("usage: floor_web PORT EVENT_FD PAGE "
		    "[CERTIFICATE KEY]\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	ep = epoll_create1(EPOLL_CLOEXEC);
	page_read(argv[3]);
	if (argc == 6)
		tls_open(argv[4], argv[5]);
	listening = listen_on((int)strtol(argv[1], NULL, 10));
	events = (int)strtol(argv[2], NULL, 10);
	watch(listening, &listening, EPOLL_CTL_ADD, EPOLLIN);
	watch(events, &events, EPOLL_CTL_ADD, EPOLLIN);
	for (;;) {
		int n = epoll_wait(ep, ready, READY_MOST, -1);

		for (int i = 0; i < n; i++) {
			void *who = ready[i].data.ptr;

			if (who == &listening)
				on_connect(listening);
			else if (who == &events)
				on_event(events);
			else
				on_ready(who, ready[i].events);
		}
	}
}

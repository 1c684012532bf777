/* SPDX-License-Identifier: Apache-2.0
 *
 * One event to everybody who follows the public stream: when does the last
 * reader have it, and what does it cost the server?
 *
 *	bench_fanout [variant=product|floor|nginx] [tls=0] [readers=10000]
 *	    [events=12] [size=2048] [gap=60] [idle=0] [beat=15] [pin=1]
 *	    [nchan=FILE] [dir=D]
 *
 * A time runs from handing the event to the server to the moment at which a
 * reader's end of it was read here, by one process with one epoll loop that
 * is the same for all; each event goes when the last has arrived everywhere,
 * `gap` ms later. pin=1: server and readers have a core each. idle=S: what the
 * open streams cost in S seconds in which nothing is published.
 */
#include "common.h"
#include "web_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READY = 1024, OPENING = 64, WAIT_MS = 20000, ADDRESSES = 8,
	SIZE_MOST = 8000 };

/* Only the end of an event has it. */
static const char mark = '#';

enum stage { CONNECTING, GREETING, ASKED, FOLLOWING };

struct reader {
	SSL *ssl;
	int fd;
	enum stage stage;
};

static struct web_server server;
static struct reader *readers;
static SSL_CTX *tls;
static int ep, n_readers, n_following, n_opening;
static char room[65536];

static void
arm(struct reader *r, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = r };

	if (epoll_ctl(ep, EPOLL_CTL_MOD, r->fd, &e) != 0)
		bench_die("epoll_ctl");
}

static void
reader_open(struct reader *r, int number)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)server.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in from = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK +
		    (uint32_t)(number % ADDRESSES)) };
	struct epoll_event e = { .events = EPOLLIN | EPOLLOUT,
		.data.ptr = r };
	int one = 1;

	r->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (r->fd < 0)
		bench_die("socket (ulimit -n?)");
	setsockopt(r->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	/* so that no address runs out of ports */
	setsockopt(r->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one,
	    sizeof one);
	if (bind(r->fd, (struct sockaddr *)&from, sizeof from) != 0 ||
	    (connect(r->fd, (struct sockaddr *)&to, sizeof to) != 0 &&
	    errno != EINPROGRESS))
		bench_die("connect");
	if (tls != NULL) {
		r->ssl = SSL_new(tls);
		SSL_set_fd(r->ssl, r->fd);
		SSL_set_connect_state(r->ssl);
	}
	if (epoll_ctl(ep, EPOLL_CTL_ADD, r->fd, &e) != 0)
		bench_die("epoll_ctl");
	n_opening++;
}

static ssize_t
reader_read(struct reader *r)
{
	int n;

	if (r->ssl == NULL)
		return recv(r->fd, room, sizeof room, 0);
	ERR_clear_error();
	n = SSL_read(r->ssl, room, sizeof room);
	if (n > 0)
		return n;
	errno = EAGAIN;
	return SSL_get_error(r->ssl, n) == SSL_ERROR_WANT_READ ? -1 : 0;
}

static bool
reader_greet(struct reader *r)
{
	int why;

	ERR_clear_error();
	if (r->ssl == NULL || SSL_do_handshake(r->ssl) == 1)
		return true;
	why = SSL_get_error(r->ssl, -1);
	if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
		ERR_print_errors_fp(stderr);
		exit(1);
	}
	arm(r, EPOLLIN | (why == SSL_ERROR_WANT_WRITE ? EPOLLOUT : 0));
	return false;
}

static void
reader_ask(struct reader *r)
{
	static const char text[] = "GET /events HTTP/1.1\r\n"
	    "Host: localhost\r\nAccept: text/event-stream\r\n\r\n";
	int n = sizeof text - 1;
	ssize_t sent = r->ssl != NULL ? SSL_write(r->ssl, text, n) :
	    send(r->fd, text, (size_t)n, 0);

	if (sent != n)
		bench_die("a request");
	arm(r, EPOLLIN);
	r->stage = ASKED;
}

static void
reader_step(struct reader *r)
{
	socklen_t len = sizeof errno;
	ssize_t n;

	if (r->stage == CONNECTING) {
		if (getsockopt(r->fd, SOL_SOCKET, SO_ERROR, &errno, &len) !=
		    0 || errno != 0)
			bench_die("connect");
		r->stage = GREETING;
	}
	if (r->stage == GREETING) {
		if (reader_greet(r))
			reader_ask(r);
		return;
	}
	n = reader_read(r);
	if (n < 0)
		return;
	if (r->stage == ASKED && (n < 12 || memcmp(room, "HTTP/1.1 200", 12) !=
	    0)) {
		fprintf(stderr, "%s answered: %.*s\n",
		    web_server_name(&server), (int)n, room);
		exit(1);
	}
	if (r->stage == ASKED) {
		r->stage = FOLLOWING;
		n_following++;
		n_opening--;
	}
}

static void
open_all(void)
{
	struct epoll_event ready[READY];
	int opened = 0;

	while (n_following < n_readers) {
		int n;

		for (; opened < n_readers && n_opening < OPENING; opened++)
			reader_open(&readers[opened], opened);
		n = epoll_wait(ep, ready, READY, WAIT_MS);
		if (n <= 0) {
			fprintf(stderr, "only %d of %d readers came in\n",
			    n_following, n_readers);
			exit(1);
		}
		for (int i = 0; i < n; i++)
			reader_step(ready[i].data.ptr);
	}
}

/* Everything that has come. How many events had their end in it. */
static int
take_all(int wait_ms)
{
	struct epoll_event ready[READY];
	int n = epoll_wait(ep, ready, READY, wait_ms), ends = 0;

	for (int i = 0; i < n; i++) {
		struct reader *r = ready[i].data.ptr;
		ssize_t got;

		while ((got = reader_read(r)) > 0) {
			ends += memchr(room, mark, (size_t)got) != NULL;
			if (r->ssl == NULL || SSL_pending(r->ssl) == 0)
				break;
		}
		if (got == 0) {
			fprintf(stderr, "%s let a reader go\n",
			    web_server_name(&server));
			exit(1);
		}
	}
	return n <= 0 ? -1 : ends;
}

static void
tell(const char *metric, const char *unit, double value)
{
	char name[64];

	snprintf(name, sizeof name, "%d readers%s", n_readers,
	    tls != NULL ? ", TLS" : "");
	bench_result("fanout", web_server_name(&server), name, metric, unit,
	    value);
}

/* --- the parts --- */

static void
idle(long seconds)
{
	double cpu;

	if (seconds == 0)
		return;
	cpu = bench_cpu_s(server.work_pid);
	for (int64_t end = bench_now_ns() + seconds * 1000000000; bench_now_ns()
	    < end;)
		take_all(200);
	tell("idle CPU", "%", (bench_cpu_s(server.work_pid) - cpu) /
	    (double)seconds * 100);
}

static void
publish(long events, size_t size, long gap_ms)
{
	struct series half = { 0 }, last = { 0 }, cpus = { 0 };
	char text[SIZE_MOST];

	memset(text, 'a', size);
	text[0] = '"';
	text[size - 2] = mark;
	text[size - 1] = '"';
	for (long i = 0; i < events; i++) {
		double cpu = bench_cpu_s(server.work_pid);
		int64_t began = bench_now_ns();
		int got = 0, k;

		web_server_publish(&server, text, size);
		while (got < n_readers) {
			int before = got;

			k = take_all(WAIT_MS);
			if (k < 0) {
				fprintf(stderr, "%d of %d readers have it\n",
				    got, n_readers);
				exit(1);
			}
			got += k;
			if (before < n_readers / 2 && got >= n_readers / 2)
				series_add(&half, bench_now_ns() - began);
		}
		series_add(&last, bench_now_ns() - began);
		bench_sleep_ns(gap_ms * 1000000);
		web_server_read(&server);
		series_add(&cpus, (int64_t)((bench_cpu_s(server.work_pid) -
		    cpu) * 1e9));
	}
	series_sort(&half);
	series_sort(&last);
	series_sort(&cpus);
	tell("half have it", "ms", (double)series_pct(&half, 50) / 1e6);
	tell("last has it", "ms", (double)series_pct(&last, 50) / 1e6);
	tell("best last", "ms", (double)series_pct(&last, 0) / 1e6);
	tell("server CPU a reader", "us", (double)series_pct(&cpus, 50) / 1e3 /
	    n_readers);
}

int
main(int argc, char **argv)
{
	long size = bench_arg_n(argc, argv, "size", 2048);
	char dir[256];
	double cpu;
	long rss;

	bench_dir_make(argc, argv, dir);
	n_readers = (int)bench_arg_n(argc, argv, "readers", 10000);
	if (n_readers < 2 || size < 16 || size > SIZE_MOST) {
		fputs("bench_fanout: readers= or size= is out of range\n",
		    stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	web_server_start(&server, argc, argv, dir, true);
	if (bench_arg_n(argc, argv, "pin", 1) != 0)
		web_server_pin(&server);
	if (server.is_tls)
		tls = SSL_CTX_new(TLS_client_method());
	ep = epoll_create1(EPOLL_CLOEXEC);
	readers = calloc((size_t)n_readers, sizeof *readers);
	if (ep < 0 || readers == NULL)
		bench_die("readers");
	cpu = bench_cpu_s(server.work_pid);
	rss = bench_rss_kib(server.work_pid);
	open_all();
	while (take_all(500) >= 0)
		continue; /* what else a stream begins with */
	tell("server CPU a connection", "us", (bench_cpu_s(server.work_pid) -
	    cpu) / n_readers * 1e6);
	tell("resident a reader", "KiB", (double)(bench_rss_kib(
	    server.work_pid) - rss) / n_readers);
	idle(bench_arg_n(argc, argv, "idle", 0));
	publish(bench_arg_n(argc, argv, "events", 12), (size_t)size,
	    bench_arg_n(argc, argv, "gap", 60));
	web_server_end(&server);
	bench_dir_remove(dir);
	return 0;
}

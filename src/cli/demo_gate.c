/* SPDX-License-Identifier: Apache-2.0
 *
 * Passing bytes between sockets of loopback.
 */
#include "cli/demo_gate.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAIRS = 256, PART = 65536 };

struct pair {
	int a, b;
};

static volatile sig_atomic_t is_open;

static int
port_bind(uint16_t *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &n) != 0) {
		close(fd);
		return -1;
	}
	*port = ntohs(at.sin_port);
	return fd;
}

uint16_t
gate_free_port(void)
{
	uint16_t port = 0;
	int fd = port_bind(&port);

	if (fd >= 0)
		close(fd);
	return port;
}

enum err
gate_add(struct gate *g, uint16_t target, uint16_t *port)
{
	int fd;

	if (g->n == GATE_PORTS)
		return ERR_LIMIT;
	fd = port_bind(&g->port[g->n]);
	if (fd < 0)
		return ERR_IO;
	g->fd[g->n] = fd;
	g->target[g->n] = target;
	*port = g->port[g->n++];
	return ERR_NONE;
}

static void
on_open(int sig)
{
	(void)sig;
	is_open = 1;
}

static void
pair_accept(int fd, uint16_t target, struct pair *p)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(target),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int on = 1;
	int a = accept4(fd, NULL, NULL, SOCK_CLOEXEC), b;

	if (a < 0)
		return;
	b = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p == NULL || b < 0 ||
	    connect(b, (struct sockaddr *)&at, sizeof at) != 0) {
		close(a);
		if (b >= 0)
			close(b);
		return;
	}
	setsockopt(a, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	setsockopt(b, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	*p = (struct pair){ a, b };
}

/* Pass on what there is; false if the connection is over. */
static bool
bytes_pass(int from, int to)
{
	unsigned char part[PART];
	ssize_t n = recv(from, part, sizeof part, MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	for (ssize_t done = 0; done < n;) {
		ssize_t w = send(to, part + done, (size_t)(n - done),
		    MSG_NOSIGNAL);

		if (w < 0 && errno != EINTR)
			return false;
		done += w > 0 ? w : 0;
	}
	return n > 0;
}

static void
turn(const struct gate *g, struct pair *pair)
{
	struct pollfd p[GATE_PORTS + 2 * PAIRS];
	size_t n = g->n;

	for (size_t i = 0; i < g->n; i++)
		p[i] = (struct pollfd){ .fd = g->fd[i], .events = POLLIN };
	for (size_t i = 0; i < PAIRS; i++) {
		p[n++] = (struct pollfd){ .fd = pair[i].a, .events = POLLIN };
		p[n++] = (struct pollfd){ .fd = pair[i].b, .events = POLLIN };
	}
	if (poll(p, n, -1) <= 0)
		return;
	for (size_t i = 0; i < PAIRS; i++) {
		const struct pollfd *a = &p[g->n + 2 * i], *b = a + 1;
		bool ok = true;

		if (pair[i].a < 0)
			continue;
		if (a->revents != 0)
			ok = bytes_pass(pair[i].a, pair[i].b);
		if (ok && b->revents != 0)
			ok = bytes_pass(pair[i].b, pair[i].a);
		if (!ok) {
			close(pair[i].a);
			close(pair[i].b);
			pair[i] = (struct pair){ -1, -1 };
		}
	}
	for (size_t i = 0; i < g->n; i++) {
		struct pair *free_pair = NULL;

		if (p[i].revents == 0)
			continue;
		for (size_t k = 0; k < PAIRS && free_pair == NULL; k++)
			free_pair = pair[k].a < 0 ? &pair[k] : NULL;
		pair_accept(g->fd[i], g->target[i], free_pair);
	}
}

static void
gate_run(const struct gate *g)
{
	struct sigaction open_it = { .sa_handler = on_open };
	struct pair pair[PAIRS];
	sigset_t none, usr1;

	sigemptyset(&none);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	sigaction(SIGUSR1, &open_it, NULL);
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_IGN);
	while (!is_open)
		sigsuspend(&none);
	for (size_t i = 0; i < g->n; i++)
		listen(g->fd[i], SOMAXCONN);
	for (size_t i = 0; i < PAIRS; i++)
		pair[i] = (struct pair){ -1, -1 };
	for (;;)
		turn(g, pair);
}

enum err
gate_start(struct gate *g)
{
	pid_t parent = getpid(), pid;
	sigset_t usr1;

	/* not to be lost if it comes before the child is ready */
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		gate_run(g);
	}
	sigprocmask(SIG_UNBLOCK, &usr1, NULL);
	if (pid < 0)
		return ERR_IO;
	g->pid = pid;
	return ERR_NONE;
}

void
gate_open(const struct gate *g)
{
	if (g->pid > 0)
		kill(g->pid, SIGUSR1);
}

void
gate_end(struct gate *g)
{
	if (g->pid > 0) {
		kill(g->pid, SIGKILL);
		while (waitpid(g->pid, NULL, 0) < 0 && errno == EINTR)
			continue;
	}
	for (size_t i = 0; i < g->n; i++)
		close(g->fd[i]);
	*g = (struct gate){ 0 };
}

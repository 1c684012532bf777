/* SPDX-License-Identifier: Apache-2.0
 *
 * The cables between the nodes of a system test: every way in at a port goes
 * out to another, and what becomes of it is told on standard input.
 *
 *	gate NAME:PORT:TARGET ...
 *
 * Lines: "cut NAME" (what is open ends, what is new too), "reset NAME" (what
 * is open ends with RST, new ones pass), "stall NAME" (open, but not a byte
 * moves), "slow NAME" (a little at a time), "open NAME" (all passes). NAME is
 * a prefix of the names meant; both directions of a cable may bear one name.
 * "ok" is printed when it is done. Ends with its standard input.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	WAYS = 32,
	PAIRS = 256,
	CHUNK = 65536,
	SLOW_BYTES = 1500, /* at most so many .. */
	SLOW_MS = 10       /* .. in so long, each direction */
};

enum state { OPEN, CUT, STALL, SLOW };

static struct way {
	char name[32];
	uint16_t target;
	int fd;
	enum state state;
} ways[WAYS];
static size_t way_n;

/* Bytes read at one end and not yet written to the other. */
struct half {
	unsigned char b[CHUNK];
	size_t at, n;
	bool is_over; /* the reading end has closed */
	bool is_told; /* and the other end knows */
	int64_t next_ms;
};

static struct pair {
	struct way *way; /* NULL: free */
	int fd[2];
	struct half half[2]; /* half[i] is read from fd[i] */
} pairs[PAIRS];

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static struct sockaddr_in
loopback(uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static void
pair_end(struct pair *p, bool is_reset)
{
	const struct linger now = { 1, 0 };

	for (int i = 0; i < 2; i++) {
		if (is_reset)
			setsockopt(p->fd[i], SOL_SOCKET, SO_LINGER, &now,
			    sizeof now);
		close(p->fd[i]);
	}
	p->way = NULL;
}

static void
way_take(struct way *w)
{
	struct sockaddr_in sa = loopback(w->target);
	int in = accept4(w->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct pair *p = NULL;
	int out;

	if (in < 0)
		return;
	for (size_t i = 0; i < PAIRS && p == NULL; i++)
		p = pairs[i].way == NULL ? &pairs[i] : NULL;
	if (w->state == CUT || p == NULL) {
		close(in);
		return;
	}
	/* blocking: on the loopback it is answered at once */
	out = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (out < 0 || connect(out, (struct sockaddr *)&sa, sizeof sa) != 0) {
		if (out >= 0)
			close(out);
		close(in);
		return;
	}
	p->way = w;
	p->fd[0] = in;
	p->fd[1] = out;
	for (int i = 0; i < 2; i++) {
		p->half[i].at = p->half[i].n = 0;
		p->half[i].is_over = p->half[i].is_told = false;
		p->half[i].next_ms = 0;
	}
}

/* --- one direction --- */

/* May bytes be read from fd[i] now? */
static bool
half_wants_in(const struct pair *p, int i, int64_t now)
{
	const struct half *h = &p->half[i];

	return h->n == 0 && !h->is_over && p->way->state != STALL &&
	    (p->way->state != SLOW || now >= h->next_ms);
}

static bool
half_wants_out(const struct pair *p, int i)
{
	return p->half[i].n != 0 && p->way->state != STALL;
}

/* False if the connection is over. */
static bool
half_read(struct pair *p, int i, int64_t now)
{
	struct half *h = &p->half[i];
	ssize_t n = recv(p->fd[i], h->b,
	    p->way->state == SLOW ? SLOW_BYTES : CHUNK, MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	h->at = 0;
	h->n = (size_t)n;
	h->is_over = n == 0;
	h->next_ms = now + SLOW_MS;
	return true;
}

static bool
half_write(struct pair *p, int i)
{
	struct half *h = &p->half[i];
	ssize_t n = send(p->fd[1 - i], h->b + h->at, h->n,
	    MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	h->at += (size_t)n;
	h->n -= (size_t)n;
	return true;
}

static void
pair_step(struct pair *p, const short got[2], int64_t now)
{
	bool is_alive = true;

	for (int i = 0; i < 2 && is_alive; i++) {
		if (half_wants_in(p, i, now) &&
		    (got[i] & (POLLIN | POLLHUP | POLLERR)) != 0)
			is_alive = half_read(p, i, now);
		if (is_alive && half_wants_out(p, i))
			is_alive = half_write(p, i);
		if (p->half[i].is_over && p->half[i].n == 0 &&
		    !p->half[i].is_told && p->way->state != STALL) {
			shutdown(p->fd[1 - i], SHUT_WR);
			p->half[i].is_told = true;
		}
	}
	if (!is_alive || (p->half[0].is_told && p->half[1].is_told))
		pair_end(p, !is_alive);
}

/* --- commands --- */

static bool
state_set(struct way *w, const char *word)
{
	bool is_reset = strcmp(word, "reset") == 0;

	if (is_reset || strcmp(word, "open") == 0)
		w->state = OPEN;
	else if (strcmp(word, "cut") == 0)
		w->state = CUT;
	else if (strcmp(word, "stall") == 0)
		w->state = STALL;
	else if (strcmp(word, "slow") == 0)
		w->state = SLOW;
	else
		return false;
	if (w->state == CUT || is_reset)
		for (size_t i = 0; i < PAIRS; i++)
			if (pairs[i].way == w)
				pair_end(&pairs[i], is_reset);
	return true;
}

static bool
command(char *line)
{
	char *save, *word = strtok_r(line, " ", &save);
	const char *name = strtok_r(NULL, " ", &save);

	if (word == NULL)
		return false;
	if (name == NULL)
		name = "";
	for (size_t i = 0; i < way_n; i++)
		if (strncmp(ways[i].name, name, strlen(name)) == 0 &&
		    !state_set(&ways[i], word))
			return false;
	puts("ok");
	fflush(stdout);
	return true;
}

/* False at the end of input, or for what is no command. */
static bool
commands_read(void)
{
	static char b[4096];
	static size_t n;
	ssize_t got = read(STDIN_FILENO, b + n, sizeof b - 1 - n);
	char *end;

	if (got <= 0)
		return false;
	n += (size_t)got;
	b[n] = '\0';
	while ((end = strchr(b, '\n')) != NULL) {
		size_t used = (size_t)(end - b) + 1;

		*end = '\0';
		if (!command(b))
			return false;
		memmove(b, b + used, n - used + 1);
		n -= used;
	}
	return n < sizeof b - 1;
}

static bool
way_open(const char *spec)
{
	struct way *w = &ways[way_n];
	unsigned port, target;
	struct sockaddr_in sa;
	int one = 1;

	if (way_n == WAYS || sscanf(spec, "%31[^:]:%u:%u", w->name, &port,
	    &target) != 3 || port > UINT16_MAX || target > UINT16_MAX)
		return false;
	way_n++;
	w->target = (uint16_t)target;
	sa = loopback((uint16_t)port);
	w->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);
	setsockopt(w->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	return bind(w->fd, (struct sockaddr *)&sa, sizeof sa) == 0 &&
	    listen(w->fd, 64) == 0;
}

/* Wait for what may happen; fills `got` per pair. */
static bool
turn(struct pollfd *f, short got[][2], bool *has_command)
{
	size_t n = 0, at[PAIRS];
	int64_t now = now_ms();
	bool has_slow = false;

	f[n++] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	for (size_t i = 0; i < way_n; i++)
		f[n++] = (struct pollfd){ .fd = ways[i].fd,
			.events = POLLIN };
	for (size_t i = 0; i < PAIRS; i++) {
		const struct pair *p = &pairs[i];

		at[i] = n;
		for (int k = 0; p->way != NULL && k < 2; k++) {
			int want = (half_wants_in(p, k, now) ? POLLIN : 0) |
			    (half_wants_out(p, 1 - k) ? POLLOUT : 0);

			/* an idle end is not asked: its hang-up would wake
			 * us for ever */
			f[n++] = (struct pollfd){
				.fd = want != 0 ? p->fd[k] : -1,
				.events = (short)want };
		}
		has_slow |= p->way != NULL && p->way->state == SLOW;
	}
	if (poll(f, n, has_slow ? SLOW_MS : -1) < 0 && errno != EINTR)
		return false;
	*has_command = f[0].revents != 0;
	for (size_t i = 0; i < PAIRS; i++)
		for (size_t k = 0; pairs[i].way != NULL && k < 2; k++)
			got[i][k] = f[at[i] + k].revents;
	return true;
}

int
main(int argc, char **argv)
{
	static struct pollfd f[1 + WAYS + 2 * PAIRS];
	static short got[PAIRS][2];
	bool has_command;

	for (int i = 1; i < argc; i++)
		if (!way_open(argv[i])) {
			fprintf(stderr, "gate: %s: %s\n", argv[i],
			    strerrordesc_np(errno));
			return 1;
		}
	puts("ok");
	fflush(stdout);
	while (turn(f, got, &has_command)) {
		int64_t now = now_ms();

		for (size_t i = 0; i < PAIRS; i++)
			if (pairs[i].way != NULL)
				pair_step(&pairs[i], got[i], now);
		for (size_t i = 0; i < way_n; i++)
			if (f[1 + i].revents != 0)
				way_take(&ways[i]);
		if (has_command && !commands_read())
			break;
	}
	return 0;
}

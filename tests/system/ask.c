/* SPDX-License-Identifier: Apache-2.0
 *
 * A client of the control socket for the system tests, and the few things
 * that a shell cannot do by itself:
 *
 *	ask [-t SECONDS] [-g PATH] [-r|-w FILE] SOCKET COMMAND [ARGS]
 *	ask -p N                    N free ports of the loopback
 *	ask -s HOST:PORT|SOCKET     send standard input as it is, print what
 *	                            comes until the other side closes
 *
 * PATH picks a value, "rows.0.id"; "rows.#" counts. FILE is opened to be read
 * or written and passed along. The exit status is that
 * of the protocol.
 */
#include "base/limits.h"
#include "cli/control.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* --- ports --- */

static int
print_ports(int n)
{
	struct sockaddr_in sa = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof sa;

	/* all are held until the end, so that they differ */
	for (int i = 0; i < n; i++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		sa.sin_port = 0;
		if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof sa) != 0 ||
		    getsockname(fd, (struct sockaddr *)&sa, &len) != 0)
			return 1;
		printf("%d\n", ntohs(sa.sin_port));
	}
	return 0;
}

/* --- raw bytes --- */

static int
raw_open(const char *where)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct sockaddr_in in = { .sin_family = AF_INET };
	const char *colon = strrchr(where, ':');
	char host[64];
	int fd;

	if (where[0] == '/') {
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		snprintf(un.sun_path, sizeof un.sun_path, "%s", where);
		return connect(fd, (struct sockaddr *)&un, sizeof un) == 0 ?
		    fd :
		    -1;
	}
	if (colon == NULL)
		return -1;
	snprintf(host, sizeof host, "%.*s", (int)(colon - where), where);
	in.sin_port = htons((uint16_t)strtol(colon + 1, NULL, 10));
	if (inet_pton(AF_INET, host, &in.sin_addr) != 1)
		return -1;
	fd = socket(AF_INET, SOCK_STREAM, 0);
	return connect(fd, (struct sockaddr *)&in, sizeof in) == 0 ? fd : -1;
}

/* Both ways at once; ends when the other side has closed, or after `wait_ms`
 * without a byte (status 9). */
static int
raw_talk(const char *where, int wait_ms)
{
	int fd = raw_open(where);
	struct pollfd p[2] = { { .fd = fd, .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN } };
	unsigned char b[16384];
	ssize_t n;

	if (fd < 0)
		return 1;
	for (;;) {
		if (poll(p, 2, wait_ms) <= 0)
			return 9;
		if (p[0].revents != 0) {
			n = recv(fd, b, sizeof b, 0);
			if (n <= 0)
				return 0;
			fwrite(b, 1, (size_t)n, stdout);
			fflush(stdout);
		}
		if (p[1].revents != 0) {
			n = read(STDIN_FILENO, b, sizeof b);
			if (n <= 0)
				p[1].fd = -1;
			else if (send(fd, b, (size_t)n, MSG_NOSIGNAL) < 0)
				return 0;
		}
	}
}

/* --- one call --- */

static struct json_val
pick(struct json_val v, const char *path, uint32_t *count)
{
	struct arena a = { 0 };

	while (*path != '\0' && v.type != JSON_ABSENT) {
		size_t n = strcspn(path, ".");
		char part[128];

		snprintf(part, sizeof part, "%.*s", (int)n, path);
		path += n + (path[n] == '.');
		if (strcmp(part, "#") == 0) {
			*count = json_count(v);
			return v;
		}
		if (v.type == JSON_ARRAY) {
			struct json_val m = json_first(v);
			long i = strtol(part, NULL, 10);

			while (i-- > 0 && m.type != JSON_ABSENT)
				m = json_next(v, m);
			v = m;
		} else {
			v = json_get(v, part);
		}
	}
	arena_release(&a);
	return v;
}

static void
print_value(struct json_val v, const char *path)
{
	struct arena a = { 0 };
	uint32_t count = UINT32_MAX;
	struct span s;

	if (path != NULL)
		v = pick(v, path, &count);
	if (count != UINT32_MAX)
		printf("%u\n", count);
	else if (path != NULL && json_text(v, &a, &s) == ERR_NONE)
		printf("%.*s\n", SPAN_FMT(s));
	else if (v.type != JSON_ABSENT)
		printf("%.*s\n", SPAN_FMT(json_raw(v)));
	arena_release(&a);
}

static int
ask(int timeout_ms, const char *path, int file, char **argv, int argc)
{
	struct control_answer answer;
	struct control *c;
	int status = 0;
	enum err e = control_open(argv[0], timeout_ms, &c);

	if (e != ERR_NONE) {
		fprintf(stderr, "ask: %s: %s\n", argv[0], err_token(e));
		return 1;
	}
	e = control_call_file(c, argv[1], argc > 2 ? span_str(argv[2]) :
	    span_str("{}"), "en", file, &answer);
	if (e != ERR_NONE) {
		fprintf(stderr, "ask: %s: %s\n", argv[1], err_token(e));
		status = 1;
	} else if (answer.ok) {
		print_value(answer.data, path);
	} else {
		fprintf(stderr, "ask: %s: %.*s\n", argv[1],
		    SPAN_FMT(json_raw(answer.data)));
		status = answer.exit != 0 ? answer.exit : 1;
	}
	control_close(c);
	return status;
}

int
main(int argc, char **argv)
{
	const char *path = NULL;
	int c, timeout_ms = 10000, file = -1;

	while ((c = getopt(argc, argv, "+g:p:r:s:t:w:")) != -1) {
		switch (c) {
		case 'r':
		case 'w':
			file = open(optarg, (c == 'r' ? O_RDONLY : O_WRONLY) |
			    O_CLOEXEC);
			if (file < 0)
				return 2;
			break;
		case 'g':
			path = optarg;
			break;
		case 'p':
			return print_ports((int)strtol(optarg, NULL, 10));
		case 's':
			return raw_talk(optarg, timeout_ms);
		case 't':
			timeout_ms = (int)strtol(optarg, NULL, 10) * 1000;
			break;
		default:
			return 2;
		}
	}
	if (argc - optind < 2)
		return 2;
	return ask(timeout_ms, path, file, argv + optind, argc - optind);
}

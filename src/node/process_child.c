/* SPDX-License-Identifier: Apache-2.0
 *
 * A child's side of its parent.
 */
#include "node/process_inside.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static bool is_child;

/* Which descriptors the parent has handed down, seen before any other is
 * opened: a number that it left out is soon somebody else's. */
static bool is_given[PROCESS_FD_END];

enum err
process_child_init(const char *role)
{
	struct pollfd parent = { .fd = PROCESS_FD_PARENT };
	char name[16];

	snprintf(name, sizeof name, "alm-%s", role);
	prctl(PR_SET_NAME, name);
	/* the parent decides what a ^C of the terminal means */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		return ERR_IO;
	/* it may have ended before we asked to be told */
	if (poll(&parent, 1, 0) < 0 || (parent.revents & POLLNVAL) != 0)
		return ERR_IO;
	if ((parent.revents & (POLLHUP | POLLERR)) != 0)
		return ERR_CLOSED;
	for (int i = PROCESS_FD_PAIR; i < PROCESS_FD_END; i++)
		is_given[i] = fcntl(i, F_GETFD) >= 0;
	is_child = true;
	return ERR_NONE;
}

static void
sign_give(enum sign sign)
{
	const char byte = (char)sign;
	ssize_t n;

	if (!is_child)
		return;
	/* if the parent is gone, so are we; if it is busy, the next will do */
	n = write(PROCESS_FD_PARENT, &byte, 1);
	(void)n;
}

void
process_ready(void)
{
	sign_give(SIGN_READY);
}

/* One note with its descriptors; false if there is none. */
static bool
files_receive(int *config, int *rules)
{
	union {
		char room[CMSG_SPACE(2 * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct files_note note = { 0 };
	struct iovec io = { &note, sizeof note };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof control.room };
	int fd[2] = { -1, -1 };
	struct cmsghdr *c;

	*config = *rules = -1;
	if (recvmsg(PROCESS_FD_PARENT, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) !=
	    (ssize_t)sizeof note)
		return false;
	c = CMSG_FIRSTHDR(&m);
	if (c != NULL && c->cmsg_level == SOL_SOCKET &&
	    c->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
	if (note.has_config)
		*config = fd[0];
	if (note.has_rules)
		*rules = fd[note.has_config ? 1 : 0];
	return note.sign == SIGN_RELOAD;
}

static void
files_close(int config, int rules)
{
	if (config >= 0)
		close(config);
	if (rules >= 0)
		close(rules);
}

bool
process_take_files(int *config, int *rules)
{
	int newer[2];

	if (!is_child || !files_receive(config, rules))
		return false;
	while (files_receive(&newer[0], &newer[1])) {
		files_close(*config, *rules);
		*config = newer[0];
		*rules = newer[1];
	}
	return true;
}

bool
process_ask_reload(void)
{
	sign_give(SIGN_RELOAD);
	return is_child;
}

int
process_courier_fd(void)
{
	return is_given[PROCESS_FD_COURIER] ? PROCESS_FD_COURIER : -1;
}

int
process_site_fd(void)
{
	return is_given[PROCESS_FD_SITE] ? PROCESS_FD_SITE : -1;
}

int
process_web_fd(void)
{
	return is_given[PROCESS_FD_WEB] ? PROCESS_FD_WEB : -1;
}

bool
process_ask_courier(void)
{
	sign_give(SIGN_COURIER);
	return is_child;
}

static void
on_alive(void *ctx)
{
	(void)ctx;
	sign_give(SIGN_ALIVE);
}

void
process_kept(void)
{
	sign_give(SIGN_KEPT);
}

struct loop_timer *
process_alive_start(struct loop *loop)
{
	struct loop_timer *t = loop_timer_create(loop, on_alive, NULL);

	loop_timer_start(t, 0, ALIVE_EACH_MS);
	return t;
}

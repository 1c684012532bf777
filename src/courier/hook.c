/* SPDX-License-Identifier: Apache-2.0
 *
 * Programs that carry a page.
 */
#include "courier/hook.h"

#include "base/clock.h"
#include "base/limits.h"
#include "courier/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RUNNING_MAX = 8, BAD_DATA = 65, BAD_USER = 67, BAD_HOST = 68 };

/* What goes to the process before the text, and comes back. */
struct order {
	struct uuid page;
	uint32_t try_now;
	uint32_t hook;
	uint32_t wait_ms;
	int32_t status; /* back: of waitpid; -1: its time was over */
};

struct running {
	pid_t pid; /* 0: free */
	int pidfd;
	int64_t until_ms;
	bool is_late;
	struct order order;
};

/* --- the process that starts them --- */

/* The text in a file of memory: its reader may be slow or never read. */
static int
text_file(const char *text, size_t n)
{
	int fd = memfd_create("text", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	if (write(fd, text, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void
run_child(const struct hook *h, int in)
{
	static char *const nothing[] = { NULL };
	const struct rlimit none = { 0, 0 };
	char line[4096], *argv[HOOK_WORDS + 1] = { NULL }, *rest = NULL;
	size_t n = 0;
	int null = open("/dev/null", O_RDWR);

	snprintf(line, sizeof line, "%s", h->line);
	for (char *w = strtok_r(line, " \t", &rest);
	     w != NULL && n < HOOK_WORDS; w = strtok_r(NULL, " \t", &rest))
		argv[n++] = w;
	setsid();
	(void)!setrlimit(RLIMIT_CORE, &none);
	signal(SIGINT, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	if (n == 0 || dup2(in, 0) < 0 || dup2(null, 1) < 0 ||
	    dup2(null, 2) < 0 || close_range(3, ~0u, 0) != 0)
		_exit(71);
	execve(argv[0], argv, nothing);
	_exit(72);
}

static void
tell(int fd, const struct order *o, int status)
{
	struct order back = *o;

	back.status = status;
	(void)!send(fd, &back, sizeof back, MSG_NOSIGNAL);
}

static void
start_one(const struct hooks *h, int fd, struct running *r,
    const struct order *o, const char *text, size_t n)
{
	int in = text_file(text, n);

	r->order = *o;
	r->pid = in < 0 ? -1 : fork();
	if (r->pid == 0)
		run_child(&h->at[o->hook], in);
	if (in >= 0)
		close(in);
	r->pidfd = r->pid < 0 ? -1 : (int)syscall(SYS_pidfd_open, r->pid, 0);
	r->until_ms = clock_mono_ms() + o->wait_ms;
	r->is_late = false;
	if (r->pid < 0) {
		tell(fd, o, 71 << 8);
		r->pid = 0;
	}
}

static void
take_order(const struct hooks *h, int fd, struct running *free_one)
{
	static char room[sizeof(struct order) + LIMIT_PAGE_FRAME];
	struct order o;
	ssize_t n = recv(fd, room, sizeof room, 0);

	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		_exit(0); /* the courier is gone */
	if (n < (ssize_t)sizeof o)
		return;
	memcpy(&o, room, sizeof o);
	if (o.hook < h->n)
		start_one(h, fd, free_one, &o, room + sizeof o,
		    (size_t)n - sizeof o);
}

static void
look_after(int fd, struct running *r)
{
	int status;

	if (!r->is_late && clock_mono_ms() >= r->until_ms) {
		r->is_late = true;
		kill(-r->pid, SIGKILL);
		kill(r->pid, SIGKILL);
	}
	if (waitpid(r->pid, &status, WNOHANG) != r->pid)
		return;
	/* what it left running in its session goes with it */
	kill(-r->pid, SIGKILL);
	if (r->pidfd >= 0)
		close(r->pidfd);
	tell(fd, &r->order, r->is_late ? -1 : status);
	r->pid = 0;
}

/* Until when the next one may run, as poll wants it. */
static int
wait_of(const struct running *all)
{
	int64_t now = clock_mono_ms(), wait = -1;

	for (size_t i = 0; i < RUNNING_MAX; i++) {
		int64_t left = all[i].until_ms - now;

		if (all[i].pid == 0)
			continue;
		if (left < 20)
			left = 20;
		if (wait < 0 || left < wait)
			wait = left;
	}
	return wait > 60000 ? 60000 : (int)wait;
}

static void
serve(const struct hooks *h, int fd)
{
	struct running all[RUNNING_MAX] = { { 0 } };

	for (;;) {
		struct pollfd p[RUNNING_MAX + 1];
		struct running *free_one = NULL;

		for (size_t i = 0; i < RUNNING_MAX; i++) {
			p[i + 1] = (struct pollfd){ .fd = all[i].pid != 0 ?
			    all[i].pidfd : -1, .events = POLLIN };
			if (all[i].pid == 0)
				free_one = &all[i];
		}
		p[0] = (struct pollfd){ .fd = free_one != NULL ? fd : -1,
			.events = POLLIN };
		if (poll(p, RUNNING_MAX + 1, wait_of(all)) < 0)
			continue;
		for (size_t i = 0; i < RUNNING_MAX; i++)
			if (all[i].pid != 0)
				look_after(fd, &all[i]);
		if (free_one != NULL && p[0].revents != 0)
			take_order(h, fd, free_one);
	}
}

static void
hooks_main(void *ctx)
{
	serve(ctx, CHILD_FD);
}

enum err
hooks_start(const struct hooks *h, int *out_fd)
{
	struct hooks copy = *h;

	return child_start(0, hooks_main, &copy, out_fd);
}

/* --- the courier's side --- */

bool
hooks_run(int fd, const struct hook_run *run)
{
	const struct order o = { .page = run->page, .try_now = run->try_now,
		.hook = run->hook, .wait_ms = run->wait_ms };
	struct buf b;
	ssize_t n;

	buf_init(&b, sizeof o + LIMIT_PAGE_FRAME);
	buf_put_mem(&b, &o, sizeof o);
	buf_put(&b, run->text);
	n = send(fd, b.p, b.n, MSG_NOSIGNAL | MSG_DONTWAIT);
	buf_release(&b);
	return n >= 0;
}

enum job_result
hooks_send(const struct hooks *h, int fd, const struct job *j,
    const char **why)
{
	const unsigned char *colon = j->to.n == 0 ? NULL :
	    memchr(j->to.p, ':', j->to.n);
	size_t name_n = colon != NULL ? (size_t)(colon - j->to.p) : j->to.n;
	struct hook_run run = { .page = j->page, .try_now = j->try_now,
		.wait_ms = j->wait_ms };
	char id[UUID_TEXT + 1];
	struct buf b;
	bool sent;

	while (run.hook < h->n && !span_is_str(span_of(j->to.p, name_n),
	    h->at[run.hook].name))
		run.hook++;
	if (fd < 0 || run.hook == h->n) {
		*why = "there is no such hook in the configuration";
		return JOB_REFUSED;
	}
	uuid_write(&j->page, id);
	buf_init(&b, LIMIT_PAGE_FRAME);
	buf_put_str(&b, "to: ");
	if (colon != NULL)
		buf_put(&b, span_of(colon + 1, j->to.n - name_n - 1));
	buf_put_format(&b, "\npage: %s\nlevel: %u\n\n", id, j->level);
	buf_put(&b, j->subject);
	buf_put_str(&b, "\n");
	buf_put(&b, j->text);
	run.text = buf_span(&b);
	sent = hooks_run(fd, &run);
	buf_release(&b);
	*why = "the process that starts hooks takes none now";
	return sent ? JOB_ACCEPTED : JOB_FAILED;
}

enum err
hooks_take(int fd, struct uuid *page, uint32_t *try_now,
    enum job_result *result, char *why, size_t why_max)
{
	struct order o;
	ssize_t n = recv(fd, &o, sizeof o, MSG_DONTWAIT);
	int status;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return ERR_NOT_FOUND;
	if (n != (ssize_t)sizeof o)
		return ERR_CLOSED;
	*page = o.page;
	*try_now = o.try_now;
	*result = JOB_FAILED;
	status = o.status;
	if (status == -1) {
		snprintf(why, why_max, "the hook did not end in its time");
	} else if (WIFSIGNALED(status)) {
		snprintf(why, why_max, "the hook died of signal %d",
		    WTERMSIG(status));
	} else {
		status = WEXITSTATUS(status);
		snprintf(why, why_max, "the hook ended with status %d",
		    status);
		if (status == 0)
			*result = JOB_ACCEPTED;
		else if (status == BAD_DATA || status == BAD_USER ||
		    status == BAD_HOST)
			*result = JOB_REFUSED;
	}
	return ERR_NONE;
}

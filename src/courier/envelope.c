/* SPDX-License-Identifier: Apache-2.0
 *
 * The process that seals letters.
 */
#include "courier/envelope.h"

#include "base/clock.h"
#include "base/reader.h"
#include "courier/child.h"
#include "courier/pgp.h"
#include "crypto/cms.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SEALERS = 4, FRAME = ENVELOPE_FRAME, SEALER_FILES = 64,
	SEALER_FILE_BYTES = 16777216 };

struct sealer {
	pid_t pid; /* 0: free */
	int pidfd;
	int64_t until_ms;
	bool is_late;
	uint32_t request;
	char home[4096];
};

/* --- questions and answers as bytes --- */

static void
put_ask(const struct envelope_ask *a, struct buf *out)
{
	buf_put_u32(out, a->request);
	buf_put_u32(out, a->wait_ms);
	buf_put_u64(out, (uint64_t)a->now_s);
	buf_put_span32(out, a->key);
	buf_put_span32(out, a->part);
}

static bool
take_ask(struct span in, struct envelope_ask *out)
{
	struct reader r;

	reader_init(&r, in);
	out->request = reader_u32(&r);
	out->wait_ms = reader_u32(&r);
	out->now_s = (int64_t)reader_u64(&r);
	out->key = reader_span32(&r, FRAME);
	out->part = reader_span32(&r, FRAME);
	return reader_check(&r, true) == ERR_NONE;
}

static void
give_answer(int fd, const struct envelope_answer *a)
{
	struct buf b;

	buf_init(&b, FRAME);
	buf_put_u32(&b, a->request);
	buf_put_u8(&b, a->is_good);
	buf_put_u8(&b, (uint8_t)a->kind);
	buf_put_u64(&b, (uint64_t)a->until_s);
	buf_put_span8(&b, a->fingerprint);
	buf_put_span16(&b, a->who);
	buf_put_span32(&b, a->data);
	(void)!send(fd, b.p, b.n, MSG_NOSIGNAL);
	buf_release(&b);
}

static void
give_refusal(int fd, uint32_t request, const char *why)
{
	const struct envelope_answer a = { .request = request,
		.data = span_str(why) };

	give_answer(fd, &a);
}

/* --- one letter --- */

static bool
is_pgp(struct span key)
{
	return key.n != 0 && memmem(key.p, key.n, "BEGIN PGP", 9) != NULL;
}

struct looked {
	struct cms_card cms;
	struct pgp_card pgp;
};

static enum err
seal_smime(const struct envelope_ask *a, struct looked *x,
    struct envelope_answer *out, struct buf *data, struct fault *f)
{
	enum err e = a->part.n == 0 ?
	    cms_look(a->key, a->now_s, &x->cms, data, f) :
	    cms_seal(a->key, a->now_s, a->part, data, f);

	out->kind = JOB_KEY_SMIME;
	out->fingerprint = span_str(x->cms.fingerprint);
	out->who = span_str(x->cms.who);
	out->until_s = x->cms.until_s;
	return e;
}

static enum err
seal_pgp(const char *home, const struct envelope_ask *a, struct looked *x,
    struct envelope_answer *out, struct buf *data, struct fault *f)
{
	enum err e = a->part.n == 0 ?
	    pgp_look(home, a->key, &x->pgp, data, f) :
	    pgp_seal(home, a->key, a->part, data, f);

	out->kind = JOB_KEY_OPENPGP;
	out->fingerprint = span_str(x->pgp.fingerprint);
	out->who = span_str(x->pgp.who);
	out->until_s = x->pgp.until_s;
	return e;
}

static void
seal(const char *home, int fd, const struct envelope_ask *a)
{
	struct envelope_answer out = { .request = a->request };
	struct looked x = { .cms = { .until_s = 0 } };
	struct fault f = { 0 };
	char why[sizeof f.field + sizeof f.rule + 2];
	struct buf data;
	enum err e;

	buf_init(&data, a->part.n == 0 ? LIMIT_PAGE_CERTIFICATE :
		ENVELOPE_SEALED);
	e = is_pgp(a->key) ? seal_pgp(home, a, &x, &out, &data, &f) :
	    seal_smime(a, &x, &out, &data, &f);
	if (e == ERR_NONE) {
		out.is_good = true;
		out.data = buf_span(&data);
		give_answer(fd, &out);
	} else {
		snprintf(why, sizeof why, "%s %s", f.field, f.rule[0] != '\0' ?
			f.rule : err_sentence(e));
		give_refusal(fd, a->request, why);
	}
	buf_release(&data);
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	(void)!remove(path);
	return 0;
}

static void
remove_home(const char *path)
{
	if (path[0] != '\0')
		(void)!nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* --- the process --- */

static void
sealer_run(const char *home, int fd, const struct envelope_ask *a)
{
	const struct rlimit files = { SEALER_FILES, SEALER_FILES };
	const struct rlimit size = { SEALER_FILE_BYTES, SEALER_FILE_BYTES };

	setpgid(0, 0);
	signal(SIGXFSZ, SIG_IGN);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 ||
	    setrlimit(RLIMIT_NOFILE, &files) != 0 ||
	    setrlimit(RLIMIT_FSIZE, &size) != 0)
		_exit(71);
	seal(home, fd, a);
	_exit(0);
}

static void
sealer_start(struct sealer *s, const char *home, int fd,
    const struct envelope_ask *a)
{
	uint32_t wait_ms = a->wait_ms < ENVELOPE_WAIT_MS ? a->wait_ms :
	    ENVELOPE_WAIT_MS;

	*s = (struct sealer){ .request = a->request, .pidfd = -1,
		.until_ms = clock_mono_ms() + wait_ms };
	snprintf(s->home, sizeof s->home, "%s/XXXXXX", home);
	if (is_pgp(a->key) && mkdtemp(s->home) == NULL)
		s->home[0] = '\0';
	else if (!is_pgp(a->key))
		s->home[0] = '\0';
	s->pid = fork();
	if (s->pid == 0)
		sealer_run(s->home, fd, a);
	if (s->pid > 0)
		s->pidfd = (int)syscall(SYS_pidfd_open, s->pid, 0);
	if (s->pid < 0) {
		give_refusal(fd, a->request, "no process can be started");
		remove_home(s->home);
		s->pid = 0;
	}
}

static void
take_one(struct sealer *s, const char *home, int fd)
{
	static unsigned char room[FRAME];
	struct envelope_ask a;
	ssize_t n = recv(fd, room, sizeof room, 0);

	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		_exit(0); /* the courier is gone */
	if (n > 0 && take_ask(span_of(room, (size_t)n), &a))
		sealer_start(s, home, fd, &a);
}

static void
look_after(struct sealer *s, int fd)
{
	int status;

	if (!s->is_late && clock_mono_ms() >= s->until_ms) {
		s->is_late = true;
		kill(-s->pid, SIGKILL);
		kill(s->pid, SIGKILL);
	}
	if (waitpid(s->pid, &status, WNOHANG) != s->pid)
		return;
	kill(-s->pid, SIGKILL);
	if (s->pidfd >= 0)
		close(s->pidfd);
	if (s->is_late || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		give_refusal(fd, s->request, s->is_late ?
		    "what encrypts did not end in its time" :
		    "what encrypts has died of this key");
	remove_home(s->home);
	s->pid = 0;
}

static void
serve(const char *home, int fd)
{
	struct sealer all[SEALERS] = { { 0 } };

	for (;;) {
		struct pollfd p[SEALERS + 1];
		struct sealer *free_one = NULL;
		bool has_some = false;

		for (size_t i = 0; i < SEALERS; i++) {
			p[i + 1] = (struct pollfd){ .fd = all[i].pid != 0 ?
			    all[i].pidfd : -1, .events = POLLIN };
			if (all[i].pid == 0)
				free_one = &all[i];
			else
				has_some = true;
		}
		p[0] = (struct pollfd){ .fd = free_one != NULL ? fd : -1,
			.events = POLLIN };
		if (poll(p, SEALERS + 1, has_some ? 250 : -1) < 0)
			continue;
		for (size_t i = 0; i < SEALERS; i++)
			if (all[i].pid != 0)
				look_after(&all[i], fd);
		if (free_one != NULL && p[0].revents != 0)
			take_one(free_one, home, fd);
	}
}

/* What a process that was killed has left is of no use. */
static enum err
prepare(const char *home)
{
	remove_home(home);
	return mkdir(home, 0700) == 0 ? ERR_NONE : ERR_IO;
}

struct sealing {
	const char *home;
	envelope_confine_fn *confine;
	void *ctx;
};

static void
sealing_main(void *ctx)
{
	const struct sealing *s = ctx;
	const struct rlimit none = { 0, 0 };

	/* programs find an empty environment and nothing on 0 to 2 but the
	 * log; the folder is all they may write */
	if (clearenv() != 0 || setenv("PATH", "/usr/bin:/bin", 1) != 0 ||
	    setrlimit(RLIMIT_CORE, &none) != 0 || chdir(s->home) != 0 ||
	    s->confine(s->ctx) != ERR_NONE)
		return;
	signal(SIGPIPE, SIG_IGN);
	(void)fcntl(CHILD_FD, F_SETFD, FD_CLOEXEC);
	serve(s->home, CHILD_FD);
}

enum err
envelope_start(const char *home, envelope_confine_fn *confine, void *ctx,
    int *out_fd)
{
	struct sealing s = { home, confine, ctx };
	enum err e = prepare(home);

	return e != ERR_NONE ? e :
	    child_start(2 * FRAME, sealing_main, &s, out_fd);
}

/* --- the courier's side --- */

bool
envelope_send(int fd, const struct envelope_ask *ask)
{
	struct buf b;
	bool good;

	buf_init(&b, FRAME);
	put_ask(ask, &b);
	good = fd >= 0 && buf_check(&b) == ERR_NONE && send(fd, b.p, b.n,
	    MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)b.n;
	buf_release(&b);
	return good;
}

enum err
envelope_take(int fd, struct buf *room, struct envelope_answer *out)
{
	struct envelope_answer x = { .request = 0 };
	struct reader r;
	unsigned char *p;
	ssize_t n;

	buf_clear(room);
	p = buf_extend(room, FRAME);
	if (p == NULL)
		return ERR_NOT_FOUND;
	n = recv(fd, p, FRAME, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return ERR_NOT_FOUND;
	if (n <= 0)
		return ERR_CLOSED;
	reader_init(&r, span_of(p, (size_t)n));
	x.request = reader_u32(&r);
	x.is_good = reader_u8(&r) != 0;
	x.kind = reader_u8(&r) == JOB_KEY_OPENPGP ? JOB_KEY_OPENPGP :
	    JOB_KEY_SMIME;
	x.until_s = (int64_t)reader_u64(&r);
	x.fingerprint = reader_span8(&r, UINT8_MAX);
	x.who = reader_span16(&r, LIMIT_PAGE_ADDRESS);
	x.data = reader_span32(&r, FRAME);
	if (reader_check(&r, true) != ERR_NONE)
		return ERR_CLOSED;
	*out = x;
	return ERR_NONE;
}

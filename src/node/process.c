/* SPDX-License-Identifier: Apache-2.0
 *
 * The parent of the pair of keeper and node, of its aides, the courier and the
 * writer of the public site, and of the web process.
 */
#include "node/process_inside.h"

#include "base/limits.h"
#include "base/log.h"
#include "node/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	STOP_WAIT_MS = 10000,  /* for SIGTERM to work, per child */
	PAUSE_LEAST_MS = 100,  /* before the pair is started again ... */
	PAUSE_MOST_MS = 30000, /* ... doubling up to this, */
	CALM_MS = 60000,       /* until it has run for so long */
	ALIVE_MOST_MS = 60000,
	KEPT_MOST_MS = 60000
};

static const char *const role_words[] = { [PROCESS_PARENT] = "parent",
	[PROCESS_KEEPER] = "keeper", [PROCESS_NODE] = "node",
	[PROCESS_COURIER] = "courier", [PROCESS_WEB] = "web",
	[PROCESS_SITE] = "site" };

struct child {
	struct parent *parent;
	enum process_role role;
	pid_t pid;                /* 0: none */
	int fd;                   /* its signs of life */
	struct loop_watch *watch;
	bool is_ready;
	int64_t alive_ms;         /* of the last sign; 0: it gives none */
	int64_t kept_ms;          /* of the last that the watch is kept */
	bool is_stalled;          /* it was told that it is not */
};

/* One that is started anew alone, and ends with the pair. */
struct aide {
	struct child child;
	int fd;                   /* for the next one, to the node; -1: none */
	bool is_wanted;
	struct loop_timer *pause;
	uint64_t pause_ms;
	int64_t started_ms;
};

enum { AIDE_COURIER, AIDE_SITE, AIDES };

static const struct {
	enum process_role role;
	int fd; /* the node's way to it */
} aides[AIDES] = { [AIDE_COURIER] = { PROCESS_COURIER, PROCESS_FD_COURIER },
	[AIDE_SITE] = { PROCESS_SITE, PROCESS_FD_SITE } };

struct parent {
	struct loop *loop;
	const struct config *config;
	bool is_debug;
	struct child keeper, node, web;
	struct aide aide[AIDES];
	int web_program;          /* almenara-web; -1: none is wanted */
	int web_pair[2];          /* of node and web process, whichever run */
	struct loop_timer *web_pause;
	uint64_t web_pause_ms;
	int64_t web_started_ms;
	struct loop_timer *pause; /* until the next start */
	struct loop_timer *kill;  /* until SIGKILL */
	struct loop_timer *watchdog;
	uint64_t pause_ms;
	int64_t started_ms;
	bool is_stopping;
	bool was_ready;
	bool is_again; /* the node asked to begin again */
	int status;
};

static void pair_start(void *ctx);

enum process_role
process_role_find(const char *word)
{
	for (int r = PROCESS_KEEPER; r <= PROCESS_SITE; r++)
		if (strcmp(word, role_words[r]) == 0)
			return (enum process_role)r;
	return PROCESS_PARENT;
}

/* --- starting --- */

/* What a child is given, by its number there; -1 for none. */
struct gifts {
	int fd[PROCESS_FD_END];
};

/* Between fork and exec: only calls that are safe there. The descriptors go
 * out of the way first, so that none overwrites another. */
static void
child_exec(char *const argv[], const struct gifts *g, int program)
{
	int away[PROCESS_FD_END];
	sigset_t none;
	bool good = true;

	for (int i = PROCESS_FD_PAIR; i < PROCESS_FD_END; i++)
		away[i] = g->fd[i] < 0 ? -1 : fcntl(g->fd[i], F_DUPFD, 10);
	program = program < 0 ? -1 : fcntl(program, F_DUPFD, 10);
	good = close_range(PROCESS_FD_PAIR, 9, 0) == 0;
	for (int i = PROCESS_FD_PAIR; i < PROCESS_FD_END; i++)
		good = good && (g->fd[i] < 0 || dup2(away[i], i) == i);
	if (program >= 0)
		good = good && dup3(program, PROCESS_FD_END, O_CLOEXEC) >= 0;
	if (!good || close_range(PROCESS_FD_END + (program >= 0), ~0u, 0) != 0)
		_exit(71);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (program >= 0)
		fexecve(PROCESS_FD_END, argv, environ);
	else
		execv("/proc/self/exe", argv);
	_exit(71);
}

static void on_sign(void *ctx, unsigned ready);
static void on_reload(void *ctx);

static enum err
child_start(struct parent *p, struct child *c, int pair_fd,
    const int *aide_fd)
{
	char role[8], config[4096];
	char own[] = "almenarad", web[] = "almenara-web";
	char f[] = "-f", r[] = "-R", d[] = "-d";
	char *argv[] = { c == &p->web ? web : own, f, config, r, role,
		p->is_debug ? d : NULL, NULL };
	struct gifts gifts;
	int fds[2];

	if ((size_t)snprintf(config, sizeof config, "%s", p->config->file) >=
	    sizeof config)
		return ERR_LIMIT;
	snprintf(role, sizeof role, "%s", role_words[c->role]);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
	    fds) != 0)
		return ERR_IO;
	for (size_t i = 0; i < PROCESS_FD_END; i++)
		gifts.fd[i] = -1;
	gifts.fd[PROCESS_FD_PAIR] = pair_fd;
	gifts.fd[PROCESS_FD_PARENT] = fds[1];
	if (c == &p->node)
		gifts.fd[PROCESS_FD_WEB] = p->web_pair[0];
	for (size_t i = 0; aide_fd != NULL && i < AIDES; i++)
		gifts.fd[aides[i].fd] = aide_fd[i];
	c->pid = fork();
	if (c->pid == 0)
		child_exec(argv, &gifts, c == &p->web ? p->web_program : -1);
	close(fds[1]);
	if (c->pid < 0 || loop_watch_create(p->loop, fds[0], on_sign, c,
	    &c->watch) != ERR_NONE) {
		if (c->pid > 0)
			kill(c->pid, SIGKILL);
		c->pid = c->pid < 0 ? 0 : c->pid;
		close(fds[0]);
		return ERR_IO;
	}
	c->fd = fds[0];
	c->is_ready = false;
	c->alive_ms = c->kept_ms = 0;
	c->is_stalled = false;
	loop_watch_set(c->watch, LOOP_READ);
	return ERR_NONE;
}

/* Again later, unless it is over. */
static void
pair_pause(struct parent *p)
{
	int64_t ran_ms = loop_now(p->loop).mono.ms - p->started_ms;

	loop_timer_stop(p->kill);
	if (p->is_stopping) {
		if (p->web.pid == 0)
			loop_stop(p->loop);
		else
			loop_timer_start(p->kill, STOP_WAIT_MS, 0);
		return;
	}
	if (p->pause_ms == 0 || ran_ms >= CALM_MS || p->is_again)
		p->pause_ms = PAUSE_LEAST_MS;
	p->is_again = false;
	log_event(LOG_WARNING, "process.restart",
	    log_uint("wait_ms", p->pause_ms));
	loop_timer_start(p->pause, p->pause_ms, 0);
	p->pause_ms = p->pause_ms * 2 < PAUSE_MOST_MS ? p->pause_ms * 2 :
	    PAUSE_MOST_MS;
}

/* Who is to end next: the keeper follows when its node is gone, so that the
 * node can still sign what it must on its way out. NULL: nobody is left. */
static struct child *
last_one(struct parent *p)
{
	if (p->node.pid != 0)
		return &p->node;
	if (p->keeper.pid != 0)
		return &p->keeper;
	for (size_t i = 0; i < AIDES; i++)
		if (p->aide[i].child.pid != 0)
			return &p->aide[i].child;
	return NULL;
}

static void
pair_end(struct parent *p)
{
	struct child *c = last_one(p);

	for (size_t i = 0; i < AIDES; i++)
		loop_timer_stop(p->aide[i].pause);
	if (c == NULL) {
		pair_pause(p);
		return;
	}
	kill(c->pid, SIGTERM);
	loop_timer_start(p->kill, STOP_WAIT_MS, 0);
}

static void
aide_start(void *ctx)
{
	struct aide *a = ctx;
	struct parent *p = a->child.parent;

	if (p->is_stopping || !a->is_wanted || a->child.pid != 0 ||
	    a->fd < 0 || p->node.pid == 0 || p->keeper.pid == 0)
		return;
	a->started_ms = loop_now(p->loop).mono.ms;
	if (child_start(p, &a->child, a->fd, NULL) != ERR_NONE)
		log_event(LOG_ERROR, "process.start-failed",
		    log_str("role", role_words[a->child.role]),
		    log_str("why", strerrordesc_np(errno)));
}

/* It ended alone: another one, later. */
static void
aide_again(struct aide *a)
{
	int64_t ran_ms = loop_now(a->child.parent->loop).mono.ms -
	    a->started_ms;

	if (a->pause_ms == 0 || ran_ms >= CALM_MS)
		a->pause_ms = PAUSE_LEAST_MS;
	loop_timer_start(a->pause, a->pause_ms, 0);
	a->pause_ms = a->pause_ms * 2 < PAUSE_MOST_MS ? a->pause_ms * 2 :
							PAUSE_MOST_MS;
}

static void
web_start(void *ctx)
{
	struct parent *p = ctx;

	if (p->is_stopping || p->web_program < 0 || p->web.pid != 0)
		return;
	p->web_started_ms = loop_now(p->loop).mono.ms;
	if (child_start(p, &p->web, p->web_pair[1], NULL) != ERR_NONE)
		log_event(LOG_ERROR, "process.start-failed",
		    log_str("role", role_words[PROCESS_WEB]),
		    log_str("why", strerrordesc_np(errno)));
}

/* It ended, or is to read its files anew, which takes no pause. */
static void
web_again(struct parent *p, bool is_wanted)
{
	int64_t ran_ms = loop_now(p->loop).mono.ms - p->web_started_ms;

	if (p->web_pause_ms == 0 || ran_ms >= CALM_MS || is_wanted)
		p->web_pause_ms = PAUSE_LEAST_MS;
	loop_timer_start(p->web_pause, is_wanted ? 0 : p->web_pause_ms, 0);
	p->web_pause_ms = p->web_pause_ms * 2 < PAUSE_MOST_MS ?
	    p->web_pause_ms * 2 : PAUSE_MOST_MS;
}

/* The program beside this one, as it is now: that of a later version is for a
 * later start of this one. */
static int
web_find(void)
{
	static const char name[] = "/almenara-web";
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - sizeof name);
	char *slash;

	if (n < 0)
		return -1;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (slash == NULL)
		return -1;
	memcpy(slash, name, sizeof name);
	return open(path, O_PATH | O_CLOEXEC);
}

static void
web_prepare(struct parent *p)
{
	if (p->config->web_listen.n == 0)
		return;
	p->web_program = web_find();
	if (p->web_program < 0 || socketpair(AF_UNIX,
	    SOCK_SEQPACKET | SOCK_CLOEXEC, 0, p->web_pair) != 0)
		log_event(LOG_ERROR, "process.start-failed",
		    log_str("role", role_words[PROCESS_WEB]),
		    log_str("why", strerrordesc_np(errno)));
}

/* The node's end of its way to an aide; the other one is kept. Never blocks
 * the node: it asks before it writes. */
static int
aide_pair(struct aide *a)
{
	int fds[2];

	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
	a->is_wanted = false;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
		return -1;
	a->fd = fds[0];
	return fds[1];
}

static void
pair_start(void *ctx)
{
	struct parent *p = ctx;
	int fds[2] = { -1, -1 }, way[AIDES];
	enum err e = ERR_IO;
	bool has_aides = true;

	p->started_ms = loop_now(p->loop).mono.ms;
	for (size_t i = 0; i < AIDES; i++) {
		way[i] = aide_pair(&p->aide[i]);
		has_aides = has_aides && way[i] >= 0;
	}
	if (has_aides && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    fds) == 0) {
		e = child_start(p, &p->keeper, fds[0], NULL);
		if (e == ERR_NONE)
			e = child_start(p, &p->node, fds[1], way);
		close(fds[0]);
		close(fds[1]);
	}
	for (size_t i = 0; i < AIDES; i++)
		if (way[i] >= 0)
			close(way[i]);
	if (e == ERR_NONE) {
		log_event(LOG_DETAIL, "process.started",
		    log_int("keeper", p->keeper.pid),
		    log_int("node", p->node.pid));
		return;
	}
	log_event(LOG_ERROR, "process.start-failed",
	    log_str("why", strerrordesc_np(errno)));
	pair_end(p);
}

/* --- watching --- */

static void
on_ready_sign(struct parent *p, struct child *c)
{
	c->is_ready = true;
	if (!p->keeper.is_ready || !p->node.is_ready || p->is_stopping ||
	    (c != &p->keeper && c != &p->node))
		return;
	log_event(LOG_NOTICE, "process.ready");
	p->was_ready = true;
	notify_send("READY=1\nSTATUS=keeper and node are running");
	/* it reads what the node has opened */
	p->aide[AIDE_SITE].is_wanted = p->config->site_url != NULL &&
	    p->config->site_url[0] != '\0';
	aide_start(&p->aide[AIDE_SITE]);
}

static void
on_kept(struct child *c)
{
	if (c->is_stalled) {
		log_event(LOG_NOTICE, "watch.kept-again");
		notify_send("STATUS=keeper and node are running");
	}
	c->is_stalled = false;
	c->kept_ms = loop_now(c->parent->loop).mono.ms;
}

static void
on_sign(void *ctx, unsigned ready)
{
	struct child *c = ctx;
	char signs[64];
	ssize_t n = read(c->fd, signs, sizeof signs);

	(void)ready;
	/* the end of the process itself is told by SIGCHLD */
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		loop_watch_set(c->watch, 0);
	for (ssize_t i = 0; i < n; i++) {
		if (signs[i] == SIGN_READY)
			on_ready_sign(c->parent, c);
		else if (signs[i] == SIGN_ALIVE)
			c->alive_ms = loop_now(c->parent->loop).mono.ms;
		else if (signs[i] == SIGN_KEPT)
			on_kept(c);
		else if (signs[i] == SIGN_RELOAD)
			on_reload(c->parent);
		else if (signs[i] == SIGN_COURIER) {
			c->parent->aide[AIDE_COURIER].is_wanted = true;
			aide_start(&c->parent->aide[AIDE_COURIER]);
		}
	}
}

static void
child_ended(struct parent *p, struct child *c, int status)
{
	bool is_fatal = WIFEXITED(status) &&
	    WEXITSTATUS(status) == PROCESS_EXIT_CONFIG;
	/* a node that was still starting has no handler yet */
	bool is_wanted = p->is_stopping && (WIFSIGNALED(status) ?
	    WTERMSIG(status) == SIGTERM : WEXITSTATUS(status) == 0);

	if (WIFEXITED(status) && WEXITSTATUS(status) == PROCESS_EXIT_AGAIN) {
		is_wanted = true;
		p->is_again |= c != &p->web;
	} else if (p->is_again && c != &p->web)
		is_wanted = true; /* the keeper follows its node */
	log_event(is_wanted ? LOG_DETAIL : LOG_ERROR, "process.ended",
	    log_str("role", role_words[c->role]), log_int("pid", c->pid),
	    WIFSIGNALED(status) ? log_int("signal", WTERMSIG(status)) :
	    log_int("status", WEXITSTATUS(status)));
	c->pid = 0;
	loop_watch_free(c->watch);
	c->watch = NULL;
	close(c->fd);
	c->is_ready = false;
	if (is_fatal && (c == &p->keeper || c == &p->node)) {
		p->status = PROCESS_EXIT_CONFIG;
		p->is_stopping = true;
	}
}

/* Alone, unless all end. */
static void
aide_ended(struct parent *p, struct aide *a)
{
	int status;

	if (a->child.pid == 0 ||
	    waitpid(a->child.pid, &status, WNOHANG) != a->child.pid)
		return;
	child_ended(p, &a->child, status);
	if (p->is_stopping || p->node.pid == 0 || p->keeper.pid == 0)
		pair_end(p);
	else
		aide_again(a);
}

/* Alone, and last of all when all end. */
static void
web_ended(struct parent *p)
{
	int status;

	if (p->web.pid == 0 ||
	    waitpid(p->web.pid, &status, WNOHANG) != p->web.pid)
		return;
	child_ended(p, &p->web, status);
	if (!p->is_stopping)
		web_again(p, WIFEXITED(status) &&
		    WEXITSTATUS(status) == PROCESS_EXIT_AGAIN);
	else if (last_one(p) == NULL)
		loop_stop(p->loop);
}

static void
on_child(void *ctx)
{
	struct parent *p = ctx;
	struct child *both[] = { &p->node, &p->keeper };
	bool has_ended = false;
	int status;

	web_ended(p);
	for (size_t i = 0; i < AIDES; i++)
		aide_ended(p, &p->aide[i]);
	for (size_t i = 0; i < 2; i++) {
		if (both[i]->pid == 0 || waitpid(both[i]->pid, &status,
		    WNOHANG) != both[i]->pid)
			continue;
		child_ended(p, both[i], status);
		has_ended = true;
	}
	if (has_ended)
		pair_end(p);
}

static void
on_kill(void *ctx)
{
	struct parent *p = ctx;
	struct child *c = last_one(p);

	if (c == NULL && p->web.pid != 0)
		c = &p->web;
	if (c == NULL)
		return;
	log_event(LOG_WARNING, "process.killed",
	    log_str("role", role_words[c->role]), log_int("pid", c->pid));
	kill(c->pid, SIGKILL);
}

static bool
is_hung(const struct child *c, int64_t now_ms)
{
	return c->pid != 0 && c->alive_ms != 0 &&
	    now_ms - c->alive_ms > ALIVE_MOST_MS;
}

/* The node lives, but steps of escalations are not taken: somebody outside of
 * it must say so. It is not ended: what it cannot write it still serves. */
static void
check_kept(struct parent *p)
{
	struct child *c = &p->node;
	int64_t since = loop_now(p->loop).mono.ms - c->kept_ms;

	if (c->pid == 0 || c->kept_ms == 0 || since < KEPT_MOST_MS)
		return;
	if (!c->is_stalled) {
		log_event(LOG_ERROR, "watch.stalled",
		    log_int("for_ms", since),
		    log_str("next", "almenara watch --check"));
		notify_send("STATUS=the watch is not kept: "
		    "almenara watch --check");
	}
	c->is_stalled = true;
}

/* systemd watches the parent, the parent watches the node. */
static void
on_watchdog(void *ctx)
{
	struct parent *p = ctx;

	notify_send("WATCHDOG=1");
	check_kept(p);
	if (!is_hung(&p->node, loop_now(p->loop).mono.ms))
		return;
	log_event(LOG_ERROR, "process.hung",
	    log_str("role", role_words[p->node.role]),
	    log_int("pid", p->node.pid));
	kill(p->node.pid, SIGKILL);
}

/* --- stopping --- */

static void
on_stop(void *ctx)
{
	struct parent *p = ctx;

	if (p->is_stopping)
		return;
	p->is_stopping = true;
	log_event(LOG_NOTICE, "process.stopping");
	notify_send("STOPPING=1");
	loop_timer_stop(p->pause);
	loop_timer_stop(p->web_pause);
	if (p->web.pid != 0)
		kill(p->web.pid, SIGTERM);
	pair_end(p);
}

/* --- reloading --- */

/* Where the rules are now, by a configuration that may be new. */
static int
rules_open(const struct parent *p)
{
	struct config fresh = { 0 };
	struct arena mem = { 0 };
	struct buf faults;
	int fd;

	buf_init(&faults, LIMIT_CONFIG);
	if (config_read(p->config->file, &fresh, &faults) != ERR_NONE)
		fresh = (struct config){ 0 };
	fd = open(config_rules_path(fresh.file != NULL ? &fresh : p->config,
	    &mem), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	config_release(&fresh);
	buf_release(&faults);
	arena_release(&mem);
	return fd;
}

/* If the node's socket is full, it has not looked at earlier ones yet. */
static void
files_hand(const struct parent *p)
{
	union {
		char room[CMSG_SPACE(2 * sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	int fd[2] = { open(p->config->file, O_RDONLY | O_CLOEXEC |
	    O_NONBLOCK), rules_open(p) };
	struct files_note note = { SIGN_RELOAD, (char)(fd[0] >= 0),
		(char)(fd[1] >= 0) };
	struct iovec io = { &note, sizeof note };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1 };
	struct cmsghdr *c = &control.align;
	size_t n = 0;
	int have[2];

	for (size_t i = 0; i < 2; i++)
		if (fd[i] >= 0)
			have[n++] = fd[i];
	if (n != 0) {
		m.msg_control = control.room;
		m.msg_controllen = CMSG_SPACE(n * sizeof(int));
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(c), have, n * sizeof(int));
	}
	if (sendmsg(p->node.fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		log_event(LOG_WARNING, "process.reload",
		    log_str("why", strerrordesc_np(errno)));
	for (size_t i = 0; i < n; i++)
		close(have[i]);
}

static void
on_reload(void *ctx)
{
	struct parent *p = ctx;

	if (p->node.pid == 0)
		return;
	files_hand(p);
	kill(p->node.pid, SIGHUP);
}

int
process_parent_run(const struct config *config, bool is_debug)
{
	static const struct {
		int number;
		loop_fn *fn;
	} wanted[] = { { SIGCHLD, on_child }, { SIGTERM, on_stop },
		{ SIGINT, on_stop }, { SIGHUP, on_reload } };
	struct loop_signal *signals[4] = { 0 };
	struct parent p = { .loop = loop_create(), .config = config,
		.is_debug = is_debug, .web_program = -1,
		.web_pair = { -1, -1 },
		.web = { .parent = &p, .role = PROCESS_WEB },
		.keeper = { .parent = &p, .role = PROCESS_KEEPER },
		.node = { .parent = &p, .role = PROCESS_NODE } };
	uint64_t watchdog_ms = notify_watchdog_ms();
	enum err e = ERR_NONE;

	p.pause = loop_timer_create(p.loop, pair_start, &p);
	for (size_t i = 0; i < AIDES; i++) {
		struct aide *a = &p.aide[i];

		a->child = (struct child){ .parent = &p,
			.role = aides[i].role };
		a->fd = -1;
		a->pause = loop_timer_create(p.loop, aide_start, a);
	}
	p.web_pause = loop_timer_create(p.loop, web_start, &p);
	p.kill = loop_timer_create(p.loop, on_kill, &p);
	p.watchdog = loop_timer_create(p.loop, on_watchdog, &p);
	for (size_t i = 0; e == ERR_NONE && i < 4; i++)
		e = loop_signal_create(p.loop, wanted[i].number, wanted[i].fn,
		    &p, &signals[i]);
	if (watchdog_ms == 0 || watchdog_ms > KEPT_MOST_MS)
		watchdog_ms = KEPT_MOST_MS;
	loop_timer_start(p.watchdog, watchdog_ms / 2, watchdog_ms / 2);
	if (e == ERR_NONE) {
		web_prepare(&p);
		pair_start(&p);
		web_start(&p);
		loop_run(p.loop);
	}
	for (size_t i = 0; i < 4; i++)
		loop_signal_free(signals[i]);
	loop_timer_free(p.pause);
	for (size_t i = 0; i < AIDES; i++) {
		loop_timer_free(p.aide[i].pause);
		if (p.aide[i].fd >= 0)
			close(p.aide[i].fd);
	}
	loop_timer_free(p.web_pause);
	loop_timer_free(p.kill);
	loop_timer_free(p.watchdog);
	loop_free(p.loop);
	if (p.web_program >= 0)
		close(p.web_program);
	for (size_t i = 0; i < 2; i++)
		if (p.web_pair[i] >= 0)
			close(p.web_pair[i]);
	log_event(LOG_NOTICE, "process.stopped");
	return e != ERR_NONE ? EXIT_FAILURE : p.status;
}

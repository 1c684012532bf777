/* SPDX-License-Identifier: Apache-2.0
 *
 * node/process: the parent and two children that only pretend. This program
 * plays all three: the parent starts its own executable with "-R role".
 * Which child failed how is read from the configuration file's name.
 */
#include "base/log.h"
#include "node/config.h"
#include "node/process.h"

#include "cmocka_all.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000 };

/* --- the children --- */

static volatile sig_atomic_t has_stop, has_reload;

static void
on_signal(int number)
{
	if (number == SIGTERM)
		has_stop = 1;
	else
		has_reload = 1;
}

static int
pretend_keeper(const char *how)
{
	char c;

	if (strcmp(how, "broken") == 0)
		return PROCESS_EXIT_CONFIG;
	signal(SIGTERM, SIG_IGN);
	process_ready();
	return read(PROCESS_FD_PAIR, &c, 1) == 0 ? 0 : 1;
}

static int
pretend_node(void)
{
	struct sigaction a = { .sa_handler = on_signal };
	sigset_t both, before;

	sigemptyset(&both);
	sigaddset(&both, SIGTERM);
	sigaddset(&both, SIGHUP);
	sigprocmask(SIG_BLOCK, &both, &before);
	sigaction(SIGHUP, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
	process_ready();
	while (!has_stop) {
		sigsuspend(&before);
		if (has_reload)
			log_event(LOG_NOTICE, "test.reloaded");
		has_reload = 0;
	}
	return 0;
}

static int
pretend(int argc, char **argv)
{
	const char *how = "";
	enum process_role role = PROCESS_PARENT;
	int c;

	while ((c = getopt(argc, argv, "f:R:d")) != -1) {
		if (c == 'f')
			how = optarg;
		else if (c == 'R')
			role = process_role_find(optarg);
	}
	if (process_child_init("test") != ERR_NONE)
		return 50;
	/* nothing of the parent's may be open here, but the node's way to the
	 * courier */
	if (fcntl(PROCESS_FD_COURIER, F_GETFD) !=
		(role == PROCESS_NODE ? 0 : -1) ||
	    fcntl(PROCESS_FD_SITE, F_GETFD) !=
		(role == PROCESS_NODE ? 0 : -1) ||
	    fcntl(PROCESS_FD_END, F_GETFD) != -1)
		return 51;
	return role == PROCESS_KEEPER ? pretend_keeper(how) :
	    pretend_node();
}

/* --- the test --- */

struct run {
	pid_t parent;
	int log;          /* what all of them write */
	char text[65536];
	size_t n, seen;
};

static void
run_start(struct run *r, const char *how, const char *notify)
{
	struct config config = { 0 };
	char file[32];
	int fds[2];

	snprintf(file, sizeof file, "%s", how);
	config.file = file;
	*r = (struct run){ 0 };
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	r->parent = fork();
	assert_true(r->parent >= 0);
	if (r->parent == 0) {
		if (notify != NULL)
			setenv("NOTIFY_SOCKET", notify, 1);
		dup2(fds[1], STDERR_FILENO);
		log_init("parent", LOG_DEBUG, STDERR_FILENO);
		_exit(process_parent_run(&config, false));
	}
	close(fds[1]);
	r->log = fds[0];
}

static void
dump(struct run *r, const char *wanted)
{
	print_message("# waited for '%s' in:\n%s\n", wanted, r->text);
	fail();
}

/* Wait until `event` is logged, after what was waited for before. */
static const char *
run_await(struct run *r, const char *event)
{
	struct pollfd p = { .fd = r->log, .events = POLLIN };
	const char *at;
	ssize_t n;

	while ((at = strstr(r->text + r->seen, event)) == NULL ||
	    strchr(at, '\n') == NULL) {
		if (poll(&p, 1, PATIENCE_MS) != 1)
			dump(r, event);
		n = read(r->log, r->text + r->n, sizeof r->text - 1 - r->n);
		if (n <= 0)
			dump(r, event);
		r->n += (size_t)n;
		r->text[r->n] = '\0';
	}
	r->seen = (size_t)(strchr(at, '\n') - r->text);
	return at;
}

static pid_t
pid_in(const char *line, const char *key)
{
	const char *at = strstr(line, key);

	assert_non_null(at);
	return (pid_t)strtol(at + strlen(key), NULL, 10);
}

static int
run_end(struct run *r)
{
	int status;

	assert_int_equal(waitpid(r->parent, &status, 0), r->parent);
	close(r->log);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
assert_gone(pid_t pid)
{
	for (int i = 0; i < 500; i++) {
		/* of a killed parent we are the heirs */
		(void)waitpid(pid, NULL, WNOHANG);
		if (kill(pid, 0) != 0 && errno == ESRCH)
			return;
		usleep(10000);
	}
	fail_msg("process %d is still there", (int)pid);
}

static void
test_clean_stop(void **state)
{
	pid_t keeper, node;
	const char *line;
	struct run r;
	int ended = 0;

	(void)state;
	run_start(&r, "good", NULL);
	line = run_await(&r, "process.started");
	keeper = pid_in(line, "keeper=");
	node = pid_in(line, "node=");
	run_await(&r, "process.ready");
	kill(r.parent, SIGHUP);
	run_await(&r, "test.reloaded");
	kill(r.parent, SIGTERM);
	/* only the node is told to end; the keeper follows when it is gone, and
	 * the parent may learn of both at once, in either order */
	for (int i = 0; i < 2; i++) {
		line = run_await(&r, "process.ended role=");
		ended += strstr(line, "role=node") != NULL ? 1 : 10;
	}
	assert_int_equal(ended, 11);
	run_await(&r, "process.stopped");
	assert_int_equal(run_end(&r), 0);
	assert_gone(keeper);
	assert_gone(node);
}

/* Whichever is killed, both are new. */
static void
test_killed_child(void **state)
{
	static const char *const keys[] = { "keeper=", "node=" };
	pid_t pids[2], again[2];
	const char *line;
	struct run r;

	(void)state;
	run_start(&r, "good", NULL);
	for (int i = 0; i < 2; i++) {
		line = run_await(&r, "process.started");
		pids[0] = pid_in(line, keys[0]);
		pids[1] = pid_in(line, keys[1]);
		run_await(&r, "process.ready");
		kill(pids[i], SIGKILL);
		run_await(&r, "signal=9");
		run_await(&r, "process.restart");
		assert_gone(pids[0]);
		assert_gone(pids[1]);
	}
	line = run_await(&r, "process.started");
	for (int i = 0; i < 2; i++)
		again[i] = pid_in(line, keys[i]);
	run_await(&r, "process.ready");
	kill(r.parent, SIGINT);
	assert_int_equal(run_end(&r), 0);
	assert_gone(again[0]);
	assert_gone(again[1]);
}

static void
test_parent_killed(void **state)
{
	pid_t keeper, node;
	const char *line;
	struct run r;

	(void)state;
	run_start(&r, "good", NULL);
	line = run_await(&r, "process.started");
	keeper = pid_in(line, "keeper=");
	node = pid_in(line, "node=");
	run_await(&r, "process.ready");
	kill(r.parent, SIGKILL);
	assert_int_equal(waitpid(r.parent, NULL, 0), r.parent);
	close(r.log);
	assert_gone(keeper);
	assert_gone(node);
}

/* A keeper that says that trying again is no use. */
static void
test_broken_keeper(void **state)
{
	struct run r;

	(void)state;
	run_start(&r, "broken", NULL);
	run_await(&r, "process.ended role=keeper");
	assert_int_equal(run_end(&r), PROCESS_EXIT_CONFIG);
}

static void
assert_told(int fd, const char *want)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char got[256] = "";

	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
	assert_true(recv(fd, got, sizeof got - 1, 0) > 0);
	assert_string_equal(got, want);
}

/* systemd is told when both are ready, and when we stop. */
static void
test_notify(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char name[64];
	int n = snprintf(name, sizeof name, "@almenara-test-%d",
	    (int)getpid());
	struct run r;

	(void)state;
	memcpy(a.sun_path + 1, name + 1, (size_t)n - 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&a,
	    (socklen_t)(sizeof a.sun_family + (size_t)n)), 0);
	run_start(&r, "good", name);
	assert_told(fd, "READY=1\nSTATUS=keeper and node are running");
	kill(r.parent, SIGTERM);
	assert_told(fd, "STOPPING=1");
	assert_int_equal(run_end(&r), 0);
	close(fd);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean_stop),
		cmocka_unit_test(test_killed_child),
		cmocka_unit_test(test_parent_killed),
		cmocka_unit_test(test_broken_keeper),
		cmocka_unit_test(test_notify),
	};

	if (argc > 1)
		return pretend(argc, argv);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return cmocka_run_group_tests_name("process", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * node/sandbox: what a role may not do, tried in a forked process; and what
 * it must still be able to do.
 */
#include "node/sandbox.h"

#include "cmocka_all.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/test_sandbox_XXXXXX";

/* The status of waitpid for `what` done under the role's sandbox. */
static int
run(enum sandbox_role role, enum sandbox_mode mode, int (*what)(void))
{
	const struct sandbox_paths paths = { .read = { "/etc", "/no/such" },
		.write = { folder } };
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (sandbox_enter(role, mode, role == SANDBOX_KEEPER ? NULL :
		    &paths) != ERR_NONE)
			_exit(100);
		_exit(what());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static bool
may(enum sandbox_role role, int (*what)(void))
{
	int status = run(role, SANDBOX_ENFORCE, what);

	assert_true(WIFEXITED(status));
	assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == EPERM ||
	    WEXITSTATUS(status) == EACCES);
	return WEXITSTATUS(status) == 0;
}

static int
open_at(const char *path, int flags)
{
	return open(path, flags | O_CLOEXEC, 0600) >= 0 ? 0 : errno;
}

static int
open_etc(void)
{
	return open_at("/etc/passwd", O_RDONLY);
}

static int
open_shadow_elsewhere(void)
{
	return open_at("/var/log", O_RDONLY | O_DIRECTORY);
}

static int
write_etc(void)
{
	return open_at("/etc/almenara-test", O_WRONLY | O_CREAT);
}

static int
write_store(void)
{
	char path[64], to[64];

	snprintf(path, sizeof path, "%s/a", folder);
	snprintf(to, sizeof to, "%s/b", folder);
	if (open_at(path, O_RDWR | O_CREAT) != 0)
		return errno;
	if (truncate(path, 0) == 0 || errno != EPERM)
		/* not among the calls; ftruncate is */
		return 101;
	return rename(path, to) == 0 && unlink(to) == 0 ? 0 : errno;
}

static int
make_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : errno;
}

static int
make_packet_socket(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0) >= 0 ? 0 : errno;
}

static void *
on_thread(void *arg)
{
	return arg;
}

static int
make_thread(void)
{
	pthread_t t;
	int r = pthread_create(&t, NULL, on_thread, NULL);

	return r != 0 ? r : pthread_join(t, NULL);
}

static int
make_process(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid > 0 ? 0 : errno;
}

static int
make_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED ? 0 : errno;
}

static int
work(void)
{
	struct timespec t;
	void *p = malloc(1 << 22);

	if (p == NULL || clock_gettime(CLOCK_REALTIME, &t) != 0)
		return 102;
	free(p);
	return write(STDERR_FILENO, "", 0) == 0 && close(0) == 0 ? 0 : 103;
}

static int
do_exec(void)
{
	char *argv[] = { NULL };

	execv("/bin/true", argv);
	return 0;
}

static void
test_keeper_has_only_its_memory(void **state)
{
	(void)state;
	assert_true(may(SANDBOX_KEEPER, work));
	assert_false(may(SANDBOX_KEEPER, open_etc));
	assert_false(may(SANDBOX_KEEPER, make_socket));
	assert_false(may(SANDBOX_KEEPER, make_thread));
	assert_false(may(SANDBOX_KEEPER, make_code));
}

static void
test_node_has_store_and_network(void **state)
{
	bool has_landlock = syscall(SYS_landlock_create_ruleset, NULL, 0, 1) >
	    0;

	(void)state;
	assert_true(may(SANDBOX_NODE, work));
	assert_true(may(SANDBOX_NODE, open_etc));
	assert_true(may(SANDBOX_NODE, write_store));
	assert_true(may(SANDBOX_NODE, make_socket));
	assert_true(may(SANDBOX_NODE, make_thread));
	assert_false(may(SANDBOX_NODE, make_packet_socket));
	assert_false(may(SANDBOX_NODE, make_code));
	if (!has_landlock) {
		print_message("# skipped: this kernel has no landlock\n");
		return;
	}
	assert_false(may(SANDBOX_NODE, open_shadow_elsewhere));
	assert_false(may(SANDBOX_NODE, write_etc));
}

static void
test_courier_has_network_and_writes_nothing(void **state)
{
	(void)state;
	assert_true(may(SANDBOX_COURIER, work));
	assert_true(may(SANDBOX_COURIER, open_etc));
	assert_true(may(SANDBOX_COURIER, make_socket));
	assert_true(may(SANDBOX_COURIER, make_thread));
	assert_false(may(SANDBOX_COURIER, write_store));
	assert_false(may(SANDBOX_COURIER, make_packet_socket));
	assert_false(may(SANDBOX_COURIER, make_code));
}

static int
write_folder(void)
{
	char path[64];

	snprintf(path, sizeof path, "%s/c", folder);
	return open_at(path, O_RDWR | O_CREAT) == 0 && unlink(path) == 0 ?
	    0 : errno;
}

/* It starts gpg, which may not speak to anybody. */
static void
test_envelope_runs_programs_and_reaches_nobody(void **state)
{
	(void)state;
	assert_true(may(SANDBOX_ENVELOPE, work));
	assert_true(may(SANDBOX_ENVELOPE, make_process));
	assert_true(may(SANDBOX_ENVELOPE, write_folder));
	assert_false(may(SANDBOX_ENVELOPE, write_etc));
	assert_false(may(SANDBOX_ENVELOPE, make_socket));
	assert_false(may(SANDBOX_ENVELOPE, make_packet_socket));
}

static int
open_beneath(void)
{
	struct open_how how = { .flags = O_RDONLY,
		.resolve = RESOLVE_BENEATH };
	int at = (int)syscall(SYS_openat2, AT_FDCWD, "/etc", &(struct
	    open_how){ .flags = O_PATH }, sizeof how);

	if (at < 0)
		return errno;
	return syscall(SYS_openat2, at, "passwd", &how, sizeof how) >= 0 ?
	    0 : errno;
}

static void
test_web_has_a_folder_and_its_readers(void **state)
{
	(void)state;
	assert_true(may(SANDBOX_WEB, open_beneath));
	assert_false(may(SANDBOX_WEB, open_etc));
	assert_false(may(SANDBOX_WEB, write_store));
	assert_false(may(SANDBOX_WEB, make_socket));
	assert_false(may(SANDBOX_WEB, make_packet_socket));
	assert_false(may(SANDBOX_WEB, make_thread));
	assert_false(may(SANDBOX_WEB, make_code));
}

/* Another program, another process: the end of this one. */
static void
test_exec_kills(void **state)
{
	static const enum sandbox_role all[] = { SANDBOX_KEEPER,
		SANDBOX_NODE, SANDBOX_COURIER, SANDBOX_WEB };
	int status;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		status = run(all[i], SANDBOX_ENFORCE, do_exec);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGSYS);
		assert_false(may(all[i], make_process));
	}
}

static void
test_modes(void **state)
{
	(void)state;
	assert_int_equal(sandbox_mode_find("off"), SANDBOX_OFF);
	assert_int_equal(sandbox_mode_find("log"), SANDBOX_LOG);
	assert_int_equal(sandbox_mode_find("anything"), SANDBOX_ENFORCE);
	assert_int_equal(run(SANDBOX_KEEPER, SANDBOX_OFF, open_etc), 0);
	assert_int_equal(run(SANDBOX_KEEPER, SANDBOX_LOG, open_etc), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeper_has_only_its_memory),
		cmocka_unit_test(test_node_has_store_and_network),
		cmocka_unit_test(test_envelope_runs_programs_and_reaches_nobody),
		cmocka_unit_test(test_courier_has_network_and_writes_nothing),
		cmocka_unit_test(test_web_has_a_folder_and_its_readers),
		cmocka_unit_test(test_exec_kills),
		cmocka_unit_test(test_modes),
	};
	int failed;

	if (mkdtemp(folder) == NULL)
		return 99;
	failed = cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
	rmdir(folder);
	return failed;
}

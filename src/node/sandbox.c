/* SPDX-License-Identifier: Apache-2.0
 *
 * The sandbox: what each role may do stands in the lists that follow.
 */
#include "node/sandbox.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CALL(name) SCMP_SYS(name)

/* Every role: memory without new code, time, what is open already. */
static const int calls_all[] = {
	CALL(brk), CALL(munmap), CALL(mremap), CALL(madvise), CALL(mlock),
	CALL(munlock), CALL(mlock2),
	CALL(clock_gettime), CALL(clock_getres), CALL(clock_nanosleep),
	CALL(nanosleep), CALL(gettimeofday), CALL(time), CALL(getrandom),
	CALL(read), CALL(readv), CALL(write), CALL(writev), CALL(close),
	CALL(poll), CALL(ppoll), CALL(recvmsg), CALL(recvfrom), CALL(sendmsg),
	CALL(sendto), CALL(shutdown), CALL(fstat),
	CALL(futex), CALL(sched_yield), CALL(restart_syscall),
	CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigreturn),
	CALL(sigaltstack), CALL(getpid), CALL(gettid), CALL(tgkill),
	CALL(set_robust_list), CALL(rseq), CALL(exit), CALL(exit_group),
};

/* The node besides: its store, its links, look-ups in threads of its own. */
static const int calls_node[] = {
	/* files: where, landlock says */
	CALL(openat), CALL(open), CALL(pread64), CALL(pwrite64), CALL(preadv),
	CALL(pwritev), CALL(lseek), CALL(fsync), CALL(fdatasync),
	CALL(sync_file_range), CALL(ftruncate), CALL(fallocate), CALL(flock),
	CALL(stat), CALL(lstat), CALL(newfstatat), CALL(statx), CALL(statfs),
	CALL(fstatfs), CALL(access), CALL(faccessat), CALL(faccessat2),
	CALL(rename), CALL(renameat), CALL(renameat2), CALL(unlink),
	CALL(unlinkat), CALL(mkdir), CALL(mkdirat), CALL(rmdir),
	CALL(getdents64), CALL(readlink), CALL(readlinkat), CALL(getcwd),
	CALL(chmod), CALL(fchmod), CALL(fchmodat), CALL(fchown), CALL(umask),
	CALL(utimensat), CALL(fadvise64), CALL(msync), CALL(memfd_create),
	/* links, control socket, loop */
	CALL(bind), CALL(listen), CALL(accept), CALL(accept4), CALL(connect),
	CALL(getsockname), CALL(getpeername), CALL(getsockopt),
	CALL(setsockopt), CALL(recvmmsg), CALL(sendmmsg), CALL(ioctl),
	CALL(epoll_create1), CALL(epoll_ctl), CALL(epoll_wait),
	CALL(epoll_pwait), CALL(epoll_pwait2), CALL(eventfd2), CALL(pipe2),
	CALL(dup), CALL(dup2), CALL(dup3), CALL(fcntl), CALL(timerfd_create),
	CALL(timerfd_settime), CALL(signalfd4), CALL(select), CALL(pselect6),
	/* who and what */
	CALL(getuid), CALL(geteuid), CALL(getgid), CALL(getegid),
	CALL(getgroups), CALL(getppid), CALL(uname), CALL(sysinfo),
	CALL(getrusage), CALL(getrlimit), CALL(prlimit64),
	CALL(sched_getaffinity), CALL(sched_getparam),
	CALL(sched_getscheduler), CALL(get_robust_list), CALL(rt_sigtimedwait),
	CALL(rt_sigpending), CALL(set_tid_address), CALL(membarrier),
};

/* The courier: connections and look-ups in threads, the files that these read;
 * nothing is written. */
static const int calls_courier[] = {
	CALL(openat), CALL(open), CALL(pread64), CALL(lseek), CALL(stat),
	CALL(lstat), CALL(newfstatat), CALL(statx), CALL(access),
	CALL(faccessat), CALL(faccessat2), CALL(getdents64), CALL(readlink),
	CALL(accept4), CALL(connect), CALL(bind), CALL(getsockname),
	CALL(getpeername), CALL(getsockopt), CALL(setsockopt), CALL(recvmmsg),
	CALL(sendmmsg), CALL(ioctl), CALL(fcntl), CALL(pipe2), CALL(eventfd2),
	CALL(socketpair), CALL(select), CALL(pselect6),
	CALL(getuid), CALL(geteuid), CALL(getgid), CALL(getegid),
	CALL(getppid), CALL(uname), CALL(sysinfo), CALL(getrlimit),
	CALL(prlimit64), CALL(sched_getaffinity), CALL(set_tid_address),
	CALL(membarrier),
};

/* The web process: readers that come to it, the files of the site. */
static const int calls_web[] = {
	CALL(openat2), CALL(pread64), CALL(lseek), CALL(stat),
	CALL(newfstatat), CALL(statx), CALL(accept), CALL(accept4),
	CALL(getsockname), CALL(getpeername), CALL(getsockopt),
	CALL(setsockopt), CALL(fcntl), CALL(ioctl), CALL(sendfile),
	CALL(epoll_ctl), CALL(epoll_wait), CALL(epoll_pwait),
	CALL(getrusage), CALL(getppid), CALL(sched_getaffinity),
};

/* The writer of the site: files, where landlock says; no socket is made. */
static const int calls_site[] = {
	CALL(openat), CALL(open), CALL(pread64), CALL(pwrite64), CALL(preadv),
	CALL(pwritev), CALL(lseek), CALL(fsync), CALL(fdatasync),
	CALL(ftruncate), CALL(fallocate), CALL(stat), CALL(lstat),
	CALL(newfstatat), CALL(statx), CALL(fstatfs), CALL(access),
	CALL(faccessat), CALL(faccessat2), CALL(rename), CALL(renameat),
	CALL(renameat2), CALL(unlink), CALL(unlinkat), CALL(mkdir),
	CALL(mkdirat), CALL(rmdir), CALL(getdents64), CALL(readlink),
	CALL(getcwd), CALL(fchmod), CALL(fchown), CALL(fadvise64), CALL(ioctl),
	CALL(epoll_ctl), CALL(epoll_wait), CALL(epoll_pwait),
	CALL(epoll_pwait2), CALL(dup), CALL(fcntl), CALL(getuid),
	CALL(geteuid), CALL(getgid), CALL(getegid), CALL(getppid),
	CALL(uname), CALL(sysinfo), CALL(getrlimit), CALL(prlimit64),
	CALL(sched_getaffinity), CALL(utimensat),
};

/* No code of ours ever asks for these: whoever does has taken over. */
static const int calls_fatal[] = {
	CALL(execve), CALL(execveat), CALL(fork), CALL(vfork), CALL(ptrace),
	CALL(process_vm_readv), CALL(process_vm_writev), CALL(kexec_load),
	CALL(init_module), CALL(finit_module), CALL(delete_module), CALL(bpf),
	CALL(mount), CALL(umount2), CALL(pivot_root), CALL(unshare),
	CALL(setns), CALL(userfaultfd), CALL(perf_event_open), CALL(add_key),
	CALL(keyctl), CALL(request_key), CALL(personality), CALL(io_uring_setup),
};

/* What starts programs of others cannot have a list of what those may do: it
 * has one of what they may not. */
static const int calls_envelope_not[] = {
	CALL(socket), CALL(connect), CALL(bind), CALL(listen), CALL(accept),
	CALL(accept4),
	CALL(ptrace), CALL(process_vm_readv), CALL(process_vm_writev),
	CALL(kexec_load), CALL(init_module), CALL(finit_module),
	CALL(delete_module), CALL(bpf), CALL(mount), CALL(umount2),
	CALL(pivot_root), CALL(unshare), CALL(setns), CALL(userfaultfd),
	CALL(perf_event_open), CALL(add_key), CALL(keyctl), CALL(request_key),
	CALL(personality), CALL(io_uring_setup),
};

static const struct {
	const int *calls;
	size_t n;
	bool may_thread;
	bool may_connect;
} roles[SANDBOX_ROLE_COUNT] = {
	[SANDBOX_KEEPER] = { NULL, 0, false, false },
	[SANDBOX_NODE] = { calls_node, sizeof calls_node / sizeof *calls_node,
		true, true },
	[SANDBOX_COURIER] = { calls_courier,
		sizeof calls_courier / sizeof *calls_courier, true, true },
	[SANDBOX_WEB] = { calls_web, sizeof calls_web / sizeof *calls_web,
		false, false },
	[SANDBOX_SITE] = { calls_site, sizeof calls_site / sizeof *calls_site,
		false, false },
};

/* What the header of an older kernel does not name. */
#define FS_TRUNCATE (1ull << 14)  /* ABI 3 */
#define FS_IOCTL_DEV (1ull << 15) /* ABI 5 */

enum sandbox_mode
sandbox_mode_find(const char *word)
{
	if (strcmp(word, "off") == 0)
		return SANDBOX_OFF;
	return strcmp(word, "log") == 0 ? SANDBOX_LOG : SANDBOX_ENFORCE;
}

/* --- landlock: files --- */

static const uint64_t fs_read = LANDLOCK_ACCESS_FS_READ_FILE |
    LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t fs_file = LANDLOCK_ACCESS_FS_READ_FILE |
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_EXECUTE | FS_TRUNCATE |
    FS_IOCTL_DEV;

static int
landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	return abi > 0 ? (int)abi : 0;
}

/* All rights that a kernel of this ABI knows, so that all are denied. */
static uint64_t
fs_known(int abi)
{
	uint64_t all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

	if (abi >= 2)
		all |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		all |= FS_TRUNCATE;
	if (abi >= 5)
		all |= FS_IOCTL_DEV;
	return all;
}

static enum err
path_allow(int rules, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr below = { .allowed_access = access };
	struct stat st;
	enum err e = ERR_NONE;
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? ERR_NONE : ERR_IO;
	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		below.allowed_access &= fs_file;
	below.parent_fd = fd;
	if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
	    &below, 0) != 0)
		e = ERR_IO;
	close(fd);
	return e;
}

static enum err
landlock_enter(const struct sandbox_paths *paths, int abi)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = fs_known(abi) };
	uint64_t change = fs_known(abi) & ~(uint64_t)LANDLOCK_ACCESS_FS_EXECUTE;
	enum err e = ERR_NONE;
	int rules = (int)syscall(SYS_landlock_create_ruleset, &attr,
	    sizeof attr, 0);

	if (rules < 0)
		return ERR_IO;
	for (size_t i = 0; paths != NULL && i < SANDBOX_PATHS; i++) {
		if (e == ERR_NONE && paths->run[i] != NULL)
			e = path_allow(rules, paths->run[i],
			    fs_read | LANDLOCK_ACCESS_FS_EXECUTE);
		if (e == ERR_NONE && paths->read[i] != NULL)
			e = path_allow(rules, paths->read[i], fs_read);
		if (e == ERR_NONE && paths->write[i] != NULL)
			e = path_allow(rules, paths->write[i], change);
	}
	if (e == ERR_NONE &&
	    syscall(SYS_landlock_restrict_self, rules, 0) != 0)
		e = ERR_IO;
	close(rules);
	return e;
}

/* --- seccomp: system calls --- */

static int
calls_add(scmp_filter_ctx f, uint32_t action, const int *calls, size_t n)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = seccomp_rule_add(f, action, calls[i], 0);
	return r;
}

/* Memory that is never both written and executed. */
static int
memory_add(scmp_filter_ctx f)
{
	const struct scmp_arg_cmp no_exec = SCMP_CMP(2, SCMP_CMP_MASKED_EQ,
	    PROT_EXEC, 0);
	int r = seccomp_rule_add(f, SCMP_ACT_ALLOW, CALL(mmap), 1, no_exec);

	return r != 0 ? r :
	    seccomp_rule_add(f, SCMP_ACT_ALLOW, CALL(mprotect), 1, no_exec);
}

/* TCP and UDP (look-ups), the control socket, and what getaddrinfo asks the
 * kernel about its own addresses. */
static int
sockets_add(scmp_filter_ctx f)
{
	static const int families[] = { AF_INET, AF_INET6, AF_UNIX,
		AF_NETLINK };
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof families / sizeof *families;
	    i++)
		r = seccomp_rule_add(f, SCMP_ACT_ALLOW, CALL(socket), 1,
		    SCMP_CMP(0, SCMP_CMP_EQ, (scmp_datum_t)families[i], 0));
	return r;
}

/* Threads, but no processes: clone's flags can be looked at, those of clone3
 * cannot, and glibc falls back when that is unknown. */
static int
threads_add(scmp_filter_ctx f)
{
	int r = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), CALL(clone3), 0);

	return r != 0 ? r : seccomp_rule_add(f, SCMP_ACT_ALLOW, CALL(clone), 1,
	    SCMP_CMP(0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
}

static enum err
seccomp_loaded(int r)
{
	if (r == 0)
		return ERR_NONE;
	return r == -ENOSYS || r == -EINVAL ? ERR_UNSUPPORTED : ERR_IO;
}

static enum err
seccomp_forbid(enum sandbox_mode mode)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	int r = f != NULL ? 0 : -ENOMEM;

	if (r == 0)
		r = calls_add(f, mode == SANDBOX_LOG ? SCMP_ACT_LOG :
		    SCMP_ACT_ERRNO(EPERM), calls_envelope_not,
		    sizeof calls_envelope_not / sizeof *calls_envelope_not);
	if (r == 0)
		r = seccomp_load(f);
	seccomp_release(f);
	return seccomp_loaded(r);
}

static enum err
seccomp_enter(enum sandbox_role role, enum sandbox_mode mode)
{
	bool is_log = mode == SANDBOX_LOG;
	scmp_filter_ctx f = seccomp_init(is_log ? SCMP_ACT_LOG :
	    SCMP_ACT_ERRNO(EPERM));
	int r = f != NULL ? 0 : -ENOMEM;

	if (r == 0)
		r = calls_add(f, SCMP_ACT_ALLOW, calls_all,
		    sizeof calls_all / sizeof *calls_all);
	if (r == 0)
		r = calls_add(f, SCMP_ACT_ALLOW, roles[role].calls,
		    roles[role].n);
	if (r == 0 && !is_log)
		r = calls_add(f, SCMP_ACT_KILL_PROCESS, calls_fatal,
		    sizeof calls_fatal / sizeof *calls_fatal);
	if (r == 0)
		r = memory_add(f);
	if (r == 0 && roles[role].may_thread)
		r = threads_add(f);
	if (r == 0 && roles[role].may_connect)
		r = sockets_add(f);
	if (r == 0)
		r = seccomp_load(f);
	seccomp_release(f);
	return seccomp_loaded(r);
}

enum err
sandbox_hide(void)
{
	const struct rlimit none = { 0, 0 };

	return setrlimit(RLIMIT_CORE, &none) == 0 &&
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? ERR_NONE : ERR_IO;
}

static enum err
enter(enum sandbox_role role, enum sandbox_mode mode,
    const struct sandbox_paths *paths)
{
	int abi = 0;
	enum err e = ERR_NONE;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return ERR_IO;
	if (mode == SANDBOX_ENFORCE)
		abi = landlock_abi();
	if (abi != 0)
		e = landlock_enter(paths, abi);
	if (e == ERR_NONE)
		e = role == SANDBOX_ENVELOPE ? seccomp_forbid(mode) :
		    seccomp_enter(role, mode);
	if (e == ERR_NONE)
		log_event(LOG_DETAIL, "sandbox.entered",
		    log_int("landlock_abi", abi));
	return e;
}

enum err
sandbox_enter(enum sandbox_role role, enum sandbox_mode mode,
    const struct sandbox_paths *paths)
{
	enum err e = mode == SANDBOX_OFF ? ERR_NONE : enter(role, mode, paths);

	if (e != ERR_NONE)
		log_event(LOG_ERROR, "sandbox.failed", log_err("error", e));
	return e;
}

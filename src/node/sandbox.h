/* SPDX-License-Identifier: Apache-2.0
 *
 * What a process may still do once it has started: system calls by seccomp
 * (a list per role, deny by default), files by landlock (paths given by the
 * caller). Each role's list stands at the head of sandbox.c. The parent has
 * none, because its children would inherit it; it opens no socket and no file
 * after start, and the systemd unit bounds all processes together.
 */
#ifndef NODE_SANDBOX_H
#define NODE_SANDBOX_H

#include "base/err.h"

#include <stddef.h>

enum sandbox_role {
	SANDBOX_KEEPER, /* its socket pair; no file, no network, no process */
	SANDBOX_NODE,   /* the store, TCP, the control socket; no process */
	SANDBOX_COURIER, /* TCP out, files of the system to read; no process:
	                  * hooks run elsewhere (courier/hook.h) */
	SANDBOX_ENVELOPE, /* its folder, programs of the system; no socket but
	                   * what it holds (courier/envelope.h) */
	SANDBOX_WEB,    /* what it listens on, and the folder of the site to read;
	                 * no socket of its own, no process, nothing written */
	SANDBOX_SITE,   /* its folders and the store to read; no network, no
	                 * process */
	SANDBOX_ROLE_COUNT
};

enum sandbox_mode {
	SANDBOX_OFF,
	SANDBOX_LOG,    /* allowed, but written to the kernel's audit log;
	                 * landlock is not used */
	SANDBOX_ENFORCE /* the call fails with EPERM; what no honest code of
	                 * ours does (exec, ptrace) ends the process */
};

/* "enforce", "log" or "off"; SANDBOX_ENFORCE for any other word. */
enum sandbox_mode sandbox_mode_find(const char *word);

enum { SANDBOX_PATHS = 16 };

/* Paths of which, and below which, files may be read, or changed too, or run;
 * NULL or absent ones are left out. */
struct sandbox_paths {
	const char *run[SANDBOX_PATHS];
	const char *read[SANDBOX_PATHS];
	const char *write[SANDBOX_PATHS];
};

/* No core file, and no other process of the same user reads this one's
 * memory: for processes that hold secrets or what strangers send. ERR_IO if
 * the kernel refuses. */
MUST enum err sandbox_hide(void);

/* Give up everything else, for ever, for the whole process (call before
 * threads are started). `paths` may be NULL: no file. A kernel without
 * landlock is no error; one without seccomp is ERR_UNSUPPORTED. ERR_IO if
 * the kernel refuses; the process must end then. Either is logged. */
MUST enum err sandbox_enter(enum sandbox_role role, enum sandbox_mode mode,
    const struct sandbox_paths *paths);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Programs of this site that carry a page: a modem for text messages, a
 * telephone gateway, a siren. A process of its own, forked before the courier
 * reads its credentials and enters its sandbox, starts them: it holds one
 * socket and the configured command lines, nothing else. A program gets its
 * fixed arguments, an empty environment, the page on its standard input, and
 * its time; how it exits says what became of the page (the writer of the site
 * starts its one command in the same way: node/site_publish.h):
 *
 *	0		accepted
 *	65 67 68	refused (sysexits.h: data, user, host): not again
 *	other, signal	failed: again later
 */
#ifndef COURIER_HOOK_H
#define COURIER_HOOK_H

#include "base/err.h"
#include "courier/job.h"

#include <sys/types.h>

enum { HOOKS_MAX = 16, HOOK_WORDS = 32 };

/* Borrowed. */
struct hook {
	const char *name;
	const char *line; /* words between blanks; the first is a path */
};

struct hooks {
	struct hook at[HOOKS_MAX];
	size_t n;
};

/* Fork the process that starts them. Its socket is `out_fd`, the caller's;
 * it ends when that is closed. */
MUST enum err hooks_start(const struct hooks *h, int *out_fd);

/* One run of hook number `hook`; `page` and `try_now` come back with its end.
 * False if it takes none now. */
struct hook_run {
	uint32_t hook;
	struct uuid page;
	uint32_t try_now;
	uint32_t wait_ms;
	struct span text; /* at most LIMIT_PAGE_FRAME */
};
MUST bool hooks_run(int fd, const struct hook_run *run);

/* Hand it a page; JOB_REFUSED with a sentence if there is no such hook, or
 * JOB_FAILED if it takes none now; JOB_ACCEPTED: an end will be told. */
enum job_result hooks_send(const struct hooks *h, int fd,
    const struct job *j, const char **why);

/* An end that it tells. ERR_CLOSED if it is gone, ERR_NOT_FOUND if there is
 * none now. */
MUST enum err hooks_take(int fd, struct uuid *page, uint32_t *try_now,
    enum job_result *result, char *why, size_t why_max);

#endif

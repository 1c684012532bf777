/* SPDX-License-Identifier: Apache-2.0
 *
 * A process of the courier's.
 */
#include "courier/child.h"

#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void
begin(int end, child_main_fn *run, void *ctx)
{
	if (dup2(end, CHILD_FD) != CHILD_FD ||
	    close_range(CHILD_FD + 1, ~0u, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		_exit(CHILD_BROKEN);
	signal(SIGTERM, SIG_DFL);
	run(ctx);
	_exit(CHILD_BROKEN);
}

enum err
child_start(int room, child_main_fn *run, void *ctx, int *out_fd)
{
	int fds[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
		return ERR_IO;
	for (size_t i = 0; room != 0 && i < 2; i++)
		(void)setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &room,
		    sizeof room);
	pid = fork();
	if (pid == 0)
		begin(fds[1], run, ctx);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return ERR_IO;
	}
	*out_fd = fds[0];
	return ERR_NONE;
}

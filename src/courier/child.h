/* SPDX-License-Identifier: Apache-2.0
 *
 * A process of the courier's that is forked before it reads its credentials
 * and enters its sandbox.
 */
#ifndef COURIER_CHILD_H
#define COURIER_CHILD_H

#include "base/err.h"

enum { CHILD_FD = 3, CHILD_BROKEN = 71 /* sysexits.h: EX_OSERR */ };

/* What it does; it must not return. Its end of the socket is CHILD_FD, and
 * besides 0 to 2 it has no other file; it gains no rights by a program that
 * it starts, and ends with who forked it. */
typedef void child_main_fn(void *ctx);

/* Fork it with a socket of whole messages (SOCK_SEQPACKET), of which `room`
 * bytes may wait in each direction; 0: as the system has it. `out_fd` is the
 * caller's end. ERR_IO and errno if there is no room for it. */
MUST enum err child_start(int room, child_main_fn *run, void *ctx,
    int *out_fd);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Files that a client of the control socket passes open (SCM_RIGHTS), so that
 * their bytes need not cross it. What a file is good for was judged when the
 * client opened it; what is judged here is whether reading and writing it can
 * do no harm to the node.
 */
#ifndef NODE_PASSED_H
#define NODE_PASSED_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* As recv(2), without waiting; `*file` is the descriptor that came with the
 * bytes, or -1. It is the caller's. `*too_many`: more than one came, and all
 * of them were closed. */
ssize_t passed_recv(int socket, void *out, size_t n, int *file,
    bool *too_many);

/* What a file to be read was like when it came. */
struct passed {
	uint64_t size;
	struct timespec changed;
};

/* Is it a regular file of at most `most` bytes, on a disk of this machine?
 * ERR_USAGE, ERR_UNSUPPORTED (a network's or a program's file system, which
 * could keep the node waiting), ERR_LIMIT, ERR_IO, with the rule in `f`. */
MUST enum err passed_check_in(int fd, uint64_t most, struct passed *out,
    struct fault *f);

/* Is it still as it was? */
bool passed_is_same(int fd, const struct passed *was);

/* The same for a file to be written: it must be empty. */
MUST enum err passed_check_out(int fd, struct fault *f);

/* Exactly `n` bytes from `at`. ERR_STATE: the file ends before; ERR_DENIED:
 * it is not open for reading; ERR_IO. */
MUST enum err passed_read(int fd, uint64_t at, size_t n, unsigned char *out);

/* All of them. ERR_DENIED: it is not open for writing; ERR_FULL, ERR_IO. */
MUST enum err passed_write(int fd, uint64_t at, size_t n,
    const unsigned char *bytes);

#endif

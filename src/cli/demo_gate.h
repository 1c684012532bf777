/* SPDX-License-Identifier: Apache-2.0
 *
 * A cable that can be cut: a process of its own that passes TCP connections on
 * loopback from its ports to those of nodes, but only after it was told to
 * (SIGUSR1). Until then its ports refuse connections.
 */
#ifndef CLI_DEMO_GATE_H
#define CLI_DEMO_GATE_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { GATE_PORTS = 64 };

struct gate {
	size_t n;
	int fd[GATE_PORTS];          /* bound, not yet listening */
	uint16_t port[GATE_PORTS];   /* ours */
	uint16_t target[GATE_PORTS]; /* where it leads */
	pid_t pid;                   /* 0: not running */
};

/* Reserve one more port that leads to `target`; ERR_IO, ERR_LIMIT. */
MUST enum err gate_add(struct gate *g, uint16_t target, uint16_t *port);

/* Start the process; it ends with its parent. ERR_IO. */
MUST enum err gate_start(struct gate *g);

/* From now on connections pass. */
void gate_open(const struct gate *g);

/* End the process and close the ports. */
void gate_end(struct gate *g);

/* A free port of loopback, as things are now; 0 if there is none. */
uint16_t gate_free_port(void);

#endif

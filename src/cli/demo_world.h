/* SPDX-License-Identifier: Apache-2.0
 *
 * The world of the demonstration: some nodes as real almenarad processes in a
 * temporary folder, on loopback, made with the same commands that a team uses.
 * Whatever happens, demo_world_end leaves neither process nor file.
 */
#ifndef CLI_DEMO_WORLD_H
#define CLI_DEMO_WORLD_H

#include "base/json.h"
#include "cli/cli.h"
#include "cli/control.h"
#include "cli/demo_gate.h"

#include <stdint.h>

enum { DEMO_NODES = 35, DEMO_LEAST = 3, DEMO_SENDER = 1 };

/* All teams of the demonstration have agreed on handling. */
#define DEMO_AGREEMENT "018f2f3e-7c1d-7a2b-9c3d-0123456789ab"
#define DEMO_DOMAIN "demo.almenara.example"
#define DEMO_CUT_FILE "link.cut" /* in the folder, while the gate is closed */

struct demo_node {
	char team[3];  /* "uy" */
	char state[3]; /* "UY" */
	const char *dir;
	uint16_t port;
	pid_t pid; /* 0: not running */
	struct control *control;
};

struct demo_world {
	struct cli *c;
	char *folder; /* NULL: none yet */
	const char *daemon;
	struct demo_node node[DEMO_NODES];
	size_t n;
	size_t cut; /* the node behind the gate, the last one */
	struct gate gate;
	const char *failed; /* what did not work */
};

/* Did the user or the system ask us to stop (SIGINT, SIGTERM, SIGHUP)? */
bool demo_is_stopped(void);
void demo_signals_take(void);

/* Make everything and start it. On failure `failed` says what; the caller
 * ends the world in any case. */
MUST enum err demo_world_make(struct demo_world *w);
void demo_world_end(struct demo_world *w);

/* Run one of our own commands; its standard output goes to `out` (may be
 * NULL). The exit code, or CLI_FAILED. */
int demo_command(struct demo_world *w, const char *const *words,
    struct buf *out);

/* The same for another program of ours, found as almenarad is. */
int demo_program(struct demo_world *w, const char *program,
    const char *const *words, struct buf *out);

/* The path of `name`: beside our own program, at `build` from there, or at
 * `installed`. NULL if it is nowhere. */
const char *demo_find(struct demo_world *w, const char *name,
    const char *build, const char *installed);

/* End node `i` in order, and start it again until it answers. */
void demo_node_stop(struct demo_world *w, size_t i);
MUST enum err demo_node_start(struct demo_world *w, size_t i);

/* A request to node `i`. ERR_STATE if it was refused (`failed` says why). */
MUST enum err demo_call(struct demo_world *w, size_t i, const char *cmd,
    struct span args, struct json_val *data);

void demo_sleep_ms(unsigned ms);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * State machines as tables: the names of the states and which may follow
 * which. machine_move is the only way to change a state; a move that the
 * table does not allow is a programmer's error and ends the process.
 */
#ifndef WATCH_MACHINE_H
#define WATCH_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

struct machine_state {
	const char *name;
	uint32_t next; /* bit per state that may follow */
};

struct machine {
	const struct machine_state *table;
	unsigned count;
	unsigned state;
};

void machine_init(struct machine *m, const struct machine_state *table,
    unsigned count, unsigned start);

bool machine_may(const struct machine *m, unsigned to);

/* Change the state. Moving to the present state is always allowed and does
 * nothing. */
void machine_move(struct machine *m, unsigned to);

const char *machine_name(const struct machine *m);

#endif

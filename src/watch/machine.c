/* SPDX-License-Identifier: Apache-2.0
 *
 * State machines as tables.
 */
#include "watch/machine.h"

#include <stdlib.h>

void
machine_init(struct machine *m, const struct machine_state *table,
    unsigned count, unsigned start)
{
	*m = (struct machine){ table, count, start };
}

bool
machine_may(const struct machine *m, unsigned to)
{
	return to < m->count &&
	    (to == m->state || (m->table[m->state].next & 1u << to) != 0);
}

void
machine_move(struct machine *m, unsigned to)
{
	if (!machine_may(m, to))
		abort();
	m->state = to;
}

const char *
machine_name(const struct machine *m)
{
	return m->table[m->state].name;
}

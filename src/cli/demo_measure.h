/* SPDX-License-Identifier: Apache-2.0
 *
 * What the demonstration asks of its nodes: releasing, who has it, answering;
 * and the account of an unattended run.
 */
#ifndef CLI_DEMO_MEASURE_H
#define CLI_DEMO_MEASURE_H

#include "cli/demo_world.h"

enum { DEMO_NOTICES = 500 };

enum demo_delivery { DEMO_QUEUED, DEMO_STORED, DEMO_ANSWERED };

struct demo_notice {
	char id[40];
	const char *name; /* for people */
	int64_t released_ms;
	enum demo_delivery at[DEMO_NODES]; /* by node, as told last */
};

/* Until the sender has links to all others (to the one behind the gate only if
 * `all`). ERR_TIMEOUT, ERR_STATE (stopped) and those of demo_call. */
MUST enum err demo_links_wait(struct demo_world *w, bool all, int wait_ms);

/* Save and release at the sender. `draft` is {kind, tlp, body}. */
MUST enum err demo_release(struct demo_world *w, struct span draft,
    struct demo_notice *out);

/* Ask the sender who has it and who has answered, into now[node]. */
MUST enum err demo_board(struct demo_world *w, const struct demo_notice *n,
    enum demo_delivery now[DEMO_NODES]);

/* Until all (or all but the one behind the gate) hold it. */
MUST enum err demo_delivered_wait(struct demo_world *w,
    const struct demo_notice *n, bool all, int wait_ms);

/* A person at node `i` answers. */
MUST enum err demo_answer(struct demo_world *w, size_t i,
    const struct demo_notice *n);

struct demo_account {
	size_t notices, expected, delivered, receipted, acknowledged, lost,
	    duplicated;
	double p50_ms, p99_ms;
	bool ok;
};

/* Add to `out` how many of the notices the inbox of node `node` holds, and how
 * many more than once. */
MUST enum err demo_held_count(struct demo_world *w,
    const struct demo_notice *n, size_t count, size_t node,
    struct demo_account *out);

/* The unattended run: release `count` notices one after another, open the
 * gate, answer each once, count everything. */
MUST enum err demo_measure(struct demo_world *w, struct span draft,
    size_t count, struct demo_account *out);

#endif

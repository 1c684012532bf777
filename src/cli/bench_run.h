/* SPDX-License-Identifier: Apache-2.0
 *
 * Measuring a network of real nodes on this machine, and the bare floor of
 * the same work (bench/floor_net.c) beside it. What a figure means:
 * bench/README.md.
 */
#ifndef CLI_BENCH_RUN_H
#define CLI_BENCH_RUN_H

#include "cli/demo_world.h"

#include <sys/types.h>

enum { BENCH_ROUNDS = 3, BENCH_NOTICES = 900, BENCH_CATCHUP_NOTICES = 200000 };

struct bench_network {
	size_t notices;
	double p50_ms, p99_ms, max_ms;
	bool has_floor;
	double floor_p50_ms, floor_p99_ms, ratio_p50, ratio_p99;
	size_t lost, duplicated;
	uint64_t rss_kib_node_median; /* all processes of a node together */
	double cpu_ms_per_notice;     /* of all nodes together */
	double floor_cpu_ms_per_notice;
};

/* Release `notices` at `rate` a second from one node to all others, in
 * BENCH_ROUNDS parts with the floor before each; a few at the start of each
 * part, and of the floor, are sent and do not count. `draft` is {kind, tlp, body}
 * of a notice of level 4. The world is made here and ended by the caller. */
MUST enum err bench_network_run(struct demo_world *w, struct span draft,
    size_t notices, unsigned rate, struct bench_network *out);

struct bench_catchup {
	size_t notices;
	double seconds, per_second;
	bool has_floor;
	double floor_per_second, ratio;
	uint64_t rss_kib; /* of the node that caught up, all processes */
};

/* A node is down while `notices` are released, and comes back: the time from
 * its start until its receipts for all are verified at the sender. */
MUST enum err bench_catchup_run(struct demo_world *w, struct span draft,
    size_t notices, struct bench_catchup *out);

/* MiB a second, or what they are of the slower of `gcm` and `disk`. */
struct bench_attach_rates {
	double gcm;      /* floor: sealing */
	double disk;     /* floor: writing and syncing one file after another */
	double disk_all; /* the same, as many at once as there are recipients */
	double in;       /* from a person's file into a node, by the command */
	double out;      /* from there to all recipients at once, together */
	double alone;    /* to one recipient */
	double get;      /* there, to a person's file, by the command */
};

struct bench_attach {
	unsigned mib;
	struct bench_attach_rates mib_s, ratio; /* medians over the rounds */
	uint64_t sender_kib, recipient_kib; /* memory at most, more than before */
};

/* BENCH_ROUNDS times: a file of `mib` MiB goes along with a notice and is
 * fetched by all other nodes at once, another by one alone. */
MUST enum err bench_attach_run(struct demo_world *w, struct span draft,
    unsigned mib, struct bench_attach *out);

/* The most that a process and its children had resident, each for itself. */
uint64_t bench_peak_kib(pid_t pid);

/* Resident KiB, and CPU milliseconds so far, of a process and its children. */
uint64_t bench_rss_kib(pid_t pid);
double bench_cpu_ms(pid_t pid);

/* The floor program with these arguments; its output in `out`. False if it is
 * not there. */
bool bench_floor(struct demo_world *w, const char *const *words,
    struct buf *out);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What the benchmarks share. A program holds its own floor and measures floor
 * and product in turns inside every round, because only ratios of one round
 * travel from one machine to another. CPU-bound work is told per CPU second:
 * other tenants then count for little, and what they took is printed too.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>

enum { BENCH_ROUNDS = 7, BENCH_RATIOS = 64 };

/* The ratio of one case, round by round. */
struct bench_ratio {
	char name[64];
	double goal;
	bool at_most; /* else the goal is a least value */
	double value[BENCH_ROUNDS];
	size_t n;
};

struct bench {
	const char *subject;
	bool check; /* --check: failed goals end the program with 1 */
	struct bench_ratio ratio[BENCH_RATIOS];
	size_t n;
};

/* Reads the arguments; a wrong one ends the program with 2. */
void bench_start(struct bench *b, const char *subject, int argc, char **argv);

/* CPU microseconds for one call of `work`: the least of a few slices that
 * last together `slice_ms` or, if longer, one call each. The foreign load
 * meanwhile, in cores, is kept for the next bench_row. */
double bench_us(void (*work)(void *), void *arg, double slice_ms);

/* One line of JSON on the standard output. */
void bench_row(const struct bench *b, const char *variant,
    const char *parameters, size_t round, double value, const char *unit);

/* Remember the ratio of a round; the goal is that of the first call. */
void bench_put(struct bench *b, const char *name, double goal, bool at_most,
    double value);

/* Median, range and goal of every ratio, as JSON and on the standard error as
 * a table. The exit status: with --check 1 if even the best round of a case
 * misses its goal, so that noise fails nothing. */
int bench_end(struct bench *b);

/* Stop with a word of why. */
_Noreturn void bench_die(const char *why);

#endif

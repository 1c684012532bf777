/* SPDX-License-Identifier: Apache-2.0
 *
 * Measuring and printing for the benchmarks.
 */
#include "bench.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SLICES = 5 };

static double foreign_load;

void
bench_die(const char *why)
{
	fprintf(stderr, "bench: %s\n", why);
	exit(1);
}

static double
clock_us(clockid_t id)
{
	struct timespec t;

	if (clock_gettime(id, &t) != 0)
		bench_die("no clock");
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Microseconds of CPU that the whole machine has used since it started. */
static double
machine_us(void)
{
	unsigned long long v[8] = { 0 };
	FILE *f = fopen("/proc/stat", "r");
	int n = f == NULL ? 0 : fscanf(f,
	    "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &v[0], &v[1], &v[2],
	    &v[3], &v[4], &v[5], &v[6], &v[7]);

	if (f != NULL)
		fclose(f);
	if (n != 8)
		return 0;
	return (double)(v[0] + v[1] + v[2] + v[5] + v[6] + v[7]) * 1e6 /
	    (double)sysconf(_SC_CLK_TCK);
}

void
bench_start(struct bench *b, const char *subject, int argc, char **argv)
{
	*b = (struct bench){ .subject = subject };
	b->check = argc == 2 && strcmp(argv[1], "--check") == 0;
	if (argc > 2 || (argc == 2 && !b->check)) {
		fprintf(stderr, "usage: %s [--check]\n", argv[0]);
		exit(2);
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
}

double
bench_us(void (*work)(void *), void *arg, double slice_ms)
{
	double wall = clock_us(CLOCK_MONOTONIC), machine = machine_us();
	double own = clock_us(CLOCK_PROCESS_CPUTIME_ID), best = 0;

	work(arg); /* fills the caches */
	for (int i = 0; i < SLICES; i++) {
		double t = clock_us(CLOCK_PROCESS_CPUTIME_ID), used = 0;
		size_t n = 0;

		do {
			work(arg);
			n++;
			used = clock_us(CLOCK_PROCESS_CPUTIME_ID) - t;
		} while (used < slice_ms * 1e3 / SLICES);
		if (i == 0 || used / (double)n < best)
			best = used / (double)n;
	}
	wall = clock_us(CLOCK_MONOTONIC) - wall;
	own = clock_us(CLOCK_PROCESS_CPUTIME_ID) - own;
	foreign_load = (machine_us() - machine - own) / wall;
	if (foreign_load < 0)
		foreign_load = 0;
	return best;
}

void
bench_row(const struct bench *b, const char *variant, const char *parameters,
    size_t round, double value, const char *unit)
{
	printf("{\"subject\":\"%s\",\"variant\":\"%s\",\"parameters\":\"%s\","
	    "\"round\":%zu,\"value\":%.4g,\"unit\":\"%s\","
	    "\"foreign_cores\":%.2f}\n", b->subject, variant, parameters,
	    round, value, unit, foreign_load);
}

void
bench_put(struct bench *b, const char *name, double goal, bool at_most,
    double value)
{
	struct bench_ratio *r = b->ratio;

	while (r < b->ratio + b->n && strcmp(r->name, name) != 0)
		r++;
	if (r == b->ratio + b->n) {
		if (b->n == BENCH_RATIOS || strlen(name) >= sizeof r->name)
			bench_die("too many ratios, or too long a name");
		*r = (struct bench_ratio){ .goal = goal, .at_most = at_most };
		memcpy(r->name, name, strlen(name));
		b->n++;
	}
	if (r->n == BENCH_ROUNDS)
		bench_die("more rounds than there are");
	r->value[r->n++] = value;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int
bench_end(struct bench *b)
{
	bool bad = false;

	fprintf(stderr, "| %s | median | range | goal |\n|---|---|---|---|\n",
	    b->subject);
	for (size_t i = 0; i < b->n; i++) {
		struct bench_ratio *r = &b->ratio[i];
		double median, best;

		qsort(r->value, r->n, sizeof *r->value, compare);
		median = r->value[r->n / 2];
		best = r->at_most ? r->value[0] : r->value[r->n - 1];
		bad |= r->at_most ? best > r->goal : best < r->goal;
		printf("{\"subject\":\"%s\",\"variant\":\"ratio\","
		    "\"parameters\":\"%s\",\"median\":%.4g,\"least\":%.4g,"
		    "\"greatest\":%.4g,\"goal\":%.4g,\"at_most\":%s}\n",
		    b->subject, r->name, median, r->value[0],
		    r->value[r->n - 1], r->goal,
		    r->at_most ? "true" : "false");
		fprintf(stderr, "| %s | %.3f | %.3f-%.3f | %s %.2f |\n",
		    r->name, median, r->value[0], r->value[r->n - 1],
		    r->at_most ? "<=" : ">=", r->goal);
	}
	return b->check && bad ? 1 : 0;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * What processes use, from procfs; and the floor program.
 */
#include "cli/bench_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHILDREN_MAX = 16, PROC_PATH = 64 };

/* A process and its children. */
static size_t
family(pid_t pid, pid_t out[CHILDREN_MAX])
{
	char path[PROC_PATH], line[CHILDREN_MAX * 12], *at, *end;
	size_t n = 0;
	FILE *f;

	out[n++] = pid;
	snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
	f = fopen(path, "re");
	if (f != NULL && fgets(line, sizeof line, f) != NULL)
		for (at = line; n < CHILDREN_MAX; at = end) {
			long child = strtol(at, &end, 10);

			if (end == at)
				break;
			out[n++] = (pid_t)child;
		}
	if (f != NULL)
		fclose(f);
	return n;
}

/* The sum of a line of their status. */
static uint64_t
status_sum(pid_t pid, const char *key)
{
	pid_t all[CHILDREN_MAX];
	size_t n = family(pid, all);
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		char path[PROC_PATH], line[256];
		FILE *f;

		snprintf(path, sizeof path, "/proc/%d/status", all[i]);
		f = fopen(path, "re");
		while (f != NULL && fgets(line, sizeof line, f) != NULL)
			if (strncmp(line, key, strlen(key)) == 0)
				sum += strtoull(line + strlen(key), NULL, 10);
		if (f != NULL)
			fclose(f);
	}
	return sum;
}

uint64_t
bench_rss_kib(pid_t pid)
{
	return status_sum(pid, "VmRSS:");
}

uint64_t
bench_peak_kib(pid_t pid)
{
	return status_sum(pid, "VmHWM:");
}

double
bench_cpu_ms(pid_t pid)
{
	pid_t all[CHILDREN_MAX];
	size_t n = family(pid, all);
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		char path[PROC_PATH], line[256];
		FILE *f;

		snprintf(path, sizeof path, "/proc/%d/schedstat", all[i]);
		f = fopen(path, "re");
		if (f != NULL && fgets(line, sizeof line, f) != NULL)
			sum += (double)strtoull(line, NULL, 10) / 1e6;
		if (f != NULL)
			fclose(f);
	}
	return sum;
}

bool
bench_floor(struct demo_world *w, const char *const *words, struct buf *out)
{
	const char *program = demo_find(w, "floor_net", "../../bench/",
	    "../libexec/almenara/");

	buf_clear(out);
	return program != NULL &&
	    demo_program(w, program, words, out) == CLI_OK;
}

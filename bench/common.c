/* SPDX-License-Identifier: Apache-2.0
 *
 * Measuring on Linux: procfs for CPU and memory, sysfs for the disk.
 */
#include "common.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

enum { PATH_BYTES = 512 };

int64_t
bench_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void
bench_sleep_ns(int64_t ns)
{
	struct timespec t = { ns / 1000000000, ns % 1000000000 };

	if (ns > 0)
		nanosleep(&t, NULL);
}

void
bench_die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

/* --- samples --- */

void
series_add(struct series *s, int64_t v)
{
	if (s->n == s->cap) {
		s->cap = s->cap == 0 ? 1024 : 2 * s->cap;
		s->v = realloc(s->v, s->cap * sizeof *s->v);
		if (s->v == NULL)
			bench_die("memory");
	}
	s->v[s->n++] = v;
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

void
series_sort(struct series *s)
{
	if (s->n != 0)
		qsort(s->v, s->n, sizeof *s->v, compare);
}

int64_t
series_pct(const struct series *s, double p)
{
	size_t i;

	if (s->n == 0)
		return 0;
	i = (size_t)(p / 100.0 * (double)(s->n - 1) + 0.5);
	return s->v[i < s->n ? i : s->n - 1];
}

void
series_release(struct series *s)
{
	free(s->v);
	*s = (struct series){ 0 };
}

/* --- processes and the machine --- */

static double
task_cpu_s(const char *folder, const char *task)
{
	char path[PATH_BYTES];
	unsigned long long ns;
	double s = 0;
	FILE *f;

	snprintf(path, sizeof path, "%s/%s/schedstat", folder, task);
	f = fopen(path, "r");
	if (f == NULL)
		return 0;
	if (fscanf(f, "%llu", &ns) == 1)
		s = (double)ns / 1e9;
	fclose(f);
	return s;
}

double
bench_cpu_s(int pid)
{
	char folder[64];
	struct dirent *e;
	double s = 0;
	DIR *d;

	snprintf(folder, sizeof folder, "/proc/%d/task",
	    pid != 0 ? pid : getpid());
	d = opendir(folder);
	if (d == NULL)
		return 0;
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			s += task_cpu_s(folder, e->d_name);
	closedir(d);
	return s;
}

static long
proc_kib(int pid, const char *file, const char *name)
{
	char path[64], line[256];
	long v = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/%s", pid != 0 ? pid : getpid(),
	    file);
	f = fopen(path, "r");
	if (f == NULL)
		return 0;
	while (fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0) {
			v = strtol(line + strlen(name), NULL, 10);
			break;
		}
	fclose(f);
	return v;
}

long
bench_rss_kib(int pid)
{
	return proc_kib(pid, "status", "VmRSS:");
}

long
bench_pss_kib(int pid)
{
	return proc_kib(pid, "smaps_rollup", "Pss:");
}

double
bench_busy_s(void)
{
	double v[8] = { 0 };
	FILE *f = fopen("/proc/stat", "r");

	if (f == NULL)
		return 0;
	/* user nice system idle iowait irq softirq steal */
	if (fscanf(f, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &v[0], &v[1],
		&v[2], &v[3], &v[4], &v[5], &v[6], &v[7]) != 8)
		v[0] = 0;
	fclose(f);
	return (v[0] + v[1] + v[2] + v[5] + v[6] + v[7]) /
	    (double)sysconf(_SC_CLK_TCK);
}

double
bench_quiet_wait(double share, double max_s)
{
	int64_t began = bench_now_ns();
	double seen;

	do {
		double busy = bench_busy_s();
		int64_t t = bench_now_ns();

		bench_sleep_ns(500000000);
		seen = (bench_busy_s() - busy) /
		    ((double)(bench_now_ns() - t) / 1e9);
	} while (seen > share &&
	    (double)(bench_now_ns() - began) / 1e9 < max_s);
	return seen;
}

int64_t
bench_disk_bytes(const char *dir)
{
	char path[PATH_BYTES];
	long long sectors = 0;
	struct stat st;
	FILE *f;

	if (stat(dir, &st) != 0)
		return 0;
	snprintf(path, sizeof path, "/sys/dev/block/%u:%u/stat",
	    major(st.st_dev), minor(st.st_dev));
	f = fopen(path, "r");
	if (f == NULL)
		return 0;
	if (fscanf(f, "%*d %*d %*d %*d %*d %*d %lld", &sectors) != 1)
		sectors = 0;
	fclose(f);
	return sectors * 512;
}

/* --- flat files --- */

void
flat_open(struct flat *f, const char *dir, const char *name, int64_t cap)
{
	static const char zeros[1 << 16];
	char path[PATH_BYTES];

	*f = (struct flat){ .cap = cap };
	snprintf(path, sizeof path, "%s/%s", dir, name);
	f->fd = open(path, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
	if (f->fd < 0)
		bench_die(path);
	for (int64_t at = 0; at < cap; at += (int64_t)sizeof zeros)
		if (pwrite(f->fd, zeros, sizeof zeros, at) !=
		    (ssize_t)sizeof zeros)
			bench_die(path);
	if (fsync(f->fd) != 0)
		bench_die(path);
}

void
flat_put_at(struct flat *f, int64_t at, const void *p, size_t n)
{
	if (pwrite(f->fd, p, n, at) != (ssize_t)n)
		bench_die("write");
}

void
flat_put(struct flat *f, const void *p, size_t n)
{
	if (f->at + (int64_t)n > f->cap)
		f->at = 0;
	flat_put_at(f, f->at, p, n);
	f->at += (int64_t)n;
}

void
flat_sync(struct flat *f)
{
	if (fdatasync(f->fd) != 0)
		bench_die("fdatasync");
	f->syncs++;
}

void
flat_close(struct flat *f)
{
	close(f->fd);
}

/* --- arguments and results --- */

const char *
bench_arg(int argc, char **argv, const char *name, const char *otherwise)
{
	size_t n = strlen(name);

	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], name, n) == 0 && argv[i][n] == '=')
			return argv[i] + n + 1;
	return otherwise;
}

long
bench_arg_n(int argc, char **argv, const char *name, long otherwise)
{
	const char *text = bench_arg(argc, argv, name, NULL);
	char *end;
	long v;

	if (text == NULL)
		return otherwise;
	v = strtol(text, &end, 10);
	if (*text == '\0' || *end != '\0') {
		fprintf(stderr, "%s=%s is no number\n", name, text);
		exit(2);
	}
	return v;
}

void
bench_dir_make(int argc, char **argv, char out[256])
{
	const char *below = getenv("TMPDIR");

	below = bench_arg(argc, argv, "dir", below != NULL ? below :
							     "/var/tmp");
	snprintf(out, 256, "%s/almenara-bench-XXXXXX", below);
	if (mkdtemp(out) == NULL)
		bench_die(out);
}

static void
remove_in(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		char path[PATH_BYTES + 256];

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
		if (unlink(path) != 0)
			bench_dir_remove(path);
	}
	closedir(d);
}

void
bench_dir_remove(const char *dir)
{
	remove_in(dir);
	rmdir(dir);
}

void
bench_result(const char *subject, const char *variant, const char *kase,
    const char *metric, const char *unit, double value)
{
	printf("{\"subject\":\"%s\",\"variant\":\"%s\",\"case\":\"%s\","
	       "\"metric\":\"%s\",\"unit\":\"%s\",\"value\":%.6g}\n",
	    subject, variant, kase, metric, unit, value);
	fflush(stdout);
}

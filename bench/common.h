/* SPDX-License-Identifier: Apache-2.0
 *
 * What the measuring programs share: clock, percentiles, CPU and memory of
 * processes, waiting for a quiet machine, and the form of a result: one JSON
 * object a line, which bench/run collects, puts beside its floor of the same
 * round, and makes a table of. A program measures one variant and ends; what
 * is interleaved with what is the driver's matter. Plain C: the floors use
 * this and nothing of the product.
 */
#ifndef BENCH_COMMON_H
#define BENCH_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int64_t bench_now_ns(void); /* CLOCK_MONOTONIC, the same in all processes */
void bench_sleep_ns(int64_t ns);

/* Print what failed, with errno, and end the process with status 1. */
void bench_die(const char *what) __attribute__((noreturn));

/* --- samples --- */

struct series {
	int64_t *v;
	size_t n, cap;
};

void series_add(struct series *s, int64_t v);
void series_sort(struct series *s);

/* Of a sorted series, `p` in 0..100; 0 if it is empty. */
int64_t series_pct(const struct series *s, double p);
void series_release(struct series *s);

/* --- processes and the machine --- */

/* CPU seconds of all threads of `pid` (0: this process) by schedstat, which
 * counts nanoseconds; 0 if it cannot be read. */
double bench_cpu_s(int pid);

/* Resident KiB of `pid` (0: this process); 0 if it cannot be read. */
long bench_rss_kib(int pid);

/* The proportional set in KiB: shared pages divided by who shares them. */
long bench_pss_kib(int pid);

/* CPU seconds that the whole machine has been busy. */
double bench_busy_s(void);

/* Wait until the machine uses less than `share` of one core for half a
 * second, at most `max_s` seconds. Gives the share seen last. */
double bench_quiet_wait(double share, double max_s);

/* Bytes that the disk under `dir` was asked to write, by anybody. */
int64_t bench_disk_bytes(const char *dir);

/* --- flat files with space written beforehand --- */

struct flat {
	int fd;
	int64_t at, cap;
	uint64_t syncs;
};

/* A file of `cap` bytes of zeros, synced; written in a circle. */
void flat_open(struct flat *f, const char *dir, const char *name,
    int64_t cap);
void flat_put(struct flat *f, const void *p, size_t n);
void flat_put_at(struct flat *f, int64_t at, const void *p, size_t n);
void flat_sync(struct flat *f);
void flat_close(struct flat *f);

/* --- arguments and results --- */

/* The value of "name=value" among the arguments, or `otherwise`. */
const char *bench_arg(int argc, char **argv, const char *name,
    const char *otherwise);
long bench_arg_n(int argc, char **argv, const char *name, long otherwise);

/* A folder for the run below dir= (default: TMPDIR or /var/tmp), made new;
 * bench_dir_remove empties and removes it. */
void bench_dir_make(int argc, char **argv, char out[256]);
void bench_dir_remove(const char *dir);

/* One line on standard output:
 * {"subject":S,"variant":V,"case":C,"metric":M,"unit":U,"value":X} */
void bench_result(const char *subject, const char *variant, const char *kase,
    const char *metric, const char *unit, double value);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * A page of 10 KiB as often as it goes: Debian's wrk asks, over connections
 * that stay.
 *
 *	bench_page [variant=product|floor|nginx] [tls=0] [connections=64]
 *	    [seconds=3] [pin=1] [dir=D]
 *
 * Requests a second are told, and the CPU of the server for one, which others
 * on the machine disturb least.
 */
#include "common.h"
#include "web_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct web_server server;
static const char wrk[] = "/usr/bin/wrk";

static void
tell(const char *metric, const char *unit, double value)
{
	bench_result("page", web_server_name(&server), server.is_tls ?
	    "10 KiB, TLS" : "10 KiB", metric, unit, value);
}

/* What wrk prints. */
static FILE *
wrk_start(long connections, long seconds, int *pid)
{
	char c[32], d[32], url[64];
	int out[2];

	snprintf(c, sizeof c, "-c%ld", connections);
	snprintf(d, sizeof d, "-d%lds", seconds);
	snprintf(url, sizeof url, "%s://127.0.0.1:%d/en/",
	    server.is_tls ? "https" : "http", server.port);
	if (pipe(out) != 0 || (*pid = fork()) < 0)
		bench_die("wrk");
	if (*pid == 0) {
		dup2(out[1], STDOUT_FILENO);
		close(out[0]);
		execl(wrk, wrk, "-t1", c, d, url, (char *)NULL);
		bench_die(wrk);
	}
	close(out[1]);
	return fdopen(out[0], "r");
}

/* Requests answered, and a second; ends the process if there were none. */
static void
ask(long connections, long seconds, double *answers, double *rate)
{
	char line[256];
	int pid, status;
	FILE *f = wrk_start(connections, seconds, &pid);

	*answers = *rate = 0;
	while (fgets(line, sizeof line, f) != NULL) {
		if (strstr(line, " requests in ") != NULL)
			*answers = strtod(line, NULL);
		if (strncmp(line, "Requests/sec:", 13) == 0)
			*rate = strtod(line + 13, NULL);
		if (strstr(line, "Non-2xx") != NULL ||
		    strstr(line, "Socket errors") != NULL)
			fprintf(stderr, "%s:%s", web_server_name(&server),
			    line);
	}
	fclose(f);
	if (waitpid(pid, &status, 0) != pid || status != 0 || *answers == 0) {
		fputs("wrk had no answer\n", stderr);
		exit(1);
	}
}

int
main(int argc, char **argv)
{
	long seconds = bench_arg_n(argc, argv, "seconds", 3);
	long connections = bench_arg_n(argc, argv, "connections", 64);
	double cpu, answers, rate;
	char dir[256];

	if (access(wrk, X_OK) != 0) {
		fputs("skipped: wrk is not installed\n", stderr);
		return 0;
	}
	bench_dir_make(argc, argv, dir);
	web_server_start(&server, argc, argv, dir, false);
	if (bench_arg_n(argc, argv, "pin", 1) != 0)
		web_server_pin(&server);
	ask(connections, 1, &answers, &rate);
	cpu = bench_cpu_s(server.work_pid);
	ask(connections, seconds, &answers, &rate);
	tell("server CPU an answer", "us", (bench_cpu_s(server.work_pid) -
	    cpu) / answers * 1e6);
	tell("answers", "1/s", rate);
	web_server_end(&server);
	bench_dir_remove(dir);
	return 0;
}

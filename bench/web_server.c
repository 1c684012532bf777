/* SPDX-License-Identifier: Apache-2.0
 *
 * Starting the servers.
 */
#include "web_server.h"

#include "common.h"
#include "base/buf.h"
#include "base/limits.h"
#include "web/talk.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { START_MS = 20000, PATH_BYTES = 512, FD_PAIR = 3, FD_PARENT = 4 };

static const char module[] = "/usr/lib/nginx/modules/ngx_nchan_module.so";

static void
skip(const char *why)
{
	fprintf(stderr, "skipped: %s\n", why);
	exit(0);
}

static FILE *
file_open(const char *dir, const char *name, char path[PATH_BYTES])
{
	FILE *f;

	snprintf(path, PATH_BYTES, "%s/%s", dir, name);
	f = fopen(path, "w");
	if (f == NULL)
		bench_die(path);
	return f;
}

static void
file_close(FILE *f)
{
	if (fclose(f) != 0)
		bench_die("writing");
}

/* Where the programs lie: beside this one, or where the build puts them. */
static void
program(const char *name, char out[PATH_BYTES])
{
	char self[PATH_BYTES / 2];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	if (n <= 0)
		bench_die("/proc/self/exe");
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	snprintf(out, PATH_BYTES, "%s/%s", self, name);
	if (access(out, X_OK) != 0)
		bench_die(out);
}

static int
run(const char *const *argv)
{
	int pid = fork();

	if (pid < 0)
		bench_die("fork");
	if (pid == 0) {
		/* what nginx has started ends with it */
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		bench_die(argv[0]);
	}
	return pid;
}

static int
port_free(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, n) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) != 0)
		bench_die("a free port");
	close(fd);
	return ntohs(a.sin_port);
}

static int
connect_to(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		bench_die("socket");
	if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
		return fd;
	close(fd);
	return -1;
}

static void
wait_port(const struct web_server *s)
{
	int64_t end = bench_now_ns() + START_MS * 1000000ll;
	int fd;

	while ((fd = connect_to(s->port)) < 0) {
		if (bench_now_ns() > end ||
		    waitpid(s->pid, NULL, WNOHANG) != 0) {
			fprintf(stderr, "%s did not start\n",
			    web_server_name(s));
			exit(1);
		}
		bench_sleep_ns(20000000);
	}
	close(fd);
}

/* --- what they serve --- */

static void
files_make(const char *dir, bool is_tls)
{
	char path[PATH_BYTES], key[PATH_BYTES], pem[PATH_BYTES];
	int status;
	FILE *f;

	snprintf(path, sizeof path, "%s/site", dir);
	if (mkdir(path, 0755) != 0)
		bench_die(path);
	snprintf(path, sizeof path, "%s/site/en", dir);
	if (mkdir(path, 0755) != 0)
		bench_die(path);
	f = file_open(dir, "site/en/index.html", path);
	fputs("<!doctype html>\n", f);
	for (int i = 16; i < WEB_PAGE; i++)
		fputc(i % 64 == 0 ? '\n' : 'a' + i * 7 % 26, f);
	file_close(f);
	if (!is_tls)
		return;
	snprintf(key, sizeof key, "%s/key.pem", dir);
	snprintf(pem, sizeof pem, "%s/cert.pem", dir);
	waitpid(run((const char *[]){ "openssl", "req", "-x509", "-newkey", "ec",
	    "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
	    "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
	    "-batch", "-keyout", key, "-out", pem, NULL }), &status, 0);
	if (status != 0 || chmod(key, 0600) != 0)
		bench_die("openssl req");
}

/* --- the product --- */

/* It asks for what it has missed, and names the question. */
static void
take_question(struct web_server *s)
{
	unsigned char room[LIMIT_WEB_CALL + 64];
	struct pollfd p = { .fd = s->event_fd, .events = POLLIN };
	struct talk_frame f = { 0 };
	struct fault fault;
	ssize_t n;

	do {
		if (poll(&p, 1, START_MS) <= 0 ||
		    (n = recv(s->event_fd, room, sizeof room, 0)) <= 0 ||
		    talk_parse(span_of(room, (size_t)n), &f, &fault) !=
		    ERR_NONE) {
			fputs("almenara-web asks for nothing\n", stderr);
			exit(1);
		}
	} while (f.type != TALK_ASK);
	memcpy(s->nonce, f.nonce, sizeof s->nonce);
}

static void
product_start(struct web_server *s, const char *dir, long beat)
{
	char exe[PATH_BYTES], conf[PATH_BYTES];
	FILE *f = file_open(dir, "almenarad.conf", conf);
	int pair[2], parent[2];

	program("../src/node/almenara-web", exe);
	fprintf(f, "team uy\nlog_level warning\nsite_dir %s/site\nweb_listen 127.0.0.1:%d\n"
	    "web_connections 16000\nweb_connections_each 0\n"
	    "web_heartbeat_s %ld\n", dir, s->port, beat);
	if (s->is_tls)
		fprintf(f, "web_certificate %s/cert.pem\nweb_key %s/key.pem\n",
		    dir, dir);
	file_close(f);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, parent) != 0)
		bench_die("socketpair");
	s->pid = fork();
	if (s->pid < 0)
		bench_die("fork");
	if (s->pid == 0) {
		int a = fcntl(pair[1], F_DUPFD, 16);
		int b = fcntl(parent[1], F_DUPFD, 16);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (dup2(a, FD_PAIR) < 0 || dup2(b, FD_PARENT) < 0)
			bench_die("dup2");
		close(a);
		close(b);
		execl(exe, exe, "-R", "web", "-f", conf, (char *)NULL);
		bench_die(exe);
	}
	close(pair[1]);
	close(parent[1]);
	s->event_fd = pair[0];
	s->parent_fd = parent[0];
	s->work_pid = s->pid;
	wait_port(s);
	take_question(s);
}

static void
product_publish(struct web_server *s, const char *text, size_t n)
{
	struct talk_frame f = { .type = TALK_EVENT, .log = "bench",
		.index = s->events++, .text = span_of(text, n) };
	struct buf b;

	memcpy(f.nonce, s->nonce, sizeof f.nonce);
	buf_init(&b, LIMIT_WEB_EVENT + 64);
	talk_write(&f, &b);
	if (send(s->event_fd, b.p, b.n, MSG_NOSIGNAL) != (ssize_t)b.n)
		bench_die("an event");
	buf_release(&b);
}

/* --- the floor --- */

static void
floor_start(struct web_server *s, const char *dir)
{
	char exe[PATH_BYTES], page[PATH_BYTES], key[PATH_BYTES];
	char pem[PATH_BYTES], port[16], fd[16];
	int pair[2];

	program("floor_web", exe);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0 ||
	    fcntl(pair[0], F_SETFD, FD_CLOEXEC) != 0)
		bench_die("socketpair");
	snprintf(page, sizeof page, "%s/site/en/index.html", dir);
	snprintf(key, sizeof key, "%s/key.pem", dir);
	snprintf(pem, sizeof pem, "%s/cert.pem", dir);
	snprintf(port, sizeof port, "%d", s->port);
	snprintf(fd, sizeof fd, "%d", pair[1]);
	s->pid = s->work_pid = run((const char *[]){ exe, port, fd, page,
	    s->is_tls ? pem : NULL, key, NULL });
	close(pair[1]);
	s->event_fd = pair[0];
	wait_port(s);
}

/* --- nginx --- */

static void
nginx_configure(FILE *f, const struct web_server *s, const char *dir,
    const char *nchan)
{
	if (nchan != NULL)
		fprintf(f, "load_module %s;\n", nchan);
	fprintf(f, "daemon off;\nworker_processes 1;\n"
	    "worker_rlimit_nofile 20000;\npid %s/nginx.pid;\n"
	    "error_log %s/nginx.log warn;\n"
	    "events { worker_connections 19000; multi_accept on; }\n"
	    "http {\n access_log off;\n tcp_nodelay on;\n sendfile on;\n"
	    " types { text/html html; }\n keepalive_requests 1000000;\n"
	    " keepalive_timeout 900;\n client_header_timeout 900;\n"
	    " open_file_cache max=100;\n", dir, dir);
	for (const char *const *p = (const char *const[]){ "client_body",
	    "proxy", "fastcgi", "uwsgi", "scgi", NULL }; *p != NULL; p++)
		fprintf(f, " %s_temp_path %s/%s;\n", *p, dir, *p);
	if (nchan != NULL)
		fprintf(f, " nchan_shared_memory_size 128M;\n");
	if (s->is_tls)
		fprintf(f, " ssl_protocols TLSv1.3;\n"
		    " ssl_certificate %s/cert.pem;\n"
		    " ssl_certificate_key %s/key.pem;\n", dir, dir);
	fprintf(f, " server {\n  listen 127.0.0.1:%d%s backlog=4096;\n"
	    "  root %s/site;\n", s->port, s->is_tls ? " ssl" : "", dir);
	if (nchan != NULL)
		fprintf(f, "  location = /events {\n   nchan_subscriber "
		    "eventsource;\n   nchan_channel_id c;\n"
		    "   nchan_subscriber_first_message newest;\n"
		    "   nchan_eventsource_ping_interval 0;\n"
		    "   nchan_subscriber_timeout 0;\n  }\n }\n"
		    " server {\n  listen 127.0.0.1:%d;\n"
		    "  location = /pub {\n   nchan_publisher http;\n"
		    "   nchan_channel_id c;\n   nchan_store_messages off;\n"
		    "   nchan_message_buffer_length 0;\n  }\n", s->port + 1);
	fprintf(f, " }\n}\n");
}

/* The one worker. */
static int
nginx_worker(int pid)
{
	char path[64];
	int worker = 0;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, pid);
	for (int i = 0; i < START_MS / 20 && worker == 0; i++) {
		FILE *f = fopen(path, "r");

		if (f == NULL)
			bench_die(path);
		if (fscanf(f, "%d", &worker) != 1)
			bench_sleep_ns(20000000);
		fclose(f);
	}
	return worker != 0 ? worker : pid;
}

static void
nginx_start(struct web_server *s, const char *dir, const char *nchan)
{
	char conf[PATH_BYTES], log[PATH_BYTES];
	FILE *f;

	if (access("/usr/sbin/nginx", X_OK) != 0)
		skip("nginx is not installed");
	if (nchan != NULL && access(nchan, R_OK) != 0)
		skip("nchan is not installed (libnginx-mod-nchan)");
	f = file_open(dir, "nginx.conf", conf);
	nginx_configure(f, s, dir, nchan);
	file_close(f);
	if (chmod(dir, 0755) != 0) /* its worker is somebody else */
		bench_die(dir);
	snprintf(log, sizeof log, "%s/nginx.log", dir);
	s->pid = run((const char *[]){ "/usr/sbin/nginx", "-e", log, "-c", conf,
	    NULL });
	wait_port(s);
	s->work_pid = nginx_worker(s->pid);
	if (nchan != NULL && (s->event_fd = connect_to(s->port + 1)) < 0)
		bench_die("publisher");
}

static void
nginx_publish(struct web_server *s, const char *text, size_t n)
{
	char head[160];
	int k = snprintf(head, sizeof head, "POST /pub HTTP/1.1\r\n"
	    "Host: localhost\r\nContent-Type: text/plain\r\n"
	    "Content-Length: %zu\r\n\r\n", n);

	if (send(s->event_fd, head, (size_t)k, MSG_NOSIGNAL | MSG_MORE) != k ||
	    send(s->event_fd, text, n, MSG_NOSIGNAL) != (ssize_t)n)
		bench_die("an event");
}

/* --- for the programs --- */

void
web_server_start(struct web_server *s, int argc, char **argv,
    const char *dir, bool streams)
{
	const char *variant = bench_arg(argc, argv, "variant", "product");
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0) {
		l.rlim_cur = l.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &l) != 0)
			bench_die("RLIMIT_NOFILE");
	}
	*s = (struct web_server){ .event_fd = -1, .parent_fd = -1,
		.kind = strcmp(variant, "floor") == 0 ? WEB_FLOOR :
		    strcmp(variant, "product") == 0 ? WEB_PRODUCT : WEB_NGINX,
		.is_tls = bench_arg_n(argc, argv, "tls", 0) != 0 };
	s->port = port_free();
	files_make(dir, s->is_tls);
	if (s->kind == WEB_FLOOR)
		floor_start(s, dir);
	else if (s->kind == WEB_PRODUCT)
		product_start(s, dir, bench_arg_n(argc, argv, "beat", 15));
	else
		nginx_start(s, dir, streams ? bench_arg(argc, argv, "nchan",
		    module) : NULL);
}

static void
pin(int pid, size_t core)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(core, &set);
	if (sched_setaffinity(pid, sizeof set, &set) != 0)
		bench_die("sched_setaffinity");
}

void
web_server_pin(const struct web_server *s)
{
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		return;
	pin(s->work_pid, 0);
	pin(0, 1);
}

const char *
web_server_name(const struct web_server *s)
{
	static const char *const names[] = { "floor", "product", "nginx" };

	return names[s->kind];
}

void
web_server_publish(struct web_server *s, const char *text, size_t n)
{
	if (s->kind == WEB_PRODUCT)
		product_publish(s, text, n);
	else if (s->kind == WEB_NGINX)
		nginx_publish(s, text, n);
	else if (send(s->event_fd, text, n, MSG_NOSIGNAL) != (ssize_t)n)
		bench_die("an event");
}

void
web_server_read(const struct web_server *s)
{
	char room[4096];

	while (recv(s->event_fd, room, sizeof room, MSG_DONTWAIT) > 0)
		continue;
}

void
web_server_end(struct web_server *s)
{
	kill(s->pid, s->kind == WEB_NGINX ? SIGTERM : SIGKILL);
	waitpid(s->pid, NULL, 0);
	if (s->event_fd >= 0)
		close(s->event_fd);
	if (s->parent_fd >= 0)
		close(s->parent_fd);
}

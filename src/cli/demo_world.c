/* SPDX-License-Identifier: Apache-2.0
 *
 * Making, starting and taking away the world of the demonstration.
 */
#include "cli/demo_world.h"

#include "base/clock.h"
#include "base/limits.h"
#include "cli/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	START_WAIT_MS = 60000,
	STOP_WAIT_MS = 8000,
	STEP_MS = 20,
	CALL_TIMEOUT_MS = 20000,
	SOCKET_ROOM = 40 /* of the path of a socket after the folder */
};

/* The first five are the nodes of the story. */
static const char states[DEMO_NODES][3] = { "UY", "BR", "CL", "JM", "HT",
	"AR", "CO", "PE", "PY", "EC", "MX", "PA", "CR", "GT", "HN", "SV", "DO",
	"TT", "BB", "BO", "AG", "BS", "BZ", "CA", "CU", "DM", "GD", "GY", "KN",
	"LC", "NI", "SR", "US", "VC", "VE" };

static volatile sig_atomic_t is_stopped;

static void
on_stop(int sig)
{
	is_stopped = sig;
}

bool
demo_is_stopped(void)
{
	return is_stopped != 0;
}

void
demo_signals_take(void)
{
	struct sigaction stop = { .sa_handler = on_stop };

	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGHUP, &stop, NULL);
	signal(SIGPIPE, SIG_IGN);
}

void
demo_sleep_ms(unsigned ms)
{
	const struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };

	nanosleep(&t, NULL);
}

/* --- processes --- */

static void
fd_to(const char *path, int flags, int target)
{
	int fd = open(path, flags, 0600);

	if (fd >= 0) {
		dup2(fd, target);
		close(fd);
	}
}

/* A child that ends with us and does not hear the terminal's Ctrl-C. */
static pid_t
spawn(const char *program, const char *const *words, const char *log, int out)
{
	pid_t parent = getpid(), pid = fork();

	if (pid != 0)
		return pid;
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(127);
	signal(SIGPIPE, SIG_DFL);
	fd_to("/dev/null", O_RDONLY, STDIN_FILENO);
	if (out >= 0)
		dup2(out, STDOUT_FILENO);
	else
		fd_to("/dev/null", O_WRONLY, STDOUT_FILENO);
	fd_to(log, O_WRONLY | O_CREAT | O_APPEND, STDERR_FILENO);
	execv(program, (char *const *)(uintptr_t)words);
	_exit(127);
}

static int
child_wait(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return CLI_FAILED;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : CLI_FAILED;
}

static void
pipe_read(int fd, struct buf *out)
{
	unsigned char part[65536];
	ssize_t n;

	for (;;) {
		n = read(fd, part, sizeof part);
		if (n > 0 && out != NULL)
			buf_put_mem(out, part, (size_t)n);
		if (n == 0 || (n < 0 && errno != EINTR))
			return;
	}
}

int
demo_program(struct demo_world *w, const char *program,
    const char *const *words, struct buf *out)
{
	const char *argv[80] = { program };
	int fd[2];
	size_t n = 1;
	pid_t pid;

	while (*words != NULL && n + 1 < sizeof argv / sizeof argv[0])
		argv[n++] = *words++;
	if (pipe2(fd, O_CLOEXEC) != 0)
		return CLI_FAILED;
	pid = spawn(program, argv, cli_text(w->c, "%s/log", w->folder),
	    fd[1]);
	close(fd[1]);
	pipe_read(fd[0], out);
	close(fd[0]);
	return pid < 0 ? CLI_FAILED : child_wait(pid);
}

int
demo_command(struct demo_world *w, const char *const *words, struct buf *out)
{
	return demo_program(w, "/proc/self/exe", words, out);
}

/* --- making --- */

const char *
demo_find(struct demo_world *w, const char *name, const char *build,
    const char *installed)
{
	const char *const folder[] = { "", build, installed };
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	char *slash;

	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash == NULL)
		return NULL;
	*slash = '\0';
	for (size_t i = 0; i < sizeof folder / sizeof folder[0]; i++) {
		const char *path = cli_text(w->c, "%s/%s%s", self, folder[i],
		    name);

		if (access(path, X_OK) == 0)
			return path;
	}
	return NULL;
}

static enum err
daemon_find(struct demo_world *w)
{
	w->daemon = demo_find(w, "almenarad", "../node/", "../sbin/");
	w->failed = "almenarad";
	return w->daemon != NULL ? ERR_NONE : ERR_NOT_FOUND;
}

static enum err
folder_make(struct demo_world *w)
{
	const char *base = getenv("TMPDIR");
	char *folder;

	if (base == NULL || base[0] != '/' ||
	    strlen(base) > 100 - SOCKET_ROOM)
		base = "/tmp";
	folder = cli_text(w->c, "%s/almenara-demo-XXXXXX", base);
	w->failed = folder;
	if (mkdtemp(folder) == NULL)
		return ERR_IO;
	w->folder = folder;
	return ERR_NONE;
}

static void
nodes_name(struct demo_world *w)
{
	for (size_t i = 0; i < w->n; i++) {
		struct demo_node *node = &w->node[i];

		memcpy(node->state, states[i], sizeof node->state);
		for (size_t k = 0; k < 2; k++)
			node->team[k] = (char)(states[i][k] - 'A' + 'a');
		node->dir = cli_text(w->c, "%s/%s", w->folder, node->team);
		node->port = gate_free_port();
	}
}

static enum err
node_init(struct demo_world *w, size_t i)
{
	struct demo_node *node = &w->node[i];
	const char *listen = cli_text(w->c, "127.0.0.1:%u", node->port);
	const char *address = listen;
	uint16_t port;

	w->failed = cli_text(w->c, "almenara init %s", node->team);
	if (i == w->cut) {
		if (gate_add(&w->gate, node->port, &port) != ERR_NONE)
			return ERR_IO;
		address = cli_text(w->c, "127.0.0.1:%u", port);
	}
	return demo_command(w, (const char *const[]){ "init", "--domain",
	    DEMO_DOMAIN, "--team", node->team, "--state", node->state,
	    "--dir", node->dir, "--agreement", DEMO_AGREEMENT, "--listen", listen, "--address", address,
	    "--quiet", NULL }, NULL) == CLI_OK ? ERR_NONE : ERR_IO;
}

/* The settings that make the demonstration quick; behind the gate also its
 * ports instead of the peers' own. */
static enum err
node_settings(struct demo_world *w, size_t i)
{
	const char *path = cli_text(w->c, "%s/almenarad.conf",
	    w->node[i].dir);
	uint16_t port;
	enum err e = ERR_NONE;
	FILE *f = fopen(path, "ae");

	w->failed = path;
	if (f == NULL)
		return ERR_IO;
	fprintf(f, "ask_wait_ms 300\ndial_least_ms 50\ndial_most_s 1\n"
	    "log_level warning\n");
	if (i == w->cut) {
		fprintf(f, "peers {\n");
		for (size_t k = 0; k < w->n && e == ERR_NONE; k++) {
			if (k == i)
				continue;
			e = gate_add(&w->gate, w->node[k].port, &port);
			if (e == ERR_NONE)
				fprintf(f, "\t%s 127.0.0.1:%u\n",
				    w->node[k].team, port);
		}
		fprintf(f, "}\n");
	}
	return fclose(f) == 0 ? e : ERR_IO;
}

static enum err
network_make_of(struct demo_world *w)
{
	const char *words[DEMO_NODES + 8] = { "network", "create",
		"--domain", DEMO_DOMAIN, "--quiet", "--out" };
	const char *net = cli_text(w->c, "%s/network", w->folder);
	size_t n = 6;

	words[n++] = net;
	for (size_t i = 0; i < w->n; i++)
		words[n++] = cli_text(w->c, "%s/%s.card.json",
		    w->node[i].dir, w->node[i].team);
	words[n] = NULL;
	w->failed = "almenara network create";
	if (demo_command(w, words, NULL) != CLI_OK)
		return ERR_IO;
	w->failed = "almenara network join";
	for (size_t i = 0; i < w->n; i++) {
		if (demo_command(w, (const char *const[]){ "network", "join",
		    "--dir", w->node[i].dir, "--quiet", net, NULL }, NULL) !=
		    CLI_OK)
			return ERR_IO;
	}
	return ERR_NONE;
}

static enum err
node_start(struct demo_world *w, size_t i)
{
	struct demo_node *node = &w->node[i];
	const char *conf = cli_text(w->c, "%s/almenarad.conf", node->dir);

	w->failed = w->daemon;
	node->pid = spawn(w->daemon, (const char *const[]){ "almenarad", "-f",
	    conf, NULL }, cli_text(w->c, "%s/log", node->dir), -1);
	if (node->pid > 0)
		return ERR_NONE;
	node->pid = 0;
	return ERR_IO;
}

/* Until the node answers on its socket, or has ended. */
static enum err
node_connect(struct demo_world *w, size_t i, int64_t until)
{
	struct demo_node *node = &w->node[i];
	const char *path = cli_text(w->c, "%s/control", node->dir);
	struct json_val data;

	w->failed = cli_text(w->c, "%s (%s/log)", node->state, node->dir);
	while (clock_mono_ms() < until && !is_stopped) {
		if (control_open(path, CALL_TIMEOUT_MS, &node->control) ==
		    ERR_NONE) {
			if (demo_call(w, i, "status", span_str(""), &data) ==
			    ERR_NONE)
				return ERR_NONE;
			control_close(node->control);
			node->control = NULL;
		}
		if (waitpid(node->pid, NULL, WNOHANG) == node->pid) {
			node->pid = 0;
			return ERR_CLOSED;
		}
		demo_sleep_ms(STEP_MS);
	}
	return is_stopped ? ERR_STATE : ERR_TIMEOUT;
}

enum err
demo_world_make(struct demo_world *w)
{
	int64_t until;
	enum err e = daemon_find(w);

	if (e == ERR_NONE)
		e = folder_make(w);
	if (e != ERR_NONE)
		return e;
	nodes_name(w);
	for (size_t i = 0; i < w->n && e == ERR_NONE && !is_stopped; i++)
		e = node_init(w, i);
	for (size_t i = 0; i < w->n && e == ERR_NONE; i++)
		e = node_settings(w, i);
	if (e == ERR_NONE && !is_stopped)
		e = network_make_of(w);
	if (e == ERR_NONE)
		e = gate_start(&w->gate);
	for (size_t i = 0; i < w->n && e == ERR_NONE && !is_stopped; i++)
		e = node_start(w, i);
	until = clock_mono_ms() + START_WAIT_MS;
	for (size_t i = 0; i < w->n && e == ERR_NONE; i++)
		e = node_connect(w, i, until);
	return e == ERR_NONE && is_stopped ? ERR_STATE : e;
}

/* --- asking --- */

enum err
demo_call(struct demo_world *w, size_t i, const char *cmd, struct span args,
    struct json_val *data)
{
	struct control_answer a;
	struct span what = span_str(""), why = what;
	enum err e = control_call(w->node[i].control, cmd, args,
	    lang_tag(w->c->lang), &a);

	if (e == ERR_NONE && a.ok) {
		*data = a.data;
		return ERR_NONE;
	}
	if (e == ERR_NONE) {
		if (json_text(json_get(a.data, "what"), &w->c->arena,
		    &what) != ERR_NONE || json_text(json_get(a.data, "why"),
		    &w->c->arena, &why) != ERR_NONE)
			what = span_str(err_token(ERR_STATE));
		w->failed = cli_text(w->c, "%s %s: %.*s (%.*s)",
		    w->node[i].state, cmd, SPAN_FMT(what), SPAN_FMT(why));
		return ERR_STATE;
	}
	w->failed = cli_text(w->c, "%s %s", w->node[i].state, cmd);
	return e;
}

/* --- ending --- */

/* Wait for a node that was told to end; kill it when the time is over. */
static void
node_await(struct demo_node *node, int64_t until)
{
	while (node->pid > 0 && waitpid(node->pid, NULL, WNOHANG) == 0) {
		if (clock_mono_ms() > until) {
			/* its own children end with it */
			kill(node->pid, SIGKILL);
			child_wait(node->pid);
			break;
		}
		demo_sleep_ms(STEP_MS);
	}
	node->pid = 0;
}

void
demo_node_stop(struct demo_world *w, size_t i)
{
	struct demo_node *node = &w->node[i];

	control_close(node->control);
	node->control = NULL;
	if (node->pid > 0)
		kill(node->pid, SIGTERM);
	node_await(node, clock_mono_ms() + STOP_WAIT_MS);
}

enum err
demo_node_start(struct demo_world *w, size_t i)
{
	enum err e = node_start(w, i);

	return e != ERR_NONE ? e :
			       node_connect(w, i, clock_mono_ms() +
				   START_WAIT_MS);
}

void
demo_world_end(struct demo_world *w)
{
	int64_t until = clock_mono_ms() + STOP_WAIT_MS;

	for (size_t i = 0; i < w->n; i++) {
		control_close(w->node[i].control);
		w->node[i].control = NULL;
		if (w->node[i].pid > 0)
			kill(w->node[i].pid, SIGTERM);
	}
	gate_end(&w->gate);
	for (size_t i = 0; i < w->n; i++)
		node_await(&w->node[i], until);
	if (w->folder != NULL)
		file_remove_tree(w->folder);
	w->folder = NULL;
}

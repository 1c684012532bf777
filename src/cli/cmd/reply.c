/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara reply: a letter that answers a page, from standard input to the
 * courier. Run by a mail server, so what happened must be told by the exit
 * status as mail servers read it: 75 is "again later", any other but 0 "never".
 */
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/file.h"
#include "cli/node_config.h"
#include "cli/out.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { WAIT_S = 40 }; /* longer than the courier waits for the node */

static int
later(struct cli *c, const char *why)
{
	return cli_fail(c, &(struct trouble){ .exit = CLI_LATER,
	    .what = T(c, "the letter was not taken now",
	    "la carta no se pudo tomar ahora",
	    "a carta não foi aceita agora",
	    "la lettre n’a pas été prise maintenant"),
	    .why = why, .next = "almenara courier status" });
}

static int
connect_to(const char *path)
{
	const struct timeval wait = { .tv_sec = WAIT_S };
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	memcpy(at.sun_path, path, strlen(path));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0 &&
	    connect(fd, (const struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Errors of sending do not count: a letter that is too long is answered before
 * its end. */
static bool
exchange(int fd, struct span letter, struct buf *answer)
{
	char room[1024];
	ssize_t n;

	while (letter.n != 0) {
		n = send(fd, letter.p, letter.n, MSG_NOSIGNAL);
		if (n <= 0)
			break;
		letter = span_of(letter.p + n, letter.n - (size_t)n);
	}
	shutdown(fd, SHUT_WR);
	while ((n = recv(fd, room, sizeof room, 0)) > 0)
		buf_put_mem(answer, room, (size_t)n);
	return n == 0 && !answer->over;
}

/* "ok TEXT", "no TEXT", "later TEXT" */
static int
tell(struct cli *c, const struct buf *answer)
{
	const char *text = arena_string(&c->arena, buf_span(answer));

	if (strncmp(text, "ok ", 3) == 0) {
		printf("%s\n", text + 3);
		return CLI_OK;
	}
	if (strncmp(text, "no ", 3) == 0)
		return cli_fail(c, &(struct trouble){ .exit = CLI_REFUSED,
		    .what = T(c, "nothing was acknowledged",
		    "no se acusó recibo de nada", "nada foi confirmado",
		    "rien n’a été accusé"), .why = text + 3 });
	return later(c, strncmp(text, "later ", 6) == 0 ? text + 6 : NULL);
}

static int
send_letter(struct cli *c, const char *path, struct span letter)
{
	struct buf answer;
	int status, fd = connect_to(path);

	if (fd < 0)
		return later(c, cli_text(c, "%s: %s", path,
		    strerrordesc_np(errno)));
	buf_init(&answer, LIMIT_PAGE_FRAME);
	status = exchange(fd, letter, &answer) ? tell(c, &answer) :
	    later(c, path);
	close(fd);
	buf_release(&answer);
	return status;
}

static const char *
socket_path(struct cli *c)
{
	const char *v = args_find(&c->args, "socket");
	struct config config;

	if (v == NULL && node_config_read(c, &config) == CLI_OK) {
		v = arena_string(&c->arena, span_str(config.reply_socket));
		config_release(&config);
	}
	return v;
}

static int
run(struct cli *c)
{
	const char *path = socket_path(c);
	struct buf letter;
	int status;
	enum err e;

	if (path == NULL)
		return CLI_LATER; /* it has been told */
	if (path[0] == '\0' ||
	    strlen(path) >= sizeof ((struct sockaddr_un *)0)->sun_path)
		return cli_usage(c, "--socket: reply_socket");
	buf_init(&letter, LIMIT_PAGE_REPLY);
	e = file_read("-", &letter);
	status = e == ERR_NONE ? send_letter(c, path, buf_span(&letter)) :
	    e == ERR_LIMIT ? cli_fail_file(c, e, "-", NULL) :
			     later(c, err_sentence(e));
	buf_release(&letter);
	return status;
}

const struct command command_reply = {
	.name = "reply", .group = GROUP_WATCH, .operands = "", .run = run,
	.summary = { { "Hand over a letter that answers a page (mail servers "
	    "run this)",
	    "Entregar una carta que responde a una llamada (la ejecuta el "
	    "servidor de correo)",
	    "Entregar uma carta que responde a uma chamada (o servidor de "
	    "e-mail a executa)",
	    "Remettre une lettre qui répond à un appel (lancé par le serveur "
	    "de courrier)" } },
	.option = {
		{ "socket", 0, "PATH", { { "as reply_socket of almenarad.conf "
		    "(read from there)",
		    "como reply_socket de almenarad.conf (se lee de ahí)",
		    "como reply_socket de almenarad.conf (lido dali)",
		    "comme reply_socket d’almenarad.conf (lu là)" } } },
	},
};

/* SPDX-License-Identifier: Apache-2.0
 *
 * The courier process: from start to sandbox. Its rights after that: memory,
 * time, TCP out, look-ups, what it has open, and of files the system's
 * certificates and resolver (sandbox.c, SANDBOX_COURIER).
 */
#include "node/courier.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "courier/envelope.h"
#include "courier/post.h"
#include "crypto/secret.h"
#include "node/control.h"
#include "node/process.h"
#include "node/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct office {
	struct post_config post;
	struct credentials credentials;
	struct secret file; /* what the credentials point into */
};

static enum err
refuse(const char *what, const char *why)
{
	log_event(LOG_ERROR, "courier.refused", log_str("what", what),
	    log_str("why", why));
	return ERR_CONFIG;
}

/* --- credentials --- */

static enum err
credentials_read(struct office *o, const char *path)
{
	struct fault f = { 0 };
	struct stat st;
	enum err e = ERR_NONE;
	int fd;

	if (path[0] == '\0')
		return ERR_NONE;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return refuse(path, strerrordesc_np(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < 1 ||
	    st.st_size > LIMIT_CREDENTIALS)
		e = refuse(path, "no file, empty or too long");
	else if ((st.st_mode & S_IRWXO) != 0)
		e = refuse(path, "others may read it: chmod o=");
	if (e == ERR_NONE) {
		secret_init(&o->file, (size_t)st.st_size);
		if (read(fd, o->file.p, o->file.n) != (ssize_t)o->file.n)
			e = refuse(path, "cannot be read whole");
	}
	close(fd);
	if (e != ERR_NONE)
		return e;
	e = credentials_parse(span_of(o->file.p, o->file.n), &o->credentials,
	    &f);
	return e == ERR_NONE ? e : refuse(path, f.rule);
}

/* --- the rest of the configuration --- */

static enum err
take_networks(struct office *o, const struct config *c)
{
	struct places *p = &o->post.transfer.places;
	const char *at = c->courier_networks;

	for (;;) {
		size_t n;

		at += strspn(at, " \t");
		n = strcspn(at, " \t");
		if (n == 0)
			return ERR_NONE;
		if (p->n == PLACES_MAX || prefix_parse(span_of(at, n),
		    &p->at[p->n]) != ERR_NONE)
			return refuse(at, "courier_networks: is no network, "
			    "or one too many");
		p->n++;
		at += n;
	}
}

static void
take_hooks(struct office *o, const struct config *c)
{
	struct hooks *h = &o->post.hooks;

	for (size_t i = 0; i < c->hooks.n && h->n < HOOKS_MAX; i++)
		h->at[h->n++] = (struct hook){ c->hooks.keys[i],
			c->hooks.values[i] };
}

static enum transfer_tls
tls_of(const char *word)
{
	static const char *const words[] = { [TRANSFER_STARTTLS] = "starttls",
		[TRANSFER_TLS] = "tls", [TRANSFER_TRY] = "try",
		[TRANSFER_PLAIN] = "plain" };
	unsigned i = 0;

	while (i < TRANSFER_PLAIN && strcmp(word, words[i]) != 0)
		i++;
	return (enum transfer_tls)i;
}

/* Whoever may run a program here may send a code; a wrong one is refused. */
static enum err
open_replies(struct office *o, const char *path)
{
	if (path[0] == '\0' ||
	    control_listen(path, 0666, &o->post.reply_fd) == ERR_NONE)
		return ERR_NONE;
	return refuse(path, strerrordesc_np(errno));
}

/* What seals letters starts gpg, and may write into its folder. */
struct confining {
	const struct config *config;
	const char *home;
};

static enum err
confine(void *ctx)
{
	const struct confining *x = ctx;
	const struct sandbox_paths paths = {
		.run = { "/usr", "/bin", "/lib", "/lib64" },
		.read = { "/etc", "/proc", "/dev" },
		.write = { x->home, "/dev/null" } };

	return sandbox_enter(SANDBOX_ENVELOPE,
	    sandbox_mode_find(x->config->sandbox), &paths);
}

static enum err
start_envelope(struct office *o, const struct config *c)
{
	char home[4096];
	struct confining x = { c, home };

	snprintf(home, sizeof home, "%s/letters", c->data_dir);
	return envelope_start(home, confine, &x, &o->post.seal_fd) ==
	    ERR_NONE ? ERR_NONE : refuse(home, "cannot be made");
}

static enum err
open_all(struct office *o, const struct config *c, int node_fd)
{
	enum err e;

	o->post.node_fd = node_fd;
	o->post.hook_fd = o->post.reply_fd = -1;
	take_hooks(o, c);
	/* first, so that what starts programs has seen no secret */
	e = start_envelope(o, c);
	if (e == ERR_NONE && o->post.hooks.n != 0)
		e = hooks_start(&o->post.hooks, &o->post.hook_fd);
	if (e == ERR_NONE)
		e = credentials_read(o, c->courier_credentials);
	if (e == ERR_NONE)
		e = take_networks(o, c);
	if (e == ERR_NONE)
		e = open_replies(o, c->reply_socket);
	o->post.transfer.relay = c->mail_relay;
	o->post.transfer.from = c->mail_from;
	o->post.transfer.ca = c->courier_ca;
	o->post.transfer.tls = tls_of(c->mail_tls);
	o->post.transfer.credentials = &o->credentials;
	return e;
}

static enum err
rights_give_up(const struct config *c)
{
	const struct sandbox_paths paths = { .read = { "/etc",
	    "/usr/share/ca-certificates", "/usr/lib/ssl",
	    c->courier_ca[0] != '\0' ? c->courier_ca : NULL,
	    "/run/systemd/resolve", "/proc/self" } };
	enum err e = sandbox_hide();

	return e != ERR_NONE ? e : sandbox_enter(SANDBOX_COURIER,
	    sandbox_mode_find(c->sandbox), &paths);
}

int
courier_main(const struct config *config, int node_fd)
{
	struct office *o = mem_alloc(sizeof *o);
	enum err e = open_all(o, config, node_fd);

	if (e == ERR_NONE)
		e = rights_give_up(config);
	if (e == ERR_NONE) {
		log_event(LOG_NOTICE, "courier.running");
		e = post_run(&o->post);
	}
	secret_release(&o->file);
	free(o);
	if (e == ERR_NONE)
		return EXIT_SUCCESS;
	log_event(LOG_ERROR, "courier.failed", log_err("error", e));
	return e == ERR_CONFIG ? PROCESS_EXIT_CONFIG : EXIT_FAILURE;
}

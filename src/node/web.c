/* SPDX-License-Identifier: Apache-2.0
 *
 * The web process: from start to sandbox. Its rights after that: memory, time,
 * the readers that come to what it listens on, and of files the folder of the
 * site, to read (sandbox.c, SANDBOX_WEB).
 */
#include "node/web.h"

#include "base/limits.h"
#include "base/log.h"
#include "crypto/cms.h"
#include "crypto/secret.h"
#include "net/conn.h"
#include "node/process.h"
#include "node/sandbox.h"
#include "web/web.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FDS_OF_OURS = 64 }; /* beside those of readers */

/* What it was started with. */
struct door {
	struct web_config web;
	struct secret certificate, key; /* NUL-ended */
};

static enum err
refuse(const char *what, const char *why)
{
	log_event(LOG_ERROR, "web.refused", log_str("what", what),
	    log_str("why", why));
	return ERR_CONFIG;
}

/* --- files --- */

static enum err
read_whole(int fd, const char *path, bool is_secret, struct secret *out)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < 1 ||
	    st.st_size > LIMIT_WEB_CERTIFICATE)
		return refuse(path, "no file, empty or too long");
	if (is_secret && (st.st_mode & S_IRWXO) != 0)
		return refuse(path, "others may read it: chmod o=");
	secret_init(out, (size_t)st.st_size + 1);
	if (read(fd, out->p, (size_t)st.st_size) != (ssize_t)st.st_size)
		return refuse(path, "cannot be read whole");
	out->p[st.st_size] = '\0';
	return ERR_NONE;
}

static enum err
file_read(const char *path, bool is_secret, struct secret *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum err e;

	if (fd < 0)
		return refuse(path, strerrordesc_np(errno));
	e = read_whole(fd, path, is_secret, out);
	close(fd);
	return e;
}

static enum err
take_certificate(struct door *d, const struct config *c)
{
	enum err e;

	if (c->web_certificate[0] == '\0')
		return ERR_NONE;
	e = file_read(c->web_certificate, false, &d->certificate);
	if (e == ERR_NONE)
		e = file_read(c->web_key, true, &d->key);
	if (e != ERR_NONE)
		return e;
	d->web.certificate = (const char *)d->certificate.p;
	/* that it cannot be read is told when it is used */
	if (cms_until(span_str(d->web.certificate), &d->web.until_s) !=
	    ERR_NONE)
		d->web.until_s = 0;
	d->web.key = (const char *)d->key.p;
	d->web.watched[0] = c->web_certificate;
	d->web.watched[1] = c->web_key;
	return ERR_NONE;
}

/* --- addresses --- */

static enum err
listen_all(struct door *d, const struct config *c)
{
	for (size_t i = 0; i < c->web_listen.n && i < WEB_LISTEN; i++) {
		const char *address = c->web_listen.items[i];
		uint16_t port;
		enum err e = conn_listen_fd(address, &d->web.fds[i], &port);

		if (e != ERR_NONE)
			return refuse(address, e == ERR_SYNTAX ?
			    "is no address of this machine" :
			    strerrordesc_np(errno));
		d->web.n++;
		log_event(LOG_NOTICE, "web.listening", log_str("address",
		    address), log_uint("port", port),
		    log_uint("tls", d->web.certificate != NULL));
	}
	return ERR_NONE;
}

/* As many descriptors as the system allows, and no more readers than those. */
static enum err
make_room(struct door *d, const struct config *c)
{
	struct rlimit l;
	rlim_t most;

	if (getrlimit(RLIMIT_NOFILE, &l) != 0)
		return ERR_IO;
	l.rlim_cur = l.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &l) != 0)
		return ERR_IO;
	most = l.rlim_cur > 2 * FDS_OF_OURS ? l.rlim_cur - FDS_OF_OURS :
	    FDS_OF_OURS;
	d->web.connections = c->web_connections;
	if (d->web.connections > most) {
		d->web.connections = (size_t)most;
		log_event(LOG_WARNING, "web.connections",
		    log_uint("wanted", c->web_connections),
		    log_uint("most", most),
		    log_str("next", "LimitNOFILE= of the service"));
	}
	d->web.each = c->web_connections_each;
	d->web.wait_ms = c->web_wait_ms;
	return ERR_NONE;
}

static enum err
rights_give_up(const struct config *c)
{
	const struct sandbox_paths paths = { .read = { c->site_dir } };
	enum err e = sandbox_hide();

	return e != ERR_NONE ? e : sandbox_enter(SANDBOX_WEB,
	    sandbox_mode_find(c->sandbox), &paths);
}

/* --- life --- */

static enum err
open_all(struct door *d, const struct config *c, struct web **out)
{
	enum err e = make_room(d, c);

	d->web.root = c->site_dir;
	d->web.beat_ms = (int64_t)c->web_heartbeat_s * 1000;
	d->web.has_api = c->site_api;
	d->web.lang = lang_of(span_str(c->lang), LANG_EN);
	if (e == ERR_NONE)
		e = take_certificate(d, c);
	if (e == ERR_NONE)
		e = listen_all(d, c);
	if (e == ERR_NONE)
		e = web_create(&d->web, out);
	return e == ERR_KEY ? refuse(c->web_certificate,
	    "is not of the key, or either is broken") : e;
}

int
web_main(const struct config *config, int parent_fd, int node_fd)
{
	struct door d = { .web = { .parent_fd = parent_fd,
	    .node_fd = node_fd } };
	struct web *w = NULL;
	enum err e = open_all(&d, config, &w);

	if (e == ERR_NONE)
		e = rights_give_up(config);
	if (e == ERR_NONE) {
		log_event(LOG_NOTICE, "web.running");
		process_ready();
		e = web_run(w);
	}
	web_free(w);
	secret_release(&d.certificate);
	secret_release(&d.key);
	if (e == ERR_STATE)
		return PROCESS_EXIT_AGAIN;
	if (e == ERR_CLOSED)
		return EXIT_SUCCESS;
	log_event(LOG_ERROR, "web.failed", log_err("error", e));
	return e == ERR_CONFIG ? PROCESS_EXIT_CONFIG : EXIT_FAILURE;
}

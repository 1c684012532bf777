/* SPDX-License-Identifier: Apache-2.0
 *
 * The keeper process. Its rights after start: memory, time, what it has open
 * (sandbox.c, SANDBOX_KEEPER); no core dump, no debugger.
 */
#include "node/keeper.h"

#include "base/arena.h"
#include "base/log.h"
#include "crypto/keeper_wire.h"
#include "crypto/secret.h"
#include "node/parcel.h"
#include "node/process.h"
#include "node/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

enum { START_MAX = 65536 };

/* Why the keeper cannot start: told once, in the log. */
static enum err
refuse(const char *path, enum err e, const char *why)
{
	log_event(LOG_ERROR, "keeper.refused", log_str("file", path),
	    log_err("error", e), log_str("why", why));
	return e;
}

/* A file of secrets, into memory of its own. */
static enum err
secret_read(const char *path, struct secret *out)
{
	struct secret s = { 0 };
	struct stat st;
	size_t done = 0;
	ssize_t n = 1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum err e = ERR_NONE;

	if (fd < 0)
		return refuse(path, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
		    strerrordesc_np(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		e = refuse(path, ERR_IO, "not a file");
	else if (st.st_size < 1 || st.st_size > LIMIT_KEYFILE)
		e = refuse(path, ERR_LIMIT, "empty or too long");
	else if ((st.st_mode & (S_IRWXO)) != 0)
		e = refuse(path, ERR_DENIED, "others may read it: chmod o=");
	if (e != ERR_NONE)
		goto out;
	secret_init(&s, (size_t)st.st_size);
	while (done < s.n && (n = read(fd, s.p + done, s.n - done)) > 0)
		done += (size_t)n;
	if (n < 0 || done < s.n) {
		secret_release(&s);
		e = refuse(path, ERR_IO, "cannot be read whole");
		goto out;
	}
	*out = s;
out:
	close(fd);
	return e;
}

static struct span
first_line(const struct secret *s)
{
	const unsigned char *end = s->n == 0 ? NULL : memchr(s->p, '\n', s->n);

	return span_of(s->p, end != NULL ? (size_t)(end - s->p) : s->n);
}

static enum err
ring_read(const struct config *config, struct keyring **out)
{
	struct secret file = { 0 }, pass = { 0 };
	struct fault f = { 0 };
	struct keyring *ring = NULL;
	enum err e = secret_read(config->keyring, &file);

	if (e == ERR_NONE && config->passphrase_file[0] != '\0')
		e = secret_read(config->passphrase_file, &pass);
	if (e != ERR_NONE)
		goto out;
	e = keyring_parse(span_of(file.p, file.n), first_line(&pass), &ring,
	    &f);
	if (e != ERR_NONE) {
		e = refuse(config->keyring, e, f.rule[0] != '\0' ? f.rule :
		    err_sentence(e));
		goto out;
	}
	for (int role = 0; role < KEYRING_ROLE_COUNT; role++)
		if (role != KEYRING_INTAKE &&
		    keyring_find(ring, (enum keyring_role)role) == NULL) {
			e = refuse(config->keyring, ERR_KEY,
			    keyring_role_token((enum keyring_role)role));
			goto out;
		}
	*out = ring;
	ring = NULL;
out:
	keyring_free(ring);
	secret_release(&file);
	secret_release(&pass);
	return e;
}

static enum err
start_send(int fd, enum err told, const struct keyring *ring)
{
	struct buf b;
	enum err e;

	buf_init(&b, START_MAX);
	/* all memory at once, so that no secret stays in what was moved */
	(void)buf_extend(&b, START_MAX / 2);
	buf_clear(&b);
	keeper_start_write(told, ring, &b);
	e = buf_check(&b);
	if (e == ERR_NONE)
		e = parcel_send(fd, buf_span(&b), 0);
	secret_wipe(b.p, b.cap);
	buf_release(&b);
	return e;
}

/* One batch: its jobs, done, and their results back. */
static enum err
batch_serve(struct keeper *k, int fd, struct span in, struct arena *a)
{
	struct keeper_job *jobs;
	struct buf out;
	size_t n;
	enum err e = keeper_wire_parse_jobs(in, a, &jobs, &n, NULL);

	if (e != ERR_NONE)
		return e;
	buf_init(&out, LIMIT_KEEPER_BATCH);
	e = keeper_run(k, jobs, n);
	if (e == ERR_NONE)
		e = keeper_wire_write_results(jobs, n, &out);
	if (e == ERR_NONE)
		e = parcel_send(fd, buf_span(&out), 0);
	for (size_t i = 0; i < n; i++) {
		if (jobs[i].out.p != NULL)
			secret_wipe(jobs[i].out.p, jobs[i].out.cap);
		buf_release(&jobs[i].out);
	}
	if (out.p != NULL)
		secret_wipe(out.p, out.cap);
	buf_release(&out);
	return e;
}

/* Until the node closes its end: ERR_CLOSED. */
static enum err
serve(const struct keyring *ring, int fd)
{
	struct keeper *k = keyring_keeper_create(ring);
	struct arena a = { 0 };
	struct buf in;
	enum err e;

	do {
		buf_init(&in, LIMIT_KEEPER_BATCH);
		e = parcel_receive(fd, 0, &in);
		if (e == ERR_NONE)
			e = batch_serve(k, fd, buf_span(&in), &a);
		buf_release(&in);
		arena_reset(&a);
	} while (e == ERR_NONE);
	arena_release(&a);
	keyring_keeper_free(k);
	return e;
}

static enum err
rights_give_up(const struct config *config)
{
	enum err e = sandbox_hide();

	return e != ERR_NONE ? e : sandbox_enter(SANDBOX_KEEPER,
	    sandbox_mode_find(config->sandbox), NULL);
}

int
keeper_main(const struct config *config, int fd)
{
	struct keyring *ring = NULL;
	enum err e = ring_read(config, &ring);

	/* the node's end tells when to stop, so that its last words can still
	 * be signed */
	signal(SIGTERM, SIG_IGN);
	if (e != ERR_NONE) {
		(void)!start_send(fd, e, NULL);
		return PROCESS_EXIT_CONFIG;
	}
	e = rights_give_up(config);
	if (e == ERR_NONE)
		e = start_send(fd, ERR_NONE, ring);
	if (e == ERR_NONE) {
		process_ready();
		e = serve(ring, fd);
	}
	keyring_free(ring);
	if (e == ERR_CLOSED)
		return EXIT_SUCCESS;
	log_event(LOG_ERROR, "keeper.failed", log_err("error", e));
	return EXIT_FAILURE;
}

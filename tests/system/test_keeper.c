/* SPDX-License-Identifier: Apache-2.0
 *
 * node/keeper: the keeper process in its sandbox with a real keyring, and the
 * node's side.
 */
#include "base/log.h"
#include "base/mem.h"
#include "crypto/jwe.h"
#include "node/keeper.h"
#include "node/process.h"

#include "cmocka_all.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/test_keeper_XXXXXX";
static char ring_path[64], pass_path[64];
static char enforce[] = "enforce", none[] = "";
static struct keyring *ring;

static const char checkpoint[] =
    "almenara.example/log/ve/00000001\n1\n"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
static const char other[] =
    "almenara.example/log/ve/00000001\n1\n"
    "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";

static void
file_write(const char *path, struct span s, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(write(fd, s.p, s.n), s.n);
	close(fd);
}

static void
ring_write(const char *passphrase, mode_t mode)
{
	unsigned char random[40] = { 1 };
	struct buf b;

	buf_init(&b, LIMIT_KEYFILE);
	assert_ok(keyring_write(ring, span_str(passphrase), random, &b));
	file_write(ring_path, buf_span(&b), mode);
	buf_release(&b);
}

struct run {
	pid_t pid;
	int fd;
	struct keeper_client *client;
	struct keeper_start *start;
};

/* Start the keeper over the file; what the node's side makes of it. */
static enum err
run_start(struct run *r, char *passphrase_file, unsigned wait_ms)
{
	struct config c = { .keyring = ring_path, .sandbox = enforce,
		.passphrase_file = passphrase_file };
	int fds[2];

	*r = (struct run){ .start = mem_alloc(sizeof *r->start) };
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    fds), 0);
	r->pid = fork();
	assert_true(r->pid >= 0);
	if (r->pid == 0) {
		close(fds[0]);
		log_init("keeper", LOG_ERROR, open("/dev/null", O_WRONLY));
		_exit(keeper_main(&c, fds[1]));
	}
	close(fds[1]);
	r->fd = fds[0];
	return keeper_client_create(fds[0], wait_ms, &r->client, r->start);
}

/* Close our end; the status of the process. */
static int
run_end(struct run *r)
{
	int status;

	if (r->client != NULL)
		keeper_client_free(r->client);
	else
		close(r->fd);
	free(r->start);
	assert_int_equal(waitpid(r->pid, &status, 0), r->pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void
container_make(const struct jwk *to, struct span jws, struct buf *out)
{
	static const unsigned char epk[1][32] = { { 3 } };
	const struct jwe_random random = { .cek = { 1 }, .iv = { 2 },
		.epk = epk };

	buf_init(out, LIMIT_CONTAINER);
	assert_ok(jwe_write(span_str("almenara.example/log/co/00000001"), &to,
	    1, jws, &random, out));
}

static void
test_start_message(void **state)
{
	const struct keeper_public *k;
	struct run r;

	(void)state;
	assert_ok(run_start(&r, none, 10000));
	assert_memory_equal(r.start->store_key, keyring_store_key(ring), 32);
	assert_int_equal(r.start->tls_kind, TLS_P256);
	assert_memory_equal(r.start->tls_secret,
	    keyring_find(ring, KEYRING_TLS)->jwk.d, 32);
	for (int role = 0; role < KEYRING_ROLE_COUNT; role++) {
		k = keeper_start_find(r.start, (enum keyring_role)role);
		assert_non_null(k);
		assert_false(k->jwk.has_secret);
		assert_true(kid_is_equal(&k->kid,
		    &keyring_find(ring, (enum keyring_role)role)->kid));
		assert_string_equal(k->name,
		    keyring_find(ring, (enum keyring_role)role)->name);
	}
	assert_int_equal(run_end(&r), 0);
}

/* Everything that a keeper does, under its sandbox, in one batch. */
static void
test_work(void **state)
{
	struct keeper_job jobs[5] = {
		{ .what = KEEPER_SIGN_JWS, .key = KEEPER_ENTRY,
			.typ = "almenara-entry+jws", .in = span_str("{}") },
		{ .what = KEEPER_SIGN_CHECKPOINT, .key = KEEPER_LOG,
			.in = span_str(checkpoint) },
		{ .what = KEEPER_SIGN_CHECKPOINT, .key = KEEPER_LOG,
			.in = span_str(other) },
		{ .what = KEEPER_COSIGN_CHECKPOINT, .key = KEEPER_COSIGN,
			.in = span_str(checkpoint), .time_s = 1 },
		{ .what = KEEPER_OPEN },
	};
	struct buf container, jws;
	struct keeper *local = keyring_keeper_create(ring);
	struct keeper_job twin;
	struct run r;

	(void)state;
	/* the same job in this process gives a JWS to seal and to compare */
	twin = jobs[0];
	buf_init(&twin.out, LIMIT_JWS);
	assert_ok(keeper_run(local, &twin, 1));
	assert_ok(twin.result);
	jws = twin.out;
	container_make(&keyring_find(ring, KEYRING_ENC)->jwk, buf_span(&jws),
	    &container);
	jobs[4].in = buf_span(&container);
	jobs[4].want = hash_sha256(buf_span(&jws));
	assert_ok(run_start(&r, none, 10000));
	for (size_t i = 0; i < 5; i++)
		buf_init(&jobs[i].out, LIMIT_JWS + 64);
	assert_ok(keeper_run(keeper_client_keeper(r.client), jobs, 5));
	assert_ok(jobs[0].result);
	assert_true(span_is_equal(buf_span(&jobs[0].out), buf_span(&jws)));
	assert_ok(jobs[1].result);
	assert_int_equal(jobs[1].out.n, 64);
	/* another root at the same size */
	assert_err(jobs[2].result, ERR_CONFLICT);
	assert_ok(jobs[3].result);
	assert_int_equal(jobs[3].out.n, 72);
	assert_ok(jobs[4].result);
	assert_true(span_is_equal(keeper_opened(&jobs[4].out).jws,
	    buf_span(&jws)));
	assert_int_equal(keeper_opened(&jobs[4].out).count, 1);
	for (size_t i = 0; i < 5; i++)
		buf_release(&jobs[i].out);
	buf_release(&container);
	buf_release(&jws);
	keyring_keeper_free(local);
	assert_int_equal(run_end(&r), 0);
}

struct steps {
	const struct keeper_job *jobs;
	size_t done;
};

static void
see_step(void *ctx, size_t first, size_t n)
{
	struct steps *s = ctx;

	assert_int_equal(first, s->done);
	assert_in_range(n, 1, KEEPER_STEP);
	for (size_t i = first; i < first + n; i++) {
		assert_ok(s->jobs[i].result);
		assert_true(s->jobs[i].out.n != 0);
	}
	/* what comes behind is not there yet */
	assert_int_equal(s->jobs[first + n].out.n, 0);
	s->done += n;
}

/* More than one message holds: told of in steps, in order. */
static void
test_many_jobs(void **state)
{
	enum { MANY = 3000 };
	struct steps s = { NULL, 0 };
	struct keeper_job *jobs = mem_array(MANY + 1, sizeof *jobs);
	struct run r;

	(void)state;
	assert_ok(run_start(&r, none, 10000));
	for (size_t i = 0; i < MANY; i++) {
		jobs[i] = (struct keeper_job){ .what = KEEPER_SIGN_JWS,
			.key = KEEPER_PRIVATE, .typ = "almenara-entry+jws",
			.in = span_str("{}") };
		buf_init(&jobs[i].out, 4096);
	}
	s.jobs = jobs;
	assert_ok(keeper_run_steps(keeper_client_keeper(r.client), jobs, MANY,
	    see_step, &s));
	assert_int_equal(s.done, MANY);
	for (size_t i = 0; i < MANY; i++) {
		assert_ok(jobs[i].result);
		buf_release(&jobs[i].out);
	}
	free(jobs);
	assert_int_equal(run_end(&r), 0);
}

static void
test_passphrase(void **state)
{
	struct run r;

	(void)state;
	ring_write("correct horse", 0600);
	file_write(pass_path, span_str("correct horse\n"), 0400);
	assert_ok(run_start(&r, pass_path, 10000));
	assert_int_equal(run_end(&r), 0);
	assert_err(run_start(&r, none, 10000), ERR_KEY);
	assert_int_equal(run_end(&r), PROCESS_EXIT_CONFIG);
	ring_write("", 0600);
}

/* The node is told why, and the parent that trying again is no use. */
static void
test_refused_files(void **state)
{
	struct run r;

	(void)state;
	ring_write("", 0604);
	assert_err(run_start(&r, none, 10000), ERR_DENIED);
	assert_int_equal(run_end(&r), PROCESS_EXIT_CONFIG);
	unlink(ring_path);
	assert_err(run_start(&r, none, 10000), ERR_NOT_FOUND);
	assert_int_equal(run_end(&r), PROCESS_EXIT_CONFIG);
	ring_write("", 0600);
}

/* A keeper that hangs, and one that dies: the way is dead from then on. */
static void
test_lost_keeper(void **state)
{
	static const int signals[] = { SIGSTOP, SIGKILL };
	static const enum err wants[] = { ERR_TIMEOUT, ERR_CLOSED };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct keeper_job job = { .what = KEEPER_SIGN_CHECKPOINT,
			.key = KEEPER_LOG, .in = span_str(checkpoint) };
		struct run r;

		assert_ok(run_start(&r, none, 1000));
		buf_init(&job.out, 64);
		kill(r.pid, signals[i]);
		assert_err(keeper_run(keeper_client_keeper(r.client), &job, 1),
		    wants[i]);
		kill(r.pid, SIGCONT);
		assert_err(keeper_run(keeper_client_keeper(r.client), &job, 1),
		    ERR_CLOSED);
		buf_release(&job.out);
		kill(r.pid, SIGKILL);
		(void)run_end(&r);
	}
}

static int
setup(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(ring_path, sizeof ring_path, "%s/keyring", folder);
	snprintf(pass_path, sizeof pass_path, "%s/passphrase", folder);
	assert_ok(keyring_make(span_str("almenara.example/log/ve/00000001"),
	    span_str("almenara.example/node/ve"),
	    span_str("almenara.example/log/ve/00000002"), JWK_P256, JWK_P256,
	    random_fill, &ring));
	ring_write("", 0600);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	keyring_free(ring);
	unlink(ring_path);
	unlink(pass_path);
	rmdir(folder);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start_message),
		cmocka_unit_test(test_work),
		cmocka_unit_test(test_many_jobs),
		cmocka_unit_test(test_passphrase),
		cmocka_unit_test(test_refused_files),
		cmocka_unit_test(test_lost_keeper),
	};

	return cmocka_run_group_tests_name("keeper", tests, setup, teardown);
}

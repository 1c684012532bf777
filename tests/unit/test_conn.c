/* SPDX-License-Identifier: Apache-2.0
 *
 * net/: connections on loopback, both ends on one loop, and strangers in a
 * forked process that break the rules.
 */
#include "base/limits.h"
#include "base/mem.h"
#include "net/conn.h"
#include "net/frame.h"

#include "cmocka_all.h"

#define ERR_STATE OPENSSL_ERR_STATE
#include <openssl/ssl.h>
#undef ERR_STATE

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MIB = 1048576, TYPES = 256 };

/* One end: what came, in order. */
struct end {
	struct loop *loop;
	struct conn *c;
	struct digest pin;
	enum err verdict;    /* of on_up */
	unsigned ups, downs, rooms, frames;
	enum err why;
	char detail[CONN_WHY_MAX];
	uint8_t types[TYPES];
	size_t bytes;
	unsigned stop_frames; /* stop the loop at so many */
	bool pauses_at_up;
	bool stops_when_up;
	bool greets;         /* sends a frame from within on_up */
};

struct pair {
	struct loop *loop;
	struct tls *server_tls, *client_tls;
	struct conn_group *server_group, *client_group;
	struct end server, client;
	uint16_t port;
	char address[32];
	struct loop_timer *limit;
};

static const unsigned char server_key[32] = { 1, 2, 3 };
static const unsigned char client_key[32] = { 9, 8, 7 };

static enum err
on_up(void *ctx, struct conn *c, const struct tls_public *peer)
{
	struct end *e = ctx;

	e->ups++;
	e->c = c;
	assert_ok(tls_public_pin(peer, &e->pin));
	assert_ptr_equal(conn_peer(c), peer);
	if (e->verdict != ERR_NONE) {
		e->c = NULL;
		return e->verdict;
	}
	conn_pause(c, e->pauses_at_up);
	if (e->greets)
		assert_ok(conn_send(c, CONN_CONTROL, 1, span_str("hello")));
	if (e->stops_when_up)
		loop_stop(e->loop);
	return ERR_NONE;
}

static void
on_frame(void *ctx, struct conn *c, uint8_t type, struct span payload)
{
	struct end *e = ctx;

	assert_ptr_equal(c, e->c);
	if (e->frames < TYPES)
		e->types[e->frames] = type;
	e->frames++;
	e->bytes += payload.n;
	if (e->frames == e->stop_frames)
		loop_stop(e->loop);
}

static void
on_room(void *ctx, struct conn *c)
{
	struct end *e = ctx;

	assert_true(conn_has_room(c));
	e->rooms++;
}

static void
on_down(void *ctx, struct conn *c, enum err why, const char *detail)
{
	struct end *e = ctx;

	assert_ptr_equal(c, e->c);
	e->c = NULL;
	e->downs++;
	e->why = why;
	snprintf(e->detail, sizeof e->detail, "%s", detail);
	loop_stop(e->loop);
}

static const struct conn_calls calls = { .on_up = on_up, .on_frame = on_frame,
	.on_room = on_room, .on_down = on_down };

static void
on_limit(void *ctx)
{
	(void)ctx;
	fail_msg("took too long");
}

static void
on_stop(void *ctx)
{
	loop_stop(ctx);
}

static void
run_ms(struct pair *p, unsigned ms)
{
	struct loop_timer *t = loop_timer_create(p->loop, on_stop, p->loop);

	loop_timer_start(t, ms, 0);
	loop_run(p->loop);
	loop_timer_free(t);
}

static void
pair_init(struct pair *p, const struct conn_limits *limits)
{
	static const struct conn_limits none;

	*p = (struct pair){ .loop = loop_create() };
	p->limit = loop_timer_create(p->loop, on_limit, NULL);
	loop_timer_start(p->limit, 20000, 0);
	assert_ok(tls_create(TLS_ED25519, server_key, &p->server_tls));
	assert_ok(tls_create(TLS_P256, client_key, &p->client_tls));
	limits = limits != NULL ? limits : &none;
	p->server_group = conn_group_create(p->loop, p->server_tls, limits);
	p->client_group = conn_group_create(p->loop, p->client_tls, limits);
	p->server.loop = p->client.loop = p->loop;
	assert_ok(conn_listen(p->server_group, "127.0.0.1:0", &calls,
	    &p->server, &p->port));
	snprintf(p->address, sizeof p->address, "127.0.0.1:%d", p->port);
}

static void
pair_release(struct pair *p)
{
	conn_group_free(p->client_group);
	conn_group_free(p->server_group);
	tls_free(p->client_tls);
	tls_free(p->server_tls);
	loop_timer_free(p->limit);
	loop_free(p->loop);
}

static void
pair_dial(struct pair *p)
{
	assert_ok(conn_dial(p->client_group, p->address, &calls, &p->client,
	    &p->client.c));
	assert_true(conn_is_dialled(p->client.c));
	assert_null(conn_peer(p->client.c));
	assert_err(conn_send(p->client.c, CONN_CONTROL, 1, span_str("early")),
	    ERR_CLOSED);
}

/* Both sides up. */
static void
pair_connect(struct pair *p)
{
	p->server.stops_when_up = true;
	pair_dial(p);
	loop_run(p->loop);
	assert_int_equal(p->client.ups, 1);
	assert_int_equal(p->server.ups, 1);
}

static void
send_noise(struct conn *c, enum conn_class class, uint8_t type, size_t n)
{
	unsigned char *p = mem_alloc(n);
	uint64_t x = 88172645463325252u + type;

	for (size_t i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		p[i] = (unsigned char)(x >> 32);
	}
	assert_ok(conn_send(c, class, type, span_of(p, n)));
	free(p);
}

static void
test_both_prove_their_keys(void **state)
{
	struct digest server_pin, client_pin;
	struct pair p;

	(void)state;
	pair_init(&p, NULL);
	p.client.greets = p.server.greets = true;
	p.client.stop_frames = p.server.stop_frames = 1;
	pair_dial(&p);
	while (p.client.frames + p.server.frames < 2)
		loop_run(p.loop);
	assert_ok(tls_public_pin(tls_public(p.server_tls), &server_pin));
	assert_ok(tls_public_pin(tls_public(p.client_tls), &client_pin));
	assert_true(digest_is_equal(&p.client.pin, &server_pin));
	assert_true(digest_is_equal(&p.server.pin, &client_pin));
	assert_string_equal(conn_address(p.client.c), p.address);
	assert_int_equal(conn_stats(p.client.c).frames_in, 1);
	assert_int_equal(conn_stats(p.client.c).bytes_out, FRAME_HEADER + 5);
	pair_release(&p);
}

/* Known answers: openssl pkey -pubout -outform DER | sha256sum. */
static void
test_pin_is_that_of_openssl(void **state)
{
	static const unsigned char want[2][4] = {
		{ 0x34, 0x2a, 0x70, 0xfd },
		{ 0xa6, 0xa8, 0x13, 0x9b },
	};
	struct tls_public bad = { .kind = TLS_P256, .n = 32 };
	struct digest pin;
	struct tls *t;
	const unsigned char zero[32] = { 0 };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		assert_ok(tls_create(i == 0 ? TLS_ED25519 : TLS_P256,
		    client_key, &t));
		assert_ok(tls_public_pin(tls_public(t), &pin));
		assert_memory_equal(pin.b, want[i], 4);
		tls_free(t);
	}
	assert_err(tls_public_pin(&bad, &pin), ERR_KEY);
	assert_err(tls_create(TLS_P256, zero, &t), ERR_KEY);
}

/* Who is refused is not read from, and learns of it. */
static void
test_refused_key(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p, NULL);
	p.server.verdict = ERR_KEY;
	p.client.greets = true;
	pair_dial(&p);
	loop_run(p.loop);
	assert_int_equal(p.server.ups, 1);
	assert_int_equal(p.server.frames, 0);
	assert_int_equal(p.server.downs, 0);
	assert_int_equal(p.client.downs, 1);
	pair_release(&p);
}

static void
test_nobody_listens(void **state)
{
	struct pair p;
	uint16_t port;

	(void)state;
	pair_init(&p, NULL);
	conn_group_free(p.server_group);
	p.server_group = NULL;
	pair_dial(&p);
	loop_run(p.loop);
	assert_int_equal(p.client.downs, 1);
	assert_err(p.client.why, ERR_IO);
	assert_string_equal(p.client.detail, "Connection refused");
	assert_err(conn_dial(p.client_group, "no port", &calls, NULL,
	    &p.client.c), ERR_SYNTAX);
	assert_err(conn_dial(p.client_group, "::1:70", &calls, NULL,
	    &p.client.c), ERR_SYNTAX);
	assert_err(conn_listen(p.client_group, "127.0.0.1:65536", &calls,
	    NULL, &port), ERR_SYNTAX);
	assert_err(conn_listen(p.client_group, "a.name:1", &calls, NULL,
	    &port), ERR_SYNTAX);
	pair_release(&p);
}

static void
test_large_frames_both_ways(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p, NULL);
	pair_connect(&p);
	conn_set_zstd(p.client.c, true);
	for (uint8_t i = 0; i < 8; i++) {
		send_noise(p.client.c, CONN_OTHER, i, MIB);
		send_noise(p.server.c, CONN_OTHER, i, MIB);
	}
	assert_true(conn_queued(p.client.c) > 8 * MIB);
	p.client.stop_frames = p.server.stop_frames = 8;
	while (p.client.frames + p.server.frames < 16)
		loop_run(p.loop);
	assert_int_equal(p.server.bytes, 8 * MIB);
	assert_int_equal(p.client.bytes, 8 * MIB);
	for (uint8_t i = 0; i < 8; i++)
		assert_int_equal(p.server.types[i], i);
	pair_release(&p);
}

/* What is sealed goes as it is; what is not, packed. */
static void
test_attachments_are_not_packed(void **state)
{
	struct conn_stats before, after;
	unsigned char *even;
	struct pair p;

	(void)state;
	pair_init(&p, NULL);
	pair_connect(&p);
	conn_set_zstd(p.client.c, true);
	even = mem_alloc(MIB);
	for (unsigned i = 0; i < 2; i++) {
		before = conn_stats(p.client.c);
		assert_ok(conn_send(p.client.c, i == 0 ? CONN_OTHER :
		    CONN_BULK, 1, span_of(even, MIB)));
		p.server.stop_frames = i + 1;
		while (p.server.frames < i + 1)
			loop_run(p.loop);
		after = conn_stats(p.client.c);
		assert_int_equal(after.bytes_out - before.bytes_out > MIB,
		    i == 1);
	}
	assert_int_equal(p.server.bytes, 2 * MIB);
	free(even);
	pair_release(&p);
}

/* Within a turn strictly by class; later at most what is on its way. */
static void
test_urgent_overtakes_backlog(void **state)
{
	struct pair p;
	unsigned at;

	(void)state;
	pair_init(&p, NULL);
	p.server.pauses_at_up = true;
	pair_connect(&p);
	for (unsigned i = 0; i < 28; i++)
		send_noise(p.client.c, CONN_OTHER, 3, MIB);
	send_noise(p.client.c, CONN_RECORDS, 2, 100);
	send_noise(p.client.c, CONN_URGENT, 1, 100);
	send_noise(p.client.c, CONN_CONTROL, 0, 100);
	run_ms(&p, 200);
	assert_int_equal(p.server.frames, 0);
	/* the reader is slow, the backlog stands */
	send_noise(p.client.c, CONN_URGENT, 9, 100);
	conn_pause(p.server.c, false);
	p.server.stop_frames = 32;
	loop_run(p.loop);
	assert_int_equal(p.server.types[0], 0);
	assert_int_equal(p.server.types[1], 1);
	assert_int_equal(p.server.types[2], 2);
	for (at = 3; p.server.types[at] != 9; at++)
		assert_int_equal(p.server.types[at], 3);
	/* the kernels' buffers on loopback hold a few MiB */
	assert_true(at < 16);
	pair_release(&p);
}

static void
test_back_pressure(void **state)
{
	const struct conn_limits limits = { .queue_max = 10 * MIB };
	unsigned sent = 0;
	struct pair p;

	(void)state;
	pair_init(&p, &limits);
	p.server.pauses_at_up = true;
	pair_connect(&p);
	while (conn_has_room(p.client.c)) {
		send_noise(p.client.c, CONN_OTHER, 3, MIB);
		sent++;
	}
	assert_int_equal(sent, 10);
	assert_err(conn_send(p.client.c, CONN_URGENT, 1, span_str("x")),
	    ERR_BUSY);
	/* a heartbeat still finds room */
	assert_ok(conn_send(p.client.c, CONN_CONTROL, 0, span_str("x")));
	assert_int_equal(p.client.rooms, 0);
	conn_pause(p.server.c, false);
	p.server.stop_frames = sent + 1;
	loop_run(p.loop);
	assert_int_equal(p.client.rooms, 1);
	assert_int_equal(conn_queued(p.client.c), 0);
	pair_release(&p);
}

static void
test_slow_reader_is_dropped(void **state)
{
	const struct conn_limits limits = { .stall_ms = 300 };
	struct pair p;

	(void)state;
	pair_init(&p, &limits);
	p.server.pauses_at_up = true;
	pair_connect(&p);
	for (unsigned i = 0; i < 16; i++)
		send_noise(p.client.c, CONN_OTHER, 3, MIB);
	loop_run(p.loop);
	assert_int_equal(p.client.downs, 1);
	assert_err(p.client.why, ERR_TIMEOUT);
	assert_int_equal(p.server.downs, 0);
	pair_release(&p);
}

static void
test_silent_peer_is_dropped(void **state)
{
	const struct conn_limits limits = { .silent_ms = 100 };
	struct pair p;

	(void)state;
	pair_init(&p, &limits);
	pair_connect(&p);
	loop_run(p.loop);
	assert_err(p.client.downs != 0 ? p.client.why : p.server.why,
	    ERR_TIMEOUT);
	pair_release(&p);
}

/* What was queued arrives before the end does, in both directions. */
static void
test_finish_drains(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p, NULL);
	pair_connect(&p);
	for (unsigned i = 0; i < 4; i++)
		send_noise(p.client.c, CONN_OTHER, 3, MIB);
	send_noise(p.server.c, CONN_OTHER, 3, MIB);
	conn_finish(p.client.c);
	assert_err(conn_send(p.client.c, CONN_CONTROL, 0, span_str("x")),
	    ERR_CLOSED);
	while (p.client.downs + p.server.downs < 2)
		loop_run(p.loop);
	assert_int_equal(p.server.bytes, 4 * MIB);
	assert_int_equal(p.client.bytes, MIB);
	assert_err(p.client.why, ERR_CLOSED);
	assert_err(p.server.why, ERR_CLOSED);
	pair_release(&p);
}

/* Closed by a callback while frames of the same read are still there. */
static void
close_at_frame(void *ctx, struct conn *c, uint8_t type, struct span payload)
{
	struct end *e = ctx;

	on_frame(ctx, c, type, payload);
	conn_close(c);
	/* the payload is still there to look at */
	assert_true(span_is_str(payload, "a"));
	e->c = NULL;
}

static void
test_close_in_callback(void **state)
{
	static const struct conn_calls closing = { .on_up = on_up,
		.on_frame = close_at_frame, .on_down = on_down };
	struct pair p;

	(void)state;
	pair_init(&p, NULL);
	pair_connect(&p);
	conn_attach(p.server.c, &closing, &p.server);
	for (unsigned i = 0; i < 10; i++)
		assert_ok(conn_send(p.client.c, CONN_OTHER, 1,
		    span_str("a")));
	loop_run(p.loop);
	assert_int_equal(p.server.frames, 1);
	assert_int_equal(p.server.downs, 0);
	assert_int_equal(p.client.downs, 1);
	pair_release(&p);
}

/* --- strangers --- */

static int
plain_connect(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) != 0)
		_exit(10);
	return fd;
}

/* A certificate that we would accept. */
static void
certificate_use(SSL_CTX *ctx)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL,
	    client_key, 32);
	X509 *x = X509_new();

	X509_set_version(x, 2);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 1000);
	X509_set_pubkey(x, key);
	if (X509_sign(x, key, NULL) == 0 ||
	    SSL_CTX_use_certificate(ctx, x) != 1 ||
	    SSL_CTX_use_PrivateKey(ctx, key) != 1)
		_exit(13);
}

/* 0: refused, at the latest when something is read. */
static int
openssl_client(uint16_t port, int version, bool has_alpn, bool has_cert)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl;
	char c;

	/* nobody should wait for ever for what is wrongly accepted */
	alarm(5);
	SSL_CTX_set_min_proto_version(ctx, version);
	SSL_CTX_set_max_proto_version(ctx, version);
	if (has_cert)
		certificate_use(ctx);
	if (has_alpn)
		SSL_CTX_set_alpn_protos(ctx,
		    (const unsigned char *)"\x0a" "almenara/1", 11);
	ssl = SSL_new(ctx);
	SSL_set_fd(ssl, plain_connect(port));
	if (SSL_connect(ssl) != 1)
		return 0;
	if (SSL_read(ssl, &c, 1) > 0)
		return 11;
	return SSL_get_shutdown(ssl) == SSL_RECEIVED_SHUTDOWN &&
	    SSL_get_error(ssl, 0) == SSL_ERROR_ZERO_RETURN ? 12 : 0;
}

static int
version_12(uint16_t port)
{
	return openssl_client(port, TLS1_2_VERSION, true, true);
}

static int
no_certificate(uint16_t port)
{
	return openssl_client(port, TLS1_3_VERSION, true, false);
}

static int
no_alpn(uint16_t port)
{
	return openssl_client(port, TLS1_3_VERSION, false, true);
}

/* Right keys, wrong frame: over a blocking socket each step completes. */
static int
wrong_frame(uint16_t port)
{
	static const unsigned char bytes[] = { 9, 0, 0, 0, 0, 0, 0, 0 };
	struct tls_conn *c;
	struct tls *t;
	size_t n;
	char in[64];

	if (tls_create(TLS_ED25519, client_key, &t) != ERR_NONE)
		return 20;
	c = tls_conn_create(t, TLS_CLIENT, plain_connect(port));
	if (tls_conn_handshake(c) != TLS_DONE)
		return 21;
	if (tls_conn_write(c, span_of(bytes, sizeof bytes), &n) != TLS_DONE)
		return 22;
	return tls_conn_read(c, in, sizeof in, &n) == TLS_DONE ? 23 : 0;
}

/* Says nothing, and sees the connection closed. */
static int
mute(uint16_t port)
{
	char c;

	return read(plain_connect(port), &c, 1) <= 0 ? 0 : 30;
}

static int
http(uint16_t port)
{
	static const char get[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
	int fd = plain_connect(port);
	char c[64];

	if (write(fd, get, sizeof get - 1) < 0)
		return 40;
	while (read(fd, c, sizeof c) > 0)
		;
	return 0;
}

static int
run_stranger(struct pair *p, int (*what)(uint16_t))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(what(p->port));
	while (waitpid(pid, &status, WNOHANG) == 0)
		run_ms(p, 10);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

static void
test_strangers_are_refused(void **state)
{
	static int (*const whats[])(uint16_t) = { version_12, no_certificate,
		no_alpn, http };
	struct pair p;

	(void)state;
	pair_init(&p, NULL);
	for (size_t i = 0; i < sizeof whats / sizeof *whats; i++) {
		assert_int_equal(run_stranger(&p, whats[i]), 0);
		assert_int_equal(p.server.ups, 0);
	}
	/* an unknown frame version ends a good connection */
	assert_int_equal(run_stranger(&p, wrong_frame), 0);
	assert_int_equal(p.server.ups, 1);
	assert_int_equal(p.server.downs, 1);
	assert_err(p.server.why, ERR_UNSUPPORTED);
	pair_release(&p);
}

static void
test_mute_handshakes_are_bounded(void **state)
{
	const struct conn_limits limits = { .handshake_ms = 100 };
	int fds[LIMIT_HANDSHAKES_PER_ADDRESS + 1];
	struct pair p;
	char c;

	(void)state;
	pair_init(&p, &limits);
	assert_int_equal(run_stranger(&p, mute), 0);
	conn_group_free(p.server_group);
	p.server_group = conn_group_create(p.loop, p.server_tls,
	    &(struct conn_limits){ 0 });
	assert_ok(conn_listen(p.server_group, "127.0.0.1:0", &calls,
	    &p.server, &p.port));
	for (size_t i = 0; i <= LIMIT_HANDSHAKES_PER_ADDRESS; i++)
		fds[i] = plain_connect(p.port);
	run_ms(&p, 50);
	/* the one too many is closed, the others wait */
	for (size_t i = 0; i < LIMIT_HANDSHAKES_PER_ADDRESS; i++)
		assert_int_equal(recv(fds[i], &c, 1, MSG_DONTWAIT), -1);
	assert_int_equal(recv(fds[LIMIT_HANDSHAKES_PER_ADDRESS], &c, 1,
	    MSG_DONTWAIT), 0);
	for (size_t i = 0; i <= LIMIT_HANDSHAKES_PER_ADDRESS; i++)
		close(fds[i]);
	run_ms(&p, 50);
	/* and there is room again */
	snprintf(p.address, sizeof p.address, "127.0.0.1:%d", p.port);
	pair_connect(&p);
	pair_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_prove_their_keys),
		cmocka_unit_test(test_pin_is_that_of_openssl),
		cmocka_unit_test(test_refused_key),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_large_frames_both_ways),
		cmocka_unit_test(test_attachments_are_not_packed),
		cmocka_unit_test(test_urgent_overtakes_backlog),
		cmocka_unit_test(test_back_pressure),
		cmocka_unit_test(test_slow_reader_is_dropped),
		cmocka_unit_test(test_silent_peer_is_dropped),
		cmocka_unit_test(test_finish_drains),
		cmocka_unit_test(test_close_in_callback),
		cmocka_unit_test(test_strangers_are_refused),
		cmocka_unit_test(test_mute_handshakes_are_bounded),
	};

	return cmocka_run_group_tests_name("conn", tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The rival: NATS JetStream between the same application, which signs and
 * seals each message to every consumer; each of N consumers opens, verifies
 * and syncs to a file before it acknowledges. One server, started here, with
 * its store in a folder with the synchronous attribute, since Debian's
 * version acknowledges before it syncs. Neither TLS nor receipts nor proofs:
 * bench/README.md. Skipped, with the reason, where it cannot run.
 *
 *	rival_jetstream [peers=34] [entries=60] [rate=10 | batch=16 window=256]
 *	    [size=3600] [port=24222] [dir=D]
 */
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PEERS_MAX = 64, ENTRIES_MAX = 65536, KEY_BYTES = 72, IN_BYTES = 8 << 20,
	JSON_BASE = 300, JSON_RECIPIENT = 246, FLAT_BYTES = 4 << 20,
	WAIT_S = 60, REPLY_MAX = 128, SWEEP = 1024 };

static struct {
	int peers, entries, batch, window, size;
	double rate;
	unsigned port;
	char dir[256];
} o;

static size_t padded, container;

static struct shared {
	volatile int ready;
	volatile int64_t began[ENTRIES_MAX], acked[ENTRIES_MAX];
	volatile int64_t arrived[PEERS_MAX][ENTRIES_MAX];
	unsigned char sign_pk[32], sign_sk[64];
	unsigned char enc_pk[PEERS_MAX][32], enc_sk[PEERS_MAX][32];
} *sh;

static void
fail(const char *what)
{
	fprintf(stderr, "rival_jetstream: %s\n", what);
	_exit(1);
}

/* --- the application's cryptography: one box of libsodium each --- */

static EVP_CIPHER *gcm;
static EVP_CIPHER_CTX *cipher;

static void
gcm_run(const unsigned char key[32], const unsigned char iv[12],
    const unsigned char *in, unsigned char *out, unsigned char tag[16],
    int encrypt)
{
	int n = 0;

	if (EVP_CipherInit_ex2(cipher, gcm, key, iv, encrypt, NULL) != 1 ||
	    (!encrypt && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, 16,
			     tag) != 1) ||
	    EVP_CipherUpdate(cipher, out, &n, in, (int)padded) != 1 ||
	    EVP_CipherFinal_ex(cipher, out + n, &n) != 1 ||
	    (encrypt && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, 16,
			    tag) != 1))
		fail("AES-GCM");
}

/* The key of a recipient: the agreement, hashed, over the content key. */
static void
mask(const unsigned char z[32], const unsigned char in[32],
    unsigned char out[32])
{
	unsigned char kek[32];

	crypto_generichash(kek, sizeof kek, z, 32, NULL, 0);
	for (int i = 0; i < 32; i++)
		out[i] = in[i] ^ kek[i];
}

static void
seal(unsigned number, unsigned char *out)
{
	unsigned char plain[65536], cek[32], e[32], z[32];
	unsigned char *iv = out + (size_t)o.peers * KEY_BYTES;

	memset(plain, ' ', padded);
	memset(plain + 68, 'a' + (int)(number % 26), (size_t)o.size - 68);
	memcpy(plain + 64, &number, 4);
	crypto_sign_detached(plain, NULL, plain + 64, (size_t)o.size - 64,
	    sh->sign_sk);
	randombytes_buf(cek, sizeof cek);
	randombytes_buf(iv, 12);
	gcm_run(cek, iv, plain, iv + 28, iv + 12, 1);
	for (int i = 0; i < o.peers; i++) {
		unsigned char *k = out + (size_t)i * KEY_BYTES;

		randombytes_buf(e, sizeof e);
		crypto_scalarmult_base(k, e);
		if (crypto_scalarmult(z, e, sh->enc_pk[i]) != 0)
			fail("X25519");
		mask(z, cek, k + 32);
	}
}

static unsigned
open_message(int me, const unsigned char *in)
{
	unsigned char plain[65536], z[32], cek[32], tag[16];
	const unsigned char *k = in + (size_t)me * KEY_BYTES;
	const unsigned char *iv = in + (size_t)o.peers * KEY_BYTES;
	unsigned number;

	if (crypto_scalarmult(z, sh->enc_sk[me], k) != 0)
		fail("X25519");
	mask(z, k + 32, cek);
	memcpy(tag, iv + 12, 16);
	gcm_run(cek, iv, iv + 28, plain, tag, 0);
	if (crypto_sign_verify_detached(plain, plain + 64,
		(size_t)o.size - 64, sh->sign_pk) != 0)
		fail("signature");
	memcpy(&number, plain + 64, 4);
	return number;
}

/* --- the NATS protocol, as its documentation describes it --- */

struct nats {
	int fd;
	size_t at, n;
	unsigned char *b;
};

static void
nats_write(struct nats *c, const void *p, size_t n)
{
	const unsigned char *at = p;

	while (n != 0) {
		ssize_t k = send(c->fd, at, n, MSG_NOSIGNAL);

		if (k < 0 && errno != EINTR)
			fail("the server went away");
		if (k > 0) {
			at += k;
			n -= (size_t)k;
		}
	}
}

/* More bytes; false if none are there and it is not to wait. */
static bool
nats_fill(struct nats *c, bool wait)
{
	ssize_t k;

	if (c->at != 0) {
		memmove(c->b, c->b + c->at, c->n - c->at);
		c->n -= c->at;
		c->at = 0;
	}
	k = recv(c->fd, c->b + c->n, IN_BYTES - c->n,
	    wait ? 0 : MSG_DONTWAIT);
	if (k == 0)
		fail("the server closed");
	if (k < 0)
		return false;
	c->n += (size_t)k;
	return true;
}

/* Length of the line at `at`, without its end; 0 if it is not whole. */
static size_t
nats_line(const struct nats *c)
{
	const unsigned char *p = c->b + c->at;
	const unsigned char *end = memmem(p, c->n - c->at, "\r\n", 2);

	return end == NULL ? 0 : (size_t)(end - p);
}

/* The next whole message: MSG subject sid [reply] size. NULL if none. */
static unsigned char *
nats_next(struct nats *c, size_t *size, char reply[REPLY_MAX])
{
	size_t line;

	while ((line = nats_line(c)) != 0) {
		char text[512], subject[REPLY_MAX], third[REPLY_MAX];
		unsigned char *p = c->b + c->at;
		unsigned long n, sid;

		snprintf(text, sizeof text, "%.*s", (int)line, (char *)p);
		reply[0] = '\0';
		if (strncmp(text, "MSG ", 4) != 0) {
			if (strncmp(text, "PING", 4) == 0)
				nats_write(c, "PONG\r\n", 6);
			if (strncmp(text, "-ERR", 4) == 0)
				fail(text);
			c->at += line + 2;
			continue;
		}
		if (sscanf(text, "MSG %127s %lu %127s %lu", subject, &sid,
			third, &n) == 4)
			snprintf(reply, REPLY_MAX, "%s", third);
		else if (sscanf(text, "MSG %127s %lu %lu", subject, &sid,
			     &n) != 3)
			fail("a line of the server");
		if (c->n - c->at < line + 2 + n + 2)
			return NULL;
		c->at += line + 2 + n + 2;
		*size = n;
		return p + line + 2;
	}
	return NULL;
}

static bool
nats_open(struct nats *c, const char *subject)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)o.port) };
	char text[256];
	int one = 1;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*c = (struct nats){ .fd = socket(AF_INET, SOCK_STREAM, 0),
		.b = malloc(IN_BYTES) };
	if (connect(c->fd, (struct sockaddr *)&a, sizeof a) != 0) {
		close(c->fd);
		free(c->b);
		return false;
	}
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	snprintf(text, sizeof text, "CONNECT {\"verbose\":false,\"pedantic\":"
	    "false,\"protocol\":1,\"lang\":\"c\",\"version\":\"1\"}\r\n"
	    "SUB %s 1\r\nPING\r\n", subject);
	nats_write(c, text, strlen(text));
	while (memmem(c->b, c->n, "PONG\r\n", 6) == NULL)
		nats_fill(c, true);
	c->at = c->n;
	return true;
}

static void
api(struct nats *c, const char *subject, const char *json)
{
	char text[2048], reply[REPLY_MAX];
	unsigned char *m;
	size_t n;

	snprintf(text, sizeof text, "PUB %s _INBOX.api %zu\r\n%s\r\n", subject,
	    strlen(json), json);
	nats_write(c, text, strlen(text));
	while ((m = nats_next(c, &n, reply)) == NULL)
		nats_fill(c, true);
	if (memmem(m, n, "\"error\"", 7) != NULL) {
		fprintf(stderr, "%.*s\n", (int)n, (char *)m);
		fail(subject);
	}
}

static void
stream_make(void)
{
	struct nats c;
	char subject[128], json[512];

	if (!nats_open(&c, "_INBOX.api"))
		fail("connect");
	api(&c, "$JS.API.STREAM.CREATE.S", "{\"name\":\"S\",\"subjects\":"
	    "[\"alert.>\"],\"retention\":\"limits\",\"max_consumers\":-1,"
	    "\"max_msgs\":-1,\"max_bytes\":-1,\"max_age\":0,\"storage\":"
	    "\"file\",\"discard\":\"old\",\"num_replicas\":1}");
	for (int i = 0; i < o.peers; i++) {
		snprintf(subject, sizeof subject,
		    "$JS.API.CONSUMER.DURABLE.CREATE.S.C%d", i);
		snprintf(json, sizeof json, "{\"stream_name\":\"S\",\"config\":"
		    "{\"durable_name\":\"C%d\",\"deliver_subject\":"
		    "\"deliver.%d\",\"deliver_policy\":\"all\",\"ack_policy\":"
		    "\"explicit\",\"ack_wait\":60000000000,"
		    "\"max_ack_pending\":50000,\"replay_policy\":\"instant\"}}",
		    i, i);
		api(&c, subject, json);
	}
	close(c.fd);
	free(c.b);
}

/* --- a consumer --- */

static void
consumer(int me)
{
	static char reply[SWEEP][REPLY_MAX];
	unsigned number[SWEEP];
	char subject[32], name[32], ack[REPLY_MAX + 32];
	struct flat f;
	struct nats c;

	snprintf(subject, sizeof subject, "deliver.%d", me);
	snprintf(name, sizeof name, "consumer%d", me);
	flat_open(&f, o.dir, name, FLAT_BYTES);
	if (!nats_open(&c, subject))
		fail("connect");
	__sync_fetch_and_add(&sh->ready, 1);
	for (;;) {
		unsigned char *m;
		size_t n, k = 0;

		while (k < SWEEP &&
		    (m = nats_next(&c, &n, reply[k])) != NULL) {
			number[k++] = open_message(me, m);
			flat_put(&f, m, n);
		}
		if (k != 0)
			flat_sync(&f);
		for (size_t i = 0; i < k; i++) {
			sh->arrived[me][number[i]] = bench_now_ns();
			snprintf(ack, sizeof ack, "PUB %.127s 4\r\n+ACK\r\n",
			    reply[i]);
			nats_write(&c, ack, strlen(ack));
		}
		nats_fill(&c, true);
	}
}

/* --- the publisher --- */

static struct nats pub;
static int sent, accepted;

static void
acks_take(bool wait)
{
	char reply[REPLY_MAX];
	unsigned char *m;
	size_t n;

	do {
		while ((m = nats_next(&pub, &n, reply)) != NULL) {
			if (memmem(m, n, "\"error\"", 7) != NULL)
				fail("a message was refused");
			sh->acked[accepted++] = bench_now_ns();
			wait = false;
		}
	} while (nats_fill(&pub, wait));
}

static void
publish(int count)
{
	static unsigned char *frame;
	size_t at = 0;
	int64_t t = bench_now_ns();

	if (frame == NULL)
		frame = calloc(64, container + 128);
	for (int i = 0; i < count; i++) {
		sh->began[sent + i] = t;
		at += (size_t)snprintf((char *)frame + at, 128,
		    "PUB alert.x _INBOX.p %zu\r\n", container);
		seal((unsigned)(sent + i), frame + at);
		at += container;
		memcpy(frame + at, "\r\n", 2);
		at += 2;
	}
	nats_write(&pub, frame, at);
	sent += count;
}

static int
settled(void)
{
	static int low;

	for (; low < sent; low++)
		for (int i = 0; i < o.peers; i++)
			if (sh->arrived[i][low] == 0)
				return low;
	return low;
}

static void
publish_all(void)
{
	int64_t began = bench_now_ns();

	while (sent < o.entries) {
		int count = o.batch != 0 ? o.batch : 1;
		int64_t left = began + (int64_t)(sent * 1e9 / o.rate) -
		    bench_now_ns();

		if (count > o.entries - sent)
			count = o.entries - sent;
		if (o.batch == 0 && left > 0)
			bench_sleep_ns(left);
		publish(count);
		acks_take(o.batch == 0);
		while (o.batch != 0 && sent - settled() > o.window - o.batch) {
			acks_take(false);
			bench_sleep_ns(200000);
		}
	}
}

/* --- the server --- */

/* "" or why JetStream cannot be measured here. */
static const char *
server_start(pid_t *pid)
{
	static const char *const paths[] = { "/usr/sbin/nats-server",
		"/usr/bin/nats-server", "/usr/local/bin/nats-server" };
	char store[300], port[16];
	const char *path = NULL;
	struct nats c;
	int fd, flags = 0;

	for (size_t i = 0; i < 3 && path == NULL; i++)
		if (access(paths[i], X_OK) == 0)
			path = paths[i];
	if (path == NULL)
		return "nats-server is not installed";
	snprintf(store, sizeof store, "%s/js", o.dir);
	mkdir(store, 0700);
	fd = open(store, O_RDONLY | O_DIRECTORY);
	if (fd < 0 || ioctl(fd, FS_IOC_GETFLAGS, &flags) != 0)
		return "the file system has no attributes";
	flags |= FS_SYNC_FL | FS_DIRSYNC_FL;
	if (ioctl(fd, FS_IOC_SETFLAGS, &flags) != 0)
		return "the synchronous attribute cannot be set";
	close(fd);
	snprintf(port, sizeof port, "%u", o.port);
	*pid = fork();
	if (*pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fd = open("/dev/null", O_WRONLY);
		dup2(fd, 1);
		dup2(fd, 2);
		execl(path, "nats-server", "-js", "-a", "127.0.0.1", "-p", port,
		    "-sd", store, (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 200; i++) {
		bench_sleep_ns(50000000);
		if (nats_open(&c, "_INBOX.none")) {
			close(c.fd);
			free(c.b);
			return "";
		}
	}
	return "nats-server does not answer";
}

/* --- results --- */

static void
report(double wall_s, double cpu_s)
{
	static const double p[] = { 50, 90, 99, 100 };
	static const char *const m[] = { "p50", "p90", "p99", "max" };
	struct series last = { 0 }, acked = { 0 };
	char kase[64];

	for (int n = 0; n < o.entries; n++) {
		int64_t x = 0;

		for (int i = 0; i < o.peers; i++)
			if (sh->arrived[i][n] > x)
				x = sh->arrived[i][n];
		series_add(&last, x - sh->began[n]);
		series_add(&acked, sh->acked[n] - sh->began[n]);
	}
	series_sort(&last);
	series_sort(&acked);
	snprintf(kase, sizeof kase, "%d peers%s", o.peers,
	    o.batch != 0 ? ", saturated" : "");
	if (o.batch != 0)
		bench_result("network", "jetstream", kase, "rate", "1/s",
		    o.entries / wall_s);
	for (int i = 0; o.batch == 0 && i < 4; i++) {
		char metric[32];

		snprintf(metric, sizeof metric, "last %s", m[i]);
		bench_result("network", "jetstream", kase, metric, "ms",
		    (double)series_pct(&last, p[i]) / 1e6);
	}
	if (o.batch == 0)
		bench_result("network", "jetstream", kase, "released p50",
		    "ms", (double)series_pct(&acked, 50) / 1e6);
	bench_result("network", "jetstream", kase, "CPU", "ms/entry",
	    cpu_s / o.entries * 1e3);
}

static double
cpu_of(const pid_t *child, pid_t server)
{
	double s = bench_cpu_s(0) + bench_cpu_s(server);

	for (int i = 0; i < o.peers; i++)
		s += bench_cpu_s(child[i]);
	return s;
}

static void
options(int argc, char **argv)
{
	o.peers = (int)bench_arg_n(argc, argv, "peers", 34);
	o.entries = (int)bench_arg_n(argc, argv, "entries", 60);
	o.batch = (int)bench_arg_n(argc, argv, "batch", 0);
	o.window = (int)bench_arg_n(argc, argv, "window", 256);
	o.rate = (double)bench_arg_n(argc, argv, "rate", 10);
	o.size = (int)bench_arg_n(argc, argv, "size", 3600);
	o.port = (unsigned)bench_arg_n(argc, argv, "port", 24222);
	if (o.peers < 1 || o.peers > PEERS_MAX || o.entries < 1 ||
	    o.entries > ENTRIES_MAX || o.batch < 0 || o.batch > 64 ||
	    o.window < o.batch || o.rate < 1 || o.size < 128 ||
	    o.size > 32768) {
		fputs("an argument is out of range\n", stderr);
		exit(2);
	}
	for (padded = 1024; padded < (size_t)o.size;)
		padded *= 2;
	container = padded * 4 / 3 + JSON_BASE +
	    (size_t)o.peers * JSON_RECIPIENT;
}

static bool
measure(const pid_t *child, pid_t server)
{
	int64_t began, over;
	double cpu_s;

	for (int i = 0; sh->ready < o.peers; i++) {
		if (i > 2000)
			return false;
		bench_sleep_ns(10000000);
	}
	if (!nats_open(&pub, "_INBOX.p"))
		return false;
	bench_sleep_ns(300000000);
	cpu_s = cpu_of(child, server);
	began = bench_now_ns();
	publish_all();
	over = bench_now_ns() + (int64_t)WAIT_S * 1000000000;
	while (settled() < o.entries || accepted < o.entries) {
		acks_take(false);
		bench_sleep_ns(200000);
		if (bench_now_ns() > over)
			return false;
	}
	report((double)(bench_now_ns() - began) / 1e9,
	    cpu_of(child, server) - cpu_s);
	return true;
}

int
main(int argc, char **argv)
{
	pid_t child[PEERS_MAX], server = 0;
	const char *why;
	bool good;

	options(argc, argv);
	gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	cipher = EVP_CIPHER_CTX_new();
	sh = mmap(NULL, sizeof *sh, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sh == MAP_FAILED || gcm == NULL || cipher == NULL ||
	    sodium_init() < 0)
		bench_die("start");
	crypto_sign_keypair(sh->sign_pk, sh->sign_sk);
	for (int i = 0; i < o.peers; i++)
		crypto_box_keypair(sh->enc_pk[i], sh->enc_sk[i]);
	bench_dir_make(argc, argv, o.dir);
	why = server_start(&server);
	if (why[0] != '\0') {
		fprintf(stderr, "skipped: JetStream: %s\n", why);
		if (server > 0)
			kill(server, SIGKILL);
		bench_dir_remove(o.dir);
		return 0;
	}
	stream_make();
	for (int i = 0; i < o.peers; i++) {
		child[i] = fork();
		if (child[i] < 0)
			bench_die("fork");
		if (child[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			consumer(i);
		}
	}
	good = measure(child, server);
	if (!good)
		fputs("not everything arrived in time\n", stderr);
	for (int i = 0; i < o.peers; i++)
		kill(child[i], SIGKILL);
	kill(server, SIGKILL);
	while (wait(NULL) > 0)
		;
	bench_dir_remove(o.dir);
	return good ? 0 : 1;
}

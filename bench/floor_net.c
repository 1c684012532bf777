/* SPDX-License-Identifier: Apache-2.0
 *
 * The bare network floor: one sender, N recipients, each its own process, and
 * nothing of the product. Per entry: one Ed25519 signature; sealing to every
 * recipient (a fresh X25519 key each, KDF, AES-KW, AES-256-GCM once); the
 * syncs of the durability order (body and record; sentinel with the signed
 * checkpoint); TLS 1.3 push of as many bytes as a real container has; opening,
 * one verification, a sync at the recipient; a signed receipt back, verified,
 * one sync for all that came in the same sweep. Libraries at their quickest:
 * libsodium for the curves, OpenSSL for the rest, algorithms fetched once.
 *
 *	floor_net [peers=34] [entries=60] [rate=10 | batch=16 window=64]
 *	    [store=flat|sqlite] [tls=1] [receipts=1] [size=3600] [dir=D] [raw=0]
 *	    [catchup=0] [warm=3] [syncs=2]
 *
 * warm: entries before those that count, at the same rate: the first touch of
 * memory and of code is the machine's, not the path's.
 *
 * syncs=3: the checkpoint in a file of its own before the sentinel, as the
 * design has it and the product no longer needs.
 *
 * catchup=1: the sender has everything sealed and stored beforehand and only
 * sends; what is measured is the recipient, opening, verifying and storing
 * batch by batch. raw=1: only the times in microseconds, or the rate; then
 * "cpu" and the microseconds of all processes an entry.
 *
 * size: bytes of the signed entry; with padding and JSON that is 4096 bytes
 * of plaintext and 5.7 KiB of container plus 246 bytes a recipient.
 */
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PEERS_MAX = 128,
	ENTRIES_MAX = 65536,
	BATCH_MAX = 64,
	KEY_BYTES = 32 + 40,       /* ephemeral key, wrapped content key */
	JSON_BASE = 300,           /* of a real container */
	JSON_RECIPIENT = 246,
	HEAD = 320,                /* of a frame: a checkpoint and so on */
	RECEIPT = 640,             /* a real one is a JWS of about this */
	FLAT_MOST = 4 << 20,       /* then written over, in a circle */
	LINK_BYTES = 4 << 20,
	WAIT_S = 60
};

static struct {
	int peers, entries, batch, window, size, warm, syncs;
	double rate;
	bool sqlite, tls, receipts, raw, catchup;
	char dir[256];
} o;

static size_t padded, container;

/* What the processes share. */
static struct shared {
	volatile int ready;
	volatile int64_t began[ENTRIES_MAX];    /* publish was entered */
	volatile int64_t released[ENTRIES_MAX]; /* durable at the sender */
	volatile int64_t done[ENTRIES_MAX];     /* all receipts are stored */
	volatile int64_t arrived[PEERS_MAX][ENTRIES_MAX];
	unsigned char sign_pk[PEERS_MAX + 1][32], sign_sk[PEERS_MAX + 1][64];
	unsigned char enc_pk[PEERS_MAX][32], enc_sk[PEERS_MAX][32];
	unsigned char log_pk[32], log_sk[64];
} *sh;

static const EVP_CIPHER *gcm, *wrap;
static const EVP_MD *sha;
static EVP_CIPHER_CTX *cipher;
static EVP_MD_CTX *digest;

static void
fail(const char *what)
{
	fprintf(stderr, "floor_net: %s\n", what);
	_exit(1);
}

static void
crypto_ready(void)
{
	gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	wrap = EVP_CIPHER_fetch(NULL, "AES-256-WRAP", NULL);
	sha = EVP_MD_fetch(NULL, "SHA256", NULL);
	cipher = EVP_CIPHER_CTX_new();
	digest = EVP_MD_CTX_new();
	if (sodium_init() < 0 || gcm == NULL || wrap == NULL || sha == NULL ||
	    cipher == NULL || digest == NULL)
		fail("libraries");
}

static void
sha256(const void *p, size_t n, unsigned char out[32])
{
	if (EVP_DigestInit_ex2(digest, sha, NULL) != 1 ||
	    EVP_DigestUpdate(digest, p, n) != 1 ||
	    EVP_DigestFinal_ex(digest, out, NULL) != 1)
		fail("sha256");
}

/* The key that wraps, from the agreement: as in a real container. */
static void
kdf(const unsigned char z[32], unsigned char kek[32])
{
	unsigned char in[4 + 32 + 34] = { 0, 0, 0, 1 };

	memcpy(in + 4, z, 32);
	memcpy(in + 39, "\016ECDH-ES+A256KW", 15);
	sha256(in, sizeof in, kek);
}

static void
key_wrap(const unsigned char kek[32], const unsigned char *in, int in_n,
    unsigned char *out, int encrypt)
{
	unsigned char room[64];
	int n = 0;

	EVP_CIPHER_CTX_set_flags(cipher, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	if (EVP_CipherInit_ex2(cipher, wrap, kek, NULL, encrypt, NULL) != 1 ||
	    EVP_CipherUpdate(cipher, room, &n, in, in_n) != 1)
		fail("AES-KW");
	memcpy(out, room, (size_t)n);
	EVP_CIPHER_CTX_reset(cipher);
}

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
	EVP_CIPHER_CTX_reset(cipher);
}

/* --- entry and container ---
 * plaintext: signature 64, number 4, text, blanks
 * container: peers * (key 32, wrapped 40), iv 12, tag 16, ciphertext, filler */

static void
seal(unsigned number, unsigned char *out)
{
	unsigned char plain[65536], cek[32], e[32], z[32], kek[32];
	unsigned char *iv = out + (size_t)o.peers * KEY_BYTES;

	memset(plain, ' ', padded);
	memset(plain + 68, 'a' + (int)(number % 26), (size_t)o.size - 68);
	memcpy(plain + 64, &number, 4);
	crypto_sign_detached(plain, NULL, plain + 64, (size_t)o.size - 64,
	    sh->sign_sk[PEERS_MAX]);
	randombytes_buf(cek, sizeof cek);
	randombytes_buf(iv, 12);
	gcm_run(cek, iv, plain, iv + 28, iv + 12, 1);
	for (int i = 0; i < o.peers; i++) {
		unsigned char *k = out + (size_t)i * KEY_BYTES;

		randombytes_buf(e, sizeof e);
		crypto_scalarmult_base(k, e);
		if (crypto_scalarmult(z, e, sh->enc_pk[i]) != 0)
			fail("X25519");
		kdf(z, kek);
		key_wrap(kek, cek, 32, k + 32, 1);
	}
}

static unsigned
open_entry(int me, const unsigned char *in)
{
	unsigned char plain[65536], z[32], kek[32], cek[32], tag[16];
	const unsigned char *k = in + (size_t)me * KEY_BYTES;
	const unsigned char *iv = in + (size_t)o.peers * KEY_BYTES;
	unsigned number;

	if (crypto_scalarmult(z, sh->enc_sk[me], k) != 0)
		fail("X25519");
	kdf(z, kek);
	key_wrap(kek, k + 32, 40, cek, 0);
	memcpy(tag, iv + 12, 16);
	gcm_run(cek, iv, iv + 28, plain, tag, 0);
	if (crypto_sign_verify_detached(plain, plain + 64,
		(size_t)o.size - 64, sh->sign_pk[PEERS_MAX]) != 0)
		fail("signature");
	memcpy(&number, plain + 64, 4);
	return number;
}

/* --- store: a flat file written beforehand, or SQLite --- */

static struct {
	struct flat log;
	sqlite3 *db;
	sqlite3_stmt *begin, *commit, *body, *mark;
} st;

static sqlite3_stmt *
prepare(const char *sql)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(st.db, sql, -1, &s, NULL) != SQLITE_OK)
		fail(sqlite3_errmsg(st.db));
	return s;
}

static void
run(sqlite3_stmt *s)
{
	if (sqlite3_step(s) != SQLITE_DONE)
		fail(sqlite3_errmsg(st.db));
	sqlite3_reset(s);
}

/* Room for every entry and every receipt; more would keep the disk busy with
 * zeros while it is measured. */
static int64_t
flat_bytes(void)
{
	int64_t n = (int64_t)o.entries * ((int64_t)container + 32 +
	    (int64_t)o.peers * RECEIPT) + (1 << 16);

	return n < FLAT_MOST ? n : FLAT_MOST;
}

static void
store_open(const char *name)
{
	char path[512];

	if (!o.sqlite) {
		flat_open(&st.log, o.dir, name, flat_bytes());
		return;
	}
	snprintf(path, sizeof path, "%s/%s.db", o.dir, name);
	if (sqlite3_open(path, &st.db) != SQLITE_OK ||
	    sqlite3_exec(st.db, "PRAGMA journal_mode=WAL;"
		"PRAGMA synchronous=FULL;CREATE TABLE log(seq INTEGER "
		"PRIMARY KEY, record BLOB, body BLOB);CREATE TABLE mark("
		"name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID", NULL,
		NULL, NULL) != SQLITE_OK)
		fail("sqlite");
	st.begin = prepare("BEGIN IMMEDIATE");
	st.commit = prepare("COMMIT");
	st.body = prepare("INSERT INTO log VALUES(?,?,?)");
	st.mark = prepare("INSERT OR REPLACE INTO mark VALUES(?,?)");
}

static void
store_begin(void)
{
	if (o.sqlite)
		run(st.begin);
}

static void
store_body(unsigned number, const unsigned char *record, const void *body)
{
	if (!o.sqlite) {
		flat_put(&st.log, record, 32);
		flat_put(&st.log, body, container);
		return;
	}
	sqlite3_bind_int(st.body, 1, (int)number + 1);
	sqlite3_bind_blob(st.body, 2, record, 32, SQLITE_STATIC);
	sqlite3_bind_blob(st.body, 3, body, (int)container, SQLITE_STATIC);
	run(st.body);
}

static void
store_mark(const char *name, const void *p, size_t n)
{
	if (!o.sqlite) {
		flat_put(&st.log, p, n);
		return;
	}
	sqlite3_bind_text(st.mark, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_blob(st.mark, 2, p, (int)n, SQLITE_STATIC);
	run(st.mark);
}

static void
store_commit(void)
{
	if (o.sqlite)
		run(st.commit);
	else
		flat_sync(&st.log);
}

/* --- links --- */

struct link {
	int fd;
	SSL *ssl;
	size_t n;
	unsigned char *b;
};

static SSL_CTX *server, *client;
static int listener;
static struct sockaddr_in address = { .sin_family = AF_INET };

static X509 *
certificate(EVP_PKEY *key)
{
	X509 *x = X509_new();

	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	X509_set_pubkey(x, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN",
	    MBSTRING_ASC, (const unsigned char *)"floor", -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	if (X509_sign(x, key, NULL) == 0)
		fail("certificate");
	return x;
}

static void
net_open(void)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	socklen_t n = sizeof address;
	long mode = SSL_MODE_ENABLE_PARTIAL_WRITE |
	    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER;

	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
	    listen(listener, PEERS_MAX) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &n) != 0)
		bench_die("listen");
	server = SSL_CTX_new(TLS_server_method());
	client = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_min_proto_version(server, TLS1_3_VERSION);
	SSL_CTX_set_num_tickets(server, 0);
	SSL_CTX_set_mode(server, mode);
	SSL_CTX_set_mode(client, mode);
	if (SSL_CTX_use_certificate(server, certificate(key)) != 1 ||
	    SSL_CTX_use_PrivateKey(server, key) != 1)
		fail("TLS key");
}

static void
link_init(struct link *l, int fd, SSL_CTX *ctx)
{
	int one = 1, done;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	*l = (struct link){ .fd = fd, .b = malloc(LINK_BYTES) };
	if (o.tls) {
		l->ssl = SSL_new(ctx);
		SSL_set_fd(l->ssl, fd);
		done = ctx == server ? SSL_accept(l->ssl) :
				       SSL_connect(l->ssl);
		if (done != 1)
			fail("TLS handshake");
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
}

static ssize_t
link_write_some(struct link *l, const unsigned char *p, size_t n)
{
	int k;

	if (l->ssl == NULL)
		return send(l->fd, p, n, MSG_NOSIGNAL);
	ERR_clear_error();
	k = SSL_write(l->ssl, p, (int)n);
	if (k > 0)
		return k;
	if (SSL_get_error(l->ssl, k) != SSL_ERROR_WANT_WRITE)
		fail("TLS write");
	errno = EAGAIN;
	return -1;
}

static void
link_write(struct link *l, const unsigned char *p, size_t n)
{
	struct pollfd q = { l->fd, POLLOUT, 0 };

	while (n != 0) {
		ssize_t k = link_write_some(l, p, n);

		if (k < 0) {
			if (errno != EAGAIN)
				bench_die("send");
			poll(&q, 1, -1);
			continue;
		}
		p += k;
		n -= (size_t)k;
	}
}

/* All that is there. False if the peer has gone. */
static bool
link_read(struct link *l)
{
	while (l->n < LINK_BYTES) {
		ssize_t k;

		if (l->ssl != NULL) {
			int r;

			ERR_clear_error();
			r = SSL_read(l->ssl, l->b + l->n,
			    (int)(LINK_BYTES - l->n));
			if (r <= 0)
				return SSL_get_error(l->ssl, r) ==
				    SSL_ERROR_WANT_READ;
			k = r;
		} else {
			k = recv(l->fd, l->b + l->n, LINK_BYTES - l->n, 0);
			if (k <= 0)
				return k < 0 && errno == EAGAIN;
		}
		l->n += (size_t)k;
	}
	return true;
}

static void
link_drop(struct link *l, size_t n)
{
	memmove(l->b, l->b + n, l->n - n);
	l->n -= n;
}

/* --- a recipient --- */

/* Everything whole in the buffer: opened, verified, stored, one sync. Gives
 * the number behind the last entry, 0 if there was nothing. */
static unsigned
take_frames(int me, struct link *l)
{
	unsigned number[4096], n = 0;
	size_t at = 0;

	while (l->n - at >= HEAD) {
		unsigned char *f = l->b + at;
		unsigned first, count;
		size_t whole;

		memcpy(&first, f, 4);
		memcpy(&count, f + 4, 4);
		whole = HEAD + count * container;
		if (l->n - at < whole || n + count > 4096)
			break;
		for (unsigned i = 0; i < count; i++) {
			unsigned char record[32], *c = f + HEAD +
			    i * container;

			if (n == 0)
				store_begin();
			sha256(c, container, record);
			number[n] = open_entry(me, c);
			if (o.catchup)
				number[n] = first + i;
			n++;
			store_body(first + i, record, c);
		}
		at += whole;
	}
	if (n == 0)
		return 0;
	store_commit();
	for (unsigned i = 0; i < n; i++)
		sh->arrived[me][number[i]] = bench_now_ns();
	link_drop(l, at);
	return number[n - 1] + 1;
}

static void
recipient(int me)
{
	unsigned char receipt[RECEIPT] = { 0 };
	char name[32];
	struct link l;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
		bench_die("connect");
	link_init(&l, fd, client);
	snprintf(name, sizeof name, "peer%d", me);
	store_open(name);
	memcpy(receipt, &me, 4);
	link_write(&l, receipt, RECEIPT); /* says which peer this is */
	for (;;) {
		struct pollfd p = { l.fd, POLLIN, 0 };
		unsigned upto;

		poll(&p, 1, -1);
		if (!link_read(&l))
			_exit(0);
		upto = take_frames(me, &l);
		if (upto == 0)
			continue;
		memcpy(receipt + 4, &upto, 4);
		if (o.receipts)
			crypto_sign_detached(receipt + RECEIPT - 64, NULL,
			    receipt, RECEIPT - 64, sh->sign_sk[me]);
		link_write(&l, receipt, RECEIPT);
	}
}

/* --- the sender --- */

static struct link peer[PEERS_MAX];
static unsigned upto[PEERS_MAX], sent, done;
static struct flat sentinel, checkpoint;

static void
accept_all(void)
{
	for (int i = 0; i < o.peers; i++) {
		struct link l;
		int me, fd = accept(listener, NULL, NULL);

		if (fd < 0)
			bench_die("accept");
		link_init(&l, fd, server);
		while (l.n < RECEIPT) {
			struct pollfd p = { l.fd, POLLIN, 0 };

			poll(&p, 1, -1);
			if (!link_read(&l))
				fail("a recipient went away");
		}
		memcpy(&me, l.b, 4);
		l.n = 0;
		peer[me] = l;
	}
}

/* Steps 1 to 3 of the durability order. */
static void
make_durable(unsigned first, unsigned count, const unsigned char *bodies)
{
	unsigned char note[256] = { 0 };

	store_begin();
	for (unsigned i = 0; i < count; i++) {
		unsigned char record[32];

		sha256(bodies + i * container, container, record);
		store_body(first + i, record, bodies + i * container);
	}
	store_commit();
	memcpy(note, &first, 4);
	crypto_sign_detached(note + 192, NULL, note, 192, sh->log_sk);
	if (o.syncs > 2 && o.sqlite) {
		store_begin();
		store_mark("checkpoint", note, sizeof note);
		store_commit();
	} else if (o.syncs > 2) {
		flat_put_at(&checkpoint, 0, note, sizeof note);
		flat_sync(&checkpoint);
	}
	flat_put_at(&sentinel, 0, note, sizeof note);
	flat_sync(&sentinel);
}

static void
publish(unsigned first, unsigned count)
{
	static unsigned char *frame;
	int64_t t = bench_now_ns();

	if (frame == NULL)
		frame = calloc(1, HEAD + BATCH_MAX * container);
	for (unsigned i = 0; i < count; i++) {
		sh->began[first + i] = t;
		/* in a catch-up the same few are sent again and again */
		if (!o.catchup || first == 0)
			seal(first + i, frame + HEAD + i * container);
	}
	if (!o.catchup)
		make_durable(first, count, frame + HEAD);
	memcpy(frame, &first, 4);
	memcpy(frame + 4, &count, 4);
	t = bench_now_ns();
	for (unsigned i = 0; i < count; i++)
		sh->released[first + i] = t;
	for (int i = 0; i < o.peers; i++)
		link_write(&peer[i], frame, HEAD + count * container);
	sent = first + count;
}

/* The whole receipts of one peer, verified and put. */
static bool
take_receipts(int i)
{
	struct link *l = &peer[i];
	size_t at = 0;
	char name[16];

	if (!link_read(l))
		fail("a recipient went away");
	for (; l->n - at >= RECEIPT; at += RECEIPT) {
		unsigned char *r = l->b + at;

		if (o.receipts && crypto_sign_verify_detached(r + RECEIPT - 64,
				      r, RECEIPT - 64, sh->sign_pk[i]) != 0)
			fail("a receipt's signature");
		memcpy(&upto[i], r + 4, 4);
		snprintf(name, sizeof name, "r%d", i);
		if (o.receipts)
			store_mark(name, r, RECEIPT);
	}
	link_drop(l, at);
	return at != 0;
}

static void
settle(void)
{
	unsigned low = sent;
	int64_t t = bench_now_ns();

	for (int i = 0; i < o.peers; i++)
		if (upto[i] < low)
			low = upto[i];
	for (; done < low; done++)
		sh->done[done] = t;
}

/* One sweep: wait at most `ns` for receipts, take all, one sync. */
static void
sweep(int64_t ns)
{
	struct pollfd p[PEERS_MAX];
	struct timespec t = { ns / 1000000000, ns % 1000000000 };
	bool fresh = false, open = false;

	for (int i = 0; i < o.peers; i++)
		p[i] = (struct pollfd){ peer[i].fd, POLLIN, 0 };
	if (ppoll(p, (nfds_t)o.peers, &t, NULL) <= 0)
		return;
	for (int i = 0; i < o.peers; i++) {
		if (p[i].revents == 0)
			continue;
		if (o.receipts && !open) {
			store_begin();
			open = true;
		}
		fresh |= take_receipts(i);
	}
	if (open)
		store_commit();
	if (fresh)
		settle();
}

static void
at_rate(void)
{
	int64_t began = bench_now_ns() + 10000000;

	for (unsigned n = 0; n < (unsigned)o.entries; n++) {
		int64_t due = began + (int64_t)((double)n * 1e9 / o.rate), x;

		while ((x = due - bench_now_ns()) > 0)
			sweep(x);
		publish(n, 1);
	}
}

static void
saturated(void)
{
	for (unsigned n = 0; n < (unsigned)o.entries;) {
		unsigned count = (unsigned)o.batch;

		if (count > (unsigned)o.entries - n)
			count = (unsigned)o.entries - n;
		while (sent + count > done + (unsigned)o.window)
			sweep((int64_t)WAIT_S * 1000000000);
		publish(n, count);
		n += count;
		sweep(0);
	}
}

/* --- results --- */

static void
report(double wall_s, double cpu_s)
{
	struct series all = { 0 }, last = { 0 }, accepted = { 0 };
	char kase[128];
	const char *name = o.sqlite ? "floor-sqlite" : "floor";

	for (int n = o.warm; n < o.entries; n++) {
		int64_t x = 0;

		for (int i = 0; i < o.peers; i++)
			if (sh->arrived[i][n] > x)
				x = sh->arrived[i][n];
		series_add(&all, sh->done[n] - sh->began[n]);
		series_add(&last, x - sh->began[n]);
		series_add(&accepted, sh->released[n] - sh->began[n]);
		if (o.raw && o.batch == 0)
			printf("%lld\n",
			    (long long)(sh->done[n] - sh->began[n]) / 1000);
	}
	if (o.raw && o.batch != 0)
		printf("%.1f\n", o.entries / wall_s);
	if (o.raw) {
		printf("cpu %.0f\n", cpu_s / o.entries * 1e6);
		return;
	}
	series_sort(&all);
	series_sort(&last);
	series_sort(&accepted);
	snprintf(kase, sizeof kase, "%d peers%s%s%s", o.peers,
	    o.catchup ? ", catch-up" : o.batch != 0 ? ", saturated" : "", o.tls ? "" : ", no TLS",
	    o.receipts ? "" : ", no receipts");
	if (o.batch != 0) {
		bench_result("network", name, kase, "rate", "1/s",
		    o.entries / wall_s);
	} else {
		static const double p[] = { 50, 90, 99, 100 };
		static const char *const m[] = { "p50", "p90", "p99", "max" };

		for (int i = 0; i < 4; i++) {
			char metric[32];

			snprintf(metric, sizeof metric, "receipts %s", m[i]);
			bench_result("network", name, kase, metric, "ms",
			    (double)series_pct(&all, p[i]) / 1e6);
			snprintf(metric, sizeof metric, "last %s", m[i]);
			bench_result("network", name, kase, metric, "ms",
			    (double)series_pct(&last, p[i]) / 1e6);
		}
		bench_result("network", name, kase, "released p50", "ms",
		    (double)series_pct(&accepted, 50) / 1e6);
	}
	bench_result("network", name, kase, "CPU", "ms/entry",
	    cpu_s / o.entries * 1e3);
}

static void
options(int argc, char **argv)
{
	o.peers = (int)bench_arg_n(argc, argv, "peers", 34);
	o.entries = (int)bench_arg_n(argc, argv, "entries", 60);
	o.warm = (int)bench_arg_n(argc, argv, "warm", 3);
	o.batch = (int)bench_arg_n(argc, argv, "batch", 0);
	o.window = (int)bench_arg_n(argc, argv, "window", 64);
	o.rate = (double)bench_arg_n(argc, argv, "rate", 10);
	o.size = (int)bench_arg_n(argc, argv, "size", 3600);
	o.syncs = (int)bench_arg_n(argc, argv, "syncs", 2);
	o.tls = bench_arg_n(argc, argv, "tls", 1) != 0;
	o.receipts = bench_arg_n(argc, argv, "receipts", 1) != 0;
	o.catchup = bench_arg_n(argc, argv, "catchup", 0) != 0;
	o.raw = bench_arg_n(argc, argv, "raw", 0) != 0;
	o.sqlite = strcmp(bench_arg(argc, argv, "store", "flat"), "sqlite") ==
	    0;
	if (o.batch != 0)
		o.warm = 0;
	o.entries += o.warm;
	if (o.peers < 1 || o.peers > PEERS_MAX || o.entries < 1 || o.warm < 0 ||
	    o.entries > ENTRIES_MAX || o.batch < 0 || o.batch > BATCH_MAX ||
	    o.window < o.batch || o.rate < 1 || o.size < 128 ||
	    o.size > 32768 || o.syncs < 2 || o.syncs > 3)
		fail("an argument is out of range");
	for (padded = 1024; padded < (size_t)o.size;)
		padded *= 2;
	container = padded * 4 / 3 + JSON_BASE +
	    (size_t)o.peers * JSON_RECIPIENT;
}

static void
make_keys(void)
{
	sh = mmap(NULL, sizeof *sh, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sh == MAP_FAILED)
		bench_die("mmap");
	for (int i = 0; i <= PEERS_MAX; i++)
		crypto_sign_keypair(sh->sign_pk[i], sh->sign_sk[i]);
	for (int i = 0; i < PEERS_MAX; i++)
		crypto_box_keypair(sh->enc_pk[i], sh->enc_sk[i]);
	crypto_sign_keypair(sh->log_pk, sh->log_sk);
}

static double
cpu_of(const pid_t *child)
{
	double s = bench_cpu_s(0);

	for (int i = 0; i < o.peers; i++)
		s += bench_cpu_s(child[i]);
	return s;
}

int
main(int argc, char **argv)
{
	pid_t child[PEERS_MAX];
	int64_t began;
	double cpu_s;
	int lost = 0;

	options(argc, argv);
	bench_dir_make(argc, argv, o.dir);
	crypto_ready();
	make_keys();
	net_open();
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < o.peers; i++) {
		child[i] = fork();
		if (child[i] < 0)
			bench_die("fork");
		if (child[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			recipient(i);
		}
	}
	store_open("sender");
	flat_open(&sentinel, o.dir, "sentinel", 65536);
	flat_open(&checkpoint, o.dir, "checkpoint", 65536);
	accept_all();
	bench_sleep_ns(300000000);
	cpu_s = cpu_of(child);
	began = bench_now_ns();
	if (o.batch != 0)
		saturated();
	else
		at_rate();
	for (int64_t t = bench_now_ns(); done < (unsigned)o.entries && !lost;) {
		sweep(100000000);
		lost = bench_now_ns() - t > (int64_t)WAIT_S * 1000000000;
	}
	report((double)(bench_now_ns() - began) / 1e9, cpu_of(child) - cpu_s);
	for (int i = 0; i < o.peers; i++)
		kill(child[i], SIGKILL);
	for (int i = 0; i < o.peers; i++)
		waitpid(child[i], NULL, 0);
	bench_dir_remove(o.dir);
	return lost;
}

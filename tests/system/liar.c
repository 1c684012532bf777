/* SPDX-License-Identifier: Apache-2.0
 *
 * A member of the network that does not keep to the protocol: it connects
 * with the keys of a real team and then
 *
 *	liar KEYRING TEAM PORT WHAT
 *
 *	noise    bytes that are no frames
 *	long     a frame longer than any may be
 *	type     a frame of a type that does not exist
 *	early    a question before HELLO
 *	name     a HELLO in the name of another team, "uy"
 *	push     records under a checkpoint that nobody has signed
 *	receipt  a receipt that nobody has signed
 *	flood    questions without end, the answers never read
 *	drip     a frame that comes byte by byte
 *	blob=ORIGIN,INDEX,NAME  no lie: asks for the attachment NAME (hex) of
 *	         that entry, and prints how many bytes came
 *
 * The status is 0 if the other side closed, 9 if it had not after WAIT_MS.
 */
#include "base/code.h"
#include "base/limits.h"
#include "crypto/keyring.h"
#include "crypto/random.h"
#include "net/frame.h"
#include "net/tls.h"
#include "peer/wire.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_MS = 5000, OUT_MAX = 8 << 20, FLOOD_FRAMES = 200000 };

struct liar {
	struct keyring *ring;
	struct tls *tls;
	struct tls_conn *conn;
	struct buf out;
	const char *team;
	int fd;
	int64_t until_ms;
};

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool
wait_for(struct liar *l, enum tls_step step)
{
	struct pollfd p = { .fd = l->fd,
		.events = step == TLS_WANT_WRITE ? POLLOUT : POLLIN };
	int64_t left = l->until_ms - now_ms();

	return left > 0 && poll(&p, 1, (int)left) == 1;
}

/* --- connecting --- */

static enum err
ring_read(const char *path, struct keyring **out)
{
	static unsigned char b[LIMIT_KEYFILE];
	struct fault f;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return ERR_NOT_FOUND;
	n = read(fd, b, sizeof b);
	close(fd);
	return n <= 0 ? ERR_IO :
			keyring_parse(span_of(b, (size_t)n), span_str(""), out,
			    &f);
}

static enum err
connect_to(struct liar *l, uint16_t port)
{
	const struct keyring_key *key = keyring_find(l->ring, KEYRING_TLS);
	struct sockaddr_in sa = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	enum tls_step step;
	enum err e = tls_create(key->jwk.kind == JWK_P256 ? TLS_P256 :
							    TLS_ED25519,
	    key->jwk.d, &l->tls);

	if (e != ERR_NONE)
		return e;
	l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(l->fd, (struct sockaddr *)&sa, sizeof sa) != 0 ||
	    fcntl(l->fd, F_SETFL, O_NONBLOCK) != 0)
		return ERR_IO;
	l->conn = tls_conn_create(l->tls, TLS_CLIENT, l->fd);
	while ((step = tls_conn_handshake(l->conn)) != TLS_DONE)
		if ((step != TLS_WANT_READ && step != TLS_WANT_WRITE) ||
		    !wait_for(l, step))
			return ERR_CLOSED;
	return ERR_NONE;
}

/* --- what is said --- */

static void
put_frame(struct liar *l, uint8_t type, struct span payload)
{
	buf_put_u8(&l->out, FRAME_VERSION);
	buf_put_u8(&l->out, type);
	buf_put_u16(&l->out, 0);
	buf_put_u32(&l->out, (uint32_t)payload.n);
	buf_put(&l->out, payload);
}

static void
put_hello(struct liar *l, const char *team)
{
	struct wire_hello m = { .least = WIRE_VERSION, .most = WIRE_VERSION,
		.team = span_str(team),
		.node = span_str(keyring_find(l->ring, KEYRING_COSIGN)->name),
		.own.origin = span_str(keyring_find(l->ring,
					   KEYRING_LOG)->name) };
	struct buf b;

	buf_init(&b, LIMIT_FRAME);
	wire_write_hello(&m, &b);
	put_frame(l, WIRE_HELLO, buf_span(&b));
	buf_release(&b);
}

static void
put_question(struct liar *l)
{
	struct wire_records_want m = {
		span_str(keyring_find(l->ring, KEYRING_LOG)->name), 0
	};
	struct buf b;

	buf_init(&b, LIMIT_FRAME);
	wire_write_records_want(&m, &b);
	put_frame(l, WIRE_RECORDS_WANT, buf_span(&b));
	buf_release(&b);
}

static void
put_push(struct liar *l)
{
	const char *name = keyring_find(l->ring, KEYRING_LOG)->name;
	struct wire_push m = { .origin = span_str(name) };
	char note[1024];
	struct buf b;

	snprintf(note, sizeof note, "%s\n1\n"
	    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n"
	    "\xe2\x80\x94 %s AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n", name, name);
	m.note = span_str(note);
	buf_init(&b, LIMIT_FRAME);
	wire_write_push(&m, &b);
	put_frame(l, WIRE_PUSH, buf_span(&b));
	buf_release(&b);
}

static void
put_receipt(struct liar *l)
{
	struct wire_receipt m = { 0, span_str("e30.e30.AAAA") };
	struct buf b;

	buf_init(&b, LIMIT_FRAME);
	wire_write_receipt(&m, &b);
	put_frame(l, WIRE_RECEIPT, buf_span(&b));
	buf_release(&b);
}

static bool
put_blob_want(struct liar *l, const char *what)
{
	struct wire_blob_want m = { .n = WIRE_BLOB_MAX };
	const char *comma = strchr(what, ',');
	struct buf b;
	char *name;

	if (comma == NULL)
		return false;
	m.origin = span_of(what, (size_t)(comma - what));
	m.index = strtoull(comma + 1, &name, 10);
	if (name[0] != ',' || code_parse_hex_fixed(span_str(name + 1),
	    m.name.b, sizeof m.name.b) != ERR_NONE)
		return false;
	buf_init(&b, 1024);
	wire_write_blob_want(&m, &b);
	put_frame(l, WIRE_BLOB_WANT, buf_span(&b));
	buf_release(&b);
	return true;
}

/* Listen until the answer comes; its size, -1 if none does. */
static long
blob_size(struct liar *l)
{
	struct frame_codec *codec = frame_codec_create();
	struct frame_reader r;
	struct wire_blob m;
	struct frame f;
	unsigned char b[16384];
	long size = -1;
	bool has;
	size_t n;

	frame_reader_init(&r, codec);
	while (size < 0) {
		enum tls_step step = tls_conn_read(l->conn, b, sizeof b, &n);

		if (step == TLS_CLOSED || step == TLS_FAILED)
			break;
		if (step != TLS_DONE) {
			if (!wait_for(l, step))
				break;
			continue;
		}
		frame_reader_feed(&r, span_of(b, n));
		while (frame_reader_next(&r, &f, &has) == ERR_NONE && has)
			if (f.type == WIRE_BLOB &&
			    wire_parse_blob(f.payload, &m) == ERR_NONE)
				size = (long)m.bytes.n;
	}
	frame_reader_release(&r);
	frame_codec_free(codec);
	return size;
}

static bool
compose(struct liar *l, const char *what)
{
	unsigned char noise[4096];

	if (strcmp(what, "noise") != 0 && strcmp(what, "long") != 0 &&
	    strcmp(what, "early") != 0)
		put_hello(l, strcmp(what, "name") == 0 ? "uy" : l->team);
	if (strcmp(what, "noise") == 0) {
		random_fill(noise, sizeof noise);
		noise[0] = 0xff; /* not by chance a frame */
		buf_put(&l->out, span_of(noise, sizeof noise));
	} else if (strcmp(what, "long") == 0) {
		buf_put_u32(&l->out, 0x01010000);
		buf_put_u32(&l->out, 0x7fffffff);
	} else if (strcmp(what, "type") == 0) {
		put_frame(l, 200, span_str("?"));
	} else if (strcmp(what, "early") == 0) {
		put_question(l);
	} else if (strcmp(what, "push") == 0) {
		put_push(l);
	} else if (strcmp(what, "receipt") == 0) {
		put_receipt(l);
	} else if (strcmp(what, "flood") == 0) {
		for (int i = 0; i < FLOOD_FRAMES; i++)
			put_question(l);
	} else if (strcmp(what, "drip") == 0) {
		put_question(l);
	} else if (strncmp(what, "blob=", 5) == 0) {
		return put_blob_want(l, what + 5);
	} else {
		return strcmp(what, "name") == 0;
	}
	return true;
}

/* Send it; true if the other side has closed by then. */
static bool
send_all(struct liar *l, bool is_drip)
{
	size_t at = 0, n;

	while (at < l->out.n) {
		struct span left = span_of(l->out.p + at,
		    is_drip ? 1 : l->out.n - at);
		enum tls_step step = tls_conn_write(l->conn, left, &n);

		if (step == TLS_DONE)
			at += n;
		else if (step != TLS_WANT_WRITE && step != TLS_WANT_READ)
			return true;
		else if (!wait_for(l, step))
			return false;
		if (is_drip)
			poll(NULL, 0, 20);
	}
	return false;
}

/* Listen until the other side closes. */
static bool
is_cut(struct liar *l)
{
	unsigned char b[16384];
	size_t n;

	for (;;) {
		enum tls_step step = tls_conn_read(l->conn, b, sizeof b, &n);

		if (step == TLS_CLOSED || step == TLS_FAILED)
			return true;
		if (step != TLS_DONE && !wait_for(l, step))
			return false;
	}
}

int
main(int argc, char **argv)
{
	struct liar l = { .fd = -1, .until_ms = now_ms() + WAIT_MS };
	int status = 2;

	if (argc != 5)
		return 2;
	l.team = argv[2];
	buf_init(&l.out, OUT_MAX * 4);
	if (ring_read(argv[1], &l.ring) != ERR_NONE ||
	    connect_to(&l, (uint16_t)strtol(argv[3], NULL, 10)) != ERR_NONE) {
		fprintf(stderr, "liar: cannot connect\n");
	} else if (strncmp(argv[4], "blob=", 5) == 0) {
		if (compose(&l, argv[4]) && !send_all(&l, false))
			printf("%ld\n", blob_size(&l));
		status = 0;
	} else if (compose(&l, argv[4])) {
		status = send_all(&l, strcmp(argv[4], "drip") == 0) ||
			(strcmp(argv[4], "flood") != 0 && is_cut(&l)) ? 0 : 9;
	}
	tls_conn_free(l.conn);
	tls_free(l.tls);
	if (l.fd >= 0)
		close(l.fd);
	keyring_free(l.ring);
	buf_release(&l.out);
	return status;
}

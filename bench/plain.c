/* SPDX-License-Identifier: Apache-2.0
 *
 * Links without TLS, to tell what TLS costs. This is net/tls.h over bare
 * sockets: each side says its public key and is believed. It is linked into
 * bench_hub_plain in the place of net/tls.c and stands in no library, so that
 * no option of any program that is installed can choose it.
 */
#include "net/tls.h"

#include "base/mem.h"
#include "crypto/sign.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { KEY = 32 };

struct tls {
	struct tls_public key;
};

struct tls_conn {
	const struct tls *tls;
	struct tls_public peer;
	int fd;
	size_t said, heard; /* bytes of the keys */
};

enum err
tls_create(enum tls_kind kind, const unsigned char secret[32],
    struct tls **out)
{
	struct sign_secret full;
	struct sign_public public;

	if (kind != TLS_ED25519)
		return ERR_KEY;
	sign_derive(secret, &full, &public);
	*out = mem_alloc(sizeof **out);
	(*out)->key.kind = TLS_ED25519;
	(*out)->key.n = KEY;
	memcpy((*out)->key.b, public.b, KEY);
	explicit_bzero(&full, sizeof full);
	return ERR_NONE;
}

void
tls_free(struct tls *t)
{
	free(t);
}

const struct tls_public *
tls_public(const struct tls *t)
{
	return &t->key;
}

struct tls_conn *
tls_conn_create(struct tls *t, enum tls_side side, int fd)
{
	struct tls_conn *c = mem_alloc(sizeof *c);

	(void)side;
	c->tls = t;
	c->fd = fd;
	c->peer.kind = TLS_ED25519;
	c->peer.n = KEY;
	return c;
}

void
tls_conn_free(struct tls_conn *c)
{
	free(c);
}

enum tls_step
tls_conn_read(struct tls_conn *c, void *out, size_t max, size_t *out_n)
{
	ssize_t n = recv(c->fd, out, max, 0);

	if (n == 0)
		return TLS_CLOSED;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? TLS_WANT_READ :
							   TLS_FAILED;
	*out_n = (size_t)n;
	return TLS_DONE;
}

enum tls_step
tls_conn_write(struct tls_conn *c, struct span in, size_t *out_n)
{
	ssize_t n = send(c->fd, in.p, in.n, MSG_NOSIGNAL);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? TLS_WANT_WRITE :
							   TLS_FAILED;
	*out_n = (size_t)n;
	return TLS_DONE;
}

enum tls_step
tls_conn_handshake(struct tls_conn *c)
{
	enum tls_step step = TLS_DONE;
	size_t n;

	while (step == TLS_DONE && c->said < KEY) {
		step = tls_conn_write(c, span_of(c->tls->key.b + c->said,
		    KEY - c->said), &n);
		c->said += step == TLS_DONE ? n : 0;
	}
	while (step == TLS_DONE && c->heard < KEY) {
		step = tls_conn_read(c, c->peer.b + c->heard, KEY - c->heard,
		    &n);
		c->heard += step == TLS_DONE ? n : 0;
	}
	return step;
}

const struct tls_public *
tls_conn_peer(const struct tls_conn *c)
{
	return &c->peer;
}

enum tls_step
tls_conn_finish(struct tls_conn *c)
{
	return shutdown(c->fd, SHUT_WR) == 0 ? TLS_DONE : TLS_FAILED;
}

const char *
tls_conn_why(const struct tls_conn *c)
{
	(void)c;
	return "the socket failed";
}

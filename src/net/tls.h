/* SPDX-License-Identifier: Apache-2.0
 *
 * TLS between nodes (doc/protocol.md, "Connection"): version 1.3 only, both
 * sides with a self-issued certificate made in memory from the node's `tls`
 * key, ALPN "almenara/1", no tickets, no resumption (it would skip the pin),
 * no early data. Names, dates and issuers mean nothing: a wrong clock must
 * not cut the network. Who the peer is follows from its public key alone,
 * which the caller compares with the keysets before it reads anything.
 * tls.c is the only file outside crypto/ that sees OpenSSL.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "base/err.h"
#include "base/span.h"
#include "crypto/hash.h"

#include <stdbool.h>
#include <stddef.h>

enum tls_kind {
	TLS_ED25519, /* public: 32 bytes; secret: the 32-byte seed */
	TLS_P256     /* public: 65 bytes, uncompressed (SEC 1, 2.3.3); secret:
	              * the scalar, 32 bytes big-endian */
};

enum { TLS_SECRET = 32, TLS_PUBLIC_MAX = 65 };

/* A public key, as in a keyset's jwk of role `tls`. */
struct tls_public {
	enum tls_kind kind;
	unsigned char b[TLS_PUBLIC_MAX];
	size_t n;
};

/* SHA-256 of the key's DER SubjectPublicKeyInfo (RFC 5280 4.1.2.7, RFC 8410,
 * RFC 5480): the pin. ERR_KEY if `n` does not suit the kind. */
MUST enum err tls_public_pin(const struct tls_public *key, struct digest *out);

/* --- one for all connections of a node --- */

struct tls;

/* From the node's secret key, which is copied. ERR_KEY if it is no key. */
MUST enum err tls_create(enum tls_kind kind, const unsigned char secret[32],
    struct tls **out);

/* After its connections. Accepts NULL. */
void tls_free(struct tls *t);

/* The own public key. */
const struct tls_public *tls_public(const struct tls *t);

/* --- one connection --- */

struct tls_conn;

enum tls_side { TLS_CLIENT, TLS_SERVER };

/* What a step came to. */
enum tls_step {
	TLS_DONE,       /* done, or `*out_n` bytes of it */
	TLS_WANT_READ,  /* call again when the descriptor can be read */
	TLS_WANT_WRITE, /* call again when it can be written */
	TLS_CLOSED,     /* the peer closed in order (read only) */
	TLS_FAILED      /* the connection is dead: tls_conn_why */
};

/* Over a connected, non-blocking socket that stays the caller's. */
struct tls_conn *tls_conn_create(struct tls *t, enum tls_side side, int fd);

/* Wipe and free, without a word to the peer. Accepts NULL. */
void tls_conn_free(struct tls_conn *c);

/* Until TLS_DONE. Then both sides have proved their keys, version and ALPN
 * are right, and tls_conn_peer is known; nothing has been read yet. */
enum tls_step tls_conn_handshake(struct tls_conn *c);

/* The peer's key; only after the handshake. */
const struct tls_public *tls_conn_peer(const struct tls_conn *c);

/* Up to `max` bytes into `out`. */
enum tls_step tls_conn_read(struct tls_conn *c, void *out, size_t max,
    size_t *out_n);

/* As much of `in` as fits; after TLS_WANT_* the next call must begin with the
 * same bytes (they may have moved, more may follow). */
enum tls_step tls_conn_write(struct tls_conn *c, struct span in,
    size_t *out_n);

/* Tell the peer that nothing more will be written (close_notify). Reading
 * goes on until TLS_CLOSED. */
enum tls_step tls_conn_finish(struct tls_conn *c);

/* Why TLS_FAILED, for the diagnostic log: lower case, never NULL. */
const char *tls_conn_why(const struct tls_conn *c);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The process that holds the private keys, and the way to it. It reads the
 * keyring file, gives up files and network, hands the node the two keys that
 * the node itself must use (store key, TLS key) and all public keys, once,
 * and from then on signs and opens what the node sends over the socket pair,
 * nothing else. It ends when the node closes its end.
 */
#ifndef NODE_KEEPER_H
#define NODE_KEEPER_H

#include "base/err.h"
#include "base/limits.h"
#include "crypto/keeper.h"
#include "crypto/keyring.h"
#include "net/tls.h"
#include "node/config.h"

/* The life of the keeper process. Returns its exit status. */
int keeper_main(const struct config *config, int fd);

/* --- the node's side: keeper_client.c --- */

enum { KEEPER_PUBLIC_MAX = 64 };

/* A key of the keyring without its secret. */
struct keeper_public {
	enum keyring_role role;
	char name[LIMIT_NAME + 1];
	struct jwk jwk;
	struct kid kid;
};

/* What the keeper hands over at start. The order of the keys is that of the
 * keyring: the last of a role is the one in use. */
struct keeper_start {
	unsigned char store_key[32]; /* for opened text at rest */
	enum tls_kind tls_kind;
	unsigned char tls_secret[TLS_SECRET];
	struct keeper_public keys[KEEPER_PUBLIC_MAX];
	size_t n_keys;
};

/* The key in use of a role, or NULL. */
const struct keeper_public *keeper_start_find(const struct keeper_start *s,
    enum keyring_role role);

/* Wipe all of it. */
void keeper_start_wipe(struct keeper_start *s);

struct keeper_client;

/* Over the node's end of the socket pair, owned from here on (on failure it
 * stays the caller's); receives the start message. ERR_TIMEOUT, ERR_CLOSED, or
 * what kept the keeper from starting. */
MUST enum err keeper_client_create(int fd, unsigned wait_ms,
    struct keeper_client **out, struct keeper_start *out_start);

/* As crypto/keeper.h wants it: blocks for at most `wait_ms` per batch. After
 * an error of the way itself every further run gives ERR_CLOSED. */
struct keeper *keeper_client_keeper(struct keeper_client *c);

/* Accepts NULL. */
void keeper_client_free(struct keeper_client *c);

/* --- the start message, for both sides --- */

/* Append: u16 error; if 0: 32 store key, u8 TLS kind, 32 TLS secret, u8
 * count, each u8 role, u8-length name, u16-length public JWK. `ring` may be
 * NULL with an error. Big-endian. */
void keeper_start_write(enum err e, const struct keyring *ring,
    struct buf *out);

/* The error that it carries, or ERR_SYNTAX. */
MUST enum err keeper_start_parse(struct span in, struct keeper_start *out);

#endif

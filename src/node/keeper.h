/* SPDX-License-Identifier: Apache-2.0
 *
 * The process that holds the private keys, and the way to it. It reads the
 * keyring file, gives up files and network, hands the node the two keys that
 * the node itself must use (store key, TLS key) once, and from then on signs
 * and opens what the node sends over the socket pair, nothing else. It ends
 * when the node closes its end.
 */
#ifndef NODE_KEEPER_H
#define NODE_KEEPER_H

#include "base/err.h"
#include "crypto/keeper.h"
#include "net/tls.h"
#include "node/config.h"

/* The life of the keeper process. Returns its exit status. */
int keeper_main(const struct config *config, int fd);

/* --- the node's side --- */

/* What the keeper hands over at start. Wipe it after use. */
struct keeper_start {
	unsigned char store_key[32]; /* for opened text at rest */
	enum tls_kind tls_kind;
	unsigned char tls_secret[TLS_SECRET];
};

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

#endif

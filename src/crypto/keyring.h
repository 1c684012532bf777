/* SPDX-License-Identifier: Apache-2.0
 *
 * The private keys of a node, in memory and as a file:
 * {"v":1,"keys":[{"role":R,"name":N,"jwk":{..}}...],"store":S}
 * (a key that left the keyset has "retired":T too)
 * plain, or under a passphrase (crypto/passphrase.h). And the keeper's work
 * over a keyring, in process.
 */
#ifndef CRYPTO_KEYRING_H
#define CRYPTO_KEYRING_H

#include "base/buf.h"
#include "base/err.h"
#include "crypto/jwk.h"
#include "crypto/keeper.h"
#include "crypto/random.h"
#include "crypto/secret.h"

enum keyring_role {
	KEYRING_ENTRY,
	KEYRING_LOG,
	KEYRING_COSIGN,
	KEYRING_PRIVATE,
	KEYRING_ENC,
	KEYRING_TLS,
	KEYRING_INTAKE, /* reports from the public; older ones have none */
	KEYRING_ROLE_COUNT
};

struct keyring_key {
	enum keyring_role role;
	char name[256]; /* origin or node name, "" where none is needed */
	struct jwk jwk; /* with its secret */
	struct kid kid;
	uint64_t retired_s; /* left the keyset then; 0: it is in it */
};

/* Opaque: the keys lie in a struct secret. */
struct keyring;

struct keyring *keyring_create(void);

/* Wipes everything. Accepts NULL. */
void keyring_free(struct keyring *r);

/* The last key of a role is the one in use; earlier `enc` keys still open.
 * ERR_KEY (no secret, wrong kind for the role), ERR_CONFLICT (this key is
 * here already), ERR_SCHEMA (name), ERR_LIMIT. */
MUST enum err keyring_add(struct keyring *r, enum keyring_role role,
    struct span name, const struct jwk *key);

/* The key that was added last goes to the front, so that it is not the one in
 * use. */
void keyring_put_first(struct keyring *r);

/* A key left the keyset at `time_s`: ERR_NOT_FOUND. */
MUST enum err keyring_retire(struct keyring *r, const struct kid *kid,
    uint64_t time_s);

/* Forget keys that were retired before `time_s`; returns how many. */
size_t keyring_prune(struct keyring *r, uint64_t time_s);

/* A new keyring: one key of each role and a store key. `origin` names the
 * `log` key, `node` the `cosign` key, `private_origin` the `private` key.
 * `enc` is X25519 or P-256, `tls` Ed25519 or P-256. */
MUST enum err keyring_make(struct span origin, struct span node,
    struct span private_origin, enum jwk_kind enc, enum jwk_kind tls,
    random_fn *random, struct keyring **out);

/* The key in use of a role, or NULL; the i-th key of all, or NULL. Borrowed. */
const struct keyring_key *keyring_find(const struct keyring *r,
    enum keyring_role role);
const struct keyring_key *keyring_at(const struct keyring *r, size_t i);

/* 32 bytes, borrowed. */
const unsigned char *keyring_store_key(const struct keyring *r);

/* The file. With a passphrase (not empty) its content is encrypted and
 * `salt_nonce` is used, PASSPHRASE_RANDOM bytes of randomness; else plain.
 * The caller wipes `out`. */
MUST enum err keyring_write(const struct keyring *r, struct span passphrase,
    const unsigned char *salt_nonce, struct buf *out);

/* ERR_KEY if it is under a passphrase and none is given, ERR_DECRYPT if the
 * passphrase is wrong or the file damaged, else as its parts. */
MUST enum err keyring_parse(struct span file, struct span passphrase,
    struct keyring **out, struct fault *f);

/* "entry", "log", ... Never NULL. */
const char *keyring_role_token(enum keyring_role role);

/* A keeper in this process over `r`, which must outlive it. */
struct keeper *keyring_keeper_create(const struct keyring *r);
void keyring_keeper_free(struct keeper *k); /* accepts NULL */

#endif

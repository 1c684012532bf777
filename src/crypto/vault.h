/* SPDX-License-Identifier: Apache-2.0
 *
 * A long text sealed to one key that is kept offline: backups, and the keys of
 * a node beside them. It is written and read as a stream, in bounded memory;
 * who writes needs the public key only, and can open nothing again.
 *
 *	almenara-vault-1 LF
 *	a container (crypto/jwe.h) of "vault-1." and the key of the pieces in
 *	base64url LF
 *	the pieces (crypto/pieces.h)
 *
 * The container names the log of the node that wrote it. It says nothing of
 * who wrote: what is inside is signed, or judged, by its reader.
 * doc/backup.md.
 */
#ifndef CRYPTO_VAULT_H
#define CRYPTO_VAULT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "crypto/jwk.h"
#include "crypto/pieces.h"
#include "crypto/random.h"

#include <stdbool.h>

struct vault_writer {
	unsigned char key[PIECE_KEY];
	unsigned char text[PIECE_TEXT]; /* of the piece that is not full */
	size_t n;
	uint64_t number;
};

/* Begin a file for `to` (X25519 or P-256): append its head. ERR_KEY,
 * ERR_SCHEMA (`log` is no name of a log), ERR_LIMIT. */
MUST enum err vault_begin(struct vault_writer *w, const struct jwk *to,
    struct span log, random_fn *random, struct buf *out);

/* Append the pieces that are full with this; and the last one. */
void vault_put(struct vault_writer *w, struct span text, struct buf *out);
void vault_end(struct vault_writer *w, struct buf *out);

/* Forget the key and what is not written. */
void vault_wipe(struct vault_writer *w);

/* The head of a file whose first bytes (at least LIMIT_VAULT_HEAD, or all)
 * are `in`: its length, for whom it is, of which log. ERR_SYNTAX,
 * ERR_UNSUPPORTED (a later form), or what jwe_parse says. */
struct vault_head {
	size_t n;
	struct digest kid; /* thumbprint of the key that opens it */
	struct span log;   /* arena */
};
MUST enum err vault_parse_head(struct span in, struct arena *a,
    struct vault_head *out, struct fault *f);

struct vault_reader {
	unsigned char key[PIECE_KEY];
	uint64_t number;
};

/* Open the head with the private key. ERR_KEY if it is for another one,
 * ERR_DECRYPT, ERR_SYNTAX. */
MUST enum err vault_open(struct span in, const struct jwk *key,
    struct vault_reader *out, struct fault *f);

/* The next piece: all but the last have PIECE_SEALED bytes. `out` takes
 * sealed.n - PIECE_TAG bytes and may be sealed.p. ERR_DECRYPT, ERR_LIMIT. */
MUST enum err vault_next(struct vault_reader *r, struct span sealed,
    bool is_last, unsigned char *out);

void vault_close(struct vault_reader *r);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * A file under a passphrase: "almenara-secret-1\n", then 16 bytes of salt, 24
 * of nonce and the secretbox (XSalsa20-Poly1305, libsodium), key by Argon2id
 * (RFC 9106) with 3 passes over 64 MiB.
 */
#ifndef CRYPTO_PASSPHRASE_H
#define CRYPTO_PASSPHRASE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>

enum { PASSPHRASE_RANDOM = 40 };

/* Does the file begin like one of these? */
bool passphrase_is_file(struct span file);

/* Append the file of `text`. ERR_LIMIT. */
MUST enum err passphrase_seal(struct span passphrase,
    const unsigned char random[PASSPHRASE_RANDOM], struct span text,
    struct buf *out);

/* Append the text. ERR_SYNTAX, ERR_DECRYPT, ERR_LIMIT. */
MUST enum err passphrase_open(struct span passphrase, struct span file,
    struct buf *out);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * A verifier key of a signed note as it stands in a keyset:
 * "<name>+<key id in hex>+<base64 of type and public key>", where key id =
 * the first 4 bytes of SHA-256(name, 0x0A, type, public key) (C2SP
 * signed-note). Only Ed25519 types: 0x01 (log) and 0x04 (cosignature).
 */
#ifndef RECORD_VKEY_H
#define RECORD_VKEY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "crypto/sign.h"

#include <stdint.h>

enum { VKEY_LOG = 0x01, VKEY_COSIGN = 0x04 };

struct vkey {
	struct span name; /* borrowed from the text */
	uint32_t id;      /* big-endian reading of the 4 bytes */
	uint8_t type;
	struct sign_public key;
};

/* ERR_SYNTAX, ERR_CANONICAL, ERR_UNSUPPORTED (type), ERR_DIGEST (the id is
 * not that of the key), ERR_KEY (weak). `out` is untouched on failure. */
MUST enum err vkey_parse(struct span text, struct vkey *out, struct fault *f);

/* The key id of `type` and `key` under `name`. */
uint32_t vkey_id(struct span name, uint8_t type, const struct sign_public *key);

void vkey_write(struct buf *out, struct span name, uint8_t type,
    const struct sign_public *key);

#endif

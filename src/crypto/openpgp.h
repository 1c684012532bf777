/* SPDX-License-Identifier: Apache-2.0
 *
 * OpenPGP as far as a publisher needs it (RFC 4880, RFC 9580): one Ed25519 key
 * of version 4 with a name, detached signatures and signed texts, in ASCII
 * armour, for readers who have gpg or sq and nothing of ours. Nothing is read
 * here. The signature itself is made by whoever holds the key: this gives the
 * digest to be signed, and takes the 64 bytes (RFC 8032) that sign it.
 */
#ifndef CRYPTO_OPENPGP_H
#define CRYPTO_OPENPGP_H

#include "base/buf.h"
#include "base/span.h"
#include "crypto/hash.h"
#include "crypto/sign.h"

#include <stdint.h>

/* Keys of version 4 are named by a time too. It is fixed, so that the name
 * follows from the key alone: 2026-01-01. No signature is older. */
#define OPENPGP_BORN UINT32_C(1767225600)

enum { OPENPGP_FINGERPRINT = 20, OPENPGP_HEX = 41 };

enum openpgp_what {
	OPENPGP_FILE = 0x00, /* bytes as they are */
	OPENPGP_TEXT = 0x01, /* a text, whatever its line ends */
	OPENPGP_NAME = 0x13  /* the key says its name: `of` is the name */
};

/* 40 upper-case digits, NUL-ended. */
void openpgp_fingerprint(const struct sign_public *key,
    char out[OPENPGP_HEX]);

/* What is to be signed: `of` at the time `at_s`, by `key`. */
struct digest openpgp_digest(const struct sign_public *key,
    enum openpgp_what what, struct span of, int64_t at_s);

/* Append the armoured public key with its name, which `sig` signs (OPENPGP_NAME
 * at OPENPGP_BORN). */
void openpgp_put_key(struct buf *out, const struct sign_public *key,
    struct span name, const unsigned char sig[SIGN_BYTES]);

/* Append the armoured signature of a file. */
void openpgp_put_signature(struct buf *out, const struct sign_public *key,
    enum openpgp_what what, struct span of, int64_t at_s,
    const unsigned char sig[SIGN_BYTES]);

/* Append the text and its signature (OPENPGP_TEXT) as one readable file.
 * `text` is UTF-8 and ends in a line feed. */
void openpgp_put_signed(struct buf *out, const struct sign_public *key,
    struct span text, int64_t at_s, const unsigned char sig[SIGN_BYTES]);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The code by which a reader of a mailing answers: XXXXX-XXXXX, 50 bits. It is
 * the reader's place in the mailing, with zeros before it, under a permutation
 * that follows from a key and the mailing: a Feistel network over HMAC-SHA-256.
 * So a code is found without trying those of all readers, and no table of them
 * is kept. Each reader has one code and each code one place: of 2^50 codes as many
 * are good as there are readers, and to guess one is as hard as if each were
 * made of a hash of its own. Pure.
 */
#ifndef WATCH_MAILING_CODE_H
#define WATCH_MAILING_CODE_H

#include "base/uuid.h"
#include "crypto/hash.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	MAILING_CODE = 11,      /* letters of Crockford's base32, and a hyphen */
	MAILING_CODE_ROUNDS = 10 /* of the network: each one HMAC */
};

/* The code of the reader at `at`. */
void mailing_code_write(const struct hash_key *key,
    const struct uuid *mailing, uint32_t at, char out[MAILING_CODE + 1]);

/* Of which of the `n` readers is it? False: of none of this mailing. */
bool mailing_code_find(const struct hash_key *key, const struct uuid *mailing,
    const char *code, size_t n, size_t *at);

#endif

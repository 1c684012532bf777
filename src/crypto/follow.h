/* SPDX-License-Identifier: Apache-2.0
 *
 * The code by which somebody follows a report that she made: 80 bits, shown as
 * 16 characters of Crockford's base32 and a check character (modulo 37), in
 * groups: 7K4M-2Q9X-0000-ABCD-E. Nobody but her has it. The node keeps a
 * digest, which finds the report, and the public part of a key that follows
 * from the code, to which answers are sealed; neither gives the code.
 */
#ifndef CRYPTO_FOLLOW_H
#define CRYPTO_FOLLOW_H

#include "base/err.h"
#include "base/span.h"
#include "crypto/jwk.h"

enum { FOLLOW_CODE = 10, FOLLOW_TEXT = 21 };

void follow_write(const unsigned char code[FOLLOW_CODE],
    char out[FOLLOW_TEXT + 1]);

/* What a person typed: case, hyphens and blanks do not count, I and L are 1, O
 * is 0. ERR_SYNTAX (a character, the length), ERR_DIGEST (the check character:
 * it was mistyped). */
MUST enum err follow_parse(struct span in, unsigned char code[FOLLOW_CODE],
    struct fault *f);

/* What the node keeps to find the report by. */
struct digest follow_digest(const unsigned char code[FOLLOW_CODE]);

/* The X25519 key of who has the code, with its secret; to be wiped. */
void follow_key(const unsigned char code[FOLLOW_CODE], struct jwk *out);

#endif

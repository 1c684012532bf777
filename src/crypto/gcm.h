/* SPDX-License-Identifier: Apache-2.0
 *
 * AES-256-GCM (SP 800-38D) and AES key wrap (RFC 3394), for the files of this
 * folder only.
 */
#ifndef CRYPTO_GCM_H
#define CRYPTO_GCM_H

#include "base/span.h"

/* `out` takes text.n bytes and may be text.p. */
void gcm_seal(const unsigned char key[32], const unsigned char iv[12],
    struct span aad, struct span text, unsigned char *out,
    unsigned char tag[16]);

/* False if the tag does not fit; `out` is then wiped. */
bool gcm_open(const unsigned char key[32], const unsigned char iv[12],
    struct span aad, struct span text, const unsigned char tag[16],
    unsigned char *out);

void gcm_key_wrap(const unsigned char kek[32], const unsigned char key[32],
    unsigned char out[40]);

/* False if `in` was not wrapped by `kek`; `out` is then zero. */
bool gcm_key_unwrap(const unsigned char kek[32], const unsigned char in[40],
    unsigned char out[32]);

#endif

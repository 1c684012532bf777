/* SPDX-License-Identifier: Apache-2.0
 *
 * X25519 over libsodium. The zero check stands here too, so that it holds
 * whatever the library does.
 */
#include "crypto/x25519.h"

#include "crypto/secret.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static void
ready(void)
{
	static bool done;

	if (!done && sodium_init() < 0)
		abort();
	done = true;
}

void
x25519_public(const unsigned char d[32], unsigned char x[32])
{
	ready();
	if (crypto_scalarmult_base(x, d) != 0)
		abort();
}

enum err
x25519_agree(const unsigned char d[32], const unsigned char theirs[32],
    unsigned char z[32])
{
	unsigned char r[32];
	enum err e = ERR_KEY;

	ready();
	if (crypto_scalarmult(r, d, theirs) == 0 &&
	    sodium_is_zero(r, sizeof r) == 0) {
		memcpy(z, r, sizeof r);
		e = ERR_NONE;
	}
	secret_wipe(r, sizeof r);
	return e;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * OpenPGP keys of readers of letters, and letters under them (RFC 4880,
 * RFC 3156), by GnuPG over GPGME; pgp.c is the only file that includes it. It
 * starts programs and writes files: only the process of envelope.h calls it,
 * with a folder that is used for one call.
 */
#ifndef COURIER_PGP_H
#define COURIER_PGP_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

enum { PGP_FINGERPRINT = 64, PGP_WHO = 254, PGP_FACTOR_LEAST = 2048,
	PGP_CURVE_LEAST = 255 };

struct pgp_card {
	char fingerprint[PGP_FINGERPRINT + 1]; /* as GnuPG writes it */
	char who[PGP_WHO + 1];                 /* its first user, printable */
	int64_t until_s;                       /* 0: it does not expire */
};

/* Look at one public key, armored: in force, able to encrypt, strong enough.
 * It is appended to `text_out` without signatures of others. ERR_SYNTAX,
 * ERR_KEY with what is wrong in `f`: also that it is a private key;
 * ERR_UNSUPPORTED if there is no gpg. */
MUST enum err pgp_look(const char *home, struct span text,
    struct pgp_card *out, struct buf *text_out, struct fault *f);

/* Append `part` (a MIME part), armored, for the holder of the key alone. As
 * pgp_look; ERR_LIMIT if `out` is too small. */
MUST enum err pgp_seal(const char *home, struct span text, struct span part,
    struct buf *out, struct fault *f);

#endif

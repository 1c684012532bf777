/* SPDX-License-Identifier: Apache-2.0
 *
 * Certificates of readers of letters, and letters under them: S/MIME
 * (RFC 8551), which is CMS EnvelopedData (RFC 5652) with AES-256-CBC, the form
 * that every mail program opens. Whose certificate it is was looked at by the
 * person who registered it: no chain is followed.
 */
#ifndef CRYPTO_CMS_H
#define CRYPTO_CMS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

enum { CMS_FINGERPRINT = 64, CMS_WHO = 254, CMS_RSA_LEAST = 2048,
	CMS_CURVE_LEAST = 255 };

struct cms_card {
	char fingerprint[CMS_FINGERPRINT + 1]; /* SHA-256, hex */
	char who[CMS_WHO + 1];                 /* the subject, printable */
	int64_t until_s;
};

/* Look at one certificate in PEM: in force, for letters, strong enough. It is
 * appended to `pem`, alone. ERR_SYNTAX, ERR_KEY with what is wrong in `f`:
 * also that it is a private key. */
MUST enum err cms_look(struct span text, int64_t now_s, struct cms_card *out,
    struct buf *pem, struct fault *f);

/* When the first certificate in PEM of `text` ends, whatever it is for; others
 * may follow. ERR_SYNTAX. */
MUST enum err cms_until(struct span text, int64_t *until_s);

/* Append the DER of `part` (a MIME part) for the holder of the certificate
 * alone. As cms_look; ERR_LIMIT if `out` is too small. */
MUST enum err cms_seal(struct span text, int64_t now_s, struct span part,
    struct buf *out, struct fault *f);

#endif

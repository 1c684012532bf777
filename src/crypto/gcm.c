/* SPDX-License-Identifier: Apache-2.0
 *
 * Two ciphers, fetched once; the contexts are kept and their keys dropped by
 * a reset after each use.
 */
#define ERR_STATE OPENSSL_ERR_STATE /* a type of the same name as our error */
#include <openssl/evp.h>
#undef ERR_STATE

#include "crypto/gcm.h"

#include "crypto/secret.h"

#include <limits.h>
#include <stdlib.h>

static EVP_CIPHER *gcm, *wrap;
static EVP_CIPHER_CTX *context;

static void
ready(void)
{
	if (context != NULL)
		return;
	gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	wrap = EVP_CIPHER_fetch(NULL, "AES-256-WRAP", NULL);
	context = EVP_CIPHER_CTX_new();
	if (gcm == NULL || wrap == NULL || context == NULL)
		abort();
}

static void
start(const unsigned char key[32], const unsigned char iv[12],
    struct span aad, struct span text, int encrypt)
{
	int n;

	ready();
	if (aad.n > INT_MAX || text.n > INT_MAX ||
	    EVP_CipherInit_ex2(context, gcm, key, iv, encrypt, NULL) != 1)
		abort();
	if (aad.n != 0 &&
	    EVP_CipherUpdate(context, NULL, &n, aad.p, (int)aad.n) != 1)
		abort();
}

void
gcm_seal(const unsigned char key[32], const unsigned char iv[12],
    struct span aad, struct span text, unsigned char *out,
    unsigned char tag[16])
{
	unsigned char none[16];
	int n;

	start(key, iv, aad, text, 1);
	if (text.n != 0 &&
	    EVP_CipherUpdate(context, out, &n, text.p, (int)text.n) != 1)
		abort();
	if (EVP_CipherFinal_ex(context, none, &n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, tag) != 1)
		abort();
	EVP_CIPHER_CTX_reset(context);
}

bool
gcm_open(const unsigned char key[32], const unsigned char iv[12],
    struct span aad, struct span text, const unsigned char tag[16],
    unsigned char *out)
{
	unsigned char none[16], copy[16];
	bool yes;
	int n;

	memcpy(copy, tag, sizeof copy);
	start(key, iv, aad, text, 0);
	if (EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, copy) != 1)
		abort();
	yes = (text.n == 0 ||
	    EVP_CipherUpdate(context, out, &n, text.p, (int)text.n) == 1) &&
	    EVP_CipherFinal_ex(context, none, &n) == 1;
	if (!yes)
		secret_wipe(out, text.n);
	EVP_CIPHER_CTX_reset(context);
	return yes;
}

static bool
run_wrap(const unsigned char kek[32], const unsigned char *in, int in_n,
    unsigned char *out, int out_n, int encrypt)
{
	int n = 0;
	bool yes;

	ready();
	EVP_CIPHER_CTX_set_flags(context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	if (EVP_CipherInit_ex2(context, wrap, kek, NULL, encrypt, NULL) != 1)
		abort();
	yes = EVP_CipherUpdate(context, out, &n, in, in_n) == 1 && n == out_n;
	EVP_CIPHER_CTX_reset(context);
	return yes;
}

void
gcm_key_wrap(const unsigned char kek[32], const unsigned char key[32],
    unsigned char out[40])
{
	if (!run_wrap(kek, key, 32, out, 40, 1))
		abort();
}

bool
gcm_key_unwrap(const unsigned char kek[32], const unsigned char in[40],
    unsigned char out[32])
{
	unsigned char room[48] = { 0 };
	bool yes = run_wrap(kek, in, 40, room, 32, 0);

	if (yes)
		memcpy(out, room, 32);
	else
		memset(out, 0, 32);
	secret_wipe(room, sizeof room);
	return yes;
}

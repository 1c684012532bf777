/* SPDX-License-Identifier: Apache-2.0
 *
 * Files under a passphrase, with libsodium, because Argon2id is not in every
 * libcrypto that we run on.
 */
#include "crypto/passphrase.h"

#include "crypto/secret.h"

#include <sodium.h>
#include <stdlib.h>

#define MAGIC "almenara-secret-1\n"

enum { HEAD = sizeof MAGIC - 1, SALT = 16, NONCE = 24, TAG = 16,
	PASSES = 3, MEMORY = 64 << 20 };

bool
passphrase_is_file(struct span file)
{
	return file.n >= HEAD && memcmp(file.p, MAGIC, HEAD) == 0;
}

static void
derive(struct span passphrase, const unsigned char *salt, struct secret *key)
{
	secret_init(key, crypto_secretbox_KEYBYTES);
	if (sodium_init() < 0 || crypto_pwhash(key->p, key->n,
		(const char *)passphrase.p, passphrase.n, salt, PASSES, MEMORY,
		crypto_pwhash_ALG_ARGON2ID13) != 0)
		abort();
}

enum err
passphrase_seal(struct span passphrase,
    const unsigned char random[PASSPHRASE_RANDOM], struct span text,
    struct buf *out)
{
	struct secret key;
	unsigned char *p = buf_extend(out, HEAD + PASSPHRASE_RANDOM + TAG +
	    text.n);

	if (p == NULL)
		return ERR_LIMIT;
	memcpy(p, MAGIC, HEAD);
	memcpy(p + HEAD, random, PASSPHRASE_RANDOM);
	derive(passphrase, random, &key);
	if (crypto_secretbox_easy(p + HEAD + PASSPHRASE_RANDOM, text.p, text.n,
		random + SALT, key.p) != 0)
		abort();
	secret_release(&key);
	return ERR_NONE;
}

enum err
passphrase_open(struct span passphrase, struct span file, struct buf *out)
{
	const unsigned char *salt;
	size_t n, before = out->n;
	struct secret key;
	unsigned char *p;
	enum err e = ERR_NONE;

	if (!passphrase_is_file(file) ||
	    file.n < HEAD + PASSPHRASE_RANDOM + TAG)
		return ERR_SYNTAX;
	salt = file.p + HEAD;
	n = file.n - HEAD - PASSPHRASE_RANDOM;
	p = buf_extend(out, n - TAG);
	if (out->over)
		return ERR_LIMIT;
	derive(passphrase, salt, &key);
	if (crypto_secretbox_open_easy(p, salt + PASSPHRASE_RANDOM, n,
		salt + SALT, key.p) != 0) {
		out->n = before;
		e = ERR_DECRYPT;
	}
	secret_release(&key);
	return e;
}

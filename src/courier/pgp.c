/* SPDX-License-Identifier: Apache-2.0
 *
 * OpenPGP over GPGME.
 */
#include "courier/pgp.h"

#include <fcntl.h>
#include <gpgme.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char field[] = "key";

/* --- the library --- */

/* Nothing is asked of an agent, a key server or a network. */
static enum err
write_options(const char *home, struct fault *f)
{
	static const char options[] = "no-autostart\nno-auto-key-locate\n"
	    "no-auto-key-retrieve\ntrust-model always\n"
	    "personal-cipher-preferences AES256 AES192 AES\n"
	    "no-emit-version\nlock-never\n";
	char path[4096];
	int fd;
	bool good;

	snprintf(path, sizeof path, "%s/gpg.conf", home);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	good = fd >= 0 && write(fd, options, sizeof options - 1) ==
	    (ssize_t)(sizeof options - 1);
	if (fd >= 0)
		close(fd);
	return good ? ERR_NONE : fault_at(f, ERR_IO, 0, field,
	    "cannot be looked at: no file can be written");
}

static enum err
open_library(const char *home, gpgme_ctx_t *out, struct fault *f)
{
	gpgme_ctx_t c;
	enum err e = write_options(home, f);

	if (e != ERR_NONE)
		return e;
	if (gpgme_check_version("1.18.0") == NULL ||
	    gpgme_new(&c) != GPG_ERR_NO_ERROR)
		return fault_at(f, ERR_UNSUPPORTED, 0, field,
		    "cannot be used: GPGME does not start");
	if (gpgme_set_protocol(c, GPGME_PROTOCOL_OpenPGP) !=
		GPG_ERR_NO_ERROR ||
	    gpgme_ctx_set_engine_info(c, GPGME_PROTOCOL_OpenPGP, NULL,
		home) != GPG_ERR_NO_ERROR) {
		gpgme_release(c);
		return fault_at(f, ERR_UNSUPPORTED, 0, field,
		    "cannot be used: there is no gpg on this machine");
	}
	gpgme_set_armor(c, 1);
	gpgme_set_offline(c, 1);
	*out = c;
	return ERR_NONE;
}

static enum err
take_data(gpgme_data_t d, struct buf *out)
{
	char room[4096];
	ssize_t n;

	if (gpgme_data_seek(d, 0, SEEK_SET) != 0)
		return ERR_IO;
	while ((n = gpgme_data_read(d, room, sizeof room)) > 0)
		buf_put_mem(out, room, (size_t)n);
	return n < 0 ? ERR_IO : buf_check(out);
}

/* --- the key --- */

static enum err
import(gpgme_ctx_t c, struct span text, char fpr[PGP_FINGERPRINT + 1],
    struct fault *f)
{
	gpgme_import_result_t r;
	gpgme_data_t in;
	gpgme_error_t bad;

	if (text.n != 0 && memmem(text.p, text.n, "PRIVATE KEY", 11) != NULL)
		return fault_at(f, ERR_KEY, 0, field,
		    "is or holds a private key, which belongs to its owner "
		    "alone: give the public one (gpg --armor --export)");
	if (gpgme_data_new_from_mem(&in, (const char *)text.p, text.n, 0) !=
	    GPG_ERR_NO_ERROR)
		return fault_at(f, ERR_LIMIT, 0, field, "is too long");
	bad = gpgme_op_import(c, in);
	gpgme_data_release(in);
	r = gpgme_op_import_result(c);
	if (bad != GPG_ERR_NO_ERROR || r == NULL || r->considered == 0 ||
	    r->imports == NULL || r->imports->fpr == NULL)
		return fault_at(f, ERR_SYNTAX, 0, field,
		    "is no OpenPGP public key that gpg can read");
	if (r->secret_read != 0)
		return fault_at(f, ERR_KEY, 0, field, "is a private key, which "
		    "belongs to its owner alone: give the public one");
	if (r->considered != 1)
		return fault_at(f, ERR_SYNTAX, 0, field,
		    "are %d keys: give that of the reader alone",
		    r->considered);
	snprintf(fpr, PGP_FINGERPRINT + 1, "%s", r->imports->fpr);
	return ERR_NONE;
}

static bool
is_weak(const struct _gpgme_subkey *k)
{
	switch (k->pubkey_algo) {
	case GPGME_PK_RSA:
	case GPGME_PK_RSA_E:
	case GPGME_PK_RSA_S:
	case GPGME_PK_ELG_E:
	case GPGME_PK_DSA:
		return k->length < PGP_FACTOR_LEAST;
	case GPGME_PK_ECC:
	case GPGME_PK_ECDSA:
	case GPGME_PK_ECDH:
	case GPGME_PK_EDDSA:
		return k->length < PGP_CURVE_LEAST;
	case GPGME_PK_ELG: /* signs with what encrypts: no more */
		break;
	}
	return true;
}

/* Its primary key, which vouches for the others, and each that gpg could
 * encrypt to. */
static enum err
check_strength(gpgme_key_t key, struct fault *f)
{
	for (gpgme_subkey_t k = key->subkeys; k != NULL; k = k->next) {
		bool counts = k == key->subkeys || (k->can_encrypt &&
			!k->revoked && !k->expired && !k->invalid);

		if (counts && is_weak(k))
			return fault_at(f, ERR_KEY, 0, field,
			    "is weak: %s of %u bits",
			    gpgme_pubkey_algo_name(k->pubkey_algo),
			    k->length);
	}
	return ERR_NONE;
}

static enum err
check(gpgme_key_t key, struct fault *f)
{
	if (key->subkeys == NULL || key->invalid)
		return fault_at(f, ERR_KEY, 0, field, "is not valid: nothing "
		    "of it is signed by itself");
	if (key->revoked)
		return fault_at(f, ERR_KEY, 0, field, "has been revoked");
	if (key->expired)
		return fault_at(f, ERR_KEY, 0, field, "has expired");
	if (key->disabled || !key->can_encrypt)
		return fault_at(f, ERR_KEY, 0, field,
		    "has no part that can be encrypted to, or that has "
		    "expired or been revoked");
	return check_strength(key, f);
}

static enum err
open_key(gpgme_ctx_t c, struct span text, gpgme_key_t *out, struct fault *f)
{
	char fpr[PGP_FINGERPRINT + 1];
	gpgme_key_t key;
	enum err e = import(c, text, fpr, f);

	if (e != ERR_NONE)
		return e;
	if (gpgme_get_key(c, fpr, &key, 0) != GPG_ERR_NO_ERROR)
		return fault_at(f, ERR_SYNTAX, 0, field,
		    "is no OpenPGP public key that gpg can read");
	e = check(key, f);
	if (e == ERR_NONE)
		*out = key;
	else
		gpgme_key_unref(key);
	return e;
}

/* --- what people see --- */

/* Of the primary key, or of what can be encrypted to longest. */
static int64_t
until_of(gpgme_key_t key)
{
	int64_t all = key->subkeys->expires, best = -1;

	for (gpgme_subkey_t k = key->subkeys; k != NULL; k = k->next) {
		if (!k->can_encrypt || k->revoked || k->expired)
			continue;
		if (k->expires == 0)
			best = 0;
		else if (best != 0 && k->expires > best)
			best = k->expires;
	}
	if (best <= 0)
		return all;
	return all == 0 || best < all ? best : all;
}

static void
card_of(gpgme_key_t key, struct pgp_card *out)
{
	const char *who = key->uids == NULL ? "" : key->uids->uid;
	size_t n = 0;

	*out = (struct pgp_card){ .until_s = until_of(key) };
	snprintf(out->fingerprint, sizeof out->fingerprint, "%s",
	    key->subkeys->fpr);
	for (; *who != '\0' && n < PGP_WHO; who++)
		if (*who >= 0x20 && *who < 0x7f)
			out->who[n++] = *who;
}

static enum err
export(gpgme_ctx_t c, gpgme_key_t key, struct buf *out, struct fault *f)
{
	gpgme_data_t d;
	enum err e = ERR_LIMIT;

	if (gpgme_data_new(&d) != GPG_ERR_NO_ERROR)
		return fault_at(f, ERR_LIMIT, 0, field, "is too long");
	if (gpgme_op_export(c, key->subkeys->fpr, GPGME_EXPORT_MODE_MINIMAL,
	    d) == GPG_ERR_NO_ERROR)
		e = take_data(d, out);
	gpgme_data_release(d);
	return e == ERR_NONE ? e : fault_at(f, ERR_LIMIT, 0, field,
	    "is too long, also without signatures of others");
}

enum err
pgp_look(const char *home, struct span text, struct pgp_card *out,
    struct buf *text_out, struct fault *f)
{
	struct pgp_card card;
	gpgme_ctx_t c;
	gpgme_key_t key;
	enum err e = open_library(home, &c, f);

	if (e != ERR_NONE)
		return e;
	e = open_key(c, text, &key, f);
	if (e == ERR_NONE) {
		card_of(key, &card);
		e = export(c, key, text_out, f);
		gpgme_key_unref(key);
	}
	gpgme_release(c);
	if (e == ERR_NONE)
		*out = card;
	return e;
}

/* --- sealing --- */

static enum err
encrypt(gpgme_ctx_t c, gpgme_key_t key, struct span part, struct buf *out,
    struct fault *f)
{
	const unsigned how = GPGME_ENCRYPT_ALWAYS_TRUST |
	    GPGME_ENCRYPT_NO_ENCRYPT_TO;
	gpgme_key_t to[] = { key, NULL };
	gpgme_data_t in, sealed;
	gpgme_error_t bad;
	enum err e = ERR_KEY;

	if (gpgme_data_new_from_mem(&in, (const char *)part.p, part.n, 0) !=
	    GPG_ERR_NO_ERROR)
		return fault_at(f, ERR_LIMIT, 0, "text", "is too long");
	bad = gpgme_data_new(&sealed);
	if (bad == GPG_ERR_NO_ERROR) {
		bad = gpgme_op_encrypt(c, to, (gpgme_encrypt_flags_t)how, in,
		    sealed);
		if (bad == GPG_ERR_NO_ERROR)
			e = take_data(sealed, out);
		gpgme_data_release(sealed);
	}
	gpgme_data_release(in);
	return e == ERR_NONE ? e : fault_at(f, e, 0, field,
	    "nothing can be encrypted to it: %s", gpgme_strerror(bad));
}

enum err
pgp_seal(const char *home, struct span text, struct span part,
    struct buf *out, struct fault *f)
{
	gpgme_ctx_t c;
	gpgme_key_t key;
	enum err e = open_library(home, &c, f);

	if (e != ERR_NONE)
		return e;
	e = open_key(c, text, &key, f);
	if (e == ERR_NONE) {
		e = encrypt(c, key, part, out, f);
		gpgme_key_unref(key);
	}
	gpgme_release(c);
	return e;
}

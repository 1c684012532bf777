/* SPDX-License-Identifier: Apache-2.0
 *
 * S/MIME over OpenSSL's CMS.
 */
/* OpenSSL has a type of the name of one of our errors */
#define ERR_STATE OPENSSL_ERR_STATE
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#undef ERR_STATE
#include "crypto/cms.h"

#include "base/code.h"

#include <string.h>
#include <time.h>

static const char field[] = "certificate";

/* One certificate and nothing that could be a secret. */
static enum err
parse(struct span text, X509 **out, struct fault *f)
{
	BIO *in;
	X509 *cert, *second;

	if (text.n != 0 && memmem(text.p, text.n, "PRIVATE KEY", 11) != NULL)
		return fault_at(f, ERR_KEY, 0, field,
		    "is or holds a private key, which belongs to its owner "
		    "alone: give the certificate");
	in = text.n > INT32_MAX ? NULL : BIO_new_mem_buf(text.p, (int)text.n);
	if (in == NULL)
		return fault_at(f, ERR_LIMIT, 0, field, "is too long");
	cert = PEM_read_bio_X509(in, NULL, NULL, NULL);
	second = cert == NULL ? NULL :
	    PEM_read_bio_X509(in, NULL, NULL, NULL);
	BIO_free(in);
	ERR_clear_error();
	if (cert != NULL && second == NULL) {
		*out = cert;
		return ERR_NONE;
	}
	X509_free(cert);
	X509_free(second);
	return second != NULL ? fault_at(f, ERR_SYNTAX, 0, field,
	    "is more than one: give that of the reader alone") :
	    fault_at(f, ERR_SYNTAX, 0, field, "is no certificate in PEM");
}

static enum err
check_strength(X509 *cert, struct fault *f)
{
	EVP_PKEY *key = X509_get0_pubkey(cert);
	int kind = key == NULL ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(key);
	int bits = key == NULL ? 0 : EVP_PKEY_get_bits(key);

	if (kind == EVP_PKEY_RSA && bits < CMS_RSA_LEAST)
		return fault_at(f, ERR_KEY, 0, field,
		    "has a weak key: RSA of %d bits, %d is the least", bits,
		    CMS_RSA_LEAST);
	if (kind == EVP_PKEY_EC && bits < CMS_CURVE_LEAST)
		return fault_at(f, ERR_KEY, 0, field,
		    "has a weak key: a curve of %d bits", bits);
	if (kind != EVP_PKEY_RSA && kind != EVP_PKEY_EC)
		return fault_at(f, ERR_KEY, 0, field,
		    "has a key that nothing can be encrypted to: RSA or EC");
	return ERR_NONE;
}

/* Extensions that are not there leave it open. */
static enum err
check_use(X509 *cert, struct fault *f)
{
	uint32_t has = X509_get_extension_flags(cert);
	uint32_t use = X509_get_key_usage(cert);
	uint32_t more = X509_get_extended_key_usage(cert);

	if ((has & EXFLAG_INVALID) != 0)
		return fault_at(f, ERR_SYNTAX, 0, field,
		    "has an extension that cannot be read");
	if ((has & EXFLAG_KUSAGE) != 0 &&
	    (use & (KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT)) == 0)
		return fault_at(f, ERR_KEY, 0, field,
		    "is for signing only, not for encrypting");
	if ((has & EXFLAG_XKUSAGE) != 0 &&
	    (more & (XKU_SMIME | XKU_ANYEKU)) == 0)
		return fault_at(f, ERR_KEY, 0, field, "is not for mail");
	return ERR_NONE;
}

static enum err
take_time(const ASN1_TIME *t, int64_t *out)
{
	struct tm tm;

	if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1)
		return ERR_SYNTAX;
	*out = (int64_t)timegm(&tm);
	return ERR_NONE;
}

enum err
cms_until(struct span text, int64_t *until_s)
{
	BIO *in = text.n > INT32_MAX ? NULL :
	    BIO_new_mem_buf(text.p, (int)text.n);
	X509 *cert = in == NULL ? NULL :
	    PEM_read_bio_X509(in, NULL, NULL, NULL);
	enum err e = cert == NULL ? ERR_SYNTAX :
	    take_time(X509_get0_notAfter(cert), until_s);

	BIO_free(in);
	X509_free(cert);
	ERR_clear_error();
	return e;
}

static enum err
check_times(X509 *cert, int64_t now_s, int64_t *until_s, struct fault *f)
{
	int64_t from_s;

	if (take_time(X509_get0_notBefore(cert), &from_s) != ERR_NONE ||
	    take_time(X509_get0_notAfter(cert), until_s) != ERR_NONE)
		return fault_at(f, ERR_SYNTAX, 0, field,
		    "has no time that can be read");
	if (now_s >= *until_s)
		return fault_at(f, ERR_KEY, 0, field, "has expired");
	if (now_s < from_s)
		return fault_at(f, ERR_KEY, 0, field, "is not in force yet");
	return ERR_NONE;
}

static enum err
check(X509 *cert, int64_t now_s, int64_t *until_s, struct fault *f)
{
	enum err e = check_strength(cert, f);

	if (e == ERR_NONE)
		e = check_use(cert, f);
	return e == ERR_NONE ? check_times(cert, now_s, until_s, f) : e;
}

/* --- what people see --- */

static void
put_who(X509 *cert, char out[CMS_WHO + 1])
{
	BIO *text = BIO_new(BIO_s_mem());
	size_t n = 0;
	char *p;
	long have;

	if (text == NULL)
		return;
	(void)X509_NAME_print_ex(text, X509_get_subject_name(cert), 0,
	    XN_FLAG_RFC2253);
	have = BIO_get_mem_data(text, &p);
	for (long i = 0; i < have && n < CMS_WHO; i++)
		if (p[i] >= 0x20 && p[i] < 0x7f)
			out[n++] = p[i];
	out[n] = '\0';
	BIO_free(text);
}

static enum err
put_fingerprint(X509 *cert, char out[CMS_FINGERPRINT + 1])
{
	unsigned char sum[32];
	unsigned n = sizeof sum;
	struct buf hex;

	if (X509_digest(cert, EVP_sha256(), sum, &n) != 1)
		return ERR_SYNTAX;
	buf_init(&hex, CMS_FINGERPRINT);
	code_write_hex(&hex, span_of(sum, n));
	memcpy(out, hex.p, CMS_FINGERPRINT);
	out[CMS_FINGERPRINT] = '\0';
	buf_release(&hex);
	return ERR_NONE;
}

static enum err
put_pem(X509 *cert, struct buf *out)
{
	BIO *text = BIO_new(BIO_s_mem());
	long n;
	char *p;

	if (text == NULL)
		return ERR_LIMIT;
	n = PEM_write_bio_X509(text, cert) == 1 ?
	    BIO_get_mem_data(text, &p) : 0;
	if (n > 0)
		buf_put_mem(out, p, (size_t)n);
	BIO_free(text);
	return n > 0 ? buf_check(out) : ERR_SYNTAX;
}

enum err
cms_look(struct span text, int64_t now_s, struct cms_card *out,
    struct buf *pem, struct fault *f)
{
	struct cms_card card = { .until_s = 0 };
	X509 *cert;
	enum err e = parse(text, &cert, f);

	if (e != ERR_NONE)
		return e;
	e = check(cert, now_s, &card.until_s, f);
	put_who(cert, card.who);
	if (e == ERR_NONE && (put_fingerprint(cert, card.fingerprint) !=
		ERR_NONE || put_pem(cert, pem) != ERR_NONE))
		e = fault_at(f, ERR_LIMIT, 0, field, "is too long");
	X509_free(cert);
	if (e == ERR_NONE)
		*out = card;
	return e;
}

/* --- sealing --- */

static CMS_ContentInfo *
encrypt(X509 *cert, struct span part)
{
	BIO *in = BIO_new_mem_buf(part.p, (int)part.n);
	STACK_OF(X509) *to = sk_X509_new_null();
	CMS_ContentInfo *c = NULL;

	if (in != NULL && to != NULL && sk_X509_push(to, cert) > 0)
		c = CMS_encrypt(to, in, EVP_aes_256_cbc(), CMS_BINARY);
	sk_X509_free(to);
	BIO_free(in);
	return c;
}

enum err
cms_seal(struct span text, int64_t now_s, struct span part, struct buf *out,
    struct fault *f)
{
	CMS_ContentInfo *c = NULL;
	unsigned char *der = NULL;
	int64_t until_s;
	X509 *cert;
	enum err e = parse(text, &cert, f);
	int n = 0;

	if (e != ERR_NONE)
		return e;
	e = check(cert, now_s, &until_s, f);
	if (e == ERR_NONE && part.n <= INT32_MAX)
		c = encrypt(cert, part);
	if (c != NULL)
		n = i2d_CMS_ContentInfo(c, &der);
	if (n > 0)
		buf_put_mem(out, der, (size_t)n);
	if (e == ERR_NONE)
		e = n <= 0 ? fault_at(f, ERR_KEY, 0, field,
		    "nothing can be encrypted to it") : buf_check(out);
	OPENSSL_free(der);
	CMS_ContentInfo_free(c);
	X509_free(cert);
	ERR_clear_error();
	return e;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Mutual TLS 1.3 with self-issued certificates over OpenSSL. What is checked
 * here: version, ALPN, that each side holds the key of the certificate that
 * it shows (CertificateVerify, RFC 8446 4.4.3), and that this key is of a
 * kind we use. Whose key it is, the caller knows.
 */
#include "net/tls.h"

#include "base/buf.h"
#include "base/mem.h"

/* OpenSSL has a type of the name of one of our errors */
#define ERR_STATE OPENSSL_ERR_STATE
#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#undef ERR_STATE

/* RFC 7301: each name with its length before it */
static const unsigned char alpn[] = "\x0a" "almenara/1";

enum { ALPN_BYTES = sizeof alpn - 1, P256_FIELD = 32 };

struct tls {
	SSL_CTX *ctx;
	struct tls_public key;
};

struct tls_conn {
	SSL *ssl;
	struct tls_public peer;
	char why[128];
};

/* RFC 8410 4 and RFC 5480 2.1.1: what comes before the key's own bytes. */
static const unsigned char spki_ed25519[] = { 0x30, 0x2a, 0x30, 0x05, 0x06,
	0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };
static const unsigned char spki_p256[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07,
	0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
	0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00 };

enum err
tls_public_pin(const struct tls_public *key, struct digest *out)
{
	struct span parts[2];

	if (key->kind == TLS_ED25519 && key->n == 32)
		parts[0] = span_of(spki_ed25519, sizeof spki_ed25519);
	else if (key->kind == TLS_P256 && key->n == TLS_PUBLIC_MAX &&
	    key->b[0] == 4)
		parts[0] = span_of(spki_p256, sizeof spki_p256);
	else
		return ERR_KEY;
	parts[1] = span_of(key->b, key->n);
	*out = hash_sha256_spans(parts, 2);
	return ERR_NONE;
}

/* The kind and bytes of `pkey`; ERR_KEY if it is of no kind that we use. */
static enum err
public_take(EVP_PKEY *pkey, struct tls_public *out)
{
	struct tls_public k = { 0 };
	char group[32] = "";

	if (EVP_PKEY_get_id(pkey) == EVP_PKEY_ED25519) {
		k.kind = TLS_ED25519;
		k.n = 32;
		if (EVP_PKEY_get_raw_public_key(pkey, k.b, &k.n) != 1)
			return ERR_KEY;
	} else if (EVP_PKEY_get_id(pkey) == EVP_PKEY_EC) {
		k.kind = TLS_P256;
		if (EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL) !=
		    1 || strcmp(group, SN_X9_62_prime256v1) != 0)
			return ERR_KEY;
		if (EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY,
		    k.b, sizeof k.b, &k.n) != 1 || k.n != TLS_PUBLIC_MAX ||
		    k.b[0] != 4)
			return ERR_KEY;
	} else {
		return ERR_KEY;
	}
	*out = k;
	return ERR_NONE;
}

/* --- the own certificate --- */

/* The point of scalar `d`, uncompressed. False if d is not in 1 to n-1. */
static bool
p256_public(const BIGNUM *d, unsigned char out[TLS_PUBLIC_MAX])
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	EC_POINT *point = group != NULL ? EC_POINT_new(group) : NULL;
	bool ok = point != NULL && !BN_is_zero(d) &&
	    BN_cmp(d, EC_GROUP_get0_order(group)) < 0 &&
	    EC_POINT_mul(group, point, d, NULL, NULL, NULL) == 1 &&
	    EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED,
	    out, TLS_PUBLIC_MAX, NULL) == TLS_PUBLIC_MAX;

	EC_POINT_free(point);
	EC_GROUP_free(group);
	return ok;
}

static EVP_PKEY *
p256_load(const unsigned char secret[TLS_SECRET])
{
	unsigned char point[TLS_PUBLIC_MAX];
	EVP_PKEY *pkey = NULL;
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	BIGNUM *d = BN_secure_new();
	OSSL_PARAM *params = NULL;

	if (build == NULL || ctx == NULL || d == NULL)
		abort();
	BN_set_flags(d, BN_FLG_CONSTTIME);
	if (BN_bin2bn(secret, TLS_SECRET, d) == NULL || !p256_public(d, point))
		goto out;
	if (OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME,
	    SN_X9_62_prime256v1, 0) != 1 ||
	    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY,
	    point, sizeof point) != 1 ||
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, d) != 1)
		goto out;
	params = OSSL_PARAM_BLD_to_param(build);
	if (params == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEYPAIR, params) != 1)
		pkey = NULL;
out:
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(ctx);
	BN_clear_free(d);
	return pkey;
}

/* RFC 5280 4.1.2.5: a certificate to which no validity period applies. The
 * serial is fixed and the name says nothing, so the same key always gives a
 * certificate with the same meaning. */
static X509 *
certificate_make(EVP_PKEY *pkey, enum tls_kind kind)
{
	X509 *x = X509_new();
	X509_NAME *name;

	if (x == NULL)
		abort();
	name = X509_get_subject_name(x);
	if (X509_set_version(x, X509_VERSION_3) != 1 ||
	    ASN1_INTEGER_set(X509_get_serialNumber(x), 1) != 1 ||
	    ASN1_TIME_set_string_X509(X509_getm_notBefore(x),
	    "20200101000000Z") != 1 ||
	    ASN1_TIME_set_string_X509(X509_getm_notAfter(x),
	    "99991231235959Z") != 1 ||
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	    (const unsigned char *)"almenara node", -1, -1, 0) != 1 ||
	    X509_set_issuer_name(x, name) != 1 ||
	    X509_set_pubkey(x, pkey) != 1 ||
	    X509_sign(x, pkey, kind == TLS_P256 ? EVP_sha256() : NULL) == 0) {
		X509_free(x);
		return NULL;
	}
	return x;
}

/* --- the rules of every connection --- */

/* Any certificate will do here: the caller pins the key. */
static int
on_verify(X509_STORE_CTX *store, void *arg)
{
	(void)arg;
	X509_STORE_CTX_set_error(store, X509_V_OK);
	return 1;
}

static int
on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_n,
    const unsigned char *in, unsigned in_n, void *arg)
{
	unsigned char *chosen;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&chosen, out_n, alpn, ALPN_BYTES, in, in_n) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static bool
ctx_set(SSL_CTX *ctx)
{
	/* not literals: OpenSSL's macros cast const away */
	static char groups[] = "X25519:P-256";
	static char sigalgs[] = "ed25519:ECDSA+SHA256";

	SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION |
	    SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
	    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	/* one call of the system a record: its head is not read by itself */
	SSL_CTX_set_read_ahead(ctx, 1);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_verify(ctx,
	    SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, on_verify, NULL);
	SSL_CTX_set_alpn_select_cb(ctx, on_alpn, NULL);
	/* one self-issued certificate takes well under 1 KiB */
	SSL_CTX_set_max_cert_list(ctx, 8192);
	return SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1 &&
	    SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) == 1 &&
	    SSL_CTX_set_num_tickets(ctx, 0) == 1 &&
	    SSL_CTX_set_max_early_data(ctx, 0) == 1 &&
	    SSL_CTX_set_ciphersuites(ctx, "TLS_AES_256_GCM_SHA384:"
	    "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256") == 1 &&
	    SSL_CTX_set1_groups_list(ctx, groups) == 1 &&
	    SSL_CTX_set1_sigalgs_list(ctx, sigalgs) == 1 &&
	    SSL_CTX_set_alpn_protos(ctx, alpn, ALPN_BYTES) == 0;
}

enum err
tls_create(enum tls_kind kind, const unsigned char secret[TLS_SECRET],
    struct tls **out)
{
	struct tls *t = mem_alloc(sizeof *t);
	EVP_PKEY *pkey = kind == TLS_P256 ? p256_load(secret) :
	    EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret,
	    TLS_SECRET);
	X509 *x = NULL;
	enum err e = ERR_KEY;

	if (pkey == NULL || public_take(pkey, &t->key) != ERR_NONE)
		goto out;
	x = certificate_make(pkey, kind);
	t->ctx = SSL_CTX_new(TLS_method());
	if (t->ctx == NULL)
		abort();
	if (x == NULL || !ctx_set(t->ctx) ||
	    SSL_CTX_use_certificate(t->ctx, x) != 1 ||
	    SSL_CTX_use_PrivateKey(t->ctx, pkey) != 1)
		goto out;
	*out = t;
	t = NULL;
	e = ERR_NONE;
out:
	X509_free(x);
	EVP_PKEY_free(pkey);
	tls_free(t);
	ERR_clear_error();
	return e;
}

void
tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_CTX_free(t->ctx);
	free(t);
}

const struct tls_public *
tls_public(const struct tls *t)
{
	return &t->key;
}

/* --- one connection --- */

struct tls_conn *
tls_conn_create(struct tls *t, enum tls_side side, int fd)
{
	struct tls_conn *c = mem_alloc(sizeof *c);

	c->ssl = SSL_new(t->ctx);
	if (c->ssl == NULL || SSL_set_fd(c->ssl, fd) != 1)
		abort();
	if (side == TLS_CLIENT)
		SSL_set_connect_state(c->ssl);
	else
		SSL_set_accept_state(c->ssl);
	return c;
}

void
tls_conn_free(struct tls_conn *c)
{
	if (c == NULL)
		return;
	SSL_free(c->ssl);
	free(c);
}

static enum tls_step
fail(struct tls_conn *c, const char *why)
{
	snprintf(c->why, sizeof c->why, "%s", why);
	return TLS_FAILED;
}

/* What OpenSSL meant by a result below 1. */
static enum tls_step
outcome(struct tls_conn *c, int result)
{
	int kept = errno;
	unsigned long code;
	const char *why;

	switch (SSL_get_error(c->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		return TLS_WANT_READ;
	case SSL_ERROR_WANT_WRITE:
		return TLS_WANT_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		return TLS_CLOSED;
	case SSL_ERROR_SYSCALL:
		return fail(c, kept != 0 ? strerrordesc_np(kept) :
		    "the connection broke off");
	default:
		code = ERR_peek_last_error();
		if (ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
			return fail(c, "the connection broke off");
		why = ERR_reason_error_string(code);
		return fail(c, why != NULL ? why : "tls error");
	}
}

static void
prepare(void)
{
	ERR_clear_error();
	errno = 0;
}

enum tls_step
tls_conn_handshake(struct tls_conn *c)
{
	const unsigned char *name;
	unsigned n;
	EVP_PKEY *pkey;
	X509 *x;
	int r;

	prepare();
	r = SSL_do_handshake(c->ssl);
	if (r != 1)
		return outcome(c, r);
	SSL_get0_alpn_selected(c->ssl, &name, &n);
	if (n != ALPN_BYTES - 1 || memcmp(name, alpn + 1, n) != 0)
		return fail(c, "the peer does not speak almenara/1");
	if (SSL_session_reused(c->ssl) != 0)
		return fail(c, "the peer resumed a session");
	x = SSL_get0_peer_certificate(c->ssl);
	pkey = x != NULL ? X509_get0_pubkey(x) : NULL;
	if (pkey == NULL || public_take(pkey, &c->peer) != ERR_NONE)
		return fail(c, "the peer's key is of no known kind");
	return TLS_DONE;
}

const struct tls_public *
tls_conn_peer(const struct tls_conn *c)
{
	return &c->peer;
}

enum tls_step
tls_conn_read(struct tls_conn *c, void *out, size_t max, size_t *out_n)
{
	int r;

	prepare();
	r = SSL_read_ex(c->ssl, out, max, out_n);
	return r == 1 ? TLS_DONE : outcome(c, r);
}

enum tls_step
tls_conn_write(struct tls_conn *c, struct span in, size_t *out_n)
{
	int r;

	prepare();
	r = SSL_write_ex(c->ssl, in.p, in.n, out_n);
	return r == 1 ? TLS_DONE : outcome(c, r);
}

enum tls_step
tls_conn_finish(struct tls_conn *c)
{
	int r;

	prepare();
	r = SSL_shutdown(c->ssl);
	return r >= 0 ? TLS_DONE : outcome(c, r);
}

const char *
tls_conn_why(const struct tls_conn *c)
{
	return c->why;
}

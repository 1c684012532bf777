/* SPDX-License-Identifier: Apache-2.0
 *
 * The keeper's work. It remembers what it has signed for each key and origin,
 * so that not even a broken node makes it sign two histories.
 */
#include "base/limits.h"
#include "base/mem.h"
#include "crypto/circle.h"
#include "crypto/hpke.h"
#include "crypto/jwe.h"
#include "crypto/jws.h"
#include "crypto/keyring.h"
#include "crypto/strict.h"

#include <stdlib.h>

struct signed_head {
	struct kid kid;
	char origin[LIMIT_NAME + 1];
	uint64_t size;
	struct digest root;
};

struct keyring_keeper {
	struct keeper keeper; /* first: found again by a cast */
	const struct keyring *ring;
	struct signed_head heads[LIMIT_LOGS_PER_TEAM];
	size_t n;
};

static const enum keyring_role roles[KEEPER_KEY_COUNT] = { KEYRING_ENTRY,
	KEYRING_LOG, KEYRING_COSIGN, KEYRING_PRIVATE };

/* What each key may sign: a broken node must not get a register document, or
 * whatever else some later protocol trusts, signed by a key of this one. */
static const struct {
	enum keeper_key key;
	const char *typ;
	const char *begins; /* the payload, or NULL */
} signable[] = {
	{ KEEPER_ENTRY, "almenara-entry+jws", NULL },
	{ KEEPER_ENTRY, "almenara-receipt+jws", NULL },
	/* of the register documents this one alone is an entry key's to sign */
	{ KEEPER_ENTRY, "almenara-site+jws", "{\"kind\":\"site\"," },
	{ KEEPER_ENTRY, "almenara-document+jws", "{\"kind\":\"epoch\"," },
	{ KEEPER_PRIVATE, "almenara-entry+jws", NULL },
	{ KEEPER_PRIVATE, "almenara-backup+jws", NULL },
};

static bool
is_signable(const struct keeper_job *j)
{
	for (size_t i = 0; i < sizeof signable / sizeof *signable; i++) {
		const char *begins = signable[i].begins;

		if (signable[i].key != j->key || j->typ == NULL ||
		    strcmp(signable[i].typ, j->typ) != 0)
			continue;
		return begins == NULL || (j->in.n > strlen(begins) &&
			memcmp(j->in.p, begins, strlen(begins)) == 0);
	}
	return false;
}

/* The next line of `in`, without its LF, or an error. */
static bool
next_line(struct span *in, struct span *line)
{
	const unsigned char *lf = in->n != 0 ? memchr(in->p, '\n', in->n) :
	    NULL;
	size_t n;

	if (lf == NULL)
		return false;
	n = (size_t)(lf - in->p);
	*line = span_of(in->p, n);
	*in = span_of(lf + 1, in->n - n - 1);
	return true;
}

static bool
parse_size(struct span s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0 || s.n > 18 || (s.p[0] == '0' && s.n > 1))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	*out = v;
	return true;
}

/* Origin, size, root and nothing else: what is signed as a checkpoint must
 * not be read as anything but one. */
static enum err
parse_head(struct span text, struct signed_head *out)
{
	struct span origin, size, root;

	if (!next_line(&text, &origin) || !next_line(&text, &size) ||
	    !next_line(&text, &root) || text.n != 0 || origin.n == 0 ||
	    origin.n > LIMIT_NAME || !parse_size(size, &out->size))
		return ERR_SYNTAX;
	for (size_t i = 0; i < origin.n; i++)
		if (origin.p[i] <= ' ' || origin.p[i] > '~')
			return ERR_SYNTAX;
	memcpy(out->origin, origin.p, origin.n);
	return code_parse_base64_fixed(root, out->root.b, 32);
}

/* ERR_CONFLICT if signing `h` would contradict what was signed. */
static enum err
remember(struct keyring_keeper *k, const struct signed_head *h)
{
	for (size_t i = 0; i < k->n; i++) {
		struct signed_head *old = &k->heads[i];

		if (!kid_is_equal(&old->kid, &h->kid) ||
		    strcmp(old->origin, h->origin) != 0)
			continue;
		if (h->size < old->size || (h->size == old->size &&
		    !digest_is_equal(&h->root, &old->root)))
			return ERR_CONFLICT;
		*old = *h;
		return ERR_NONE;
	}
	if (k->n == LIMIT_LOGS_PER_TEAM)
		return ERR_LIMIT;
	k->heads[k->n++] = *h;
	return ERR_NONE;
}

static enum err
put_signature(const struct keyring_key *key, struct span message,
    struct buf *out)
{
	struct sign_secret secret;
	unsigned char sig[SIGN_BYTES];

	jwk_sign_secret(&key->jwk, &secret);
	sign_make(&secret, message, sig);
	secret_wipe(&secret, sizeof secret);
	buf_put_mem(out, sig, sizeof sig);
	return buf_check(out);
}

static enum err
sign_jws(const struct keyring_key *key, struct keeper_job *j)
{
	struct sign_secret secret;
	enum err e;

	if (!is_signable(j))
		return ERR_UNSUPPORTED;
	jwk_sign_secret(&key->jwk, &secret);
	e = jws_write(j->typ, &key->kid, j->in, &secret, &j->out);
	secret_wipe(&secret, sizeof secret);
	return e;
}

static enum err
sign_digest(const struct keyring_key *key, struct keeper_job *j)
{
	struct hash_key *h;
	struct digest seed;
	struct sign_secret secret;
	struct sign_public public;
	unsigned char sig[SIGN_BYTES];

	if (j->in.n != sizeof (struct digest))
		return ERR_UNSUPPORTED;
	h = hash_key_create(span_of(key->jwk.d, sizeof key->jwk.d));
	seed = hash_hmac(h, span_str("almenara openpgp v1"));
	hash_key_free(h);
	sign_derive(seed.b, &secret, &public);
	sign_make(&secret, j->in, sig);
	secret_wipe(&seed, sizeof seed);
	secret_wipe(&secret, sizeof secret);
	buf_put_mem(&j->out, public.b, sizeof public.b);
	buf_put_mem(&j->out, sig, sizeof sig);
	return buf_check(&j->out);
}

static enum err
sign_checkpoint(struct keyring_keeper *k, const struct keyring_key *key,
    struct keeper_job *j)
{
	struct signed_head h = { .kid = key->kid };
	enum err e = parse_head(j->in, &h);

	if (e == ERR_NONE)
		e = remember(k, &h);
	return e != ERR_NONE ? e : put_signature(key, j->in, &j->out);
}

static enum err
cosign(const struct keyring_key *key, struct keeper_job *j)
{
	struct signed_head h = { 0 };
	struct buf message;
	enum err e = parse_head(j->in, &h);

	if (e != ERR_NONE)
		return e;
	buf_init(&message, 4096);
	buf_put_format(&message, "cosignature/v1\ntime %llu\n",
	    (unsigned long long)j->time_s);
	buf_put(&message, j->in);
	e = buf_check(&message);
	if (e == ERR_NONE) {
		buf_put_u64(&j->out, j->time_s);
		e = put_signature(key, buf_span(&message), &j->out);
	}
	buf_release(&message);
	return e;
}

static enum err
open_circle(const struct jwe *jwe, struct arena *a, struct keeper_job *j)
{
	struct circle c;
	enum err e;

	if (circle_parse(j->with, a, &c, NULL) != ERR_NONE)
		return ERR_KEY;
	e = !digest_is_equal(&c.id, &jwe->recipients[0].kid) ||
		!span_is_equal(c.log, jwe->log) ? ERR_KEY :
	    jwe_open_circle(jwe, c.key, &j->out, NULL);
	secret_wipe(&c, sizeof c);
	return e;
}

static enum err
open_as_reader(const struct keyring *ring, const struct jwe *jwe,
    struct keeper_job *j)
{
	const struct keyring_key *key;
	struct digest kid;

	for (size_t i = 0; (key = keyring_at(ring, i)) != NULL; i++) {
		if (key->role != KEYRING_ENC)
			continue;
		kid = kid_digest(&key->kid);
		if (jwe_find(jwe, &kid) != NULL)
			return jwe_open(jwe, &key->jwk, &j->out, NULL);
	}
	return ERR_KEY;
}

static enum err
open_container(const struct keyring *ring, struct keeper_job *j)
{
	struct arena a = { 0 };
	struct digest got;
	struct jwe jwe;
	size_t readers;
	enum err e = jwe_parse(j->in, &a, &jwe, NULL);

	if (e != ERR_NONE)
		goto out;
	/* all memory at once: opened text is not left in what was moved */
	readers = 2 + jwe.count * sizeof jwe.recipients->kid;
	(void)buf_extend(&j->out, readers + jwe.ciphertext.n);
	buf_clear(&j->out);
	buf_put_u16(&j->out, (uint16_t)jwe.count);
	for (size_t i = 0; i < jwe.count; i++)
		buf_put(&j->out, digest_span(&jwe.recipients[i].kid));
	e = jwe.circle ? open_circle(&jwe, &a, j) :
			 open_as_reader(ring, &jwe, j);
	if (e != ERR_NONE)
		goto out;
	got = hash_sha256(keeper_opened(&j->out).jws);
	if (!digest_is_equal(&got, &j->want))
		e = ERR_DIGEST;
out:
	arena_release(&a);
	return e;
}

/* It does not say which key it is for, and there are few. */
static enum err
open_intake(const struct keyring *ring, struct keeper_job *j)
{
	const struct keyring_key *key;
	enum err e = ERR_KEY;

	if (j->typ == NULL || strncmp(j->typ, KEEPER_INTAKE,
	    strlen(KEEPER_INTAKE)) != 0)
		return ERR_UNSUPPORTED;
	(void)buf_extend(&j->out, j->in.n);
	buf_clear(&j->out);
	for (size_t i = 0; e != ERR_NONE &&
	    (key = keyring_at(ring, i)) != NULL; i++)
		if (key->role == KEYRING_INTAKE)
			e = hpke_open(&key->jwk, span_str(j->typ), j->with,
			    j->in, &j->out);
	return e;
}

static enum err
run_one(struct keyring_keeper *k, struct keeper_job *j)
{
	const struct keyring_key *key = (unsigned)j->key < KEEPER_KEY_COUNT ?
	    keyring_find(k->ring, roles[j->key]) : NULL;
	bool log = j->key == KEEPER_LOG || j->key == KEEPER_PRIVATE;
	bool jws = j->key == KEEPER_ENTRY || j->key == KEEPER_PRIVATE;

	if (j->what == KEEPER_OPEN)
		return open_container(k->ring, j);
	if (j->what == KEEPER_OPEN_INTAKE)
		return open_intake(k->ring, j);
	if (key == NULL)
		return ERR_KEY;
	switch (j->what) {
	case KEEPER_SIGN_JWS:
		return jws ? sign_jws(key, j) : ERR_KEY;
	case KEEPER_SIGN_CHECKPOINT:
		return log ? sign_checkpoint(k, key, j) : ERR_KEY;
	case KEEPER_COSIGN_CHECKPOINT:
		return j->key == KEEPER_COSIGN ? cosign(key, j) : ERR_KEY;
	case KEEPER_SIGN_DIGEST:
		return j->key == KEEPER_ENTRY ? sign_digest(key, j) : ERR_KEY;
	case KEEPER_OPEN:
	case KEEPER_OPEN_INTAKE:
	case KEEPER_DO_COUNT:
	default:
		return ERR_UNSUPPORTED;
	}
}

static enum err
run(struct keeper *keeper, struct keeper_job *jobs, size_t n,
    keeper_done_fn *done, void *ctx)
{
	struct keyring_keeper *k = (struct keyring_keeper *)(void *)keeper;

	for (size_t i = 0; i < n; i++) {
		buf_clear(&jobs[i].out);
		jobs[i].result = run_one(k, &jobs[i]);
		if (jobs[i].result != ERR_NONE && jobs[i].out.p != NULL) {
			secret_wipe(jobs[i].out.p, jobs[i].out.cap);
			buf_clear(&jobs[i].out);
		}
		if ((i + 1) % KEEPER_STEP == 0 || i + 1 == n)
			done(ctx, i / KEEPER_STEP * KEEPER_STEP,
			    i % KEEPER_STEP + 1);
	}
	return ERR_NONE;
}

struct keeper *
keyring_keeper_create(const struct keyring *r)
{
	struct keyring_keeper *k = mem_alloc(sizeof *k);

	k->keeper.run = run;
	k->ring = r;
	return &k->keeper;
}

void
keyring_keeper_free(struct keeper *k)
{
	free(k);
}

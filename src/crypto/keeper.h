/* SPDX-License-Identifier: Apache-2.0
 *
 * What the holder of the private keys does for the rest of the node, as an
 * interface: in the daemon a process of its own behind a socket pair
 * (node/keeper.c), in the simulator and the benchmarks the same code in the
 * same process (crypto/keyring.c). Jobs go in batches because a batch costs
 * one wake-up of the other process.
 */
#ifndef CRYPTO_KEEPER_H
#define CRYPTO_KEEPER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "crypto/hash.h"

#include <stddef.h>
#include <stdint.h>

enum keeper_key {
	KEEPER_ENTRY,   /* entries and receipts of the shared log */
	KEEPER_LOG,     /* checkpoints of the shared log */
	KEEPER_COSIGN,  /* cosignatures and heartbeats */
	KEEPER_PRIVATE, /* entries and checkpoints of the private log */
	KEEPER_KEY_COUNT
};

enum keeper_do {
	/* A compact JWS by ENTRY or PRIVATE: `in` is the payload, `typ` the
	 * header's typ; out = the JWS (RFC 7515). ERR_UNSUPPORTED unless typ
	 * is that of an entry, or by ENTRY that of a receipt, that of a
	 * site whose payload begins {"kind":"site", or that of a document whose payload begins {"kind":"epoch", or by PRIVATE that
	 * of a backup's end */
	KEEPER_SIGN_JWS,
	/* A checkpoint signature by LOG or PRIVATE: `in` is the checkpoint
	 * text; out = 64 bytes. Refused with ERR_CONFLICT when this key has
	 * signed, since the keeper's start, another root at this size or any
	 * larger size of the same origin. */
	KEEPER_SIGN_CHECKPOINT,
	/* A cosignature by COSIGN: `in` is the checkpoint text, `time_s` the
	 * time; out = 72 bytes (u64be time, signature). */
	KEEPER_COSIGN_CHECKPOINT,
	/* Open a container with any `enc` key, or, if it is for a circle,
	 * with the key in `with`, the signed entry that handed it out
	 * (crypto/circle.h): its digest must be the circle's id, its log the
	 * container's. `in` is the JWE; out = u16
	 * number of recipients, their thumbprints of 32 bytes, then the JWS
	 * inside, padding checked and cut, SHA-256 equal to `want`; taken
	 * apart by keeper_opened.
	 * ERR_SYNTAX.. as crypto/jwe.h, ERR_KEY if no recipient is ours or
	 * `with` is not the circle's,
	 * ERR_DIGEST if it opens to something else. */
	KEEPER_OPEN,
	/* Open what the public has sealed to an `intake` key (crypto/hpke.h),
	 * whichever of them it was: `in` is the sealed text, `with` its aad,
	 * `typ` its info, which begins KEEPER_INTAKE. ERR_KEY if there is no
	 * such key, ERR_DECRYPT if none opens it, ERR_UNSUPPORTED for another
	 * info. */
	KEEPER_OPEN_INTAKE,
	/* An OpenPGP signature by ENTRY's sister, a key of its own that is
	 * derived from it (HMAC-SHA-256 with the seed as key), so that
	 * nothing signed for the public is ever a record: `in` is a digest of
	 * 32 bytes (crypto/openpgp.h); out = the public key, 32 bytes, and
	 * the signature, 64. ERR_UNSUPPORTED for another length. */
	KEEPER_SIGN_DIGEST,
	KEEPER_DO_COUNT
};

#define KEEPER_INTAKE "almenara report/"

enum { KEEPER_SIGNED_DIGEST = 96 };

struct keeper_job {
	enum keeper_do what;
	enum keeper_key key;
	const char *typ;      /* KEEPER_SIGN_JWS */
	struct span in;       /* borrowed */
	struct span with;     /* KEEPER_OPEN of a circle, else ""; borrowed */
	struct digest want;   /* KEEPER_OPEN */
	uint64_t time_s;      /* KEEPER_COSIGN_CHECKPOINT */
	struct buf out;       /* initialised by the caller with its maximum */
	enum err result;      /* set by keeper_run */
};

/* Jobs [first, first + n) are done. */
typedef void keeper_done_fn(void *ctx, size_t first, size_t n);

enum { KEEPER_STEP = 8 }; /* jobs done between two such calls, at most */

struct keeper {
	/* Do all jobs, telling `done` of them step by step, in order; from
	 * there the caller may work on while the next ones are being done. The returned error is that of the way to the keeper
	 * (ERR_CLOSED, ERR_TIMEOUT): then nothing is known of any job, and
	 * the node stops. Each job's own outcome is in its `result`. */
	enum err (*run)(struct keeper *k, struct keeper_job *jobs, size_t n,
	    keeper_done_fn *done, void *ctx);
};

/* What KEEPER_OPEN gives, borrowed from the job's `out`. */
struct keeper_opened {
	const struct digest *readers; /* thumbprints of the recipients */
	size_t count;
	struct span jws;
};

static inline struct keeper_opened
keeper_opened(const struct buf *out)
{
	size_t n = out->n < 2 ? 0 : (size_t)out->p[0] << 8 | out->p[1];
	size_t at = 2 + n * sizeof(struct digest);

	if (out->n < at)
		return (struct keeper_opened){ 0 };
	return (struct keeper_opened){ (const void *)(out->p + 2), n,
		span_of(out->p + at, out->n - at) };
}

static inline void
keeper_nothing_done(void *ctx, size_t first, size_t n)
{
	(void)ctx;
	(void)first;
	(void)n;
}

MUST static inline enum err
keeper_run(struct keeper *k, struct keeper_job *jobs, size_t n)
{
	return n == 0 ? ERR_NONE :
	    k->run(k, jobs, n, keeper_nothing_done, NULL);
}

MUST static inline enum err
keeper_run_steps(struct keeper *k, struct keeper_job *jobs, size_t n,
    keeper_done_fn *done, void *ctx)
{
	return n == 0 ? ERR_NONE : k->run(k, jobs, n, done, ctx);
}

#endif

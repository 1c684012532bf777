/* SPDX-License-Identifier: Apache-2.0
 *
 * Register documents: what all have in common. A document is a JWS in general
 * JSON form (RFC 7515 section 7.2.1) with up to 64 Ed25519 signatures over
 * one payload. Its name is the SHA-256 of the payload, so that a copy with
 * more or fewer signatures is the same document. Anybody may forward it.
 */
#ifndef RECORD_DOCUMENT_H
#define RECORD_DOCUMENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/span.h"
#include "crypto/hash.h"
#include "crypto/jwk.h"
#include "crypto/jws_general.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum document_kind {
	DOCUMENT_CHARTER,
	DOCUMENT_REGISTER,
	DOCUMENT_SUSPENSION,
	DOCUMENT_KEYSET,
	DOCUMENT_EPOCH,
	DOCUMENT_DESIGNATIONS,
	DOCUMENT_KIND_COUNT
};

/* The last second of the year 9999, the end of what wall_write can show. */
#define DOCUMENT_TIME_MAX UINT64_C(253402300799)

/* The largest integer that every JSON reader keeps exact (RFC 7493). */
#define DOCUMENT_NUMBER_MAX UINT64_C(9007199254740991)

/* A reason is one line of at most so many bytes, in every kind. */
enum { DOCUMENT_REASON = LIMIT_REASON };

/* The typ of every signature's protected header. */
#define DOCUMENT_TYP "almenara-document+jws"

/* A document taken apart but not verified; borrows its bytes and an arena. */
struct document {
	enum document_kind kind;
	struct span bytes;   /* the whole JWS as it came */
	struct span payload; /* decoded */
	struct digest hash;  /* SHA-256 of the payload */
	struct json json;    /* the payload's tape */
	struct jws_general jws;
};

/* "charter", "register", "suspension", "keyset", "epoch" or "designations". */
const char *document_kind_token(enum document_kind kind);

/* Take apart `bytes` (at most LIMIT_DOCUMENT); `a` holds what `out` points to
 * and `bytes` must outlive it. ERR_SYNTAX, ERR_CANONICAL, ERR_LIMIT,
 * ERR_CONFLICT (duplicate member), ERR_SCHEMA (kind), with place and rule in
 * `f` (may be NULL). `out` is untouched on failure. */
MUST enum err document_parse(struct span bytes, struct arena *a,
    struct document *out, struct fault *f);

/* The same of a payload that nobody has signed yet: `bytes` and the signatures
 * of `out` stay empty. */
MUST enum err document_draft(struct span payload, struct arena *a,
    struct document *out, struct fault *f);

/* Which of the `n` public keys signed. Sets signed[i] (may be NULL) and
 * returns how many distinct keys have a signature that verifies; the same key
 * twice in `keys`, or twice among the signatures, counts once. Signatures by
 * others, and ones that do not verify, count for nothing: a forwarder can add
 * them, and a document must not die of it. */
size_t document_signers(const struct document *d, const struct jwk *const *keys,
    size_t n, bool *signed_by);

/* Did at least `need` distinct keys of `keys` sign? Stops at the first answer:
 * of a good document `need` signatures are verified and no more. `have` (may
 * be NULL) is how many were found by then. */
bool document_is_signed(const struct document *d,
    const struct jwk *const *keys, size_t n, size_t need, size_t *have);

/* Is there a signature that claims to be by the key with this thumbprint? */
bool document_claims(const struct document *d, const struct digest *kid);

/* Append the document of `payload` signed by all `n` secret Ed25519 keys.
 * ERR_KEY if a key has no secret part or is no Ed25519 key, ERR_LIMIT. */
MUST enum err document_sign(struct span payload,
    const struct jwk *const *secrets, size_t n, struct buf *out);

/* Append `bytes`, a document, with one more signature (of an authority that
 * signs later, somewhere else). Errors as above. */
MUST enum err document_countersign(struct span bytes, const struct jwk *secret,
    struct buf *out);

/* Parsing helpers shared by the kinds; `field` is the member's name in faults.
 * All need exactly the members of `keys` (NULL-ended, a leading '?' marks an
 * optional one): ERR_SCHEMA otherwise. */
MUST enum err document_members(struct json_val v, const char *const *keys,
    struct fault *f);
MUST enum err document_u64(struct json_val v, const char *field,
    uint64_t min, uint64_t max, uint64_t *out, struct fault *f);
MUST enum err document_text(struct json_val v, const char *field, size_t max,
    struct arena *a, struct span *out, struct fault *f);
/* A SHA-256 in base64url. */
MUST enum err document_digest(struct json_val v, const char *field,
    struct arena *a, struct digest *out, struct fault *f);
/* One line of text, 1 to `max` bytes. */
MUST enum err document_line(struct json_val v, const char *field, size_t max,
    struct arena *a, struct span *out, struct fault *f);
/* POSIX seconds. */
MUST enum err document_time(struct json_val v, const char *field,
    int64_t *out, struct fault *f);
/* A team id. */
MUST enum err document_team(struct json_val v, const char *field,
    struct arena *a, struct span *out, struct fault *f);
/* An array of at most `max` values; ERR_SCHEMA, ERR_LIMIT. */
MUST enum err document_list(struct json_val v, const char *field, size_t max,
    struct fault *f);
/* version >= 1; prev is null in version 1 and a digest in every later one. */
MUST enum err document_version(struct json_val root, struct arena *a,
    uint64_t *version, struct digest *prev, struct fault *f);
/* A public key; `ed25519` demands that type. Weak keys and secret parts are
 * refused with ERR_KEY. */
MUST enum err document_key(struct json_val v, const char *field, bool ed25519,
    struct jwk *out, struct fault *f);

void document_put_version(struct json_out *w, uint64_t version,
    const struct digest *prev);
void document_put_digest(struct json_out *w, const char *key,
    const struct digest *d);
/* The public part of `key` as the member `member`. */
void document_put_key(struct json_out *w, const char *member,
    const struct jwk *key);

#endif

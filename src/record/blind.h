/* SPDX-License-Identifier: Apache-2.0
 *
 * Blind overlap: teams of a circle share a secret and show one another keyed
 * digests of what they have seen, so that two who hold the same find it out
 * and nobody is told what it is. Who holds the secret can try guesses: what
 * can be guessed is not hidden from the circle (doc/blind.md).
 *
 *	D = HMAC-SHA-256(secret, "almenara blind 1" LF observable)
 *
 * The observable is in its one form (record/observable.h). Pure.
 */
#ifndef RECORD_BLIND_H
#define RECORD_BLIND_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/span.h"
#include "crypto/hash.h"

#include <stddef.h>

enum { BLIND_SECRET = 32 };

/* How a digest stands among observables: the member that holds them, and the
 * beginning of their one form. */
#define BLIND_MEMBER "blind"
#define BLIND_FORM "blind:"

/* What the record says that hands out a secret. The caller wipes it. */
struct blind_key {
	struct span group;
	unsigned char secret[BLIND_SECRET];
};

/* The body that hands it out, and back: ERR_SCHEMA with the member in `f`,
 * `out` untouched. Spans in `a`. */
void blind_key_write(const struct blind_key *key, struct buf *out);
MUST enum err blind_key_parse(struct json_val body, struct arena *a,
    struct blind_key *out, struct fault *f);

/* An observable and what is shown of it. */
struct blind_one {
	struct digest digest;
	struct span observable;
};

/* Digests of `n` observables, ascending, so that their order tells nothing of
 * that of the observables, and each once. Returns how many. */
size_t blind_make(const struct blind_key *key, const struct span *observable,
    size_t n, struct blind_one *out);

/* The body that shows them. */
void blind_write(const struct blind_one *one, size_t n, struct buf *out);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Signed notes (c2sp.org/signed-note): a text, an empty line and signature
 * lines. Names here are ASCII without blank and without '+'. A signature of
 * a key that the reader does not know is ignored; a bad signature by a known
 * (name, key id) rejects the note. Notes of up to LIMIT_NOTE bytes with up to
 * LIMIT_NOTE_SIGNATURES lines are read; base64 is canonical.
 */
#ifndef LEDGER_NOTE_H
#define LEDGER_NOTE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/span.h"
#include "crypto/sign.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum note_type {
	NOTE_ED25519 = 0x01,    /* a log's signature: 64 bytes over the text */
	NOTE_COSIGNATURE = 0x04 /* u64be time || 64 bytes, cosignature.h */
};

enum { NOTE_ID_BYTES = 4, NOTE_SIGNATURE_BYTES = 72 };

/* A key that verifies signature lines. A value: copy it freely. */
struct note_key {
	char name[LIMIT_NAME + 1]; /* NUL-ended */
	unsigned char id[NOTE_ID_BYTES];
	enum note_type type;
	struct sign_public public;
};

/* One signature line. Signatures of 64 and 72 bytes are decoded, others (of
 * algorithms not known here) only checked for canonical base64. */
struct note_signature {
	struct span line; /* with its LF; borrowed */
	struct span name; /* borrowed */
	unsigned char id[NOTE_ID_BYTES];
	size_t n; /* bytes of the signature, without the key id */
	unsigned char bytes[NOTE_SIGNATURE_BYTES]; /* if n <= 72 */
};

struct note {
	struct span text; /* with its last LF; borrowed */
	size_t count;
	struct note_signature signature[LIMIT_NOTE_SIGNATURES];
};

/* What note_check found of one key. */
struct note_found {
	bool valid;      /* at least one line of it, and none bad */
	uint64_t time_s; /* of a cosignature: the latest one */
};

/* ERR_SYNTAX unless 1 to LIMIT_NAME printable ASCII characters without blank
 * and '+'. */
MUST enum err note_name_check(struct span name);

/* A key of `name`, its id computed: SHA-256(name || LF || type || key)[0:4].
 * ERR_SYNTAX for a bad name, ERR_KEY for a key not to be registered. */
MUST enum err note_key_make(struct span name, enum note_type type,
    const struct sign_public *public, struct note_key *out);

/* The same for a key that was checked when it was registered (the check costs
 * as much as verifying a signature). ERR_SYNTAX for a bad name. */
MUST enum err note_key_registered(struct span name, enum note_type type,
    const struct sign_public *public, struct note_key *out);

/* "name+hex id+base64(type || key)". ERR_SYNTAX, ERR_CANONICAL,
 * ERR_UNSUPPORTED (another type), ERR_DIGEST (the id is not this key's) or
 * ERR_KEY. */
MUST enum err note_key_parse(struct span vkey, struct note_key *out);
void note_key_write(const struct note_key *key, struct buf *out);

static inline struct span
note_key_name(const struct note_key *key)
{
	return span_str(key->name);
}

/* Read a note; `out` borrows `in`. ERR_SYNTAX, ERR_CANONICAL or ERR_LIMIT
 * with place and rule in `f` (may be NULL). At least one signature line. */
MUST enum err note_parse(struct span in, struct note *out, struct fault *f);

/* Read one signature line with its LF (heartbeats and cosignatures travel
 * alone). Errors as note_parse. */
MUST enum err note_line_parse(struct span line, struct note_signature *out,
    struct fault *f);

/* Verify every line of the `n` keys given: found[i] is for keys[i]. Lines of
 * other keys are ignored. ERR_SIGNATURE on the first bad one. That no line
 * of a key is there is no error: found[i].valid is false. */
MUST enum err note_check(const struct note *note, const struct note_key *keys,
    size_t n, struct note_found *found, struct fault *f);

/* Is this line by that key (name and id)? */
bool note_line_is_by(const struct note_signature *line,
    const struct note_key *key);

/* Verify a line that is by `key` over `text`: ERR_SIGNATURE if it is bad or
 * by another key. `time_s` (may be NULL) is 0 for NOTE_ED25519. */
MUST enum err note_line_check(const struct note_signature *line,
    const struct note_key *key, struct span text, uint64_t *time_s);

/* Writing: the text (ending in LF) and the empty line, then lines. `sig` is
 * 64 bytes for NOTE_ED25519, 72 for NOTE_COSIGNATURE. */
void note_write(struct span text, struct buf *out);
void note_line_write(const struct note_key *key, struct span sig,
    struct buf *out);

#endif

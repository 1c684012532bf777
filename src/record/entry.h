/* SPDX-License-Identifier: Apache-2.0
 *
 * The payload of an entry: its envelope (the members that every entry has)
 * and its body. Strict both ways: unknown envelope members are refused, what
 * is written is read back equal. The digest D that names an entry is SHA-256
 * of the whole JWS (crypto/jws.h) and is not known here.
 * doc/protocol.md, "Entry".
 */
#ifndef RECORD_ENTRY_H
#define RECORD_ENTRY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/span.h"
#include "base/uuid.h"
#include "crypto/hash.h"

#include <stdbool.h>
#include <stdint.h>

#define ENTRY_TYP "almenara-entry+jws"

enum { ENTRY_KIND_MAX = 64, ENTRY_REPLACES_MAX = 64 };

struct entry {
	struct span log;  /* origin */
	struct span iss;  /* team */
	struct uuid id;   /* version 7 */
	uint64_t rev;
	struct span kind; /* [a-z0-9-]{1,64} */
	struct span tlp;  /* as written, such as "TLP:AMBER" */
	int64_t iat_s;    /* POSIX seconds */
	bool sealed;      /* `aud` is present */
	struct span *aud; /* team ids, ascending, no repeats */
	size_t aud_n;
	bool has_exp;
	int64_t exp_s;
	struct digest *replaces;
	size_t replaces_n;
	bool has_re;
	struct digest re;
	bool has_embargo;
	int64_t embargo_until_s;
	bool embargo_publish; /* then: "publish", else "ask" */
	bool has_nonce;
	unsigned char nonce[16];
	struct span body; /* JSON object, source text */
};

/* Parse a payload. `out` borrows from `payload` and `a`; `out_body` (may be
 * NULL) is a handle on the body inside a document that lives in `a`.
 * ERR_SYNTAX, ERR_CONFLICT, ERR_LIMIT from JSON; ERR_SCHEMA for a missing,
 * unknown or wrong member; ERR_UNSUPPORTED for another `v`; place and rule
 * in `f` (may be NULL). `out` is untouched on failure. */
MUST enum err entry_parse(struct span payload, struct arena *a,
    struct entry *out, struct json_val *out_body, struct fault *f);

/* Append the payload of `e`, members in the order of the protocol. The
 * result parses back to the same values. ERR_LIMIT beyond LIMIT_PAYLOAD. */
MUST enum err entry_write(const struct entry *e, struct buf *out);

/* Is `team` in the audience? Open entries have everybody. */
bool entry_has_reader(const struct entry *e, struct span team);

/* A team id: [a-z0-9-]{2,32}. */
bool entry_is_team_id(struct span s);

/* Sort team ids ascending and drop repeats; returns the new count. */
size_t entry_sort_teams(struct span *teams, size_t n);

/* A digest as it stands in JSON: base64url of 32 bytes. */
enum { ENTRY_DIGEST_TEXT = 43 };
void entry_write_digest(const struct digest *d, char out[ENTRY_DIGEST_TEXT + 1]);
MUST enum err entry_parse_digest(struct span s, struct digest *out);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * An entry inside another: what a release or a re-shared document carries.
 * The original JWS stands in the body verbatim, with the place where its leaf
 * stands in the log of its origin, so that whoever has the records can see
 * that it is what was once sealed. Only one level: what carries is never
 * carried. doc/protocol.md, "Release" and "Re-shared documents".
 */
#ifndef RECORD_CARRIED_H
#define RECORD_CARRIED_H

#include "crypto/jws.h"
#include "record/entry.h"
#include "record/registry.h"
#include "schema/kind.h"
#include "schema/tlp.h"

struct carried {
	struct digest of;    /* D of the original: SHA-256 of `jws.text` */
	struct span log;     /* its origin, that of `entry` */
	uint64_t index;      /* its place there, as stated */
	struct jws jws;
	struct entry entry;
	struct json_val body;
	const struct kind *kind; /* NULL: not known here */
	/* of a re-shared document: what allows it, "" if nothing */
	bool has_consent;
	uint64_t consent_index;
	struct jws consent_jws;
	struct entry consent;
	struct json_val consent_body;
};

/* Read what the body of `outer` carries. Nothing is verified but form, the
 * digest, and that the members agree with each other and with `outer`: a
 * release is of its own team, and its `tlp` that of the envelope. ERR_SCHEMA,
 * ERR_DIGEST, and the errors of jws_parse and entry_parse, with the place in
 * `f`. `out` borrows from `a` and is untouched on failure. */
MUST enum err carried_parse(const struct entry *outer, struct json_val body,
    enum kind_carries what, const struct schema *schema, struct arena *a,
    struct carried *out, struct fault *f);

/* Was the key of `jws` in force for `team` at `index` of `log` (or is it void
 * there: `state`), and did it sign? ERR_KEY, ERR_SIGNATURE. */
MUST enum err carried_verify(const struct registry *r, const struct jws *jws,
    struct span team, struct span log, uint64_t index,
    enum key_state *state);

/* Append the body of a release. `early` is a reason as JSON, "" if it is in
 * time. */
void carried_write_release(const struct digest *of, enum tlp tlp,
    uint64_t index, struct span jws, struct span early, struct buf *out);

/* How many bytes the JWS of a payload of `payload` bytes will have. */
size_t carried_jws_size(size_t payload);

#endif

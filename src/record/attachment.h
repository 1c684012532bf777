/* SPDX-License-Identifier: Apache-2.0
 *
 * Attachments as a notice lists them: the member `attachments` of its body.
 * The bytes themselves are in no log; the entry commits to what they are, both
 * as text and sealed, and carries the key. doc/protocol.md, "Attachments".
 */
#ifndef RECORD_ATTACHMENT_H
#define RECORD_ATTACHMENT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "crypto/hash.h"
#include "crypto/pieces.h"

struct attachment {
	struct span name;  /* a plain file name, see attachment_is_name */
	struct span media; /* type/subtype */
	uint64_t size;     /* of the text, at most LIMIT_ATTACHMENT */
	struct digest text;   /* SHA-256 of the text */
	struct digest sealed; /* SHA-256 of the sealed bytes: names the blob */
	unsigned char key[PIECE_KEY];
};

/* May `s` be the name of a file to be written somewhere: one part of a path,
 * 1 to 200 bytes, no control characters, no dot in front? The text must be
 * UTF-8, as all text that was JSON is. */
bool attachment_is_name(struct span s);

/* "type/subtype" of at most 100 visible ASCII characters (RFC 6838, 4.2). */
bool attachment_is_media(struct span s);

/* The attachments of a body; none if it has no such member. Spans borrow from
 * the document or `a`, the list is in `a`. ERR_SCHEMA with place and rule in
 * `f` (may be NULL) for a missing or wrong member, a size or a name out of
 * range, two of one name; ERR_LIMIT for more than LIMIT_ATTACHMENTS. */
MUST enum err attachments_parse(struct json_val body, struct arena *a,
    struct attachment **out, size_t *n, struct fault *f);

/* One of them, of whatever list: ERR_SCHEMA as above. */
MUST enum err attachment_parse(struct json_val v, struct arena *a,
    struct attachment *out, struct fault *f);

/* Append it as a JSON object. */
void attachment_write(const struct attachment *at, struct json_out *w);

/* The attachment of that name, or with that sealed digest; NULL if none. */
const struct attachment *attachment_find(const struct attachment *list,
    size_t n, struct span name);
const struct attachment *attachment_find_sealed(const struct attachment *list,
    size_t n, const struct digest *sealed);

#endif

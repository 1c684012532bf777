/* SPDX-License-Identifier: Apache-2.0
 *
 * A backup in a folder: the members of store/archive.h cut into segments, so
 * that what did not change is cut and named as it was the last time. Where a
 * segment begins depends on its rows alone: a text that is added or erased
 * changes its own and no other. The name of one is keyed: it tells nothing of
 * what is inside to who has not the key. The manifest is what stands between
 * them: head, their names in order, end. doc/backup.md.
 */
#ifndef STORE_SEGMENTS_H
#define STORE_SEGMENTS_H

#include "base/buf.h"
#include "crypto/hash.h"
#include "store/copy.h"

enum {
	SEGMENT_MOST = 1048576, /* it ends with the row that passes this */
	SEGMENT_KEY = 32
};

/* --- where they begin --- */

/* Zeroed: before the first row. */
struct segment_cut {
	bool has_row;
	enum row_kind kind; /* of the last row */
	uint64_t range;
};

/* Does a segment begin with this row, the next one in their order? The first
 * does; one of another kind; a record or text of another range of the log; and
 * of other kinds a row here and there, by the digest of its key. */
bool segment_begins(struct segment_cut *c, const struct store_row *r);

/* --- names --- */

/* The key of names for backups that are sealed to `kid`, out of a secret of
 * the node: for another key everything has other names and is sealed anew. */
void segment_key(struct span secret, const struct digest *kid,
    unsigned char out[SEGMENT_KEY]);

/* `content`: SHA-256 of its members; of an attachment that of its A alone,
 * which says what the bytes behind it are. */
struct digest segment_name(const struct hash_key *key,
    const struct digest *content);

/* --- the manifest --- */

struct segments {
	unsigned char key[SEGMENT_KEY]; /* of the names */
	struct span head;  /* the JSON of H */
	struct span names; /* 32 bytes each, in the order of the members */
	struct span end;   /* the JWS of E */
};

size_t segments_count(const struct segments *m);
struct digest segments_at(const struct segments *m, size_t i);

/* Append it. */
void segments_write(const struct segments *m, struct buf *out);

/* The same bytes and no others. Spans borrow `in`. ERR_SYNTAX, ERR_UNSUPPORTED
 * (a later form), ERR_LIMIT, with the offset in `f`; `out` is untouched
 * then. */
MUST enum err segments_parse(struct span in, struct segments *out,
    struct fault *f);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What is inside a backup, as a stream of members: what it is, files, the rows
 * of the store, attachments, and the end, signed. Each member is a letter, its
 * length (u32be) and its bytes; they come in this order and no other:
 *
 *	H  JSON of what it is; once, first
 *	F  a file: name (u16be length), bytes
 *	R  a row: kind (u8), key (u16be), meta and value (u32be lengths)
 *	A  an attachment: SHA-256 of its sealed bytes, size (u64be)
 *	D  the next of its bytes, at most ARCHIVE_DATA
 *	E  the end: a JWS over JSON with the digest of all before; once, last
 *
 * Read as bytes come, in bounded memory. doc/backup.md.
 */
#ifndef STORE_ARCHIVE_H
#define STORE_ARCHIVE_H

#include "base/buf.h"
#include "crypto/hash.h"
#include "store/copy.h"

enum { ARCHIVE_DATA = 65536, ARCHIVE_NAME = 200 };

/* --- writing: each appends a member --- */

void archive_put_head(struct buf *out, struct span json);
void archive_put_file(struct buf *out, struct span name, struct span bytes);
void archive_put_row(struct buf *out, const struct store_row *r);
void archive_put_blob(struct buf *out, const struct digest *name,
    uint64_t size);
void archive_put_data(struct buf *out, struct span bytes);
void archive_put_end(struct buf *out, struct span jws);

/* May a file of an archive have this name? "almenarad.conf",
 * "almenara.rules", "keyring", or "documents/" and a word of [A-Za-z0-9._-]
 * that does not begin with a dot. */
bool archive_is_name(struct span name);

/* --- reading --- */

/* What is done with members that are whole and well formed: rows have their
 * checksums and ascend, a blob has as many bytes as it said and their digest.
 * All spans live during the call. An error ends the reading; `f` may be
 * filled. Any of them may be NULL. */
struct archive_take {
	enum err (*head)(void *ctx, struct span json, struct fault *f);
	enum err (*file)(void *ctx, struct span name, struct span bytes,
	    struct fault *f);
	enum err (*row)(void *ctx, const struct store_row *r,
	    struct fault *f);
	enum err (*blob)(void *ctx, const struct digest *name, uint64_t size,
	    struct fault *f);
	enum err (*data)(void *ctx, struct span bytes, bool is_last,
	    struct fault *f);
	/* `digest`: of all that came before this member */
	enum err (*end)(void *ctx, struct span jws,
	    const struct digest *digest, struct fault *f);
	void *ctx;
};

struct archive_counts {
	uint64_t files, blobs, blob_bytes;
	uint64_t rows[ROW_KINDS];
};

struct archive_reader {
	const struct archive_take *take;
	struct buf in;         /* a member that is not whole */
	struct hash_stream *hash, *blob_hash;
	uint64_t at;           /* of `in` in the archive */
	unsigned rank;         /* of the last member in their order */
	struct store_cursor last; /* row */
	struct digest blob;
	uint64_t blob_left;
	bool has_blob;
	bool is_over;
	bool names_only; /* D counts for nothing in the digest: A names it */
	struct archive_counts counts;
};

/* `take` must outlive the reader. A backup in a folder (store/segments.h) is
 * read with `names_only`. */
void archive_reader_init(struct archive_reader *r,
    const struct archive_take *take);
void archive_reader_release(struct archive_reader *r);

/* The next bytes of the archive. Errors with offset (of the archive) and rule
 * in `f`: ERR_SYNTAX (a member's form or order), ERR_LIMIT, ERR_DAMAGED (a
 * row), ERR_DIGEST (a blob), and what `take` gives. */
MUST enum err archive_read(struct archive_reader *r, struct span bytes,
    struct fault *f);

/* There are no more: ERR_SYNTAX unless its end has come. */
MUST enum err archive_finish(const struct archive_reader *r,
    struct fault *f);

#endif

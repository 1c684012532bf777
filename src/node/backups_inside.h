/* SPDX-License-Identifier: Apache-2.0
 *
 * A backup that is being made, as backups.c and backups_folder.c see it.
 */
#ifndef NODE_BACKUPS_INSIDE_H
#define NODE_BACKUPS_INSIDE_H

#include "crypto/vault.h"
#include "node/backups.h"
#include "node/exits.h"
#include "store/copy.h"
#include "store/segments.h"

enum backups_phase { PHASE_FILES, PHASE_ROWS, PHASE_BLOBS, PHASE_END,
	PHASE_OVER };

struct backups_blob {
	struct digest name;
	uint64_t size;
};

struct backups {
	struct service *service;
	struct loop_timer *idle;
	uint64_t last_id;
	/* of the one that is being made; id 0: none */
	uint64_t id;
	uint32_t owner;
	enum backups_phase phase;
	struct exit_pass pass;
	struct store *moment;
	struct store_cursor cursor;
	struct backups_blob *blob; /* sorted */
	size_t blob_n, blob_cap, blob_i;
	uint64_t blob_at;
	struct buf head;   /* of the file, until it is given */
	struct buf plain;  /* members; before plain_at they are sealed */
	size_t plain_at;
	size_t hashed_to;  /* of `plain` */
	struct vault_writer *vault;
	struct hash_stream *members; /* what the end signs */
	struct hash_stream *file;
	uint64_t left_out;
	uint64_t done, of;
	struct mono asked; /* for the last time */
	struct backups_folder *folder; /* NULL: it goes into one file */
};

/* In a folder: what is between its segments. `plain` begins with the one
 * that is prepared. */
enum folder_step { STEP_NEXT, STEP_OFFERED, STEP_GIVEN };

struct backups_folder {
	struct jwk to;
	struct buf first;   /* the JSON of the head */
	struct segment_cut begins;
	struct hash_key *key;
	unsigned char name_key[SEGMENT_KEY];
	struct buf names;   /* of all so far */
	enum folder_step step;
	size_t cut;         /* of `plain`, its end; 0: not known yet */
	bool is_blob;
	bool is_manifest;
};

/* --- backups.c --- */

/* Is there no such attachment any more, and nothing of it in `plain`? */
bool backups_blob_is_gone(struct backups *b, const struct backups_blob *blob);

/* The next rows of the moment, until `fn` (with `b`) has enough. */
MUST enum err backups_rows(struct backups *b, store_row_fn *fn,
    struct fault *f);

/* Append the next D of the attachment at `blob_i`. */
MUST enum err backups_put_data(struct backups *b, struct fault *f);

/* The JWS of the end, appended. */
MUST enum err backups_sign(struct backups *b, struct buf *out,
    struct fault *f);

/* Seal the next of `plain`, up to `end`. */
void backups_seal(struct backups *b, size_t end, struct buf *out);

/* --- backups_folder.c --- */

/* `plain` has head and files, nothing of it is hashed. */
void folder_begin(struct backups *b, const struct jwk *to);
void folder_free(struct backups_folder *d); /* accepts NULL */

/* The next step: backups_read for a folder. */
MUST enum err folder_read(struct backups *b, bool has_it, struct buf *out,
    struct backups_slice *told, struct fault *f);

#endif

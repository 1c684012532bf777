/* SPDX-License-Identifier: Apache-2.0
 *
 * A backup being made while the node works: the store as it was at one moment,
 * configuration, rules and documents in force then, and the attachments, sealed
 * to a key that is not here, a slice whenever it is asked for. One at a time;
 * one that nobody asks for any more is given up, because the store's log
 * grows as long as its moment is held.
 */
#ifndef NODE_BACKUPS_H
#define NODE_BACKUPS_H

#include "base/buf.h"
#include "crypto/jwk.h"
#include "node/service_inside.h"

struct backups;

struct backups *backups_create(struct service *s);
void backups_free(struct backups *b); /* accepts NULL */

/* Hold this moment for user `owner`; for one file, or for a folder
 * (store/segments.h). ERR_BUSY (another one is being made),
 * ERR_KEY (nothing can be sealed to `to`), ERR_RULE (it may not go out),
 * ERR_DENIED, ERR_LIMIT, ERR_IO; `f` says what. */
MUST enum err backups_begin(struct backups *b, uint32_t owner,
    const struct jwk *to, bool is_folder, uint64_t *id, struct fault *f);

struct backups_slice {
	uint64_t done, of;    /* bytes of what goes in; `of` is an estimate */
	bool is_last;
	struct digest digest; /* of the whole file, with the last */
	uint64_t left_out;    /* damaged here, and held by others */
	/* of a folder, which is of several files: */
	bool is_offer;        /* `name` is next, and was not begun */
	bool is_manifest;     /* the manifest is next, which is always taken */
	bool is_whole;        /* a file is at its end; `digest` is of it */
	struct digest name;
};

/* Append the next bytes of the file, of one loop turn's work. Of a folder: the
 * next of the segment that was offered, or with `has_it`, if it was and is in
 * the folder already, the next offer. ERR_NOT_FOUND if there is no such backup
 * (any more); after another error it is over. */
MUST enum err backups_read(struct backups *b, uint32_t owner, uint64_t id,
    bool has_it, struct buf *out, struct backups_slice *told,
    struct fault *f);

/* It is over, well or not. False if there is no such one. */
bool backups_end(struct backups *b, uint32_t owner, uint64_t id);

/* The most that backups_read appends. */
enum { BACKUPS_SLICE = 524288, BACKUPS_MOST = 2 * BACKUPS_SLICE };

#endif

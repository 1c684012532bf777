/* SPDX-License-Identifier: Apache-2.0
 *
 * Attachments on their way in from a person: each is sealed under a fresh key
 * as it is read, so that its text never lies on this node's disk and never
 * whole in its memory.
 */
#ifndef NODE_UPLOADS_H
#define NODE_UPLOADS_H

#include "record/attachment.h"
#include "store/blobs.h"

struct uploads;
struct upload;

struct uploads *uploads_create(struct blobs *blobs);
void uploads_free(struct uploads *u); /* accepts NULL; none is under way */

/* Begin one of `size` bytes. ERR_SCHEMA (name, media), ERR_LIMIT (size; too
 * many under way). */
MUST enum err upload_create(struct uploads *u, struct span name,
    struct span media, uint64_t size, struct upload **out, struct fault *f);

/* Give it up, or after its end; accepts NULL. */
void upload_free(struct upload *up);

/* How many bytes of text the next piece has; 0 once all have come, and for
 * the one piece of an empty text. */
size_t upload_next(const struct upload *up);

/* All pieces have come. */
bool upload_is_whole(const struct upload *up);

/* The next piece: exactly upload_next bytes. ERR_STATE, ERR_BUSY, ERR_FULL,
 * ERR_IO: give it up. */
MUST enum err upload_put(struct upload *up, struct span text);

/* All has come: the blob is durable, `out` says what an entry says of it;
 * name and media are borrowed from the upload, the key is to be wiped.
 * ERR_STATE (not whole), ERR_FULL, ERR_IO. */
MUST enum err upload_end(struct upload *up, struct attachment *out);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Attachments on their way in from a person: each is sealed under a fresh key
 * as it arrives, so that its text never lies on this node's disk and never
 * whole in its memory.
 */
#ifndef NODE_UPLOADS_H
#define NODE_UPLOADS_H

#include "base/instant.h"
#include "record/attachment.h"
#include "store/blobs.h"

struct uploads;

struct uploads *uploads_create(struct blobs *blobs);
void uploads_free(struct uploads *u); /* accepts NULL */

/* Begin one of `size` bytes; `*id` names it for `owner`. ERR_SCHEMA (name,
 * media), ERR_LIMIT (size; too many under way). One that nothing came for
 * within a minute may be given up for another. */
MUST enum err uploads_begin(struct uploads *u, uint32_t owner,
    struct span name, struct span media, uint64_t size, struct mono now,
    uint64_t *id, struct fault *f);

/* More of its text. ERR_NOT_FOUND; ERR_LIMIT beyond the size announced,
 * ERR_FULL, ERR_IO: the upload is given up. */
MUST enum err uploads_add(struct uploads *u, uint32_t owner, uint64_t id,
    struct span text, struct mono now, uint64_t *have);

/* All has come: the blob is durable, `out` says what an entry says of it;
 * name and media are borrowed until the next call. ERR_NOT_FOUND, ERR_STATE
 * (less than was announced), ERR_FULL, ERR_IO: the upload is given up. */
MUST enum err uploads_end(struct uploads *u, uint32_t owner, uint64_t id,
    struct attachment *out);

#endif

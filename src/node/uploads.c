/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealing on arrival.
 */
#include "node/uploads.h"

#include "base/limits.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "crypto/secret.h"

#include <stdlib.h>

enum { UPLOADS = 8 };

struct upload {
	struct uploads *all;
	char name[256], media[128];
	struct attachment at;
	uint64_t have;          /* bytes of text */
	uint64_t pieces;        /* sealed and written */
	struct digest part;     /* its name until the end */
	struct hash_stream *text, *sealed;
	unsigned char piece[PIECE_SEALED];
};

struct uploads {
	struct blobs *blobs;
	size_t n;
};

struct uploads *
uploads_create(struct blobs *blobs)
{
	struct uploads *u = mem_alloc(sizeof *u);

	u->blobs = blobs;
	return u;
}

void
uploads_free(struct uploads *u)
{
	free(u);
}

void
upload_free(struct upload *up)
{
	if (up == NULL)
		return;
	up->all->n--;
	blobs_part_drop(up->all->blobs, &up->part);
	hash_stream_free(up->text);
	hash_stream_free(up->sealed);
	secret_wipe(up, sizeof *up);
	free(up);
}

enum err
upload_create(struct uploads *u, struct span name, struct span media,
    uint64_t size, struct upload **out, struct fault *f)
{
	struct upload *up;

	if (!attachment_is_name(name))
		return fault_at(f, ERR_SCHEMA, 0, "name",
		    "is no plain file name of 1 to 200 bytes");
	if (!attachment_is_media(media))
		return fault_at(f, ERR_SCHEMA, 0, "media",
		    "is no media type");
	if (size > LIMIT_ATTACHMENT)
		return fault_at(f, ERR_LIMIT, 0, "size",
		    "is more than %d bytes", LIMIT_ATTACHMENT);
	if (u->n == UPLOADS)
		return fault_at(f, ERR_LIMIT, 0, "upload",
		    "too many attachments are on their way in");
	u->n++;
	up = mem_alloc(sizeof *up);
	up->all = u;
	up->text = hash_stream_create();
	up->sealed = hash_stream_create();
	memcpy(up->name, name.p, name.n);
	memcpy(up->media, media.p, media.n);
	up->at.name = span_of(up->name, name.n);
	up->at.media = span_of(up->media, media.n);
	up->at.size = size;
	random_fill(up->at.key, sizeof up->at.key);
	random_fill(up->part.b, sizeof up->part.b);
	*out = up;
	return ERR_NONE;
}

size_t
upload_next(const struct upload *up)
{
	uint64_t rest = up->at.size - up->have;

	return rest < PIECE_TEXT ? (size_t)rest : PIECE_TEXT;
}

bool
upload_is_whole(const struct upload *up)
{
	return up->pieces == pieces_count(up->at.size);
}

enum err
upload_put(struct upload *up, struct span text)
{
	struct span sealed = span_of(up->piece, text.n + PIECE_TAG);
	enum err e;

	if (upload_is_whole(up) || text.n != upload_next(up))
		return ERR_STATE;
	hash_stream_add(up->text, text);
	piece_seal(up->at.key, up->pieces,
	    up->pieces + 1 == pieces_count(up->at.size), text, up->piece);
	hash_stream_add(up->sealed, sealed);
	e = blobs_part_add(up->all->blobs, &up->part,
	    up->pieces * PIECE_SEALED, sealed);
	up->pieces++;
	up->have += text.n;
	return e;
}

enum err
upload_end(struct upload *up, struct attachment *out)
{
	enum err e;

	if (!upload_is_whole(up))
		return ERR_STATE;
	up->at.text = hash_stream_now(up->text);
	up->at.sealed = hash_stream_now(up->sealed);
	e = blobs_part_finish(up->all->blobs, &up->part, &up->at.sealed);
	if (e == ERR_NONE)
		*out = up->at;
	secret_wipe(up->at.key, sizeof up->at.key);
	return e;
}

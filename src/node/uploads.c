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

enum { UPLOADS = 8, IDLE_MS = 60000 };

struct upload {
	uint64_t id; /* 0: free */
	uint32_t owner;
	char name[256], media[128];
	struct attachment at;
	uint64_t have;          /* bytes of text */
	uint64_t written;       /* bytes of the blob */
	struct digest part;     /* its name until the end */
	struct hash_stream *text, *sealed;
	unsigned char piece[PIECE_SEALED];
	size_t piece_n;
	struct mono seen;
};

struct uploads {
	struct blobs *blobs;
	uint64_t last_id;
	struct upload upload[UPLOADS];
};

struct uploads *
uploads_create(struct blobs *blobs)
{
	struct uploads *u = mem_alloc(sizeof *u);

	u->blobs = blobs;
	return u;
}

static void
give_up(struct uploads *u, struct upload *up)
{
	if (up->id == 0)
		return;
	blobs_part_drop(u->blobs, &up->part);
	hash_stream_free(up->text);
	hash_stream_free(up->sealed);
	secret_wipe(up, sizeof *up);
}

void
uploads_free(struct uploads *u)
{
	if (u == NULL)
		return;
	for (size_t i = 0; i < UPLOADS; i++)
		give_up(u, &u->upload[i]);
	free(u);
}

static struct upload *
find(struct uploads *u, uint32_t owner, uint64_t id)
{
	for (size_t i = 0; i < UPLOADS && id != 0; i++)
		if (u->upload[i].id == id && u->upload[i].owner == owner)
			return &u->upload[i];
	return NULL;
}

/* A free place, or that of one whose person has gone. */
static struct upload *
find_place(struct uploads *u, struct mono now)
{
	for (size_t i = 0; i < UPLOADS; i++)
		if (u->upload[i].id == 0)
			return &u->upload[i];
	for (size_t i = 0; i < UPLOADS; i++)
		if (now.ms - u->upload[i].seen.ms > IDLE_MS) {
			give_up(u, &u->upload[i]);
			return &u->upload[i];
		}
	return NULL;
}

enum err
uploads_begin(struct uploads *u, uint32_t owner, struct span name,
    struct span media, uint64_t size, struct mono now, uint64_t *id,
    struct fault *f)
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
	up = find_place(u, now);
	if (up == NULL)
		return fault_at(f, ERR_LIMIT, 0, "upload",
		    "too many attachments are on their way in");
	*up = (struct upload){ .id = ++u->last_id, .owner = owner,
		.seen = now, .text = hash_stream_create(),
		.sealed = hash_stream_create() };
	memcpy(up->name, name.p, name.n);
	memcpy(up->media, media.p, media.n);
	up->at.name = span_of(up->name, name.n);
	up->at.media = span_of(up->media, media.n);
	up->at.size = size;
	random_fill(up->at.key, sizeof up->at.key);
	random_fill(up->part.b, sizeof up->part.b);
	*id = up->id;
	return ERR_NONE;
}

/* Seal what is collected as the next piece. */
static enum err
piece_write(struct uploads *u, struct upload *up, bool is_last)
{
	struct span sealed = span_of(up->piece, up->piece_n + PIECE_TAG);
	enum err e;

	piece_seal(up->at.key, up->written / PIECE_SEALED, is_last,
	    span_of(up->piece, up->piece_n), up->piece);
	hash_stream_add(up->sealed, sealed);
	e = blobs_part_add(u->blobs, &up->part, up->written, sealed);
	up->written += sealed.n;
	up->piece_n = 0;
	return e;
}

/* A full piece is sealed only when more comes: it may be the last one. */
static enum err
text_take(struct uploads *u, struct upload *up, struct span text)
{
	enum err e = ERR_NONE;

	while (text.n > 0 && e == ERR_NONE) {
		size_t n = PIECE_TEXT - up->piece_n;

		if (n == 0) {
			e = piece_write(u, up, false);
			continue;
		}
		if (n > text.n)
			n = text.n;
		memcpy(up->piece + up->piece_n, text.p, n);
		up->piece_n += n;
		up->have += n;
		text = span_of(text.p + n, text.n - n);
	}
	return e;
}

enum err
uploads_add(struct uploads *u, uint32_t owner, uint64_t id, struct span text,
    struct mono now, uint64_t *have)
{
	struct upload *up = find(u, owner, id);
	enum err e;

	if (up == NULL)
		return ERR_NOT_FOUND;
	up->seen = now;
	e = text.n > up->at.size - up->have ? ERR_LIMIT : ERR_NONE;
	if (e == ERR_NONE) {
		hash_stream_add(up->text, text);
		e = text_take(u, up, text);
	}
	if (e != ERR_NONE)
		give_up(u, up);
	else
		*have = up->have;
	return e;
}

enum err
uploads_end(struct uploads *u, uint32_t owner, uint64_t id,
    struct attachment *out)
{
	struct upload *up = find(u, owner, id);
	enum err e;

	if (up == NULL)
		return ERR_NOT_FOUND;
	e = up->have == up->at.size ? piece_write(u, up, true) : ERR_STATE;
	if (e == ERR_NONE) {
		up->at.text = hash_stream_now(up->text);
		up->at.sealed = hash_stream_now(up->sealed);
		e = blobs_part_finish(u->blobs, &up->part, &up->at.sealed);
	}
	if (e == ERR_NONE) {
		*out = up->at;
		secret_wipe(up->at.key, sizeof up->at.key);
	}
	hash_stream_free(up->text);
	hash_stream_free(up->sealed);
	up->text = up->sealed = NULL;
	if (e != ERR_NONE)
		give_up(u, up);
	else
		up->id = 0;
	return e;
}

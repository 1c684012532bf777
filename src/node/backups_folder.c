/* SPDX-License-Identifier: Apache-2.0
 *
 * A backup for a folder: segment after segment is prepared, offered by its
 * name, and sealed if the folder has it not. The manifest is the last one.
 */
#include "node/backups_inside.h"

#include "base/limits.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "store/archive.h"
#include "store/blobs.h"

#include <stdlib.h>

enum { MEMBER_HEAD = 5 };

void
folder_begin(struct backups *b, const struct jwk *to)
{
	struct backups_folder *d = mem_alloc(sizeof *d);
	struct digest kid = jwk_thumbprint(to);
	struct service *s = b->service;
	size_t head;

	b->folder = d;
	b->phase = PHASE_FILES;
	d->to = *to;
	segment_key(span_of(s->store_key, sizeof s->store_key), &kid,
	    d->name_key);
	d->key = hash_key_create(span_of(d->name_key, sizeof d->name_key));
	buf_init(&d->names, LIMIT_BACKUP_SEGMENTS * sizeof(struct digest));
	buf_init(&d->first, LIMIT_BACKUP_MEMBER);
	/* the head is the first member; the manifest has it */
	head = MEMBER_HEAD + ((size_t)b->plain.p[1] << 24 |
	    (size_t)b->plain.p[2] << 16 | (size_t)b->plain.p[3] << 8 |
	    b->plain.p[4]);
	hash_stream_add(b->members, span_of(b->plain.p, head));
	buf_put_mem(&d->first, b->plain.p + MEMBER_HEAD, head - MEMBER_HEAD);
	buf_consume(&b->plain, head);
}

void
folder_free(struct backups_folder *d)
{
	if (d == NULL)
		return;
	hash_key_free(d->key);
	buf_release(&d->names);
	buf_release(&d->first);
	secret_wipe(d->name_key, sizeof d->name_key);
	free(d);
}

/* --- the next segment, at the beginning of `plain` --- */

/* A file each. */
static void
cut_file(struct backups *b)
{
	const unsigned char *p = b->plain.p;

	if (b->plain.n == 0)
		b->phase = PHASE_ROWS;
	else
		b->folder->cut = MEMBER_HEAD + ((size_t)p[1] << 24 |
		    (size_t)p[2] << 16 | (size_t)p[3] << 8 | p[4]);
}

static bool
put_row(void *ctx, const struct store_row *r)
{
	struct backups *b = ctx;
	struct backups_folder *d = b->folder;
	bool begins = segment_begins(&d->begins, r);

	if (b->plain.n != 0 && (begins || b->plain.n >= SEGMENT_MOST))
		d->cut = b->plain.n;
	archive_put_row(&b->plain, r);
	return d->cut == 0;
}

static enum err
cut_rows(struct backups *b, struct fault *f)
{
	enum err e = backups_rows(b, put_row, f);

	if (e == ERR_NONE && b->folder->cut == 0) {
		b->folder->cut = b->plain.n;
		b->phase = PHASE_BLOBS;
	}
	return e;
}

/* Its bytes are read when they are asked for. */
static void
cut_blob(struct backups *b)
{
	const struct backups_blob *blob;

	while (b->blob_i < b->blob_n &&
	    backups_blob_is_gone(b, &b->blob[b->blob_i]))
		b->blob_i++;
	if (b->blob_i == b->blob_n) {
		b->phase = PHASE_END;
		return;
	}
	blob = &b->blob[b->blob_i];
	archive_put_blob(&b->plain, &blob->name, blob->size);
	b->folder->cut = b->plain.n;
	b->folder->is_blob = true;
}

static enum err
cut_manifest(struct backups *b, struct fault *f)
{
	struct backups_folder *d = b->folder;
	struct segments m = { .head = buf_span(&d->first),
		.names = buf_span(&d->names) };
	struct buf end;
	enum err e;

	buf_init(&end, LIMIT_JWS);
	e = backups_sign(b, &end, f);
	if (e == ERR_NONE) {
		memcpy(m.key, d->name_key, sizeof m.key);
		m.end = buf_span(&end);
		segments_write(&m, &b->plain);
		secret_wipe(m.key, sizeof m.key);
		d->cut = b->plain.n;
		d->is_manifest = true;
		b->phase = PHASE_OVER;
	}
	buf_release(&end);
	return e;
}

static enum err
cut_next(struct backups *b, struct fault *f)
{
	struct backups_folder *d = b->folder;
	enum err e = ERR_NONE;

	d->cut = 0;
	d->is_blob = false;
	while (e == ERR_NONE && d->cut == 0) {
		if (b->phase == PHASE_FILES)
			cut_file(b);
		else if (b->phase == PHASE_ROWS)
			e = cut_rows(b, f);
		else if (b->phase == PHASE_BLOBS)
			cut_blob(b);
		else
			e = cut_manifest(b, f);
	}
	return e == ERR_NONE ? buf_check(&b->plain) : e;
}

static enum err
offer(struct backups *b, struct backups_slice *told, struct fault *f)
{
	struct backups_folder *d = b->folder;
	struct digest content;
	enum err e = cut_next(b, f);

	if (e != ERR_NONE)
		return e;
	d->step = STEP_OFFERED;
	told->is_offer = true;
	told->is_manifest = d->is_manifest;
	if (d->is_manifest)
		return ERR_NONE;
	content = hash_sha256(span_of(b->plain.p, d->cut));
	hash_stream_add(b->members, span_of(b->plain.p, d->cut));
	told->name = segment_name(d->key, &content);
	buf_put(&d->names, digest_span(&told->name));
	return buf_check(&d->names) == ERR_NONE ? ERR_NONE :
	    fault_at(f, ERR_LIMIT, 0, "segments",
		"the store is larger than a backup in a folder takes");
}

/* --- what was offered --- */

static void
pass_on(struct backups *b)
{
	struct backups_folder *d = b->folder;

	buf_consume(&b->plain, d->cut);
	b->plain_at = 0;
	d->step = STEP_NEXT;
}

static void
skip(struct backups *b)
{
	b->done += b->folder->cut;
	if (b->folder->is_blob)
		b->done += b->blob[b->blob_i++].size;
	pass_on(b);
}

static enum err
give_begin(struct backups *b, struct buf *out, struct fault *f)
{
	enum err e;

	hash_stream_free(b->file);
	b->file = hash_stream_create();
	b->folder->step = STEP_GIVEN;
	e = vault_begin(b->vault, &b->folder->to,
	    hub_log(b->service->hub, 0).origin, random_fill, out);
	return e == ERR_NONE ? e : fault_at(f, e, 0, "key",
	    "nothing can be sealed to this key");
}

/* The attachment's bytes go where its A was; one D at a time. */
static enum err
give_blob(struct backups *b, struct buf *out, struct fault *f)
{
	struct backups_folder *d = b->folder;
	size_t i = b->blob_i;
	enum err e = ERR_NONE;

	while (e == ERR_NONE && i == b->blob_i && out->n < BACKUPS_SLICE) {
		e = backups_put_data(b, f);
		d->cut = b->plain.n;
		if (e == ERR_NONE)
			backups_seal(b, d->cut, out);
		buf_consume(&b->plain, b->plain_at);
		d->cut = b->plain_at = 0;
	}
	d->is_blob = i == b->blob_i;
	return e;
}

static enum err
give(struct backups *b, struct buf *out, struct backups_slice *told,
    struct fault *f)
{
	struct backups_folder *d = b->folder;
	size_t before = out->n;
	enum err e = ERR_NONE;

	if (d->step == STEP_OFFERED)
		e = give_begin(b, out, f);
	if (e == ERR_NONE)
		backups_seal(b, d->cut, out);
	if (e == ERR_NONE && d->is_blob)
		e = give_blob(b, out, f);
	if (e != ERR_NONE)
		return e;
	told->is_whole = b->plain_at == d->cut && !d->is_blob;
	if (told->is_whole)
		vault_end(b->vault, out);
	hash_stream_add(b->file, span_of(out->p + before, out->n - before));
	told->is_last = told->is_whole && d->is_manifest;
	if (told->is_whole) {
		told->digest = hash_stream_now(b->file);
		pass_on(b);
	}
	return buf_check(out);
}

enum err
folder_read(struct backups *b, bool has_it, struct buf *out,
    struct backups_slice *told, struct fault *f)
{
	struct backups_folder *d = b->folder;

	if (b->phase == PHASE_OVER && d->step == STEP_NEXT)
		return fault_at(f, ERR_STATE, 0, "backup", "it is over");
	if (d->step == STEP_OFFERED && has_it && !d->is_manifest)
		skip(b);
	return d->step == STEP_NEXT ? offer(b, told, f) :
	    give(b, out, told, f);
}

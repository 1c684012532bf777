/* SPDX-License-Identifier: Apache-2.0
 *
 * From store, folders and memory to sealed slices.
 */
#include "node/backups_inside.h"

#include "base/limits.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "node/documents.h"
#include "record/backup.h"
#include "store/archive.h"
#include "store/blobs.h"
#include "store/sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum {
	IDLE_MS = 30000,
	STALE_MS = 5000, /* another one may take its place */
	/* configuration, rules and documents are read in the moment itself */
	FILES_MOST = 67108864,
	BLOBS_EACH = 1024, /* names, by which their list grows */
	COMPACT = 4194304  /* sealed bytes that are kept in memory, at most */
};

/* --- life --- */

static void
give_up(struct backups *b)
{
	if (b->id == 0)
		return;
	loop_timer_stop(b->idle);
	store_free(b->moment);
	free(b->blob);
	buf_release(&b->plain);
	buf_release(&b->head);
	vault_wipe(b->vault);
	free(b->vault);
	hash_stream_free(b->members);
	hash_stream_free(b->file);
	folder_free(b->folder);
	*b = (struct backups){ .service = b->service, .idle = b->idle,
		.last_id = b->last_id };
}

static void
on_idle(void *ctx)
{
	give_up(ctx);
}

struct backups *
backups_create(struct service *s)
{
	struct backups *b = mem_alloc(sizeof *b);

	b->service = s;
	b->idle = loop_timer_create(s->loop, on_idle, b);
	return b;
}

void
backups_free(struct backups *b)
{
	if (b == NULL)
		return;
	give_up(b);
	loop_timer_free(b->idle);
	free(b);
}

/* --- the moment --- */

/* Members that are whole enter the digest that the end signs. */
static void
hash_members(struct backups *b)
{
	hash_stream_add(b->members, span_of(b->plain.p + b->hashed_to,
	    b->plain.n - b->hashed_to));
	b->hashed_to = b->plain.n;
}

static void
put_head(struct backups *b)
{
	struct service *s = b->service;
	const struct backup_head head = { .team = s->own_team,
		.node = span_str(s->node), .log = hub_log(s->hub, 0).origin,
		.private_log = span_str(s->private_origin),
		.signer = s->private_jwk,
		.made_s = loop_now(s->loop).wall.ms / 1000,
		.layout = STORE_LAYOUT, .keys = s->keys, .key_n = s->key_n };
	struct buf json;

	buf_init(&json, 65536);
	backup_head_write(&head, &json);
	archive_put_head(&b->plain, buf_span(&json));
	buf_release(&json);
}

static bool
put_document(void *ctx, const char *name, struct span bytes)
{
	struct backups *b = ctx;
	char path[ARCHIVE_NAME + 64];

	snprintf(path, sizeof path, "documents/%s", name);
	if (archive_is_name(span_str(path)))
		archive_put_file(&b->plain, span_str(path), bytes);
	return !b->plain.over;
}

static enum err
put_files(struct backups *b, struct fault *f)
{
	struct service *s = b->service;
	struct buf text;
	enum err e;

	buf_init(&text, LIMIT_CONFIG);
	config_print(s->fresh.file != NULL ? &s->fresh : s->config, &text);
	archive_put_file(&b->plain, span_str("almenarad.conf"),
	    buf_span(&text));
	buf_release(&text);
	if (s->rulebook.rules != NULL)
		archive_put_file(&b->plain, span_str("almenara.rules"),
		    rules_text(s->rulebook.rules));
	e = documents_read(s->config->documents, put_document, b);
	if (e != ERR_NONE)
		return fault_at(f, e, 0, "documents",
		    "the documents folder cannot be read");
	return buf_check(&b->plain) == ERR_NONE ? ERR_NONE :
	    fault_at(f, ERR_LIMIT, 0, "documents",
		"the documents are larger than a backup takes");
}

static void
note_blob(void *ctx, const struct digest *name, uint64_t size)
{
	struct backups *b = ctx;

	if (size == 0)
		return; /* cut by a crash: nothing of it is there */
	if (b->blob_n == b->blob_cap) {
		b->blob_cap += BLOBS_EACH;
		b->blob = mem_grow(b->blob, b->blob_cap * sizeof *b->blob);
	}
	b->blob[b->blob_n++] = (struct backups_blob){ *name, size };
	b->of += size;
}

static int
blob_compare(const void *a, const void *b)
{
	return memcmp(((const struct backups_blob *)a)->name.b,
	    ((const struct backups_blob *)b)->name.b, sizeof(struct digest));
}

/* An attachment is here before the entry that names it: so those of all
 * entries of the moment are among those that are here after it. */
static enum err
hold_moment(struct backups *b, struct fault *f)
{
	static const struct store_sqlite_options options = {
		.read_only = true, .snapshot = true };
	struct service *s = b->service;
	struct stat st;
	char path[4352];
	enum err e;

	snprintf(path, sizeof path, "%s/log.db", s->config->data_dir);
	e = store_sqlite_open(path, &options, &b->moment, f);
	if (e != ERR_NONE)
		return e;
	if (stat(path, &st) == 0)
		b->of += (uint64_t)st.st_size;
	e = blobs_walk(s->blobs, note_blob, b);
	if (e != ERR_NONE)
		return fault_at(f, e, 0, "attachments",
		    "their folder cannot be read");
	if (b->blob_n > 1)
		qsort(b->blob, b->blob_n, sizeof *b->blob, blob_compare);
	return ERR_NONE;
}

static enum err
begin_file(struct backups *b, const struct jwk *to, struct fault *f)
{
	enum err e;

	hash_members(b);
	b->phase = PHASE_ROWS;
	buf_init(&b->head, LIMIT_VAULT_HEAD + 64);
	e = vault_begin(b->vault, to, hub_log(b->service->hub, 0).origin,
	    random_fill, &b->head);
	return e == ERR_NONE ? e : fault_at(f, e, 0, "key",
	    "nothing can be sealed to this key");
}

static enum err
begin(struct backups *b, const struct jwk *to, bool is_folder,
    struct fault *f)
{
	enum err e;

	b->pass = exits_to_backup(b->service);
	if (!exit_opens(&b->pass, EXIT_BACKUP, EXIT_WHOLE))
		return fault_at(f, ERR_RULE, 0, "backup",
		    "the node may not give out what it holds");
	e = hold_moment(b, f);
	if (e != ERR_NONE)
		return e;
	put_head(b);
	e = put_files(b, f);
	if (e != ERR_NONE)
		return e;
	b->of += b->plain.n;
	if (!is_folder)
		return begin_file(b, to, f);
	folder_begin(b, to);
	return ERR_NONE;
}

enum err
backups_begin(struct backups *b, uint32_t owner, const struct jwk *to,
    bool is_folder, uint64_t *id, struct fault *f)
{
	enum err e;

	if (b->id != 0 &&
	    loop_now(b->service->loop).mono.ms - b->asked.ms < STALE_MS)
		return fault_at(f, ERR_BUSY, 0, "backup",
		    "another one is being made");
	give_up(b);
	b->id = ++b->last_id;
	b->asked = loop_now(b->service->loop).mono;
	b->owner = owner;
	buf_init(&b->plain, FILES_MOST);
	b->vault = mem_alloc(sizeof *b->vault);
	b->members = hash_stream_create();
	b->file = hash_stream_create();
	e = begin(b, to, is_folder, f);
	if (e != ERR_NONE) {
		give_up(b);
		return e;
	}
	loop_timer_start(b->idle, IDLE_MS, 0);
	*id = b->id;
	return ERR_NONE;
}

/* --- slices --- */

static bool
put_row(void *ctx, const struct store_row *r)
{
	struct backups *b = ctx;

	archive_put_row(&b->plain, r);
	return b->plain.n - b->plain_at < BACKUPS_SLICE;
}

enum err
backups_rows(struct backups *b, store_row_fn *fn, struct fault *f)
{
	enum err e = store_copy(b->moment, &b->cursor, fn, b, f);

	b->left_out = b->cursor.left_out;
	return e;
}

static enum err
put_rows(struct backups *b, struct fault *f)
{
	enum err e = backups_rows(b, put_row, f);

	if (e == ERR_NONE && b->cursor.kind == ROW_KINDS)
		b->phase = PHASE_BLOBS;
	return e;
}

/* Its bytes as they lie there; who reads holds them against their name. */
enum err
backups_put_data(struct backups *b, struct fault *f)
{
	const struct backups_blob *blob = &b->blob[b->blob_i];
	unsigned char *data = mem_alloc(ARCHIVE_DATA);
	uint64_t left = blob->size - b->blob_at;
	size_t n = left < ARCHIVE_DATA ? (size_t)left : ARCHIVE_DATA;
	enum err e = blobs_read(b->service->blobs, &blob->name, b->blob_at, n,
	    data);

	if (e == ERR_NONE)
		archive_put_data(&b->plain, span_of(data, n));
	free(data);
	b->blob_at += n;
	if (b->blob_at == blob->size) {
		b->blob_i++;
		b->blob_at = 0;
	}
	return e == ERR_NONE ? e : fault_at(f, e, 0, "attachments",
	    "one of them cannot be read");
}

/* What was deleted meanwhile is named by nothing that the backup holds. */
bool
backups_blob_is_gone(struct backups *b, const struct backups_blob *blob)
{
	uint64_t size;

	return b->blob_at == 0 && blobs_find(b->service->blobs, &blob->name,
	    &size) == ERR_NOT_FOUND;
}

static enum err
put_blobs(struct backups *b, struct fault *f)
{
	enum err e = ERR_NONE;

	while (e == ERR_NONE && b->blob_i < b->blob_n &&
	    b->plain.n - b->plain_at < BACKUPS_SLICE) {
		const struct backups_blob *blob = &b->blob[b->blob_i];

		if (backups_blob_is_gone(b, blob)) {
			b->blob_i++;
			continue;
		}
		if (b->blob_at == 0)
			archive_put_blob(&b->plain, &blob->name, blob->size);
		e = backups_put_data(b, f);
	}
	if (e == ERR_NONE && b->blob_i == b->blob_n)
		b->phase = PHASE_END;
	return e;
}

enum err
backups_sign(struct backups *b, struct buf *out, struct fault *f)
{
	const struct backup_end end = { hash_stream_now(b->members),
		b->left_out };
	struct keeper_job job = { .what = KEEPER_SIGN_JWS,
		.key = KEEPER_PRIVATE, .typ = BACKUP_TYP };
	struct buf payload;
	enum err e;

	buf_init(&payload, 4096);
	buf_init(&job.out, LIMIT_JWS);
	backup_end_write(&end, &payload);
	job.in = buf_span(&payload);
	e = keeper_run(keeper_client_keeper(b->service->keeper), &job, 1);
	if (e == ERR_NONE)
		e = job.result;
	if (e == ERR_NONE)
		buf_put(out, buf_span(&job.out));
	buf_release(&job.out);
	buf_release(&payload);
	return e == ERR_NONE ? e : fault_at(f, e, 0, "keeper",
	    "it did not sign the end of the backup");
}

static enum err
put_end(struct backups *b, struct fault *f)
{
	struct buf jws;
	enum err e;

	buf_init(&jws, LIMIT_JWS);
	e = backups_sign(b, &jws, f);
	if (e == ERR_NONE)
		archive_put_end(&b->plain, buf_span(&jws));
	buf_release(&jws);
	b->phase = PHASE_OVER;
	return e;
}

/* More members, until there are enough of them for a slice. */
static enum err
produce(struct backups *b, struct fault *f)
{
	enum err e = ERR_NONE;

	while (e == ERR_NONE && b->phase != PHASE_OVER &&
	    b->plain.n - b->plain_at < BACKUPS_SLICE) {
		e = b->phase == PHASE_ROWS ? put_rows(b, f) :
		    b->phase == PHASE_BLOBS ? put_blobs(b, f) :
		    put_end(b, f);
		hash_members(b);
	}
	return e == ERR_NONE ? buf_check(&b->plain) : e;
}

void
backups_seal(struct backups *b, size_t end, struct buf *out)
{
	size_t n = end - b->plain_at;

	if (n > BACKUPS_SLICE)
		n = BACKUPS_SLICE;
	vault_put(b->vault, span_of(b->plain.p + b->plain_at, n), out);
	b->plain_at += n;
	b->done += n;
}

static void
seal(struct backups *b, struct buf *out)
{
	backups_seal(b, b->plain.n, out);
	if (b->plain_at == b->plain.n || b->plain_at >= COMPACT) {
		buf_consume(&b->plain, b->plain_at);
		b->hashed_to -= b->plain_at;
		b->plain_at = 0;
	}
}

static bool
is_current(const struct backups *b, uint32_t owner, uint64_t id)
{
	return b->id != 0 && b->id == id && b->owner == owner;
}

static enum err
read_file(struct backups *b, struct buf *out, struct backups_slice *told,
    struct fault *f)
{
	size_t before = out->n;
	enum err e;

	buf_put(out, buf_span(&b->head));
	buf_clear(&b->head);
	e = produce(b, f);
	if (e != ERR_NONE)
		return e;
	seal(b, out);
	told->is_last = b->phase == PHASE_OVER && b->plain.n == 0;
	if (told->is_last)
		vault_end(b->vault, out);
	hash_stream_add(b->file, span_of(out->p + before, out->n - before));
	if (told->is_last)
		told->digest = hash_stream_now(b->file);
	return buf_check(out);
}

enum err
backups_read(struct backups *b, uint32_t owner, uint64_t id, bool has_it,
    struct buf *out, struct backups_slice *told, struct fault *f)
{
	enum err e;

	if (!is_current(b, owner, id))
		return fault_at(f, ERR_NOT_FOUND, 0, "backup",
		    "there is no such backup, or nobody asked for it any more");
	e = b->folder != NULL ? folder_read(b, has_it, out, told, f) :
	    read_file(b, out, told, f);
	if (e != ERR_NONE) {
		give_up(b);
		return e;
	}
	told->done = b->done;
	told->of = b->of > b->done ? b->of : b->done;
	told->left_out = b->left_out;
	b->asked = loop_now(b->service->loop).mono;
	loop_timer_start(b->idle, IDLE_MS, 0);
	return ERR_NONE;
}

bool
backups_end(struct backups *b, uint32_t owner, uint64_t id)
{
	if (!is_current(b, owner, id))
		return false;
	give_up(b);
	return true;
}

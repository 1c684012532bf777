/* SPDX-License-Identifier: Apache-2.0
 *
 * Backups in a folder, written and read.
 */
#include "cli/vault_folder.h"

#include "base/code.h"
#include "base/limits.h"
#include "base/mem.h"
#include "crypto/secret.h"
#include "store/segments.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define MANIFEST "manifest.almenara"

enum { HEX = 64, PART = 6 };

/* --- names of files --- */

static bool
is_hex(const char *s)
{
	return strspn(s, "0123456789abcdef") >= HEX;
}

/* NAME.DIGEST, or while it is written NAME.XXXXXX */
static bool
is_segment(const char *file)
{
	return strlen(file) == 2 * HEX + 1 && is_hex(file) &&
	    file[HEX] == '.' && is_hex(file + HEX + 1);
}

static bool
is_part(const char *file)
{
	return strlen(file) == HEX + 1 + PART && is_hex(file) &&
	    file[HEX] == '.';
}

/* The first file of this name, or list.n. */
static size_t
find(const struct file_list *list, const char *name)
{
	size_t low = 0, high = list->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strncmp(list->names[mid], name, HEX) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	while (low < list->n && strncmp(list->names[low], name, HEX) == 0 &&
	    !is_segment(list->names[low]))
		low++;
	return low < list->n && strncmp(list->names[low], name, HEX) == 0 ?
	    low : list->n;
}

/* --- writing --- */

/* Two that clean one folder would remove each other's segments. */
static enum err
take_lock(struct vault_folder *d, struct fault *f)
{
	d->lock = open(d->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->lock < 0)
		return errno == EACCES ? ERR_DENIED : ERR_IO;
	if (flock(d->lock, LOCK_EX | LOCK_NB) == 0)
		return ERR_NONE;
	return fault_at(f, ERR_BUSY, 0, "folder",
	    "another backup is being written into it");
}

/* The segments of another node would be removed as not named. */
static enum err
check_owner(struct cli *c, const struct vault_folder *d, struct span origin,
    struct fault *f)
{
	struct vault_head head;
	struct file_list list;
	unsigned char *first;
	ssize_t n;
	enum err e;
	int fd = open(d->manifest, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno != ENOENT)
		return errno == EACCES ? ERR_DENIED : ERR_IO;
	if (fd < 0) {
		e = file_list_read(d->path, &list);
		if (e != ERR_NONE)
			return e;
		if (list.n != 0 && (list.n != 1 ||
		    strcmp(list.names[0], "segments") != 0))
			e = fault_at(f, ERR_EXISTS, 0, "folder",
			    "something else is in it: a backup wants a folder "
			    "of its own");
		file_list_release(&list);
		return e;
	}
	first = arena_alloc(&c->arena, LIMIT_VAULT_HEAD);
	n = read(fd, first, LIMIT_VAULT_HEAD);
	close(fd);
	e = vault_parse_head(span_of(first, n < 0 ? 0 : (size_t)n), &c->arena,
	    &head, f);
	if (e == ERR_NONE && !span_is_equal(head.log, origin))
		e = fault_at(f, ERR_CONFLICT, 0, "folder",
		    "the backup of another log is in it, %.*s: take another "
		    "folder", SPAN_FMT(head.log));
	return e;
}

int
vault_folder_open(struct cli *c, const char *path, struct span origin,
    struct vault_folder *out)
{
	struct vault_folder *d = out;
	struct fault f = { 0 };
	enum err e;

	*d = (struct vault_folder){ .path = path, .lock = -1,
		.segments = cli_text(c, "%s/segments", path),
		.manifest = cli_text(c, "%s/" MANIFEST, path) };
	e = file_make_folder(path, 0700);
	if (e == ERR_NONE)
		e = take_lock(d, &f);
	if (e == ERR_NONE)
		e = check_owner(c, d, origin, &f);
	if (e == ERR_NONE)
		e = file_make_folder(d->segments, 0700);
	if (e == ERR_NONE)
		e = file_sync_folder(path);
	if (e == ERR_NONE)
		e = file_list_read(d->segments, &d->list);
	if (e == ERR_NONE)
		d->stays = mem_alloc((d->list.n + 1) * sizeof *d->stays);
	return e == ERR_NONE ? CLI_OK : cli_fail_file(c, e, path, &f);
}

static enum err
remove_at(const struct vault_folder *d, const char *file)
{
	int fd = open(d->segments, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int status = fd < 0 ? -1 : unlinkat(fd, file, 0);
	enum err e = status == 0 || errno == ENOENT ? ERR_NONE :
	    errno == EACCES || errno == EROFS ? ERR_DENIED : ERR_IO;

	if (fd >= 0)
		close(fd);
	return e;
}

static enum err
read_back(const struct vault_folder *d, const char *file)
{
	struct fault f = { 0 };
	struct digest want;
	struct buf path;
	enum err e = code_parse_hex_fixed(span_of(file + HEX + 1, HEX),
	    want.b, sizeof want.b);

	if (e != ERR_NONE)
		return e;
	buf_init(&path, PATH_MAX);
	buf_put_str(&path, d->segments);
	buf_put_str(&path, "/");
	buf_put_str(&path, file);
	e = vault_read_back(buf_str(&path), &want, &f);
	buf_release(&path);
	return e;
}

bool
vault_folder_has(struct vault_folder *d, const char *name)
{
	enum err e;

	for (size_t i = find(&d->list, name); i < d->list.n &&
	     strncmp(d->list.names[i], name, HEX) == 0; i++) {
		if (!is_segment(d->list.names[i]))
			continue;
		e = read_back(d, d->list.names[i]);
		d->stays[i] = e == ERR_NONE;
		if (d->stays[i]) {
			d->kept++;
			return true;
		}
		/* it would stand before the one that is made now; one that
		 * cannot be read may be whole */
		if (e == ERR_DIGEST || e == ERR_SYNTAX)
			(void)!remove_at(d, d->list.names[i]);
	}
	return false;
}

/* Of a manifest that was being written when a run was cut. */
static void
remove_parts(const struct vault_folder *d)
{
	struct file_list list;

	if (file_list_read(d->path, &list) != ERR_NONE)
		return;
	for (size_t i = 0; i < list.n; i++)
		if (strncmp(list.names[i], MANIFEST ".",
		    sizeof MANIFEST) == 0 &&
		    strlen(list.names[i]) == sizeof MANIFEST + PART)
			(void)!unlinkat(d->lock, list.names[i], 0);
	file_list_release(&list);
}

enum err
vault_folder_clean(struct vault_folder *d)
{
	enum err e = ERR_NONE;

	for (size_t i = 0; i < d->list.n; i++) {
		const char *file = d->list.names[i];
		enum err one;

		if (d->stays[i] || !(is_segment(file) || is_part(file)))
			continue;
		one = remove_at(d, file);
		d->removed += one == ERR_NONE;
		e = e == ERR_NONE ? one : e;
	}
	remove_parts(d);
	return e == ERR_NONE ? file_sync_folder(d->segments) : e;
}

void
vault_folder_close(struct vault_folder *d)
{
	if (d->lock >= 0)
		close(d->lock);
	file_list_release(&d->list);
	free(d->stays);
	*d = (struct vault_folder){ .lock = -1 };
}

/* --- reading --- */

struct reading {
	struct cli *c;
	const char *path;
	const struct jwk *key;
	struct archive_reader *archive;
	const char **at;
	struct buf text;     /* of the manifest */
	struct segments m;
	struct hash_key *names;
	struct file_list list;
	/* of the segment that is read */
	struct buf file;
	struct hash_stream *hash;
	uint64_t n;
	bool is_blob;
};

static enum err
to_text(void *ctx, struct span bytes, struct fault *f)
{
	struct reading *r = ctx;

	buf_put(&r->text, bytes);
	return buf_check(&r->text) == ERR_NONE ? ERR_NONE :
	    fault_at(f, ERR_LIMIT, r->text.n, "manifest",
		"it is larger than any is");
}

static enum err
read_manifest(struct reading *r, struct fault *f)
{
	enum err e;

	*r->at = cli_text(r->c, "%s/" MANIFEST, r->path);
	e = vault_each(*r->at, r->key, to_text, r, f);
	if (e == ERR_NOT_FOUND)
		e = fault_at(f, e, 0, "folder",
		    "no backup is in this folder: none was finished");
	if (e == ERR_NONE)
		e = segments_parse(buf_span(&r->text), &r->m, f);
	if (e != ERR_NONE)
		return e;
	r->names = hash_key_create(span_of(r->m.key, sizeof r->m.key));
	return file_list_read(cli_text(r->c, "%s/segments", r->path),
	    &r->list);
}

/* An attachment is named by its A; who reads holds the bytes against it. */
static enum err
to_archive(void *ctx, struct span bytes, struct fault *f)
{
	enum { BLOB_HEAD = 5 + 32 + 8 };
	struct reading *r = ctx;
	size_t n = bytes.n;

	if (r->n == 0)
		r->is_blob = bytes.n != 0 && bytes.p[0] == 'A';
	if (r->is_blob)
		n = r->n >= BLOB_HEAD ? 0 : n < BLOB_HEAD ? n : BLOB_HEAD;
	hash_stream_add(r->hash, span_of(bytes.p, n));
	r->n += bytes.n;
	return archive_read(r->archive, bytes, f);
}

static enum err
read_segment(struct reading *r, size_t i, struct fault *f)
{
	struct digest want = segments_at(&r->m, i), got;
	struct buf hex;
	size_t file;
	enum err e;

	buf_init(&hex, HEX + 1);
	code_write_hex(&hex, digest_span(&want));
	file = find(&r->list, buf_str(&hex));
	buf_clear(&r->file);
	buf_put_str(&r->file, r->path);
	buf_put_str(&r->file, "/segments/");
	buf_put_str(&r->file, file < r->list.n ? r->list.names[file] :
						  buf_str(&hex));
	buf_release(&hex);
	if (file == r->list.n)
		return fault_at(f, ERR_NOT_FOUND, 0, "segments",
		    "segment %zu of %zu is missing", i + 1,
		    segments_count(&r->m));
	r->n = 0;
	hash_stream_free(r->hash);
	r->hash = hash_stream_create();
	e = vault_each(buf_str(&r->file), r->key, to_archive, r, f);
	if (e != ERR_NONE)
		return e;
	got = hash_stream_now(r->hash);
	got = segment_name(r->names, &got);
	return digest_is_equal(&got, &want) ? ERR_NONE : fault_at(f,
	    ERR_DIGEST, 0, "segments",
	    "something else is in it than its name says");
}

static enum err
put_member(struct reading *r, void (*put)(struct buf *, struct span),
    struct span bytes, struct fault *f)
{
	struct buf member;
	enum err e;

	buf_init(&member, LIMIT_BACKUP_MEMBER + 16);
	put(&member, bytes);
	e = archive_read(r->archive, buf_span(&member), f);
	buf_release(&member);
	return e;
}

enum err
vault_folder_read(struct cli *c, const char *path, const struct jwk *key,
    struct archive_reader *archive, const char **at, struct fault *f)
{
	struct reading r = { .c = c, .path = path, .key = key,
		.archive = archive, .at = at,
		.hash = hash_stream_create() };
	enum err e;

	buf_init(&r.text, LIMIT_BACKUP_MANIFEST);
	buf_init(&r.file, PATH_MAX + 2 * HEX);
	e = read_manifest(&r, f);
	if (e == ERR_NONE)
		e = put_member(&r, archive_put_head, r.m.head, f);
	for (size_t i = 0; e == ERR_NONE && i < segments_count(&r.m); i++)
		e = read_segment(&r, i, f);
	if (e != ERR_NONE && r.file.n != 0)
		*at = arena_string(&c->arena, buf_span(&r.file));
	if (e == ERR_NONE) {
		*at = path;
		e = put_member(&r, archive_put_end, r.m.end, f);
	}
	buf_release(&r.text);
	buf_release(&r.file);
	file_list_release(&r.list);
	hash_stream_free(r.hash);
	hash_key_free(r.names);
	secret_wipe(&r.m, sizeof r.m);
	return e;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The folder of the site, and a memory of it.
 */
#include "web/files.h"

#include "base/code.h"
#include "base/limits.h"
#include "base/mem.h"
#include "crypto/hash.h"
#include "web/fresh.h"
#include "web/kind.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	LOOK_MS = 200,
	TABLE = 32768, /* places; twice LIMIT_WEB_CACHE_FILES */
	TAG_TEXT = 40,
	NAME_MOST = LIMIT_WEB_PATH + 16 /* "index.html", ".gz" */
};
_Static_assert(TABLE >= 2 * LIMIT_WEB_CACHE_FILES, "the table is too full");

/* A file in one coding. */
struct version {
	bool is_there;
	bool is_known;  /* it was looked at, and not long ago: */
	int64_t look_ms;
	dev_t dev;
	ino_t ino;
	struct timespec changed;
	uint64_t size;
	char tag[TAG_TEXT];
	struct span bytes; /* belongs to `whole` */
	struct http_body *whole;
};

/* A file that was asked for, in all codings. */
struct entry_file {
	char *name;
	size_t n;
	struct entry_file *next; /* of the same place of the table */
	struct entry_file *older, *newer;
	struct version in[CODING_COUNT];
};

struct files {
	char *root;
	int fd; /* -1: there is none */
	struct stat was;
	struct entry_file *table[TABLE];
	struct entry_file *newest, *oldest;
	size_t count, bytes;
};

/* --- the disk --- */

static int
open_in(const struct files *f, const char *name, uint64_t flags)
{
	struct open_how how = { .flags = flags | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
		    RESOLVE_NO_MAGICLINKS };

	return (int)syscall(SYS_openat2, f->fd, name, &how, sizeof how);
}

/* ERR_NOT_FOUND; ERR_IO if it cannot be told now. */
static enum err
look(const struct files *f, const char *name, struct stat *st)
{
	int fd = open_in(f, name, O_PATH);
	enum err e = ERR_NONE;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ||
		    errno == EXDEV || errno == ENAMETOOLONG ||
		    errno == EACCES ? ERR_NOT_FOUND : ERR_IO;
	if (fstat(fd, st) != 0)
		e = ERR_IO;
	close(fd);
	return e;
}

static bool
read_all(int fd, unsigned char *p, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t got = pread(fd, p + at, n - at, (off_t)at);

		if (got <= 0)
			return false;
		at += (size_t)got;
	}
	return true;
}

/* --- memory --- */

static void
version_drop(struct files *f, struct version *v)
{
	f->bytes -= v->bytes.n;
	http_body_free(v->whole);
	*v = (struct version){ .is_known = false };
}

static size_t
place_of(const char *name, size_t n)
{
	uint64_t h = 14695981039346656037u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)name[i]) * 1099511628211u;
	return (size_t)(h ^ h >> 29) % TABLE;
}

static void
unlink_age(struct files *f, struct entry_file *x)
{
	*(x->newer != NULL ? &x->newer->older : &f->newest) = x->older;
	*(x->older != NULL ? &x->older->newer : &f->oldest) = x->newer;
	x->newer = x->older = NULL;
}

static void
link_newest(struct files *f, struct entry_file *x)
{
	x->older = f->newest;
	*(f->newest != NULL ? &f->newest->newer : &f->oldest) = x;
	f->newest = x;
}

static void
entry_free(struct files *f, struct entry_file *x)
{
	for (int c = 0; c < CODING_COUNT; c++)
		version_drop(f, &x->in[c]);
	free(x->name);
	free(x);
}

static void
forget(struct files *f, struct entry_file *x)
{
	struct entry_file **at = &f->table[place_of(x->name, x->n)];

	while (*at != x)
		at = &(*at)->next;
	*at = x->next;
	unlink_age(f, x);
	f->count--;
	entry_free(f, x);
}

static struct entry_file *
recall(struct files *f, struct span name)
{
	struct entry_file *x = f->table[place_of((const char *)name.p,
	    name.n)];

	while (x != NULL && !span_is_equal(span_of(x->name, x->n), name))
		x = x->next;
	if (x != NULL && f->newest != x) {
		unlink_age(f, x);
		link_newest(f, x);
	}
	return x;
}

static struct entry_file *
remember(struct files *f, struct span name)
{
	size_t place = place_of((const char *)name.p, name.n);
	struct entry_file *x = mem_alloc(sizeof *x);

	x->name = mem_alloc(name.n + 1);
	memcpy(x->name, name.p, name.n);
	x->n = name.n;
	x->next = f->table[place];
	f->table[place] = x;
	link_newest(f, x);
	f->count++;
	return x;
}

/* All but the newest may go. */
static void
make_room(struct files *f)
{
	while ((f->bytes > LIMIT_WEB_CACHE ||
	    f->count > LIMIT_WEB_CACHE_FILES) && f->oldest != f->newest)
		forget(f, f->oldest);
}

/* --- versions --- */

static bool
is_same(const struct version *v, const struct stat *st)
{
	return v->is_there && v->ino == st->st_ino && v->dev == st->st_dev &&
	    v->size == (uint64_t)st->st_size &&
	    v->changed.tv_sec == st->st_mtim.tv_sec &&
	    v->changed.tv_nsec == st->st_mtim.tv_nsec;
}

/* A tag for bytes, or for a large file that is never changed in place. */
static void
tag_write(struct version *v)
{
	uint64_t of[4] = { v->ino, (uint64_t)v->changed.tv_sec,
		(uint64_t)v->changed.tv_nsec, v->size };
	struct digest d = hash_sha256(v->whole != NULL ? v->bytes :
	    span_of(of, sizeof of));
	struct buf b;

	buf_init(&b, sizeof v->tag);
	buf_put_str(&b, "\"");
	code_write_base64url(&b, span_of(d.b, 15));
	buf_put_str(&b, "\"");
	snprintf(v->tag, sizeof v->tag, "%s", buf_str(&b));
	buf_release(&b);
}

static void
make_whole(struct files *f, struct version *v, struct web_file *view,
    unsigned char *bytes)
{
	v->bytes = span_of(bytes, v->size);
	v->whole = http_body_take(bytes, v->size);
	f->bytes += v->bytes.n;
	tag_write(v);
	view->tag = v->tag;
	files_headers(view, v->whole);
}

/* Read what lies at `full`, which is new to us. */
static enum err
version_read(struct files *f, struct version *v, const char *full,
    struct web_file *view)
{
	unsigned char *bytes = NULL;
	struct stat st;
	enum err e = ERR_NONE;
	int fd = open_in(f, full, O_RDONLY | O_NONBLOCK);

	if (fd < 0)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < 0)
		e = ERR_NOT_FOUND;
	else if (st.st_size <= LIMIT_WEB_CACHED_FILE) {
		bytes = mem_room((size_t)st.st_size + 1);
		if (!read_all(fd, bytes, (size_t)st.st_size))
			e = ERR_IO;
	}
	close(fd);
	if (e != ERR_NONE) {
		free(bytes);
		return e;
	}
	v->is_there = true;
	v->dev = st.st_dev;
	v->ino = st.st_ino;
	v->changed = st.st_mtim;
	v->size = view->size = (uint64_t)st.st_size;
	view->at_s = st.st_mtim.tv_sec;
	if (bytes != NULL)
		make_whole(f, v, view, bytes);
	else
		tag_write(v);
	return ERR_NONE;
}

/* Bring `v` up to date. ERR_NOT_FOUND is kept as well, for a while. */
static enum err
version_look(struct files *f, struct entry_file *x, enum coding c,
    int64_t now_ms, bool *is_folder)
{
	struct version *v = &x->in[c];
	struct web_file view = { .coding = c, .name = x->name };
	char full[NAME_MOST + 1];
	struct stat st;
	enum err e;

	*is_folder = false;
	if (v->is_known && now_ms - v->look_ms < LOOK_MS)
		return v->is_there ? ERR_NONE : ERR_NOT_FOUND;
	if ((size_t)snprintf(full, sizeof full, "%s%s", x->name,
	    coding_suffix(c)) >= sizeof full)
		return ERR_NOT_FOUND;
	e = look(f, full, &st);
	if (e == ERR_NONE && S_ISDIR(st.st_mode)) {
		*is_folder = true;
		e = ERR_NOT_FOUND;
	}
	if (e == ERR_NONE && !is_same(v, &st)) {
		version_drop(f, v);
		e = version_read(f, v, full, &view);
	} else if (e == ERR_NOT_FOUND) {
		version_drop(f, v);
	}
	v->is_known = e == ERR_NONE || e == ERR_NOT_FOUND;
	v->look_ms = now_ms;
	return e;
}

/* --- for others --- */

static void
view_fill(const struct entry_file *x, enum coding c, struct web_file *out)
{
	const struct version *v = &x->in[c];

	*out = (struct web_file){ .tag = v->tag, .at_s = v->changed.tv_sec,
		.size = v->size, .coding = c, .name = x->name,
		.bytes = v->bytes, .whole = v->whole };
}

enum err
files_find(struct files *f, struct span name, const enum coding *codings,
    size_t n, int64_t now_ms, struct web_file *out, bool *is_folder)
{
	struct entry_file *x;
	bool folder = false;
	enum err e;

	*is_folder = false;
	if (f->fd < 0)
		return ERR_IO;
	if (name.n == 0 || name.n > LIMIT_WEB_PATH + 10)
		return ERR_NOT_FOUND;
	x = recall(f, name);
	if (x == NULL)
		x = remember(f, name);
	/* what is there only compressed is not there */
	e = version_look(f, x, CODING_NONE, now_ms, is_folder);
	for (size_t i = 0; e == ERR_NONE && i < n; i++) {
		if (version_look(f, x, codings[i], now_ms, &folder) !=
		    ERR_NONE)
			continue;
		view_fill(x, codings[i], out);
		break;
	}
	if (e != ERR_NONE)
		forget(f, x); /* names are free: what is not there costs none */
	else
		make_room(f);
	return e;
}

struct http_body *
files_part(struct files *f, const struct web_file *file, uint64_t from,
    uint64_t n)
{
	char full[NAME_MOST + 1];
	int fd;

	if (file->whole != NULL)
		return http_body_of(span_of(file->bytes.p + from, n));
	if ((size_t)snprintf(full, sizeof full, "%s%s", file->name,
	    coding_suffix(file->coding)) >= sizeof full)
		return NULL;
	fd = open_in(f, full, O_RDONLY | O_NONBLOCK);
	return fd < 0 ? NULL : http_body_file(fd, from, n);
}

enum err
files_read(struct files *f, const struct web_file *file, struct buf *out)
{
	char full[NAME_MOST + 1];
	unsigned char *to;
	enum err e;
	int fd;

	if (file->whole != NULL) {
		buf_put(out, file->bytes);
		return buf_check(out);
	}
	if ((size_t)snprintf(full, sizeof full, "%s%s", file->name,
	    coding_suffix(file->coding)) >= sizeof full)
		return ERR_NOT_FOUND;
	to = buf_extend(out, (size_t)file->size);
	e = buf_check(out);
	if (e != ERR_NONE)
		return e;
	fd = open_in(f, full, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return ERR_IO;
	e = read_all(fd, to, (size_t)file->size) ? ERR_NONE : ERR_IO;
	close(fd);
	return e;
}

static const char framed[] =
    "default-src 'none'; style-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors *";

void
files_headers(const struct web_file *file, struct http_body *b)
{
	struct web_kind k = web_kind_of(span_str(file->name));
	char date[HTTP_DATE_TEXT];

	http_date_write(file->at_s, date);
	http_body_header(b, "Content-Type", k.type);
	if (file->coding != CODING_NONE)
		http_body_header(b, "Content-Encoding",
		    coding_token(file->coding));
	http_body_header(b, "ETag", file->tag);
	http_body_header(b, "Last-Modified", date);
	http_body_header(b, "Cache-Control", k.cache);
	http_body_header(b, "Vary", "Accept-Encoding");
	http_body_header(b, "Accept-Ranges", "bytes");
	if (k.is_framed)
		http_body_header(b, "Content-Security-Policy", framed);
	if (k.is_foreign)
		http_body_header(b, "Content-Disposition", "attachment");
	else if (!k.is_page)
		http_body_header(b, "Access-Control-Allow-Origin", "*");
}

struct files *
files_create(const char *root)
{
	struct files *f = mem_alloc(sizeof *f);

	f->root = mem_string(root);
	f->fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (f->fd >= 0 && fstat(f->fd, &f->was) != 0) {
		close(f->fd);
		f->fd = -1;
	}
	return f;
}

void
files_free(struct files *f)
{
	if (f == NULL)
		return;
	for (struct entry_file *x = f->newest, *older; x != NULL; x = older) {
		older = x->older;
		entry_free(f, x);
	}
	if (f->fd >= 0)
		close(f->fd);
	free(f->root);
	free(f);
}

bool
files_is_other(const struct files *f)
{
	struct stat st;

	if (stat(f->root, &st) != 0 || !S_ISDIR(st.st_mode))
		return false;
	return f->fd < 0 || st.st_ino != f->was.st_ino ||
	    st.st_dev != f->was.st_dev;
}

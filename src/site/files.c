/* SPDX-License-Identifier: Apache-2.0
 *
 * The folder of the site on disk.
 */
#include "site/files.h"

#include "base/code.h"
#include "base/limits.h"
#include "base/mem.h"
#include "site/manifest.h"
#include "site/squeeze.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	DEPTH = 8,
	SLOTS_LEAST = 1024,
	SQUEEZE_LEAST = 2048 /* less is one or two packets in any form */
};

struct file {
	char *path; /* NULL: the slot is free */
	struct digest d;
	bool is_gone; /* was removed; its slot stays */
	bool is_put;  /* since the mark */
	bool is_made; /* by this process, not found */
};

struct files {
	int fd;
	struct squeeze *squeeze;
	struct file *slot; /* open addressing */
	size_t slots, used, n;
	uint64_t changes;
};

/* --- the table --- */

static uint64_t
mix(const char *path)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *path != '\0'; path++)
		h = (h ^ (unsigned char)*path) * UINT64_C(1099511628211);
	return h ^ h >> 32;
}

static struct file *
find(const struct files *t, const char *path)
{
	size_t i = (size_t)mix(path) & (t->slots - 1);

	while (t->slot[i].path != NULL && strcmp(t->slot[i].path, path) != 0)
		i = (i + 1) & (t->slots - 1);
	return &t->slot[i];
}

static void
grow(struct files *t)
{
	struct files more = { .slots = t->slots == 0 ? SLOTS_LEAST :
						       t->slots * 2 };

	more.slot = mem_array(more.slots, sizeof *more.slot);
	for (size_t i = 0; i < t->slots; i++)
		if (t->slot[i].path != NULL)
			*find(&more, t->slot[i].path) = t->slot[i];
	free(t->slot);
	t->slot = more.slot;
	t->slots = more.slots;
}

static struct file *
note(struct files *t, const char *path, const struct digest *d)
{
	struct file *f;

	if (t->slots == 0 || (t->used + 1) * 2 > t->slots)
		grow(t);
	f = find(t, path);
	if (f->path == NULL) {
		f->path = mem_string(path);
		t->used++;
		t->n++;
	} else if (f->is_gone) {
		t->n++;
	}
	f->d = *d;
	f->is_gone = false;
	f->is_put = true;
	return f;
}

bool
files_has(const struct files *t, const char *path)
{
	const struct file *f = t->slots == 0 ? NULL : find(t, path);

	return f != NULL && f->path != NULL && !f->is_gone;
}

/* --- reading what is there --- */

static enum err
read_file(struct files *t, int dir, const char *name, const char *path,
    struct fault *f)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct digest d;
	struct stat st;
	struct buf b;
	unsigned char *to;
	size_t done = 0;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) != 0) {
		if (fd >= 0)
			close(fd);
		return fault_at(f, ERR_IO, 0, path, "cannot be read");
	}
	buf_init(&b, LIMIT_SITE_MANIFEST);
	to = buf_extend(&b, (size_t)st.st_size);
	while (to != NULL && done < b.n) {
		n = read(fd, to + done, b.n - done);
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	close(fd);
	/* what cannot be read whole is written anew */
	d = done == b.n && to != NULL ? hash_sha256(buf_span(&b)) :
					(struct digest){ { 0 } };
	note(t, path, &d)->is_put = false;
	buf_release(&b);
	return t->n > LIMIT_SITE_FILES ? fault_at(f, ERR_LIMIT, 0, path,
	    "more files than a site has") : ERR_NONE;
}

static bool
is_left_over(const char *name)
{
	return strncmp(name, ".new-", 5) == 0;
}

static enum err
read_folder(struct files *t, int dir, const char *below, unsigned depth,
    struct fault *f)
{
	DIR *d = fdopendir(dir);
	enum err e = ERR_NONE;
	struct dirent *en;

	if (d == NULL || depth == DEPTH) {
		if (d == NULL)
			close(dir);
		else
			closedir(d);
		return fault_at(f, ERR_IO, 0, below, "cannot be read");
	}
	while (e == ERR_NONE && (en = readdir(d)) != NULL) {
		char path[LIMIT_SITE_PATH + 1];
		struct stat st;
		int sub;

		if (strcmp(en->d_name, ".") == 0 ||
		    strcmp(en->d_name, "..") == 0 ||
		    (size_t)snprintf(path, sizeof path, "%s%s%s", below,
			*below == '\0' ? "" : "/", en->d_name) >= sizeof path ||
		    fstatat(dirfd(d), en->d_name, &st, AT_SYMLINK_NOFOLLOW) !=
			0)
			continue;
		if (is_left_over(en->d_name)) {
			(void)unlinkat(dirfd(d), en->d_name, 0);
		} else if (S_ISREG(st.st_mode)) {
			e = read_file(t, dirfd(d), en->d_name, path, f);
		} else if (S_ISDIR(st.st_mode)) {
			sub = openat(dirfd(d), en->d_name,
			    O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
			e = sub < 0 ? fault_at(f, ERR_IO, 0, path,
			    "cannot be read") :
			    read_folder(t, sub, path, depth + 1, f);
		}
	}
	closedir(d);
	return e;
}

enum err
files_open(const char *folder, struct files **out, struct fault *f)
{
	struct files *t = mem_alloc(sizeof *t);
	enum err e = ERR_NONE;
	int dir;

	grow(t);
	t->fd = -1;
	t->squeeze = squeeze_create();
	if (mkdir(folder, 0755) != 0 && errno != EEXIST)
		e = fault_at(f, ERR_IO, 0, folder, "cannot be made");
	if (e == ERR_NONE)
		t->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = t->fd < 0 ? -1 : openat(t->fd, ".", O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC);
	if (e == ERR_NONE && dir < 0)
		e = fault_at(f, ERR_IO, 0, folder, "cannot be opened");
	if (e == ERR_NONE)
		e = read_folder(t, dir, "", 0, f);
	if (e == ERR_NONE)
		*out = t;
	else
		files_close(t);
	return e;
}

void
files_close(struct files *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->slots; i++)
		free(t->slot[i].path);
	free(t->slot);
	squeeze_free(t->squeeze);
	if (t->fd >= 0)
		close(t->fd);
	free(t);
}

/* --- writing --- */

static enum err
err_of(void)
{
	return errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
}

/* The folders above a path. */
static enum err
make_folders(const struct files *t, const char *path)
{
	char part[LIMIT_SITE_PATH + 16];

	for (size_t i = 0; path[i] != '\0'; i++) {
		if (path[i] == '/') {
			part[i] = '\0';
			if (mkdirat(t->fd, part, 0755) != 0 &&
			    errno != EEXIST)
				return err_of();
		}
		part[i] = path[i];
	}
	return ERR_NONE;
}

/* For writing. Nearly always its folder is there. */
static enum err
open_new(const struct files *t, const char *path, int *out)
{
	const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW;
	enum err e;

	*out = openat(t->fd, path, flags, 0644);
	if (*out < 0 && errno == ENOENT) {
		e = make_folders(t, path);
		if (e != ERR_NONE)
			return e;
		*out = openat(t->fd, path, flags, 0644);
	}
	return *out < 0 ? err_of() : ERR_NONE;
}

/* Beside its place first: a name in the same folder. */
static enum err
write_file(const struct files *t, const char *path, struct span bytes)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash != NULL ? (size_t)(slash - path) + 1 : 0;
	char next[LIMIT_SITE_PATH + 16];
	size_t done = 0;
	enum err e;
	int fd;

	if (strlen(path) > LIMIT_SITE_PATH)
		return ERR_LIMIT;
	snprintf(next, sizeof next, "%.*s.new-%s", (int)n, path, path + n);
	e = open_new(t, next, &fd);
	if (e != ERR_NONE)
		return e;
	while (done < bytes.n) {
		ssize_t w = write(fd, bytes.p + done, bytes.n - done);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			break;
		done += (size_t)w;
	}
	if (close(fd) == 0 && done == bytes.n &&
	    renameat(t->fd, next, t->fd, path) == 0)
		return ERR_NONE;
	(void)unlinkat(t->fd, next, 0);
	return err_of();
}

/* True: its bytes are new, and it was written. */
static enum err
put_one(struct files *t, const char *path, struct span bytes, bool *is_new)
{
	struct digest d = hash_sha256(bytes);
	struct file *f = find(t, path);
	enum err e;

	*is_new = f->path == NULL || f->is_gone ||
	    !digest_is_equal(&f->d, &d);
	if (!*is_new) {
		f->is_put = f->is_made = true;
		return ERR_NONE;
	}
	e = write_file(t, path, bytes);
	if (e != ERR_NONE)
		return e;
	note(t, path, &d)->is_made = true;
	t->changes++;
	return ERR_NONE;
}

static enum err
remove_one(struct files *t, const char *path)
{
	struct file *f = find(t, path);

	if (f->path == NULL || f->is_gone)
		return ERR_NONE;
	if (unlinkat(t->fd, path, 0) != 0 && errno != ENOENT)
		return err_of();
	f->is_gone = true;
	t->n--;
	t->changes++;
	return ERR_NONE;
}

/* Read from the folder, or by programs that check a mirror, and hardly ever
 * by others: not worth the time to compress it after each notice, which of
 * the list of 140,000 files is seconds. */
static bool
is_for_programs(const char *path)
{
	static const char end[] = ".words";
	size_t n = strlen(path);

	return strcmp(path, MANIFEST_LIST) == 0 || (n >= sizeof end &&
	    strcmp(path + n - (sizeof end - 1), end) == 0);
}

/* Its compressed form beside it, if that is smaller. */
static enum err
put_squeezed(struct files *t, const char *path, struct span bytes,
    enum squeeze_form form, bool is_new)
{
	char other[LIMIT_SITE_PATH + 8];
	struct file *f;
	struct buf b;
	enum err e;
	bool ignored;

	snprintf(other, sizeof other, "%s.%s", path, squeeze_ending(form));
	f = find(t, other);
	if (!is_new && f->path != NULL && !f->is_gone && f->is_made) {
		f->is_put = true;
		return ERR_NONE;
	}
	if (bytes.n < SQUEEZE_LEAST || is_for_programs(path))
		return remove_one(t, other);
	/* what does not get smaller needs a little more for each block */
	buf_init(&b, bytes.n + bytes.n / 1024 + 1024);
	e = squeeze_write(t->squeeze, form, bytes, &b);
	if (e == ERR_NONE)
		e = b.n < bytes.n ? put_one(t, other, buf_span(&b), &ignored) :
				    remove_one(t, other);
	buf_release(&b);
	return e;
}

enum err
files_put(struct files *t, const char *path, struct span bytes)
{
	bool is_new;
	enum err e = strlen(path) > LIMIT_SITE_PATH ? ERR_LIMIT :
	    put_one(t, path, bytes, &is_new);

	for (int form = 0; e == ERR_NONE && form < SQUEEZE_FORMS; form++)
		e = put_squeezed(t, path, bytes, (enum squeeze_form)form, is_new);
	return e;
}

enum err
files_remove(struct files *t, const char *path)
{
	char other[LIMIT_SITE_PATH + 8];
	enum err e = remove_one(t, path);

	for (int form = 0; e == ERR_NONE && form < SQUEEZE_FORMS; form++) {
		snprintf(other, sizeof other, "%s.%s", path,
		    squeeze_ending((enum squeeze_form)form));
		e = remove_one(t, other);
	}
	return e;
}

/* --- all of them --- */

void
files_each(struct files *t, const char *start, files_fn *fn, void *ctx)
{
	size_t n = strlen(start);

	for (size_t i = 0; i < t->slots; i++)
		if (t->slot[i].path != NULL && !t->slot[i].is_gone &&
		    strncmp(t->slot[i].path, start, n) == 0)
			fn(ctx, t->slot[i].path);
}

void
files_mark(struct files *t)
{
	for (size_t i = 0; i < t->slots; i++)
		t->slot[i].is_put = false;
}

enum err
files_sweep(struct files *t)
{
	enum err e = ERR_NONE;

	for (size_t i = 0; e == ERR_NONE && i < t->slots; i++)
		if (t->slot[i].path != NULL && !t->slot[i].is_put &&
		    !manifest_is_beside(t->slot[i].path))
			e = remove_one(t, t->slot[i].path);
	return e;
}

static int
by_path(const void *a, const void *b)
{
	const struct file *const *x = a, *const *y = b;

	return strcmp((*x)->path, (*y)->path);
}

size_t
files_list(struct files *t, struct buf *out)
{
	const struct file **all = mem_array(t->n + 1, sizeof *all);
	size_t n = 0;

	for (size_t i = 0; i < t->slots; i++)
		if (t->slot[i].path != NULL && !t->slot[i].is_gone &&
		    !manifest_is_beside(t->slot[i].path))
			all[n++] = &t->slot[i];
	if (n != 0)
		qsort(all, n, sizeof *all, by_path);
	for (size_t i = 0; i < n; i++)
		manifest_put(out, &all[i]->d, all[i]->path);
	free(all);
	return n;
}

uint64_t
files_changes(const struct files *t)
{
	return t->changes;
}

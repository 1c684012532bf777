/* SPDX-License-Identifier: Apache-2.0
 *
 * Blobs in a folder: a file each, named by the digest in hexadecimal; a part
 * has ".part" behind it.
 */
#include "store/blobs.h"

#include "base/code.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	NAME_BYTES = 64,
	FILE_NAME = NAME_BYTES + sizeof ".part",
	PARTS_OPEN = 160, /* most of them of the public (node/reports.h) */
	/* so much is given to the disk at a time, so that the last sync of a
	 * large blob does not keep everybody waiting */
	PUSH_BYTES = 4194304
};

struct part {
	bool is_used;
	struct digest name;
	uint64_t size;
	uint64_t pushed;
	int fd;
};

struct folder {
	struct blobs base; /* first: the interface hands it back */
	int fd;
	struct part part[PARTS_OPEN];
};

static struct folder *
folder_of(struct blobs *b)
{
	return (struct folder *)(void *)b;
}

static void
name_write(const struct digest *d, const char *end, char out[FILE_NAME])
{
	for (size_t i = 0; i < sizeof d->b; i++)
		snprintf(out + 2 * i, 3, "%02x", d->b[i]);
	snprintf(out + NAME_BYTES, FILE_NAME - NAME_BYTES, "%s", end);
}

static enum err
system_err(void)
{
	switch (errno) {
	case ENOENT:
		return ERR_NOT_FOUND;
	case ENOSPC:
	case EDQUOT:
		return ERR_FULL;
	case EACCES:
	case EPERM:
	case EROFS:
		return ERR_DENIED;
	default:
		return ERR_IO;
	}
}

/* --- whole blobs --- */

static enum err
folder_find(struct blobs *b, const struct digest *name, uint64_t *size)
{
	char file[FILE_NAME];
	struct stat st;

	name_write(name, "", file);
	if (fstatat(folder_of(b)->fd, file, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return system_err();
	*size = (uint64_t)st.st_size;
	return ERR_NONE;
}

static enum err
folder_read(struct blobs *b, const struct digest *name, uint64_t at, size_t n,
    unsigned char *out)
{
	char file[FILE_NAME];
	enum err e = ERR_NONE;
	int fd;

	name_write(name, "", file);
	fd = openat(folder_of(b)->fd, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return system_err();
	while (n > 0 && e == ERR_NONE) {
		ssize_t got = pread(fd, out, n, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		e = got < 0 ? ERR_IO : got == 0 ? ERR_LIMIT : ERR_NONE;
		if (got > 0) {
			out += got;
			at += (uint64_t)got;
			n -= (size_t)got;
		}
	}
	close(fd);
	return e;
}

static enum err
folder_remove(struct blobs *b, const struct digest *name)
{
	char file[FILE_NAME];

	name_write(name, "", file);
	if (unlinkat(folder_of(b)->fd, file, 0) != 0)
		return system_err();
	return fsync(folder_of(b)->fd) == 0 ? ERR_NONE : ERR_IO;
}

static bool
name_parse(const char *s, struct digest *out)
{
	return code_parse_hex_fixed(span_str(s), out->b, sizeof out->b) ==
	    ERR_NONE;
}

static enum err
folder_walk(struct blobs *b, blobs_fn *fn, void *ctx)
{
	int fd = openat(folder_of(b)->fd, ".", O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	struct digest name;
	uint64_t size = 0;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return ERR_IO;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (name_parse(entry->d_name, &name) &&
		    folder_find(b, &name, &size) == ERR_NONE)
			fn(ctx, &name, size);
	}
	closedir(dir);
	return ERR_NONE;
}

/* --- parts --- */

static struct part *
part_find(struct folder *f, const struct digest *name)
{
	for (size_t i = 0; i < PARTS_OPEN; i++)
		if (f->part[i].is_used &&
		    digest_is_equal(&f->part[i].name, name))
			return &f->part[i];
	return NULL;
}

static enum err
part_begin(struct folder *f, const struct digest *name, struct part **out)
{
	char file[FILE_NAME];
	struct part *p = NULL;
	int fd;

	for (size_t i = 0; i < PARTS_OPEN && p == NULL; i++)
		if (!f->part[i].is_used)
			p = &f->part[i];
	if (p == NULL)
		return ERR_BUSY;
	name_write(name, ".part", file);
	fd = openat(f->fd, file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	if (fd < 0)
		return system_err();
	*p = (struct part){ .is_used = true, .name = *name, .fd = fd };
	*out = p;
	return ERR_NONE;
}

static void
part_end(struct folder *f, struct part *p, bool keep)
{
	char file[FILE_NAME];

	close(p->fd);
	p->is_used = false;
	name_write(&p->name, ".part", file);
	if (!keep)
		unlinkat(f->fd, file, 0);
}

static enum err
part_put(struct part *p, struct span bytes)
{
	size_t done = 0;

	while (done < bytes.n) {
		ssize_t n = pwrite(p->fd, bytes.p + done, bytes.n - done,
		    (off_t)p->size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? system_err() : ERR_IO;
		done += (size_t)n;
		p->size += (uint64_t)n;
	}
	if (p->size - p->pushed >= PUSH_BYTES) {
		/* only a hint: part_finish asks for certainty */
		(void)sync_file_range(p->fd, (off64_t)p->pushed,
		    (off64_t)(p->size - p->pushed), SYNC_FILE_RANGE_WRITE);
		p->pushed = p->size;
	}
	return ERR_NONE;
}

static enum err
folder_part_add(struct blobs *b, const struct digest *name, uint64_t at,
    struct span bytes)
{
	struct folder *f = folder_of(b);
	struct part *p = part_find(f, name);
	enum err e = ERR_NONE;

	if (p == NULL && at == 0)
		e = part_begin(f, name, &p);
	if (e == ERR_NONE && (p == NULL || p->size != at))
		e = ERR_STATE;
	if (e == ERR_NONE)
		e = part_put(p, bytes);
	if (e != ERR_NONE && p != NULL)
		part_end(f, p, false);
	return e;
}

static enum err
folder_part_finish(struct blobs *b, const struct digest *part,
    const struct digest *name)
{
	char from[FILE_NAME], to[FILE_NAME];
	struct folder *f = folder_of(b);
	struct part *p = part_find(f, part);
	enum err e;

	if (p == NULL)
		return ERR_NOT_FOUND;
	e = fsync(p->fd) == 0 ? ERR_NONE : system_err();
	name_write(part, ".part", from);
	name_write(name, "", to);
	if (e == ERR_NONE && renameat(f->fd, from, f->fd, to) != 0)
		e = system_err();
	part_end(f, p, e == ERR_NONE);
	if (e == ERR_NONE && fsync(f->fd) != 0)
		e = ERR_IO;
	return e;
}

static void
folder_part_drop(struct blobs *b, const struct digest *part)
{
	struct folder *f = folder_of(b);
	struct part *p = part_find(f, part);

	if (p != NULL)
		part_end(f, p, false);
}

/* --- life --- */

static void
folder_close(struct blobs *b)
{
	struct folder *f = folder_of(b);

	for (size_t i = 0; i < PARTS_OPEN; i++)
		if (f->part[i].is_used)
			part_end(f, &f->part[i], false);
	close(f->fd);
	free(f);
}

static void
parts_sweep(struct folder *f)
{
	int fd = openat(f->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		size_t n = strlen(entry->d_name);

		if (n == FILE_NAME - 1 &&
		    strcmp(entry->d_name + NAME_BYTES, ".part") == 0)
			unlinkat(f->fd, entry->d_name, 0);
	}
	closedir(dir);
}

enum err
blobs_open(const char *folder, struct blobs **out)
{
	static const struct blobs_ops ops = { folder_find, folder_read,
		folder_part_add, folder_part_finish, folder_part_drop,
		folder_remove, folder_walk, folder_close };
	struct folder *f;
	int fd;

	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return system_err();
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return system_err();
	f = mem_alloc(sizeof *f);
	f->base.ops = &ops;
	f->fd = fd;
	parts_sweep(f);
	*out = &f->base;
	return ERR_NONE;
}

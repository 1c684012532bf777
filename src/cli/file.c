/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole files, folders, and taking them away again.
 */
#include "cli/file.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err
err_of_errno(int n)
{
	switch (n) {
	case ENOENT:
	case ENOTDIR:
		return ERR_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EROFS:
		return ERR_DENIED;
	case EEXIST:
		return ERR_EXISTS;
	case ENOSPC:
	case EDQUOT:
		return ERR_FULL;
	default:
		return ERR_IO;
	}
}

static enum err
fd_read(int fd, struct buf *out)
{
	unsigned char part[65536];

	for (;;) {
		ssize_t n = read(fd, part, sizeof part);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_of_errno(errno);
		if (n == 0)
			return buf_check(out);
		buf_put_mem(out, part, (size_t)n);
		if (out->over)
			return ERR_LIMIT;
	}
}

enum err
file_read(const char *path, struct buf *out)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO :
	    open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	enum err e;

	if (fd < 0)
		return err_of_errno(errno);
	e = fd_read(fd, out);
	if (!is_stdin)
		close(fd);
	return e;
}

static enum err
fd_write(int fd, struct span bytes)
{
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_of_errno(errno);
		bytes.p += n;
		bytes.n -= (size_t)n;
	}
	return fsync(fd) == 0 ? ERR_NONE : err_of_errno(errno);
}

enum err
file_write_new(const char *path, mode_t mode, struct span bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	enum err e;

	if (fd < 0)
		return err_of_errno(errno);
	e = fd_write(fd, bytes);
	if (close(fd) != 0 && e == ERR_NONE)
		e = ERR_IO;
	if (e != ERR_NONE)
		unlink(path);
	return e;
}

enum err
file_make_folder(const char *path, mode_t mode)
{
	if (mkdir(path, mode) == 0 || (errno == EEXIST &&
	    file_is_folder(path)))
		return ERR_NONE;
	return err_of_errno(errno);
}

enum err
file_sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e = ERR_NONE;

	if (fd < 0)
		return err_of_errno(errno);
	if (fsync(fd) != 0)
		e = ERR_IO;
	close(fd);
	return e;
}

static int
name_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

enum err
file_list_read(const char *folder, struct file_list *out)
{
	struct file_list l = { 0 };
	struct dirent *d;
	size_t cap = 0;
	DIR *dir = opendir(folder);

	if (dir == NULL)
		return err_of_errno(errno);
	while ((d = readdir(dir)) != NULL) {
		if (d->d_name[0] == '.')
			continue;
		if (l.n == cap) {
			cap = cap == 0 ? 64 : 2 * cap;
			l.names = mem_grow(l.names, cap * sizeof *l.names);
		}
		l.names[l.n++] = mem_string(d->d_name);
	}
	closedir(dir);
	if (l.n > 0)
		qsort(l.names, l.n, sizeof *l.names, name_compare);
	*out = l;
	return ERR_NONE;
}

void
file_list_release(struct file_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->names[i]);
	free(l->names);
	*l = (struct file_list){ 0 };
}

bool
file_is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int
tree_remove(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	remove(path);
	return 0;
}

void
file_remove_tree(const char *path)
{
	nftw(path, tree_remove, 16, FTW_DEPTH | FTW_PHYS);
}

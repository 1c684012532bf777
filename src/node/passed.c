/* SPDX-License-Identifier: Apache-2.0
 *
 * Files passed over the control socket.
 */
#include "node/passed.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { FILES_MAX = 16 }; /* room for them: what does not fit is closed */

ssize_t
passed_recv(int socket, void *out, size_t n, int *file, bool *too_many)
{
	union {
		struct cmsghdr align;
		unsigned char b[CMSG_SPACE(FILES_MAX * sizeof(int))];
	} room = { 0 };
	struct iovec io = { out, n };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1,
		.msg_control = room.b, .msg_controllen = sizeof room.b };
	ssize_t got = recvmsg(socket, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	int last = -1;
	size_t count = 0;

	for (struct cmsghdr *h = got > 0 ? CMSG_FIRSTHDR(&m) : NULL; h != NULL;
	     h = CMSG_NXTHDR(&m, h)) {
		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t at = CMSG_LEN(0); at + sizeof last <= h->cmsg_len;
		     at += sizeof last) {
			if (last >= 0)
				close(last);
			memcpy(&last, (unsigned char *)h + at, sizeof last);
			count++;
		}
	}
	*too_many = count > 1 || (m.msg_flags & MSG_CTRUNC) != 0;
	if (*too_many && last >= 0) {
		close(last);
		last = -1;
	}
	*file = last;
	return got;
}

/* File systems whose answer is this machine's kernel's and disk's. Others may
 * be a program of the client's own, which answers when it likes, or judge the
 * node instead of who opened the file (/proc). */
static bool
is_local(int fd)
{
	static const unsigned long known[] = { EXT4_SUPER_MAGIC,
		XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC, F2FS_SUPER_MAGIC,
		TMPFS_MAGIC, OVERLAYFS_SUPER_MAGIC, MSDOS_SUPER_MAGIC,
		EXFAT_SUPER_MAGIC, ISOFS_SUPER_MAGIC, UDF_SUPER_MAGIC,
		SQUASHFS_MAGIC,
		/* ZFS, JFS, bcachefs and NTFS, which the header lacks */
		0x2fc12fc1, 0x3153464a, 0xca451a4e, 0x7366746e };
	struct statfs s;

	if (fstatfs(fd, &s) != 0)
		return false;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if ((unsigned long)s.f_type == known[i])
			return true;
	return false;
}

static enum err
check(int fd, struct stat *st, struct fault *f)
{
	if (fstat(fd, st) != 0)
		return fault_at(f, ERR_IO, 0, "file", "cannot be looked at");
	if (!S_ISREG(st->st_mode))
		return fault_at(f, ERR_USAGE, 0, "file",
		    "is no regular file");
	if (!is_local(fd))
		return fault_at(f, ERR_UNSUPPORTED, 0, "file", "is on no disk "
		    "of this machine: copy it to one first");
	return ERR_NONE;
}

enum err
passed_check_in(int fd, uint64_t most, struct passed *out, struct fault *f)
{
	struct stat st;
	enum err e = check(fd, &st, f);

	if (e != ERR_NONE)
		return e;
	if ((uint64_t)st.st_size > most)
		return fault_at(f, ERR_LIMIT, 0, "size",
		    "is more than %llu bytes", (unsigned long long)most);
	*out = (struct passed){ (uint64_t)st.st_size, st.st_mtim };
	return ERR_NONE;
}

bool
passed_is_same(int fd, const struct passed *was)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (uint64_t)st.st_size == was->size &&
	    st.st_mtim.tv_sec == was->changed.tv_sec &&
	    st.st_mtim.tv_nsec == was->changed.tv_nsec;
}

enum err
passed_check_out(int fd, struct fault *f)
{
	struct stat st;
	enum err e = check(fd, &st, f);

	if (e == ERR_NONE && st.st_size != 0)
		e = fault_at(f, ERR_EXISTS, 0, "file", "is not empty");
	return e;
}

static enum err
system_err(void)
{
	return errno == EBADF || errno == EPERM ? ERR_DENIED :
	    errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? ERR_FULL :
								   ERR_IO;
}

enum err
passed_read(int fd, uint64_t at, size_t n, unsigned char *out)
{
	while (n > 0) {
		ssize_t got = pread(fd, out, n, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0 ? ERR_STATE : system_err();
		out += got;
		at += (uint64_t)got;
		n -= (size_t)got;
	}
	return ERR_NONE;
}

enum err
passed_write(int fd, uint64_t at, size_t n, const unsigned char *bytes)
{
	while (n > 0) {
		ssize_t put = pwrite(fd, bytes, n, (off_t)at);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return put == 0 ? ERR_IO : system_err();
		bytes += put;
		at += (uint64_t)put;
		n -= (size_t)put;
	}
	return ERR_NONE;
}

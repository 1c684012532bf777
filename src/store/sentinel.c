/* SPDX-License-Identifier: Apache-2.0
 *
 * The sentinel in a file of two slots of one block each. A write goes to the
 * older slot, over blocks that were written before, and is one sync; a torn
 * one leaves the newer slot as it was.
 */
#include "store/sentinel.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLOT = 4096, SLOTS = 2, MAGIC = 8 };

static const char magic[MAGIC + 1] = "ALMSENT1";

struct sentinel_file {
	struct sentinel base;
	int fd;
	bool dead; /* a sync failed */
	uint64_t counter; /* of the newest slot; nobody else writes it */
	int which;
};

struct slot {
	uint64_t counter;
	struct sentinel_state state;
};

static enum err
err_of_errno(int n)
{
	switch (n) {
	case ENOENT:
		return ERR_NOT_FOUND;
	case EEXIST:
		return ERR_EXISTS;
	case ENOSPC:
	case EDQUOT:
		return ERR_FULL;
	default:
		return ERR_IO;
	}
}

static void
slot_write(unsigned char out[SLOT], const struct slot *s)
{
	struct digest d;
	struct buf b;

	memset(out, 0, SLOT);
	buf_init(&b, SLOT);
	buf_put_mem(&b, magic, MAGIC);
	buf_put_u64(&b, s->counter);
	buf_put_u64(&b, s->state.size);
	buf_put(&b, digest_span(&s->state.root));
	buf_put_span16(&b, span_str(s->state.origin));
	buf_put_span16(&b, span_of(s->state.signature,
	    s->state.is_signed ? SENTINEL_SIGNATURE : 0));
	memcpy(out, b.p, b.n);
	buf_release(&b);
	/* over the whole block, so that a torn one never passes */
	d = hash_sha256(span_of(out, SLOT - sizeof d.b));
	memcpy(out + SLOT - sizeof d.b, d.b, sizeof d.b);
}

static enum err
slot_parse(const unsigned char in[SLOT], struct slot *out)
{
	struct digest d = hash_sha256(span_of(in, SLOT - sizeof d.b));
	struct slot s = { .counter = 0 };
	struct span origin, signature;
	struct reader r;

	if (memcmp(in + SLOT - sizeof d.b, d.b, sizeof d.b) != 0)
		return ERR_DAMAGED;
	if (memcmp(in, magic, MAGIC) != 0)
		return memcmp(in, magic, MAGIC - 1) == 0 ? ERR_UNSUPPORTED :
		    ERR_DAMAGED;
	reader_init(&r, span_of(in + MAGIC, SLOT - MAGIC));
	s.counter = reader_u64(&r);
	s.state.size = reader_u64(&r);
	reader_copy(&r, s.state.root.b, sizeof s.state.root.b);
	origin = reader_span16(&r, LIMIT_NAME);
	/* zeros where none was written */
	signature = reader_span16(&r, SENTINEL_SIGNATURE);
	if (reader_check(&r, false) != ERR_NONE || (signature.n != 0 &&
	    signature.n != SENTINEL_SIGNATURE))
		return ERR_DAMAGED;
	memcpy(s.state.origin, origin.p, origin.n);
	s.state.is_signed = signature.n != 0;
	if (s.state.is_signed)
		memcpy(s.state.signature, signature.p, signature.n);
	*out = s;
	return ERR_NONE;
}

static enum err
read_block(int fd, unsigned char out[SLOT], off_t at)
{
	size_t n = 0;

	while (n < SLOT) {
		ssize_t got = pread(fd, out + n, SLOT - n, at + (off_t)n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return ERR_IO;
		if (got == 0)
			return ERR_DAMAGED;
		n += (size_t)got;
	}
	return ERR_NONE;
}

static enum err
write_block(int fd, const unsigned char in[SLOT], off_t at)
{
	size_t n = 0;

	while (n < SLOT) {
		ssize_t put = pwrite(fd, in + n, SLOT - n, at + (off_t)n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return err_of_errno(errno);
		n += (size_t)put;
	}
	return ERR_NONE;
}

/* The newest whole slot, and which it is. */
static enum err
newest(int fd, struct slot *out, int *which)
{
	unsigned char block[SLOT];
	enum err first = ERR_DAMAGED;
	bool found = false;

	for (int i = 0; i < SLOTS; i++) {
		struct slot s;
		enum err e = read_block(fd, block, (off_t)i * SLOT);

		if (e == ERR_NONE)
			e = slot_parse(block, &s);
		if (e == ERR_IO || e == ERR_UNSUPPORTED)
			first = e;
		if (e != ERR_NONE || (found && s.counter < out->counter))
			continue;
		*out = s;
		*which = i;
		found = true;
	}
	return found && first != ERR_IO ? ERR_NONE : first;
}

static enum err
file_write(struct sentinel *base, const struct sentinel_state *in)
{
	struct sentinel_file *s = (struct sentinel_file *)(void *)base;
	unsigned char block[SLOT];
	struct slot next;
	enum err e;

	if (s->dead)
		return ERR_STATE;
	next.counter = s->counter + 1;
	next.state = *in;
	next.state.origin[LIMIT_NAME] = '\0';
	slot_write(block, &next);
	e = write_block(s->fd, block, (off_t)(1 - s->which) * SLOT);
	if (e == ERR_NONE) {
		base->syncs++;
		if (fdatasync(s->fd) != 0)
			e = ERR_IO;
	}
	s->dead = e == ERR_IO;
	if (e == ERR_NONE) {
		s->counter = next.counter;
		s->which = 1 - s->which;
	}
	return e;
}

static enum err
file_read(struct sentinel *base, struct sentinel_state *out)
{
	struct sentinel_file *s = (struct sentinel_file *)(void *)base;
	struct slot now;
	int which;
	enum err e = newest(s->fd, &now, &which);

	if (e == ERR_NONE)
		*out = now.state;
	return e;
}

static void
file_close(struct sentinel *base)
{
	struct sentinel_file *s = (struct sentinel_file *)(void *)base;

	close(s->fd);
	free(s);
}

static const struct sentinel_ops file_ops = {
	.write = file_write,
	.read = file_read,
	.close = file_close,
};

enum err
sentinel_open(const char *path, struct sentinel **out)
{
	struct sentinel_file *s;
	struct slot now;
	enum err e;
	int which, fd;

	fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_of_errno(errno);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		e = errno == EWOULDBLOCK ? ERR_BUSY : ERR_IO;
	else
		e = newest(fd, &now, &which);
	if (e != ERR_NONE) {
		close(fd);
		return e;
	}
	s = mem_alloc(sizeof *s);
	s->base.ops = &file_ops;
	s->fd = fd;
	s->counter = now.counter;
	s->which = which;
	*out = &s->base;
	return ERR_NONE;
}

static enum err
sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = mem_string(slash != NULL ? path : ".");
	enum err e = ERR_NONE;
	int fd;

	if (slash != NULL)
		folder[slash == path ? 1 : slash - path] = '\0';
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		e = ERR_IO;
	if (fd >= 0)
		close(fd);
	free(folder);
	return e;
}

/* Both slots written and synced under another name, so that the file is
 * whole from the moment that it has its own. */
static enum err
make_file(const char *name, const struct sentinel_state *first)
{
	unsigned char block[SLOT];
	struct slot s = { .state = *first };
	enum err e = ERR_NONE;
	int fd;

	fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (fd < 0)
		return err_of_errno(errno);
	s.state.origin[LIMIT_NAME] = '\0';
	for (int i = 0; i < SLOTS && e == ERR_NONE; i++) {
		s.counter = (uint64_t)i + 1;
		slot_write(block, &s);
		e = write_block(fd, block, (off_t)i * SLOT);
	}
	if (e == ERR_NONE && fsync(fd) != 0)
		e = ERR_IO;
	if (close(fd) != 0 && e == ERR_NONE)
		e = ERR_IO;
	return e;
}

enum err
sentinel_create(const char *path, const struct sentinel_state *first,
    struct sentinel **out)
{
	size_t n = strlen(path);
	char *fresh = mem_alloc(n + 5);
	enum err e;

	memcpy(fresh, path, n);
	memcpy(fresh + n, ".new", 4);
	e = make_file(fresh, first);
	/* link, not rename: it refuses to replace one that is there */
	if (e == ERR_NONE && link(fresh, path) != 0)
		e = err_of_errno(errno);
	(void)unlink(fresh);
	if (e == ERR_NONE)
		e = sync_folder(path);
	free(fresh);
	return e != ERR_NONE ? e : sentinel_open(path, out);
}

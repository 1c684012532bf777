/* SPDX-License-Identifier: Apache-2.0
 *
 * node/passed: files that come over a socket, and which of them are taken;
 * node/uploads: sealing what they hold, piece by piece.
 */
#include "node/passed.h"
#include "node/uploads.h"

#include "base/limits.h"
#include "base/mem.h"

#include "cmocka_all.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[] = "/tmp/almenara-passed-XXXXXX";

/* --- passing --- */

static void
send_files(int socket, const int *files, size_t n)
{
	union {
		struct cmsghdr head;
		unsigned char b[CMSG_SPACE(32 * sizeof(int))];
	} room = { 0 };
	struct iovec io = { (char[]){ "x" }, 1 };
	struct msghdr m = { .msg_iov = &io, .msg_iovlen = 1 };

	if (n != 0) {
		room.head.cmsg_level = SOL_SOCKET;
		room.head.cmsg_type = SCM_RIGHTS;
		room.head.cmsg_len = CMSG_LEN(n * sizeof *files);
		memcpy(CMSG_DATA(&room.head), files, n * sizeof *files);
		m.msg_control = room.b;
		m.msg_controllen = CMSG_SPACE(n * sizeof *files);
	}
	assert_int_equal(sendmsg(socket, &m, 0), 1);
}

static int
lowest_free(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(fd);
	return fd;
}

static void
one_at_a_time(void **state)
{
	static const size_t counts[] = { 0, 1, 2, 3, 20 };
	int pair[2], files[32], got, before;
	bool too_many;
	char b[8];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    pair), 0);
	for (size_t i = 0; i < 32; i++)
		files[i] = pair[1];
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		before = lowest_free();
		send_files(pair[0], files, counts[i]);
		assert_int_equal(passed_recv(pair[1], b, sizeof b, &got,
		    &too_many), 1);
		assert_int_equal(too_many, counts[i] > 1);
		assert_int_equal(got >= 0, counts[i] == 1);
		if (got >= 0) {
			assert_int_equal(fcntl(got, F_GETFD), FD_CLOEXEC);
			close(got);
		}
		assert_int_equal(lowest_free(), before);
	}
	close(pair[0]);
	assert_int_equal(passed_recv(pair[1], b, sizeof b, &got, &too_many),
	    0);
	assert_int_equal(got, -1);
	close(pair[1]);
}

/* --- which are taken --- */

static enum err
in(const char *name, uint64_t most)
{
	struct passed was;
	struct fault f = { 0 };
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	enum err e;

	assert_true(fd >= 0);
	e = passed_check_in(fd, most, &was, &f);
	assert_true((e == ERR_NONE) == (f.rule[0] == '\0'));
	close(fd);
	return e;
}

static void
only_plain_files(void **state)
{
	unsigned char b[8];
	int fd;

	(void)state;
	assert_int_equal(truncate(path, 5), 0);
	assert_int_equal(in(path, 5), ERR_NONE);
	assert_int_equal(in(path, 4), ERR_LIMIT);
	assert_int_equal(in("/tmp", 5), ERR_USAGE);
	assert_int_equal(in("/dev/null", 5), ERR_USAGE);
	assert_int_equal(in("/proc/self/status", 5), ERR_UNSUPPORTED);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(passed_check_out(fd, NULL), ERR_EXISTS);
	assert_int_equal(passed_write(fd, 0, 1, b), ERR_DENIED);
	close(fd);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	assert_int_equal(passed_check_out(fd, NULL), ERR_NONE);
	assert_int_equal(passed_read(fd, 0, 1, b), ERR_DENIED);
	close(fd);
}

static void
changes_are_seen(void **state)
{
	static const struct timespec then[2] = { { 1000, 0 }, { 1000, 0 } };
	unsigned char b[8];
	struct passed was;
	int fd = open(path, O_RDWR | O_TRUNC | O_CLOEXEC);

	(void)state;
	assert_int_equal(passed_write(fd, 0, 8,
	    (const unsigned char *)"12345678"), ERR_NONE);
	assert_int_equal(passed_check_in(fd, 8, &was, NULL), ERR_NONE);
	assert_int_equal(passed_read(fd, 3, 5, b), ERR_NONE);
	assert_memory_equal(b, "45678", 5);
	assert_true(passed_is_same(fd, &was));
	assert_int_equal(ftruncate(fd, 4), 0);
	assert_int_equal(passed_read(fd, 3, 5, b), ERR_STATE);
	assert_false(passed_is_same(fd, &was));
	assert_int_equal(ftruncate(fd, 8), 0);
	assert_int_equal(futimens(fd, then), 0);
	assert_false(passed_is_same(fd, &was));
	close(fd);
}

/* --- sealing --- */

static struct upload *
begun(struct uploads *u, uint64_t size)
{
	struct upload *up;

	assert_int_equal(upload_create(u, span_str("a.bin"),
	    span_str("text/plain"), size, &up, NULL), ERR_NONE);
	return up;
}

static void
sealed_as_said(void **state)
{
	static const uint64_t sizes[] = { 0, 1, PIECE_TEXT, PIECE_TEXT + 1 };
	unsigned char *text = mem_alloc(PIECE_TEXT + 1);
	unsigned char *piece = mem_alloc(PIECE_SEALED);
	struct blobs *blobs = blobs_memory();
	struct uploads *u = uploads_create(blobs);
	struct attachment at;

	(void)state;
	memset(text, 'a', PIECE_TEXT + 1);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct upload *up = begun(u, sizes[i]);
		uint64_t size;

		assert_int_equal(upload_end(up, &at), ERR_STATE);
		while (!upload_is_whole(up)) {
			size_t n = upload_next(up);

			assert_int_equal(upload_put(up, span_of(text,
			    n + 1)), ERR_STATE);
			assert_int_equal(upload_put(up, span_of(text, n)),
			    ERR_NONE);
		}
		assert_int_equal(upload_put(up, span_str("")), ERR_STATE);
		assert_int_equal(upload_end(up, &at), ERR_NONE);
		upload_free(up);
		assert_int_equal(blobs_find(blobs, &at.sealed, &size),
		    ERR_NONE);
		assert_int_equal(size, pieces_sealed_size(sizes[i]));
		size = size < PIECE_SEALED ? size : PIECE_SEALED;
		assert_int_equal(blobs_read(blobs, &at.sealed, 0, size,
		    piece), ERR_NONE);
		assert_int_equal(piece_open(at.key, 0, i < 3, span_of(piece,
		    size), piece), ERR_NONE);
		assert_memory_equal(piece, text, size - PIECE_TAG);
	}
	uploads_free(u);
	blobs_close(blobs);
	free(text);
	free(piece);
}

static void
eight_at_a_time(void **state)
{
	struct blobs *blobs = blobs_memory();
	struct uploads *u = uploads_create(blobs);
	struct upload *up[8], *more = NULL;
	struct span name = span_str("a"), media = span_str("text/plain");

	(void)state;
	assert_int_equal(upload_create(u, span_str("../a"), media, 1, &more,
	    NULL), ERR_SCHEMA);
	assert_int_equal(upload_create(u, name, span_str("text"), 1, &more,
	    NULL), ERR_SCHEMA);
	assert_int_equal(upload_create(u, name, media, LIMIT_ATTACHMENT + 1ull,
	    &more, NULL), ERR_LIMIT);
	for (size_t i = 0; i < 8; i++)
		up[i] = begun(u, 1);
	assert_int_equal(upload_create(u, name, media, 1, &more, NULL),
	    ERR_LIMIT);
	upload_free(up[0]);
	up[0] = begun(u, 1);
	for (size_t i = 0; i < 8; i++)
		upload_free(up[i]);
	upload_free(more);
	uploads_free(u);
	blobs_close(blobs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_at_a_time),
		cmocka_unit_test(only_plain_files),
		cmocka_unit_test(changes_are_seen),
		cmocka_unit_test(sealed_as_said),
		cmocka_unit_test(eight_at_a_time),
	};
	int fd = mkstemp(path), failed;

	if (fd < 0)
		return 1;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}

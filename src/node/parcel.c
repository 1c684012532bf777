/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole messages over a stream socket.
 */
#include "node/parcel.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum { HEAD = 4, FIRST = 16384 /* most messages are shorter */ };

/* When patience ends; 0 for never. */
static int64_t
until_of(unsigned wait_ms)
{
	return wait_ms == 0 ? 0 : clock_mono_ms() + wait_ms;
}

static enum err
await(int fd, short events, int64_t until)
{
	struct pollfd p = { .fd = fd, .events = events };

	for (;;) {
		int64_t left = until == 0 ? -1 : until - clock_mono_ms();
		int r;

		if (until != 0 && left <= 0)
			return ERR_TIMEOUT;
		r = poll(&p, 1, left > INT32_MAX ? INT32_MAX : (int)left);
		if (r > 0)
			return ERR_NONE;
		if (r < 0 && errno != EINTR)
			return ERR_IO;
	}
}

/* What a call of the system that moved nothing means; ERR_NONE: again. */
static enum err
why_not(ssize_t r, int fd, short events, int64_t until)
{
	if (r == 0)
		return ERR_CLOSED;
	if (errno == EAGAIN)
		return await(fd, events, until);
	if (errno == EPIPE || errno == ECONNRESET)
		return ERR_CLOSED;
	return errno == EINTR ? ERR_NONE : ERR_IO;
}

/* Head and body in one call, so that the reader is woken once. */
enum err
parcel_send(int fd, struct span body, unsigned wait_ms)
{
	int64_t until = until_of(wait_ms);
	unsigned char head[HEAD] = { (unsigned char)(body.n >> 24),
		(unsigned char)(body.n >> 16), (unsigned char)(body.n >> 8),
		(unsigned char)body.n };
	struct iovec v[2] = { { head, sizeof head },
		{ (unsigned char *)(uintptr_t)body.p, body.n } };
	struct msghdr m = { .msg_iov = v, .msg_iovlen = 2 };
	enum err e = body.n > UINT32_MAX ? ERR_LIMIT : ERR_NONE;

	while (e == ERR_NONE && v[0].iov_len + v[1].iov_len != 0) {
		ssize_t r = sendmsg(fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (r <= 0)
			e = why_not(r, fd, POLLOUT, until);
		for (int i = 0; i < 2 && r > 0; i++) {
			size_t n = (size_t)r < v[i].iov_len ? (size_t)r :
			    v[i].iov_len;

			v[i].iov_base = (unsigned char *)v[i].iov_base + n;
			v[i].iov_len -= n;
			r -= (ssize_t)n;
		}
	}
	return e;
}

/* At least `least` bytes, at most `most`. An answer takes a moment: it is
 * waited for before it is asked for. */
static enum err
take(int fd, unsigned char *p, size_t least, size_t most, int64_t until,
    size_t *out_done)
{
	size_t done = 0;
	enum err e = until == 0 ? ERR_NONE : await(fd, POLLIN, until);

	while (e == ERR_NONE && done < least) {
		ssize_t r = recv(fd, p + done, most - done,
		    until == 0 ? 0 : MSG_DONTWAIT);

		if (r > 0)
			done += (size_t)r;
		else
			e = why_not(r, fd, POLLIN, until);
	}
	*out_done = done;
	return e;
}

/* The message whose first `done` bytes, head and all, are in `first`. */
static enum err
finish(int fd, int64_t until, const unsigned char *first, size_t done,
    struct buf *out)
{
	size_t n = (size_t)first[0] << 24 | (size_t)first[1] << 16 |
	    (size_t)first[2] << 8 | first[3];
	size_t before = out->n, have = done - HEAD, more;
	unsigned char *at;
	enum err e;

	if (have > n)
		return ERR_IO; /* the other end speaks out of turn */
	if (out->over || n > out->max - out->n)
		return ERR_LIMIT;
	at = buf_extend(out, n);
	if (have != 0)
		memcpy(at, first + HEAD, have);
	e = have == n ? ERR_NONE :
	    take(fd, at + have, n - have, n - have, until, &more);
	if (e != ERR_NONE)
		out->n = before;
	return e == ERR_CLOSED ? ERR_IO : e;
}

enum err
parcel_receive(int fd, unsigned wait_ms, struct buf *out)
{
	int64_t until = until_of(wait_ms);
	unsigned char first[FIRST];
	size_t done;
	enum err e = take(fd, first, HEAD, sizeof first, until, &done);

	if (e == ERR_NONE)
		e = finish(fd, until, first, done, out);
	else if (e == ERR_CLOSED && done != 0)
		e = ERR_IO;
	explicit_bzero(first, done);
	return e;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole messages over a stream socket.
 */
#include "node/parcel.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

static int64_t
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* When patience ends; 0 for never. */
static int64_t
until_of(unsigned wait_ms)
{
	return wait_ms == 0 ? 0 : clock_ms() + wait_ms;
}

static enum err
await(int fd, short events, int64_t until)
{
	struct pollfd p = { .fd = fd, .events = events };

	for (;;) {
		int64_t left = until == 0 ? -1 : until - clock_ms();
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

/* Move all `n` bytes; how many were moved before an error is in `out_done`. */
static enum err
move(int fd, unsigned char *p, size_t n, bool is_out, int64_t until,
    size_t *out_done)
{
	size_t done = 0;
	enum err e = ERR_NONE;

	while (e == ERR_NONE && done < n) {
		ssize_t r = is_out ?
		    send(fd, p + done, n - done, MSG_NOSIGNAL | MSG_DONTWAIT) :
		    recv(fd, p + done, n - done, MSG_DONTWAIT);

		if (r > 0)
			done += (size_t)r;
		else if (r == 0)
			e = ERR_CLOSED;
		else if (errno == EAGAIN)
			e = await(fd, is_out ? POLLOUT : POLLIN, until);
		else if (errno == EPIPE || errno == ECONNRESET)
			e = ERR_CLOSED;
		else if (errno != EINTR)
			e = ERR_IO;
	}
	*out_done = done;
	return e;
}

enum err
parcel_send(int fd, struct span body, unsigned wait_ms)
{
	int64_t until = until_of(wait_ms);
	unsigned char head[4] = { (unsigned char)(body.n >> 24),
		(unsigned char)(body.n >> 16), (unsigned char)(body.n >> 8),
		(unsigned char)body.n };
	size_t done;
	enum err e;

	if (body.n > UINT32_MAX)
		return ERR_LIMIT;
	e = move(fd, head, sizeof head, true, until, &done);
	return e != ERR_NONE || body.n == 0 ? e :
	    move(fd, (unsigned char *)(uintptr_t)body.p, body.n, true, until,
	    &done);
}

enum err
parcel_receive(int fd, unsigned wait_ms, struct buf *out)
{
	int64_t until = until_of(wait_ms);
	unsigned char head[4];
	size_t n, done, before = out->n;
	unsigned char *at;
	enum err e = move(fd, head, sizeof head, false, until, &done);

	if (e != ERR_NONE)
		return e == ERR_CLOSED && done != 0 ? ERR_IO : e;
	n = (size_t)head[0] << 24 | (size_t)head[1] << 16 |
	    (size_t)head[2] << 8 | head[3];
	if (out->over || n > out->max - out->n)
		return ERR_LIMIT;
	at = buf_extend(out, n);
	e = move(fd, at, n, false, until, &done);
	if (e == ERR_NONE)
		return ERR_NONE;
	out->n = before;
	return e == ERR_CLOSED ? ERR_IO : e;
}

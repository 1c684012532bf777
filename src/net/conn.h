/* SPDX-License-Identifier: Apache-2.0
 *
 * A connection between two nodes: socket, TLS, frames, and four outgoing
 * queues. Within a connection no frame goes out before a queued frame of a
 * higher class, so backlog never delays an urgent body: what has been handed
 * to TLS and kernel ahead is bounded (CONN_AHEAD and the kernel's unsent
 * bytes). Frames sent in one turn are written together at the turn's end.
 * No meaning here: who may connect, what frames say and when to dial again is
 * decided by the callbacks' owner. All callbacks come inside a turn.
 */
#ifndef NET_CONN_H
#define NET_CONN_H

#include "base/err.h"
#include "base/span.h"
#include "net/loop.h"
#include "net/tls.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum conn_class {
	CONN_CONTROL, /* control and heartbeat */
	CONN_URGENT,  /* bodies of urgent entries */
	CONN_RECORDS,
	CONN_OTHER,   /* other bodies, backlog */
	CONN_BULK,    /* attachments: sealed, so that packing gains nothing */
	CONN_CLASS_COUNT
};

enum { CONN_AHEAD = 65536, CONN_ADDRESS_MAX = 128, CONN_WHY_MAX = 128 };

struct conn;

struct conn_calls {
	/* The peer has proved its key; nothing was read from it. Anything but
	 * ERR_NONE closes the connection at once, without on_down. On an
	 * accepted connection `ctx` is the listener's: conn_attach. */
	enum err (*on_up)(void *ctx, struct conn *c,
	    const struct tls_public *peer);

	/* A frame; the payload is borrowed for the call. The callback may
	 * close the connection. */
	void (*on_frame)(void *ctx, struct conn *c, uint8_t type,
	    struct span payload);

	/* The queue has fallen to the low-water mark after conn_send said
	 * ERR_BUSY, or conn_has_room said no. May be NULL. */
	void (*on_room)(void *ctx, struct conn *c);

	/* It is over, `why` for the program and `detail` for the log; `c` is
	 * void after the call. Also for a dialled connection that never came
	 * up. Not called after conn_close, nor for accepted connections that
	 * never came up. */
	void (*on_down)(void *ctx, struct conn *c, enum err why,
	    const char *detail);

	/* Somebody at `address` connected and did not come up: no TLS, no key,
	 * too slow. `ctx` is the listener's. May be NULL. */
	void (*on_stranger)(void *ctx, const char *address, enum err why,
	    const char *detail);
};

/* Times and sizes; 0 takes the default in brackets. */
struct conn_limits {
	unsigned connect_ms;   /* name look-up and TCP, each address [5000] */
	unsigned handshake_ms; /* TLS [10000] */
	unsigned stall_ms;     /* queued bytes, but none taken [30000] */
	unsigned silent_ms;    /* nothing received at all [180000] */
	unsigned finish_ms;    /* after conn_finish [10000] */
	size_t queue_max;      /* bytes queued per connection
	                        * [LIMIT_SEND_QUEUE] */
	size_t queue_low;      /* on_room below this [queue_max / 4] */
};

/* --- what the connections of one loop share --- */

struct conn_group;

/* `loop` and `tls` are borrowed and must live longer. */
struct conn_group *conn_group_create(struct loop *loop, struct tls *tls,
    const struct conn_limits *limits);

/* Closes every listener and connection without callbacks. Accepts NULL. */
void conn_group_free(struct conn_group *g);

/* Accept on `address` ("host:port", "[v6]:port", numeric; port 0 takes a free
 * one). At most LIMIT_HANDSHAKES unfinished handshakes at a time; beyond that
 * further ones wait in the kernel. ERR_SYNTAX for the address, ERR_IO if it
 * cannot be bound (errno is kept). `calls` is borrowed for ever. */
MUST enum err conn_listen(struct conn_group *g, const char *address,
    const struct conn_calls *calls, void *ctx, uint16_t *out_port);

/* The same without a group: a socket that listens, which the caller closes. */
MUST enum err conn_listen_fd(const char *address, int *out_fd,
    uint16_t *out_port);

/* Start to connect to `address` ("name:port" too). ERR_SYNTAX for the
 * address; all else comes by on_up or on_down in a later turn. */
MUST enum err conn_dial(struct conn_group *g, const char *address,
    const struct conn_calls *calls, void *ctx, struct conn **out);

/* --- one connection --- */

/* From now on these callbacks (on_up of an accepted connection). */
void conn_attach(struct conn *c, const struct conn_calls *calls, void *ctx);

/* Queue a frame; it leaves at the end of the turn at the earliest. ERR_BUSY
 * if the queue is full (control frames have 1 MiB of room beyond that),
 * ERR_LIMIT for a payload over LIMIT_FRAME, ERR_CLOSED if it is closing. */
MUST enum err conn_send(struct conn *c, enum conn_class class, uint8_t type,
    struct span payload);

/* Is the queue below its limit? If not, on_room will come. */
bool conn_has_room(struct conn *c);

/* Bytes queued and not yet taken by TLS. */
size_t conn_queued(const struct conn *c);

/* Compress what is sent from now on (agreed in HELLO). */
void conn_set_zstd(struct conn *c, bool on);

/* Stop reading while the receiver has enough in hand, and go on again. */
void conn_pause(struct conn *c, bool paused);

/* Send what is queued, say that no more will come, read on until the peer
 * has done the same; then on_down(ERR_CLOSED). conn_send fails from now. */
void conn_finish(struct conn *c);

/* Close now, without on_down; `c` is void. */
void conn_close(struct conn *c);

bool conn_is_dialled(const struct conn *c);

/* The peer's address, "192.0.2.1:6800"; "" before it is known. */
const char *conn_address(const struct conn *c);

/* The peer's key; NULL before on_up. */
const struct tls_public *conn_peer(const struct conn *c);

struct conn_stats {
	uint64_t frames_in, frames_out;
	uint64_t bytes_in, bytes_out; /* inside TLS, after compression */
};

struct conn_stats conn_stats(const struct conn *c);

#endif

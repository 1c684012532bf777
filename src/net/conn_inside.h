/* SPDX-License-Identifier: Apache-2.0
 *
 * What conn.c (life of a connection) and conn_open.c (how connections come
 * about) share. Included by these two files only.
 *
 *	dialled:   LOOKUP -> CONNECT -> HANDSHAKE -> UP -> FINISHING -> DOWN
 *	accepted:                       HANDSHAKE -> UP -> FINISHING -> DOWN
 *	any state -> DOWN; DOWN connections are freed at the turn's end.
 */
#ifndef NET_CONN_INSIDE_H
#define NET_CONN_INSIDE_H

#include "base/buf.h"
#include "net/conn.h"
#include "net/frame.h"
#include "net/outbox.h"

enum conn_state {
	CONN_LOOKUP,
	CONN_CONNECT,
	CONN_HANDSHAKE,
	CONN_UP,
	CONN_FINISHING,
	CONN_DOWN
};

struct conn {
	struct conn_group *group;
	struct conn *next, **link; /* in group->conns or group->graves */
	const struct conn_calls *calls;
	void *ctx;
	enum conn_state state;
	bool is_dialled;
	bool was_up;
	bool is_paused;
	bool has_zstd;
	bool wants_room;
	bool is_blocked;     /* TLS waits to write */
	bool read_blocked;   /* TLS must write before it can read on */
	bool peer_finished;  /* nothing more will be read */
	bool sent_finish;    /* nothing more will be written */

	int fd;
	struct loop_watch *watch;
	struct tls_conn *tls;
	struct frame_reader reader;
	struct outbox outbox;
	struct buf ahead;    /* frames being written */
	size_t ahead_at;
	struct loop_task flush;
	struct loop_task pump;
	struct loop_timer *timer;
	int64_t since_ms;    /* this state began */
	int64_t heard_ms;    /* bytes came */
	int64_t window_ms;   /* stall window began ... */
	size_t window_n;     /* ... bytes taken in it */
	struct conn_stats stats;

	/* dialling */
	struct loop_lookup *lookup;
	struct loop_address addresses[LOOP_ADDRESSES_MAX];
	size_t n_addresses, address_at;

	char address[CONN_ADDRESS_MAX];
	struct loop_address remote;
	char why[CONN_WHY_MAX];
};

struct conn_listener {
	struct conn_group *group;
	struct conn_listener *next;
	const struct conn_calls *calls;
	void *ctx;
	int fd;
	struct loop_watch *watch;
};

struct conn_group {
	struct loop *loop;
	struct tls *tls;
	struct conn_limits limits;
	struct frame_codec *codec;
	struct buf scratch;        /* one frame being made */
	unsigned char *in;         /* bytes being read */
	struct conn *conns, *graves;
	struct loop_task burial;
	struct conn_listener *listeners;
	struct loop_timer *accept_again;
	size_t n_handshakes;       /* of accepted connections */
};

/* --- conn.c, for conn_open.c --- */

struct conn *conn_create(struct conn_group *g, const struct conn_calls *calls,
    void *ctx);

/* The socket is connected: start TLS. */
void conn_start_tls(struct conn *c, enum tls_side side);

/* End of the connection, told to its owner. */
void conn_down(struct conn *c, enum err why, const char *detail);

void conn_set_state(struct conn *c, enum conn_state state);

/* Set the timer to the next thing that could be late. */
void conn_arm(struct conn *c);

/* --- conn_open.c, for conn.c --- */

/* The attempt at this address failed: the next one, or down. */
void conn_dial_failed(struct conn *c, enum err why, const char *detail);

/* A handshake has ended: room for another. */
void conn_accept_resume(struct conn_group *g);

void conn_address_write(const struct loop_address *a,
    char out[CONN_ADDRESS_MAX]);

#endif

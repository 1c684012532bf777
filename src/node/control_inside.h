/* SPDX-License-Identifier: Apache-2.0
 *
 * The control socket's server from inside: control.c has the clients and
 * their frames, call.c the requests in these and their answers,
 * control_event.c what is told to those who wait for events.
 */
#ifndef NODE_CONTROL_INSIDE_H
#define NODE_CONTROL_INSIDE_H

#include "node/command.h"
#include "node/control.h"
#include "node/request.h"

enum {
	CALLS_MAX = 16, /* of one client, under way */
};

struct control_client {
	struct control *control;
	int fd;
	uint32_t uid;
	struct loop_watch *watch;
	struct loop_timer *patience;
	struct buf in;
	int file; /* passed, and not yet taken by a command; -1: none */
	struct buf out;
	size_t out_at;
	struct call *calls;
	unsigned call_n;
	bool wants_events;
	char armed[65]; /* whose presence it shows; "" for nobody's */
	bool is_ending; /* close when everything is written */
	struct control_client *next;
};

struct control {
	struct service *service;
	int fd;
	struct loop_watch *watch;
	struct loop_timer *work; /* runs while there are working calls */
	struct control_client *clients;
	size_t client_n;
	bool is_held; /* nothing is read until the hub has written */
	struct call *working; /* also those whose client has gone */
	struct control_client *dead; /* freed at the end of the turn */
	struct loop_task bury;
};

/* --- control.c --- */

/* Queue a frame: `body` is the JSON. The client may be closed after it. */
void client_put(struct control_client *cl, struct span body);

/* Look at what has come from it and was not looked at yet. */
void client_parse(struct control_client *cl);

/* It does not speak the protocol: say so, once, and close. */
void client_refuse(struct control_client *cl, enum err e, const char *what);

/* Close; it is freed at the end of the turn. Calls of its that are under way
 * go on, and nobody hears their answer. */
void client_close(struct control_client *cl);

/* --- call.c --- */

/* Run the request `text` of this client. It is copied. */
void call_begin(struct control_client *cl, struct span text);

/* Forget a call without an answer. */
void call_free(struct call *c);

/* Requests that waited are looked at, and every working call gets one step. */
void calls_step(struct control *c);

/* Write the member `error`: doc/control.md. */
void call_put_error(struct json_out *w, enum err e, const char *what,
    const char *why, const char *next);

#endif

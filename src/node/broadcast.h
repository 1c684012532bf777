/* SPDX-License-Identifier: Apache-2.0
 *
 * The public stream: what of the own log is for everybody, told to the web
 * process (web/talk.h) once it is released. A reader of the log whose cursor
 * the web process keeps: it asks from a position on, and again whenever either
 * of the two has begun anew. Each notice asks the one decision on what goes
 * out (rules/exit.h) by the way of the stream.
 */
#ifndef NODE_BROADCAST_H
#define NODE_BROADCAST_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct service;
struct broadcast;

/* `fd` is the socket pair to the web process, taken over; -1: none. */
MUST enum err broadcast_create(struct service *s, int fd,
    struct broadcast **out);
void broadcast_free(struct broadcast *b); /* accepts NULL */

/* Everything of the own log below `index` is released. Accepts NULL. */
void broadcast_released(struct broadcast *b, uint64_t index);

/* The answer to a call of the web process. Accepts NULL. */
struct talk_frame;
void broadcast_reply(struct broadcast *b, const struct talk_frame *f);

/* How the web process fares, as it says itself. */
struct broadcast_web {
	bool is_up;       /* it was heard lately */
	uint64_t open;    /* connections */
	int64_t until_s;  /* when its certificate ends; 0: none, not known */
};
struct broadcast_web broadcast_web(const struct broadcast *b);

/* At the end of each turn. */
void broadcast_turn(struct broadcast *b);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What node and web process say to each other over their socket pair, which
 * outlives both: one frame a message (SOCK_SEQPACKET).
 *
 *	web -> node	ASK nonce log from	events from this position on
 *	node -> web	HERE			it has begun: ask (again)
 *			EVENT nonce log index text
 *
 * `log` tells the node's log from one that it had before; a web process that
 * knows none asks with zeros, and gets the last of what there is. What was for
 * another nonce is passed over. Integers are big-endian. Pure.
 */
#ifndef WEB_TALK_H
#define WEB_TALK_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

enum { TALK_NONCE = 16, TALK_LOG = 8 };

enum talk_type { TALK_ASK = 'A', TALK_HERE = 'H', TALK_EVENT = 'E' };

struct talk_frame {
	enum talk_type type;
	unsigned char nonce[TALK_NONCE]; /* ASK, EVENT */
	unsigned char log[TALK_LOG];     /* ASK, EVENT */
	uint64_t index;                  /* ASK: from there on; EVENT */
	struct span text;  /* EVENT: JSON, at most LIMIT_WEB_EVENT */
};

/* Append the frame. */
void talk_write(const struct talk_frame *f, struct buf *out);

/* ERR_SYNTAX with `f`, and `out` untouched; its spans borrow `in`. */
MUST enum err talk_parse(struct span in, struct talk_frame *out,
    struct fault *f);

#endif

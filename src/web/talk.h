/* SPDX-License-Identifier: Apache-2.0
 *
 * What node and web process say to each other over their socket pair, which
 * outlives both: one frame a message (SOCK_SEQPACKET).
 *
 *	web -> node	ASK nonce log from	events from this position on
 *	node -> web	HERE			it has begun: ask (again)
 *			EVENT nonce log index text
 *	web -> node	CALL id op text		what somebody of the public asks
 *	node -> web	REPLY id op text	the answer; op 0: done
 *	web -> node	ALIVE open until	it serves: connections, and when
 *						its certificate ends, in
 *						seconds (0: it has none)
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

enum talk_type { TALK_ASK = 'A', TALK_HERE = 'H', TALK_EVENT = 'E',
	TALK_CALL = 'C', TALK_REPLY = 'R', TALK_ALIVE = 'L' };

/* What is asked, and how it ended. */
enum talk_op {
	TALK_KEY = 'K',      /* to what is it sealed? */
	TALK_REPORT = 'R',   /* a new report: JSON */
	TALK_FOLLOW = 'F',   /* how it stands: JSON */
	TALK_MESSAGE = 'M',  /* one more message: JSON */
	TALK_WITHDRAW = 'W', /* JSON */
	TALK_CONSENT = 'C',  /* whom it may be handed on to: JSON */
	TALK_PIECE = 'P',    /* of a file, sealed: struct talk_piece */
	TALK_FILE = 'L',     /* the same: its last one */
	TALK_DROP = 'D',     /* the files of this form are given up: a
	                      * talk_piece without bytes; no answer */
	TALK_NOTICES = 'N',  /* of an official with a token: JSON, as
	                      * node/officials.h says; its id has the bit
	                      * TALK_OFFICIAL */
	TALK_DONE = 0, TALK_NOTHING = 1 /* no such report */,
	TALK_LATER = 2,      /* it cannot be done now */
	TALK_WRONG = 3,      /* what was sealed is not what it should be */
	TALK_FULL = 4,       /* no files are taken now */
	TALK_UNKNOWN = 5,    /* there is no such token in force */
	TALK_OFTEN = 6       /* it was used too often */
};

#define TALK_OFFICIAL (UINT64_C(1) << 63)

/* A piece of a file that comes with a form. What a form names when it is sent
 * is kept, all else goes. */
struct talk_piece {
	uint64_t form;       /* any number: of the web process */
	uint8_t file;        /* which of the form's, from 0 */
	uint64_t at;         /* where it belongs, of what is sealed */
	struct span bytes;
};

struct talk_frame {
	enum talk_type type;
	unsigned char nonce[TALK_NONCE]; /* ASK, EVENT */
	unsigned char log[TALK_LOG];     /* ASK, EVENT */
	uint64_t index;                  /* ASK: from there on; EVENT */
	uint64_t open, until_s;          /* ALIVE */
	uint64_t id;       /* CALL, REPLY: of the call */
	uint8_t op;        /* CALL, REPLY: enum talk_op */
	struct span text;  /* EVENT: JSON, at most LIMIT_WEB_EVENT; CALL, REPLY:
	                    * at most LIMIT_WEB_CALL */
};

/* Append the frame. */
void talk_write(const struct talk_frame *f, struct buf *out);

/* ERR_SYNTAX with `f`, and `out` untouched; its spans borrow `in`. */
MUST enum err talk_parse(struct span in, struct talk_frame *out,
    struct fault *f);

/* The text of a call that has a piece. */
void talk_piece_write(const struct talk_piece *p, struct buf *out);
MUST enum err talk_piece_parse(struct span in, struct talk_piece *out);

#endif

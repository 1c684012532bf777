/* SPDX-License-Identifier: Apache-2.0
 *
 * What node and courier say to each other over their socket pair: one frame a
 * message (SOCK_SEQPACKET), so that a courier that begins in the middle of the
 * talk finds whole frames.
 *
 *	courier -> node	HELLO nonce		it has begun
 *			DONE page try result why
 *			REPLY request way code from	somebody answers
 *			CHECKED request word key fingerprint who until text
 *	node -> courier	START nonce		what follows is for this one
 *			SEND job
 *			CANCEL page		if it has not gone out yet
 *			ANSWER request word text
 *			CHECK request text		what is this key?
 *
 * What comes before START was for the courier before, and is not done: the
 * node takes HELLO for the end of it. Integers are big-endian. Pure.
 */
#ifndef COURIER_JOB_H
#define COURIER_JOB_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "base/uuid.h"

#include <stdbool.h>
#include <stdint.h>

enum { JOB_NONCE = 16 };

enum job_type {
	JOB_HELLO = 'H',
	JOB_DONE = 'D',
	JOB_REPLY = 'R',
	JOB_START = 'S',
	JOB_SEND = 'J',
	JOB_CANCEL = 'X',
	JOB_ANSWER = 'A',
	JOB_CHECK = 'K',
	JOB_CHECKED = 'C'
};

enum job_channel { JOB_MAIL, JOB_WEBHOOK, JOB_COMMAND, JOB_PUSH, JOB_CHANNELS };

enum job_result {
	JOB_ACCEPTED, /* the other side has it */
	JOB_FAILED,   /* try again */
	JOB_REFUSED,  /* trying again will not help */
	JOB_RESULTS
};

/* What a reply ended in: it counts, it is refused, come again later. */
enum job_word { JOB_NO, JOB_YES, JOB_LATER, JOB_WORDS };

/* By which a letter is sealed for its reader. */
enum job_key { JOB_KEY_SMIME, JOB_KEY_OPENPGP, JOB_KEYS };

/* One page to send. Spans are borrowed. */
struct job {
	enum job_channel channel;
	struct uuid page;   /* the key under which it goes out */
	uint32_t try_now;
	uint32_t wait_ms;   /* for all of it */
	int64_t at_s;       /* the date it bears */
	uint8_t level;
	struct span to;     /* address; of a hook "<name>:<address>" */
	struct span subject;
	struct span text;   /* lines end in LF; of a webhook JSON */
	struct span certificate; /* PEM, or an armored OpenPGP key; "" to send
	                          * it as it is */
	struct span plain;  /* goes instead of `text` if that cannot be sealed */
	/* within the courier, not in a frame: `text` sealed, as what goes */
	struct span sealed;
	enum job_key sealed_by;
};

struct job_frame {
	enum job_type type;
	unsigned char nonce[JOB_NONCE]; /* HELLO, START */
	struct job job;                 /* SEND */
	struct uuid page;               /* DONE, CANCEL */
	uint32_t try_now;               /* DONE */
	enum job_result result;         /* DONE */
	uint32_t request;               /* REPLY, ANSWER, CHECK, CHECKED */
	enum job_channel way;           /* REPLY: it came by */
	enum job_word word;             /* ANSWER; CHECKED: is it good? */
	struct span text;  /* DONE: why, of what was accepted: why it went without
	                    * its text, or ""; REPLY: the code, and after a blank
	                    * the word of a letter (courier/reply.h);
	                    * ANSWER: for people;
	                    * CHECK: the key; CHECKED: as it is kept, or why
	                    * not */
	struct span from;  /* REPLY: who says to have sent it; CHECKED: of whom
	                    * it is */
	enum job_key key;               /* CHECKED, as what follows */
	struct span fingerprint;        /* hex */
	int64_t until_s;                /* 0: it does not expire */
};

/* Append the frame. */
void job_write(const struct job_frame *f, struct buf *out);

/* ERR_SYNTAX, ERR_LIMIT with `f`; spans of `out` borrow `in`. */
MUST enum err job_parse(struct span in, struct job_frame *out,
    struct fault *f);

#endif

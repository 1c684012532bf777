/* SPDX-License-Identifier: Apache-2.0
 *
 * Letters for one reader alone: S/MIME (crypto/cms.h) and OpenPGP (pgp.h). A
 * process of its own, forked before the courier reads its credentials, does
 * both: it holds one socket and a folder of its own, and each letter is sealed
 * by a child that ends with it, within its time. So gpg can be started where
 * the courier may start nothing, and a key that harms what reads it harms one
 * letter.
 */
#ifndef COURIER_ENVELOPE_H
#define COURIER_ENVELOPE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "courier/job.h"

enum {
	ENVELOPE_PART = 4 * LIMIT_PAGE_TEXT, /* quoted, with its head */
	ENVELOPE_SEALED = 2 * ENVELOPE_PART,
	ENVELOPE_FRAME = ENVELOPE_SEALED + 4096, /* between the processes */
	ENVELOPE_WAIT_MS = 10000
};

/* One question. Spans are borrowed. */
struct envelope_ask {
	uint32_t request;
	uint32_t wait_ms;
	int64_t now_s;
	struct span key;  /* PEM or armored */
	struct span part; /* "": only look at the key */
};

struct envelope_answer {
	uint32_t request;
	bool is_good;
	enum job_key kind;
	int64_t until_s;         /* of the key; 0: it does not expire */
	struct span fingerprint; /* hex */
	struct span who;
	struct span data; /* the key to keep, or what was sealed; else why not */
};

/* Takes rights away from the new process; ends it by an error. */
typedef enum err envelope_confine_fn(void *ctx);

/* Fork it. `home` is a folder, made if it is not there, for what gpg writes.
 * Its socket is `out_fd`; it ends when that is closed. */
MUST enum err envelope_start(const char *home, envelope_confine_fn *confine,
    void *ctx, int *out_fd);

/* False: it takes none now. */
bool envelope_send(int fd, const struct envelope_ask *ask);

/* An answer; spans borrow `room`. ERR_CLOSED if the process is gone,
 * ERR_NOT_FOUND if there is none now. */
MUST enum err envelope_take(int fd, struct buf *room,
    struct envelope_answer *out);

#endif

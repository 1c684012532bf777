/* SPDX-License-Identifier: Apache-2.0
 *
 * What a stored receipt shows to others of an own entry. It names a root: only
 * with the place of the entry under that root does it speak of this entry and
 * not of what stands there in another history of the log. Pure but for the
 * tree that it reads.
 */
#ifndef NODE_RECEIPT_PROOF_H
#define NODE_RECEIPT_PROOF_H

#include "base/arena.h"
#include "ledger/tlog_proof.h"
#include "record/receipt.h"
#include "record/registry.h"

struct receipt_entry {
	struct span origin;
	uint64_t size; /* of the log here */
	struct tree_source source;
	uint64_t index;
	bool open;
	struct span team; /* whose receipt is asked for */
};

enum receipt_shows {
	RECEIPT_SHOWS_NOTHING, /* that the team holds the entry */
	RECEIPT_SHOWS,
	RECEIPT_BY_OTHER_KEY,  /* revoked, refused, none of the team's */
	RECEIPT_OF_OTHER,      /* another history: one of the two is wrong */
	RECEIPT_UNREADABLE     /* the own tree cannot be read */
};

struct receipt_shown {
	int64_t at_s;
	uint64_t size; /* of the receipt */
	struct tlog_proof proof; /* if it shows it */
};

/* Does the receipt say that the entry is held, whoever signed it? */
bool receipt_holds(const struct receipt *r, uint64_t index, bool open);

/* `out` is set unless it shows nothing. */
enum receipt_shows receipt_show(const struct registry *r,
    const struct receipt_entry *e, struct span jws,
    struct receipt_shown *out);

/* "key", "history", "unreadable": why it is not given to others; else "". */
const char *receipt_shows_token(enum receipt_shows s);

#endif

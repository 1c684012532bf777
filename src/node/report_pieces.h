/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of the public on their way in, sealed as they come (web/talk.h). They
 * are parts in the folder of attachments, which outlive neither this process
 * nor the form they came with, until a report or a message names them. All of
 * it is bounded, whatever the web process says: how much of one form, how many
 * at once, how much in a day. Who is slowest makes room. Times are monotonic.
 */
#ifndef NODE_REPORT_PIECES_H
#define NODE_REPORT_PIECES_H

#include "base/json.h"
#include "base/limits.h"
#include "crypto/hash.h"
#include "store/blobs.h"
#include "web/talk.h"

enum {
	REPORT_PIECES_OPEN = 128,     /* files at once */
	REPORT_PIECES_FAIR_MS = 30000, /* so long nobody is the slowest, */
	REPORT_PIECES_IDLE_MS = 600000 /* and then is forgotten */
};

struct report_pieces;

/* `blobs` is borrowed; so many bytes are kept in a `day`. */
struct report_pieces *report_pieces_create(struct blobs *blobs, uint64_t day,
    int64_t now_ms);
void report_pieces_free(struct report_pieces *p); /* accepts NULL */

/* Put one away. ERR_FULL or ERR_BUSY: no files are taken now; ERR_SCHEMA (a
 * size, a number, more than a form may bring), ERR_STATE (it does not follow
 * what came), ERR_IO: nothing that came with its form is kept then. */
MUST enum err report_pieces_put(struct report_pieces *p,
    const struct talk_piece *t, bool is_last, int64_t now_ms);

/* A form is given up; all of them are. */
void report_pieces_drop(struct report_pieces *p, uint64_t form);
void report_pieces_forget(struct report_pieces *p);

/* Drop those of which nothing has come for long. Is there any other? */
bool report_pieces_look(struct report_pieces *p, int64_t now_ms);

/* Files that a form named when it was sent. */
struct report_kept {
	struct digest name[LIMIT_REPORT_FILES];
	size_t n;
};

/* Those that the list `files` names (it may be absent), all durable when this
 * returns. ERR_SCHEMA, ERR_LIMIT (too many), ERR_STATE (one is not whole, or
 * unknown), ERR_EXISTS (it came before), ERR_FULL, ERR_IO: none of them is kept. */
MUST enum err report_pieces_keep(struct report_pieces *p,
    struct json_val files, struct arena *a, struct report_kept *out);

/* What was to name them was not written. */
void report_pieces_unkeep(struct report_pieces *p,
    const struct report_kept *kept);

#endif

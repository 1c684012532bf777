/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames and requests of the control protocol (doc/control.md), from bytes
 * that any local program may send. Pure.
 */
#ifndef NODE_REQUEST_H
#define NODE_REQUEST_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/span.h"

enum { REQUEST_HEAD = 4 };

struct request {
	uint64_t id;
	struct span cmd;
	struct span lang;     /* "" if absent or no string */
	struct json_val args; /* of any type; JSON_ABSENT */
};

/* The first frame of `in`: `out` borrows its text, 1 to LIMIT_CONTROL_FRAME
 * bytes, and is empty while the rest is still to come. ERR_LIMIT: no frame
 * is that long. */
MUST enum err request_frame(struct span in, struct span *out);

/* Read a frame's text. `doc` and `out` borrow `text` and are in `a`.
 * ERR_UNSUPPORTED: another version; else ERR_SYNTAX, ERR_LIMIT and what
 * json_parse says, with the rule in `f`. */
MUST enum err request_parse(struct span text, struct arena *a,
    struct json *doc, struct request *out, struct fault *f);

#endif

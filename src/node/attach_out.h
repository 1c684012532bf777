/* SPDX-License-Identifier: Apache-2.0
 *
 * The text of what was sealed in pieces, given out into a file that a person
 * passes open: checked piece by piece, and whole at the end. Before that it is
 * brought here, if other nodes have it.
 */
#ifndef NODE_ATTACH_OUT_H
#define NODE_ATTACH_OUT_H

#include "node/command.h"
#include "record/attachment.h"

/* The file that came with the request. If false, the call was answered. */
bool attach_has_file(struct call *c);

/* Have it here, and then `then` is called: it is fetched from whoever may give
 * it for the sake of the entry of `row`. If that fails the call is answered.
 * `at` is copied. */
void attach_fetch(struct call *c, const struct index_row *row,
    const struct attachment *at, command_fn *then);

/* Answer the call once all of `at` has been written; what it is about is
 * c->object. `at` is copied; `again` is the command to be tried if it cannot
 * be read. The decision on the way out is the caller's. */
void attach_out(struct call *c, const struct attachment *at,
    const char *again);

/* Members name, media, size, digest. */
void attach_put(struct call *c, const struct attachment *at);

#endif

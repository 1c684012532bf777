/* SPDX-License-Identifier: Apache-2.0
 *
 * The public site and the web process, out of the answer to `status`, as lines
 * for people.
 */
#ifndef CLI_FACE_H
#define CLI_FACE_H

#include "cli/cli.h"

enum face { FACE_GOOD, FACE_DOUBTFUL, FACE_BAD };

/* A line: the id of a word for what it is about, what, and what to do ("" for
 * nothing). */
typedef void face_line_fn(void *ctx, enum face f, const char *word_id,
    const char *what, const char *next);

/* One call for each; the words live as long as the run. */
void face_tell(struct cli *c, struct json_val status, face_line_fn *fn,
    void *ctx);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * A draft as the node has it, for commands that change a part of it.
 */
#ifndef CLI_DRAFT_SAVED_H
#define CLI_DRAFT_SAVED_H

#include "cli/cli.h"

struct draft_saved {
	const char *id;
	const struct kind *kind;
	struct json_val aud;  /* array, or absent */
	struct span tlp;      /* "" if not chosen */
	struct json_val body;
};

/* Ask the node for it; all in the arena of `c`. CLI_OK or the trouble has been
 * told. */
MUST int draft_saved_read(struct cli *c, const char *id,
    struct draft_saved *out);

/* Save it with another body (a JSON object); label and audience are those of
 * the options, where they were given. Prints the draft's id and what it still
 * lacks. */
MUST int draft_saved_write(struct cli *c, const struct draft_saved *d,
    struct span body);

/* Tell of a draft that `data`, the answer to draft_save, is about: its id, what
 * it lacks, and how to go on. CLI_OK. */
int draft_saved_tell(struct cli *c, struct json_val data);

#endif

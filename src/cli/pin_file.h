/* SPDX-License-Identifier: Apache-2.0
 *
 * The pin file and the documents of a node's folder, as commands read and
 * change them. The node itself may only read them.
 */
#ifndef CLI_PIN_FILE_H
#define CLI_PIN_FILE_H

#include "cli/cli.h"
#include "node/config.h"
#include "record/pins.h"

/* The pins of `folder`; an absent file has none. Memory of the run. */
MUST enum err pin_file_read(struct cli *c, const char *folder,
    struct pins *out, struct fault *f);

/* Put the whole file in place of the old one, durably. */
MUST enum err pin_file_write(struct cli *c, const char *folder,
    const struct pins *pins);

/* What `folder` holds (root and *.json) as a registry with the folder's pins;
 * caller frees. Files that are no documents of it are passed over. ERR_NOT_FOUND
 * without a root. */
MUST enum err folder_registry(struct cli *c, const char *folder,
    struct registry **out, struct fault *f);

/* The same, and what the running node holds beside it, if one runs. */
MUST enum err node_registry(struct cli *c, const struct config *config,
    struct registry **out, struct fault *f);

enum pin_act { PIN_ACT_ACCEPT, PIN_ACT_REFUSE, PIN_ACT_REMOVE };

/* The three commands: the operand is a team (for accept: its identity key of
 * today) or a key. Changes the file, then asks the node to read it; the exit
 * code. */
int pin_change(struct cli *c, enum pin_act act);

/* Accept every identity of the register in `folder`; `count` is how many. */
MUST enum err pin_file_accept_all(struct cli *c, const char *folder,
    size_t *count, struct fault *f);

#endif

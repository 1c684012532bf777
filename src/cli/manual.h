/* SPDX-License-Identifier: Apache-2.0
 *
 * The manual pages that follow from tables in the program: almenara(1) from
 * the subcommands, almenarad.conf(5) from the options of the configuration.
 * man/ holds what these write; a test holds them equal.
 */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include "base/buf.h"
#include "cli/cli.h"

/* Both in mdoc(7). */
void manual_write_commands(const struct command *const *table,
    struct buf *out);
void manual_write_config(struct buf *out);

#endif

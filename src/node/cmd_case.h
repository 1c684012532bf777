/* SPDX-License-Identifier: Apache-2.0
 *
 * For cmd_case*.c only. A case is a record of a kind with a life cycle
 * (schema/life.h), whatever it is about; each step is a revision of it.
 */
#ifndef NODE_CMD_CASE_H
#define NODE_CMD_CASE_H

#include "node/command.h"

/* The case that the argument "id" names, read as the caller may see it. False
 * if there is none, or none that is a case: the call has then failed. */
MUST bool case_find(struct call *c, struct index_row *row, struct record *r,
    const struct kind **k);

#endif

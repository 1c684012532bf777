/* SPDX-License-Identifier: Apache-2.0
 *
 * For the commands of the audit trail: what was done here with one record.
 */
#ifndef NODE_AUDIT_CASE_H
#define NODE_AUDIT_CASE_H

#include "node/command.h"

/* Write the members here and here_next: what was done here with any revision of the
 * record, newest first, within the bounds of the arguments. False: the call
 * has been answered. */
MUST bool audit_put_here(struct call *c, const struct index_row *row);

#endif

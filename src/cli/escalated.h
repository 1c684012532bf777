/* SPDX-License-Identifier: Apache-2.0
 *
 * Escalations, as people read them.
 */
#ifndef CLI_ESCALATED_H
#define CLI_ESCALATED_H

#include "cli/cli.h"
#include "cli/table.h"

/* Print the member `escalations` of `data` as a table, the most urgent first;
 * nothing if none. */
void escalated_show(struct cli *c, struct json_val data);

/* A line for each that ended without an answer, and for each word of another
 * team that somebody does not answer. */
void escalated_over(struct cli *c, struct json_val data);

/* A line for each notice that was sent on and of which a newer revision
 * stands; nothing if there is none. */
void escalated_outdated(struct cli *c, struct json_val data);

/* A line for each first assessment and promised news that this team owes. */
void escalated_pledges(struct cli *c, struct json_val data);

/* Duties to report, of `rows` (number: of what, unless it stands in the row),
 * a line each, with what to type. */
void escalated_deadlines(struct cli *c, struct json_val rows,
    struct span number);

/* A line for each promise of another team that it has not kept. */
void escalated_awaited(struct cli *c, struct json_val data);

/* A line for each overlap that nobody has looked at yet. */
void escalated_overlaps(struct cli *c, struct json_val data);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What the commands about reports of the public share.
 */
#ifndef NODE_CMD_REPORT_H
#define NODE_CMD_REPORT_H

#include "node/reports.h"

enum { CMD_REPORT_OPENED = 65536 };

/* The report that the argument `id` names, by its number or the end of its id.
 * If false, the call was answered. */
bool cmd_report_find(struct call *c, struct index_row *row);

/* Open what is sealed as `aad`, in base64url; the caller wipes `out`. */
MUST enum err cmd_report_open(struct service *s, struct span text,
    const char *aad, struct buf *out);

/* A message of the team to who made the report of `body`: sealed to both, in
 * the memory of the call. ERR_KEY: no key of one of them; ERR_LIMIT. */
MUST enum err cmd_report_write(struct call *c, struct json_val body,
    struct span text, struct report_change *out);

/* --- cmd_report_file.c --- */

/* Member `enclosed`: the files that came with the report of this body, and
 * with its messages. */
void cmd_report_put_files(struct call *c, struct json_val body);

#endif

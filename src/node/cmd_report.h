/* SPDX-License-Identifier: Apache-2.0
 *
 * What the commands about reports of the public share.
 */
#ifndef NODE_CMD_REPORT_H
#define NODE_CMD_REPORT_H

#include "node/reports.h"
#include "record/attachment.h"

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

/* Those of its files that the list `which` names by their numbers, into `out`
 * for LIMIT_ATTACHMENTS of them, which the caller wipes; words in the memory of
 * the call. If false, the call was answered. */
bool cmd_report_choose(struct call *c, struct json_val body,
    struct json_val which, struct attachment *out, size_t *n);

/* --- cmd_report_copy.c --- */

/* Files of the report of this body, that `which` names by their numbers, are
 * sealed anew as attachments of an entry; then `then` is called with the list of
 * these, JSON in the memory of the call. If that fails the call is answered. It
 * uses c->state until then. */
typedef void cmd_report_copied_fn(struct call *c, struct span attachments);
void cmd_report_copy(struct call *c, struct json_val body,
    struct json_val which, cmd_report_copied_fn *then);

#endif

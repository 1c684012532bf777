/* SPDX-License-Identifier: Apache-2.0
 *
 * The form by which everybody reports, and the page by which who has reported
 * follows it: /LANG/report and /LANG/report/follow. What was written is sealed
 * to the team's intake key in the turn in which it has come, goes to the node
 * over the pair (web/talk.h), and is nowhere written in the clear. Without a
 * sign that a person sent it, a report is not refused: it goes to the slow
 * lane.
 */
#ifndef WEB_FORMS_H
#define WEB_FORMS_H

#include "web/http.h"
#include "web/path.h"
#include "web/talk.h"

struct forms;

/* `node_fd` is the socket pair to the node, borrowed; `root` the folder of the
 * site; `is_limited`: networks are told apart by the addresses that come.
 * Caller frees, after the servers. */
struct forms *forms_create(int node_fd, const char *root, bool is_limited,
    int64_t now_ms);
void forms_free(struct forms *i); /* accepts NULL */

/* What the node says. */
void forms_reply(void *ctx, const struct talk_frame *f);

/* Answer, if the request, whose path is `p`, is for one of these pages; else
 * false. */
bool forms_answer(struct forms *i, struct http_call *call,
    const struct web_path *p, int64_t now_ms);

/* Call each second or so. */
void forms_step(struct forms *i, int64_t now_ms);

#endif

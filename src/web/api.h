/* SPDX-License-Identifier: Apache-2.0
 *
 * Notices for officials who have a token: /api/v1/notices and one below it.
 * The node decides what is in the answer; here the token's form is looked at,
 * how often a network asks, and that nobody on the way could read it: TLS, or
 * a proxy on this machine. What of a token leaves here is its digest.
 */
#ifndef WEB_API_H
#define WEB_API_H

#include "web/http.h"
#include "web/talk.h"

struct api;

/* As forms_create; caller frees, after the servers. */
struct api *api_create(int node_fd, bool is_limited, int64_t now_ms);
void api_free(struct api *i); /* accepts NULL */

/* What the node says to a call with TALK_OFFICIAL in its id. */
void api_reply(struct api *i, const struct talk_frame *f);

/* Answer, if the request is for one of these paths; else false. */
bool api_answer(struct api *i, struct http_call *call, int64_t now_ms);

/* Call each second or so. */
void api_step(struct api *i, int64_t now_ms);

#endif

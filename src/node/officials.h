/* SPDX-License-Identifier: Apache-2.0
 *
 * Officials who read notices with a token (kind `api-token` of the private
 * log): what the web process asks for them is decided by the exit `api`, told to
 * the audit trail, and answered once that is durable.
 *
 * Asked is an object {token: its digest in base64url, and id, or since
 * (seconds), before (a `next` that was answered), limit}; answered is what
 * doc/api.md shows. What is answered again within a minute is told once.
 */
#ifndef NODE_OFFICIALS_H
#define NODE_OFFICIALS_H

#include "node/service_inside.h"
#include "web/talk.h"

#define OFFICIALS_KIND "api-token"

enum {
	OFFICIALS_MOST = 256,   /* tokens in force or expired, not revoked */
	OFFICIALS_LIMIT = 50,   /* notices in one answer */
	OFFICIALS_MINUTE = 60,  /* answers for one token in a minute */
	OFFICIALS_DAYS = 365    /* a token lasts no longer */
};

/* A call of the web process: answered by broadcast_reply, now or later. */
void officials_call(struct service *s, const struct talk_frame *f);

void officials_free(struct officials *o); /* accepts NULL */

#endif

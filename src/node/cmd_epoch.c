/* SPDX-License-Identifier: Apache-2.0
 *
 * Command: epoch_new. A node that was rolled back goes on with a new log.
 */
#include "node/approvals.h"

static void
on_opened(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;
	struct service *s = c->service;

	if (result->err != ERR_NONE) {
		call_fail(c, result->err, EXIT_REFUSED,
		    "no new log was opened", call_text(c, "%s", result->text),
		    "almenara status");
		return;
	}
	approvals_void(c);
	audit(s, &c->caller, "epoch_new", &result->digest, "", "opened",
	    arena_string(&c->mem, call_arg(c, "reason")));
	json_put_open(&c->w, '{');
	json_put_member_span(&c->w, "origin", hub_log(s->hub, 0).origin);
	json_put_member_str(&c->w, "digest",
	    call_digest(c, &result->digest));
	json_put_close(&c->w, '}');
	call_done(c);
}

void
cmd_epoch_new(struct call *c)
{
	struct span reason = call_arg(c, "reason");

	if (reason.n == 0) {
		call_misused(c, "a new log needs a reason");
		return;
	}
	hub_open_epoch(c->service->hub, reason, on_opened, c,
	    loop_now(c->service->loop));
	service_stir(c->service);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara assistance accept: this team takes the help of an offer.
 */
#include "cli/out.h"
#include "cli/remark.h"

static const char *offer;

static void
body(struct cli *c, struct json_out *w)
{
	(void)c;
	json_put_key(w, "accepted");
	json_put_open(w, '[');
	json_put_str(w, offer);
	json_put_close(w, ']');
}

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[1]);
	status = request_send(&r, c, "show", &data);
	if (status != CLI_OK)
		return status;
	offer = out_str(c, json_get(data, "notice"), "digest");
	return remark_case_step(c, "accept", body);
}

const struct command command_assistance_accept = {
	.name = "assistance accept", .group = GROUP_WATCH,
	.operands = "REQUEST OFFER", .least = 2, .most = 2, .run = run,
	.summary = { { "Take the help that was offered",
		    "Aceptar la ayuda ofrecida",
		    "Aceitar a ajuda oferecida",
		    "Accepter l’aide offerte" } },
	.option = {
		SEND_DRY_RUN,
		SEND_YES,
	},
};

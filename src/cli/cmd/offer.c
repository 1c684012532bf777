/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara offer: this team helps a team that asks.
 */
#include "cli/remark.h"

static int64_t from, until;

static void
body(struct cli *c, struct json_out *w)
{
	remark_put_text(c, w, "capability", "capability");
	remark_put_ml(c, w, "conditions", "conditions");
	if (from != 0)
		json_put_member_u64(w, "available_from", (uint64_t)from);
	if (until != 0)
		json_put_member_u64(w, "available_to", (uint64_t)until);
}

static int
run(struct cli *c)
{
	int status;

	if (!remark_time(c, "from", &from, &status) ||
	    !remark_time(c, "until", &until, &status))
		return status;
	return remark_case_open(c, "assistance_offer", true, body);
}

const struct command command_offer = {
	.name = "offer", .group = GROUP_WATCH, .operands = "REQUEST",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Offer help to a team that asks",
		    "Ofrecer ayuda a un equipo que la pide",
		    "Oferecer ajuda a uma equipe que pede",
		    "Offrir de l’aide à une équipe qui la demande" } },
	.option = {
		{ "capability", 0, "NEED", { { "analysis|forensics|takedown|ddos|expert|equipment|coordination|translation|public_message|training",
		    "analysis|forensics|takedown|ddos|expert|equipment|coordination|translation|public_message|training",
		    "analysis|forensics|takedown|ddos|expert|equipment|coordination|translation|public_message|training",
		    "analysis|forensics|takedown|ddos|expert|equipment|coordination|translation|public_message|training" } } },
		{ "conditions", 0, "TEXT", { { "under which conditions",
		    "bajo qué condiciones",
		    "sob quais condições",
		    "à quelles conditions" } } },
		{ "from", 0, "TIME", { { "from when (RFC 3339)",
		    "desde cuándo (RFC 3339)",
		    "desde quando (RFC 3339)",
		    "à partir de quand (RFC 3339)" } } },
		REMARK_UNTIL("until when (RFC 3339)", "hasta cuándo (RFC 3339)",
		    "até quando (RFC 3339)", "jusqu’à quand (RFC 3339)"),
		SEND_DRY_RUN,
		SEND_YES,
	},
};

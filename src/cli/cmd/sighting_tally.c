/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara sighting tally: the origin tells all readers how many saw it, without
 * names.
 */
#include "cli/send.h"

static void
put(struct cli *c, struct request *r, void *ctx)
{
	(void)ctx;
	json_put_member_str(&r->w, "id", c->args.operand[0]);
}

static int
run(struct cli *c)
{
	return send_run(c, "sighting_tally", put, NULL);
}

const struct command command_sighting_tally = {
	.name = "sighting tally", .group = GROUP_WATCH, .operands = "NOTICE",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Tell all readers how many saw it, without names",
		    "Decir a todos los lectores cuántos lo vieron, sin nombres",
		    "Dizer a todos os leitores quantos o viram, sem nomes",
		    "Dire à tous les lecteurs combien l’ont vue, sans noms" } },
	.option = {
		SEND_DRY_RUN,
		SEND_YES,
	},
};

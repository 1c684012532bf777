/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara roster add: a shift, by the clock on the wall of its zone.
 */
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	unsigned long every = 0;
	struct json_val data;
	struct request r;
	struct fault f;
	int status;

	if (!args_has(&c->args, "person") || !args_has(&c->args, "zone") ||
	    !args_has(&c->args, "start") || !args_has(&c->args, "end"))
		return cli_usage(c, "--person, --zone, --start, --end");
	if (args_number(&c->args, "every", 0, 366, &every, &f) != ERR_NONE)
		return cli_usage(c, cli_text(c, "--%s: %s", f.field, f.rule));
	request_open(&r);
	json_put_member_str(&r.w, "post", c->args.operand[0]);
	json_put_key(&r.w, "persons");
	json_put_open(&r.w, '[');
	for (size_t i = 0; args_find_at(&c->args, "person", i) != NULL; i++)
		json_put_str(&r.w, args_find_at(&c->args, "person", i));
	json_put_close(&r.w, ']');
	request_put_option(&r, c, "zone", "zone");
	request_put_option(&r, c, "start", "start");
	request_put_option(&r, c, "end", "end");
	request_put_option(&r, c, "until", "until");
	json_put_member_u64(&r.w, "every", every);
	status = request_send(&r, c, "roster_add", &data);
	if (status != CLI_OK)
		return status;
	return out_id(c, data);
}

const struct command command_roster_add = {
	.name = "roster add", .group = GROUP_WATCH, .operands = "POST",
	.least = 1, .most = 1, .run = run,
	.summary = { { "A shift of a post: first, second, lead, alternate",
	    "Un turno de un puesto: first, second, lead, alternate",
	    "Um turno de um posto: first, second, lead, alternate",
	    "Une garde d’un poste : first, second, lead, alternate" } },
	.option = {
		{ "person", 0, "USER", { { "who holds it; several: in turn",
		    "quién lo ocupa; varios: por turno",
		    "quem o ocupa; vários: por turno",
		    "qui la tient ; plusieurs : à tour de rôle" } } },
		{ "zone", 0, "ZONE", { { "America/Lima, ...",
		    "America/Lima, ...", "America/Lima, ...",
		    "America/Lima, ..." } } },
		{ "start", 0, "TIME", { { "2026-11-21T06:00, of the zone",
		    "2026-11-21T06:00, de la zona",
		    "2026-11-21T06:00, do fuso",
		    "2026-11-21T06:00, du fuseau" } } },
		{ "end", 0, "TIME", { { "when that first one ends",
		    "cuándo termina ese primero",
		    "quando termina esse primeiro",
		    "quand finit cette première" } } },
		{ "every", 0, "DAYS", { { "again each so many days (0: once)",
		    "de nuevo cada tantos días (0: una vez)",
		    "de novo a cada tantos dias (0: uma vez)",
		    "de nouveau tous les tant de jours (0 : une fois)" } } },
		{ "until", 0, "DATE", { { "no further one begins after",
		    "no empieza otro después",
		    "nenhum outro começa depois",
		    "aucune autre ne commence après" } } },
	},
};

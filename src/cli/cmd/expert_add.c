/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara expert add: somebody whom other teams may ask for, with consent.
 */
#include "cli/remark.h"

static int64_t until;

static void
put(struct cli *c, struct request *r, void *ctx)
{
	struct json_out *w = &r->w;

	(void)ctx;
	json_put_member_str(w, "kind", "expert");
	json_put_member_str(w, "tlp", "TLP:GREEN");
	json_put_key(w, "body");
	json_put_open(w, '{');
	remark_put_text(c, w, "post", "holder");
	remark_put_list(c, w, "fields", "fields");
	remark_put_list(c, w, "languages", "languages");
	json_put_member_str(w, "consent", "given");
	if (until != 0)
		json_put_member_u64(w, "confirm_by", (uint64_t)until);
	json_put_close(w, '}');
}

static int
run(struct cli *c)
{
	int status;

	if (!remark_time(c, "until", &until, &status))
		return status;
	if (!args_has(&c->args, "post") || !args_has(&c->args, "fields") ||
	    !args_has(&c->args, "languages") || !args_has(&c->args, "consent"))
		return cli_usage(c, "--post POST --fields FIELD,... "
		    "--languages LANG,... --consent");
	return send_run(c, "case_open", put, NULL);
}

const struct command command_expert_add = {
	.name = "expert add", .group = GROUP_WATCH, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "List an expert of this team for the network",
		    "Inscribir a un experto de este equipo en la red",
		    "Inscrever um especialista desta equipe na rede",
		    "Inscrire un expert de cette équipe dans le réseau" } },
	.option = {
		{ "post", 0, "POST", { { "by post, without a name",
		    "por cargo, sin nombre",
		    "por função, sem nome",
		    "par fonction, sans nom" } } },
		{ "fields", 0, "FIELD,...", { { "triage,malware,network,forensic,attribution,vulnerability,victims,mitigation",
		    "triage,malware,network,forensic,attribution,vulnerability,victims,mitigation",
		    "triage,malware,network,forensic,attribution,vulnerability,victims,mitigation",
		    "triage,malware,network,forensic,attribution,vulnerability,victims,mitigation" } } },
		{ "languages", 0, "LANG,...", { { "es,pt,...",
		    "es,pt,...",
		    "es,pt,...",
		    "es,pt,..." } } },
		{ "consent", 0, NULL, { { "that person has agreed",
		    "esa persona está de acuerdo",
		    "essa pessoa está de acordo",
		    "cette personne est d’accord" } } },
		REMARK_UNTIL("must be confirmed by then (RFC 3339)",
		    "debe confirmarse antes (RFC 3339)",
		    "deve ser confirmado até (RFC 3339)",
		    "à confirmer avant (RFC 3339)"),
		SEND_DRY_RUN,
		SEND_YES,
	},
};

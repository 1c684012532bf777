/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara case open: a vulnerability that parties keep among themselves until
 * a date.
 */
#include "cli/remark.h"

static int64_t until;

static void
body(struct cli *c, struct json_out *w)
{
	remark_put_ml(c, w, "title", "title");
	remark_put_text(c, w, "coordinator", "coordinator");
	json_put_member_u64(w, "embargo_until", (uint64_t)until);
	json_put_member_u64(w, "publication", (uint64_t)until);
	remark_put_list(c, w, "to", "parties");
	remark_put_list(c, w, "cve", "cve");
	if (args_has(&c->args, "vendor")) {
		json_put_key(w, "vendors");
		json_put_open(w, '[');
		json_put_open(w, '{');
		remark_put_text(c, w, "vendor", "name");
		json_put_close(w, '}');
		json_put_close(w, ']');
	}
}

static int
run(struct cli *c)
{
	int status;

	if (!remark_time(c, "until", &until, &status))
		return status;
	if (until == 0 || !args_has(&c->args, "title") ||
	    !args_has(&c->args, "coordinator") || !args_has(&c->args, "to"))
		return cli_usage(c, "--title TEXT --coordinator TEAM "
		    "--until TIME --to TEAM,...");
	return remark_case_open(c, "cvd_case", false, body);
}

const struct command command_case_open = {
	.name = "case open", .group = GROUP_SHARE, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "Open a case of coordinated disclosure",
	    "Abrir un caso de divulgación coordinada",
	    "Abrir um caso de divulgação coordenada",
	    "Ouvrir un dossier de divulgation coordonnée" } },
	.option = {
		{ "title", 0, "TEXT", { { "what it is about",
		    "de qué se trata",
		    "do que se trata",
		    "de quoi il s’agit" } } },
		{ "coordinator", 0, "TEAM", { { "who coordinates",
		    "quién coordina",
		    "quem coordena",
		    "qui coordonne" } } },
		REMARK_TO,
		REMARK_UNTIL("when it is published (RFC 3339)",
		    "cuándo se publica (RFC 3339)", "quando é publicado (RFC 3339)",
		    "quand il est publié (RFC 3339)"),
		{ "vendor", 0, "NAME", { { "the vendor",
		    "el proveedor",
		    "o fornecedor",
		    "le fournisseur" } } },
		{ "cve", 0, "CVE,...", { { "CVE-2026-12345,...",
		    "CVE-2026-12345,...",
		    "CVE-2026-12345,...",
		    "CVE-2026-12345,..." } } },
		SEND_TLP,
		SEND_DRY_RUN,
		SEND_YES,
	},
};

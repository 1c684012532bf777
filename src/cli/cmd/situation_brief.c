/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara situation brief: documents as one text for an authority, as far as
 * their labels allow. What was given to whom is kept (register authority-brief).
 */
#include "base/limits.h"
#include "cli/node.h"
#include "cli/out.h"
#include "schema/show.h"

#include <stdio.h>

static void
print_document(struct cli *c, struct json_val v)
{
	struct show how = { .schema = cli_schema(c), .lang = c->lang,
		.columns = c->term.columns, .ascii = !c->term.utf8,
		.brief = true };
	struct show_head head = { .kind = out_text(c, v, "kind"),
		.iss = out_text(c, v, "iss"),
		.id = out_tail(out_text(c, v, "id")),
		.rev = out_u64(v, "rev"),
		.iat = { .ms = (int64_t)out_u64(v, "iat") * 1000 } };
	struct buf b;

	head.has_tlp = tlp_parse(out_text(c, v, "tlp"), &head.tlp) ==
	    ERR_NONE;
	buf_init(&b, LIMIT_SHOWN);
	if (show_record(&how, &head, json_get(v, "body"), &c->arena, &b) ==
	    ERR_NONE)
		printf("\n%.*s", SPAN_FMT(buf_span(&b)));
	buf_release(&b);
}

static void
print_brief(struct cli *c, struct json_val data)
{
	struct json_val rows = json_get(data, "rows");
	const char *asked = out_str(c, data, "asked");

	printf(T(c, "%s\nBrief for %s\n", "%s\nInforme para %s\n",
	    "%s\nInforme para %s\n", "%s\nNote pour %s\n"),
	    out_str(c, data, "tlp"), out_str(c, data, "for"));
	if (asked[0] != '\0')
		printf(T(c, "\nDecisions needed: %s\n",
		    "\nDecisiones que se piden: %s\n",
		    "\nDecisões que se pedem: %s\n",
		    "\nDécisions demandées : %s\n"), asked);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v))
		print_document(c, v);
	cli_say(c, T(c, "when it has been read: almenara situation read %s "
	    "--by NAME", "cuando se haya leído: almenara situation read %s "
	    "--by NOMBRE", "quando tiver sido lido: almenara situation read "
	    "%s --by NOME", "quand elle aura été lue : almenara situation "
	    "read %s --by NOM"), out_str(c, data, "brief") + 28);
}

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	if (!args_has(&c->args, "for"))
		return cli_usage(c, "--for");
	request_open(&r);
	json_put_key(&r.w, "ids");
	json_put_open(&r.w, '[');
	for (size_t i = 0; i < c->args.count; i++)
		json_put_str(&r.w, c->args.operand[i]);
	json_put_close(&r.w, ']');
	request_put_option(&r, c, "for", "for");
	request_put_option(&r, c, "ask", "asked");
	status = request_send(&r, c, "brief", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		print_brief(c, data);
	return CLI_OK;
}

const struct command command_situation_brief = {
	.name = "situation brief", .group = GROUP_WATCH, .operands = "ID...",
	.least = 1, .most = LIMIT_BRIEF_SOURCES, .run = run,
	.summary = { { "Documents as one text for an authority",
	    "Documentos como un texto para una autoridad",
	    "Documentos como um texto para uma autoridade",
	    "Des documents en un texte pour une autorité" } },
	.option = {
		{ "for", 0, "NAME", { { "who reads it", "quién lo lee",
		    "quem o lê", "qui la lit" } } },
		{ "ask", 0, "TEXT", { { "decisions that are needed",
		    "decisiones que se piden", "decisões que se pedem",
		    "décisions demandées" } } },
	},
};

/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara redistribute: a notice to those whom the team serves, in two acts.
 * The first shows who gets it and says a code; --send with that code sends, to
 * exactly those.
 */
#include "cli/out.h"
#include "cli/proposal.h"

#include <stdio.h>

static int
propose(struct cli *c)
{
	struct json_val data;
	int status = proposal_show(c, &data);
	const char *code;

	if (status != CLI_OK || out_is_json(c))
		return status;
	code = out_str(c, data, "code");
	if (code[0] == '\0')
		return CLI_OK;
	cli_say(c, T(c, "to send it: almenara redistribute %s --send %s",
	    "para enviarla: almenara redistribute %s --send %s",
	    "para enviá-lo: almenara redistribute %s --send %s",
	    "pour l’envoyer : almenara redistribute %s --send %s"),
	    c->args.operand[0], code);
	printf("%s\n", code);
	return CLI_OK;
}

static int
send_it(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	json_put_member_bool(&r.w, "send", true);
	json_put_member_str(&r.w, "code", args_find(&c->args, "send"));
	proposal_put_by(c, &r);
	status = request_send(&r, c, "redistribute", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	cli_say(c, T(c, "queued for %s readers: almenara redistribute status "
	    "%s", "en cola para %s destinatarios: almenara redistribute "
	    "status %s", "na fila para %s destinatários: almenara "
	    "redistribute status %s", "en file pour %s destinataires : "
	    "almenara redistribute status %s"), out_str(c, data, "count"),
	    c->args.operand[0]);
	return CLI_OK;
}

static int
run(struct cli *c)
{
	return args_has(&c->args, "send") ? send_it(c) : propose(c);
}

const struct command command_redistribute = {
	.name = "redistribute", .group = GROUP_SHARE, .operands = "NOTICE",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Send a notice to those whom the team serves",
	    "Enviar una comunicación a quienes atiende el equipo",
	    "Enviar um comunicado a quem a equipe atende",
	    "Envoyer une communication à ceux que l’équipe dessert" } },
	.option = {
		{ "send", 0, "CODE", { { "send, to exactly those whom the code was shown for",
		    "enviar, exactamente a aquellos para quienes se mostró el código",
		    "enviar, exatamente àqueles para quem se mostrou o código",
		    "envoyer, à ceux exactement pour qui le code a été montré" } } },
		PROPOSAL_BY, PROPOSAL_ALL,
	},
};

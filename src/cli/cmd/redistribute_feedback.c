/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara redistribute feedback: what one of those served said to a notice. It
 * is kept here, and goes to the notice's origin as a sighting without a name.
 */
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	if (!args_has(&c->args, "result") ||
	    args_has(&c->args, "code") == args_has(&c->args, "from"))
		return cli_usage(c, "--result RESULT --code CODE | --from ID");
	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	request_put_option(&r, c, "result", "result");
	request_put_option(&r, c, "code", "code");
	request_put_option(&r, c, "from", "who");
	request_put_option(&r, c, "comment", "comment");
	status = request_send(&r, c, "redistribute_feedback", &data);
	if (status == CLI_OK && out_is_json(c))
		out_data(c, data);
	else if (status == CLI_OK)
		cli_say(c, "%s", T(c, "kept, and told to the origin without a "
		    "name", "guardado, y comunicado al origen sin nombre",
		    "guardado, e dito à origem sem nome",
		    "conservé, et dit à l’origine sans nom"));
	return status;
}

const struct command command_redistribute_feedback = {
	.name = "redistribute feedback", .group = GROUP_SHARE,
	.operands = "NOTICE", .least = 1, .most = 1, .run = run,
	.summary = { { "What one of those served said to a notice",
	    "Lo que dijo de una comunicación uno de los atendidos",
	    "O que disse de um comunicado um dos atendidos",
	    "Ce qu’un des desservis a dit d’une communication" } },
	.option = {
		{ "result", 0, "RESULT", { { "seen|not_seen|false_positive|useful|not_useful|corrected",
		    "seen|not_seen|false_positive|useful|not_useful|corrected",
		    "seen|not_seen|false_positive|useful|not_useful|corrected",
		    "seen|not_seen|false_positive|useful|not_useful|corrected" } } },
		{ "code", 0, "CODE", { { "the code in what was sent",
		    "el código de lo enviado",
		    "o código do que foi enviado",
		    "le code de ce qui a été envoyé" } } },
		{ "from", 0, "ID", { { "or the constituent itself",
		    "o la propia entidad", "ou a própria entidade",
		    "ou l’entité elle-même" } } },
		{ "comment", 0, "TEXT", { { "what else was said; stays here",
		    "qué más se dijo; queda aquí",
		    "o que mais foi dito; fica aqui",
		    "ce qui a été dit d’autre ; cela reste ici" } } },
	},
};

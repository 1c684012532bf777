/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara escalate: the next step of a notice that nobody answers, now.
 */
#include "cli/escalated.h"
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	int status = node_call_id(c, "escalate", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	cli_say(c, "%s", T(c, "the next step is taken now: almenara watch",
	    "el próximo paso se da ahora: almenara watch",
	    "o próximo passo é dado agora: almenara watch",
	    "l’étape suivante est franchie maintenant : almenara watch"));
	escalated_show(c, data);
	return CLI_OK;
}

const struct command command_escalate = {
	.name = "escalate", .group = GROUP_WATCH, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Call the next ones now about a notice without answer",
	    "Llamar ya a los siguientes por una comunicación sin respuesta",
	    "Chamar já os seguintes por um comunicado sem resposta",
	    "Appeler maintenant les suivants pour une communication sans "
	    "réponse" } },
};

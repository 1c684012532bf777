/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara handover: to whom the watch goes, with a note and what is open.
 */
#include "cli/duty_show.h"
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	request_put_option(&r, c, "post", "post");
	request_put_option(&r, c, "to", "to");
	request_put_option(&r, c, "note", "note");
	status = request_send(&r, c, "handover", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	duty_open_show(c, data);
	if (args_has(&c->args, "to"))
		cli_say(c, T(c, "%s goes to %s, who accepts with: almenara "
		    "take; until then it is yours", "%s pasa a %s, que acepta "
		    "con: almenara take; hasta entonces es suyo",
		    "%s passa a %s, que aceita com: almenara take; até lá é "
		    "seu", "%s passe à %s, qui accepte par : almenara take ; "
		    "jusque-là c’est à vous"), out_str(c, data, "post"),
		    out_str(c, data, "to"));
	else
		cli_say(c, T(c, "you keep %s no more", "ya no ocupa %s",
		    "você não ocupa mais %s", "vous ne tenez plus %s"),
		    out_str(c, data, "post"));
	return CLI_OK;
}

const struct command command_handover = {
	.name = "handover", .group = GROUP_WATCH, .operands = "", .run = run,
	.summary = { { "Hand the watch over, with a note and what is open",
	    "Entregar la guardia, con una nota y lo pendiente",
	    "Passar o plantão, com uma nota e o pendente",
	    "Passer la garde, avec une note et ce qui est en cours" } },
	.option = {
		{ "to", 0, "POST|USER", { { "to whom; needed while something "
		    "of level 4 or 5 is open",
		    "a quién; necesario si hay algo de nivel 4 o 5 pendiente",
		    "a quem; necessário se há algo de nível 4 ou 5 pendente",
		    "à qui ; nécessaire si quelque chose de niveau 4 ou 5 "
		    "est en cours" } } },
		{ "note", 0, "TEXT", { { "what the next one must know",
		    "lo que debe saber quien sigue",
		    "o que quem segue deve saber",
		    "ce que doit savoir la relève" } } },
		{ "post", 0, "POST", { { "which, of several that you keep",
		    "cuál, de varios que ocupa", "qual, de vários que ocupa",
		    "lequel, de plusieurs que vous tenez" } } },
	},
};

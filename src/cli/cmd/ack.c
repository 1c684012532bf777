/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara ack: a person's answer to a notice, sealed to its origin.
 */
#include "base/instant.h"
#include "cli/node.h"
#include "cli/out.h"
#include "cli/send.h"

#include <string.h>

/* --next-update: RFC 3339, as POSIX seconds. */
static bool
next_put(struct cli *c, struct request *r)
{
	const char *v = args_find(&c->args, "next-update");
	struct wall t;

	if (v == NULL)
		return true;
	if (wall_parse(span_str(v), &t) != ERR_NONE)
		return false;
	json_put_member_u64(&r->w, "next_update", (uint64_t)(t.ms / 1000));
	return true;
}

/* --code: as the page says, for who was called. */
static int
by_code(struct cli *c, const char *code, const char *answer)
{
	struct json_val data;
	struct request r;
	int status;

	if (c->args.count != 0 || args_has(&c->args, "next-update") ||
	    args_has(&c->args, "dry-run"))
		return cli_usage(c, T(c, "--code stands for the notice: give "
		    "no ID, --next-update or --dry-run with it",
		    "--code ya indica la comunicación: sin ID, --next-update "
		    "ni --dry-run", "--code já indica o comunicado: sem ID, "
		    "--next-update nem --dry-run",
		    "--code désigne la communication : sans ID, "
		    "--next-update ni --dry-run"));
	request_open(&r);
	json_put_member_str(&r.w, "code", code);
	json_put_member_str(&r.w, "answer", answer);
	request_put_option(&r, c, "comment", "comment");
	status = request_send(&r, c, "ack_code", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		cli_say(c, "%s", out_str(c, data, "text"));
	return CLI_OK;
}

static int
run(struct cli *c)
{
	const struct choices *known = choices_find(cli_schema(c), "affected");
	const char *answer = args_find(&c->args, "answer");
	const char *code = args_find(&c->args, "code");
	struct json_val data;
	struct request r;
	int status;

	if (answer == NULL)
		answer = "assessing";
	if (known != NULL && choice_find(known, span_str(answer)) == NULL)
		return cli_usage(c, cli_text(c, "--answer: %s",
		    "affected|not_affected|assessing|not_applicable"));
	if (code != NULL)
		return by_code(c, code, answer);
	if (c->args.count == 0)
		return cli_usage(c, "ID, --code CODE");
	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	json_put_member_str(&r.w, "answer", answer);
	request_put_option(&r, c, "comment", "comment");
	if (args_has(&c->args, "dry-run"))
		json_put_member_bool(&r.w, "dry_run", true);
	if (!next_put(c, &r)) {
		buf_release(&r.b);
		return cli_usage(c, "--next-update: 2026-11-21T12:00:00Z");
	}
	status = request_send(&r, c, "ack", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else if (args_has(&c->args, "dry-run"))
		cli_say(c, T(c, "would be sent to %s: %s",
		    "se enviaría a %s: %s", "seria enviado a %s: %s",
		    "serait envoyé à %s : %s"), out_str(c, data, "to"),
		    answer);
	else
		cli_say(c, T(c, "answer sent to %s", "respuesta enviada a %s",
		    "resposta enviada a %s", "réponse envoyée à %s"),
		    out_str(c, data, "to"));
	return CLI_OK;
}

const struct command command_ack = {
	.name = "ack", .group = GROUP_WATCH, .operands = "[ID]",
	.most = 1, .run = run,
	.summary = { { "Answer a notice: a person has read it",
	    "Acusar recibo: una persona lo leyó",
	    "Confirmar leitura: uma pessoa o leu",
	    "Accuser réception : une personne l’a lue" } },
	.option = {
		{ "answer", 'a', "ANSWER", { {
		    "affected|not_affected|assessing|not_applicable "
		    "(assessing)",
		    "affected|not_affected|assessing|not_applicable "
		    "(assessing)",
		    "affected|not_affected|assessing|not_applicable "
		    "(assessing)",
		    "affected|not_affected|assessing|not_applicable "
		    "(assessing)" } } },
		{ "code", 0, "CODE", { { "of a page, in place of ID",
		    "de una llamada, en lugar de ID",
		    "de uma chamada, em lugar de ID",
		    "d’un appel, au lieu d’ID" } } },
		{ "comment", 0, "TEXT", { { "a remark to the origin",
		    "una observación para el origen",
		    "uma observação para a origem",
		    "une remarque à l’origine" } } },
		{ "next-update", 0, "TIME", { { "when to expect more "
		    "(RFC 3339)", "cuándo habrá más (RFC 3339)",
		    "quando haverá mais (RFC 3339)",
		    "quand attendre la suite (RFC 3339)" } } },
		SEND_DRY_RUN,
	},
};

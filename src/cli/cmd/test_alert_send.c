/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara test-alert send: prove the way to persons in other states; shown
 * before as every notice is.
 */
#include "cli/node.h"
#include "cli/send.h"

static void
put(struct cli *c, struct request *r, void *ctx)
{
	const unsigned long *level = ctx;

	request_put_audience(r, c);
	if (*level != 0)
		json_put_member_u64(&r->w, "level", *level);
}

static int
run(struct cli *c)
{
	unsigned long level = 0;
	struct fault f;

	if (!args_has(&c->args, "to"))
		return cli_usage(c, "--to all|TEAM,...");
	if (args_number(&c->args, "level", 1, 5, &level, &f) != ERR_NONE)
		return cli_usage(c, cli_text(c, "--%s: %s", f.field, f.rule));
	return send_run(c, "test_alert_send", put, &level);
}

const struct command command_test_alert_send = {
	.name = "test-alert send", .group = GROUP_WATCH, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "Send a test alert: persons there acknowledge it",
	    "Enviar una alerta de prueba: allí las personas acusan recibo",
	    "Enviar um alerta de teste: lá as pessoas confirmam",
	    "Envoyer une alerte d’essai : là-bas on en accuse réception" } },
	.option = {
		{ "to", 0, "all|TEAM,...", { { "whom it tests",
		    "a quiénes prueba", "a quem testa", "qui est mis à "
		    "l’essai" } } },
		{ "level", 'l', "N", { { "goes the way of this level (4)",
		    "va por el camino de este nivel (4)",
		    "vai pelo caminho deste nível (4)",
		    "suit la voie de ce niveau (4)" } } },
		SEND_DRY_RUN, SEND_YES, SEND_WAIT,
	},
};

/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara events: what happens at the node, as it happens, until Ctrl-C.
 */
#include "cli/control.h"
#include "cli/node.h"
#include "cli/out.h"

#include <stdio.h>

static void
event_show(struct cli *c, struct json_val v)
{
	static const char *const members[] = { "team", "iss", "kind",
		"level", "id", "index", "text", "error" };
	struct json_val data = json_get(v, "data");

	if (out_is_json(c)) {
		out_data(c, v);
		return;
	}
	printf("%s\t%s", out_time(c, out_u64(v, "at")), cli_word(c,
	    cli_text(c, "event_%s", out_str(c, v, "event"))));
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
		const char *s = out_str(c, data, members[i]);

		if (s[0] != '\0')
			printf("\t%s", s);
	}
	printf("\n");
}

static int
run(struct cli *c)
{
	unsigned long count = 0;
	struct json_val v;
	struct fault f;
	int status;
	enum err e = args_number(&c->args, "count", 1, 1000000, &count, &f);

	if (e != ERR_NONE)
		return cli_usage(c, cli_text(c, "--%s: %s", f.field, f.rule));
	status = node_call(c, "events", &v);
	if (status != CLI_OK)
		return status;
	for (unsigned long i = 0; count == 0 || i < count; i++) {
		e = control_event(c->control, -1, &v);
		if (e != ERR_NONE)
			return cli_fail(c, &(struct trouble){
			    .exit = cli_exit_of(e), .code = err_token(e),
			    .what = T(c, "the node went away",
			    "el nodo se fue", "o nó se foi",
			    "le nœud est parti") });
		event_show(c, v);
		if (fflush(stdout) != 0)
			return CLI_FAILED;
		arena_reset(&c->arena);
	}
	return CLI_OK;
}

const struct command command_events = {
	.name = "events", .group = GROUP_WATCH, .operands = "", .run = run,
	.summary = { { "What happens, as it happens",
	    "Lo que ocurre, en el momento", "O que ocorre, na hora",
	    "Ce qui arrive, quand cela arrive" } },
	.option = {
		{ "count", 0, "N", { { "end after so many",
		    "terminar después de tantos", "terminar após tantos",
		    "finir après tant" } } },
	},
};

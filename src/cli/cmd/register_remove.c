/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara register remove: a row does not hold any more. Nothing is deleted:
 * the row stays in the private log with the reason.
 */
#include "base/limits.h"
#include "cli/out.h"
#include "cli/rows.h"

/* The body with the field that ends it. */
static void
put_ended(struct json_out *w, struct json_val body, const char *field,
    const char *reason, struct arena *a)
{
	json_put_open(w, '{');
	for (struct json_val m = json_first(body); m.type != JSON_ABSENT;
	     m = json_next(body, m)) {
		struct span key = json_key(m, a);

		if (span_is_str(key, field))
			continue;
		json_put_key_span(w, key);
		json_put_raw(w, json_raw(m));
	}
	json_put_member_str(w, field, reason);
	json_put_close(w, '}');
}

static int
remove_row(struct cli *c, const struct kind *k, struct json_val row)
{
	const struct field *fd = k->field;
	struct json_val data;
	struct json_out w;
	struct buf b;
	int status;

	while (!fd->ends) /* each register has one: schema/kind.c */
		fd++;
	buf_init(&b, LIMIT_PAYLOAD + 1024);
	json_out_init(&w, &b);
	put_ended(&w, json_get(row, "body"), fd->name,
	    args_find(&c->args, "reason"), &c->arena);
	status = rows_change(c, k, row, buf_span(&b), &data);
	buf_release(&b);
	if (status == CLI_OK && out_is_json(c))
		out_data(c, data);
	else if (status == CLI_OK)
		cli_say(c, "%s", T(c, "removed; nothing of it is lost: "
		    "almenara register list --all",
		    "dada de baja; nada se pierde: almenara register list "
		    "--all", "removida; nada se perde: almenara register "
		    "list --all", "retirée ; rien n’est perdu : almenara "
		    "register list --all"));
	return status;
}

static int
run(struct cli *c)
{
	const struct kind *k;
	struct json_val row;
	int status;

	if (!args_has(&c->args, "reason"))
		return cli_usage(c, "--reason");
	status = rows_fetch(c, &k, &row);
	return status == CLI_OK ? remove_row(c, k, row) : status;
}

const struct command command_register_remove = {
	.name = "register remove", .group = GROUP_RECORD, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Remove a row from a register",
	    "Dar de baja una fila de un registro",
	    "Remover uma linha de um registro",
	    "Retirer une ligne d’un registre" } },
	.option = {
		{ "reason", 0, "TEXT", { { "why; it stays in the private log",
		    "por qué; queda en el registro privado",
		    "por quê; fica no registro privado",
		    "pourquoi ; cela reste dans le journal privé" } } },
	},
};

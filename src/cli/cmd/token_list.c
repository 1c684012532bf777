/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara token list: which officials have a token, up to which label and
 * until when; also those that were revoked.
 */
#include "cli/node.h"
#include "cli/out.h"

#include <time.h>

static void
token_put(struct cli *c, struct json_val v, struct table *t)
{
	uint64_t until_s = out_u64(v, "until");

	table_put(t, out_tail(out_text(c, v, "id")), STYLE_BOLD);
	table_put_str(t, out_str(c, v, "for"));
	table_put_str(t, out_str(c, v, "most"));
	table_put_str(t, out_time(c, until_s));
	table_put_str(t, out_str(c, v, "by"));
	if (json_is_str(json_get(v, "state"), "done"))
		table_put(t, span_str(T(c, "REVOKED", "REVOCADA", "REVOGADA",
		    "RÉVOQUÉ")), STYLE_BAD);
	else if (until_s <= (uint64_t)time(NULL))
		table_put(t, span_str(T(c, "EXPIRED", "VENCIDA", "VENCIDA",
		    "EXPIRÉ")), STYLE_BAD);
	else
		table_put_str(t, T(c, "in force", "vigente", "em vigor",
		    "en vigueur"));
}

static int
run(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "id"), T(c, "for", "para",
	    "para", "pour"), T(c, "at most", "a lo sumo", "no máximo",
	    "au plus"), T(c, "until", "hasta", "até", "jusqu’au"),
		T(c, "made by", "creada por", "criada por", "créé par"),
		T(c, "state", "estado", "estado", "état"), NULL };
	struct json_val data;
	int status = node_call(c, "tokens", &data);

	if (status == CLI_OK)
		out_list(c, data, "rows", heads, token_put);
	return status;
}

const struct command command_token_list = {
	.name = "token list", .group = GROUP_RUN, .operands = "",
	.run = run,
	.summary = { { "Officials who may read notices with a token",
	    "Funcionarios que pueden leer avisos con una clave",
	    "Funcionários que podem ler avisos com uma chave",
	    "Responsables qui peuvent lire les avis avec un jeton" } },
};

/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara person list.
 */
#include "cli/node.h"
#include "cli/out.h"

static const char *
channels(struct cli *c, struct json_val list)
{
	const char *text = "";

	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v))
		text = cli_text(c, "%s%s%s", text, text[0] != '\0' ? " " : "",
		    out_str(c, v, "kind"));
	return text;
}

static const char *
quiet(struct cli *c, struct json_val v)
{
	return v.type != JSON_OBJECT ? "" : cli_text(c, "%s-%s %s",
	    out_str(c, v, "from"), out_str(c, v, "until"),
	    out_str(c, v, "zone"));
}

/* Those by which a person was reached last, and how many were not. */
static const char *
ways_text(struct cli *c, struct json_val ways)
{
	uint64_t last = 0;
	unsigned bad = 0;

	for (struct json_val v = json_first(ways); v.type != JSON_ABSENT;
	    v = json_next(ways, v)) {
		if (out_u64(v, "proved") > last)
			last = out_u64(v, "proved");
		bad += out_is_true(v, "flagged");
	}
	if (bad != 0)
		return cli_text(c, T(c, "%u not proved: almenara courier "
		    "status", "%u sin probar: almenara courier status",
		    "%u sem prova: almenara courier status",
		    "%u non prouvés : almenara courier status"), bad);
	return last != 0 ? out_time(c, last) : "";
}

static int
run(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "user"), cli_word(c, "post"),
		cli_word(c, "roles"), cli_word(c, "languages"),
		T(c, "CHANNELS", "CANALES", "CANAIS", "CANAUX"),
		T(c, "QUIET", "SILENCIO", "SILÊNCIO", "SILENCE"),
		T(c, "PROVED", "PROBADO", "PROVADO", "PROUVÉ"), NULL };
	struct json_val data, rows;
	struct table t;
	int status = node_call(c, "persons", &data);

	if (status != CLI_OK)
		return status;
	rows = json_get(data, "persons");
	if (rows.type == JSON_ABSENT)
		rows = json_get(data, "rows");
	if (out_is_json(c)) {
		out_rows(c, data, "persons");
		return CLI_OK;
	}
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	    v = json_next(rows, v)) {
		struct span user = out_text(c, v, "login");

		table_put(&t, user.n > 0 ? user : out_text(c, v,
		    "unix_user"), STYLE_BOLD);
		table_put(&t, out_text(c, v, "post"), STYLE_PLAIN);
		table_put_str(&t, out_join(c, json_get(v, "roles")));
		table_put_str(&t, out_join(c, json_get(v, "languages")));
		table_put_str(&t, channels(c, json_get(v, "channels")));
		table_put_str(&t, quiet(c, json_get(v, "quiet")));
		table_put_str(&t, ways_text(c, json_get(v, "contacts")));
	}
	out_table(c, &t);
	return CLI_OK;
}

const struct command command_person_list = {
	.name = "person list", .group = GROUP_RUN, .operands = "", .run = run,
	.summary = { { "The persons of this node",
	    "Las personas de este nodo", "As pessoas deste nó",
	    "Les personnes de ce nœud" } },
};

/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara peer list: the other nodes, their links and what they still owe.
 */
#include "cli/node.h"
#include "cli/out.h"

static const char *
silence_text(struct cli *c, struct span silence)
{
	if (span_is_str(silence, "heard"))
		return T(c, "heard", "se oye", "ouve-se", "entendu");
	if (span_is_str(silence, "silent"))
		return T(c, "silent", "en silencio", "em silêncio",
		    "silencieux");
	if (span_is_str(silence, "unreachable"))
		return T(c, "unreachable", "inalcanzable", "inalcançável",
		    "injoignable");
	return T(c, "not yet heard", "aún no se oye", "ainda não se ouve",
	    "pas encore entendu");
}

/* Does somebody keep the watch there, and what is spoken? */
static const char *
cover_text(struct cli *c, struct json_val v)
{
	const char *cover = out_str(c, v, "cover");

	if (cover[0] == '\0')
		return "";
	return cli_text(c, "%s %s", cli_word(c, cover),
	    out_join(c, json_get(v, "speaks")));
}

/* The newest of what proves it, and that no person answers. */
static const char *
proved_text(struct cli *c, struct json_val proved)
{
	static const char *const what[] = { "heartbeat", "receipt", "person" };
	uint64_t at_s = 0;

	for (size_t i = 0; i < sizeof what / sizeof *what; i++)
		if (out_u64(proved, what[i]) > at_s)
			at_s = out_u64(proved, what[i]);
	return cli_text(c, "%s%s", at_s == 0 ? "" : out_time(c, at_s),
	    out_is_true(proved, "flagged") ? T(c, " (NO PERSON ANSWERED)",
		" (NADIE RESPONDIÓ)", " (NINGUÉM RESPONDEU)",
		" (PERSONNE N’A RÉPONDU)") : "");
}

static void
row_put(struct cli *c, struct json_val v, struct table *t)
{
	bool is_up = out_is_true(v, "linked");
	struct span silence = out_text(c, v, "silence");
	struct json_val proved = json_get(v, "proved");

	table_put(t, out_text(c, v, "team"), STYLE_BOLD);
	table_put(t, out_text(c, v, "node"), STYLE_PLAIN);
	table_put(t, span_str(cli_word(c, is_up ? "link_up" : "link_down")),
	    is_up ? STYLE_GOOD : STYLE_BAD);
	table_put_str(t, silence_text(c, silence));
	table_put(t, span_is_str(silence, "unknown") ? span_str("") :
	    out_text(c, v, "heard_s"), STYLE_PLAIN);
	table_put(t, out_text(c, v, "due"), STYLE_PLAIN);
	table_put_str(t, cover_text(c, v));
	table_put(t, span_str(proved_text(c, proved)),
	    out_is_true(proved, "flagged") ? STYLE_BAD : STYLE_PLAIN);
	table_put_str(t, out_is_true(v, "frozen") ? cli_word(c, "frozen") :
	    json_get(v, "confirmed").type == JSON_FALSE ?
	    cli_word(c, "unconfirmed") : out_is_true(v, "degraded") ?
	    cli_word(c, "degraded") : out_is_true(v, "clock_off") ?
	    cli_word(c, "clock_off") : "");
}

static int
run(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "team"), cli_word(c, "node"),
		cli_word(c, "link"), cli_word(c, "silence"),
		cli_word(c, "heard"), cli_word(c, "behind"),
		T(c, "ON WATCH", "DE GUARDIA", "DE PLANTÃO", "DE GARDE"),
		T(c, "LAST PROVED", "ÚLTIMA PRUEBA", "ÚLTIMA PROVA",
		    "DERNIÈRE PREUVE"),
		cli_word(c, "remark"), NULL };
	struct json_val data;
	int status = node_call(c, "peers", &data);

	if (status != CLI_OK)
		return status;
	out_list(c, data, "peers", heads, row_put);
	return CLI_OK;
}

const struct command command_peer_list = {
	.name = "peer list", .group = GROUP_NETWORK, .operands = "",
	.run = run,
	.summary = { { "The other nodes: links, silence, what is due",
	    "Los demás nodos: enlaces, silencio, lo pendiente",
	    "Os demais nós: enlaces, silêncio, o pendente",
	    "Les autres nœuds : liaisons, silence, ce qui reste dû" } },
};

/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara heartbeat: the board that tells silence from quiet: for every other
 * node whether it is alive, when it was last heard, when it last signed a
 * receipt and a person there last answered a test alert, and how many entries of
 * its log there are. Ends with 1 if one is not heard.
 */
#include "cli/node.h"
#include "cli/out.h"

#include <time.h>

static const char *
word_of(struct cli *c, struct span silence)
{
	if (span_is_str(silence, "heard"))
		return T(c, "alive", "vivo", "vivo", "vivant");
	if (span_is_str(silence, "unknown"))
		return T(c, "NEVER HEARD", "NUNCA OÍDO", "NUNCA OUVIDO",
		    "JAMAIS ENTENDU");
	return T(c, "SILENT", "EN SILENCIO", "EM SILÊNCIO", "SILENCIEUX");
}

/* "3 s", "12 min", "5 h", "4 d" */
static const char *
ago_text(struct cli *c, int64_t s)
{
	static const struct {
		int64_t below, by;
		const char *unit;
	} steps[] = { { 120, 1, "s" }, { 7200, 60, "min" },
		{ 172800, 3600, "h" }, { INT64_MAX, 86400, "d" } };
	size_t i = 0;

	if (s < 0)
		return "";
	while (s >= steps[i].below)
		i++;
	return cli_text(c, "%lld %s", (long long)(s / steps[i].by),
	    steps[i].unit);
}

/* When it was proved, as a time ago. */
static const char *
proved_text(struct cli *c, struct json_val proved, const char *what)
{
	uint64_t at_s = out_u64(proved, what), now_s = (uint64_t)time(NULL);

	if (at_s == 0)
		return T(c, "never", "nunca", "nunca", "jamais");
	return ago_text(c, at_s < now_s ? (int64_t)(now_s - at_s) : 0);
}

/* All logs of the team. */
static uint64_t
entries_of(struct cli *c, struct json_val logs, struct span team)
{
	uint64_t n = 0;

	for (struct json_val v = json_first(logs); v.type != JSON_ABSENT;
	    v = json_next(logs, v))
		if (span_is_equal(out_text(c, v, "team"), team))
			n += out_u64(v, "size");
	return n;
}

static bool
row_put(struct cli *c, struct table *t, struct json_val v,
    struct json_val logs)
{
	struct span silence = out_text(c, v, "silence");
	struct json_val proved = json_get(v, "proved");
	bool alive = span_is_str(silence, "heard");
	int64_t heard_s = -1;

	(void)!json_i64(json_get(v, "heard_s"), &heard_s);
	table_put(t, out_text(c, v, "team"), STYLE_BOLD);
	table_put(t, out_text(c, v, "node"), STYLE_PLAIN);
	table_put(t, span_str(word_of(c, silence)), alive ? STYLE_GOOD :
							    STYLE_BAD);
	table_put_str(t, ago_text(c, heard_s));
	table_put_str(t, proved_text(c, proved, "receipt"));
	if (out_is_true(proved, "flagged"))
		table_put(t, span_str(cli_text(c, "%s %s", T(c, "SILENT",
		    "EN SILENCIO", "EM SILÊNCIO", "SILENCIEUX"),
		    proved_text(c, proved, "person"))), STYLE_BAD);
	else
		table_put_str(t, proved_text(c, proved, "person"));
	table_put_str(t, cli_text(c, "%llu", (unsigned long long)entries_of(c,
	    logs, out_text(c, v, "team"))));
	return alive;
}

static int
show(struct cli *c, struct json_val peers, struct json_val logs)
{
	const char *const heads[] = { cli_word(c, "team"), cli_word(c, "node"),
		cli_word(c, "silence"), T(c, "last heard", "oído hace",
		    "ouvido há", "entendu il y a"), T(c, "last receipt", "último recibo",
		    "último recibo", "dernier reçu"), T(c, "last person",
		    "última persona", "última pessoa", "dernière personne"),
		    T(c, "entries",
		    "entradas", "entradas", "entrées"), NULL };
	unsigned all = 0, alive = 0;
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(peers); v.type != JSON_ABSENT;
	    v = json_next(peers, v)) {
		all++;
		alive += row_put(c, &t, v, logs);
	}
	out_table(c, &t);
	cli_say(c, T(c, "alive: %u of %u", "vivos: %u de %u",
	    "vivos: %u de %u", "vivants : %u sur %u"), alive, all);
	return alive == all ? CLI_OK : CLI_FAILED;
}

static int
status_of(struct json_val peers)
{
	for (struct json_val v = json_first(peers); v.type != JSON_ABSENT;
	    v = json_next(peers, v))
		if (!json_is_str(json_get(v, "silence"), "heard"))
			return CLI_FAILED;
	return CLI_OK;
}

static int
run(struct cli *c)
{
	struct json_val data, peers;
	int status = node_call(c, "peers", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_rows(c, data, "peers");
		return status_of(json_get(data, "peers"));
	}
	peers = json_get(node_keep(c, data), "peers");
	status = node_call(c, "log", &data);
	return status == CLI_OK ? show(c, peers, json_get(data, "logs")) :
				  status;
}

const struct command command_heartbeat = {
	.name = "heartbeat", .group = GROUP_WATCH, .operands = "", .run = run,
	.summary = { { "Who is alive and who is silent; status 1 if one is",
	    "Quién vive y quién calla; estado 1 si alguno calla",
	    "Quem vive e quem está em silêncio; status 1 se houver",
	    "Qui vit et qui se tait ; code 1 si un se tait" } },
};

/* SPDX-License-Identifier: Apache-2.0
 *
 * The proposal whom a notice concerns.
 */
#include "cli/proposal.h"

#include "cli/out.h"
#include "cli/remark.h"

enum { PAGE = 1000 };

void
proposal_put_by(struct cli *c, struct request *r)
{
	remark_put_list(c, &r->w, "by", "by");
}

static void
put_rows(struct cli *c, struct json_val rows)
{
	const char *const heads[] = { "id", T(c, "name", "nombre", "nome",
	    "nom"), T(c, "because of", "por", "por", "à cause de"),
		T(c, "channel", "canal", "canal", "canal"),
		T(c, "refused", "rechazado", "recusado", "refusé"), NULL };
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		struct span no = out_text(c, v, "refused");

		table_put(&t, out_tail(out_text(c, v, "id")), STYLE_BOLD);
		table_put(&t, out_text(c, v, "name"), STYLE_PLAIN);
		table_put_str(&t, out_join(c, json_get(v, "why")));
		table_put(&t, out_text(c, v, "channel"), STYLE_PLAIN);
		table_put_str(&t, no.n == 0 ? "" : cli_text(c, "%.*s (%s)",
			SPAN_FMT(no), out_str(c, v, "rule")));
	}
	out_table(c, &t);
}

static int
ask(struct cli *c, bool is_page, uint64_t before, unsigned rows,
    struct json_val *data)
{
	struct request r;

	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	if (is_page)
		json_put_member_u64(&r.w, "before", before);
	if (rows != 0)
		json_put_member_u64(&r.w, "rows", rows);
	proposal_put_by(c, &r);
	return request_send(&r, c, "redistribute", data);
}

/* Every reader, page by page. */
static int
show_all(struct cli *c)
{
	uint64_t before = 0;

	do {
		struct json_val data, rows;
		int status = ask(c, true, before, PAGE, &data);

		if (status != CLI_OK)
			return status;
		rows = json_get(data, "rows");
		if (c->jsonl)
			out_rows(c, data, "rows");
		else if (json_count(rows) != 0)
			put_rows(c, rows);
		before = out_u64(data, "next");
	} while (before != 0);
	return CLI_OK;
}

static void
put_counts(struct cli *c, struct json_val data)
{
	struct json_val why = json_get(data, "why"),
			no = json_get(data, "refusals");

	cli_say(c, T(c, "%s readers; by product %s, domain %s, network %s, "
	    "sector %s, told before %s", "%s destinatarios; por producto %s, "
	    "dominio %s, red %s, sector %s, avisados antes %s",
	    "%s destinatários; por produto %s, domínio %s, rede %s, setor %s, "
	    "avisados antes %s", "%s destinataires ; par produit %s, domaine "
	    "%s, réseau %s, secteur %s, déjà avertis %s"),
	    out_str(c, data, "count"), out_str(c, why, "product"),
	    out_str(c, why, "domain"), out_str(c, why, "network"),
	    out_str(c, why, "sector"), out_str(c, why, "earlier"));
	if (out_u64(data, "already") != 0)
		cli_say(c, T(c, "%s have it already", "%s ya la tienen",
		    "%s já o têm", "%s l’ont déjà"),
		    out_str(c, data, "already"));
	if (out_u64(data, "no_channel") != 0)
		cli_say(c, T(c, "%s have no channel", "%s no tienen canal",
		    "%s não têm canal", "%s n’ont pas de canal"),
		    out_str(c, data, "no_channel"));
	for (struct json_val v = json_first(no); v.type != JSON_ABSENT;
	     v = json_next(no, v))
		cli_say(c, T(c, "%s refused: %s (%s)", "%s rechazados: %s (%s)",
		    "%s recusados: %s (%s)", "%s refusés : %s (%s)"),
		    out_str(c, v, "count"), out_str(c, v, "reason"),
		    out_str(c, v, "rule"));
}

int
proposal_show(struct cli *c, struct json_val *data)
{
	bool all = args_has(&c->args, "all");
	int status = CLI_OK;

	if (all && !c->json)
		status = show_all(c);
	if (status == CLI_OK)
		status = ask(c, false, 0, all || out_is_json(c) ? PAGE : 0,
		    data);
	if (status != CLI_OK)
		return status;
	*data = node_keep(c, *data);
	if (out_is_json(c)) {
		if (!all || !c->jsonl)
			out_rows(c, *data, "rows");
		return CLI_OK;
	}
	if (!all)
		put_rows(c, json_get(*data, "rows"));
	put_counts(c, *data);
	return CLI_OK;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara reports deadlines: is a profile of duties to report well written,
 * and what does it say? By itself, without a node.
 */
#include "cli/file.h"
#include "cli/out.h"

#include "base/limits.h"
#include "rules/deadline.h"

static void
put_words(struct buf *b, const char *name, const struct deadline_words *w)
{
	if (w->n != 0)
		buf_put_format(b, "%s%s", b->n != 0 ? "; " : "", name);
	for (size_t i = 0; i < w->n; i++)
		buf_put_format(b, " %.*s", SPAN_FMT(w->at[i]));
}

static const char *
within(struct cli *c, const struct deadline_rule *r)
{
	const char *unit = r->unit == DEADLINE_MINUTES ? "min" :
	    r->unit == DEADLINE_HOURS ? "h" : r->unit == DEADLINE_DAYS ?
	    T(c, "d", "d", "d", "j") : T(c, "months", "meses", "meses",
		"mois");

	return cli_text(c, "%u %s %s", r->within, unit,
	    r->event == DEADLINE_RECEIVED ? "received" :
	    r->event == DEADLINE_CLASSIFIED ? "classified" :
					      deadline_word(r->of));
}

static void
show(struct cli *c, const struct deadlines *d)
{
	const char *heads[] = { T(c, "LAW", "LEY", "LEI", "LOI"),
		T(c, "STEP", "PASO", "PASSO", "ÉTAPE"),
		T(c, "TO", "A", "A", "À"),
		T(c, "WITHIN", "PLAZO", "PRAZO", "DÉLAI"),
		T(c, "OF", "DE", "DE", "POUR"), NULL };
	struct table t;

	table_init(&t, &c->term, heads);
	for (size_t i = 0; i < d->n; i++) {
		const struct deadline_rule *r = &d->rule[i];
		struct buf b;

		buf_init(&b, 4096);
		put_words(&b, "topic", &r->topic);
		put_words(&b, "sector", &r->sector);
		put_words(&b, "harm", &r->harm);
		table_put(&t, r->law, STYLE_PLAIN);
		table_put_str(&t, deadline_word(r->step));
		table_put(&t, r->whom, STYLE_PLAIN);
		table_put_str(&t, within(c, r));
		table_put(&t, buf_span(&b), STYLE_PLAIN);
		buf_release(&b);
	}
	out_table(c, &t);
}

static int
tell(struct cli *c, const char *path, const struct deadlines *d)
{
	struct json_out w;
	struct buf b;

	if (!out_is_json(c)) {
		show(c, d);
		return CLI_OK;
	}
	out_open(c, &b, &w);
	json_put_member_str(&w, "file", path);
	json_put_member_u64(&w, "duties", d->n);
	out_close(&b, &w);
	return CLI_OK;
}

static int
run(struct cli *c)
{
	const char *path = c->args.operand[0];
	struct deadlines d = { .n = 0 };
	struct fault f = { 0 };
	struct buf b;
	enum err e;
	int status;

	buf_init(&b, LIMIT_RULES);
	e = file_read(path, &b);
	if (e != ERR_NONE)
		status = cli_fail_file(c, e, path, NULL);
	else if (deadlines_parse(buf_span(&b), kind_find(cli_schema(c),
	    span_str("report")), &d, &f) != ERR_NONE)
		status = cli_fail(c, &(struct trouble){ .exit = CLI_REFUSED,
		    .code = err_token(ERR_CONFIG),
		    .what = cli_text(c, "%s:%s: %s", path, f.field, f.rule),
		    .next = cli_text(c, "almenara reports deadlines %s",
			path) });
	else
		status = tell(c, path, &d);
	buf_release(&b);
	return status;
}

const struct command command_reports_deadlines = {
	.name = "reports deadlines", .group = GROUP_WATCH, .operands = "FILE",
	.least = 1, .most = 1, .run = run,
	.summary = { { "What a profile of duties to report says",
	    "Lo que dice un perfil de deberes de informar",
	    "O que diz um perfil de deveres de informar",
	    "Ce que dit un profil d’obligations de signaler" } },
};

/* SPDX-License-Identifier: Apache-2.0
 *
 * Views of the audit trail.
 */
#include "cli/trail.h"

#include "base/instant.h"
#include "base/limits.h"

#include <string.h>

/* --- asking --- */

static bool
read_time(struct cli *c, const char *text, int64_t *out)
{
	struct wall t;

	/* a date is its first moment */
	if (strlen(text) == 10)
		text = cli_text(c, "%sT00:00:00Z", text);
	if (wall_parse(span_str(text), &t) != ERR_NONE || t.ms < 0)
		return false;
	*out = t.ms / 1000;
	return true;
}

static int
put_time(struct cli *c, struct request *r, const char *option,
    const char *member)
{
	const char *text = option == NULL ? NULL :
					    args_find(&c->args, option);
	int64_t s;

	if (text == NULL)
		return CLI_OK;
	if (!read_time(c, text, &s))
		return cli_usage(c, cli_text(c,
		    "--%s: 2026-03-01, 2026-03-01T12:00:00Z", option));
	json_put_key(&r->w, member);
	json_put_i64(&r->w, s);
	return CLI_OK;
}

static int
put_number(struct cli *c, struct request *r, const char *option,
    unsigned long most)
{
	unsigned long n = 0;
	struct fault f;

	if (!args_has(&c->args, option))
		return CLI_OK;
	if (args_number(&c->args, option, 1, most, &n, &f) != ERR_NONE)
		return cli_usage(c, cli_text(c, "--%s: %s", f.field, f.rule));
	json_put_member_u64(&r->w, option, n);
	return CLI_OK;
}

int
trail_put_bounds(struct cli *c, struct request *r, const char *from,
    const char *until)
{
	int status = put_time(c, r, from, "from");

	if (status == CLI_OK)
		status = put_time(c, r, until, "until");
	if (status == CLI_OK)
		status = put_number(c, r, "limit", LIMIT_LIST_ROWS);
	if (status == CLI_OK)
		status = put_number(c, r, "before", INT64_MAX);
	if (status != CLI_OK)
		buf_release(&r->b);
	return status;
}

/* --- showing --- */

/* The line that decided says more than the words of the result. */
static struct span
why_of(struct cli *c, struct json_val v)
{
	struct span rule = out_text(c, v, "rule");

	return rule.n != 0 ? rule : out_text(c, v, "reason");
}

static bool
is_refusal(const char *outcome)
{
	return strcmp(outcome, "refused") == 0 ||
	    strcmp(outcome, "denied") == 0 || strcmp(outcome, "failed") == 0;
}

void
trail_show(struct cli *c, struct json_val rows)
{
	const char *const heads[] = { cli_word(c, "log"), cli_word(c, "time"),
		cli_word(c, "by"), cli_word(c, "post"), cli_word(c, "act"),
		cli_word(c, "about"), cli_word(c, "result"),
		cli_word(c, "why"), cli_word(c, "from"), NULL };
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		const char *outcome = out_str(c, v, "outcome");
		struct span subject = out_text(c, v, "subject");

		table_put(&t, out_text(c, v, "index"), STYLE_PLAIN);
		table_put_str(&t, out_time(c, out_u64(v, "iat")));
		table_put(&t, out_text(c, v, "actor"), STYLE_BOLD);
		table_put(&t, out_text(c, v, "post"), STYLE_PLAIN);
		table_put(&t, c->term.out_tty ? out_text(c, v, "word") :
		    out_text(c, v, "act"), STYLE_PLAIN);
		table_put(&t, c->term.out_tty && subject.n == 36 ?
		    out_tail(subject) : subject, STYLE_PLAIN);
		table_put_str(&t, outcome);
		table_put(&t, why_of(c, v), is_refusal(outcome) ? STYLE_BAD :
								  STYLE_PLAIN);
		table_put(&t, out_text(c, v, "client"), STYLE_PLAIN);
	}
	out_table(c, &t);
}

void
trail_show_teams(struct cli *c, struct json_val data)
{
	const char *const heads[] = { cli_word(c, "team"),
		cli_word(c, "from"), cli_word(c, "how"),
		cli_word(c, "revision"), cli_word(c, "label"),
		cli_word(c, "issued"), cli_word(c, "state"),
		cli_word(c, "received"), cli_word(c, "answer"),
		cli_word(c, "post"), NULL };
	struct json_val rows = json_get(data, "teams");
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		struct span team = out_text(c, v, "team");

		table_put(&t, team.n != 0 ? team :
			span_str(cli_word(c, "everybody")), STYLE_BOLD);
		table_put(&t, out_text(c, v, "by"), STYLE_PLAIN);
		table_put_str(&t, cli_word(c, cli_text(c, "reach_%s",
		    out_str(c, v, "how"))));
		table_put(&t, out_text(c, v, "rev"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "tlp"), STYLE_PLAIN);
		table_put_str(&t, out_time(c, out_u64(v, "iat")));
		table_put_str(&t, cli_word(c, cli_text(c, "reach_%s",
		    out_str(c, v, "state"))));
		table_put_str(&t, out_time(c, out_u64(v, "received")));
		table_put(&t, out_text(c, v, "answer"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "by_post"), STYLE_PLAIN);
	}
	out_table(c, &t);
}

void
trail_more(struct cli *c, struct json_val data)
{
	uint64_t next = out_u64(data, "here_next");

	if (json_get(data, "here").type == JSON_ABSENT)
		next = out_u64(data, "next");
	if (next != 0)
		cli_say(c, T(c, "there is more: --before %llu",
		    "hay más: --before %llu", "há mais: --before %llu",
		    "il y en a plus : --before %llu"),
		    (unsigned long long)next);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Remarks and cases.
 */
#include "cli/remark.h"

#include "base/instant.h"
#include "cli/out.h"

#include <stdio.h>
#include <string.h>

/* --- members --- */

bool
remark_time(struct cli *c, const char *option, int64_t *out, int *status)
{
	const char *v = args_find(&c->args, option);
	struct wall t;

	*out = 0;
	if (v == NULL)
		return true;
	if (wall_parse(span_str(v), &t) == ERR_NONE) {
		*out = t.ms / 1000;
		return true;
	}
	*status = cli_usage(c, cli_text(c, "--%s: 2026-11-21T12:00:00Z",
	    option));
	return false;
}

void
remark_put_ml(struct cli *c, struct json_out *w, const char *option,
    const char *member)
{
	const char *v = args_find(&c->args, option);

	if (v == NULL)
		return;
	json_put_key(w, member);
	json_put_open(w, '{');
	json_put_member_str(w, lang_tag(c->lang), v);
	json_put_close(w, '}');
}

void
remark_put_text(struct cli *c, struct json_out *w, const char *option,
    const char *member)
{
	const char *v = args_find(&c->args, option);

	if (v != NULL)
		json_put_member_str(w, member, v);
}

void
remark_put_passing(struct cli *c, struct request *r, void *ctx)
{
	(void)ctx;
	json_put_member_str(&r->w, "id", c->args.operand[0]);
	request_put_option(r, c, "tlp", "tlp");
	request_put_audience(r, c);
	request_put_option(r, c, "note", "note");
	request_put_option(r, c, "reason", "reason");
}

void
remark_put_list(struct cli *c, struct json_out *w, const char *option,
    const char *member)
{
	const char *v = args_find(&c->args, option);

	if (v == NULL)
		return;
	json_put_key(w, member);
	json_put_open(w, '[');
	while (*v != '\0') {
		size_t n = strcspn(v, ",");

		if (n != 0)
			json_put_span(w, span_of(v, n));
		v += n + (v[n] == ',');
	}
	json_put_close(w, ']');
}

/* --- sending --- */

struct remark {
	const char *kind;
	const char *action;
	bool about;
	remark_body_fn *put;
};

static void
put(struct cli *c, struct request *r, void *ctx)
{
	const struct remark *x = ctx;

	if (x->kind != NULL)
		json_put_member_str(&r->w, "kind", x->kind);
	if (x->action != NULL)
		json_put_member_str(&r->w, "action", x->action);
	if (x->about)
		json_put_member_str(&r->w, "id", c->args.operand[0]);
	request_put_option(r, c, "tlp", "tlp");
	request_put_audience(r, c);
	json_put_key(&r->w, "body");
	json_put_open(&r->w, '{');
	if (x->put != NULL)
		x->put(c, &r->w);
	json_put_close(&r->w, '}');
}

int
remark_send(struct cli *c, const char *kind, remark_body_fn *body)
{
	struct remark x = { .kind = kind, .about = true, .put = body };

	return send_run(c, "about", put, &x);
}

int
remark_case_open(struct cli *c, const char *kind, bool about,
    remark_body_fn *body)
{
	struct remark x = { .kind = kind, .about = about, .put = body };

	return send_run(c, "case_open", put, &x);
}

int
remark_case_step(struct cli *c, const char *action, remark_body_fn *body)
{
	struct remark x = { .action = action, .about = true, .put = body };

	return send_run(c, "case_step", put, &x);
}

/* --- views --- */

static void
case_row(struct cli *c, struct json_val v, struct table *t)
{
	struct json_val clocks = json_get(v, "clocks");
	bool late = false;

	for (struct json_val k = json_first(clocks); k.type != JSON_ABSENT;
	     k = json_next(clocks, k))
		late = late || (out_is_true(k, "late") &&
				   out_u64(k, "done") == 0);
	table_put(t, out_tail(out_text(c, v, "id")), STYLE_BOLD);
	table_put(t, out_text(c, v, "label"), STYLE_PLAIN);
	table_put(t, out_text(c, v, "iss"), STYLE_PLAIN);
	table_put(t, span_str(out_time(c, out_u64(v, "next"))),
	    late ? STYLE_BOLD : STYLE_PLAIN);
	table_put_str(t, late ? cli_word(c, "late") : "");
	table_put(t, out_text(c, v, "title"), STYLE_PLAIN);
}

int
remark_case_list(struct cli *c, const char *kind)
{
	const char *const heads[] = { "id", cli_word(c, "state"),
		cli_word(c, "from"), cli_word(c, "promise"), "",
		cli_word(c, "title"), NULL };
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "kind", kind);
	json_put_member_bool(&r.w, "ended", args_has(&c->args, "all"));
	status = request_send(&r, c, "cases", &data);
	if (status != CLI_OK)
		return status;
	out_list(c, data, "rows", heads, case_row);
	return CLI_OK;
}

void
remark_readers(struct cli *c, struct json_val data)
{
	const char *const heads[] = { cli_word(c, "team"), cli_word(c, "label"),
		cli_word(c, "from"), cli_word(c, "how"), cli_word(c, "state"),
		NULL };
	struct json_val rows = json_get(data, "readers");
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		struct span team = out_text(c, v, "team");

		table_put(&t, team.n != 0 ? team :
			span_str(cli_word(c, "everybody")), STYLE_BOLD);
		table_put(&t, out_text(c, v, "tlp"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "by"), STYLE_PLAIN);
		table_put_str(&t, cli_word(c, cli_text(c, "reach_%s",
		    out_str(c, v, "how"))));
		table_put_str(&t, cli_word(c, cli_text(c, "reach_%s",
		    out_str(c, v, "state"))));
	}
	out_table(c, &t);
}

static void
clocks_show(struct cli *c, struct json_val list)
{
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v)) {
		uint64_t done = out_u64(v, "done");

		printf("%s\t%s\t%s%s\n", out_str(c, v, "label"),
		    out_time(c, out_u64(v, "due")),
		    done != 0 ? out_time(c, done) : cli_word(c, "open"),
		    out_is_true(v, "late") ? cli_text(c, " %s",
			cli_word(c, "late")) : "");
	}
}

static void
steps_show(struct cli *c, struct json_val list)
{
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v))
		printf("  %s\t%s\t%s\n", out_str(c, v, "action"),
		    out_str(c, v, "label"),
		    out_join(c, json_get(v, "needs")));
}

int
remark_case_show(struct cli *c)
{
	struct json_val data;
	int status;

	status = node_call_id(c, "case", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	out_pair(c, "title", out_text(c, data, "title"));
	out_pair(c, "state", out_text(c, data, "label"));
	out_pair(c, "from", out_text(c, data, "iss"));
	out_pair(c, "promise", span_str(out_time(c, out_u64(data, "next"))));
	clocks_show(c, json_get(data, "clocks"));
	if (out_is_true(data, "mine"))
		steps_show(c, json_get(data, "steps"));
	if (json_get(data, "readers").type == JSON_ARRAY) {
		printf("\n");
		remark_readers(c, data);
	}
	return CLI_OK;
}

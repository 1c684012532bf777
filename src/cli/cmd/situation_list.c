/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara situation list: the newest status report of each team.
 */
#include "base/limits.h"
#include "cli/node.h"
#include "cli/out.h"
#include "schema/show.h"

#include <stdio.h>

struct report {
	struct span id, iss;
	uint64_t iat;
};

/* The newest of each team, from a list that is newest first. */
static size_t
newest(struct cli *c, struct json_val rows, struct report *out)
{
	size_t n = 0;

	for (struct json_val v = json_first(rows);
	     v.type != JSON_ABSENT && n < LIMIT_TEAMS;
	     v = json_next(rows, v)) {
		struct span iss = out_text(c, v, "iss");
		bool is_known = false;

		for (size_t i = 0; i < n; i++)
			is_known = is_known || span_is_equal(out[i].iss, iss);
		if (is_known)
			continue;
		out[n++] = (struct report){
			.id = arena_copy(&c->arena, out_text(c, v, "id")),
			.iss = arena_copy(&c->arena, iss),
			.iat = out_u64(v, "iat") };
	}
	return n;
}

static int
fetch(struct cli *c, const struct report *r, struct json_val *body)
{
	struct json_val data;
	struct request q;
	int status;

	request_open(&q);
	json_put_member_span(&q.w, "id", r->id);
	status = request_send(&q, c, "show", &data);
	if (status == CLI_OK)
		*body = node_keep(c,
		    json_get(json_get(data, "notice"), "body"));
	return status;
}

/* A coded value in words. */
static const char *
coded(struct cli *c, const struct kind *k, struct json_val body,
    const char *field)
{
	const struct show how = { .schema = cli_schema(c), .lang = c->lang };
	const struct field *fd = field_find(k, span_str(field));
	struct span v = out_text(c, body, field);

	return fd == NULL || v.n == 0 ? "" :
	    show_choice(&how, fd, v, &c->arena);
}

static const char *
label(struct cli *c, const struct kind *k, const char *field)
{
	const struct field *fd = field_find(k, span_str(field));

	return fd == NULL ? field : fd->names.in[c->lang];
}

/* "financial/payments 1/4": what does not work wholly, of how many. */
static const char *
services(struct cli *c, struct json_val list)
{
	const char *all = "";

	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v)) {
		uint64_t bad = out_u64(v, "degraded") + out_u64(v, "down");

		if (bad != 0)
			all = cli_text(c, "%s%s%s %llu/%llu", all,
			    all[0] == '\0' ? "" : ", ",
			    out_str(c, v, "sector"), (unsigned long long)bad,
			    (unsigned long long)out_u64(v, "total"));
	}
	return all;
}

static void
put_json(struct json_out *w, const struct report *r, struct json_val body)
{
	json_put_open(w, '{');
	json_put_member_span(w, "team", r->iss);
	json_put_member_span(w, "id", r->id);
	json_put_member_u64(w, "iat", r->iat);
	json_put_key(w, "body");
	json_put_raw(w, json_raw(body));
	json_put_close(w, '}');
}

static int
show_all(struct cli *c, const struct kind *k, const struct report *all,
    size_t n)
{
	const char *const heads[] = { cli_word(c, "team"), cli_word(c, "id"),
		cli_word(c, "issued"), label(c, k, "posture"),
		label(c, k, "services"), label(c, k, "outlook"), NULL };
	struct json_out w;
	struct table t;
	struct buf b;
	int status = CLI_OK;

	table_init(&t, &c->term, heads);
	out_open(c, &b, &w);
	json_put_key(&w, "rows");
	json_put_open(&w, '[');
	for (size_t i = 0; i < n && status == CLI_OK; i++) {
		struct json_val body;

		status = fetch(c, &all[i], &body);
		if (status != CLI_OK)
			break;
		put_json(&w, &all[i], body);
		table_put(&t, all[i].iss, STYLE_BOLD);
		table_put(&t, out_tail(all[i].id), STYLE_PLAIN);
		table_put_str(&t, out_time(c, all[i].iat));
		table_put_str(&t, coded(c, k, body, "posture"));
		table_put_str(&t, services(c, json_get(body, "services")));
		table_put_str(&t, coded(c, k, body, "outlook"));
	}
	json_put_close(&w, ']');
	if (status == CLI_OK && out_is_json(c)) {
		table_release(&t);
		out_close(&b, &w);
		return status;
	}
	buf_release(&b);
	if (status == CLI_OK)
		out_table(c, &t);
	else
		table_release(&t);
	return status;
}

static int
run(struct cli *c)
{
	const struct kind *k = kind_find(cli_schema(c),
	    span_str("status-report"));
	struct report all[LIMIT_TEAMS];
	struct json_val data;
	struct request r;
	int status;

	if (k == NULL)
		return CLI_FAILED;
	request_open(&r);
	json_put_member_str(&r.w, "kind", k->name);
	json_put_member_u64(&r.w, "limit", LIMIT_LIST_ROWS);
	status = request_send(&r, c, "inbox", &data);
	if (status != CLI_OK)
		return status;
	return show_all(c, k, all, newest(c, json_get(data, "rows"), all));
}

const struct command command_situation_list = {
	.name = "situation list", .group = GROUP_WATCH, .operands = "",
	.run = run,
	.summary = { { "How each state stands, by its newest report",
	    "Cómo está cada Estado, según su último informe",
	    "Como está cada Estado, pelo último relatório",
	    "Où en est chaque État, d’après son dernier rapport" } },
};

/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara situation report: a draft of the next status report, from the one
 * before it and from the register of critical services. Of these only numbers
 * by sector go in: no name leaves the node.
 */
#include "base/limits.h"
#include "cli/draft_body.h"
#include "cli/draft_saved.h"
#include "cli/node.h"
#include "cli/out.h"
#include "cli/rows.h"
#include "cli/send.h"

#include <string.h>

enum { SECTORS_MAX = 96 };

struct sector {
	struct span name;
	unsigned total, degraded, down, unknown;
};

struct count {
	struct sector at[SECTORS_MAX];
	size_t n;
};

static int
count_row(struct cli *c, struct json_val row, void *ctx)
{
	struct count *k = ctx;
	struct json_val body = json_get(row, "body");
	struct span name = out_text(c, body, "sector");
	struct span state = out_text(c, body, "state");
	size_t i = 0;

	while (i < k->n && !span_is_equal(k->at[i].name, name))
		i++;
	if (i == SECTORS_MAX)
		return CLI_OK;
	if (i == k->n)
		k->at[k->n++].name = arena_copy(&c->arena, name);
	k->at[i].total++;
	k->at[i].degraded += span_is_str(state, "degraded");
	k->at[i].down += span_is_str(state, "down");
	k->at[i].unknown += span_is_str(state, "unknown");
	return CLI_OK;
}

/* The body of this team's last report; absent if there is none. */
static int
last_report(struct cli *c, struct json_val *body)
{
	struct json_val data, row;
	struct span id;
	struct request r;
	int status;

	*body = (struct json_val){ .type = JSON_ABSENT };
	request_open(&r);
	json_put_member_str(&r.w, "kind", "status-report");
	json_put_member_bool(&r.w, "mine", true);
	json_put_member_u64(&r.w, "limit", 1);
	status = request_send(&r, c, "inbox", &data);
	if (status != CLI_OK)
		return status;
	row = json_first(json_get(data, "rows"));
	if (row.type == JSON_ABSENT)
		return CLI_OK;
	id = arena_copy(&c->arena, out_text(c, row, "id"));
	request_open(&r);
	json_put_member_span(&r.w, "id", id);
	status = request_send(&r, c, "show", &data);
	if (status == CLI_OK)
		*body = node_keep(c,
		    json_get(json_get(data, "notice"), "body"));
	return status;
}

static bool
is_made_anew(struct span key)
{
	return span_is_str(key, "services") || span_is_str(key, "sectors") ||
	    span_is_str(key, "requested_action") ||
	    span_is_str(key, "author_post") || span_is_str(key, "translations");
}

static void
put_counts(struct json_out *w, const struct count *k)
{
	json_put_key(w, "services");
	json_put_open(w, '[');
	for (size_t i = 0; i < k->n; i++) {
		json_put_open(w, '{');
		json_put_member_span(w, "sector", k->at[i].name);
		json_put_member_u64(w, "total", k->at[i].total);
		json_put_member_u64(w, "degraded", k->at[i].degraded);
		json_put_member_u64(w, "down", k->at[i].down);
		json_put_member_u64(w, "unknown", k->at[i].unknown);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
	json_put_key(w, "sectors");
	json_put_open(w, '[');
	for (size_t i = 0; i < k->n; i++)
		json_put_span(w, k->at[i].name);
	json_put_close(w, ']');
}

/* What is known without asking: the last report, and the numbers of now. */
static struct json_val
base_make(struct cli *c, struct json_val last, const struct count *k)
{
	struct json *json = arena_alloc(&c->arena, sizeof *json);
	struct json_val v = { .type = JSON_ABSENT };
	struct json_out w;
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	for (struct json_val m = json_first(last); m.type != JSON_ABSENT;
	     m = json_next(last, m)) {
		struct span key = json_key(m, &c->arena);

		if (is_made_anew(key))
			continue;
		json_put_key_span(&w, key);
		json_put_raw(&w, json_raw(m));
	}
	json_put_member_str(&w, "requested_action", "none");
	put_counts(&w, k);
	json_put_close(&w, '}');
	if (json_parse_arena(arena_copy(&c->arena, buf_span(&b)),
	    LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &c->arena, json, NULL) ==
	    ERR_NONE)
		v = json_root(json);
	buf_release(&b);
	return v;
}

static int
save(struct cli *c, struct span body)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "kind", "status-report");
	json_put_member_str(&r.w, "tlp", args_has(&c->args, "tlp") ?
	    args_find(&c->args, "tlp") : "TLP:AMBER");
	if (args_has(&c->args, "aud"))
		request_put_audience(&r, c);
	else if (!args_has(&c->args, "tlp"))
		json_put_member_str(&r.w, "aud", "all");
	json_put_key(&r.w, "body");
	json_put_raw(&r.w, body);
	status = request_send(&r, c, "draft_save", &data);
	return status != CLI_OK ? status : draft_saved_tell(c, data);
}

static int
run(struct cli *c)
{
	const struct kind *k = kind_find(cli_schema(c),
	    span_str("status-report"));
	const struct kind *services = kind_find(cli_schema(c),
	    span_str("critical-service"));
	struct count *count = arena_alloc(&c->arena, sizeof *count);
	struct json_val last;
	struct buf b;
	int status;

	if (k == NULL || services == NULL)
		return CLI_FAILED;
	*count = (struct count){ .n = 0 };
	status = rows_each(c, services, false, UINT64_MAX, count_row,
	    count);
	if (status == CLI_OK)
		status = last_report(c, &last);
	if (status != CLI_OK)
		return status;
	buf_init(&b, LIMIT_CONTROL_FRAME / 2);
	status = draft_body_make(c, k, base_make(c, last, count), &b);
	if (status == CLI_OK)
		status = save(c, buf_span(&b));
	buf_release(&b);
	return status;
}

const struct command command_situation_report = {
	.name = "situation report", .group = GROUP_WATCH, .operands = "",
	.run = run,
	.summary = { { "Draft a status report from the last one",
	    "Redactar un informe de situación a partir del último",
	    "Redigir um relatório de situação a partir do último",
	    "Rédiger un rapport de situation d’après le dernier" } },
	.option = { SEND_TLP, SEND_AUD, DRAFT_BODY_OPTIONS },
};

/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading a draft back from the node and saving it again.
 */
#include "cli/draft_saved.h"

#include "base/limits.h"
#include "cli/draft_body.h"
#include "cli/node.h"
#include "cli/out.h"

#include <stdio.h>

int
draft_saved_read(struct cli *c, const char *id, struct draft_saved *out)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "id", id);
	status = request_send(&r, c, "draft", &data);
	if (status != CLI_OK)
		return status;
	out->id = id;
	out->body = node_keep(c, json_get(data, "body"));
	out->aud = node_keep(c, json_get(data, "aud"));
	out->tlp = arena_copy(&c->arena, out_text(c, data, "tlp"));
	out->kind = kind_find(cli_schema(c), out_text(c, data, "kind"));
	if (out->kind == NULL)
		return cli_usage(c, out_str(c, data, "kind"));
	return CLI_OK;
}

int
draft_saved_write(struct cli *c, const struct draft_saved *d,
    struct span body)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "id", d->id);
	json_put_member_str(&r.w, "kind", d->kind->name);
	if (args_has(&c->args, "tlp"))
		request_put_option(&r, c, "tlp", "tlp");
	else if (d->tlp.n > 0)
		json_put_member_span(&r.w, "tlp", d->tlp);
	if (args_has(&c->args, "aud")) {
		request_put_audience(&r, c);
	} else if (d->aud.type != JSON_ABSENT) {
		json_put_key(&r.w, "aud");
		json_put_raw(&r.w, json_raw(d->aud));
	}
	json_put_key(&r.w, "body");
	json_put_raw(&r.w, body);
	status = request_send(&r, c, "draft_save", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		printf("%s\n", out_str(c, data, "draft"));
	draft_faults_tell(c, data);
	return CLI_OK;
}

int
draft_saved_tell(struct cli *c, struct json_val data)
{
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	printf("%s\n", out_str(c, data, "draft"));
	draft_faults_tell(c, data);
	cli_say(c, "  %s: almenara preview %s", cli_word(c, "next_step"),
	    out_str(c, data, "draft"));
	return CLI_OK;
}

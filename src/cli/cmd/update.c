/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara update: a new revision of an own notice, to at least everybody who
 * got the earlier ones. Options and file are put over the newest revision.
 */
#include "base/limits.h"
#include "cli/draft_body.h"
#include "cli/out.h"
#include "cli/send.h"

static void
put(struct cli *c, struct request *r, void *ctx)
{
	const struct buf *body = ctx;

	json_put_member_str(&r->w, "notice", c->args.operand[0]);
	request_put_option(r, c, "tlp", "tlp");
	request_put_audience(r, c);
	request_put_option(r, c, "reason", "reason");
	send_put_times(r, c);
	json_put_key(&r->w, "body");
	json_put_raw(&r->w, buf_span(body));
}

static int
notice_fetch(struct cli *c, const struct kind **k, struct json_val *body)
{
	struct json_val data, notice, envelope;
	int status;

	status = node_call_id(c, "show", &data);
	if (status != CLI_OK)
		return status;
	notice = json_get(data, "notice");
	envelope = json_get(notice, "envelope");
	*k = kind_find(cli_schema(c), out_text(c, envelope, "kind"));
	*body = json_get(notice, "body");
	if (*k == NULL)
		return cli_usage(c, out_str(c, envelope, "kind"));
	return CLI_OK;
}

static int
run(struct cli *c)
{
	struct json_val body, whole;
	const struct kind *k;
	struct buf b;
	int status;

	if (!send_times_check(c, &status))
		return status;
	status = notice_fetch(c, &k, &body);
	if (status == CLI_OK && c->args.count > 1)
		status = draft_file_read(c, c->args.operand[1], &whole, &body);
	else if (status == CLI_OK && !draft_body_is_given(c))
		status = cli_usage(c, "FILE, --summary, --set");
	if (status != CLI_OK)
		return status;
	buf_init(&b, LIMIT_CONTROL_FRAME / 2);
	status = draft_body_make(c, k, body, &b);
	if (status == CLI_OK)
		status = send_run(c, "update", put, &b);
	buf_release(&b);
	return status;
}

const struct command command_update = {
	.name = "update", .group = GROUP_SHARE, .operands = "ID [FILE]",
	.least = 1, .most = 2, .run = run,
	.summary = { { "Send a new revision of a notice of this team",
	    "Enviar una nueva revisión de una comunicación propia",
	    "Enviar uma nova revisão de um comunicado próprio",
	    "Envoyer une nouvelle révision d’une communication à nous" } },
	.option = { SEND_TLP, SEND_AUD, SEND_TO, SEND_EMBARGO, SEND_EXPIRES,
		SEND_REASON, SEND_WAIT, SEND_DRY_RUN, SEND_YES,
		DRAFT_BODY_OPTIONS },
};

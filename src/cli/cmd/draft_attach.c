/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara draft attach: a file goes along with a draft, sealed under a key of
 * its own.
 */
#include "base/limits.h"
#include "cli/attach_file.h"
#include "cli/draft_saved.h"
#include "cli/out.h"

/* The body with the attachment behind those that it has; one of the same name
 * is replaced. */
static void
body_write(struct cli *c, struct json_val body, struct json_val added,
    struct buf *out)
{
	struct json_val list = json_get(body, "attachments");
	struct span name = out_text(c, added, "name");
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_rest(&w, body, JSON_WITHOUT("attachments"), &c->arena);
	json_put_key(&w, "attachments");
	json_put_open(&w, '[');
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v))
		if (!span_is_equal(out_text(c, v, "name"), name))
			json_put_raw(&w, json_raw(v));
	json_put_raw(&w, json_raw(added));
	json_put_close(&w, ']');
	json_put_close(&w, '}');
}

static int
run(struct cli *c)
{
	struct json_val added;
	struct draft_saved d;
	struct buf b;
	int status = draft_saved_read(c, c->args.operand[0], &d);

	if (status == CLI_OK)
		status = attach_file(c, c->args.operand[1],
		    args_find(&c->args, "name"),
		    args_find(&c->args, "media"), &added);
	if (status != CLI_OK)
		return status;
	buf_init(&b, LIMIT_CONTROL_FRAME / 2);
	body_write(c, d.body, added, &b);
	status = draft_saved_write(c, &d, buf_span(&b));
	buf_release(&b);
	return status;
}

const struct command command_draft_attach = {
	.name = "draft attach", .group = GROUP_SHARE, .operands = "DRAFT FILE",
	.least = 2, .most = 2, .run = run,
	.summary = { { "Attach a file of up to 64 MiB to a draft",
	    "Adjuntar a un borrador un archivo de hasta 64 MiB",
	    "Anexar a um rascunho um arquivo de até 64 MiB",
	    "Joindre à un brouillon un fichier de 64 Mio au plus" } },
	.option = {
		{ "name", 0, "NAME", { { "its name for readers",
		    "su nombre para los lectores",
		    "seu nome para os leitores",
		    "son nom pour les lecteurs" } } },
		{ "media", 0, "TYPE/SUBTYPE", { { "its media type",
		    "su tipo de medio", "seu tipo de mídia",
		    "son type de média" } } },
	},
};

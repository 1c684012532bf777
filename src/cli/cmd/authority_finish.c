/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara authority finish: the finished document out of a proposal, into a
 * folder from which nodes join or into which they are offered.
 */
#include "base/code.h"
#include "base/limits.h"
#include "cli/ceremony.h"
#include "cli/file.h"
#include "cli/out.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

/* The name that tells people what the file is. */
static const char *
name_of(struct cli *c, const struct parsed *p)
{
	switch (p->doc.kind) {
	case DOCUMENT_CHARTER:
		return cli_text(c, "charter-%" PRIu64 ".json",
		    p->u.charter.version);
	case DOCUMENT_REGISTER:
		return cli_text(c, "register-%" PRIu64 ".json",
		    p->u.reg.version);
	case DOCUMENT_SUSPENSION:
		return cli_text(c, "suspension-%.*s.json",
		    SPAN_FMT(p->u.suspension.team));
	case DOCUMENT_KEYSET:
		return cli_text(c, "keyset-%.*s-%" PRIu64 ".json",
		    SPAN_FMT(p->u.keyset.team), p->u.keyset.version);
	case DOCUMENT_DESIGNATIONS:
		return cli_text(c, "designations-%" PRIu64 ".json",
		    p->u.designations.version);
	case DOCUMENT_EPOCH:
	case DOCUMENT_KIND_COUNT:
		break;
	}
	return "document.json";
}

/* A charter that founds is what every node pins. */
static enum err
root_write(struct cli *c, const char *folder, const struct digest *root)
{
	struct buf b;
	enum err e;

	buf_init(&b, 64);
	code_write_base64url(&b, digest_span(root));
	buf_put_str(&b, "\n");
	e = file_write_new(cli_text(c, "%s/root", folder), 0644,
	    buf_span(&b));
	buf_release(&b);
	return e;
}

static enum err
finish(struct cli *c, const struct proposal *p, const struct judgement *j,
    const char *folder, const char **path)
{
	bool founds = p->doc.kind == DOCUMENT_CHARTER && !j->has_before;
	enum err e = ERR_NONE;

	*path = folder;
	if (!file_is_folder(folder))
		e = file_make_folder(folder, 0755);
	if (e == ERR_NONE) {
		*path = cli_text(c, "%s/%s", folder, name_of(c, &j->what));
		e = file_write_new(*path, 0644, p->doc.bytes);
	}
	if (e == ERR_NONE && founds)
		e = root_write(c, folder, &j->root);
	if (e == ERR_NONE)
		e = file_sync_folder(folder);
	return e;
}

static int
run(struct cli *c)
{
	const char *file = c->args.operand[0], *path = file;
	const char *folder = args_find(&c->args, "to");
	struct wall now = { (int64_t)time(NULL) * 1000 };
	struct judgement j = { 0 };
	struct fault f = { 0 };
	struct proposal p;
	enum err e;

	if (folder == NULL)
		return cli_usage(c, "--to FOLDER");
	e = ceremony_read(c, file, &p, &f);
	if (e == ERR_NONE)
		e = proposal_judge(&p, now, &c->arena, &j, &f);
	if (e == ERR_NONE && !j.is_complete) {
		ceremony_show(c, &p, &j);
		judgement_release(&j);
		return cli_fail(c, &(struct trouble){ .exit = CLI_WAITS,
		    .what = T(c, "signatures are missing", "faltan firmas",
		    "faltam assinaturas", "il manque des signatures"),
		    .next = "almenara authority sign" });
	}
	if (e == ERR_NONE)
		e = finish(c, &p, &j, folder, &path);
	judgement_release(&j);
	if (e != ERR_NONE)
		return ceremony_refused(c, e, path, &f);
	if (out_is_json(c))
		printf("{\"schema\":\"almenara.authority-finish/1\","
		    "\"file\":\"%s\"}\n", path);
	else
		printf("%s\n", path);
	return CLI_OK;
}

const struct command command_authority_finish = {
	.name = "authority finish", .group = GROUP_NETWORK,
	.operands = "PROPOSAL", .least = 1, .most = 1, .run = run,
	.summary = { { "Write the document of a fully signed proposal",
	    "Escribir el documento de una propuesta ya firmada",
	    "Escrever o documento de uma proposta já assinada",
	    "Écrire le document d’une proposition entièrement signée" } },
	.option = {
		{ "to", 0, "FOLDER", { { "where the document is put",
		    "dónde se pone el documento", "onde fica o documento",
		    "où mettre le document" } } },
	},
};

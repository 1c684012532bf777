/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara evidence add: files are taken into custody. Their digests are
 * signed and logged; the files stay where they are.
 */
#include "base/code.h"
#include "cli/evidence.h"

static struct evidence_file *file;
static size_t files;
static int64_t at, acquired;

static void
put_item(struct json_out *w, const struct evidence_file *f)
{
	struct buf b;

	buf_init(&b, 65);
	code_write_hex(&b, digest_span(&f->digest));
	json_put_open(w, '{');
	json_put_member_str(w, "name", f->name);
	json_put_member_u64(w, "size", f->size);
	json_put_member_span(w, "sha256", buf_span(&b));
	json_put_close(w, '}');
	buf_release(&b);
}

static void
body(struct cli *c, struct json_out *w)
{
	remark_put_ml(c, w, "title", "title");
	remark_put_text(c, w, "custodian", "custodian");
	json_put_member_u64(w, "acquired", (uint64_t)acquired);
	remark_put_text(c, w, "method", "method");
	remark_put_text(c, w, "basis", "basis");
	remark_put_text(c, w, "place", "place");
	remark_put_text(c, w, "reference", "reference");
	json_put_key(w, "items");
	json_put_open(w, '[');
	for (size_t i = 0; i < files; i++)
		put_item(w, &file[i]);
	json_put_close(w, ']');
	evidence_put_act(c, w, at, "", args_find(&c->args, "custodian"),
	    true);
}

static int
run(struct cli *c)
{
	static const char *const needed[] = { "title", "custodian", "method",
		"basis", "place" };
	int status;

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!args_has(&c->args, needed[i]))
			return cli_usage(c, cli_text(c, "--%s TEXT",
			    needed[i]));
	if (!evidence_act_check(c, &at, &status) ||
	    !remark_time(c, "acquired", &acquired, &status))
		return status;
	if (acquired == 0)
		acquired = at;
	status = evidence_read(c, 0, &file, &files);
	return status != CLI_OK ? status :
	    remark_case_open(c, "evidence", false, body);
}

const struct command command_evidence_add = {
	.name = "evidence add", .group = GROUP_RECORD, .operands = "FILE ...",
	.least = 1, .most = 256, .run = run,
	.summary = { { "Take files into custody: who has them is signed and logged",
	    "Poner archivos en custodia: se firma y anota quién los tiene",
	    "Pôr arquivos em custódia: assina-se e anota-se quem os tem",
	    "Mettre des fichiers sous garde : qui les a est signé et consigné" } },
	.option = {
		{ "title", 0, "TEXT", { { "what it is", "qué es", "o que é",
		    "ce que c’est" } } },
		{ "custodian", 0, "NAME", { { "who has it", "quién la tiene",
		    "quem a tem", "qui l’a" } } },
		{ "method", 0, "TEXT", { { "how it was acquired",
		    "cómo se obtuvo", "como foi obtida",
		    "comment elle fut recueillie" } } },
		{ "basis", 0, "TEXT", { { "by which law or order",
		    "por qué ley u orden", "por qual lei ou ordem",
		    "par quelle loi ou ordre" } } },
		{ "place", 0, "TEXT", { { "where it is kept",
		    "dónde se guarda", "onde se guarda",
		    "où elle est conservée" } } },
		{ "reference", 0, "TEXT", { { "the number of the case",
		    "el número de la causa", "o número do processo",
		    "le numéro du dossier" } } },
		{ "acquired", 0, "TIME", { { "when it was acquired (now)",
		    "cuándo se obtuvo (ahora)",
		    "quando foi obtida (agora)",
		    "quand elle fut recueillie (maintenant)" } } },
		EVIDENCE_REASON,
		EVIDENCE_AT,
		EVIDENCE_WITNESS,
		SEND_DRY_RUN,
		SEND_YES,
	},
};

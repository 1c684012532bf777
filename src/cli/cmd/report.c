/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara report: file a report with a team from a terminal, by the form of
 * its public site. Needs no node.
 */
#include "base/limits.h"
#include "cli/attach_file.h"
#include "cli/fetch.h"
#include "cli/file.h"
#include "cli/out.h"
#include "crypto/secret.h"
#include "web/token.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

enum { PAGE = 262144, FIELDS = 9 + LIMIT_REPORT_FILES };

struct filing {
	struct cli *c;
	struct fetch *fetch;
	const char *site, *path;
	struct buf text, page;
};

static int
fail(struct filing *f, enum err e, const char *why)
{
	struct cli *c = f->c;

	return cli_fail(c, &(struct trouble){ .exit = CLI_FAILED,
	    .code = err_token(e), .what = T(c, "the report was not sent",
		"el informe no se envió", "o relato não foi enviado",
		"le signalement n’a pas été envoyé"), .why = why,
	    .next = cli_text(c, "%s/%s", f->site, f->path) });
}

/* What stands in our own page between two marks; "" if they are not there. */
static struct span
between(struct span page, const char *before, const char *after)
{
	const unsigned char *p = memmem(page.p, page.n, before,
	    strlen(before));
	const unsigned char *end;

	if (p == NULL)
		return span_str("");
	p += strlen(before);
	end = memmem(p, (size_t)(page.p + page.n - p), after, strlen(after));
	return end == NULL ? span_str("") : span_of(p, (size_t)(end - p));
}

static struct span
option(const struct filing *f, const char *name)
{
	const char *v = args_find(&f->c->args, name);

	return span_str(v != NULL ? v : "");
}

/* The form's token, and the work that spares its wait. */
static enum err
solve(struct filing *f, char token[TOKEN_TEXT + 1], char work[24],
    const char **why)
{
	struct span t, bits;
	enum err e = fetch_get(f->fetch, f->site, span_str(f->path), &f->page,
	    why);

	if (e != ERR_NONE)
		return e;
	t = between(buf_span(&f->page), "name=\"token\" value=\"", "\"");
	bits = between(buf_span(&f->page), "name=\"bits\" value=\"", "\"");
	*why = "there is no form that this program knows";
	if (t.n != TOKEN_TEXT || bits.n == 0 || bits.n > 2)
		return ERR_SYNTAX;
	snprintf(token, TOKEN_TEXT + 1, "%.*s", SPAN_FMT(t));
	snprintf(work, 24, "%.*s", SPAN_FMT(bits));
	*why = "the form asks for more work than is sensible";
	if (strtoul(work, NULL, 10) > TOKEN_BITS_MOST)
		return ERR_LIMIT;
	snprintf(work, 24, "%" PRIu64, token_work(span_str(token),
	    (unsigned)strtoul(work, NULL, 10)));
	return ERR_NONE;
}

static void
put(struct fetch_field *field, size_t *n, const char *name,
    struct span value)
{
	field[(*n)++] = (struct fetch_field){ .name = name, .value = value };
}

static enum err
post(struct filing *f, const char **why)
{
	char token[TOKEN_TEXT + 1], work[24];
	struct fetch_field field[FIELDS];
	const char *path;
	size_t n = 0;
	long status = 0;
	enum err e = solve(f, token, work, why);

	if (e != ERR_NONE)
		return e;
	put(field, &n, "step", span_str("send"));
	put(field, &n, "token", span_str(token));
	put(field, &n, "work", span_str(work));
	put(field, &n, "topic", option(f, "topic"));
	put(field, &n, "what", buf_span(&f->text));
	put(field, &n, "ongoing", option(f, "ongoing"));
	put(field, &n, "when", option(f, "when"));
	put(field, &n, "contact", option(f, "contact"));
	if (args_has(&f->c->args, "share"))
		put(field, &n, "share", span_str("network"));
	for (size_t i = 0; (path = args_find_at(&f->c->args, "file", i)) !=
	    NULL; i++)
		field[n++] = (struct fetch_field){ "files",
			span_str(attach_media(path)), path };
	buf_clear(&f->page);
	e = fetch_post(f->fetch, f->site, span_str(f->path), field, n,
	    &f->page, &status, why);
	if (status == 422)
		*why = "an answer is missing, too long or cannot be read, or "
		       "files cannot be taken now";
	else if (status == 429)
		*why = "too many reports come from this network: wait a "
		       "minute";
	return e;
}

static int
tell(struct filing *f)
{
	struct cli *c = f->c;
	struct span page = buf_span(&f->page);
	struct span code = between(page, "class=\"code\">", "<");
	struct span number = between(page, "<b>", "</b>");
	struct json_out w;
	struct buf b;

	if (code.n == 0 || number.n == 0 || number.n > 24)
		return fail(f, ERR_SYNTAX, "there is no receipt in the "
		    "answer");
	if (out_is_json(c)) {
		out_open(c, &b, &w);
		json_put_member_span(&w, "number", number);
		json_put_member_span(&w, "code", code);
		out_close(&b, &w);
		return CLI_OK;
	}
	printf(T(c, "%.*s\t%.*s\nThe second is the code to follow it: keep it "
	    "to yourself, it cannot be given again.\n",
	    "%.*s\t%.*s\nLo segundo es el código para seguirlo: guárdelo, no "
	    "se puede dar de nuevo.\n",
	    "%.*s\t%.*s\nO segundo é o código para acompanhá-lo: guarde-o, não "
	    "pode ser dado de novo.\n",
	    "%.*s\t%.*s\nLe second est le code pour le suivre : gardez-le, il "
	    "ne peut être redonné.\n"), SPAN_FMT(number), SPAN_FMT(code));
	return CLI_OK;
}

/* Before anything is sent: what the form will not take. */
static enum err
check_files(const struct filing *f, const char **path, const char **why)
{
	uint64_t sum = 0;
	struct stat st;

	for (size_t i = 0; (*path = args_find_at(&f->c->args, "file", i)) !=
	    NULL; i++) {
		*why = "this is not a regular file that can be read";
		if (stat(*path, &st) != 0 || !S_ISREG(st.st_mode))
			return ERR_IO;
		sum += (uint64_t)st.st_size;
		*why = "five files at most, 20 MiB together";
		if (i == LIMIT_REPORT_FILES || sum > LIMIT_REPORT_BYTES)
			return ERR_LIMIT;
	}
	return ERR_NONE;
}

static int
file_it(struct filing *f)
{
	const char *why = NULL, *path, *text = args_find(&f->c->args, "text");
	enum err e = check_files(f, &path, &why);

	if (e != ERR_NONE)
		return fail(f, e, cli_text(f->c, "%s: %s", path, why));
	if (text != NULL)
		buf_put_str(&f->text, text);
	else
		e = file_read("-", &f->text);
	if (e != ERR_NONE)
		return cli_fail_file(f->c, e, "-", NULL);
	if (fetch_open(args_find(&f->c->args, "ca"), &f->fetch) != ERR_NONE)
		return fail(f, ERR_IO, NULL);
	e = post(f, &why);
	return e != ERR_NONE ? fail(f, e, why) : tell(f);
}

static int
run(struct cli *c)
{
	struct filing f = { .c = c, .site = c->args.operand[0],
		.path = cli_text(c, "%s/report", lang_tag(c->lang)) };
	int status;

	if (!fetch_is_url(f.site) || args_find(&c->args, "topic") == NULL)
		return cli_usage(c, T(c, "the address of a team's public site "
		    "and --topic are wanted", "se esperan la dirección del "
		    "sitio público de un equipo y --topic",
		    "esperam-se o endereço do site público de uma equipe e "
		    "--topic", "il faut l’adresse du site public d’une équipe "
		    "et --topic"));
	buf_init(&f.text, LIMIT_REPORT_TEXT);
	buf_init(&f.page, PAGE);
	status = file_it(&f);
	secret_wipe(f.text.p, f.text.cap);
	secret_wipe(f.page.p, f.page.cap);
	buf_release(&f.text);
	buf_release(&f.page);
	fetch_close(f.fetch);
	return status;
}

const struct command command_report = {
	.name = "report", .group = GROUP_RECORD, .operands = "URL",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Report an incident to a team by its public site",
	    "Informar un incidente a un equipo por su sitio público",
	    "Relatar um incidente a uma equipe por seu site público",
	    "Signaler un incident à une équipe par son site public" } },
	.option = {
		{ "topic", 0, "WORD", { { "what happened: a value of the form",
		    "qué pasó: un valor del formulario",
		    "o que houve: um valor do formulário",
		    "ce qui s’est passé : une valeur du formulaire" } } },
		{ "text", 0, "TEXT", { { "in your own words; else standard "
		    "input", "con sus palabras; si no, la entrada estándar",
		    "com suas palavras; senão a entrada padrão",
		    "avec vos mots ; sinon l’entrée standard" } } },
		{ "file", 'f', "FILE", { { "that goes with it, sealed "
		    "(repeatable)", "que va con él, sellado (repetible)",
		    "que vai com ele, lacrado (repetível)",
		    "qui l’accompagne, scellé (répétable)" } } },
		{ "contact", 0, "TEXT", { { "how to reach you; may be left out",
		    "cómo ubicarle; puede omitirse",
		    "como contatar você; pode ser omitido",
		    "comment vous joindre ; peut être omis" } } },
		{ "when", 0, "TEXT", { { "when it began", "cuándo empezó",
		    "quando começou", "quand cela a commencé" } } },
		{ "ongoing", 0, "TEXT", { { "does it go on?", "¿sigue?",
		    "continua?", "cela continue-t-il ?" } } },
		{ "share", 0, NULL, { { "other teams may be told, without the "
		    "name", "se puede decir a otros equipos, sin el nombre",
		    "outras equipes podem saber, sem o nome",
		    "d’autres équipes peuvent le savoir, sans le nom" } } },
		{ "ca", 0, "FILE", { { "certificates that the server's must "
		    "lead to", "certificados a los que debe llevar el del "
		    "servidor", "certificados aos quais o do servidor deve "
		    "levar", "certificats auxquels doit mener celui du "
		    "serveur" } } },
	},
};

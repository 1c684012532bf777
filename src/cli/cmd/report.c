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

/* Short answers, by their names on the form; those of a weakness, which has a
 * form of its own, come first. */
static const char *const answers[] = { "product", "vendor", "version",
	"exploited", "informed", "publish", "credit", "ongoing", "when",
	"contact" };

enum {
	PAGE = 262144,
	OF_WEAKNESS = 7,
	FIELDS = 7 + sizeof answers / sizeof *answers + LIMIT_REPORT_FILES
};

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

/* Is something said that only the form for weaknesses asks? */
static bool
is_of_weakness(const struct cli *c)
{
	for (size_t i = 0; i < OF_WEAKNESS; i++)
		if (args_has(&c->args, answers[i]))
			return true;
	return false;
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
	put(field, &n, "topic", is_of_weakness(f->c) ? span_str("weakness") :
		option(f, "topic"));
	put(field, &n, "what", buf_span(&f->text));
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		if (args_has(&f->c->args, answers[i]))
			put(field, &n, answers[i], option(f, answers[i]));
	if (args_has(&f->c->args, "share"))
		put(field, &n, "share", span_str("network"));
	if (args_has(&f->c->args, "named"))
		put(field, &n, "named", span_str("yes"));
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
		.path = cli_text(c, "%s/report%s", lang_tag(c->lang),
		    is_of_weakness(c) ? "/vulnerability" : "") };
	const char *topic = args_find(&c->args, "topic");
	int status;

	if (is_of_weakness(c) && ((topic != NULL &&
	    strcmp(topic, "weakness") != 0) ||
	    !args_has(&c->args, "product")))
		return cli_usage(c, T(c, "a report of a weakness names its "
		    "--product, and has no other --topic",
		    "un informe de una debilidad nombra su --product y no "
		    "tiene otro --topic", "um relato de uma fraqueza nomeia "
		    "seu --product e não tem outro --topic",
		    "le signalement d’une faille nomme son --product et n’a "
		    "pas d’autre --topic"));
	if (!fetch_is_url(f.site) || (topic == NULL && !is_of_weakness(c)))
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
		{ "topic", 0, "WORD", { { "what happened: locked, deceived, "
		    "account, down, data, weakness or other",
		    "qué pasó: locked, deceived, account, down, data, "
		    "weakness u other", "o que houve: locked, deceived, "
		    "account, down, data, weakness ou other",
		    "ce qui s’est passé : locked, deceived, account, down, "
		    "data, weakness ou other" } } },
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
		{ "named", 0, NULL, { { "the team of another state, if it is "
		    "responsible, may have all of it, with the contact",
		    "el equipo de otro Estado, si es responsable, puede "
		    "recibirlo todo, con el contacto",
		    "a equipe de outro Estado, se for responsável, pode "
		    "receber tudo, com o contato",
		    "l’équipe d’un autre État, si elle est compétente, peut "
		    "tout recevoir, avec le contact" } } },
		{ "product", 0, "TEXT", { { "of a weakness: the product or "
		    "system", "de una debilidad: el producto o sistema",
		    "de uma fraqueza: o produto ou sistema",
		    "d’une faille : le produit ou système" } } },
		{ "vendor", 0, "TEXT", { { "who makes or runs it",
		    "quién lo fabrica u opera", "quem o faz ou opera",
		    "qui le fabrique ou l’exploite" } } },
		{ "version", 0, "TEXT", { { "which version",
		    "qué versión", "qual versão", "quelle version" } } },
		{ "exploited", 0, "TEXT", { { "is it being exploited?",
		    "¿se la explota?", "está sendo explorada?",
		    "est-elle exploitée ?" } } },
		{ "informed", 0, "TEXT", { { "has the maker been told?",
		    "¿se avisó al fabricante?", "o fabricante foi avisado?",
		    "le fabricant est-il prévenu ?" } } },
		{ "publish", 0, "TEXT", { { "when it is to be published",
		    "cuándo se va a publicar", "quando será publicada",
		    "quand elle sera publiée" } } },
		{ "credit", 0, "TEXT", { { "the name to be thanked by",
		    "el nombre a quien agradecer", "o nome a agradecer",
		    "le nom à remercier" } } },
		{ "ca", 0, "FILE", { { "certificates that the server's must "
		    "lead to", "certificados a los que debe llevar el del "
		    "servidor", "certificados aos quais o do servidor deve "
		    "levar", "certificats auxquels doit mener celui du "
		    "serveur" } } },
	},
};

/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara site verify: is this copy of a public site, a folder or a mirror on
 * the web, what its team wrote? Needs no node.
 */
#include "base/limits.h"
#include "cli/fetch.h"
#include "cli/file.h"
#include "cli/out.h"
#include "site/manifest.h"

struct looking {
	struct cli *c;
	const char *folder;  /* or address */
	struct fetch *fetch; /* NULL: a folder */
	uint64_t files;
	uint64_t bad;
};

static int
refuse(struct cli *c, const char *what, const char *why)
{
	return cli_fail(c, &(struct trouble){ .exit = CLI_UNVERIFIED,
	    .code = err_token(ERR_DIGEST), .what = what, .why = why,
	    .next = "almenara site build" });
}

static enum err
get(struct looking *l, struct span path, struct buf *out, const char **why)
{
	*why = NULL;
	if (l->fetch != NULL)
		return fetch_get(l->fetch, l->folder, path, out, why);
	return file_read(cli_text(l->c, "%s/%.*s", l->folder, SPAN_FMT(path)),
	    out);
}

static int
read_one(struct looking *l, const char *name, size_t most, struct buf *out)
{
	struct cli *c = l->c;
	const char *path = cli_text(c, "%s/%s", l->folder, name), *why;
	enum err e;

	buf_init(out, most);
	e = get(l, span_str(name), out, &why);
	if (e == ERR_NONE)
		return CLI_OK;
	if (why == NULL)
		return cli_fail_file(c, e, path, NULL);
	return cli_fail(c, &(struct trouble){ .exit = CLI_FAILED,
	    .code = err_token(e), .what = cli_text(c, T(c,
		"%s cannot be fetched", "%s no se puede traer",
		"%s não pode ser trazido", "%s ne peut être obtenu"), path),
	    .why = why, .next = "almenara help site verify" });
}

/* A file that is not as it was listed; all of them are told. */
static void
look_at(struct looking *l, const struct digest *want, struct span path)
{
	struct cli *c = l->c;
	struct digest have;
	const char *why;
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_SITE_MANIFEST);
	e = get(l, path, &b, &why);
	have = hash_sha256(buf_span(&b));
	l->files++;
	if (e != ERR_NONE || !digest_is_equal(&have, want)) {
		l->bad++;
		fprintf(stderr, "%.*s: %s\n", SPAN_FMT(path),
		    e == ERR_NOT_FOUND ? T(c, "is missing", "falta", "falta",
			"manque") : e != ERR_NONE && why != NULL ? why :
		    T(c, "is not as it was signed",
			"no es como se firmó", "não é como foi assinado",
			"n’est pas tel que signé"));
	}
	buf_release(&b);
}

static int
look_at_all(struct looking *l, struct span list)
{
	struct cli *c = l->c;
	struct span path;
	struct digest d;
	enum err e;

	while ((e = manifest_next(&list, &d, &path)) == ERR_NONE) {
		look_at(l, &d, path);
		if (l->files > LIMIT_SITE_FILES)
			e = ERR_LIMIT;
		if (e != ERR_NONE)
			break;
	}
	if (e == ERR_NOT_FOUND && l->bad == 0)
		return CLI_OK;
	return refuse(c, e != ERR_NOT_FOUND ?
	    T(c, "the list of files cannot be read",
		"la lista de archivos no se puede leer",
		"a lista de arquivos não pode ser lida",
		"la liste des fichiers ne peut être lue") :
	    cli_text(c, T(c, "%llu of %llu files are not what the team wrote",
		"%llu de %llu archivos no son lo que escribió el equipo",
		"%llu de %llu arquivos não são o que a equipe escreveu",
		"%llu fichiers sur %llu ne sont pas ce que l’équipe a écrit"),
		(unsigned long long)l->bad, (unsigned long long)l->files),
	    NULL);
}

static int
check_signature(struct looking *l, struct span list, struct manifest *m)
{
	struct cli *c = l->c;
	const char *key = args_find(&c->args, "key");
	struct digest d = hash_sha256(list);
	struct fault f = { 0 };
	struct buf jws;
	int status = read_one(l, MANIFEST_SIGNED, LIMIT_JWS, &jws);

	if (status == CLI_OK && manifest_parse(buf_span(&jws), &c->arena, m,
	    &f) != ERR_NONE)
		status = refuse(c, T(c, "the signature of the site is bad",
		    "la firma del sitio es mala",
		    "a assinatura do site é ruim",
		    "la signature du site est mauvaise"), f.rule);
	else if (status == CLI_OK && strcmp(m->kid.s, key) != 0)
		status = refuse(c, T(c, "the site is signed by another key",
		    "el sitio está firmado con otra clave",
		    "o site está assinado com outra chave",
		    "le site est signé par une autre clé"), m->kid.s);
	else if (status == CLI_OK && !digest_is_equal(&d, &m->list))
		status = refuse(c, T(c, "the list of files is not the one "
		    "that was signed", "la lista de archivos no es la que se "
		    "firmó", "a lista de arquivos não é a que foi assinada",
		    "la liste des fichiers n’est pas celle qui fut signée"),
		    NULL);
	buf_release(&jws);
	return status;
}

static int
tell(struct cli *c, const struct manifest *m, uint64_t files)
{
	struct json_out w;
	struct buf b;

	if (out_is_json(c)) {
		out_open(c, &b, &w);
		json_put_member_span(&w, "team", m->team);
		json_put_member_u64(&w, "at", (uint64_t)m->at_s);
		json_put_member_u64(&w, "files", files);
		json_put_member_str(&w, "key", m->kid.s);
		out_close(&b, &w);
		return CLI_OK;
	}
	printf(T(c, "%llu files, all as the team %.*s signed them, %s\n",
	    "%llu archivos, todos como los firmó el equipo %.*s, %s\n",
	    "%llu arquivos, todos como a equipe %.*s os assinou, %s\n",
	    "%llu fichiers, tous tels que l’équipe %.*s les a signés, %s\n"),
	    (unsigned long long)files, SPAN_FMT(m->team),
	    out_time(c, (uint64_t)m->at_s));
	return CLI_OK;
}

static int
run(struct cli *c)
{
	struct looking l = { .c = c, .folder = c->args.operand[0] };
	struct manifest m = { 0 };
	struct buf list = { 0 };
	int status = CLI_OK;

	if (args_find(&c->args, "key") == NULL)
		return cli_usage(c, T(c, "--key KEY is missing: the team's own "
		    "almenara site status tells it",
		    "falta --key CLAVE: la dice almenara site status en el "
		    "equipo", "falta --key CHAVE: almenara site status na "
		    "equipe a informa", "il manque --key CLÉ : almenara site "
		    "status chez l’équipe la donne"));
	if (fetch_is_url(l.folder) && fetch_open(args_find(&c->args, "ca"),
	    &l.fetch) != ERR_NONE)
		return cli_fail_file(c, ERR_IO, l.folder, NULL);
	status = read_one(&l, MANIFEST_LIST, LIMIT_SITE_MANIFEST, &list);
	if (status == CLI_OK)
		status = check_signature(&l, buf_span(&list), &m);
	if (status == CLI_OK)
		status = look_at_all(&l, buf_span(&list));
	if (status == CLI_OK)
		status = tell(c, &m, l.files);
	buf_release(&list);
	fetch_close(l.fetch);
	return status;
}

const struct command command_site_verify = {
	.name = "site verify", .group = GROUP_RECORD, .operands = "FOLDER|URL",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Check a copy of a public site, without a node",
	    "Comprobar una copia de un sitio público, sin nodo",
	    "Verificar uma cópia de um site público, sem nó",
	    "Vérifier la copie d’un site public, sans nœud" } },
	.option = {
		{ "key", 'k', "KEY", { { "the key that must have signed it, "
		    "learnt by another way",
		    "la clave que debe haberlo firmado, conocida por otra vía",
		    "a chave que deve tê-lo assinado, conhecida por outra via",
		    "la clé qui doit l’avoir signé, apprise par une autre "
		    "voie" } } },
		{ "ca", 0, "FILE", { { "certificates that the server's must "
		    "lead to", "certificados a los que debe llevar el del "
		    "servidor", "certificados aos quais o do servidor deve "
		    "levar", "certificats auxquels doit mener celui du "
		    "serveur" } } },
	},
};

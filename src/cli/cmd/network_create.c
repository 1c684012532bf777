/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara network create: charter and register out of the cards of the
 * teams. The authority keys that sign them are made here and are cold from
 * then on; ceremonies with several holders follow with the key commands.
 */
#include "base/code.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/file.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "record/name.h"
#include "record/network.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { HOLDERS_MAX = 16, DAYS_CHARTER = 3650, DAYS_REGISTER = 730,
	DAY_S = 86400 };

struct found {
	struct cli *c;
	const char *folder;
	struct network_holder holder[HOLDERS_MAX];
	struct jwk key[HOLDERS_MAX];
	size_t holder_count;
	struct team_card card[LIMIT_TEAMS];
	size_t card_count;
	const char *made[LIMIT_TEAMS + HOLDERS_MAX + 8];
	size_t made_count;
	const char *failed;
	struct fault fault;
};

static enum err
card_read(struct found *n, const char *path)
{
	struct buf b;
	enum err e;

	n->failed = path;
	buf_init(&b, 2 * LIMIT_DOCUMENT);
	e = file_read(path, &b);
	if (e == ERR_NONE)
		e = team_card_parse(arena_copy(&n->c->arena, buf_span(&b)),
		    &n->c->arena, &n->card[n->card_count], &n->fault);
	if (e == ERR_NONE)
		n->card_count++;
	buf_release(&b);
	return e;
}

static enum err
holders_make(struct found *n)
{
	unsigned char seed[JWK_RANDOM];
	const char *v;

	while (n->holder_count < HOLDERS_MAX &&
	    (v = args_find_at(&n->c->args, "authority", n->holder_count)) !=
	    NULL)
		n->holder[n->holder_count++].name = span_str(v);
	if (n->holder_count == 0)
		n->holder[n->holder_count++].name = span_str("founder");
	for (size_t i = 0; i < n->holder_count; i++) {
		n->failed = "--authority";
		if (!name_is_word(n->holder[i].name))
			return fault_at(&n->fault, ERR_USAGE, 0, "authority",
			    "a name is of lower-case letters, digits and "
			    "hyphens");
		random_fill(seed, sizeof seed);
		jwk_make(JWK_ED25519, seed, &n->key[i]);
		n->holder[i].secret = &n->key[i];
	}
	secret_wipe(seed, sizeof seed);
	return ERR_NONE;
}

static enum err
made(struct found *n, const char *name, mode_t mode, struct span bytes)
{
	const char *path = cli_text(n->c, "%s/%s", n->folder, name);
	enum err e = file_write_new(path, mode, bytes);

	n->failed = path;
	if (e == ERR_NONE)
		n->made[n->made_count++] = path;
	return e;
}

static enum err
keys_write(struct found *n)
{
	struct buf b;
	enum err e = ERR_NONE;

	buf_init(&b, 4096);
	for (size_t i = 0; i < n->holder_count && e == ERR_NONE; i++) {
		buf_clear(&b);
		jwk_write_secret(&n->key[i], &b);
		buf_put_str(&b, "\n");
		e = made(n, cli_text(n->c, "authority-%.*s.jwk",
		    SPAN_FMT(n->holder[i].name)), 0600, buf_span(&b));
	}
	if (b.p != NULL)
		secret_wipe(b.p, b.cap);
	buf_release(&b);
	return e;
}

static enum err
keysets_write(struct found *n)
{
	enum err e = ERR_NONE;

	for (size_t i = 0; i < n->card_count && e == ERR_NONE; i++)
		e = made(n, cli_text(n->c, "keyset-%.*s.json",
		    SPAN_FMT(n->card[i].team)), 0644, n->card[i].keyset);
	return e;
}

static enum err
root_write(struct found *n, const struct digest *hash)
{
	struct buf b;
	enum err e;

	buf_init(&b, 64);
	code_write_base64url(&b, digest_span(hash));
	buf_put_str(&b, "\n");
	e = made(n, "root", 0644, buf_span(&b));
	buf_release(&b);
	return e;
}

/* All thresholds must be met by the holders that there are. */
static enum err
plan_make(struct found *n, struct network_plan *p)
{
	unsigned long h = n->holder_count, charter = (2 * h) / 3 + 1,
	    registers = h / 2 + 1, suspend = h > 1 ? h / 2 : 1,
	    days = DAYS_REGISTER;
	struct args *a = &n->c->args;
	const char *domain = args_find(a, "domain");
	int64_t now = (int64_t)time(NULL);
	enum err e;

	n->failed = "--k-charter, --k-register, --k-suspend, --days";
	charter = charter > h ? h : charter;
	e = args_number(a, "k-charter", 1, h, &charter, &n->fault);
	if (e == ERR_NONE)
		e = args_number(a, "k-register", 1, h, &registers, &n->fault);
	if (e == ERR_NONE)
		e = args_number(a, "k-suspend", 1, h, &suspend, &n->fault);
	if (e == ERR_NONE)
		e = args_number(a, "days", 1, DAYS_CHARTER, &days, &n->fault);
	*p = (struct network_plan){
		.domain = span_str(domain != NULL ? domain : ""),
		.holders = n->holder, .holder_count = n->holder_count,
		.k_charter = (unsigned)charter,
		.k_register = (unsigned)registers,
		.k_suspend = (unsigned)suspend, .cards = n->card,
		.card_count = n->card_count,
		.charter_expires_s = now + (int64_t)DAYS_CHARTER * DAY_S,
		.register_expires_s = now + (int64_t)days * DAY_S };
	return e;
}

/* The founders state one act for all; later versions put each
 * government's own instrument in its place. */
static enum err
designate(struct found *n, const struct network_plan *plan,
    const struct digest *hash, struct buf *out)
{
	const char *instrument = args_find(&n->c->args, "instrument");
	struct designation act = {
		.instrument = span_str(instrument != NULL ? instrument :
		    cli_text(n->c, "founding of %.*s",
		    SPAN_FMT(plan->domain))),
		.authority = n->holder[0].name,
		.issued_s = (int64_t)time(NULL) / DAY_S * DAY_S,
		.review_s = plan->register_expires_s };

	return network_designate(plan, hash, &act, out, &n->fault);
}

static enum err
network_write(struct found *n, struct digest *hash)
{
	struct network_plan plan;
	struct buf charter, reg, named;
	enum err e = plan_make(n, &plan);

	buf_init(&charter, LIMIT_DOCUMENT);
	buf_init(&reg, LIMIT_DOCUMENT);
	buf_init(&named, LIMIT_DOCUMENT);
	if (e == ERR_NONE) {
		n->failed = n->folder;
		e = network_make(&plan, &charter, &reg, hash, &n->fault);
	}
	if (e == ERR_NONE)
		e = designate(n, &plan, hash, &named);
	if (e == ERR_NONE && !file_is_folder(n->folder)) {
		e = file_make_folder(n->folder, 0755);
		if (e == ERR_NONE)
			n->made[n->made_count++] = n->folder;
	}
	if (e == ERR_NONE)
		e = keys_write(n);
	if (e == ERR_NONE)
		e = made(n, "charter.json", 0644, buf_span(&charter));
	if (e == ERR_NONE)
		e = made(n, "register.json", 0644, buf_span(&reg));
	if (e == ERR_NONE)
		e = made(n, "designations.json", 0644, buf_span(&named));
	if (e == ERR_NONE)
		e = keysets_write(n);
	if (e == ERR_NONE)
		e = root_write(n, hash);
	if (e == ERR_NONE)
		e = file_sync_folder(n->folder);
	buf_release(&charter);
	buf_release(&reg);
	buf_release(&named);
	return e;
}

static int
tell(struct found *n, const struct digest *hash)
{
	struct cli *c = n->c;
	struct json_out w;
	struct buf root, b;

	buf_init(&root, 64);
	code_write_base64url(&root, digest_span(hash));
	if (!c->json) {
		printf("%s\n", buf_str(&root));
		cli_say(c, T(c, "Founded a network of %zu teams in %s.\n"
		    "  1. Move its authority-*.jwk to safe places, apart "
		    "from each other.\n"
		    "  2. Compare the line above by telephone: it is the "
		    "root that each node pins.\n"
		    "  3. Each node: almenara network join %s",
		    "Fundada una red de %zu equipos en %s.\n"
		    "  1. Lleve sus authority-*.jwk a lugares seguros, "
		    "separados entre sí.\n"
		    "  2. Compare por teléfono la línea de arriba: es la "
		    "raíz que fija cada nodo.\n"
		    "  3. Cada nodo: almenara network join %s",
		    "Fundada uma rede de %zu equipes em %s.\n"
		    "  1. Leve seus authority-*.jwk a lugares seguros, "
		    "separados entre si.\n"
		    "  2. Compare por telefone a linha acima: é a raiz que "
		    "cada nó fixa.\n"
		    "  3. Cada nó: almenara network join %s",
		    "Réseau de %zu équipes fondé dans %s.\n"
		    "  1. Mettez ses authority-*.jwk en lieux sûrs, séparés "
		    "les uns des autres.\n"
		    "  2. Comparez par téléphone la ligne ci-dessus : c’est "
		    "la racine que chaque nœud épingle.\n"
		    "  3. Chaque nœud : almenara network join %s"),
		    n->card_count, n->folder, n->folder);
		buf_release(&root);
		return CLI_OK;
	}
	buf_init(&b, 65536);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "schema", "almenara.network-create/1");
	json_put_member_str(&w, "root", buf_str(&root));
	json_put_member_str(&w, "folder", n->folder);
	json_put_key(&w, "teams");
	json_put_open(&w, '[');
	for (size_t i = 0; i < n->card_count; i++)
		json_put_span(&w, n->card[i].team);
	json_put_close(&w, ']');
	json_put_close(&w, '}');
	printf("%s\n", buf_str(&b));
	buf_release(&b);
	buf_release(&root);
	return CLI_OK;
}

static int
found(struct found *n)
{
	struct digest hash;
	enum err e = holders_make(n);

	for (size_t i = 0; i < n->c->args.count && e == ERR_NONE; i++)
		e = card_read(n, n->c->args.operand[i]);
	if (e == ERR_NONE)
		e = network_write(n, &hash);
	for (size_t i = 0; i < n->holder_count; i++)
		jwk_wipe(&n->key[i]);
	if (e == ERR_NONE)
		return tell(n, &hash);
	while (n->made_count > 0)
		remove(n->made[--n->made_count]);
	return cli_fail_file(n->c, e, n->failed, &n->fault);
}

static int
run(struct cli *c)
{
	struct found *n = arena_alloc(&c->arena, sizeof *n);

	n->c = c;
	n->folder = args_find(&c->args, "out");
	if (n->folder == NULL)
		return cli_usage(c, "--out FOLDER");
	if (!args_has(&c->args, "domain"))
		return cli_usage(c, "--domain DOMAIN");
	return found(n);
}

const struct command command_network_create = {
	.name = "network create", .group = GROUP_NETWORK,
	.operands = "CARD...", .least = 1, .most = LIMIT_TEAMS, .run = run,
	.summary = { { "Found a network: charter and register for these teams",
	    "Fundar una red: carta y registro para estos equipos",
	    "Fundar uma rede: carta e registro para estas equipes",
	    "Fonder un réseau : charte et registre pour ces équipes" } },
	.option = {
		{ "domain", 0, "DOMAIN", { { "the network's name",
		    "el nombre de la red", "o nome da rede",
		    "le nom du réseau" } } },
		{ "out", 0, "FOLDER", { { "where the documents are put",
		    "dónde se ponen los documentos",
		    "onde ficam os documentos",
		    "où mettre les documents" } } },
		{ "authority", 0, "NAME", { {
		    "a holder of an authority key (repeatable)",
		    "titular de una clave de autoridad (repetible)",
		    "titular de uma chave de autoridade (repetível)",
		    "titulaire d’une clé d’autorité (répétable)" } } },
		{ "k-charter", 0, "N", { { "signatures that a charter needs",
		    "firmas que requiere una carta",
		    "assinaturas que uma carta requer",
		    "signatures requises pour une charte" } } },
		{ "k-register", 0, "N", { { "signatures that a register needs",
		    "firmas que requiere un registro",
		    "assinaturas que um registro requer",
		    "signatures requises pour un registre" } } },
		{ "k-suspend", 0, "N", { {
		    "signatures that a suspension needs",
		    "firmas que requiere una suspensión",
		    "assinaturas que uma suspensão requer",
		    "signatures requises pour une suspension" } } },
		{ "instrument", 0, "TEXT", { {
		    "the act that designates the founding teams",
		    "el acto que designa a los equipos fundadores",
		    "o ato que designa as equipes fundadoras",
		    "l’acte qui désigne les équipes fondatrices" } } },
		{ "days", 0, "N", { { "how long the register is good",
		    "vigencia del registro en días",
		    "vigência do registro em dias",
		    "validité du registre en jours" } } },
	},
};

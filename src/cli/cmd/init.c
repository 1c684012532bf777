/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara init: everything that a node needs before its first start. All or
 * nothing: a file that is there already is never touched, and after a failure
 * what was made is taken away again.
 */
#include "base/code.h"
#include "base/limits.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/file.h"
#include "crypto/keyring.h"
#include "crypto/passphrase.h"
#include "crypto/random.h"
#include "ledger/tree.h"
#include "node/config.h"
#include "record/name.h"
#include "record/network.h"
#include "record/vkey.h"
#include "rules/rules.h"
#include "store/sentinel.h"

#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MADE_MAX = 16, ADDRESSES_MAX = KEYSET_ADDRESSES };

extern const struct embed_set example_files;

/* Where the parts of a node lie. */
struct places {
	const char *conf, *keyring, *documents, *data, *sentinel_folder,
	    *sentinel, *control, *identity, *card, *rules;
};

struct init {
	struct cli *c;
	struct places at;
	struct span domain, team, state, name;
	unsigned long number;
	struct buf origin, node, private_origin, vkey;
	struct keyring *ring;
	struct jwk identity;
	const char *made[MADE_MAX]; /* what to take away after a failure */
	size_t made_count;
	const char *failed; /* the path concerned */
};

static void
places_in_folder(struct init *in, const char *dir)
{
	struct cli *c = in->c;

	in->at = (struct places){
		.conf = cli_text(c, "%s/almenarad.conf", dir),
		.keyring = cli_text(c, "%s/keyring", dir),
		.documents = cli_text(c, "%s/documents", dir),
		.data = cli_text(c, "%s/data", dir),
		.sentinel_folder = cli_text(c, "%s/sentinel", dir),
		.sentinel = cli_text(c, "%s/sentinel/sentinel", dir),
		.control = cli_text(c, "%s/control", dir),
		.identity = cli_text(c, "%s/identity.jwk", dir),
		.rules = cli_text(c, "%s/almenara.rules", dir),
		.card = cli_text(c, "%s/%.*s.card.json", dir,
		    SPAN_FMT(in->team)) };
}

static void
places_of_system(struct init *in)
{
	places_in_folder(in, "/etc/almenara");
	in->at.data = "/var/lib/almenara";
	in->at.sentinel_folder = "/var/lib/almenara-sentinel";
	in->at.sentinel = "/var/lib/almenara-sentinel/sentinel";
	in->at.control = "/run/almenara/control";
}

/* One made thing more; also the owner's, if another user runs the node. */
static enum err
made(struct init *in, const char *path, enum err e)
{
	in->failed = path;
	if (e == ERR_NONE && in->made_count < MADE_MAX)
		in->made[in->made_count++] = path;
	return e;
}

static enum err
folder_make(struct init *in, const char *path, mode_t mode)
{
	if (file_is_folder(path))
		return ERR_NONE;
	return made(in, path, file_make_folder(path, mode));
}

static enum err
file_make(struct init *in, const char *path, mode_t mode, struct buf *b)
{
	if (b->over)
		return ERR_LIMIT;
	return made(in, path, file_write_new(path, mode, buf_span(b)));
}

static void
undo(struct init *in)
{
	while (in->made_count > 0)
		remove(in->made[--in->made_count]);
}

static void
names_make(struct init *in)
{
	uint32_t tag[2];

	random_fill(tag, sizeof tag);
	buf_init(&in->origin, LIMIT_NAME);
	buf_init(&in->node, LIMIT_NAME);
	buf_init(&in->private_origin, LIMIT_NAME);
	name_put_log(&in->origin, in->domain, in->team, tag[0]);
	name_put_node(&in->node, in->domain, in->team, (unsigned)in->number);
	buf_put_format(&in->private_origin, "%.*s/private/%.*s/%08x",
	    SPAN_FMT(in->domain), SPAN_FMT(in->team), tag[1]);
}

static void
secrets_make_identity(struct init *in)
{
	unsigned char seed[JWK_RANDOM];

	random_fill(seed, sizeof seed);
	jwk_make(JWK_ED25519, seed, &in->identity);
	secret_wipe(seed, sizeof seed);
}

static enum err
keyring_file(struct init *in)
{
	const char *path = args_find(&in->c->args, "passphrase-file");
	unsigned char salt[PASSPHRASE_RANDOM];
	struct buf pass, b;
	struct span line;
	enum err e = ERR_NONE;

	buf_init(&pass, 4096);
	buf_init(&b, LIMIT_KEYFILE);
	if (path != NULL) {
		in->failed = path;
		e = file_read(path, &pass);
	}
	line = buf_span(&pass);
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '\n')
			line.n = i;
	}
	if (e == ERR_NONE && path != NULL && line.n == 0)
		e = ERR_SYNTAX;
	random_fill(salt, sizeof salt);
	if (e == ERR_NONE)
		e = keyring_write(in->ring, line, salt, &b);
	if (e == ERR_NONE)
		e = file_make(in, in->at.keyring, 0600, &b);
	if (b.p != NULL)
		secret_wipe(b.p, b.cap);
	if (pass.p != NULL)
		secret_wipe(pass.p, pass.cap);
	buf_release(&b);
	buf_release(&pass);
	return e;
}

static enum err
identity_file(struct init *in)
{
	struct buf b;
	enum err e;

	buf_init(&b, 4096);
	jwk_write_secret(&in->identity, &b);
	buf_put_str(&b, "\n");
	e = file_make(in, in->at.identity, 0600, &b);
	secret_wipe(b.p, b.cap);
	buf_release(&b);
	return e;
}

/* Addresses for the keyset: as given, else those that it listens on. */
static size_t
addresses(struct init *in, struct span *out)
{
	const char *option = args_has(&in->c->args, "address") ? "address" :
	    "listen";
	size_t n = 0;
	const char *v;

	while (n < ADDRESSES_MAX &&
	    (v = args_find_at(&in->c->args, option, n)) != NULL)
		out[n++] = span_str(v);
	return n;
}

static enum err
card_file(struct init *in, struct fault *f)
{
	struct span addrs[ADDRESSES_MAX];
	const struct jwk *enc = &keyring_find(in->ring, KEYRING_ENC)->jwk;
	struct sign_public log = jwk_sign_public(
	    &keyring_find(in->ring, KEYRING_LOG)->jwk);
	struct node_plan plan = { .domain = in->domain, .team = in->team,
		.node = buf_span(&in->node), .origin = buf_span(&in->origin),
		.addrs = addrs, .addr_count = addresses(in, addrs),
		.entry = &keyring_find(in->ring, KEYRING_ENTRY)->jwk,
		.cosign = &keyring_find(in->ring, KEYRING_COSIGN)->jwk,
		.enc = &enc, .enc_count = 1,
		.tls = &keyring_find(in->ring, KEYRING_TLS)->jwk,
		.intake = &keyring_find(in->ring, KEYRING_INTAKE)->jwk };
	struct team_card card = { .team = in->team, .state = in->state,
		.name = in->name, .identity = in->identity };
	struct buf keyset, b;
	enum err e;

	buf_init(&in->vkey, 2 * LIMIT_NAME);
	vkey_write(&in->vkey, plan.origin, VKEY_LOG, &log);
	plan.vkey = buf_span(&in->vkey);
	buf_init(&keyset, LIMIT_DOCUMENT);
	buf_init(&b, 2 * LIMIT_DOCUMENT);
	in->failed = in->at.card;
	e = node_make(&plan, &in->identity, &keyset, f);
	if (e == ERR_NONE) {
		card.keyset = buf_span(&keyset);
		team_card_write(&card, &b);
		e = file_make(in, in->at.card, 0644, &b);
	}
	buf_release(&keyset);
	buf_release(&b);
	return e;
}

static enum err
sentinel_file(struct init *in)
{
	struct sentinel_state st = { .size = 0, .root = tree_empty_root() };
	struct sentinel *s = NULL;
	enum err e;

	memcpy(st.origin, in->origin.p, in->origin.n);
	e = made(in, in->at.sentinel,
	    sentinel_create(in->at.sentinel, &st, &s));
	sentinel_close(s);
	return e;
}

static void
quoted(struct buf *b, const char *s)
{
	buf_put_str(b, "\"");
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			buf_put_str(b, "\\");
		buf_put_mem(b, s, 1);
	}
	buf_put_str(b, "\"");
}

static void
setting(struct buf *b, const char *name, const char *value)
{
	buf_put_format(b, "%s ", name);
	quoted(b, value);
	buf_put_str(b, "\n");
}

/* The settings of this node. They are parsed before they are written: no
 * broken file comes of it. */
static enum err
conf_file(struct init *in, struct fault *f)
{
	struct args *args = &in->c->args;
	struct config config;
	struct buf b, faults;
	const char *v;
	enum err e;

	buf_init(&b, LIMIT_CONFIG);
	buf_init(&faults, 4096);
	setting(&b, "team", arena_string(&in->c->arena, in->team));
	if (in->number > 0)
		setting(&b, "node", buf_str(&in->node));
	setting(&b, "data_dir", in->at.data);
	setting(&b, "keyring", in->at.keyring);
	if (args_has(args, "passphrase-file"))
		setting(&b, "passphrase_file",
		    realpath(args_find(args, "passphrase-file"),
		    arena_alloc(&in->c->arena, PATH_MAX)));
	setting(&b, "documents", in->at.documents);
	setting(&b, "sentinel", in->at.sentinel);
	setting(&b, "control_socket", in->at.control);
	setting(&b, "lang", lang_tag(in->c->lang));
	for (size_t i = 0; (v = args_find_at(args, "listen", i)) != NULL;
	    i++) {
		buf_put_str(&b, i == 0 ? "listen " : " ");
		quoted(&b, v);
	}
	buf_put_str(&b, "\n# every other option: man almenarad.conf\n");
	e = config_parse(buf_span(&b), in->at.conf, &config, &faults);
	in->failed = in->at.conf;
	if (e == ERR_NONE) {
		config_release(&config);
		e = file_make(in, in->at.conf, 0644, &b);
	} else {
		e = fault_at(f, ERR_USAGE, 0, "almenarad.conf", "%.150s",
		    buf_str(&faults));
	}
	buf_release(&b);
	buf_release(&faults);
	return e;
}

/* A first file of sharing rules, to be read and changed by the team. */
static enum err
rules_file(struct init *in, struct fault *f)
{
	const struct embed *sample = embed_find(&example_files,
	    "almenara.rules");
	const char *id = args_find(&in->c->args, "agreement");
	const struct rules *parsed;
	struct arena mem = { 0 };
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_RULES);
	if (sample != NULL)
		buf_put_mem(&b, sample->p, sample->n);
	if (id != NULL)
		buf_put_format(&b, "\nagreement \"%s\" with all\n", id);
	in->failed = id != NULL ? "--agreement" : in->at.rules;
	e = rules_parse(buf_span(&b), cli_schema(in->c), &mem, &parsed, f);
	arena_release(&mem);
	if (e == ERR_NONE)
		e = file_make(in, in->at.rules, 0644, &b);
	buf_release(&b);
	return e;
}

static enum err
folders_make(struct init *in, const char *dir)
{
	const char *folders[] = { dir, in->at.documents, in->at.data,
		in->at.sentinel_folder };
	enum err e = ERR_NONE;

	for (size_t i = 0; i < 4 && e == ERR_NONE; i++)
		/* another user, the service, reads the configuration in dir;
		 * one of --dir is there already, for its owner alone */
		e = folder_make(in, folders[i], i == 0 ? 0755 : 0700);
	return e;
}

static enum err
files_make(struct init *in, struct fault *f)
{
	enum err e = keyring_file(in);

	if (e == ERR_NONE)
		e = identity_file(in);
	if (e == ERR_NONE)
		e = card_file(in, f);
	if (e == ERR_NONE)
		e = sentinel_file(in);
	if (e == ERR_NONE)
		e = rules_file(in, f);
	if (e == ERR_NONE)
		e = conf_file(in, f);
	return e;
}

/* The system's folders belong to the user that the service runs as. */
static enum err
owner_set(struct init *in, const char *user)
{
	const char *paths[] = { in->at.keyring, in->at.documents, in->at.data,
		in->at.sentinel_folder, in->at.sentinel };
	struct passwd *pw = getpwnam(user);

	in->failed = user;
	if (pw == NULL)
		return ERR_NOT_FOUND;
	for (size_t i = 0; i < 5; i++) {
		in->failed = paths[i];
		if (chown(paths[i], pw->pw_uid, pw->pw_gid) != 0)
			return ERR_DENIED;
	}
	return ERR_NONE;
}

static enum err
kind_of(struct cli *c, const char *option, const char *other,
    enum jwk_kind other_kind, enum jwk_kind *out)
{
	const char *v = args_find(&c->args, option);

	*out = other_kind;
	if (v == NULL || strcmp(v, other) == 0)
		return ERR_NONE;
	*out = JWK_P256;
	return strcmp(v, "p256") == 0 ? ERR_NONE : ERR_USAGE;
}

static enum err
keys_make(struct init *in)
{
	enum jwk_kind enc, tls;
	enum err e = kind_of(in->c, "enc", "x25519", JWK_X25519, &enc);

	if (e == ERR_NONE)
		e = kind_of(in->c, "tls", "ed25519", JWK_ED25519, &tls);
	if (e == ERR_NONE)
		e = keyring_make(buf_span(&in->origin), buf_span(&in->node),
		    buf_span(&in->private_origin), enc, tls, random_fill,
		    &in->ring);
	if (e == ERR_NONE)
		secrets_make_identity(in);
	return e;
}

static int
tell(struct init *in)
{
	struct cli *c = in->c;
	struct json_out w;
	struct buf b;

	if (!c->json) {
		printf("%s\n", in->at.card);
		cli_say(c, T(c, "Made the node of team %.*s.\n"
		    "  1. Move %s to a safe place away from this machine.\n"
		    "  2. Hand %s to whoever founds the network.\n"
		    "  3. Then: almenara network join --conf %s FOLDER",
		    "Creado el nodo del equipo %.*s.\n"
		    "  1. Lleve %s a un lugar seguro fuera de esta máquina.\n"
		    "  2. Entregue %s a quien funda la red.\n"
		    "  3. Luego: almenara network join --conf %s CARPETA",
		    "Criado o nó da equipe %.*s.\n"
		    "  1. Leve %s a um lugar seguro fora desta máquina.\n"
		    "  2. Entregue %s a quem funda a rede.\n"
		    "  3. Depois: almenara network join --conf %s PASTA",
		    "Nœud de l’équipe %.*s créé.\n"
		    "  1. Mettez %s en lieu sûr, hors de cette machine.\n"
		    "  2. Remettez %s à qui fonde le réseau.\n"
		    "  3. Ensuite : almenara network join --conf %s DOSSIER"),
		    SPAN_FMT(in->team), in->at.identity, in->at.card,
		    in->at.conf);
		return CLI_OK;
	}
	buf_init(&b, 65536);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "schema", "almenara.init/1");
	json_put_member_span(&w, "team", in->team);
	json_put_member_span(&w, "origin", buf_span(&in->origin));
	json_put_member_span(&w, "node", buf_span(&in->node));
	json_put_member_str(&w, "config", in->at.conf);
	json_put_member_str(&w, "card", in->at.card);
	json_put_member_str(&w, "identity", in->at.identity);
	json_put_member_str(&w, "control", in->at.control);
	json_put_close(&w, '}');
	printf("%s\n", buf_str(&b));
	buf_release(&b);
	return CLI_OK;
}

/* What the names must be, told before anything is made. */
static int
check(struct init *in)
{
	struct cli *c = in->c;

	if (!name_is_domain(in->domain))
		return cli_usage(c, T(c,
		    "--domain: the network's name, such as almenara.example",
		    "--domain: el nombre de la red, como almenara.example",
		    "--domain: o nome da rede, como almenara.example",
		    "--domain : le nom du réseau, tel que almenara.example"));
	if (!name_is_team(in->team))
		return cli_usage(c, T(c,
		    "--team: 2 to 32 of a-z, 0-9 and -, such as uy",
		    "--team: de 2 a 32 de a-z, 0-9 y -, como uy",
		    "--team: de 2 a 32 de a-z, 0-9 e -, como uy",
		    "--team : 2 à 32 de a-z, 0-9 et -, tel que uy"));
	if (!name_is_state(in->state))
		return cli_usage(c, T(c,
		    "--state: two letters of ISO 3166-1, such as UY",
		    "--state: dos letras de ISO 3166-1, como UY",
		    "--state: duas letras de ISO 3166-1, como UY",
		    "--state : deux lettres d’ISO 3166-1, tel que UY"));
	if (!name_is_line(in->name, 128))
		return cli_usage(c, T(c,
		    "--name: the team's name for people",
		    "--name: el nombre del equipo para personas",
		    "--name: o nome da equipe para pessoas",
		    "--name : le nom de l’équipe pour des personnes"));
	for (size_t i = 0; i < c->args.given_count; i++) {
		const char *o = c->args.given[i].option->name;

		if ((strcmp(o, "listen") == 0 || strcmp(o, "address") == 0) &&
		    !name_is_address(span_str(c->args.given[i].value)))
			return cli_usage(c, cli_text(c, "--%s: host:port", o));
	}
	return CLI_OK;
}

static struct span
text_option(struct cli *c, const char *name, const char *fallback)
{
	const char *v = args_find(&c->args, name);

	return span_str(v != NULL ? v : fallback);
}

static int
init_make(struct init *in, const char *dir)
{
	const char *user = args_find(&in->c->args, "user");
	struct fault f = { 0 };
	enum err e;

	names_make(in);
	e = keys_make(in);
	if (e == ERR_NONE)
		e = folders_make(in, dir);
	if (e == ERR_NONE)
		e = files_make(in, &f);
	if (e == ERR_NONE && user != NULL)
		e = owner_set(in, user);
	if (e == ERR_NONE)
		e = file_sync_folder(dir);
	if (e == ERR_NONE)
		return tell(in);
	undo(in);
	if (in->failed == NULL)
		return cli_usage(in->c, "--enc x25519|p256, "
		    "--tls ed25519|p256");
	return cli_fail_file(in->c, e, in->failed, &f);
}

static int
run(struct cli *c)
{
	struct init in = { .c = c };
	const char *dir = args_find(&c->args, "dir");
	char *full;
	struct fault f;
	int status;
	enum err e;

	in.domain = text_option(c, "domain", "");
	in.team = text_option(c, "team", "");
	in.state = text_option(c, "state", "");
	in.name = text_option(c, "name",
	    arena_string(&c->arena, in.team));
	if (args_number(&c->args, "number", 1, 999, &in.number, &f) !=
	    ERR_NONE)
		return cli_usage(c, cli_text(c, "%s: %s", f.field, f.rule));
	status = check(&in);
	if (status != CLI_OK)
		return status;
	if (dir == NULL) {
		dir = "/etc/almenara";
		places_of_system(&in);
	} else {
		full = arena_alloc(&c->arena, PATH_MAX);
		e = file_is_folder(dir) ? ERR_NONE :
		    made(&in, dir, file_make_folder(dir, 0700));
		if (e != ERR_NONE || realpath(dir, full) == NULL)
			return cli_fail_file(c, e != ERR_NONE ? e : ERR_IO,
			    dir, NULL);
		places_in_folder(&in, full);
		dir = full;
	}
	status = init_make(&in, dir);
	jwk_wipe(&in.identity);
	keyring_free(in.ring);
	buf_release(&in.origin);
	buf_release(&in.node);
	buf_release(&in.private_origin);
	buf_release(&in.vkey);
	return status;
}

const struct command command_init = {
	.name = "init", .group = GROUP_START, .operands = "", .run = run,
	.summary = { { "Make keys, configuration and card of a new node",
	    "Crear claves, configuración y ficha de un nodo nuevo",
	    "Criar chaves, configuração e ficha de um nó novo",
	    "Créer clés, configuration et fiche d’un nouveau nœud" } },
	.option = {
		{ "domain", 0, "DOMAIN", { { "the network's name",
		    "el nombre de la red", "o nome da rede",
		    "le nom du réseau" } } },
		{ "team", 0, "TEAM", { { "the team's id, such as uy",
		    "el id del equipo, como uy", "o id da equipe, como uy",
		    "l’id de l’équipe, comme uy" } } },
		{ "state", 0, "CC", { { "its state, two letters",
		    "su Estado, dos letras", "seu Estado, duas letras",
		    "son État, deux lettres" } } },
		{ "name", 0, "TEXT", { { "the team's name for people",
		    "el nombre del equipo para las personas",
		    "o nome da equipe para as pessoas",
		    "le nom de l’équipe pour les personnes" } } },
		{ "dir", 0, "DIR", { { "everything in this folder "
		    "(else /etc/almenara and /var/lib)",
		    "todo en esta carpeta (si no, /etc/almenara y /var/lib)",
		    "tudo nesta pasta (senão, /etc/almenara e /var/lib)",
		    "tout dans ce dossier (sinon /etc/almenara et "
		    "/var/lib)" } } },
		{ "agreement", 0, "UUID", { {
		    "a signed agreement with all teams is in force: they "
		    "may get more than TLP:GREEN",
		    "rige un acuerdo firmado con todos los equipos: pueden "
		    "recibir más que TLP:GREEN",
		    "vigora um acordo assinado com todas as equipes: podem "
		    "receber mais que TLP:GREEN",
		    "un accord signé avec toutes les équipes est en vigueur "
		    ": elles peuvent recevoir plus que TLP:GREEN" } } },
		{ "listen", 0, "HOST:PORT", { {
		    "where other nodes may connect (repeatable)",
		    "dónde pueden conectarse otros nodos (repetible)",
		    "onde outros nós podem se conectar (repetível)",
		    "où les autres nœuds se connectent (répétable)" } } },
		{ "address", 0, "HOST:PORT", { {
		    "how others reach it, if that differs (repeatable)",
		    "cómo lo alcanzan los otros, si difiere (repetible)",
		    "como os outros o alcançam, se diferir (repetível)",
		    "comment les autres l’atteignent, si différent "
		    "(répétable)" } } },
		{ "number", 0, "N", { { "number of a second node of a team",
		    "número de un segundo nodo del equipo",
		    "número de um segundo nó da equipe",
		    "numéro d’un second nœud de l’équipe" } } },
		{ "enc", 0, "x25519|p256", { { "kind of the sealing key",
		    "tipo de la clave de sellado",
		    "tipo da chave de selagem",
		    "type de la clé de scellement" } } },
		{ "tls", 0, "ed25519|p256", { { "kind of the link key",
		    "tipo de la clave de enlace", "tipo da chave de enlace",
		    "type de la clé de liaison" } } },
		{ "passphrase-file", 0, "FILE", { {
		    "put the keyring under the first line of this file",
		    "cifrar el llavero con la primera línea de este archivo",
		    "cifrar o chaveiro com a primeira linha deste arquivo",
		    "chiffrer le trousseau avec la première ligne de ce "
		    "fichier" } } },
		{ "user", 0, "NAME", { { "the system user that runs the node",
		    "el usuario del sistema que ejecuta el nodo",
		    "o usuário do sistema que executa o nó",
		    "l’utilisateur système qui exécute le nœud" } } },
	},
};

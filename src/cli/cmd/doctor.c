/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara doctor: what keeps this node from working, each finding with the
 * next step. Looks at the files first, so that it helps when the node does not
 * run; then asks the node.
 */
#include "base/limits.h"
#include "cli/control.h"
#include "cli/face.h"
#include "cli/file.h"
#include "cli/node_config.h"
#include "cli/out.h"
#include "cli/trust.h"
#include "crypto/passphrase.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { ROOM_LEAST_MIB = 256 };

enum finding { FINDING_GOOD, FINDING_WARN, FINDING_BAD };

struct doctor {
	struct cli *c;
	struct table table;
	struct buf b;
	struct json_out w;
	bool is_bad;
};

static void
found(struct doctor *d, enum finding f, const char *what, const char *why,
    const char *next)
{
	static const char *const tokens[] = { "good", "doubtful", "bad" };
	static const enum term_style styles[] = { STYLE_GOOD, STYLE_WARN,
		STYLE_BAD };
	struct cli *c = d->c;

	d->is_bad |= f == FINDING_BAD;
	if (out_is_json(c)) {
		json_put_open(&d->w, '{');
		json_put_member_str(&d->w, "finding", tokens[f]);
		json_put_member_str(&d->w, "what", what);
		json_put_member_str(&d->w, "why", why);
		json_put_member_str(&d->w, "next", next);
		json_put_close(&d->w, '}');
		return;
	}
	table_put(&d->table, span_str(c->term.utf8 ? f == FINDING_GOOD ?
	    "✓" : f == FINDING_WARN ? "!" : "✗" : tokens[f]), styles[f]);
	table_put_str(&d->table, what);
	table_put_str(&d->table, why);
	table_put_str(&d->table, next);
}

static void
check_secret(struct doctor *d, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		found(d, FINDING_BAD, path, err_sentence(ERR_NOT_FOUND),
		    "almenara help init");
	else if ((st.st_mode & 077) != 0)
		found(d, FINDING_BAD, path, T(d->c, "others may read it",
		    "otros pueden leerlo", "outros podem lê-lo",
		    "d’autres peuvent le lire"),
		    cli_text(d->c, "chmod 600 %s", path));
	else
		found(d, FINDING_GOOD, path, "", "");
}

static void
check_documents(struct doctor *d, const char *folder)
{
	const char *root = cli_text(d->c, "%s/root", folder);

	if (access(root, R_OK) == 0)
		found(d, FINDING_GOOD, root, "", "");
	else
		found(d, FINDING_BAD, root, T(d->c,
		    "this node belongs to no network yet",
		    "este nodo aún no pertenece a una red",
		    "este nó ainda não pertence a uma rede",
		    "ce nœud n’appartient encore à aucun réseau"),
		    "almenara network join");
}

static void
check_room(struct doctor *d, const char *folder)
{
	struct statvfs v;
	unsigned long long mib;

	if (statvfs(folder, &v) != 0) {
		found(d, FINDING_BAD, folder, err_sentence(ERR_NOT_FOUND),
		    "almenara help init");
		return;
	}
	mib = (unsigned long long)v.f_bavail * v.f_frsize / 1048576;
	found(d, mib < ROOM_LEAST_MIB ? FINDING_WARN : FINDING_GOOD, folder,
	    cli_text(d->c, "%llu MiB", mib), "");
}

/* The cold key of the team has no business beside the hot ones. */
static void
check_identity(struct doctor *d, const struct config *config)
{
	char *path = cli_text(d->c, "%s", config->keyring);
	char *slash = strrchr(path, '/');

	if (slash == NULL)
		return;
	*slash = '\0';
	path = cli_text(d->c, "%s/identity.jwk", path);
	if (access(path, F_OK) == 0)
		found(d, FINDING_WARN, path, T(d->c,
		    "the team's cold key lies on this machine",
		    "la clave fría del equipo está en esta máquina",
		    "a chave fria da equipe está nesta máquina",
		    "la clé froide de l’équipe est sur cette machine"),
		    T(d->c, "move it to a safe place",
		    "llévela a un lugar seguro", "leve-a a um lugar seguro",
		    "mettez-la en lieu sûr"));
}

static void
check_peers(struct doctor *d, struct json_val peers)
{
	struct cli *c = d->c;

	for (struct json_val v = json_first(peers); v.type != JSON_ABSENT;
	    v = json_next(peers, v)) {
		const char *team = out_str(c, v, "team");

		if (out_is_true(v, "linked"))
			found(d, out_is_true(v, "clock_off") ? FINDING_WARN :
			    FINDING_GOOD, team, out_is_true(v, "clock_off") ?
			    cli_word(c, "clock_off") : "", "");
		else
			found(d, FINDING_WARN, team, cli_word(c, "link_down"),
			    "almenara peer list");
	}
}

/* What was refused stays out of force, and nothing else says so. */
static void
check_rules(struct doctor *d, struct json_val status)
{
	const char *refused = out_str(d->c, status, "rules_refused");

	if (refused[0] != '\0')
		found(d, FINDING_BAD, cli_word(d->c, "rules_refused"),
		    refused, "almenara rules check");
	if (!out_is_true(status, "rules"))
		found(d, FINDING_WARN, "almenara.rules", T(d->c,
		    "no sharing rules are in force: nothing is shared",
		    "no rigen reglas de intercambio: no se comparte nada",
		    "nenhuma regra de compartilhamento em vigor: nada é "
		    "compartilhado",
		    "aucune règle de partage en vigueur : rien n’est "
		    "partagé"), "almenara rules load");
}

static void
trust_found(void *ctx, const char *about, const char *what, const char *next)
{
	found(ctx, FINDING_WARN, about, what, next);
}

static void
face_found(void *ctx, enum face f, const char *word_id, const char *what,
    const char *next)
{
	struct doctor *d = ctx;

	found(d, f == FACE_GOOD ? FINDING_GOOD : f == FACE_BAD ? FINDING_BAD :
	    FINDING_WARN, cli_word(d->c, word_id), what, next);
}

static void
check_attachments(struct doctor *d, struct json_val v)
{
	if (out_is_true(v, "unsure"))
		found(d, FINDING_WARN, cli_word(d->c, "attachments"),
		    T(d->c, "an entry that may name one cannot be read: none "
		    "is deleted",
		    "no se puede leer una entrada que quizá nombre alguno: no "
		    "se borra ninguno",
		    "não se pode ler uma entrada que talvez nomeie algum: "
		    "nenhum é apagado",
		    "une entrée qui en nomme peut-être ne se lit pas : aucune "
		    "n’est effacée"), "almenara log verify");
}

static void
check_node(struct doctor *d)
{
	struct cli *c = d->c;
	const char *path = node_control_path(c), *state;
	struct control_answer a;
	enum err e = control_open(path, 5000, &c->control);

	if (e == ERR_NONE)
		e = control_call(c->control, "status", span_str(""),
		    lang_tag(c->lang), &a);
	if (e != ERR_NONE) {
		found(d, FINDING_BAD, path, e == ERR_CLOSED ||
		    e == ERR_NOT_FOUND ? T(c, "the node does not run",
		    "el nodo no está en marcha",
		    "o nó não está em execução", "le nœud ne tourne pas") :
		    err_sentence(e), "systemctl start almenarad");
		return;
	}
	if (!a.ok) {
		found(d, FINDING_BAD, path, out_str(c, a.data, "what"),
		    out_str(c, a.data, "next"));
		return;
	}
	state = out_str(c, a.data, "state");
	found(d, strcmp(state, "ready") == 0 ? FINDING_GOOD :
	    strcmp(state, "asking") == 0 ? FINDING_WARN : FINDING_BAD,
	    cli_text(c, "%s: %s", out_str(c, a.data, "team"), state),
	    out_str(c, a.data, "why"), "");
	check_rules(d, a.data);
	check_peers(d, json_get(a.data, "peers"));
	check_attachments(d, json_get(a.data, "attachments"));
	face_tell(c, a.data, face_found, d);
	trust_tell(c, a.data, trust_found, d);
}

static int
run(struct cli *c)
{
	const char *const heads[] = { "", cli_word(c, "finding"),
		cli_word(c, "why"), cli_word(c, "next_step"), NULL };
	struct doctor d = { .c = c };
	struct config config;
	int status;

	if (!args_has(&c->args, "control")) {
		status = node_config_read(c, &config);
		if (status != CLI_OK)
			return status;
	}
	table_init(&d.table, &c->term, heads);
	out_open(c, &d.b, &d.w);
	json_put_key(&d.w, "findings");
	json_put_open(&d.w, '[');
	if (!args_has(&c->args, "control")) {
		found(&d, FINDING_GOOD, config.file, "", "");
		check_secret(&d, config.keyring);
		check_secret(&d, config.sentinel);
		check_documents(&d, config.documents);
		check_room(&d, config.data_dir);
		check_identity(&d, &config);
		config_release(&config);
	}
	check_node(&d);
	json_put_close(&d.w, ']');
	json_put_member_bool(&d.w, "ok", !d.is_bad);
	if (out_is_json(c)) {
		out_close(&d.b, &d.w);
		table_release(&d.table);
	} else {
		buf_release(&d.b);
		out_table(c, &d.table);
	}
	return d.is_bad ? CLI_FAILED : CLI_OK;
}

const struct command command_doctor = {
	.name = "doctor", .group = GROUP_START, .operands = "", .run = run,
	.summary = { { "What keeps this node from working, and what to do",
	    "Qué impide que este nodo funcione, y qué hacer",
	    "O que impede este nó de funcionar, e o que fazer",
	    "Ce qui empêche ce nœud de marcher, et que faire" } },
	.option = {
		NODE_CONFIG_CONF,
	},
};

/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara restore: a node out of a backup, in one folder or in the places of
 * an installed one. Written beside its place and put there whole, or not at
 * all. The store that is made says of itself that it was restored, so that the
 * node never signs its old log again.
 */
#include "base/limits.h"
#include "cli/backup_look.h"
#include "cli/ceremony.h"
#include "cli/file.h"
#include "cli/out.h"
#include "cli/restore_places.h"
#include "node/config.h"
#include "store/blobs.h"
#include "store/sqlite.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* rows in one transaction */
enum { ROWS_EACH = 2048, ROW_BYTES_EACH = 8388608, MISSING_MAX = 8 };

struct work {
	struct cli *c;
	const char *to;   /* absolute: where it will be; NULL: in `places` */
	struct places places; /* without `to` the user may be all of it */
	const char *at;   /* where it is written; NULL: not known yet */
	bool made;        /* `to` is of this run, and empty */
	struct backup_look look, keys;
	struct store *store;
	uint64_t rows, row_bytes; /* of the open transaction */
	struct blobs *blobs;
	struct digest blob;
	uint64_t blob_at;
	struct archive_counts counts;
	/* files that the configuration names and no backup has */
	const char *missing[MISSING_MAX];
	size_t missing_n;
};

/* --- where it is written --- */

static enum err
make_folders(struct work *w, const char *form, struct fault *f)
{
	static const char *const names[] = { "data", "documents", "sentinel" };
	char *at = arena_string(&w->c->arena, span_str(form));
	enum err e = ERR_NONE;

	if (mkdtemp(at) == NULL)
		return errno == EACCES ? ERR_DENIED : errno == ENOSPC ?
		    ERR_FULL : ERR_IO;
	w->at = at;
	for (size_t i = 0; i < 3 && e == ERR_NONE; i++)
		e = file_make_folder(cli_text(w->c, "%s/%s", at, names[i]),
		    0700);
	if (e == ERR_NONE)
		e = store_sqlite_open(cli_text(w->c, "%s/data/log.db", at),
		    NULL, &w->store, f);
	if (e == ERR_NONE)
		e = blobs_open(cli_text(w->c, "%s/data/attachments", at),
		    &w->blobs);
	return e;
}

static enum err
open_places(struct work *w, const struct config *config, struct fault *f)
{
	enum err e = places_open(&w->places, config, f);

	/* inside, for what is there may be a volume of its own */
	return e == ERR_NONE ? make_folders(w, cli_text(w->c,
	    "%s/restore.XXXXXX", w->places.data), f) : e;
}

/* --- files --- */

/* The same node at another place: what it was told stays, where things lie is
 * said anew. */
static void
move_config(struct work *w, struct config *moved)
{
	struct cli *c = w->c;

	moved->data_dir = cli_text(c, "%s/data", w->to);
	moved->keyring = cli_text(c, "%s/keyring", w->to);
	moved->documents = cli_text(c, "%s/documents", w->to);
	moved->rules = cli_text(c, "%s/almenara.rules", w->to);
	moved->sentinel = cli_text(c, "%s/sentinel/sentinel", w->to);
	moved->control_socket = cli_text(c, "%s/control", w->to);
}

static void
find_missing(struct work *w, const struct config *config)
{
	const char *paths[] = { config->backup_key, config->web_certificate,
		config->web_key, config->courier_credentials,
		config->courier_ca, config->site_theme };
	const char *root = w->to == NULL ? w->places.root : "";

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		const char *at = cli_text(w->c, "%s%s", root, paths[i]);

		if (paths[i][0] != '\0' && access(at, F_OK) != 0)
			w->missing[w->missing_n++] = at;
	}
}

static enum err
put_config(struct work *w, struct span text, struct fault *f)
{
	struct config config = { 0 }, moved;
	struct buf b, faults;
	char none[] = "";
	enum err e;

	buf_init(&b, LIMIT_CONFIG);
	buf_init(&faults, LIMIT_CONFIG);
	e = config_parse(text, PLACES_CONF, &config, &faults);
	if (e != ERR_NONE)
		e = fault_at(f, e, 0, "almenarad.conf", "%.150s",
		    buf_str(&faults));
	if (e == ERR_NONE && w->to == NULL)
		e = open_places(w, &config, f);
	if (e == ERR_NONE) {
		find_missing(w, &config);
		moved = config;
		if (w->to != NULL)
			move_config(w, &moved);
		if (w->to != NULL || w->keys.ring != NULL)
			moved.passphrase_file = none;
		config_print(&moved, &b);
		e = file_write_new(cli_text(w->c, "%s/almenarad.conf", w->at),
		    0644, buf_span(&b));
	}
	config_release(&config);
	buf_release(&b);
	buf_release(&faults);
	return e;
}

/* Where the rest belongs is known from the configuration only. */
static enum err
check_opened(const struct work *w, struct fault *f)
{
	return w->at != NULL ? ERR_NONE : fault_at(f, ERR_SYNTAX, 0, "files",
	    "almenarad.conf is not the first of them");
}

static enum err
on_file(void *ctx, struct span name, struct span bytes, struct fault *f)
{
	struct work *w = ctx;
	enum err e;

	if (span_is_str(name, "almenarad.conf"))
		return put_config(w, bytes, f);
	e = check_opened(w, f);
	if (e != ERR_NONE)
		return e;
	e = file_write_new(cli_text(w->c, "%s/%.*s", w->at, SPAN_FMT(name)),
	    0644, bytes);
	return e == ERR_NONE ? e : fault_at(f, e, 0, "files",
	    "%.*s cannot be written: %s", SPAN_FMT(name), err_sentence(e));
}

/* --- the store --- */

static enum err
rows_commit(struct work *w, struct fault *f)
{
	enum err e = w->rows == 0 ? ERR_NONE : store_commit(w->store);

	w->rows = w->row_bytes = 0;
	return e == ERR_NONE ? e : fault_at(f, e, 0, "store",
	    "it cannot be written: %s", err_sentence(e));
}

static enum err
on_row(void *ctx, const struct store_row *r, struct fault *f)
{
	struct work *w = ctx;
	enum err e = check_opened(w, f);

	if (e != ERR_NONE)
		return e;
	if (w->rows == 0)
		e = store_begin(w->store);
	if (e == ERR_NONE)
		e = store_copy_put(w->store, r);
	if (e != ERR_NONE)
		return fault_at(f, e, 0, store_row_word(r->kind),
		    "it cannot be written: %s", err_sentence(e));
	w->row_bytes += r->row.value.n;
	if (++w->rows < ROWS_EACH && w->row_bytes < ROW_BYTES_EACH)
		return ERR_NONE;
	return rows_commit(w, f);
}

/* --- attachments --- */

static enum err
on_blob(void *ctx, const struct digest *name, uint64_t size, struct fault *f)
{
	struct work *w = ctx;

	(void)size;
	w->blob = *name;
	w->blob_at = 0;
	return check_opened(w, f);
}

static enum err
on_data(void *ctx, struct span bytes, bool is_last, struct fault *f)
{
	struct work *w = ctx;
	enum err e = blobs_part_add(w->blobs, &w->blob, w->blob_at, bytes);

	w->blob_at += bytes.n;
	if (e == ERR_NONE && is_last)
		e = blobs_part_finish(w->blobs, &w->blob, &w->blob);
	return e == ERR_NONE ? e : fault_at(f, e, 0, "attachments",
	    "one cannot be written: %s", err_sentence(e));
}

/* --- what makes it a restored one --- */

static enum err
store_close(struct work *w, struct fault *f)
{
	enum err e = rows_commit(w, f);

	store_free(w->store);
	w->store = NULL;
	return e;
}

static enum err
on_end(void *ctx, struct span jws, const struct digest *digest,
    struct fault *f)
{
	const char *path;
	struct work *w = ctx;
	enum err e = check_opened(w, f);

	(void)jws;
	(void)digest;
	if (e == ERR_NONE)
		e = store_close(w, f);
	if (e != ERR_NONE)
		return e;
	path = cli_text(w->c, "%s/data/log.db", w->at);
	e = store_sqlite_open(path, NULL, &w->store, f);
	if (e == ERR_NONE)
		e = store_begin(w->store);
	if (e == ERR_NONE)
		e = store_put_item(w->store, "node", span_str("restored"),
		    w->look.head.log);
	if (e == ERR_NONE)
		e = store_commit(w->store);
	if (e == ERR_NONE)
		e = store_sqlite_check(w->store, f);
	store_free(w->store);
	w->store = NULL;
	return e;
}

/* --- all of it --- */

/* Nothing is put where something is: an empty folder, or none. */
static enum err
find_place(struct work *w, const char *to, struct fault *f)
{
	char *full = arena_alloc(&w->c->arena, PATH_MAX);
	struct file_list list;
	enum err e;

	w->to = to;
	w->made = mkdir(to, 0700) == 0;
	if (!w->made && errno != EEXIST)
		return errno == ENOENT ? ERR_NOT_FOUND :
		    errno == EACCES ? ERR_DENIED : ERR_IO;
	e = file_list_read(to, &list);
	if (e != ERR_NONE)
		return e;
	if (list.n != 0)
		e = fault_at(f, ERR_EXISTS, 0, NULL, "%s",
		    access(cli_text(w->c, "%s/data/log.db", to), F_OK) == 0 ||
		    access(cli_text(w->c, "%s/log.db", to), F_OK) == 0 ?
		    "there is a log in it: a backup is never restored over "
		    "one" : "it is not empty");
	file_list_release(&list);
	if (e == ERR_NONE && realpath(to, full) == NULL)
		e = ERR_IO;
	w->to = full;
	return e;
}

/* Everything is on the disk before it has its name. */
static enum err
put_in_folder(struct work *w, struct span keyring)
{
	static const char *const names[] = { "/documents", "/data",
		"/sentinel", "" };
	char *slash;
	char *parent = arena_string(&w->c->arena, span_str(w->to));
	enum err e = keyring.n == 0 ? ERR_NONE : file_write_new(cli_text(w->c,
	    "%s/keyring", w->at), 0600, keyring);

	if (e == ERR_NONE && w->places.user != NULL)
		e = places_own(&w->places, w->at);
	for (size_t i = 0; i < 4 && e == ERR_NONE; i++)
		e = file_sync_folder(cli_text(w->c, "%s%s", w->at,
		    names[i]));
	if (e == ERR_NONE && rename(w->at, w->to) != 0)
		e = ERR_IO;
	slash = strrchr(parent, '/');
	if (slash != NULL)
		slash[slash == parent] = '\0';
	return e == ERR_NONE ? file_sync_folder(parent) : e;
}

static enum err
put_in_place(struct work *w)
{
	struct buf b;
	enum err e = ERR_NONE;

	buf_init(&b, LIMIT_KEYFILE);
	(void)buf_extend(&b, LIMIT_KEYFILE);
	buf_clear(&b);
	if (w->keys.ring != NULL)
		e = keyring_write(w->keys.ring, span_of(NULL, 0), NULL, &b);
	if (e == ERR_NONE)
		e = w->to != NULL ? put_in_folder(w, buf_span(&b)) :
		    places_fill(&w->places, w->at, buf_span(&b));
	secret_wipe(b.p, b.cap);
	buf_release(&b);
	return e;
}

static int
restore(struct work *w, const struct jwk *key)
{
	const struct archive_take on = { NULL, on_file, on_row, on_blob,
		on_data, on_end, w };
	const char *path = w->c->args.operand[0];
	struct fault f = { 0 };
	int status;
	enum err e = w->to == NULL ? ERR_NONE : make_folders(w,
	    cli_text(w->c, "%s.restore.XXXXXX", w->to), &f);

	if (e != ERR_NONE)
		return cli_fail_file(w->c, e, w->to, &f);
	status = backup_look_read(w->c, path,
	    args_find(&w->c->args, "keyring"), key, &on, &w->look, &w->keys,
	    &w->counts);
	store_free(w->store);
	w->store = NULL;
	blobs_close(w->blobs);
	w->blobs = NULL;
	if (status != CLI_OK)
		return status;
	e = put_in_place(w);
	return e == ERR_NONE ? CLI_OK : cli_fail_file(w->c, e,
	    w->to != NULL ? w->to : w->places.failed, NULL);
}

static void
tell_json(struct work *w)
{
	const struct places *p = &w->places;
	struct json_out out;
	struct buf b;

	out_open(w->c, &b, &out);
	if (w->to != NULL) {
		json_put_member_str(&out, "folder", w->to);
	} else {
		json_put_member_str(&out, "config", p->conf);
		json_put_member_str(&out, "rules", p->rules);
		json_put_member_str(&out, "keyring", p->keyring);
		json_put_member_str(&out, "documents", p->documents);
		json_put_member_str(&out, "data", p->data);
	}
	if (p->user != NULL)
		json_put_member_str(&out, "user", p->user);
	json_put_member_span(&out, "origin", w->look.head.log);
	json_put_member_u64(&out, "made", (uint64_t)w->look.head.made_s);
	json_put_member_bool(&out, "keys", w->keys.ring != NULL);
	json_put_member_u64(&out, "records", w->counts.rows[ROW_RECORD]);
	json_put_member_u64(&out, "attachments", w->counts.blobs);
	json_put_key(&out, "missing");
	json_put_open(&out, '[');
	for (size_t i = 0; i < w->missing_n; i++)
		json_put_str(&out, w->missing[i]);
	json_put_close(&out, ']');
	out_close(&b, &out);
}

static void
tell_what(const struct work *w)
{
	const struct places *p = &w->places;

	if (w->to != NULL)
		printf("%s\n", w->to);
	else
		printf("%s\n%s\n%s\n%s\n", p->conf, p->rules, p->documents,
		    p->data);
	if (w->to == NULL && w->keys.ring != NULL)
		printf("%s\n", p->keyring);
}

/* What must be there before the start. */
static void
tell_missing(struct work *w)
{
	struct cli *c = w->c;

	if (w->keys.ring == NULL)
		cli_say(c, T(c, "  0. Put the keyring of the node there: %s",
		    "  0. Ponga allí el llavero del nodo: %s",
		    "  0. Ponha lá o chaveiro do nó: %s",
		    "  0. Placez-y le trousseau du nœud : %s"),
		    w->to == NULL ? w->places.keyring :
		    cli_text(c, "%s/keyring", w->to));
	for (size_t i = 0; i < w->missing_n; i++)
		cli_say(c, T(c, "  0. The configuration names it, and no backup "
		    "has it: %s",
		    "  0. La configuración lo nombra y ningún respaldo lo "
		    "tiene: %s",
		    "  0. A configuração o nomeia e nenhuma cópia o tem: %s",
		    "  0. La configuration le nomme, aucune sauvegarde ne l’a "
		    ": %s"), w->missing[i]);
}

static int
tell(struct work *w)
{
	struct cli *c = w->c;

	if (out_is_json(c)) {
		tell_json(w);
		return CLI_OK;
	}
	tell_what(w);
	tell_missing(w);
	cli_say(c, T(c, "  1. Be sure that the old machine never starts "
	    "again.\n"
	    "  2. %s\n"
	    "  3. almenara epoch new%s --reason TEXT\n"
	    "What was said and taken since the backup then comes back from "
	    "the other nodes; drafts wait for approval anew.",
	    "  1. Asegúrese de que la máquina antigua no arranque nunca "
	    "más.\n"
	    "  2. %s\n"
	    "  3. almenara epoch new%s --reason TEXTO\n"
	    "Lo dicho y recibido desde el respaldo vuelve entonces de los "
	    "otros nodos; los borradores esperan aprobación de nuevo.",
	    "  1. Tenha certeza de que a máquina antiga nunca mais "
	    "inicie.\n"
	    "  2. %s\n"
	    "  3. almenara epoch new%s --reason TEXTO\n"
	    "O que foi dito e recebido desde a cópia volta então dos outros "
	    "nós; os rascunhos esperam aprovação de novo.",
	    "  1. Assurez-vous que l’ancienne machine ne démarre plus "
	    "jamais.\n"
	    "  2. %s\n"
	    "  3. almenara epoch new%s --reason TEXTE\n"
	    "Ce qui a été dit et reçu depuis revient alors des autres nœuds ; "
	    "les brouillons attendent une nouvelle approbation."),
	    w->to == NULL ? "systemctl start almenarad" :
	    cli_text(c, "almenarad -f %s/almenarad.conf", w->to),
	    w->to == NULL ? "" : cli_text(c, " --node %s", w->to));
	return CLI_OK;
}

/* --- the command --- */

static int
choose_place(struct work *w)
{
	struct args *args = &w->c->args;
	const char *to = args_find(args, "to");
	const char *user = args_find(args, "user");
	struct fault f = { 0 };
	int status = CLI_OK;
	enum err e;

	if (to != NULL && args_has(args, "root"))
		return cli_usage(w->c, "--to DIR | --root DIR");
	if (user == NULL && to == NULL)
		user = PLACES_USER;
	if (user != NULL)
		status = places_init(&w->places, w->c,
		    args_find(args, "root"), user);
	if (to == NULL || status != CLI_OK)
		return status;
	e = find_place(w, to, &f);
	return e == ERR_NONE ? CLI_OK : cli_fail_file(w->c, e, to, &f);
}

static int
run(struct cli *c)
{
	const char *key_path = args_find(&c->args, "key");
	struct work w = { .c = c };
	struct fault f = { 0 };
	struct jwk key;
	int status;
	enum err e;

	if (key_path == NULL)
		return cli_usage(c, "--key FILE");
	e = ceremony_vault_key(c, key_path, &key, &f);
	if (e != ERR_NONE)
		return ceremony_refused(c, e, key_path, &f);
	status = choose_place(&w);
	if (status == CLI_OK)
		status = restore(&w, &key);
	jwk_wipe(&key);
	if (w.at != NULL && (status != CLI_OK || w.to == NULL))
		file_remove_tree(w.at);
	if (status != CLI_OK)
		places_undo(&w.places);
	if (status != CLI_OK && w.made)
		(void)rmdir(w.to);
	if (status == CLI_OK)
		status = tell(&w);
	backup_look_release(&w.look);
	backup_look_release(&w.keys);
	return status;
}

const struct command command_restore = {
	.name = "restore", .group = GROUP_RUN, .operands = "FILE|DIR",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Make a node out of a backup",
	    "Crear un nodo desde un respaldo",
	    "Criar um nó a partir de uma cópia",
	    "Refaire un nœud depuis une sauvegarde" } },
	.option = { VAULT_PRIVATE, CEREMONY_PASS,
		{ "keyring", 0, "FILE", { { "the sealed keys of the node",
		    "las claves selladas del nodo", "as chaves seladas do nó",
		    "les clés scellées du nœud" } } },
		{ "to", 0, "DIR", { { "into this folder, new or empty (else "
		    "/etc/almenara and where the configuration says)",
		    "en esta carpeta, nueva o vacía (si no, /etc/almenara y "
		    "donde diga la configuración)",
		    "nesta pasta, nova ou vazia (senão, /etc/almenara e onde "
		    "a configuração disser)",
		    "dans ce dossier, nouveau ou vide (sinon /etc/almenara "
		    "et où le dit la configuration)" } } },
		{ "root", 0, "DIR", { { "the disk of that system, such as "
		    "/mnt (else /)",
		    "el disco de ese sistema, como /mnt (si no, /)",
		    "o disco desse sistema, como /mnt (senão, /)",
		    "le disque de ce système, tel que /mnt (sinon /)" } } },
		{ "user", 0, "NAME", { { "the system user that runs the node "
		    "(else almenara; with --to nobody's)",
		    "el usuario del sistema que ejecuta el nodo (si no, "
		    "almenara; con --to, ninguno)",
		    "o usuário do sistema que executa o nó (senão, almenara; "
		    "com --to, nenhum)",
		    "l’utilisateur système qui exécute le nœud (sinon "
		    "almenara ; avec --to, aucun)" } } },
	},
};

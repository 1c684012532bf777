/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara restore: a node's folder out of a backup. Written beside its place
 * and put there whole, or not at all. The store that is made says of itself
 * that it was restored, so that the node never signs its old log again.
 */
#include "base/limits.h"
#include "cli/backup_look.h"
#include "cli/ceremony.h"
#include "cli/file.h"
#include "cli/out.h"
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
enum { ROWS_EACH = 2048, ROW_BYTES_EACH = 8388608 };

struct work {
	struct cli *c;
	const char *to;   /* absolute: where it will be */
	const char *at;   /* where it is written */
	bool made;        /* `to` is of this run, and empty */
	struct backup_look look, keys;
	struct store *store;
	uint64_t rows, row_bytes; /* of the open transaction */
	struct blobs *blobs;
	struct digest blob;
	uint64_t blob_at;
	struct archive_counts counts;
};

/* --- files --- */

/* The same node at another place: what it was told stays, where things lie is
 * said anew. */
static enum err
put_config(struct work *w, struct span text, struct fault *f)
{
	struct cli *c = w->c;
	struct config config = { 0 }, moved;
	struct buf b, faults;
	char none[] = "";
	enum err e;

	buf_init(&b, LIMIT_CONFIG);
	buf_init(&faults, LIMIT_CONFIG);
	e = config_parse(text, "almenarad.conf", &config, &faults);
	if (e != ERR_NONE)
		e = fault_at(f, e, 0, "almenarad.conf", "%.150s",
		    buf_str(&faults));
	if (e == ERR_NONE) {
		moved = config;
		moved.data_dir = cli_text(c, "%s/data", w->to);
		moved.keyring = cli_text(c, "%s/keyring", w->to);
		moved.passphrase_file = none;
		moved.documents = cli_text(c, "%s/documents", w->to);
		moved.rules = cli_text(c, "%s/almenara.rules", w->to);
		moved.sentinel = cli_text(c, "%s/sentinel/sentinel", w->to);
		moved.control_socket = cli_text(c, "%s/control", w->to);
		config_print(&moved, &b);
		e = file_write_new(cli_text(c, "%s/almenarad.conf", w->at),
		    0644, buf_span(&b));
	}
	config_release(&config);
	buf_release(&b);
	buf_release(&faults);
	return e;
}

static enum err
on_file(void *ctx, struct span name, struct span bytes, struct fault *f)
{
	struct work *w = ctx;
	enum err e;

	if (span_is_str(name, "almenarad.conf"))
		return put_config(w, bytes, f);
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
	enum err e = w->rows == 0 ? store_begin(w->store) : ERR_NONE;

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
	(void)f;
	w->blob = *name;
	w->blob_at = 0;
	return ERR_NONE;
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
	enum err e = store_close(w, f);

	(void)jws;
	(void)digest;
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

static enum err
make_folders(struct work *w, struct fault *f)
{
	static const char *const names[] = { "data", "documents", "sentinel" };
	char *at = cli_text(w->c, "%s.restore.XXXXXX", w->to);
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
put_keyring(struct work *w)
{
	struct buf b;
	enum err e;

	if (w->keys.ring == NULL)
		return ERR_NONE;
	buf_init(&b, LIMIT_KEYFILE);
	(void)buf_extend(&b, LIMIT_KEYFILE);
	buf_clear(&b);
	e = keyring_write(w->keys.ring, span_of(NULL, 0), NULL, &b);
	if (e == ERR_NONE)
		e = file_write_new(cli_text(w->c, "%s/keyring", w->at), 0600,
		    buf_span(&b));
	secret_wipe(b.p, b.cap);
	buf_release(&b);
	return e;
}

/* Everything is on the disk before it has its name. */
static enum err
put_in_place(struct work *w)
{
	static const char *const names[] = { "/documents", "/data",
		"/sentinel", "" };
	char *slash;
	char *parent = arena_string(&w->c->arena, span_str(w->to));
	enum err e = put_keyring(w);

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

static int
restore(struct work *w, const struct jwk *key)
{
	const struct archive_take on = { NULL, on_file, on_row, on_blob,
		on_data, on_end, w };
	const char *path = w->c->args.operand[0];
	struct fault f = { 0 };
	int status;
	enum err e = make_folders(w, &f);

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
	return e == ERR_NONE ? CLI_OK : cli_fail_file(w->c, e, w->to, NULL);
}

static int
tell(struct work *w)
{
	struct cli *c = w->c;
	bool has_keys = w->keys.ring != NULL;
	struct json_out out;
	struct buf b;

	if (out_is_json(c)) {
		out_open(c, &b, &out);
		json_put_member_str(&out, "folder", w->to);
		json_put_member_span(&out, "origin", w->look.head.log);
		json_put_member_u64(&out, "made",
		    (uint64_t)w->look.head.made_s);
		json_put_member_bool(&out, "keys", has_keys);
		json_put_member_u64(&out, "records",
		    w->counts.rows[ROW_RECORD]);
		json_put_member_u64(&out, "attachments", w->counts.blobs);
		out_close(&b, &out);
		return CLI_OK;
	}
	printf("%s\n", w->to);
	if (!has_keys)
		cli_say(c, T(c, "  0. Put the keyring of the node there: "
		    "%s/keyring",
		    "  0. Ponga allí el llavero del nodo: %s/keyring",
		    "  0. Ponha lá o chaveiro do nó: %s/keyring",
		    "  0. Placez-y le trousseau du nœud : %s/keyring"),
		    w->to);
	cli_say(c, T(c, "  1. Be sure that the old machine never starts "
	    "again.\n"
	    "  2. almenarad -f %s/almenarad.conf\n"
	    "  3. almenara epoch new --node %s --reason TEXT\n"
	    "What was said and taken since the backup then comes back from "
	    "the other nodes; drafts wait for approval anew.",
	    "  1. Asegúrese de que la máquina antigua no arranque nunca "
	    "más.\n"
	    "  2. almenarad -f %s/almenarad.conf\n"
	    "  3. almenara epoch new --node %s --reason TEXTO\n"
	    "Lo dicho y recibido desde el respaldo vuelve entonces de los "
	    "otros nodos; los borradores esperan aprobación de nuevo.",
	    "  1. Tenha certeza de que a máquina antiga nunca mais "
	    "inicie.\n"
	    "  2. almenarad -f %s/almenarad.conf\n"
	    "  3. almenara epoch new --node %s --reason TEXTO\n"
	    "O que foi dito e recebido desde a cópia volta então dos outros "
	    "nós; os rascunhos esperam aprovação de novo.",
	    "  1. Assurez-vous que l’ancienne machine ne démarre plus "
	    "jamais.\n"
	    "  2. almenarad -f %s/almenarad.conf\n"
	    "  3. almenara epoch new --node %s --reason TEXTE\n"
	    "Ce qui a été dit et reçu depuis revient alors des autres nœuds ; "
	    "les brouillons attendent une nouvelle approbation."),
	    w->to, w->to);
	return CLI_OK;
}

static int
run(struct cli *c)
{
	const char *key_path = args_find(&c->args, "key");
	const char *to = args_find(&c->args, "to");
	struct work w = { .c = c };
	struct fault f = { 0 };
	struct jwk key;
	int status;
	enum err e;

	if (key_path == NULL)
		return cli_usage(c, "--key FILE");
	if (to == NULL)
		return cli_usage(c, "--to DIR");
	e = ceremony_vault_key(c, key_path, &key, &f);
	if (e != ERR_NONE)
		return ceremony_refused(c, e, key_path, &f);
	e = find_place(&w, to, &f);
	status = e != ERR_NONE ? cli_fail_file(c, e, to, &f) :
	    restore(&w, &key);
	jwk_wipe(&key);
	if (status == CLI_OK)
		status = tell(&w);
	else if (w.at != NULL)
		file_remove_tree(w.at);
	if (status != CLI_OK && w.made)
		(void)rmdir(w.to);
	backup_look_release(&w.look);
	backup_look_release(&w.keys);
	return status;
}

const struct command command_restore = {
	.name = "restore", .group = GROUP_RUN, .operands = "FILE",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Make a node's folder out of a backup",
	    "Crear la carpeta de un nodo desde un respaldo",
	    "Criar a pasta de um nó a partir de uma cópia",
	    "Refaire le dossier d’un nœud depuis une sauvegarde" } },
	.option = { VAULT_PRIVATE, CEREMONY_PASS,
		{ "keyring", 0, "FILE", { { "the sealed keys of the node",
		    "las claves selladas del nodo", "as chaves seladas do nó",
		    "les clés scellées du nœud" } } },
		{ "to", 0, "DIR", { { "a folder that is new or empty",
		    "una carpeta nueva o vacía", "uma pasta nova ou vazia",
		    "un dossier nouveau ou vide" } } },
	},
};

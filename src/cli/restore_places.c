/* SPDX-License-Identifier: Apache-2.0
 *
 * The places of an installed node, found empty and filled.
 */
#include "cli/restore_places.h"

#include "base/limits.h"
#include "cli/file.h"

#include <ftw.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct places_made {
	const char *path;
	bool is_tree; /* what is below it is of this run too */
	struct places_made *before;
};

/* --- the user --- */

static bool
find_user(struct places *p)
{
	FILE *file;
	const struct passwd *pw = NULL;

	if (p->root[0] == '\0') {
		pw = getpwnam(p->user);
	} else {
		file = fopen(cli_text(p->c, "%s/etc/passwd", p->root), "re");
		while (file != NULL && (pw = fgetpwent(file)) != NULL &&
		    strcmp(pw->pw_name, p->user) != 0)
			continue;
		if (file != NULL)
			fclose(file);
	}
	if (pw == NULL)
		return false;
	p->uid = pw->pw_uid;
	p->gid = pw->pw_gid;
	return true;
}

static int
fail_user(const struct places *p)
{
	struct cli *c = p->c;

	return cli_fail(c, &(struct trouble){
	    .exit = cli_exit_of(ERR_NOT_FOUND),
	    .code = err_token(ERR_NOT_FOUND), .what = p->user,
	    .why = T(c, "there is no such user, to whom the node would belong "
	    "(--user)",
	    "no existe tal usuario, a quien pertenecería el nodo (--user)",
	    "não existe tal usuário, a quem pertenceria o nó (--user)",
	    "il n’y a pas de tel utilisateur, à qui le nœud appartiendrait "
	    "(--user)"),
	    .next = p->root[0] == '\0' ?
	    cli_text(c, "useradd --system %s", p->user) :
	    cli_text(c, "useradd --system --root %s %s", p->root, p->user) });
}

int
places_init(struct places *p, struct cli *c, const char *root,
    const char *user)
{
	char *full = arena_alloc(&c->arena, PATH_MAX);

	*p = (struct places){ .c = c, .root = "", .user = user };
	if (root != NULL && (realpath(root, full) == NULL ||
	    !file_is_folder(full)))
		return cli_fail_file(c, ERR_NOT_FOUND, root, NULL);
	if (root != NULL && strcmp(full, "/") != 0)
		p->root = full;
	return find_user(p) ? CLI_OK : fail_user(p);
}

/* --- what is there --- */

static const char *
folder_of(const struct places *p, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL || slash == path ? "/" :
	    cli_text(p->c, "%.*s", (int)(slash - path), path);
}

static enum err
told(struct places *p, enum err e, const char *path, struct fault *f)
{
	p->failed = path;
	return e == ERR_NONE ? e : fault_at(f, e, 0, path, "%s",
	    e == ERR_EXISTS ? "is there already: a backup is never restored "
			      "over a node, so move that away first" :
			      err_sentence(e));
}

static bool
is_empty(const char *folder, enum err *e)
{
	struct file_list list;
	bool found = false;

	*e = file_list_read(folder, &list);
	if (*e == ERR_NOT_FOUND)
		*e = ERR_NONE;
	else if (*e == ERR_NONE) {
		/* each new volume has one */
		for (size_t i = 0; i < list.n; i++)
			found |= strcmp(list.names[i], "lost+found") != 0;
		file_list_release(&list);
	}
	return !found;
}

static enum err
check_empty(struct places *p, struct fault *f)
{
	const char *files[] = { p->conf, p->rules, p->keyring, p->sentinel };
	const char *folders[] = { p->documents, p->data };
	struct stat st;
	enum err e;

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (lstat(files[i], &st) == 0)
			return told(p, ERR_EXISTS, files[i], f);
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		if (!is_empty(folders[i], &e))
			e = ERR_EXISTS;
		if (e != ERR_NONE)
			return told(p, e, folders[i], f);
	}
	return ERR_NONE;
}

/* --- making --- */

static void
note(struct places *p, const char *path, bool is_tree)
{
	struct places_made *m = arena_alloc(&p->c->arena, sizeof *m);

	*m = (struct places_made){ path, is_tree, p->made };
	p->made = m;
}

static enum err
own(const struct places *p, const char *path)
{
	return lchown(path, p->uid, p->gid) == 0 ? ERR_NONE : ERR_DENIED;
}

static enum err
make_folder(struct places *p, const char *path, mode_t mode)
{
	const char *above = folder_of(p, path);
	enum err e = ERR_NONE;

	p->failed = path;
	if (file_is_folder(path))
		return access(path, W_OK | X_OK) == 0 ? ERR_NONE : ERR_DENIED;
	if (!file_is_folder(above))
		e = make_folder(p, above, 0755);
	p->failed = path;
	if (e == ERR_NONE)
		e = file_make_folder(path, mode);
	if (e == ERR_NONE) {
		note(p, path, false);
		e = file_sync_folder(above);
	}
	return e;
}

static enum err
make_own_folder(struct places *p, const char *path)
{
	enum err e = make_folder(p, path, 0700);

	return e == ERR_NONE ? own(p, path) : e;
}

static enum err
make_folders(struct places *p)
{
	const char *plain[] = { p->conf, p->rules, p->keyring };
	const char *owned[] = { p->documents, p->data,
		folder_of(p, p->sentinel) };
	enum err e = ERR_NONE;

	for (size_t i = 0; e == ERR_NONE && i < 3; i++)
		e = make_folder(p, folder_of(p, plain[i]), 0755);
	for (size_t i = 0; e == ERR_NONE && i < 3; i++)
		e = make_own_folder(p, owned[i]);
	return e;
}

enum err
places_open(struct places *p, const struct config *config, struct fault *f)
{
	struct cli *c = p->c;
	enum err e;

	/* the service reads what belongs to root */
	(void)umask(022);
	p->conf = cli_text(c, "%s" PLACES_CONF, p->root);
	p->rules = cli_text(c, "%s%s", p->root,
	    config_rules_path(config, &c->arena));
	p->keyring = cli_text(c, "%s%s", p->root, config->keyring);
	p->documents = cli_text(c, "%s%s", p->root, config->documents);
	p->data = cli_text(c, "%s%s", p->root, config->data_dir);
	p->sentinel = cli_text(c, "%s%s", p->root, config->sentinel);
	e = check_empty(p, f);
	if (e != ERR_NONE)
		return e;
	e = make_folders(p);
	return told(p, e, p->failed, f);
}

void
places_undo(struct places *p)
{
	for (; p->made != NULL; p->made = p->made->before)
		if (p->made->is_tree)
			file_remove_tree(p->made->path);
		else
			remove(p->made->path);
}

/* --- filling --- */

static enum err
put_file(struct places *p, const char *path, mode_t mode, struct span bytes)
{
	enum err e = file_write_new(path, mode, bytes);

	p->failed = path;
	if (e == ERR_NONE)
		note(p, path, false);
	return e;
}

/* A file that is small; none is as good. */
static enum err
copy_file(struct places *p, const char *from, const char *to)
{
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_BACKUP_MEMBER);
	p->failed = from;
	e = file_read(from, &b);
	if (e == ERR_NONE)
		e = put_file(p, to, 0644, buf_span(&b));
	else if (e == ERR_NOT_FOUND)
		e = ERR_NONE;
	buf_release(&b);
	return e;
}

/* nftw has no room for a context */
static const struct places *owner;

static int
own_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return own(owner, path) != ERR_NONE;
}

enum err
places_own(const struct places *p, const char *folder)
{
	owner = p;
	return nftw(folder, own_one, 16, FTW_PHYS) == 0 ? ERR_NONE :
							   ERR_DENIED;
}

static enum err
put_documents(struct places *p, const char *from)
{
	struct file_list list;
	enum err e = file_list_read(from, &list);

	p->failed = from;
	if (e != ERR_NONE)
		return e;
	for (size_t i = 0; e == ERR_NONE && i < list.n; i++)
		e = copy_file(p, cli_text(p->c, "%s/%s", from, list.names[i]),
		    cli_text(p->c, "%s/%s", p->documents, list.names[i]));
	file_list_release(&list);
	if (e == ERR_NONE) {
		p->failed = p->documents;
		e = places_own(p, p->documents);
	}
	return e == ERR_NONE ? file_sync_folder(p->documents) : e;
}

/* It was written on the volume where it stays. */
static enum err
move_data(struct places *p, const char *from)
{
	struct file_list list;
	enum err e;

	p->failed = p->data;
	e = places_own(p, from);
	if (e == ERR_NONE)
		e = file_list_read(from, &list);
	if (e != ERR_NONE)
		return e;
	for (size_t i = 0; e == ERR_NONE && i < list.n; i++) {
		const char *to = cli_text(p->c, "%s/%s", p->data,
		    list.names[i]);

		if (rename(cli_text(p->c, "%s/%s", from, list.names[i]),
		    to) != 0)
			e = ERR_IO;
		else
			note(p, to, true);
	}
	file_list_release(&list);
	return e == ERR_NONE ? file_sync_folder(p->data) : e;
}

static enum err
put_keyring(struct places *p, struct span bytes)
{
	enum err e = bytes.n == 0 ? ERR_NONE :
	    put_file(p, p->keyring, 0600, bytes);

	if (e == ERR_NONE && bytes.n != 0)
		e = own(p, p->keyring);
	return e == ERR_NONE ?
	    file_sync_folder(folder_of(p, p->keyring)) : e;
}

enum err
places_fill(struct places *p, const char *at, struct span keyring)
{
	enum err e = put_keyring(p, keyring);

	if (e == ERR_NONE)
		e = copy_file(p, cli_text(p->c, "%s/almenara.rules", at),
		    p->rules);
	if (e == ERR_NONE)
		e = file_sync_folder(folder_of(p, p->rules));
	if (e == ERR_NONE)
		e = put_documents(p, cli_text(p->c, "%s/documents", at));
	if (e == ERR_NONE)
		e = move_data(p, cli_text(p->c, "%s/data", at));
	/* with this the node is there */
	if (e == ERR_NONE)
		e = copy_file(p, cli_text(p->c, "%s/almenarad.conf", at),
		    p->conf);
	return e == ERR_NONE ? file_sync_folder(folder_of(p, p->conf)) : e;
}

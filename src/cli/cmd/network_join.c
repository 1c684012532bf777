/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara network join: a network's public documents into the folder from
 * which a node starts. The root decides which network it is: another one than
 * that which is there is never put over it.
 */
#include "base/limits.h"
#include "cli/ceremony.h"
#include "cli/file.h"
#include "cli/node_config.h"
#include "cli/pin_file.h"
#include "record/document.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct join {
	struct cli *c;
	const char *from, *to;
	size_t files, pins;
	bool is_first; /* no root was there */
	const char *failed;
	struct fault fault;
};

static bool
is_document_name(const char *name)
{
	size_t n = strlen(name);

	return n > 5 && strcmp(name + n - 5, ".json") == 0;
}

/* Put `bytes` at the place; what is there and equal stays, what differs is
 * replaced whole (documents have versions; the node takes the newest). */
static enum err
file_put(struct join *j, const char *name, struct span bytes, bool replace)
{
	const char *path = cli_text(j->c, "%s/%s", j->to, name);
	const char *new = cli_text(j->c, "%s/.%s.new", j->to, name);
	struct buf old;
	enum err e;
	bool is_same;

	j->failed = path;
	buf_init(&old, LIMIT_DOCUMENT);
	e = file_read(path, &old);
	is_same = e == ERR_NONE && span_is_equal(buf_span(&old), bytes);
	buf_release(&old);
	if (is_same)
		return ERR_NONE;
	if (e == ERR_NONE && !replace)
		return fault_at(&j->fault, ERR_CONFLICT, 0, name,
		    "this node belongs to another network");
	unlink(new);
	e = file_write_new(new, 0644, bytes);
	if (e == ERR_NONE && rename(new, path) != 0) {
		unlink(new);
		e = ERR_IO;
	}
	if (e == ERR_NONE)
		j->files++;
	return e;
}

/* A network founded anew is taken over only by a person who typed its root. */
static enum err
check_new_root(struct join *j, struct span root)
{
	const char *typed = args_find(&j->c->args, "new-root");

	while (root.n != 0 && root.p[root.n - 1] <= ' ')
		root.n--;
	if (typed == NULL || span_is_str(root, typed))
		return ERR_NONE;
	return fault_at(&j->fault, ERR_CONFLICT, 0, "root",
	    "not the root that was typed");
}

static enum err
one_join(struct join *j, const char *name)
{
	bool is_root = strcmp(name, "root") == 0;
	const char *path = cli_text(j->c, "%s/%s", j->from, name);
	struct document d = { 0 };
	struct buf b;
	enum err e;

	if (is_root)
		j->is_first = access(cli_text(j->c, "%s/root", j->to),
		    F_OK) != 0;
	if (!is_root && !is_document_name(name))
		return ERR_NONE;
	j->failed = path;
	buf_init(&b, 2 * LIMIT_DOCUMENT);
	e = file_read(path, &b);
	if (e == ERR_NONE && is_root)
		e = check_new_root(j, buf_span(&b));
	if (e == ERR_NONE && !is_root)
		e = ceremony_document(j->c, buf_span(&b), &d, &j->fault);
	if (e == ERR_NONE)
		e = file_put(j, name, is_root ? buf_span(&b) : d.bytes,
		    !is_root ||
		    args_has(&j->c->args, "new-root"));
	buf_release(&b);
	return e;
}

static enum err
all_join(struct join *j)
{
	struct file_list l;
	enum err e;

	j->failed = j->from;
	e = file_list_read(j->from, &l);
	if (e != ERR_NONE)
		return e;
	/* the root first: it says whether this is our network at all */
	e = one_join(j, "root");
	for (size_t i = 0; i < l.n && e == ERR_NONE; i++) {
		if (strcmp(l.names[i], "root") != 0)
			e = one_join(j, l.names[i]);
	}
	file_list_release(&l);
	/* whoever compared the root has accepted those who stand under it;
	 * who comes later is accepted one by one */
	if (e == ERR_NONE && j->is_first)
		e = pin_file_accept_all(j->c, j->to, &j->pins, &j->fault);
	return e;
}

static int
run(struct cli *c)
{
	struct join j = { .c = c, .from = c->args.operand[0] };
	struct config config;
	int status = node_config_read(c, &config);
	enum err e;

	if (status != CLI_OK)
		return status;
	j.to = arena_string(&c->arena, span_str(config.documents));
	config_release(&config);
	e = all_join(&j);
	if (e != ERR_NONE)
		return cli_fail_file(c, e, j.failed, &j.fault);
	if (c->json)
		printf("{\"schema\":\"almenara.network-join/1\","
		    "\"files\":%zu,\"pins\":%zu}\n", j.files, j.pins);
	else
		cli_say(c, T(c, "%zu documents put into %s",
		    "%zu documentos puestos en %s",
		    "%zu documentos postos em %s",
		    "%zu documents mis dans %s"), j.files, j.to);
	return CLI_OK;
}

const struct command command_network_join = {
	.name = "network join", .group = GROUP_NETWORK,
	.operands = "FOLDER", .least = 1, .most = 1, .run = run,
	.summary = { { "Take over the documents of a network",
	    "Tomar los documentos de una red",
	    "Receber os documentos de uma rede",
	    "Reprendre les documents d’un réseau" } },
	.option = {
		{ "dir", 0, "DIR", { { "the node's folder, as in init",
		    "la carpeta del nodo, como en init",
		    "a pasta do nó, como em init",
		    "le dossier du nœud, comme pour init" } } },
		{ "new-root", 0, "HASH", { {
		    "the network was founded anew: the root, as compared",
		    "la red se fundó de nuevo: la raíz, ya comparada",
		    "a rede foi fundada de novo: a raiz, já comparada",
		    "le réseau a été refondé : la racine, comparée" } } },
		NODE_CONFIG_CONF,
	},
};

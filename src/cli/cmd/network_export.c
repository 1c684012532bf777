/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara network export: the network's public documents as the running node
 * holds them, into a folder: for nodes to join from, for holders to read
 * proposals against.
 */
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/file.h"
#include "cli/node.h"
#include "cli/out.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum err
put(struct cli *c, const char *folder, const char *name, struct span bytes)
{
	const char *path = cli_text(c, "%s/%s", folder, name);
	enum err e;

	unlink(path);
	e = file_write_new(path, 0644, bytes);
	return e;
}

static enum err
put_document(struct cli *c, const char *folder, struct json_val v)
{
	const char *team = out_str(c, v, "team");
	struct span bytes;
	enum err e = json_text(json_get(v, "document"), &c->arena, &bytes);

	if (e != ERR_NONE)
		return e;
	return put(c, folder, cli_text(c, "%s%s%s-%" PRIu64 ".json",
	    out_str(c, v, "kind"), team[0] != '\0' ? "-" : "", team,
	    out_u64(v, "version")), bytes);
}

static int
run(struct cli *c)
{
	const char *folder = c->args.operand[0];
	struct json_val data, list;
	struct request r;
	size_t n = 0;
	int status;
	enum err e = ERR_NONE;

	request_open(&r);
	json_put_member_bool(&r.w, "full", true);
	status = request_send(&r, c, "documents", &data);
	if (status != CLI_OK)
		return status;
	if (!file_is_folder(folder))
		e = file_make_folder(folder, 0755);
	list = json_get(data, "documents");
	for (struct json_val v = json_first(list);
	    e == ERR_NONE && v.type != JSON_ABSENT; v = json_next(list, v)) {
		e = put_document(c, folder, v);
		n++;
	}
	/* the first charter of the chain is what all of it rests on */
	if (e == ERR_NONE && n != 0)
		e = put(c, folder, "root", span_str(cli_text(c, "%s\n",
		    out_str(c, data, "root"))));
	if (e == ERR_NONE)
		e = file_sync_folder(folder);
	if (e != ERR_NONE)
		return cli_fail_file(c, e, folder, NULL);
	if (out_is_json(c))
		printf("{\"schema\":\"almenara.network-export/1\","
		    "\"files\":%zu}\n", n);
	else
		cli_say(c, T(c, "%zu documents put into %s",
		    "%zu documentos puestos en %s",
		    "%zu documentos postos em %s",
		    "%zu documents mis dans %s"), n, folder);
	return CLI_OK;
}

const struct command command_network_export = {
	.name = "network export", .group = GROUP_NETWORK,
	.operands = "FOLDER", .least = 1, .most = 1, .run = run,
	.summary = { { "Write the network's public documents into a folder",
	    "Escribir los documentos públicos de la red en una carpeta",
	    "Escrever os documentos públicos da rede em uma pasta",
	    "Écrire les documents publics du réseau dans un dossier" } },
};

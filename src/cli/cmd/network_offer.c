/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara network offer: give finished documents to the running node, which
 * takes what is valid and newer and hands it on to all others.
 */
#include "base/limits.h"
#include "cli/ceremony.h"
#include "cli/node.h"
#include "cli/out.h"

#include <stdio.h>

static int
one(struct cli *c, const char *path)
{
	struct fault f = { 0 };
	struct document d;
	struct json_val data;
	struct request r;
	struct span bytes;
	int status;
	enum err e = ceremony_file(c, path, 2 * LIMIT_DOCUMENT,
	    &bytes);

	if (e == ERR_NONE)
		e = ceremony_document(c, bytes, &d, &f);
	if (e != ERR_NONE)
		return cli_fail_file(c, e, path, &f);
	request_open(&r);
	json_put_key(&r.w, "document");
	json_put_span(&r.w, d.bytes);
	status = request_send(&r, c, "network_offer", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		printf("%s\t%s\n", path, out_str(c, data, "result"));
	return CLI_OK;
}

static int
run(struct cli *c)
{
	int status = CLI_OK;

	for (size_t i = 0; i < c->args.count && status == CLI_OK; i++)
		status = one(c, c->args.operand[i]);
	return status;
}

const struct command command_network_offer = {
	.name = "network offer", .group = GROUP_NETWORK,
	.operands = "DOCUMENT...", .least = 1, .most = 1024, .run = run,
	.summary = { { "Give finished documents to the node and the network",
	    "Entregar documentos terminados al nodo y a la red",
	    "Entregar documentos prontos ao nó e à rede",
	    "Remettre des documents finis au nœud et au réseau" } },
};

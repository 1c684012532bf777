/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara site status: the public site, and the key that signs it.
 */
#include "cli/node.h"
#include "cli/out.h"

/* How the command fares that carries the site on. */
static void
publish_show(struct cli *c, struct json_val data)
{
	if (!out_is_true(data, "publish"))
		return;
	printf("%s\t%s\n", T(c, "published", "publicado", "publicado",
	    "publié"), out_u64(data, "published") == 0 ? "-" :
	    out_time(c, out_u64(data, "published")));
	if (out_u64(data, "failed") != 0)
		printf("%s\t%s\t%s\n", T(c, "last failure", "última falla",
		    "última falha", "dernier échec"),
		    out_time(c, out_u64(data, "failed")),
		    out_str(c, data, "why"));
	if (out_u64(data, "failures") != 0)
		cli_say(c, T(c, "not published, %s attempts failed; it is "
		    "tried again. At once: almenara site build",
		    "no se publicó, %s intentos fallaron; se vuelve a "
		    "intentar. De inmediato: almenara site build",
		    "não publicado, %s tentativas falharam; tenta-se de novo. "
		    "Já: almenara site build",
		    "non publié, %s essais ont échoué ; on réessaie. Tout de "
		    "suite : almenara site build"),
		    out_str(c, data, "failures"));
}

static int
run(struct cli *c)
{
	struct json_val data;
	int status = node_call(c, "site", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	if (!out_is_true(data, "site")) {
		cli_say(c, T(c, "this node writes no site: site_url in "
		    "almenarad.conf", "este nodo no escribe un sitio: site_url "
		    "en almenarad.conf", "este nó não escreve um site: "
		    "site_url em almenarad.conf", "ce nœud n’écrit pas de site : "
		    "site_url dans almenarad.conf"));
		return CLI_OK;
	}
	printf("%s\t%s\n", T(c, "folder", "carpeta", "pasta", "dossier"),
	    out_str(c, data, "folder"));
	printf("%s\t%s\n", T(c, "files", "archivos", "arquivos", "fichiers"),
	    out_str(c, data, "files"));
	printf("%s\t%s\n", T(c, "signed", "firmado", "assinado", "signé"),
	    out_u64(data, "at") == 0 ? "-" : out_time(c, out_u64(data, "at")));
	printf("%s\t%s\n", T(c, "key", "clave", "chave", "clé"),
	    out_str(c, data, "key"));
	publish_show(c, data);
	if (out_u64(data, "faults") != 0)
		cli_say(c, T(c, "pages with faults: %s; almenara site check",
		    "páginas con fallas: %s; almenara site check",
		    "páginas com falhas: %s; almenara site check",
		    "pages fautives : %s ; almenara site check"),
		    out_str(c, data, "faults"));
	return CLI_OK;
}

const struct command command_site_status = {
	.name = "site status", .group = GROUP_RUN, .operands = "", .run = run,
	.summary = { { "The public site, and the key that signs it",
	    "El sitio público y la clave que lo firma",
	    "O site público e a chave que o assina",
	    "Le site public, et la clé qui le signe" } },
};

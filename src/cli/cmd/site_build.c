/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara site build: look at every file of the public site again, and write
 * what is not as it should be.
 */
#include "cli/node.h"
#include "cli/out.h"

#include <time.h>

enum { WAIT_MS = 60000, LOOK_MS = 100 };

static int
run(struct cli *c)
{
	struct json_val data;
	uint64_t number, before;
	int status = node_call(c, "site", &data);

	if (status != CLI_OK)
		return status;
	before = out_u64(data, "changes");
	status = node_call(c, "site_build", &data);
	if (status != CLI_OK)
		return status;
	number = out_u64(data, "number");
	for (int waited = 0;; waited += LOOK_MS) {
		const struct timespec pause = { 0, LOOK_MS * 1000000L };

		status = node_call(c, "site", &data);
		if (status != CLI_OK)
			return status;
		if (out_u64(data, "done") >= number)
			break;
		if (waited > WAIT_MS)
			return cli_fail(c, &(struct trouble){
			    .exit = CLI_TIMEOUT,
			    .what = T(c, "the site is still being written",
				"el sitio aún se está escribiendo",
				"o site ainda está sendo escrito",
				"le site est encore en cours d’écriture"),
			    .next = "almenara site status" });
		nanosleep(&pause, NULL);
	}
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	printf(T(c, "%s files, %llu written or removed\n",
	    "%s archivos, %llu escritos o quitados\n",
	    "%s arquivos, %llu escritos ou removidos\n",
	    "%s fichiers, %llu écrits ou retirés\n"), out_str(c, data, "files"),
	    (unsigned long long)(out_u64(data, "changes") - before));
	return CLI_OK;
}

const struct command command_site_build = {
	.name = "site build", .group = GROUP_RUN, .operands = "", .run = run,
	.summary = { { "Look at every file of the public site, and put it right",
	    "Revisar cada archivo del sitio público y corregirlo",
	    "Rever cada arquivo do site público e corrigi-lo",
	    "Revoir chaque fichier du site public et le remettre en ordre" } },
};

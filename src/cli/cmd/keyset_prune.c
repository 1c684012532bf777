/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara keyset prune: forget secrets that left the keyset more than thirty
 * days ago. Until then they open what others sealed late.
 */
#include "cli/cli.h"
#include "cli/keyset_work.h"
#include "cli/node_config.h"
#include "cli/pin_file.h"

#include <stdio.h>
#include <time.h>

enum { KEPT_DAYS = 30, DAY_SECONDS = 86400 };

static int
run(struct cli *c)
{
	struct keyset_work w;
	size_t gone;
	enum err e = ERR_NONE;
	int status = keyset_open(c, &w);

	if (status != CLI_OK)
		return status;
	gone = keyring_prune(w.ring, (uint64_t)time(NULL) -
	    (uint64_t)KEPT_DAYS * DAY_SECONDS);
	if (gone != 0)
		e = keyset_ring_write(&w, w.ring_path);
	if (e != ERR_NONE)
		status = cli_fail_file(c, e, w.ring_path, &w.f);
	else if (c->json || c->jsonl)
		printf("{\"schema\":\"almenara.keyset-prune/1\","
		    "\"keys\":%zu}\n", gone);
	else
		cli_say(c, T(c, "%zu keys forgotten", "%zu claves olvidadas",
		    "%zu chaves esquecidas", "%zu clés oubliées"), gone);
	keyset_release(&w);
	return status;
}

const struct command command_keyset_prune = {
	.name = "keyset prune", .group = GROUP_NETWORK, .operands = "",
	.run = run,
	.summary = { { "Forget secrets retired more than 30 days ago",
	    "Olvidar secretos retirados hace más de 30 días",
	    "Esquecer segredos retirados há mais de 30 dias",
	    "Oublier les secrets retirés depuis plus de 30 jours" } },
	.option = { NODE_CONFIG_CONF, NODE_CONFIG_DIR },
};

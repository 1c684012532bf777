/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara keyset show: nodes, keys, logs and revocations of a team.
 */
#include "cli/ceremony.h"
#include "cli/node_config.h"
#include "cli/out.h"
#include "cli/pin_file.h"

#include <inttypes.h>
#include <stdio.h>

static void
show_key(const struct keyset *k, const struct keyset_key *key)
{
	printf("    %-7s %s", key_role_token(key->role),
	    kid_of(&key->kid).s);
	if (key->role == KEY_ENTRY)
		printf("  %.*s %" PRIu64 "-", SPAN_FMT(key->log), key->from);
	if (key->role == KEY_ENTRY && key->until != KEYSET_OPEN)
		printf("%" PRIu64, key->until);
	printf("%s\n", keyset_revoked_find(k, &key->kid) != NULL ? "  !" :
	    "");
}

static void
show(const struct keyset *k)
{
	printf("%.*s %" PRIu64 "\n", SPAN_FMT(k->team), k->version);
	for (size_t i = 0; i < k->node_count; i++) {
		const struct keyset_node *n = &k->nodes[i];

		printf("  %.*s", SPAN_FMT(n->name));
		for (size_t a = 0; a < n->addr_count; a++)
			printf("  %.*s", SPAN_FMT(n->addrs[a]));
		printf("\n");
		for (size_t j = 0; j < n->key_count; j++)
			show_key(k, &n->keys[j]);
	}
	for (size_t i = 0; i < k->log_count; i++) {
		printf("  %.*s", SPAN_FMT(k->logs[i].origin));
		if (k->logs[i].closed)
			printf("  ]%" PRIu64, k->logs[i].size);
		printf("\n");
	}
	for (size_t i = 0; i < k->revoked_count; i++) {
		const struct keyset_revoked *r = &k->revoked[i];

		printf("  ! %s  %.*s\n", kid_of(&r->kid).s,
		    SPAN_FMT(r->reason));
		for (size_t j = 0; j < r->cut_count; j++)
			printf("      %.*s < %" PRIu64 "\n",
			    SPAN_FMT(r->cuts[j].log), r->cuts[j].size);
	}
}

static int
run(struct cli *c)
{
	const char *folder, *team = args_find(&c->args, "team");
	const struct keyset *k = NULL;
	struct registry *r = NULL;
	struct config config;
	struct fault f = { 0 };
	struct json_out w;
	struct buf b, doc;
	enum err e;
	int status = node_config_read(c, &config);

	if (status != CLI_OK)
		return status;
	folder = cli_text(c, "%s", config.documents);
	if (team == NULL)
		team = cli_text(c, "%s", config.team);
	e = node_registry(c, &config, &r, &f);
	config_release(&config);
	if (e == ERR_NONE)
		k = registry_keyset(r, span_str(team));
	if (e == ERR_NONE && k == NULL)
		e = fault_at(&f, ERR_NOT_FOUND, 0, "team",
		    "no keyset of %s is here", team);
	if (e != ERR_NONE || k == NULL) {
		status = cli_fail_file(c, e, folder, &f);
	} else if (out_is_json(c)) {
		buf_init(&doc, LIMIT_CONTROL_FRAME);
		keyset_write(k, &doc);
		out_open(c, &b, &w);
		json_put_key(&w, "keyset");
		json_put_raw(&w, buf_span(&doc));
		out_close(&b, &w);
		buf_release(&doc);
	} else {
		show(k);
	}
	registry_free(r);
	return status;
}

const struct command command_keyset_show = {
	.name = "keyset show", .group = GROUP_NETWORK, .operands = "",
	.run = run,
	.summary = { { "Nodes, keys, logs and revocations of a team",
	    "Nodos, claves, registros y revocaciones de un equipo",
	    "Nós, chaves, registros e revogações de uma equipe",
	    "Nœuds, clés, journaux et révocations d’une équipe" } },
	.option = {
		{ "team", 0, "TEAM", { { "another team than the own",
		    "otro equipo que el propio", "outra equipe que a própria",
		    "une autre équipe que la sienne" } } },
		NODE_CONFIG_CONF,
		NODE_CONFIG_DIR,
	},
};

/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara help: the command table for people and machines, and the exit
 * codes.
 */
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/manual.h"

#include <stdio.h>
#include <string.h>

static const struct names groups[GROUP_COUNT] = {
	[GROUP_START] = { { "start", "empezar", "começar", "démarrer" } },
	[GROUP_WATCH] = { { "watch", "vigilar", "vigiar", "veiller" } },
	[GROUP_SHARE] = { { "share", "compartir", "compartilhar",
	    "partager" } },
	[GROUP_NETWORK] = { { "network", "red", "rede", "réseau" } },
	[GROUP_GATEWAYS] = { { "gateways", "pasarelas", "pontes",
	    "passerelles" } },
	[GROUP_RECORD] = { { "record", "constancia", "registro",
	    "journal" } },
	[GROUP_RUN] = { { "run", "operar", "operar", "exploiter" } }
};

static const char *const group_ids[GROUP_COUNT] = {
	[GROUP_START] = "start", [GROUP_WATCH] = "watch",
	[GROUP_SHARE] = "share", [GROUP_NETWORK] = "network",
	[GROUP_GATEWAYS] = "gateways", [GROUP_RECORD] = "record",
	[GROUP_RUN] = "run"
};

static const struct {
	enum cli_exit exit;
	struct names meaning;
} exit_codes[] = {
	{ CLI_OK, { { "done", "hecho", "feito", "fait" } } },
	{ CLI_FAILED, { { "failed", "falló", "falhou", "échec" } } },
	{ CLI_USAGE, { { "the command was not understood",
	    "no se entendió la orden", "o comando não foi entendido",
	    "la commande n’a pas été comprise" } } },
	{ CLI_NOT_FOUND, { { "there is no such thing", "no existe",
	    "não existe", "cela n’existe pas" } } },
	{ CLI_SIGN_IN, { { "not permitted for this person",
	    "no permitido a esta persona", "não permitido a esta pessoa",
	    "non permis à cette personne" } } },
	{ CLI_REFUSED, { { "refused by a sharing rule or a rule of the record",
	    "rechazado por una regla de difusión o del documento",
	    "recusado por uma regra de difusão ou do documento",
	    "refusé par une règle de partage ou du document" } } },
	{ CLI_WAITS, { { "waits for approval", "espera aprobación",
	    "aguarda aprovação", "attend une approbation" } } },
	{ CLI_UNDELIVERED, { { "accepted, but not yet delivered",
	    "aceptado, pero aún no entregado",
	    "aceito, mas ainda não entregue",
	    "accepté, mais pas encore remis" } } },
	{ CLI_UNVERIFIED, { { "a signature or log check failed",
	    "falló la verificación de una firma o del registro",
	    "falhou a verificação de uma assinatura ou do registro",
	    "la vérification d’une signature ou du journal a échoué" } } },
	{ CLI_TIMEOUT, { { "time ran out", "se agotó el tiempo",
	    "o tempo se esgotou", "temps écoulé" } } },
	{ CLI_LATER, { { "not taken now: again later", "no se toma ahora: más "
	    "tarde de nuevo", "não aceito agora: de novo mais tarde",
	    "pas pris maintenant : plus tard" } } },
	{ CLI_INTERRUPTED, { { "interrupted", "interrumpido", "interrompido",
	    "interrompu" } } }
};

static void
options_json(struct json_out *w, const struct option *o)
{
	json_put_open(w, '[');
	for (; o->name != NULL; o++) {
		char letter[2] = { o->letter, '\0' };

		json_put_open(w, '{');
		json_put_member_str(w, "name", o->name);
		if (o->letter != 0)
			json_put_member_str(w, "letter", letter);
		if (o->value != NULL)
			json_put_member_str(w, "value", o->value);
		json_put_member_str(w, "help", o->help.in[LANG_EN]);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static void
command_json(struct json_out *w, const struct command *cmd)
{
	json_put_open(w, '{');
	json_put_member_str(w, "name", cmd->name);
	json_put_member_str(w, "group", group_ids[cmd->group]);
	json_put_member_str(w, "operands", cmd->operands);
	json_put_member_str(w, "summary", cmd->summary.in[LANG_EN]);
	json_put_key(w, "options");
	options_json(w, cmd->option);
	json_put_close(w, '}');
}

static int
table_json(void)
{
	struct json_out w;
	struct buf b;

	buf_init(&b, 1048576);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "schema", "almenara.help/1");
	json_put_member_str(&w, "version", ALMENARA_VERSION);
	json_put_key(&w, "commands");
	json_put_open(&w, '[');
	for (size_t i = 0; commands[i] != NULL; i++)
		command_json(&w, commands[i]);
	json_put_close(&w, ']');
	json_put_key(&w, "common");
	options_json(&w, args_common);
	json_put_key(&w, "exit_codes");
	json_put_open(&w, '[');
	for (size_t i = 0; i < sizeof exit_codes / sizeof exit_codes[0];
	    i++) {
		json_put_open(&w, '{');
		json_put_member_u64(&w, "exit", (uint64_t)exit_codes[i].exit);
		json_put_member_str(&w, "meaning",
		    exit_codes[i].meaning.in[LANG_EN]);
		json_put_close(&w, '}');
	}
	json_put_close(&w, ']');
	json_put_close(&w, '}');
	printf("%s\n", buf_str(&b));
	buf_release(&b);
	return CLI_OK;
}

static int
table_show(struct cli *c)
{
	printf("%s: almenara %s [%s]\n", cli_word(c, "usage"),
	    cli_word(c, "command"), cli_word(c, "options"));
	for (size_t g = 0; g < GROUP_COUNT; g++) {
		bool has_head = false;

		for (size_t i = 0; commands[i] != NULL; i++) {
			if (commands[i]->group != (enum command_group)g)
				continue;
			if (!has_head)
				printf("\n%s%s%s\n",
				    term_on(&c->term, STYLE_BOLD),
				    groups[g].in[c->lang],
				    term_off(&c->term));
			has_head = true;
			printf("  %-19s %s\n", commands[i]->name,
			    commands[i]->summary.in[c->lang]);
		}
	}
	printf("\nalmenara help %s · almenara help exit-codes\n",
	    cli_word(c, "command"));
	return CLI_OK;
}

static int
exits_show(struct cli *c)
{
	for (size_t i = 0; i < sizeof exit_codes / sizeof exit_codes[0]; i++)
		printf("%3d  %s\n", (int)exit_codes[i].exit,
		    exit_codes[i].meaning.in[c->lang]);
	return CLI_OK;
}

/* Every command whose first word it is. */
static size_t
group_show(struct cli *c, const char *first)
{
	size_t n = strlen(first), count = 0;

	for (size_t i = 0; commands[i] != NULL; i++) {
		if (strncmp(commands[i]->name, first, n) != 0 ||
		    commands[i]->name[n] != ' ')
			continue;
		printf("  %-19s %s\n", commands[i]->name,
		    commands[i]->summary.in[c->lang]);
		count++;
	}
	return count;
}

static int
manual_print(struct cli *c, const char *page)
{
	struct buf b;

	buf_init(&b, LIMIT_CONFIG);
	if (strcmp(page, "commands") == 0)
		manual_write_commands(commands, &b);
	else if (strcmp(page, "config") == 0)
		manual_write_config(&b);
	else
		return cli_usage(c, "--manual commands|config");
	fwrite(b.p, 1, b.n, stdout);
	buf_release(&b);
	return CLI_OK;
}

static int
run(struct cli *c)
{
	const struct command *cmd;
	const char *name;

	if (args_has(&c->args, "manual"))
		return manual_print(c, args_find(&c->args, "manual"));

	c->json = args_has(&c->args, "json");
	if (c->json)
		return table_json();
	if (c->args.count == 0)
		return table_show(c);
	name = c->args.count == 1 ? c->args.operand[0] :
	    cli_text(c, "%s %s", c->args.operand[0], c->args.operand[1]);
	if (strcmp(name, "exit-codes") == 0)
		return exits_show(c);
	cmd = command_find(name);
	if (cmd != NULL) {
		command_usage(c, cmd, stdout);
		return CLI_OK;
	}
	if (c->args.count == 1 && group_show(c, name) > 0)
		return CLI_OK;
	name = command_nearest(c, name);
	return cli_fail(c, &(struct trouble){ .exit = CLI_NOT_FOUND,
	    .what = T(c, "there is no such command", "no existe esa orden",
	    "não existe esse comando", "cette commande n’existe pas"),
	    .next = name != NULL ? cli_text(c, "almenara help %s", name) :
	    "almenara help" });
}

const struct command command_help = {
	.name = "help", .group = GROUP_RUN, .operands = "[COMMAND|exit-codes]",
	.most = 2, .run = run,
	.summary = { { "Commands, one command, exit codes",
	    "Las órdenes, una orden, los códigos de salida",
	    "Os comandos, um comando, os códigos de saída",
	    "Les commandes, une commande, les codes de sortie" } },
	.option = {
		{ "manual", 0, "commands|config", { {
		    "the manual page almenara(1) or almenarad.conf(5)",
		    "la página de manual almenara(1) o almenarad.conf(5)",
		    "a página de manual almenara(1) ou almenarad.conf(5)",
		    "la page de manuel almenara(1) ou almenarad.conf(5)" } } },
	},
};

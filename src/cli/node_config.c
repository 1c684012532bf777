/* SPDX-License-Identifier: Apache-2.0
 *
 * Options, environment, configuration: in this order.
 */
#include "cli/node_config.h"

#include "base/limits.h"
#include "cli/control.h"
#include "cli/file.h"

#include <stdlib.h>

#define SYSTEM_CONF "/etc/almenara/almenarad.conf"
#define SYSTEM_CONTROL "/run/almenara/control"

static const char *
conf_path(struct cli *c)
{
	const char *v = args_find(&c->args, "conf");

	if (v != NULL)
		return v;
	v = args_find(&c->args, "dir");
	if (v == NULL)
		v = args_find(&c->args, "node");
	if (v != NULL)
		return cli_text(c, "%s/almenarad.conf", v);
	return SYSTEM_CONF;
}

int
node_config_read(struct cli *c, struct config *out)
{
	const char *path = conf_path(c);
	struct buf faults;
	int status = CLI_OK;
	enum err e;

	buf_init(&faults, LIMIT_CONFIG);
	e = config_read(path, out, &faults);
	if (e != ERR_NONE)
		status = cli_fail(c, &(struct trouble){
		    .exit = cli_exit_of(e), .code = err_token(e),
		    .what = path, .why = arena_string(&c->arena,
		    span_str(buf_str(&faults))),
		    .next = e == ERR_NOT_FOUND ? "almenara help init" :
		    NULL });
	buf_release(&faults);
	return status;
}

const char *
node_control_path(struct cli *c)
{
	const char *v = args_find(&c->args, "control");
	const char *node = args_find(&c->args, "node");
	struct config config;
	struct buf faults;
	const char *path = SYSTEM_CONTROL;

	if (v != NULL)
		return v;
	if (node != NULL && !file_is_folder(node))
		return node;
	if (node != NULL)
		return cli_text(c, "%s/control", node);
	v = getenv("ALMENARA_CONTROL");
	if (v != NULL && v[0] != '\0')
		return v;
	buf_init(&faults, LIMIT_CONFIG);
	if (config_read(SYSTEM_CONF, &config, &faults) == ERR_NONE) {
		path = arena_string(&c->arena,
		    span_str(config.control_socket));
		config_release(&config);
	}
	buf_release(&faults);
	return path;
}

int
cli_control(struct cli *c)
{
	unsigned long seconds = CONTROL_TIMEOUT_MS / 1000;
	const char *path;
	struct fault f;
	enum err e;

	if (c->control != NULL)
		return CLI_OK;
	if (args_number(&c->args, "timeout", 1, 86400, &seconds, &f) !=
	    ERR_NONE)
		return cli_usage(c, cli_text(c, "--%s: %s", f.field, f.rule));
	path = node_control_path(c);
	e = control_open(path, (int)seconds * 1000, &c->control);
	if (e == ERR_NONE)
		return CLI_OK;
	return cli_fail(c, &(struct trouble){
	    .exit = e == ERR_DENIED ? CLI_SIGN_IN : CLI_FAILED,
	    .code = err_token(e),
	    .what = cli_text(c, T(c, "the node does not answer at %s",
	    "el nodo no responde en %s", "o nó não responde em %s",
	    "le nœud ne répond pas à %s"), path),
	    .why = e == ERR_CLOSED ? T(c, "nobody listens there",
	    "nadie escucha allí", "ninguém escuta ali",
	    "personne n’y écoute") :
	    e == ERR_NOT_FOUND ? T(c, "there is no such socket",
	    "no existe ese socket", "esse socket não existe",
	    "cette socket n’existe pas") : err_sentence(e),
	    .next = "almenara doctor" });
}

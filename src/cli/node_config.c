/* SPDX-License-Identifier: Apache-2.0
 *
 * Options, environment, configuration: in this order.
 */
#include "cli/node_config.h"

#include "base/limits.h"
#include "cli/control.h"
#include "cli/file.h"

#include <stdlib.h>
#include <string.h>

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

/* Lines without the end of the last. */
static const char *
trimmed(struct cli *c, struct buf *lines)
{
	char *s = arena_string(&c->arena, span_str(buf_str(lines)));
	size_t n = strlen(s);

	while (n > 0 && s[n - 1] == '\n')
		s[--n] = '\0';
	return s;
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
		    .what = T(c, "there is no usable configuration",
		    "no hay una configuración utilizable",
		    "não há uma configuração utilizável",
		    "il n’y a pas de configuration utilisable"),
		    .why = trimmed(c, &faults),
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
	if (v != NULL && v[0] != '\0' && args_find(&c->args, "conf") == NULL &&
	    args_find(&c->args, "dir") == NULL)
		return v;
	buf_init(&faults, LIMIT_CONFIG);
	if (config_read(conf_path(c), &config, &faults) == ERR_NONE) {
		path = arena_string(&c->arena,
		    span_str(config.control_socket));
		config_release(&config);
	}
	buf_release(&faults);
	return path;
}

const char *
node_doctor(struct cli *c)
{
	static const char *const options[] = { "control", "node", "conf",
		"dir" };

	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		const char *v = args_find(&c->args, options[i]);

		if (v != NULL)
			return cli_text(c, "almenara doctor --%s %s",
			    i == 3 ? "node" : options[i], v);
	}
	return "almenara doctor";
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
	    .next = node_doctor(c) });
}

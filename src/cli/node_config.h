/* SPDX-License-Identifier: Apache-2.0
 *
 * Which node does the user mean? Its configuration and its control socket.
 */
#ifndef CLI_NODE_CONFIG_H
#define CLI_NODE_CONFIG_H

#include "cli/cli.h"
#include "node/config.h"

/* The options of commands that need its configuration or its folder. */
#define NODE_CONFIG_CONF { "conf", 0, "FILE", { { \
	"the node's configuration", "la configuración del nodo", \
	"a configuração do nó", "la configuration du nœud" } } }
#define NODE_CONFIG_DIR { "dir", 0, "DIR", { { \
	"the node's folder, as in init", "la carpeta del nodo, como en init", \
	"a pasta do nó, como em init", \
	"le dossier du nœud, comme pour init" } } }

/* The configuration by --conf FILE, --dir DIR, --node DIR or the system's;
 * CLI_OK, or the trouble has been told. Release with config_release. */
MUST int node_config_read(struct cli *c, struct config *out);

/* The control socket by --control, --node, the configuration that --conf or
 * --dir names, ALMENARA_CONTROL or the system's configuration. Never NULL; in the arena. */
const char *node_control_path(struct cli *c);

/* The command that looks after the node that is meant. In the arena. */
const char *node_doctor(struct cli *c);

/* Connect once; the trouble has been told if the result is not CLI_OK. */
MUST int cli_control(struct cli *c);

#endif

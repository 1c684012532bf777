/* SPDX-License-Identifier: Apache-2.0
 *
 * What the commands of groups share.
 */
#ifndef CLI_GROUP_H
#define CLI_GROUP_H

#include "cli/send.h"

#define GROUP_UP_TO { "up-to", 0, "LABEL", { { \
	"nothing stricter goes to it (TLP:AMBER)", \
	"nada más estricto va al grupo (TLP:AMBER)", \
	"nada mais restrito vai ao grupo (TLP:AMBER)", \
	"rien de plus strict ne lui est adressé (TLP:AMBER)" } } }
#define GROUP_MEMBERS { "members", 0, "TEAM,...", { { \
	"teams that are in it", "equipos que lo integran", \
	"equipes que o integram", "équipes qui en font partie" } } }
#define GROUP_TITLE { "title", 0, "TEXT", { { \
	"what it is, in words", "qué es, en palabras", \
	"o que é, em palavras", "ce que c’est, en mots" } } }

/* Write operand 0 and the options as they were given. A `send_put_fn`; `ctx`
 * is not used. */
void group_put(struct cli *c, struct request *r, void *ctx);

#endif

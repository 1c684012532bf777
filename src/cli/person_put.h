/* SPDX-License-Identifier: Apache-2.0
 *
 * The options that say who a person is and how she is called.
 */
#ifndef CLI_PERSON_PUT_H
#define CLI_PERSON_PUT_H

#include "cli/node.h"

#define PERSON_OPTIONS \
		{ "post", 0, "TEXT", { { "what others see: duty officer", \
		    "lo que ven los demás: oficial de guardia", \
		    "o que os outros veem: oficial de plantão", \
		    "ce que voient les autres : officier de garde" } } }, \
		{ "name", 0, "TEXT", { { "for this node only", \
		    "solo para este nodo", "só para este nó", \
		    "pour ce nœud seulement" } } }, \
		{ "role", 0, "ROLE", { { "duty_officer, analyst, team_lead, " \
		    "node_admin, ... (repeatable)", \
		    "duty_officer, analyst, team_lead, node_admin, ... " \
		    "(repetible)", \
		    "duty_officer, analyst, team_lead, node_admin, ... " \
		    "(repetível)", \
		    "duty_officer, analyst, team_lead, node_admin, ... " \
		    "(répétable)" } } }, \
		{ "language", 0, "LANG", { { "es, pt-BR, ... (repeatable)", \
		    "es, pt-BR, ... (repetible)", \
		    "es, pt-BR, ... (repetível)", \
		    "es, pt-BR, ... (répétable)" } } }, \
		{ "channel", 0, "KIND=ADDRESS", { { "how to call: mail, push, " \
		    "webhook, command; the first that works (repeatable; " \
		    "none: by the screen alone)", \
		    "cómo llamar: mail, push, webhook, command (repetible; " \
		    "none: solo por la pantalla)", \
		    "como chamar: mail, push, webhook, command (repetível; " \
		    "none: só pela tela)", \
		    "comment appeler : mail, push, webhook, command " \
		    "(répétable ; none : par l’écran seul)" } } }, \
		{ "page-language", 0, "LANG", { { "of pages: en, es, pt, fr", \
		    "de las llamadas: en, es, pt, fr", \
		    "das chamadas: en, es, pt, fr", \
		    "des appels : en, es, pt, fr" } } }, \
		{ "quiet-hours", 0, "FROM-UNTIL", { { "22:00-06:30, where " \
		    "the level allows it; none", \
		    "22:00-06:30, donde el nivel lo permite; none", \
		    "22:00-06:30, onde o nível permite; none", \
		    "22:00-06:30, où le niveau le permet ; none" } } }, \
		{ "zone", 0, "ZONE", { { "of these hours: America/Lima", \
		    "de esas horas: America/Lima", \
		    "dessas horas: America/Lima", \
		    "de ces heures : America/Lima" } } },

/* Put operand 0 and what was given into the request. Else the exit code: the
 * trouble was told, and the request is released. */
MUST int person_put(struct request *r, struct cli *c);

#endif

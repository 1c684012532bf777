/* SPDX-License-Identifier: Apache-2.0
 *
 * The body of a notice from the command line: a JSON file or an earlier body,
 * with options put over it. Which options there are and how a value is read
 * follows from the record kind (schema/kind.h); nothing here names a kind.
 */
#ifndef CLI_DRAFT_BODY_H
#define CLI_DRAFT_BODY_H

#include "cli/cli.h"

#define DRAFT_BODY_SET \
	{ "set", 0, "FIELD=VALUE", { { \
	    "any field of the kind; JSON or text (repeatable)", \
	    "cualquier campo del tipo; JSON o texto (repetible)", \
	    "qualquer campo do tipo; JSON ou texto (repetível)", \
	    "tout champ du type ; JSON ou texte (répétable)" } } }

#define DRAFT_BODY_OPTIONS \
	{ "title", 0, "[LANG:]TEXT", { { "title (repeatable by language)", \
	    "título (repetible por idioma)", "título (repetível por idioma)", \
	    "titre (répétable par langue)" } } }, \
	{ "summary", 0, "[LANG:]TEXT", { { "what happens", "qué ocurre", \
	    "o que ocorre", "ce qui se passe" } } }, \
	{ "impact", 0, "[LANG:]TEXT", { { "what it does to whom", \
	    "qué causa y a quién", "o que causa e a quem", \
	    "ce que cela cause et à qui" } } }, \
	{ "severity", 0, "WORD", { { "Extreme|Severe|Moderate|Minor|Unknown", \
	    "Extreme|Severe|Moderate|Minor|Unknown", \
	    "Extreme|Severe|Moderate|Minor|Unknown", \
	    "Extreme|Severe|Moderate|Minor|Unknown" } } }, \
	{ "urgency", 0, "WORD", { { "Immediate|Expected|Future|Past|Unknown", \
	    "Immediate|Expected|Future|Past|Unknown", \
	    "Immediate|Expected|Future|Past|Unknown", \
	    "Immediate|Expected|Future|Past|Unknown" } } }, \
	{ "certainty", 0, "WORD", { { \
	    "Observed|Likely|Possible|Unlikely|Unknown", \
	    "Observed|Likely|Possible|Unlikely|Unknown", \
	    "Observed|Likely|Possible|Unlikely|Unknown", \
	    "Observed|Likely|Possible|Unlikely|Unknown" } } }, \
	{ "level", 0, "1..5", { { "higher than computed", \
	    "mayor que el calculado", "maior que o calculado", \
	    "plus haut que calculé" } } }, \
	{ "states", 0, "CC,...", { { "states concerned", \
	    "Estados afectados", "Estados envolvidos", \
	    "États concernés" } } }, \
	{ "sectors", 0, "SECTOR,...", { { "energy, financial/banking, ...", \
	    "energy, financial/banking, ...", \
	    "energy, financial/banking, ...", \
	    "energy, financial/banking, ..." } } }, \
	{ "rsit", 0, "CLASS,...", { { "malicious-code/infected-system, ...", \
	    "malicious-code/infected-system, ...", \
	    "malicious-code/infected-system, ...", \
	    "malicious-code/infected-system, ..." } } }, \
	{ "action", 0, "WORD", { { \
	    "asked for: none|check|mitigate|report_back|assist", \
	    "se pide: none|check|mitigate|report_back|assist", \
	    "pede-se: none|check|mitigate|report_back|assist", \
	    "demandé : none|check|mitigate|report_back|assist" } } }, \
	{ "hypothesis", 0, "LIKELIHOOD:[LANG:]TEXT", { { \
	    "of a watch: likely:a worm (repeatable)", \
	    "de una vigilancia: likely:un gusano (repetible)", \
	    "de uma vigilância: likely:um verme (repetível)", \
	    "d’une veille : likely:un ver (répétable)" } } }, \
	{ "exercise", 0, "NAME", { { "this is an exercise", \
	    "esto es un ejercicio", "isto é um exercício", \
	    "ceci est un exercice" } } }, \
	DRAFT_BODY_SET

/* The options above over `body` (an object, or absent) into `out`. CLI_OK or
 * the trouble has been told. */
MUST int draft_body_make(struct cli *c, const struct kind *k,
    struct json_val body, struct buf *out);

/* Was any of the options given? */
bool draft_body_is_given(const struct cli *c);

/* A JSON file: a body, or {kind, tlp, aud, body} whose body goes to `body` and
 * whole to `whole`. CLI_OK or the trouble has been told. */
MUST int draft_file_read(struct cli *c, const char *path,
    struct json_val *whole, struct json_val *body);

/* What a saved draft still lacks, on standard error. */
void draft_faults_tell(struct cli *c, struct json_val data);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What all commands that send share: the effect is shown and asked for before,
 * --dry-run stops there, and the result is told in the same words.
 */
#ifndef CLI_SEND_H
#define CLI_SEND_H

#include "cli/cli.h"
#include "cli/node.h"

#define SEND_DRY_RUN { "dry-run", 'n', NULL, { { \
	"show the effect, send nothing", \
	"mostrar el efecto, no enviar nada", \
	"mostrar o efeito, não enviar nada", \
	"montrer l’effet, ne rien envoyer" } } }
#define SEND_YES { "yes", 'y', NULL, { { "do not ask", "no preguntar", \
	"não perguntar", "ne pas demander" } } }
#define SEND_AUD { "aud", 0, "all|TEAM,...", { { \
	"who may read", "quién puede leer", "quem pode ler", \
	"qui peut lire" } } }
#define SEND_TLP { "tlp", 0, "LABEL", { { "its label (TLP 2.0)", \
	"su etiqueta (TLP 2.0)", "seu rótulo (TLP 2.0)", \
	"son marquage (TLP 2.0)" } } }
#define SEND_REASON { "reason", 'r', "TEXT", { { \
	"why it goes although the leak guard warns", \
	"por qué sale aunque el control de fugas avise", \
	"por que sai apesar do aviso de vazamento", \
	"pourquoi malgré l’avertissement de fuite" } } }
#define SEND_WAIT { "wait", 0, "SECONDS", { { \
	"wait so long for all receipts, else exit 7", \
	"esperar todos los acuses tanto tiempo; si no, salida 7", \
	"esperar todos os recibos por esse tempo; senão, saída 7", \
	"attendre tous les reçus ce temps, sinon sortie 7" } } }

#define SEND_TO { "to", 0, "TEAM,...", { { "the same as --aud", \
	"lo mismo que --aud", "o mesmo que --aud", "comme --aud" } } }
#define SEND_EMBARGO { "embargo", 0, "TIME", { { \
	"nobody else reads it before (RFC 3339)", \
	"nadie más lo lee antes (RFC 3339)", \
	"ninguém mais o lê antes (RFC 3339)", \
	"personne d’autre ne le lit avant (RFC 3339)" } } }, \
	{ "then", 0, "publish|ask", { { \
	"released by itself, or a person is asked (ask)", \
	"se libera solo, o se pregunta a una persona (ask)", \
	"é liberado sozinho, ou pergunta-se a uma pessoa (ask)", \
	"levé de soi-même, ou on demande à quelqu’un (ask)" } } }

#define SEND_EXPIRES { "expires", 0, "TIME", { { \
	"shown as past from then on (RFC 3339)", \
	"desde entonces figura como vencida (RFC 3339)", \
	"a partir daí aparece como vencida (RFC 3339)", \
	"montrée comme passée dès lors (RFC 3339)" } } }

/* Are --embargo, --then and --expires well-formed? Else the usage has been
 * told, and its exit code is in `status`. And they as the members `embargo` and
 * `expires`. */
bool send_times_check(struct cli *c, int *status);
void send_put_times(struct request *r, struct cli *c);

/* Write the arguments of the command; they are written twice, once for the
 * preview. */
typedef void send_put_fn(struct cli *c, struct request *r, void *ctx);

/* Preview with `cmd` and dry_run, show, ask, send, tell. Returns an exit
 * code. */
MUST int send_run(struct cli *c, const char *cmd, send_put_fn *put,
    void *ctx);

/* Who will read, for people: "6 states (AR BO BR CO PE UY), TLP:GREEN,
 * level 4". */
const char *send_effect(struct cli *c, struct json_val plan);

/* What the leak guard found, a line each, as messages. */
void send_tell_findings(struct cli *c, struct json_val plan);

/* The plan in full for people. */
void send_show_plan(struct cli *c, struct json_val plan);

#endif

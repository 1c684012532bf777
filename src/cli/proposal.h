/* SPDX-License-Identifier: Apache-2.0
 *
 * Whom among those that the team serves a notice concerns, as the node
 * proposes it: shared by `redistribute` and `constituent match`.
 */
#ifndef CLI_PROPOSAL_H
#define CLI_PROPOSAL_H

#include "cli/node.h"

#define PROPOSAL_BY { "by", 0, "REASON,...", { { \
	"count only product, domain, network, sector", \
	"contar solo product, domain, network, sector", \
	"contar só product, domain, network, sector", \
	"ne compter que product, domain, network, sector" } } }
#define PROPOSAL_ALL { "all", 'a', NULL, { { \
	"list every reader", "listar todos los destinatarios", \
	"listar todos os destinatários", "lister tous les destinataires" } } }

/* Ask for the proposal on operand 0 and show it: the readers, the first of them
 * or all, with the reason for each, and who is refused by which line. `data`
 * gets the answer. */
MUST int proposal_show(struct cli *c, struct json_val *data);

/* --by as the member `by`. */
void proposal_put_by(struct cli *c, struct request *r);

#endif

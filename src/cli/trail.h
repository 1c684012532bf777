/* SPDX-License-Identifier: Apache-2.0
 *
 * What the commands of the audit trail share: options that are times, and the
 * table of what was done.
 */
#ifndef CLI_TRAIL_H
#define CLI_TRAIL_H

#include "cli/node.h"
#include "cli/out.h"

#define TRAIL_LIMIT { "limit", 0, "N", { { "at most so many (100)", \
	"a lo sumo tantas (100)", "no máximo tantas (100)", \
	"au plus tant (100)" } } }
#define TRAIL_BEFORE { "before", 0, "N", { { \
	"go on below this place, as the last answer says", \
	"seguir por debajo de este lugar, como dice la última respuesta", \
	"continuar abaixo deste lugar, como diz a última resposta", \
	"continuer sous cette place, comme le dit la dernière réponse" } } }

/* The options limit and before, and `from`, `until` as members of the same
 * names: a date (UTC) or a time of RFC 3339. CLI_OK, or the usage was told. */
MUST int trail_put_bounds(struct cli *c, struct request *r,
    const char *from, const char *until);

/* The records of the trail in the array `rows`, as a table. */
void trail_show(struct cli *c, struct json_val rows);

/* Which teams have it, of an answer with the member teams. */
void trail_show_teams(struct cli *c, struct json_val data);

/* Say how to go on, if there is more. */
void trail_more(struct cli *c, struct json_val data);

#endif

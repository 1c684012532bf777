/* SPDX-License-Identifier: Apache-2.0
 *
 * --from and --to of a change of the roster, as moments.
 */
#ifndef CLI_ROSTER_TIME_H
#define CLI_ROSTER_TIME_H

#include "cli/node.h"

/* Put both into the request, send it as `cmd`, and print the id of what came
 * of it. An exit status: CLI_USAGE, with nothing sent, if one of them is
 * missing or is no RFC 3339. The request is gone either way. */
MUST int roster_time_send(struct cli *c, struct request *r, const char *cmd);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * --from and --to of a change of the roster, as moments.
 */
#ifndef CLI_ROSTER_TIME_H
#define CLI_ROSTER_TIME_H

#include "cli/node.h"

/* Put both into the request; false if one is missing or is no RFC 3339. */
bool roster_time_put(struct cli *c, struct request *r);

#endif

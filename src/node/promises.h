/* SPDX-License-Identifier: Apache-2.0
 *
 * The clocks of the own team's cases: that one runs out soon, or has run out,
 * becomes a record of the audit trail, and then an alarm (watch/promise.h).
 */
#ifndef NODE_PROMISES_H
#define NODE_PROMISES_H

#include "node/command.h"

void promises_start(struct service *s);
void promises_stop(struct service *s);

/* A case may have moved. */
void promises_stir(struct service *s);

/* Write the members cases_near and cases_late: clocks. */
void promises_put(const struct service *s, struct json_out *w);

#endif

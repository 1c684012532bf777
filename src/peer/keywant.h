/* SPDX-License-Identifier: Apache-2.0
 *
 * Asking for those that do not come.
 */
#ifndef PEER_KEYWANT_H
#define PEER_KEYWANT_H

#include "peer/hub_inside.h"

/* Ask the next holder for the key that something here has waited for. */
void keywant_step(struct hub *h);

/* When it has something to do again. */
struct mono keywant_wake(const struct hub *h);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * What is released when its time has come.
 */
#ifndef PEER_EMBARGOES_H
#define PEER_EMBARGOES_H

#include "peer/hub_inside.h"

/* What is under embargo in the own log, from the store. */
MUST enum err embargoes_load(struct hub *h);

/* Read on, act, write down. */
void embargoes_step(struct hub *h);

/* An own entry has become durable and is released. */
void embargoes_see(struct hub *h, const struct hub_pending *p);

#endif

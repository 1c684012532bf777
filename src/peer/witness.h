/* SPDX-License-Identifier: Apache-2.0
 *
 * Which cosignatures are kept.
 */
#ifndef PEER_WITNESS_H
#define PEER_WITNESS_H

#include "peer/hub_inside.h"

/* A cosignature came: look at one older checkpoint, and perhaps drop it. */
void witness_thin(struct hub *h);

#endif

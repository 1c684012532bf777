/* SPDX-License-Identifier: Apache-2.0
 *
 * When a receipt is due: at once for urgent entries, else at most every
 * second or 64 entries. And when a checkpoint is cosigned: when its origin
 * asks, else at most every 10 s. Pure.
 */
#ifndef WATCH_CADENCE_H
#define WATCH_CADENCE_H

#include "base/instant.h"

#include <stdbool.h>

enum {
	CADENCE_RECEIPT_MS = 1000,
	CADENCE_RECEIPT_ENTRIES = 64,
	CADENCE_COSIGN_MS = 10000
};

struct cadence {
	unsigned pending;    /* entries not yet receipted */
	bool urgent;
	struct mono since;   /* when the first of them came */
};

void cadence_add(struct cadence *c, bool urgent, struct mono now);
bool cadence_is_due(const struct cadence *c, struct mono now);
void cadence_clear(struct cadence *c);

/* When it will be due; INT64_MAX ms if nothing is pending. */
struct mono cadence_due(const struct cadence *c);

#endif

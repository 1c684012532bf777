/* SPDX-License-Identifier: Apache-2.0
 *
 * Who has signed and left which agreement, as the index has it: read again
 * after the index has moved, so that a signature counts in the very next
 * decision.
 */
#ifndef NODE_AGREEMENTS_H
#define NODE_AGREEMENTS_H

#include "node/command.h"
#include "record/agreement.h"

/* What counts now. Borrowed until the index moves. */
const struct agreements *agreements_now(struct service *s);

/* The i-th word of that set; its record. */
const struct index_row *agreements_row(const struct service *s, size_t i);

/* The kind of these records; NULL if this node knows none. */
const struct kind *agreements_kind(const struct service *s);

/* The index has moved. */
void agreements_stale(struct service *s);
void agreements_free(struct service *s);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by diff.c and diff_keyset.c. No other file includes this.
 */
#ifndef RECORD_DIFF_PRIVATE_H
#define RECORD_DIFF_PRIVATE_H

#include "base/limits.h"
#include "record/diff.h"

void diff_put(struct difference_list *l, struct difference d);
void diff_keyset(const struct keyset *old, const struct keyset *new,
    struct difference_list *l);

#endif

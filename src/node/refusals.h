/* SPDX-License-Identifier: Apache-2.0
 *
 * What a node answers when it does not do something, in the language of who
 * asked. The code says it in English, where it refuses; the other languages
 * stand in refusals.def, and tests/lint/refusals.sh finds a sentence that is
 * not there. The audit trail keeps the English words.
 */
#ifndef NODE_REFUSALS_H
#define NODE_REFUSALS_H

#include "base/must.h"
#include "schema/words.h"

/* The sentence in `lang`; `english` itself if it is no row of the table (the
 * words of a parser, a text that was put together). A format keeps its
 * conversions and their order. */
const char *refusals_find(const char *english, enum lang lang) FORMAT_OF(1);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * The acts that the private log records: acts.def has the table.
 */
#ifndef NODE_ACT_H
#define NODE_ACT_H

#include "base/span.h"
#include "schema/words.h"

enum act {
	ACT_NONE,
#define ACT(name, word, en, es, pt, fr) ACT_##name,
#include "node/acts.def"
#undef ACT
	ACT_COUNT
};

/* The word that stands in the record; "" for ACT_NONE. */
const char *act_token(enum act a);

/* What a person reads. */
const char *act_word(enum act a, enum lang lang);

/* ACT_NONE if there is no such word. */
enum act act_find(struct span token);

#endif

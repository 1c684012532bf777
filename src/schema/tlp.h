/* SPDX-License-Identifier: Apache-2.0
 *
 * The label of the Traffic Light Protocol 2.0 (FIRST), from open to closed.
 * The labels themselves are fixed here, because the protocol signs them; their
 * words in four languages are schemas/tlp.json.
 */
#ifndef SCHEMA_TLP_H
#define SCHEMA_TLP_H

#include "base/err.h"
#include "base/span.h"
#include "schema/words.h"

/* Order matters: the greater is the stricter. */
enum tlp {
	TLP_CLEAR,
	TLP_GREEN,
	TLP_AMBER,
	TLP_AMBER_STRICT,
	TLP_RED,
	TLP_COUNT
};

/* "TLP:AMBER+STRICT"; exactly these five. ERR_SYNTAX otherwise. */
MUST enum err tlp_parse(struct span s, enum tlp *out);

/* For documents from outside and for people: any case, with or without
 * "TLP:", "AMBER STRICT", and TLP 1 WHITE, which is read as CLEAR and never
 * written. */
MUST enum err tlp_import(struct span s, enum tlp *out);

/* "TLP:GREEN". */
const char *tlp_label(enum tlp t);

static inline enum tlp
tlp_stricter(enum tlp a, enum tlp b)
{
	return a > b ? a : b;
}

/* To whom it may go, in few words; and the rule in a sentence. */
const char *tlp_name(const struct schema *s, enum tlp t, enum lang l);
const char *tlp_rule(const struct schema *s, enum tlp t, enum lang l);

#endif

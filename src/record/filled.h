/* SPDX-License-Identifier: Apache-2.0
 *
 * The report form as a browser fills it in and seals it: JSON, with blanks
 * behind it that hide how long it is. Nobody has looked at it on its way, so
 * it is held to all that the form itself would refuse. Pure.
 */
#ifndef RECORD_FILLED_H
#define RECORD_FILLED_H

#include "base/json.h"

enum { FILLED_SHORT = 400, FILLED_TOPIC = 16, FILLED_WEAKNESS = 7 };

/* Texts of lines, without other controls; "" is what was left empty. */
struct filled {
	struct span topic, what;                /* never empty */
	struct span ongoing, when, contact;     /* FILLED_SHORT bytes */
	struct span share;                      /* "" or "network" */
	struct span named;                      /* "" or "yes" */
	/* of a weakness: product, vendor, version, whether exploited, whether
	 * the vendor was told, when published, credit; FILLED_SHORT bytes */
	struct span weakness[FILLED_WEAKNESS];
};

/* ERR_SYNTAX, ERR_SCHEMA, ERR_LIMIT, with the member in `f`; what is no topic
 * of the kind is not found here. The spans borrow `in` and `a`. */
MUST enum err filled_parse(struct span in, struct arena *a,
    struct filled *out, struct fault *f);

/* May it be handed on to the team that is responsible, and with what: a value
 * of the report's `consent`. */
const char *filled_consent(struct span share, struct span named);

/* The answers as they are sealed for the watch: all but the topic and what
 * stands in the consent. */
void filled_write(const struct filled *x, struct json_out *w);

#endif

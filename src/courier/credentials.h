/* SPDX-License-Identifier: Apache-2.0
 *
 * What relays and receivers know this node by: a file that only the courier
 * reads. A line is one of
 *
 *	mail USER PASSWORD
 *	webhook HOST SECRET	signs what goes to that host
 *	push HOST TOKEN
 *
 * with "#" for comments; no value holds a blank.
 */
#ifndef COURIER_CREDENTIALS_H
#define COURIER_CREDENTIALS_H

#include "base/err.h"
#include "base/span.h"

enum credential_kind { CREDENTIAL_MAIL, CREDENTIAL_WEBHOOK, CREDENTIAL_PUSH };

enum { CREDENTIALS_MAX = 256, CREDENTIAL_SECRET_LEAST = 16 };

struct credential {
	enum credential_kind kind;
	struct span name;   /* user or host, in the text */
	struct span secret;
};

struct credentials {
	struct credential at[CREDENTIALS_MAX];
	size_t n;
};

/* Spans borrow `text`. ERR_CONFIG, ERR_LIMIT with the line in `f`. */
MUST enum err credentials_parse(struct span text, struct credentials *out,
    struct fault *f);

/* NULL if there is none; `host` as in a URL, with or without port: a line
 * for the host alone holds for every port. */
const struct credential *credentials_find(const struct credentials *c,
    enum credential_kind kind, struct span host);

#endif

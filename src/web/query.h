/* SPDX-License-Identifier: Apache-2.0
 *
 * What a reader asks a joint site for: the arguments of the query (the form
 * sends them as application/x-www-form-urlencoded, WHATWG URL section 5). Pure.
 */
#ifndef WEB_QUERY_H
#define WEB_QUERY_H

#include "base/err.h"
#include "base/limits.h"
#include "base/span.h"

#include <stdbool.h>

enum { QUERY_PAGE_MOST = 9999 };

struct query {
	char words[LIMIT_WEB_QUERY + 1]; /* UTF-8, no control characters */
	size_t n;
	char state[3];   /* "" or two capitals */
	int level;       /* 0: any */
	bool by_match;
	unsigned page;   /* from 1 */
};

/* As they came, encodings not undone; a NULL pointer for what did not. */
struct query_raw {
	struct span words, state, level, by, page;
};

/* What is empty is as if it had not come. ERR_SYNTAX (a broken encoding, no
 * UTF-8, a value that no form of ours has) or ERR_LIMIT with the argument in
 * `f`; `out` untouched. */
MUST enum err query_parse(const struct query_raw *in, struct query *out,
    struct fault *f);

/* Is anything asked for? */
bool query_is_asked(const struct query *q);

#endif

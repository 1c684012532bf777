/* SPDX-License-Identifier: Apache-2.0
 *
 * Does a reader have it already? Validators and the headers that ask with them
 * (RFC 9110 sections 8.8 and 13), in the order of section 13.2.2. Our tags are
 * strong ones. Pure.
 */
#ifndef WEB_FRESH_H
#define WEB_FRESH_H

#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

enum { HTTP_DATE_TEXT = 30 };

/* "Sun, 06 Nov 1994 08:49:37 GMT", NUL-ended, of years 1970 to 9999. */
void http_date_write(int64_t at_s, char out[HTTP_DATE_TEXT]);

/* The same form read; the two old forms of RFC 9110 are taken for no date.
 * False if it is none. */
bool http_date_parse(struct span s, int64_t *out_s);

/* Headers as they came; a NULL pointer is one that did not. */
struct fresh_ask {
	struct span if_match, if_none_match;
	struct span if_modified_since, if_unmodified_since;
	struct span if_range;
};

enum fresh { FRESH_SEND, FRESH_UNCHANGED, FRESH_FAILED };

/* What is there bears `tag`, with its quotes, and changed at `at_s`: send it,
 * say that it is unchanged (304), or that what was asked for is not so
 * (412). */
enum fresh fresh_decide(const struct fresh_ask *ask, struct span tag,
    int64_t at_s);

/* Is a range of it still of the file that the reader knows? Without If-Range
 * it is. */
bool fresh_may_range(const struct fresh_ask *ask, struct span tag,
    int64_t at_s);

#endif

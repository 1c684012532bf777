/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside of the JSON reader: the unescaped bytes of a string that was already
 * checked, one by one, without memory for them.
 */
#ifndef BASE_JSON_WALK_H
#define BASE_JSON_WALK_H

#include "base/json.h"

struct json_walk {
	const unsigned char *p;
	const unsigned char *end; /* the closing quote */
	unsigned char rest[4];    /* of a character begun, backwards */
	unsigned rest_n;
};

/* Before the first byte of the string token `t` of `text`. */
struct json_walk json_walk_start(const unsigned char *text,
    const struct json_tok *t);

/* The next byte, or -1 at the end. */
int json_walk_next(struct json_walk *w);

/* The value of four hexadecimal digits at `p`, or -1 if there are not four. */
int json_walk_hex(const unsigned char *p, const unsigned char *end);

#endif

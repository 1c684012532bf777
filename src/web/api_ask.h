/* SPDX-License-Identifier: Apache-2.0
 *
 * What a program of an official asks for: its token, and which notices. Pure.
 */
#ifndef WEB_API_ASK_H
#define WEB_API_ASK_H

#include "crypto/bearer.h"

#include <stdbool.h>
#include <stdint.h>

#define API_PATH "/api/v1/notices"

enum { API_LIMIT = 50, API_ID = 36 };

/* As they came; a NULL pointer for what did not. */
struct api_raw {
	struct span path, authorization, since, before, limit;
};

struct api_ask {
	struct digest token;
	char id[API_ID + 1]; /* of one notice; "": a list */
	uint64_t since_s, before, limit;
};

/* Is the path one of these, whatever comes with it? */
bool api_is_path(struct span path);

/* ERR_KEY: there is no token, or none of its form; ERR_NOT_FOUND: the path
 * names nothing that can be; ERR_SYNTAX: an argument is none, with its name in
 * `f`. `out` is untouched then. */
MUST enum err api_ask_parse(const struct api_raw *in, struct api_ask *out,
    struct fault *f);

#endif

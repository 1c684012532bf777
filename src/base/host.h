/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of hosts and domains (RFC 1123, RFC 2181), as they are written and
 * compared. Pure.
 */
#ifndef BASE_HOST_H
#define BASE_HOST_H

#include "base/err.h"
#include "base/must.h"
#include "base/span.h"

#include <stdbool.h>

enum { HOST_TEXT = 254 }; /* a name without its last dot, and a NUL */

/* The one form of a name: lower case, no dot at its end. At least two labels of
 * letters, digits, hyphens and underscores, the last of which is no number;
 * other scripts are written as xn--. ERR_SYNTAX. */
MUST enum err host_parse(struct span s, char out[HOST_TEXT]);

/* Is `name` the domain `top` or below it? Both in that form. */
bool host_is_under(struct span name, struct span top);

#endif

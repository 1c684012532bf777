/* SPDX-License-Identifier: Apache-2.0
 *
 * Two kinds of time that must not be mixed, each in a struct of its own.
 * Wall time is shown and signed; monotonic time drives timers. Deciding code
 * receives both as `struct now` and never asks a clock.
 */
#ifndef BASE_INSTANT_H
#define BASE_INSTANT_H

#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

struct wall {
	int64_t ms; /* POSIX milliseconds, UTC */
};

struct mono {
	int64_t ms; /* since an arbitrary start; never goes back */
};

struct now {
	struct wall wall;
	struct mono mono;
};

enum { INSTANT_TEXT_MAX = 32 };

/* "2026-11-21T07:51:45Z", NUL-ended. Years 0 to 9999. */
void wall_write(struct wall t, char out[INSTANT_TEXT_MAX]);

/* RFC 3339 with seconds, optional fraction (kept to milliseconds) and Z or
 * an offset. ERR_SYNTAX otherwise. */
MUST enum err wall_parse(struct span s, struct wall *out);

#endif

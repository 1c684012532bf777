/* SPDX-License-Identifier: Apache-2.0
 *
 * Lines and numbers of the text formats of this folder, read strictly.
 */
#ifndef LEDGER_LINE_H
#define LEDGER_LINE_H

#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

/* Take the next line off `rest`; `line` is without its LF. ERR_SYNTAX if
 * there is no LF; both are untouched then. */
MUST enum err line_step(struct span *rest, struct span *line);

/* If `s` begins with `prefix`, the remainder in `out`. ERR_SYNTAX. */
MUST enum err line_after(struct span s, const char *prefix, struct span *out);

/* A decimal number: ERR_SYNTAX (empty, or not digits alone), ERR_CANONICAL (a
 * leading zero), ERR_LIMIT (over `max`). */
MUST enum err line_u64(struct span digits, uint64_t max, uint64_t *out);

#endif

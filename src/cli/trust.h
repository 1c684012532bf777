/* SPDX-License-Identifier: Apache-2.0
 *
 * What the operator must know of members, out of the answer to `status`: whose
 * identity waits, which pins decide, what nears its date.
 */
#ifndef CLI_TRUST_H
#define CLI_TRUST_H

#include "cli/cli.h"

/* A line: about whom, what, and what to do ("" for nothing). */
typedef void trust_line_fn(void *ctx, const char *about, const char *what,
    const char *next);

/* Until when something of the register holds or held, and of a suspension by
 * whom and why. */
const char *trust_date(struct cli *c, struct json_val warning);

/* One call for each; the words live as long as the run. */
void trust_tell(struct cli *c, struct json_val status, trust_line_fn *fn,
    void *ctx);

#endif

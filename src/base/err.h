/* SPDX-License-Identifier: Apache-2.0
 *
 * How failure is told. A function that can fail returns `enum err` and is
 * marked MUST; outputs are untouched on failure. Parsers of foreign bytes also
 * fill a `struct fault`: where in the input, and which rule was broken.
 * Out of memory is not an error here: it ends the process (base/mem.h).
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/must.h"

#include <stddef.h>

enum err {
#define ERR(code, token, sentence) ERR_##code,
#include "base/err.def"
#undef ERR
	ERR_COUNT
};

/* Place and rule of a refusal. `rule` is a static string or points into
 * `text`; `at` is a byte offset into the input that was parsed. */
struct fault {
	size_t at;
	char field[96]; /* "" or the member concerned, as a path: body.cve[3] */
	char rule[160]; /* what the input breaks, lower case, no full stop */
};

/* The machine's word for `e`, such as "not-canonical". Never NULL. */
const char *err_token(enum err e);

/* The sentence for people. Never NULL. */
const char *err_sentence(enum err e);

/* The error whose token is `token`, ERR_IO if none has it. */
enum err err_find(const char *token);

/* Fill `f` (may be NULL) and return `e`, so that a parser can
 * `return fault_at(...)`. `field` may be NULL. */
enum err fault_at(struct fault *f, enum err e, size_t at, const char *field,
    const char *rule_format, ...) PRINTF_LIKE(5, 6);

#endif

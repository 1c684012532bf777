/* SPDX-License-Identifier: Apache-2.0
 *
 * Compiler attributes used all over the tree, under short names.
 */
#ifndef BASE_MUST_H
#define BASE_MUST_H

/* The result tells of failure: dropping it is a compile error. */
#define MUST __attribute__((warn_unused_result))

/* The function takes a printf format at `f` and its arguments from `a`. */
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

/* The result is the format that argument `f` is, or another with the same
 * conversions. */
#define FORMAT_OF(f) __attribute__((format_arg(f)))

#endif

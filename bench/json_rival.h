/* SPDX-License-Identifier: Apache-2.0
 *
 * jansson behind one function, because its header and base/json.h use the
 * same names.
 */
#ifndef BENCH_JSON_RIVAL_H
#define BENCH_JSON_RIVAL_H

#include <stdbool.h>
#include <stddef.h>

/* Parse and free; false if refused. `strict`: no member twice. */
bool json_rival_parse(const void *text, size_t n, bool strict);

#endif

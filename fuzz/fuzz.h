/* SPDX-License-Identifier: Apache-2.0
 *
 * What every fuzz target defines: one function that takes any bytes and never
 * crashes, leaks or breaks an assertion. fuzz/replay.c or libFuzzer calls it.
 * The first comment line of a target lists the functions that it must reach.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property that must hold whatever the input; also without assertions. */
#define FUZZ_CHECK(condition)                                                  \
	do {                                                                   \
		if (!(condition)) {                                            \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__,       \
			    __LINE__, #condition);                             \
			abort();                                               \
		}                                                              \
	} while (0)

#endif

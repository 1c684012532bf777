/* SPDX-License-Identifier: Apache-2.0
 *
 * cmocka with the headers that it wants before it. No mocks of our own code:
 * tests replace interfaces (store, keeper, clock, network) instead.
 */
#ifndef CMOCKA_ALL_H
#define CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A function that returns enum err did what was wanted. */
#define assert_ok(call) assert_int_equal((int)(call), 0)
#define assert_err(call, wanted) assert_int_equal((int)(call), (int)(wanted))

#endif

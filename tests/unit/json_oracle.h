/* SPDX-License-Identifier: Apache-2.0
 *
 * jansson as the second opinion on JSON, for tests only. Behind an interface
 * of its own because its names are also ours.
 */
#ifndef JSON_ORACLE_H
#define JSON_ORACLE_H

#include "base/buf.h"

enum oracle {
	ORACLE_ACCEPTS,
	ORACLE_REFUSES,
	ORACLE_REFUSES_TWIN,  /* a name that stands twice */
	ORACLE_CANNOT_NUMBER, /* fits no 64-bit integer or double */
	ORACLE_CANNOT_NUL     /* U+0000 in a name */
};

/* Read `text`; the value goes into `out` if accepted: n t f, s and the bytes
 * with a u32 length, i and 64 bits, d and the 64 bits of a double, a or o with
 * a u32 count and then the values or s-and-value pairs. */
enum oracle oracle_read(struct span text, struct buf *out);

#endif

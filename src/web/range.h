/* SPDX-License-Identifier: Apache-2.0
 *
 * Parts of a file (RFC 9110 section 14): one range of bytes. More than one in
 * a request, another unit, or a broken header is answered with the whole, as
 * the standard allows. Pure.
 */
#ifndef WEB_RANGE_H
#define WEB_RANGE_H

#include "base/span.h"

#include <stdint.h>

enum range_kind {
	RANGE_WHOLE, /* send all: 200 */
	RANGE_PART,  /* send `n` bytes from `from` on: 206 */
	RANGE_BEYOND /* nothing of the file is in it: 416 */
};

struct range {
	enum range_kind kind;
	uint64_t from;
	uint64_t n;
};

/* What `header` asks for of a file of `size` bytes. */
struct range range_of(struct span header, uint64_t size);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Hex and base64, canonical only: what is read, written again, is the same
 * bytes. Standard base64 with padding is for notes (RFC 4648 section 4),
 * base64url without padding is for JOSE (section 5, RFC 7515 section 2).
 */
#ifndef BASE_CODE_H
#define BASE_CODE_H

#include "base/buf.h"
#include "base/span.h"

/* Append the encoding of `in`. */
void code_write_hex(struct buf *out, struct span in);
void code_write_base64(struct buf *out, struct span in);
void code_write_base64url(struct buf *out, struct span in);

/* Append the decoding of `in`. ERR_SYNTAX on a foreign character or wrong
 * length, ERR_CANONICAL on padding where none belongs, missing padding where
 * it does, or unused bits that are not zero, or upper-case hex. `out` is
 * untouched on failure, except that ERR_LIMIT marks it over. */
MUST enum err code_parse_hex(struct span in, struct buf *out);
MUST enum err code_parse_base64(struct span in, struct buf *out);
MUST enum err code_parse_base64url(struct span in, struct buf *out);

/* The same into exactly `n` bytes; any other decoded length is ERR_SYNTAX.
 * `out` is untouched on failure. n <= 512. */
MUST enum err code_parse_hex_fixed(struct span in, void *out, size_t n);
MUST enum err code_parse_base64_fixed(struct span in, void *out, size_t n);
MUST enum err code_parse_base64url_fixed(struct span in, void *out, size_t n);

#endif

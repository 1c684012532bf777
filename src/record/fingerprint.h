/* SPDX-License-Identifier: Apache-2.0
 *
 * A key's thumbprint as people compare it by voice: its first 16 bytes as
 * words, and all of it as hex. The words are made of syllables that sound
 * alike in English, Spanish, Portuguese and French and mean nothing in any.
 * Those at even places have two syllables, at odd places three, so that a
 * word left out or two exchanged are heard.
 */
#ifndef RECORD_FINGERPRINT_H
#define RECORD_FINGERPRINT_H

#include "base/buf.h"
#include "crypto/hash.h"

#include <stdbool.h>

enum { FINGERPRINT_WORDS = 16, FINGERPRINT_WORD = 8 };

/* The word of byte `b` at an even or odd place, NUL-ended. */
void fingerprint_word(unsigned char b, bool is_odd,
    char out[FINGERPRINT_WORD]);

/* Append the words with blanks between; after each fourth a comma. */
void fingerprint_words(const struct digest *kid, struct buf *out);

/* Append 64 hex digits in groups of four. */
void fingerprint_hex(const struct digest *kid, struct buf *out);

#endif

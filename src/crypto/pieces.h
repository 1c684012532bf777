/* SPDX-License-Identifier: Apache-2.0
 *
 * A large text sealed piece by piece, so that neither end ever holds it whole:
 * attachments and backups. A sealed piece is AES-256-GCM over at most
 * PIECE_TEXT bytes, its tag behind it; the nonce is the number of the piece
 * (4 zero bytes, u64be), the additional data the number (u64be) and one byte,
 * 1 for the last piece. So no piece can change its place, be left out, or be
 * the end of the text unless it is. Every piece but the last is full; an empty
 * text is one empty piece. The key seals one text only, ever: no nonce is
 * used twice. doc/protocol.md, "Attachments".
 */
#ifndef CRYPTO_PIECES_H
#define CRYPTO_PIECES_H

#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

enum {
	PIECE_TEXT = 65536,
	PIECE_TAG = 16,
	PIECE_SEALED = PIECE_TEXT + PIECE_TAG,
	PIECE_KEY = 32
};

/* How many pieces, and bytes when sealed, a text of `size` bytes takes. */
uint64_t pieces_count(uint64_t size);
uint64_t pieces_sealed_size(uint64_t size);

/* The size of the text in `sealed` bytes: ERR_LIMIT if no text has that
 * many. */
MUST enum err pieces_find_size(uint64_t sealed, uint64_t *size);

/* Seal piece `number`: `out` takes text.n + PIECE_TAG bytes and may be
 * text.p. At most PIECE_TEXT bytes. */
void piece_seal(const unsigned char key[PIECE_KEY], uint64_t number,
    bool is_last, struct span text, unsigned char *out);

/* Open it again: `out` takes sealed.n - PIECE_TAG bytes and may be sealed.p.
 * ERR_DECRYPT, with nothing of the text in `out`, if it is another piece, was
 * changed, is not (or is) the last one; ERR_LIMIT for a size that no piece
 * has. */
MUST enum err piece_open(const unsigned char key[PIECE_KEY], uint64_t number,
    bool is_last, struct span sealed, unsigned char *out);

#endif

/* SPDX-License-Identifier: Apache-2.0
 *
 * Pieces of a large text.
 */
#include "crypto/pieces.h"

#include "crypto/gcm.h"

uint64_t
pieces_count(uint64_t size)
{
	return size == 0 ? 1 : (size - 1) / PIECE_TEXT + 1;
}

uint64_t
pieces_sealed_size(uint64_t size)
{
	return size + pieces_count(size) * PIECE_TAG;
}

enum err
pieces_find_size(uint64_t sealed, uint64_t *size)
{
	uint64_t rest = sealed % PIECE_SEALED;

	/* only the whole text may be empty, never a last piece of several */
	if (sealed < PIECE_TAG ||
	    (rest != 0 && (rest < PIECE_TAG ||
		(rest == PIECE_TAG && sealed > PIECE_SEALED))))
		return ERR_LIMIT;
	*size = sealed - (sealed / PIECE_SEALED + (rest != 0)) * PIECE_TAG;
	return ERR_NONE;
}

static void
number_write(uint64_t number, unsigned char out[8])
{
	for (int i = 0; i < 8; i++)
		out[i] = (unsigned char)(number >> (56 - 8 * i));
}

/* What the key is used with: never the same twice for one text. */
struct place {
	unsigned char nonce[12];
	unsigned char aad[9];
};

static struct place
place_of(uint64_t number, bool is_last)
{
	struct place p = { 0 };

	number_write(number, p.nonce + 4);
	number_write(number, p.aad);
	p.aad[8] = is_last;
	return p;
}

void
piece_seal(const unsigned char key[PIECE_KEY], uint64_t number, bool is_last,
    struct span text, unsigned char *out)
{
	struct place p = place_of(number, is_last);
	size_t n = text.n;

	gcm_seal(key, p.nonce, span_of(p.aad, sizeof p.aad), text, out,
	    out + n);
}

enum err
piece_open(const unsigned char key[PIECE_KEY], uint64_t number, bool is_last,
    struct span sealed, unsigned char *out)
{
	struct place p = place_of(number, is_last);

	if (sealed.n < PIECE_TAG || sealed.n > PIECE_SEALED ||
	    (!is_last && sealed.n != PIECE_SEALED))
		return ERR_LIMIT;
	if (!gcm_open(key, p.nonce, span_of(p.aad, sizeof p.aad),
	    span_of(sealed.p, sealed.n - PIECE_TAG),
	    sealed.p + sealed.n - PIECE_TAG, out))
		return ERR_DECRYPT;
	return ERR_NONE;
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Thumbprints as words: each half of a byte chooses a beginning and an end.
 */
#include "record/fingerprint.h"

static const char even_first[16][3] = { "ba", "bo", "da", "do", "fa", "fo",
	"la", "lo", "ma", "mo", "na", "no", "pa", "ra", "sa", "ta" };
static const char even_last[16][4] = { "dek", "dor", "fil", "fur", "lam",
	"lin", "mel", "mur", "nol", "nes", "pel", "rin", "sol", "tul", "tem",
	"tur" };
static const char odd_first[16][5] = { "beru", "dali", "femo", "kuna", "limo",
	"lora", "meta", "niko", "pelo", "rami", "rosi", "salu", "timo", "tera",
	"sumi", "kade" };
static const char odd_last[16][4] = { "ban", "dus", "fen", "gar", "kor",
	"les", "mon", "nar", "pin", "ros", "sel", "tor", "bir", "dal", "lun",
	"fos" };

void
fingerprint_word(unsigned char b, bool is_odd, char out[FINGERPRINT_WORD])
{
	const char *first = is_odd ? odd_first[b >> 4] : even_first[b >> 4];
	const char *last = is_odd ? odd_last[b & 15] : even_last[b & 15];
	size_t n = strlen(first);

	memcpy(out, first, n);
	memcpy(out + n, last, 4);
}

void
fingerprint_words(const struct digest *kid, struct buf *out)
{
	char word[FINGERPRINT_WORD];

	for (size_t i = 0; i < FINGERPRINT_WORDS; i++) {
		fingerprint_word(kid->b[i], i % 2 != 0, word);
		buf_put_str(out, i == 0 ? "" : i % 4 == 0 ? ", " : " ");
		buf_put_str(out, word);
	}
}

void
fingerprint_hex(const struct digest *kid, struct buf *out)
{
	for (size_t i = 0; i < sizeof kid->b; i++)
		buf_put_format(out, "%s%02x", i != 0 && i % 2 == 0 ? " " : "",
		    kid->b[i]);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Codes of readers.
 */
#include "watch/mailing_code.h"

#include <string.h>

static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum { HALF = 25, MASK = (1 << HALF) - 1 };

/* What is mixed into one half: 25 bits that follow from the other. */
static uint32_t
mix(const struct hash_key *key, const struct uuid *mailing, unsigned round,
    uint32_t half)
{
	static const char what[] = "almenara mailing code";
	unsigned char in[sizeof what + sizeof mailing->b + 5];
	unsigned char *p = in;
	struct digest d;

	memcpy(p, what, sizeof what);
	p += sizeof what;
	memcpy(p, mailing->b, sizeof mailing->b);
	p += sizeof mailing->b;
	*p++ = (unsigned char)round;
	for (int i = 0; i < 4; i++)
		*p++ = (unsigned char)(half >> (24 - 8 * i));
	d = hash_hmac(key, span_of(in, sizeof in));
	return ((uint32_t)d.b[0] << 24 | (uint32_t)d.b[1] << 16 |
	    (uint32_t)d.b[2] << 8 | d.b[3]) & MASK;
}

void
mailing_code_write(const struct hash_key *key, const struct uuid *mailing,
    uint32_t at, char out[MAILING_CODE + 1])
{
	uint32_t left = 0, right = at & MASK, keep;
	uint64_t bits;
	size_t n = 0;

	for (unsigned i = 0; i < MAILING_CODE_ROUNDS; i++) {
		keep = right;
		right = left ^ mix(key, mailing, i, right);
		left = keep;
	}
	bits = (uint64_t)left << HALF | right;
	for (int i = 0; i < 10; i++) {
		if (i == 5)
			out[n++] = '-';
		out[n++] = letters[bits >> (45 - 5 * i) & 31];
	}
	out[n] = '\0';
}

static bool
parse(const char *code, uint64_t *out)
{
	uint64_t bits = 0;

	if (strlen(code) != MAILING_CODE || code[5] != '-')
		return false;
	for (size_t i = 0; i < MAILING_CODE; i++) {
		const char *letter = strchr(letters, code[i]);

		if (i == 5)
			continue;
		if (letter == NULL)
			return false;
		bits = bits << 5 | (uint64_t)(letter - letters);
	}
	*out = bits;
	return true;
}

bool
mailing_code_find(const struct hash_key *key, const struct uuid *mailing,
    const char *code, size_t n, size_t *at)
{
	uint32_t left, right, keep;
	uint64_t bits;

	if (!parse(code, &bits))
		return false;
	left = (uint32_t)(bits >> HALF);
	right = (uint32_t)(bits & MASK);
	for (unsigned i = MAILING_CODE_ROUNDS; i-- > 0;) {
		keep = left;
		left = right ^ mix(key, mailing, i, left);
		right = keep;
	}
	if (left != 0 || right >= n)
		return false;
	*at = right;
	return true;
}

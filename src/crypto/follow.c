/* SPDX-License-Identifier: Apache-2.0
 *
 * Follow-up codes.
 */
#include "crypto/follow.h"

#include "crypto/hpke.h"
#include "crypto/secret.h"

enum { DIGITS = 16, GROUP = 4, CHECKS = 37 };

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";

static unsigned
digit_at(const unsigned char *code, unsigned i)
{
	unsigned bit = i * 5, at = bit / 8;
	unsigned two = (unsigned)code[at] << 8 |
	    (at + 1 < FOLLOW_CODE ? code[at + 1] : 0);

	return two >> (11 - bit % 8) & 31;
}

void
follow_write(const unsigned char code[FOLLOW_CODE],
    char out[FOLLOW_TEXT + 1])
{
	unsigned check = 0;

	for (unsigned i = 0; i < DIGITS; i++) {
		unsigned d = digit_at(code, i);

		check = (check * 32 + d) % CHECKS;
		*out++ = digits[d];
		if (i % GROUP == GROUP - 1)
			*out++ = '-';
	}
	*out++ = digits[check];
	*out = '\0';
}

/* The value of a character, CHECKS if it has none. */
static unsigned
value_of(unsigned char c)
{
	const char *p;

	if (c >= 'a' && c <= 'z')
		c = (unsigned char)(c - 'a' + 'A');
	if (c == 'I' || c == 'L')
		c = '1';
	if (c == 'O')
		c = '0';
	p = c != '\0' ? strchr(digits, c) : NULL;
	return p != NULL ? (unsigned)(p - digits) : CHECKS;
}

enum err
follow_parse(struct span in, unsigned char code[FOLLOW_CODE],
    struct fault *f)
{
	unsigned char made[FOLLOW_CODE] = { 0 };
	unsigned n = 0, check = 0;

	for (size_t i = 0; i < in.n; i++) {
		unsigned v;

		if (in.p[i] == '-' || in.p[i] == ' ')
			continue;
		v = value_of(in.p[i]);
		if (v == CHECKS || n > DIGITS || (n < DIGITS && v > 31))
			return fault_at(f, ERR_SYNTAX, i, "code",
			    "is no code of 17 letters and digits");
		if (n++ == DIGITS) {
			if (v != check)
				return fault_at(f, ERR_DIGEST, i, "code",
				    "was mistyped");
			continue;
		}
		check = (check * 32 + v) % CHECKS;
		for (unsigned b = 0; b < 5; b++)
			if ((v >> (4 - b) & 1) != 0)
				made[((n - 1) * 5 + b) / 8] |= (unsigned char)(
				    128 >> ((n - 1) * 5 + b) % 8);
	}
	if (n != DIGITS + 1)
		return fault_at(f, ERR_SYNTAX, in.n, "code",
		    "is no code of 17 letters and digits");
	memcpy(code, made, sizeof made);
	return ERR_NONE;
}

static void
derive(const unsigned char code[FOLLOW_CODE], const char *what,
    unsigned char out[32])
{
	hpke_derive(span_of(code, FOLLOW_CODE), span_str(what), out);
}

struct digest
follow_digest(const unsigned char code[FOLLOW_CODE])
{
	struct digest d;

	derive(code, "almenara report find", d.b);
	return d;
}

void
follow_key(const unsigned char code[FOLLOW_CODE], struct jwk *out)
{
	unsigned char seed[32];

	derive(code, "almenara report read", seed);
	jwk_from_seed(JWK_X25519, seed, out);
	secret_wipe(seed, sizeof seed);
}

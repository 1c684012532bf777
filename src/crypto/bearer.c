/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens of programs.
 */
#include "crypto/bearer.h"

#include "base/code.h"
#include "crypto/secret.h"

static const char head[] = "alm_", scheme[] = "bearer ";

enum { HEAD = sizeof head - 1, SCHEME = sizeof scheme - 1 };

void
bearer_write(const unsigned char random[BEARER_RANDOM],
    char out[BEARER_TEXT + 1])
{
	struct buf b;

	buf_init(&b, 64);
	code_write_base64url(&b, span_of(random, BEARER_RANDOM));
	memcpy(out, head, HEAD);
	memcpy(out + HEAD, b.p, BEARER_TEXT - HEAD);
	out[BEARER_TEXT] = '\0';
	secret_wipe(b.p, b.cap);
	buf_release(&b);
}

struct digest
bearer_digest(struct span text)
{
	const struct span in[] = { span_str("almenara token/1\n"), text };

	return hash_sha256_spans(in, 2);
}

/* Names of schemes are in any case (RFC 9110, section 11.1). */
static bool
is_scheme(struct span s)
{
	for (size_t i = 0; i < SCHEME; i++) {
		unsigned char c = i < s.n ? s.p[i] : 0;

		if (c >= 'A' && c <= 'Z')
			c = (unsigned char)(c - 'A' + 'a');
		if (c != (unsigned char)scheme[i])
			return false;
	}
	return true;
}

enum err
bearer_parse(struct span header, struct digest *out, struct fault *f)
{
	unsigned char random[BEARER_RANDOM];
	struct span text;

	if (!is_scheme(header))
		return fault_at(f, ERR_SYNTAX, 0, "Authorization",
		    "is not of the scheme Bearer");
	text = span_of(header.p + SCHEME, header.n - SCHEME);
	if (text.n != BEARER_TEXT || memcmp(text.p, head, HEAD) != 0 ||
	    code_parse_base64url_fixed(span_of(text.p + HEAD,
		text.n - HEAD), random, sizeof random) != ERR_NONE)
		return fault_at(f, ERR_SYNTAX, SCHEME, "Authorization",
		    "has no token of this form");
	secret_wipe(random, sizeof random);
	*out = bearer_digest(text);
	return ERR_NONE;
}

bool
bearer_is(const struct digest *a, const struct digest *b)
{
	volatile unsigned char differs = 0;

	for (size_t i = 0; i < sizeof a->b; i++)
		differs |= a->b[i] ^ b->b[i];
	return differs == 0;
}

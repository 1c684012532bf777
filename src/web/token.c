/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens of forms: u64 time, u8 bits, 3 zero bytes, 12 nonce, 16 of the HMAC.
 */
#include "web/token.h"

#include "base/code.h"
#include "base/reader.h"

#include <inttypes.h>
#include <stdio.h>

enum { SIGNED = 24, MAC = 16, WHOLE = SIGNED + MAC, NONCE = 12, NONCE_AT = 12,
	DIGITS = 16 };

void
token_write(const struct hash_key *key, int64_t now_ms, unsigned bits,
    const unsigned char nonce[12], char out[TOKEN_TEXT + 1])
{
	struct digest d;
	struct buf b, text;

	buf_init(&b, WHOLE);
	buf_put_u64(&b, (uint64_t)now_ms);
	buf_put_u32(&b, bits << 24);
	buf_put_mem(&b, nonce, NONCE);
	d = hash_hmac(key, buf_span(&b));
	buf_put_mem(&b, d.b, MAC);
	buf_init(&text, TOKEN_TEXT);
	code_write_base64url(&text, buf_span(&b));
	memcpy(out, text.p, TOKEN_TEXT);
	out[TOKEN_TEXT] = '\0';
	buf_release(&b);
	buf_release(&text);
}

static bool
is_equal(const unsigned char *a, const unsigned char *b, size_t n)
{
	unsigned char other = 0;

	for (size_t i = 0; i < n; i++)
		other |= (unsigned char)(a[i] ^ b[i]);
	return other == 0;
}

static bool
is_spent(const struct token_spent *s, const unsigned char nonce[NONCE])
{
	for (size_t i = 0; i < s->n; i++)
		if (memcmp(s->at[i].nonce, nonce, NONCE) == 0)
			return true;
	return false;
}

enum token_state
token_judge(const struct hash_key *key, const struct token_spent *spent,
    struct span text, int64_t now_ms, unsigned *bits)
{
	unsigned char whole[WHOLE];
	struct digest d;
	struct reader r;
	int64_t at_ms;

	if (text.n != TOKEN_TEXT || code_parse_base64url_fixed(text, whole,
	    WHOLE) != ERR_NONE)
		return TOKEN_FORGED;
	d = hash_hmac(key, span_of(whole, SIGNED));
	if (!is_equal(d.b, whole + SIGNED, MAC))
		return TOKEN_FORGED;
	reader_init(&r, span_of(whole, WHOLE));
	at_ms = (int64_t)reader_u64(&r);
	*bits = reader_u8(&r);
	if (is_spent(spent, whole + NONCE_AT))
		return TOKEN_USED;
	if (now_ms < at_ms || now_ms - at_ms > TOKEN_LIFE_MS ||
	    (spent->has_forgotten && at_ms <= spent->forgotten_ms))
		return TOKEN_OLD;
	return now_ms - at_ms < TOKEN_WAIT_MS ? TOKEN_EARLY : TOKEN_GOOD;
}

void
token_spend(struct token_spent *spent, struct span text)
{
	unsigned char whole[WHOLE];
	struct reader r;
	int64_t was_ms = spent->at[spent->next].at_ms;

	if (code_parse_base64url_fixed(text, whole, WHOLE) != ERR_NONE)
		return;
	if (spent->n == TOKEN_SPENT && (!spent->has_forgotten ||
	    was_ms > spent->forgotten_ms)) {
		spent->forgotten_ms = was_ms;
		spent->has_forgotten = true;
	}
	reader_init(&r, span_of(whole, WHOLE));
	spent->at[spent->next].at_ms = (int64_t)reader_u64(&r);
	memcpy(spent->at[spent->next].nonce, whole + NONCE_AT, NONCE);
	spent->next = (spent->next + 1) % TOKEN_SPENT;
	if (spent->n < TOKEN_SPENT)
		spent->n++;
}

static bool
has_zeros(const struct digest *d, unsigned bits)
{
	for (unsigned i = 0; i < bits && i < 256; i++)
		if ((d->b[i / 8] & (0x80 >> i % 8)) != 0)
			return false;
	return true;
}

bool
token_is_worked(struct span text, struct span answer, unsigned bits)
{
	struct span all[] = { text, span_str("."), answer };
	struct digest d;

	if (answer.n == 0 || answer.n > DIGITS)
		return false;
	for (size_t i = 0; i < answer.n; i++)
		if (answer.p[i] < '0' || answer.p[i] > '9')
			return false;
	d = hash_sha256_spans(all, 3);
	return has_zeros(&d, bits);
}

uint64_t
token_work(struct span text, unsigned bits)
{
	char answer[DIGITS + 8];

	for (uint64_t i = 0;; i++) {
		snprintf(answer, sizeof answer, "%" PRIu64, i);
		if (token_is_worked(text, span_str(answer), bits))
			return i;
	}
}

unsigned
token_bits(size_t posts)
{
	unsigned bits = TOKEN_BITS;

	for (; posts >= TOKEN_BITS_FROM && bits < TOKEN_BITS_MOST; posts /= 2)
		bits++;
	return bits;
}

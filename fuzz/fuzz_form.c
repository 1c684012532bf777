/* reaches: token_judge token_spend token_is_worked follow_parse
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Three lines as token, work and code of a form: no token is good that this
 * process did not make, none is good twice, work is a number, and a code that
 * is taken is written and read again the same.
 */
#include "fuzz.h"

#include "base/mem.h"
#include "crypto/follow.h"
#include "web/token.h"

#include <stdlib.h>

enum { NOW_MS = 100000000 };

static struct span
line(struct span *rest)
{
	const unsigned char *end = rest->n == 0 ? NULL :
	    memchr(rest->p, '\n', rest->n);
	size_t n = end == NULL ? rest->n : (size_t)(end - rest->p);
	struct span s = span_of(rest->p, n);

	*rest = span_of(rest->p + n + (end != NULL), rest->n - n -
	    (end != NULL));
	return s;
}

/* What came, and one of our own of which a byte may be another. The key follows
 * from what came: under one that stays, who watches the comparisons learns what
 * is written with it. */
static void
check_token(struct span in)
{
	const struct digest of = hash_sha256(in);
	const unsigned char nonce[12] = { 1 };
	struct token_spent *spent = mem_alloc(sizeof *spent);
	struct hash_key *key = hash_key_create(digest_span(&of));
	char own[TOKEN_TEXT + 1], other[TOKEN_TEXT + 1];
	unsigned bits = 0;

	FUZZ_CHECK(token_judge(key, spent, in, NOW_MS, &bits) ==
	    TOKEN_FORGED);
	token_write(key, NOW_MS - TOKEN_WAIT_MS, 18, nonce, own);
	memcpy(other, own, sizeof other);
	if (in.n >= 2)
		other[in.p[0] % TOKEN_TEXT] = (char)in.p[1];
	FUZZ_CHECK(token_judge(key, spent, span_of(other, TOKEN_TEXT), NOW_MS,
	    &bits) == (memcmp(own, other, TOKEN_TEXT) == 0 ? TOKEN_GOOD :
	    TOKEN_FORGED));
	token_spend(spent, span_str(own));
	token_spend(spent, in);
	FUZZ_CHECK(token_judge(key, spent, span_str(own), NOW_MS, &bits) ==
	    TOKEN_USED);
	hash_key_free(key);
	free(spent);
}

static void
check_work(struct span token, struct span work)
{
	if (!token_is_worked(token, work, 0))
		return;
	FUZZ_CHECK(work.n != 0 && work.n <= 16);
	for (size_t i = 0; i < work.n; i++)
		FUZZ_CHECK(work.p[i] >= '0' && work.p[i] <= '9');
}

static void
check_code(struct span in)
{
	unsigned char code[FOLLOW_CODE] = { 7 }, again[FOLLOW_CODE];
	static const unsigned char was[FOLLOW_CODE] = { 7 };
	char text[FOLLOW_TEXT + 1];
	struct fault f = { 0 };

	if (follow_parse(in, code, &f) != ERR_NONE) {
		FUZZ_CHECK(f.rule[0] != '\0');
		FUZZ_CHECK(memcmp(code, was, FOLLOW_CODE) == 0);
		return;
	}
	follow_write(code, text);
	FUZZ_CHECK(strlen(text) == FOLLOW_TEXT);
	FUZZ_CHECK(follow_parse(span_str(text), again, NULL) == ERR_NONE);
	FUZZ_CHECK(memcmp(code, again, FOLLOW_CODE) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_of(data, size);
	struct span token = line(&rest), work = line(&rest);

	check_token(token);
	check_work(token, work);
	check_code(line(&rest));
	return 0;
}

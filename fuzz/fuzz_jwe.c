/* reaches: jwe_parse jwe_find jwe_open jwe_open_circle jwe_find_circle
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a container, opened with the keys of two recipients (those of
 * tests/vectors/jose.txt) and the key of a circle. And, since no fuzzer finds a tag, any bytes as the
 * plaintext of a container that decrypts: it opens if and only if it is a
 * text without blanks, padded with blanks as far as it must be.
 */
#include "fuzz.h"

#include "base/limits.h"
#include "crypto/gcm.h"
#include "crypto/jwe.h"

enum { KEYS = 2 };

static struct jwk keys[KEYS];
static struct buf box; /* a good container for both */
static const unsigned char epk[KEYS][32] = { { 1 }, { 2 } };
static const struct jwe_random numbers = { { 3 }, { 4 }, epk };

static void
set_up(void)
{
	static const char *const label[KEYS] = { "almenara test key: br enc",
		"almenara test key: us enc" };
	const struct jwk *to[KEYS];

	for (int i = 0; i < KEYS; i++) {
		struct digest seed = hash_sha256(span_str(label[i]));

		jwk_from_seed(i == 0 ? JWK_X25519 : JWK_P256, seed.b,
		    &keys[i]);
		to[i] = &keys[i];
	}
	buf_init(&box, LIMIT_CONTAINER);
	FUZZ_CHECK(jwe_write(span_str("o"), to, KEYS, span_str("a.b.c"),
	    &numbers, &box) == ERR_NONE);
}

static void
check_any(struct span in, struct arena *a, struct buf *out)
{
	struct fault f = { 0 };
	struct digest circle, key;
	struct jwe j;
	enum err e;

	if (jwe_parse(in, a, &j, &f) != ERR_NONE) {
		FUZZ_CHECK(f.rule[0] != '\0');
		return;
	}
	FUZZ_CHECK(j.count >= 1 && j.count <= LIMIT_RECIPIENTS);
	FUZZ_CHECK(!j.circle || j.count == 1);
	FUZZ_CHECK(jwe_find_circle(in, a, &circle) == j.circle);
	key = hash_sha256(span_str("almenara test key: circle key"));
	buf_clear(out);
	e = jwe_open_circle(&j, key.b, out, &f);
	FUZZ_CHECK(e == ERR_NONE || (out->n == 0 && f.rule[0] != '\0'));
	FUZZ_CHECK(j.circle || e == ERR_KEY);
	for (int i = 0; i < KEYS; i++) {
		buf_clear(out);
		f = (struct fault){ 0 };
		e = jwe_open(&j, &keys[i], out, &f);
		FUZZ_CHECK(e == ERR_NONE || f.rule[0] != '\0');
		FUZZ_CHECK(e == ERR_NONE || out->n == 0);
	}
}

static bool
is_padded(struct span s)
{
	size_t n = s.n;

	while (n > 0 && s.p[n - 1] == ' ')
		n--;
	return n != 0 && jwe_padded(n) == s.n &&
	    memchr(s.p, ' ', n) == NULL;
}

static void
check_padding(struct span in, struct arena *a, struct buf *out)
{
	unsigned char *p = arena_alloc(a, in.n + 1);
	struct jwe j;

	FUZZ_CHECK(jwe_parse(buf_span(&box), a, &j, NULL) == ERR_NONE);
	gcm_seal(numbers.cek, numbers.iv, j.protected_b64, in, p, j.tag);
	j.ciphertext = span_of(p, in.n);
	for (int i = 0; i < KEYS; i++) {
		enum err e;

		buf_clear(out);
		e = jwe_open(&j, &keys[i], out, NULL);
		FUZZ_CHECK((e == ERR_NONE) == is_padded(in));
		FUZZ_CHECK(e == ERR_NONE ? jwe_padded(out->n) == in.n :
		    e == ERR_SCHEMA);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span in = span_of(data, n);
	struct arena a = { 0 };
	struct buf out;

	if (box.p == NULL)
		set_up();
	buf_init(&out, LIMIT_CONTAINER);
	check_any(in, &a, &out);
	if (n <= LIMIT_CONTAINER)
		check_padding(in, &a, &out);
	buf_release(&out);
	arena_release(&a);
	return 0;
}

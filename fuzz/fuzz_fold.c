/* reaches: fold_text fold_query
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes are folded. A text asked for with itself is found: whatever the
 * question wants is among the words that the text gives.
 */
#include "fuzz.h"

#include "schema/fold.h"

#include <string.h>

enum { WORDS = 4096, INPUT = 2048 };

struct set {
	size_t n;
	unsigned char len[WORDS];
	unsigned char word[WORDS][FOLD_WORD_MAX];
};

static void
check_word(struct span w)
{
	FUZZ_CHECK(w.n > 0 && w.n <= FOLD_WORD_MAX);
	for (size_t i = 0; i < w.n; i++)
		FUZZ_CHECK(w.p[i] > ' ' && w.p[i] != '"' &&
		    !(w.p[i] >= 'A' && w.p[i] <= 'Z'));
}

static void
keep(void *ctx, struct span w)
{
	struct set *s = ctx;

	check_word(w);
	FUZZ_CHECK(s->n < WORDS);
	s->len[s->n] = (unsigned char)w.n;
	memcpy(s->word[s->n++], w.p, w.n);
}

static void
look(void *ctx, struct span w)
{
	const struct set *s = ctx;
	bool found = false;

	check_word(w);
	for (size_t i = 0; i < s->n && !found; i++)
		found = s->len[i] == w.n && memcmp(s->word[i], w.p, w.n) == 0;
	FUZZ_CHECK(found);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct set s;
	struct span in = span_of(data, size < INPUT ? size : INPUT);

	s.n = 0;
	fold_text(in, keep, &s);
	fold_query(in, look, &s);
	return 0;
}

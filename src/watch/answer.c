/* SPDX-License-Identifier: Apache-2.0
 *
 * Codes that answer.
 */
#include "watch/answer.h"

#include <string.h>

enum {
	ALL_EACH_MS = 10000,    /* one wrong code is forgotten in so long */
	ALL_MOST = 60,
	SOURCE_EACH_MS = 60000, /* of one source */
	SOURCE_MOST = 5
};

void
answer_code_write(const struct hash_key *key, const struct uuid *page,
    char out[ANSWER_CODE + 1])
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	struct digest d = hash_hmac(key, span_of(page->b, sizeof page->b));
	uint64_t bits = 0;
	size_t n = 0;

	for (size_t i = 0; i < sizeof bits; i++)
		bits = bits << 8 | d.b[i];
	for (size_t i = 0; i < ANSWER_CODE; i++) {
		if (i == 5) {
			out[i] = '-';
			continue;
		}
		out[i] = letters[bits >> (59 - 5 * n) & 31];
		n++;
	}
	out[ANSWER_CODE] = '\0';
}

/* --- may it? --- */

enum answer_verdict
answer_judge(const struct answer_facts *f, int64_t now_s)
{
	if (!f->is_found || f->page_s + ANSWER_LIFE_S <= now_s)
		return ANSWER_WRONG;
	if (!f->is_hers)
		return ANSWER_OTHER;
	if (!f->has_notice && !f->is_test)
		return ANSWER_NOTHING;
	if (f->until_s + ANSWER_GRACE_S <= now_s)
		return ANSWER_EXPIRED;
	if (!f->is_active)
		return ANSWER_STRANGER;
	if (f->is_used)
		return ANSWER_USED;
	if (f->is_test)
		return ANSWER_PROVED;
	if (!f->is_standing)
		return ANSWER_GONE;
	return f->was_shown ? ANSWER_GOOD : ANSWER_UNSEEN;
}

const char *
answer_verdict_word(enum answer_verdict v)
{
	static const char *const words[ANSWER_VERDICTS] = {
		[ANSWER_GOOD] = "good", [ANSWER_PROVED] = "proved",
		[ANSWER_WRONG] = "wrong",
		[ANSWER_OTHER] = "another's", [ANSWER_NOTHING] = "no notice",
		[ANSWER_EXPIRED] = "expired", [ANSWER_USED] = "used",
		[ANSWER_GONE] = "replaced", [ANSWER_STRANGER] = "no person",
		[ANSWER_UNSEEN] = "not shown yet", [ANSWER_LATER] = "later" };

	return words[v];
}

/* --- how many wrong ones --- */

static int64_t
used_now(const struct answer_bucket *b, struct mono now)
{
	int64_t left = b->used_ms - (now.ms - b->at.ms);

	return left > 0 ? left : 0;
}

static bool
has_room(const struct answer_bucket *b, int64_t each_ms, int64_t most,
    struct mono now)
{
	return used_now(b, now) + each_ms <= each_ms * most;
}

static void
put_one(struct answer_bucket *b, int64_t each_ms, struct mono now)
{
	b->used_ms = used_now(b, now) + each_ms;
	b->at = now;
}

static size_t
find_source(const struct answer_guard *g,
    const unsigned char of[ANSWER_SOURCE])
{
	size_t i = 0;

	while (i < ANSWER_SOURCES &&
	    memcmp(g->source[i].of, of, ANSWER_SOURCE) != 0)
		i++;
	return i;
}

bool
answer_guard_allows(const struct answer_guard *g,
    const unsigned char of[ANSWER_SOURCE], struct mono now)
{
	size_t i = find_source(g, of);

	return has_room(&g->all, ALL_EACH_MS, ALL_MOST, now) &&
	    (i == ANSWER_SOURCES || has_room(&g->source[i].bucket,
		SOURCE_EACH_MS, SOURCE_MOST, now));
}

bool
answer_guard_refused(struct answer_guard *g,
    const unsigned char of[ANSWER_SOURCE], struct mono now)
{
	size_t i = find_source(g, of);

	if (i == ANSWER_SOURCES) {
		/* in the place of the one with the least to remember */
		i = 0;
		for (size_t k = 1; k < ANSWER_SOURCES; k++)
			if (used_now(&g->source[k].bucket, now) <
			    used_now(&g->source[i].bucket, now))
				i = k;
		g->source[i] = (struct answer_source){ 0 };
		memcpy(g->source[i].of, of, ANSWER_SOURCE);
	}
	put_one(&g->source[i].bucket, SOURCE_EACH_MS, now);
	put_one(&g->all, ALL_EACH_MS, now);
	return !answer_guard_allows(g, of, now);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Words as they stand in the full text: "p" and the word of a text that may be
 * read by everybody, "s" and the keyed digest of any other, so that neither
 * can be taken for the other.
 */
#include "index/inside.h"

#include "base/limits.h"
#include "crypto/wrap.h"
#include "schema/fold.h"

struct words {
	const struct index *ix;
	bool plain;
	struct arena *a;
	struct buf *out;
	struct span *slot;
	size_t slots; /* a power of two, more than `most` */
	size_t n, most;
};

/* SQLite's ascii tokenizer ends a word at a joint, and sees any byte beyond
 * ASCII as part of it: U+00D7, which is in no folded word, and a letter. */
static void
put_plain(struct buf *out, struct span word)
{
	buf_put_u8(out, 'p');
	for (size_t i = 0; i < word.n; i++) {
		unsigned char c = word.p[i];

		if (c == '.' || c == '-' || c == '_' || c == ':')
			buf_put_format(out, "\xc3\x97%c", c == '.' ? 'd' :
			    c == '-' ? 'h' : c == '_' ? 'u' : 'c');
		else
			buf_put_u8(out, c);
	}
}

static void
put_sealed(const struct index *ix, struct buf *out, struct span word)
{
	static const char hex[] = "0123456789abcdef";
	uint64_t v = wrap_token_digest(ix->words, word);
	unsigned char s[17] = "s";

	for (int i = 16; i > 0; i--, v >>= 4)
		s[i] = (unsigned char)hex[v & 15];
	buf_put_mem(out, s, sizeof s);
}

/* FNV-1a: only for finding a word again within one text. */
static size_t
slot_of(const struct words *w, struct span word)
{
	uint32_t h = 2166136261U;

	for (size_t i = 0; i < word.n; i++)
		h = (h ^ word.p[i]) * 16777619U;
	return (h ^ h >> 15) & (w->slots - 1);
}

static void
put_word(void *ctx, struct span word)
{
	struct words *w = ctx;
	size_t i = slot_of(w, word);

	while (w->slot[i].n != 0 && !span_is_equal(w->slot[i], word))
		i = (i + 1) & (w->slots - 1);
	if (w->slot[i].n != 0 || w->n == w->most)
		return;
	w->slot[i] = arena_copy(w->a, word);
	w->n++;
	if (w->plain)
		put_plain(w->out, word);
	else
		put_sealed(w->ix, w->out, word);
	buf_put_u8(w->out, ' ');
}

/* Depth is bounded by LIMIT_JSON_DEPTH, which the entry was read with. */
static void
walk(struct words *w, struct json_val v)
{
	struct span s;

	if (v.type == JSON_STRING && json_text(v, w->a, &s) == ERR_NONE)
		fold_text(s, put_word, w);
	if (v.type != JSON_OBJECT && v.type != JSON_ARRAY)
		return;
	for (struct json_val m = json_first(v); m.type != JSON_ABSENT;
	    m = json_next(v, m))
		walk(w, m);
}

void
index_words(const struct index *ix, struct json_val v, bool plain,
    struct arena *a, struct buf *out)
{
	size_t bytes = json_raw(v).n;
	struct words w = { .ix = ix, .plain = plain, .a = a, .out = out,
		.slots = 1 };

	/* a word and all that it is a part of take a byte each at least */
	w.most = bytes < INDEX_WORDS_MAX ? bytes : INDEX_WORDS_MAX;
	while (w.slots <= w.most)
		w.slots *= 2;
	w.slot = arena_alloc(a, w.slots * sizeof w.slot[0]);
	/* the title first: a very long text must not push it out */
	walk(&w, json_get(v, "title"));
	walk(&w, v);
}

struct question {
	const struct index *ix;
	struct buf *out;
	unsigned n;
};

static void
put_term(void *ctx, struct span word)
{
	struct question *q = ctx;

	if (q->n++ >= LIMIT_SEARCH_TERMS)
		return;
	buf_put_str(q->out, q->n > 1 ? " AND (\"" : "(\"");
	put_plain(q->out, word);
	buf_put_str(q->out, "\" OR \"");
	put_sealed(q->ix, q->out, word);
	buf_put_str(q->out, "\")");
}

enum err
index_question(const struct index *ix, struct span query, struct buf *out,
    unsigned *n)
{
	struct question q = { .ix = ix, .out = out };

	fold_query(query, put_term, &q);
	if (q.n > LIMIT_SEARCH_TERMS)
		return ERR_LIMIT;
	*n = q.n;
	return buf_check(out);
}

/* --- passages --- */

enum { LONGEST = 4 }; /* words of a passage that are asked for */

struct passage {
	const struct index *ix;
	struct {
		size_t length;
		uint64_t digest;
	} word[LONGEST]; /* the longest first */
	unsigned n;
};

static void
keep_long(void *ctx, struct span word)
{
	struct passage *p = ctx;
	uint64_t digest = wrap_token_digest(p->ix->words, word);
	unsigned i = p->n;

	for (unsigned k = 0; k < p->n; k++)
		if (p->word[k].digest == digest)
			return;
	while (i > 0 && p->word[i - 1].length < word.n)
		i--;
	if (i == LONGEST)
		return;
	if (p->n < LONGEST)
		p->n++;
	for (unsigned k = p->n - 1; k > i; k--)
		p->word[k] = p->word[k - 1];
	p->word[i].length = word.n;
	p->word[i].digest = digest;
}

enum err
index_question_stricter(const struct index *ix, struct span query,
    enum tlp than, struct buf *out, unsigned *n)
{
	struct passage p = { .ix = ix };

	fold_query(query, keep_long, &p);
	*n = p.n;
	for (unsigned i = 0; i < p.n; i++)
		buf_put_format(out, "s%016llx AND ",
		    (unsigned long long)p.word[i].digest);
	for (int label = (int)than + 1; label < TLP_COUNT; label++)
		buf_put_format(out, "%s" INDEX_LABEL_WORD,
		    label == (int)than + 1 ? "(" : " OR ", label);
	buf_put_str(out, ")");
	return buf_check(out);
}

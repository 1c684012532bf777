/* SPDX-License-Identifier: Apache-2.0
 *
 * Words, folded.
 */
#include "schema/fold.h"

#include <stdint.h>

/* U+00C0..U+017F without accents; "" is no letter. */
static const char latin[192][3] = {
	"a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i",
	"i", "i", "d", "n", "o", "o", "o", "o", "o", "", "o", "u", "u", "u",
	"u", "y", "th", "ss", "a", "a", "a", "a", "a", "a", "ae", "c", "e",
	"e", "e", "e", "i", "i", "i", "i", "d", "n", "o", "o", "o", "o", "o",
	"", "o", "u", "u", "u", "u", "y", "th", "y",
	/* U+0100 */
	"a", "a", "a", "a", "a", "a", "c", "c", "c", "c", "c", "c", "c", "c",
	"d", "d", "d", "d", "e", "e", "e", "e", "e", "e", "e", "e", "e", "e",
	"g", "g", "g", "g", "g", "g", "g", "g", "h", "h", "h", "h", "i", "i",
	"i", "i", "i", "i", "i", "i", "i", "i", "ij", "ij", "j", "j", "k",
	"k", "k", "l", "l", "l", "l", "l", "l", "l",
	/* U+0140 */
	"l", "l", "l", "n", "n", "n", "n", "n", "n", "n", "n", "n", "o", "o",
	"o", "o", "o", "o", "oe", "oe", "r", "r", "r", "r", "r", "r", "s",
	"s", "s", "s", "s", "s", "s", "s", "t", "t", "t", "t", "t", "t", "u",
	"u", "u", "u", "u", "u", "u", "u", "u", "u", "u", "u", "w", "w", "y",
	"y", "y", "z", "z", "z", "z", "z", "z", "s",
};

/* One character at `p`; broken UTF-8 counts as one byte each. */
static size_t
next_char(const unsigned char *p, size_t left, uint32_t *out)
{
	size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 :
	    p[0] >= 0xc2 ? 2 : 0;
	uint32_t c;

	if (n == 0 || n > left) {
		*out = ' ';
		return 1;
	}
	c = n == 1 ? p[0] : p[0] & (0xffU >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			*out = ' ';
			return i;
		}
		c = c << 6 | (p[i] & 0x3fU);
	}
	*out = c;
	return n;
}

/* Marks over and under letters: dropped inside a word. */
static bool
is_mark(uint32_t c)
{
	return (c >= 0x300 && c <= 0x36f) || c == 0xad || c == 0x200d;
}

static bool
is_letter(uint32_t c)
{
	if (c < 0x80)
		return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z');
	if (c < 0xc0)
		return c == 0xaa || c == 0xb5 || c == 0xba;
	return c != 0xd7 && c != 0xf7 && !(c >= 0x2000 && c <= 0x206f) &&
	    !(c >= 0x20a0 && c <= 0x20cf) && !(c >= 0x2190 && c <= 0x2bff) &&
	    !(c >= 0x3000 && c <= 0x303f) && !(c >= 0xfe00 && c <= 0xfe6f) &&
	    !(c >= 0xfff0 && c <= 0xffff);
}

/* Between the parts of a compound. */
static bool
is_joint(uint32_t c)
{
	return c == '.' || c == '-' || c == '_' || c == ':';
}

struct word {
	unsigned char b[FOLD_WORD_MAX];
	size_t n;
	bool full;
};

/* `raw` is the character as it stands, 1 to 4 bytes. */
static void
word_put(struct word *w, uint32_t c, struct span raw)
{
	unsigned char one;

	if (c < 0x80) {
		one = (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
		raw = span_of(&one, 1);
	} else if (c >= 0xc0 && c < 0x180) {
		raw = span_str(latin[c - 0xc0]);
	} else if (c == 0xaa || c == 0xba) {
		raw = span_str(c == 0xaa ? "a" : "o");
	}
	w->full = w->full || w->n + raw.n > sizeof w->b;
	if (!w->full && raw.n != 0) {
		memcpy(w->b + w->n, raw.p, raw.n);
		w->n += raw.n;
	}
}

/* A run of letters and joints. */
struct compound {
	struct word whole;          /* joints included */
	size_t end[FOLD_PARTS_MAX]; /* of each part, in whole */
	struct word part;
	size_t parts;
	bool digit;
	bool asked; /* of a query */
	fold_fn *fn;
	void *ctx;
};

static void
end_part(struct compound *k)
{
	if (k->part.n == 0)
		return;
	if (!k->asked)
		k->fn(k->ctx, span_of(k->part.b, k->part.n));
	if (k->parts < FOLD_PARTS_MAX)
		k->end[k->parts] = k->whole.n;
	k->parts++;
	k->part.n = 0;
	k->part.full = false;
}

/* Give the parts of a query's compound; one that was cut off is no word,
 * unless it is the only one, which is cut in the same place when indexed. */
static void
give_parts(const struct compound *k)
{
	size_t from = 0;

	for (size_t i = 0; i < k->whole.n; i++) {
		if (!is_joint(k->whole.b[i]))
			continue;
		if (i > from)
			k->fn(k->ctx, span_of(k->whole.b + from, i - from));
		from = i + 1;
	}
	if (k->whole.n > from && (from == 0 || !k->whole.full))
		k->fn(k->ctx, span_of(k->whole.b + from, k->whole.n - from));
}

static void
end_compound(struct compound *k)
{
	bool exact;

	end_part(k);
	exact = k->digit && !k->whole.full && k->parts > 1 &&
	    k->parts <= FOLD_PARTS_MAX;
	if (k->asked && !exact)
		give_parts(k);
	else if (k->asked)
		k->fn(k->ctx, span_of(k->whole.b, k->end[k->parts - 1]));
	for (size_t i = 1; !k->asked && exact && i < k->parts; i++)
		k->fn(k->ctx, span_of(k->whole.b, k->end[i]));
	k->whole.n = 0;
	k->whole.full = false;
	k->parts = 0;
	k->digit = false;
}

static void
put_char(struct compound *k, uint32_t c, struct span raw)
{
	if (is_letter(c) && !is_mark(c)) {
		k->digit = k->digit || (c >= '0' && c <= '9');
		word_put(&k->part, c, raw);
		word_put(&k->whole, c, raw);
	} else if (is_joint(c)) {
		end_part(k);
		if (k->whole.n != 0)
			word_put(&k->whole, c, raw);
	} else if (!is_mark(c)) {
		end_compound(k);
	}
}

static void
fold(struct span text, bool asked, fold_fn *fn, void *ctx)
{
	struct compound k = { .asked = asked, .fn = fn, .ctx = ctx };
	uint32_t c;

	for (size_t i = 0, n; i < text.n; i += n) {
		n = next_char(text.p + i, text.n - i, &c);
		put_char(&k, c, span_of(text.p + i, n));
	}
	end_compound(&k);
}

void
fold_text(struct span text, fold_fn *fn, void *ctx)
{
	fold(text, false, fn, ctx);
}

void
fold_query(struct span query, fold_fn *fn, void *ctx)
{
	fold(query, true, fn, ctx);
}

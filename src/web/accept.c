/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists of wishes with their weights.
 */
#include "web/accept.h"

#include <strings.h>

enum { WEIGHT_MOST = 1000, PARTS_MOST = 64 };

/* Cut what stands before `mark` off `rest`; all of it if there is no mark. */
static struct span
cut(struct span *rest, char mark)
{
	const unsigned char *at = rest->n == 0 ? NULL :
	    memchr(rest->p, mark, rest->n);
	struct span s = *rest;

	if (at == NULL) {
		*rest = span_of(NULL, 0);
		return span_trim(s);
	}
	s.n = (size_t)(at - rest->p);
	*rest = span_of(at + 1, rest->n - s.n - 1);
	return span_trim(s);
}

/* "q=0.125" in thousandths; -1 if it is none (RFC 9110 section 12.4.2). */
static int
weight_read(struct span s)
{
	int v, unit = 100;

	if (s.n < 3 || (s.p[0] != 'q' && s.p[0] != 'Q') || s.p[1] != '=' ||
	    (s.p[2] != '0' && s.p[2] != '1') || s.n > 7 ||
	    (s.n > 3 && s.p[3] != '.'))
		return -1;
	v = (s.p[2] - '0') * WEIGHT_MOST;
	for (size_t i = 4; i < s.n; i++, unit /= 10) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		v += (s.p[i] - '0') * unit;
	}
	return v <= WEIGHT_MOST ? v : -1;
}

/* The next wish of the list, false at its end; -1 is a broken one. */
static bool
wish_next(struct span *list, struct span *name, int *weight)
{
	struct span wish;

	if (list->n == 0)
		return false;
	wish = cut(list, ',');
	*name = cut(&wish, ';');
	*weight = WEIGHT_MOST;
	while (wish.n != 0) {
		struct span p = cut(&wish, ';');

		*weight = weight_read(p);
		if (*weight < 0)
			break;
	}
	if (name->n == 0)
		*weight = -1;
	return true;
}

static bool
is_word(struct span s, const char *w)
{
	return s.n == strlen(w) && strncasecmp((const char *)s.p, w, s.n) == 0;
}

static bool
is_lang(struct span s, enum lang l)
{
	const char *tag = lang_tag(l);

	return s.n >= 2 && strncasecmp((const char *)s.p, tag, 2) == 0 &&
	    (s.n == 2 || s.p[2] == '-');
}

enum lang
accept_lang(struct span header, enum lang fallback)
{
	enum lang best = fallback;
	struct span name;
	int weight, most = 0;

	for (size_t i = 0; i < PARTS_MOST && wish_next(&header, &name,
	    &weight); i++) {
		if (weight <= most)
			continue;
		for (int l = 0; l < LANG_COUNT; l++) {
			if (!is_lang(name, (enum lang)l))
				continue;
			best = (enum lang)l;
			most = weight;
		}
	}
	return best;
}

static const struct {
	const char *token, *suffix;
} codings[CODING_COUNT] = {
	[CODING_NONE] = { "", "" },
	[CODING_GZIP] = { "gzip", ".gz" },
	[CODING_BROTLI] = { "br", ".br" },
};

const char *
coding_token(enum coding c)
{
	return codings[c].token;
}

const char *
coding_suffix(enum coding c)
{
	return codings[c].suffix;
}

size_t
accept_codings(struct span header, enum coding out[CODING_COUNT])
{
	int wanted[CODING_COUNT] = { 0 }, any = -1, weight;
	bool is_named[CODING_COUNT] = { false };
	struct span name;
	size_t n = 0;

	for (size_t i = 0; i < PARTS_MOST && wish_next(&header, &name,
	    &weight); i++) {
		if (weight < 0)
			continue;
		if (is_word(name, "*"))
			any = weight;
		for (int c = CODING_GZIP; c < CODING_COUNT; c++) {
			if (!is_word(name, codings[c].token))
				continue;
			wanted[c] = weight;
			is_named[c] = true;
		}
	}
	for (int c = CODING_GZIP; c < CODING_COUNT; c++)
		if (!is_named[c] && any > 0)
			wanted[c] = any;
	if (wanted[CODING_BROTLI] >= wanted[CODING_GZIP]) {
		if (wanted[CODING_BROTLI] > 0)
			out[n++] = CODING_BROTLI;
		if (wanted[CODING_GZIP] > 0)
			out[n++] = CODING_GZIP;
	} else {
		out[n++] = CODING_GZIP;
		if (wanted[CODING_BROTLI] > 0)
			out[n++] = CODING_BROTLI;
	}
	out[n++] = CODING_NONE;
	return n;
}

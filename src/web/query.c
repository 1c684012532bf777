/* SPDX-License-Identifier: Apache-2.0
 *
 * The arguments of a search.
 */
#include "web/query.h"

#include "base/text.h"

static int
hex_of(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undo the encodings; a control character becomes a blank, as in a field of
 * one line. */
static enum err
undo(struct span in, char *out, size_t most, size_t *n)
{
	struct text t;
	size_t k = 0;

	for (size_t i = 0; i < in.n; i++) {
		int c = in.p[i];

		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			if (in.n - i < 3 || hex_of(in.p[i + 1]) < 0 ||
			    hex_of(in.p[i + 2]) < 0)
				return ERR_SYNTAX;
			c = hex_of(in.p[i + 1]) * 16 + hex_of(in.p[i + 2]);
			i += 2;
		}
		if (k == most)
			return ERR_LIMIT;
		out[k++] = (char)(c < 0x20 || c == 0x7f ? ' ' : c);
	}
	if (text_parse(span_of(out, k), &t) != ERR_NONE)
		return ERR_SYNTAX;
	out[k] = '\0';
	*n = k;
	return ERR_NONE;
}

static enum err
take(struct span in, const char *name, char *out, size_t most, size_t *n,
    struct fault *f)
{
	enum err e = undo(in, out, most, n);

	return e == ERR_NONE ? e : fault_at(f, e, 0, name, e == ERR_LIMIT ?
	    "is too long" : "is not encoded as text");
}

static enum err
refuse(struct fault *f, const char *name)
{
	return fault_at(f, ERR_SYNTAX, 0, name, "is no value of the form");
}

static enum err
take_state(struct span in, struct query *q, struct fault *f)
{
	char s[4];
	size_t n;
	enum err e = take(in, "state", s, sizeof s - 1, &n, f);

	if (e != ERR_NONE || n == 0)
		return e;
	if (n != 2 || s[0] < 'A' || s[0] > 'Z' || s[1] < 'A' || s[1] > 'Z')
		return refuse(f, "state");
	memcpy(q->state, s, sizeof q->state);
	return ERR_NONE;
}

static enum err
take_number(struct span in, const char *name, unsigned most, unsigned *out,
    struct fault *f)
{
	char s[8];
	unsigned v = 0;
	size_t n;
	enum err e = take(in, name, s, sizeof s - 1, &n, f);

	if (e != ERR_NONE || n == 0)
		return e;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return refuse(f, name);
		v = v * 10 + (unsigned)(s[i] - '0');
	}
	if (v == 0 || v > most)
		return refuse(f, name);
	*out = v;
	return ERR_NONE;
}

static enum err
take_order(struct span in, struct query *q, struct fault *f)
{
	char s[8];
	size_t n;
	enum err e = take(in, "by", s, sizeof s - 1, &n, f);

	if (e != ERR_NONE || n == 0)
		return e;
	q->by_match = strcmp(s, "match") == 0;
	return q->by_match || strcmp(s, "time") == 0 ? ERR_NONE :
	    refuse(f, "by");
}

enum err
query_parse(const struct query_raw *in, struct query *out, struct fault *f)
{
	struct query q = { .page = 1 };
	unsigned level = 0;
	enum err e = take(in->words, "q", q.words, LIMIT_WEB_QUERY, &q.n, f);

	if (e == ERR_NONE)
		e = take_state(in->state, &q, f);
	if (e == ERR_NONE)
		e = take_number(in->level, "level", 5, &level, f);
	if (e == ERR_NONE)
		e = take_order(in->by, &q, f);
	if (e == ERR_NONE)
		e = take_number(in->page, "p", QUERY_PAGE_MOST, &q.page, f);
	if (e != ERR_NONE)
		return e;
	q.level = (int)level;
	*out = q;
	return ERR_NONE;
}

bool
query_is_asked(const struct query *q)
{
	for (size_t i = 0; i < q->n; i++)
		if (q->words[i] != ' ')
			return true;
	return q->state[0] != '\0' || q->level != 0;
}

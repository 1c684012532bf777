/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables of comma-separated values.
 */
#include "base/csv.h"

#include <string.h>

void
csv_init(struct csv *c, struct span text)
{
	static const unsigned char mark[] = { 0xef, 0xbb, 0xbf };
	bool quoted = false;

	if (text.n >= sizeof mark && memcmp(text.p, mark, sizeof mark) == 0)
		text = span_of(text.p + sizeof mark, text.n - sizeof mark);
	*c = (struct csv){ .rest = text, .next_line = 1, .separator = ',' };
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		if (text.p[i] == '\n')
			return;
		if (text.p[i] == ',' || text.p[i] == ';' ||
		    text.p[i] == '\t') {
			c->separator = text.p[i];
			return;
		}
	}
}

static void
skip(struct csv *c, size_t n)
{
	c->rest = span_of(c->rest.p + n, c->rest.n - n);
}

static enum err
wrong(const struct csv *c, struct fault *f, enum err e, const char *rule)
{
	return fault_at(f, e, c->line, "line", "%s", rule);
}

/* A cell in quotes: the first one is the byte at hand. */
static enum err
take_quoted(struct csv *c, struct arena *a, struct span *out, struct fault *f)
{
	const unsigned char *p = c->rest.p;
	unsigned char *to = arena_alloc(a, c->rest.n);
	size_t n = 0, i = 1;

	for (;; i++) {
		if (i >= c->rest.n)
			return wrong(c, f, ERR_SYNTAX,
			    "a quote is not closed");
		if (p[i] == '"' && (i + 1 >= c->rest.n || p[i + 1] != '"'))
			break;
		i += p[i] == '"';
		c->next_line += p[i] == '\n';
		to[n++] = p[i];
	}
	skip(c, i + 1);
	*out = span_of(to, n);
	return ERR_NONE;
}

static void
take_plain(struct csv *c, struct span *out)
{
	size_t n = 0;

	while (n < c->rest.n && c->rest.p[n] != c->separator &&
	    c->rest.p[n] != '\n')
		n++;
	*out = span_of(c->rest.p, n);
	skip(c, n);
	if (out->n != 0 && out->p[out->n - 1] == '\r')
		out->n--;
	while (out->n != 0 && (out->p[0] == ' ' || out->p[0] == '\t'))
		*out = span_of(out->p + 1, out->n - 1);
	while (out->n != 0 && (out->p[out->n - 1] == ' ' ||
	    out->p[out->n - 1] == '\t'))
		out->n--;
}

/* Behind a cell: true if another one follows. */
static enum err
take_end(struct csv *c, bool *more, struct fault *f)
{
	*more = false;
	if (c->rest.n != 0 && c->rest.p[0] == '\r')
		skip(c, 1);
	if (c->rest.n == 0)
		return ERR_NONE;
	*more = c->rest.p[0] == c->separator;
	if (!*more && c->rest.p[0] != '\n')
		return wrong(c, f, ERR_SYNTAX,
		    "something follows a closing quote");
	c->next_line += c->rest.p[0] == '\n';
	skip(c, 1);
	return ERR_NONE;
}

static enum err
take_row(struct csv *c, struct arena *a, struct csv_row *out, struct fault *f)
{
	bool more = true;

	out->n = 0;
	c->line = c->next_line;
	while (more) {
		enum err e = ERR_NONE;

		if (out->n == CSV_CELLS)
			return wrong(c, f, ERR_LIMIT, "has too many cells");
		if (c->rest.n != 0 && c->rest.p[0] == '"')
			e = take_quoted(c, a, &out->cell[out->n], f);
		else
			take_plain(c, &out->cell[out->n]);
		out->n++;
		if (e == ERR_NONE)
			e = take_end(c, &more, f);
		if (e != ERR_NONE)
			return e;
	}
	return ERR_NONE;
}

enum err
csv_next(struct csv *c, struct arena *a, struct csv_row *out, struct fault *f)
{
	while (c->rest.n != 0) {
		enum err e = take_row(c, a, out, f);

		if (e != ERR_NONE || out->n > 1 || out->cell[0].n != 0)
			return e;
	}
	return ERR_NOT_FOUND;
}

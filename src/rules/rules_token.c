/* SPDX-License-Identifier: Apache-2.0
 *
 * From bytes to words.
 */
#include "rules/rules_token.h"

#include "base/must.h"

#include <stdarg.h>
#include <stdio.h>

enum { WORD_MAX = 200 };

void
token_place(struct span text, size_t at, unsigned *line, unsigned *column)
{
	*line = *column = 1;
	for (size_t i = 0; i < at && i < text.n; i++) {
		if (text.p[i] == '\n') {
			++*line;
			*column = 1;
		} else if ((text.p[i] & 0xc0) != 0x80) {
			++*column;
		}
	}
}

enum err
token_fault(const struct tokens *t, enum err e, size_t at, const char *format,
    ...)
{
	char rule[sizeof t->f->rule], place[32];
	unsigned line, column;
	va_list ap;

	va_start(ap, format);
	vsnprintf(rule, sizeof rule, format, ap);
	va_end(ap);
	token_place(t->text, at, &line, &column);
	snprintf(place, sizeof place, "%u:%u", line, column);
	return fault_at(t->f, e, at, place, "%s", rule);
}

bool
token_is(const struct token *t, const char *word)
{
	return t->type == TOKEN_WORD && span_is_str(t->s, word);
}

static int
peek(const struct tokens *t, size_t ahead)
{
	return t->at + ahead < t->text.n ? t->text.p[t->at + ahead] : -1;
}

static bool
is_blank(const struct tokens *t, int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == ',' ||
	    (c == '\n' && t->depth != 0);
}

static void
skip(struct tokens *t)
{
	for (;;) {
		int c = peek(t, 0);

		if (is_blank(t, c)) {
			t->at++;
		} else if (c == '\\' && peek(t, 1) == '\n') {
			t->at += 2;
		} else if (c == '#') {
			while (peek(t, 0) != '\n' && peek(t, 0) != -1)
				t->at++;
		} else {
			return;
		}
	}
}

/* Letters, digits and what stands inside labels, sectors, fields, dates. */
static bool
is_word(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' ||
	    c == '/' || c == '+' || c == ':';
}

static enum err
quoted(struct tokens *t, struct token *out)
{
	size_t from = ++t->at;
	int c;

	while ((c = peek(t, 0)) != '"') {
		if (c == '\n' || c == -1)
			return token_fault(t, ERR_SYNTAX, out->at,
			    "the quote is not closed");
		if (c < ' ' || c == 0x7f)
			return token_fault(t, ERR_SYNTAX, t->at,
			    "a control byte");
		t->at++;
	}
	out->type = TOKEN_QUOTED;
	out->s = span_of(t->text.p + from, t->at - from);
	t->at++;
	if (is_word(peek(t, 0)) || peek(t, 0) == '"')
		return token_fault(t, ERR_SYNTAX, t->at,
		    "a blank is missing after the quote");
	return ERR_NONE;
}

static enum err
bare(struct tokens *t, struct token *out)
{
	size_t from = t->at;

	while (is_word(peek(t, 0)))
		t->at++;
	out->type = TOKEN_WORD;
	out->s = span_of(t->text.p + from, t->at - from);
	if (out->s.n == 0)
		return token_fault(t, ERR_SYNTAX, from,
		    "this character stands only between quotes");
	if (peek(t, 0) == '"')
		return token_fault(t, ERR_SYNTAX, t->at,
		    "a blank is missing before the quote");
	return ERR_NONE;
}

static enum err
brace(struct tokens *t, struct token *out, bool opens)
{
	if (opens == (t->depth != 0))
		return token_fault(t, ERR_SYNTAX, t->at, opens ?
			"braces do not stand in braces" :
			"no brace was opened");
	t->depth = opens;
	out->type = opens ? TOKEN_OPEN : TOKEN_CLOSE;
	out->s = span_of(t->text.p + t->at, 1);
	t->at++;
	return ERR_NONE;
}

enum err
token_next(struct tokens *t, struct token *out)
{
	enum err e = ERR_NONE;

	skip(t);
	*out = (struct token){ .type = TOKEN_END_FILE, .at = t->at };
	switch (peek(t, 0)) {
	case -1:
		if (t->depth != 0)
			e = token_fault(t, ERR_SYNTAX, t->at,
			    "the brace is not closed");
		break;
	case '\n':
		t->at++;
		out->type = TOKEN_END_LINE;
		break;
	case '{':
	case '}':
		e = brace(t, out, peek(t, 0) == '{');
		break;
	case '"':
		e = quoted(t, out);
		break;
	default:
		e = bare(t, out);
		break;
	}
	if (e == ERR_NONE && out->s.n > WORD_MAX)
		e = token_fault(t, ERR_LIMIT, out->at,
		    "longer than %d bytes", WORD_MAX);
	return e;
}

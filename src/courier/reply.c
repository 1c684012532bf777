/* SPDX-License-Identifier: Apache-2.0
 *
 * Letters that answer.
 */
#include "courier/reply.h"

#include "base/code.h"
#include "base/limits.h"
#include "courier/mail.h"

#include <stdio.h>
#include <strings.h>

static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Upper case, with those that are written for another; 0 if it is none. */
static char
letter_of(unsigned char c)
{
	if (c >= 'a' && c <= 'z')
		c &= 0x5f;
	if (c == 'O')
		return '0';
	if (c == 'I' || c == 'L')
		return '1';
	for (size_t i = 0; letters[i] != '\0'; i++)
		if ((unsigned char)letters[i] == c)
			return letters[i];
	return '\0';
}

bool
reply_is_code(struct span word, char code[REPLY_CODE + 1])
{
	size_t n = 0, digits = 0;
	char text[REPLY_CODE + 1] = "";

	if (word.n != REPLY_CODE && word.n != REPLY_CODE - 1)
		return false;
	for (size_t i = 0; i < word.n; i++) {
		char c = letter_of(word.p[i]);

		if (n == 5)
			text[n++] = '-';
		if (i == 5 && word.n == REPLY_CODE) {
			if (word.p[i] != '-')
				return false;
			continue;
		}
		if (c == '\0')
			return false;
		digits += word.p[i] >= '0' && word.p[i] <= '9';
		text[n++] = c;
	}
	/* ten letters in a row are a word, such as "background" */
	if (word.n != REPLY_CODE && digits == 0)
		return false;
	memcpy(code, text, sizeof text);
	return true;
}

/* --- the letter --- */

static struct span
next_line(struct span *rest)
{
	const unsigned char *end = memchr(rest->p, '\n', rest->n);
	size_t n = end != NULL ? (size_t)(end - rest->p) : rest->n;
	struct span line = span_of(rest->p, n);

	*rest = end != NULL ? span_of(end + 1, rest->n - n - 1) :
			      span_of(NULL, 0);
	while (line.n != 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* The address between the last "<" and ">", or the whole value. */
static void
take_from(struct span value, char out[REPLY_FROM + 1])
{
	const unsigned char *open = value.n == 0 ? NULL :
	    memrchr(value.p, '<', value.n);
	const unsigned char *end = open == NULL ? NULL :
	    memchr(open, '>', value.n - (size_t)(open - value.p));
	struct span s = value;

	if (end != NULL)
		s = span_of(open + 1, (size_t)(end - open) - 1);
	while (s.n != 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = span_of(s.p + 1, s.n - 1);
	if (mail_is_address(s))
		snprintf(out, REPLY_FROM + 1, "%.*s", SPAN_FMT(s));
}

static bool
is_wordy(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '-' || c >= 0x80 || c == '@' ||
	    c == '_' || c == '=' || c == '/' || c == '+' || c == '.';
}

/* What is said in four languages, with and without accents, also as a mail
 * program codes them (RFC 2045, 6.7). What begins another one stands first. */
static const struct {
	const char *says, *word;
} words[] = {
	{ "not seen", "not_seen" }, { "no visto", "not_seen" },
	{ "não visto", "not_seen" }, { "nao visto", "not_seen" },
	{ "n=c3=a3o visto", "not_seen" }, { "n=e3o visto", "not_seen" },
	{ "non vu", "not_seen" }, { "pas vu", "not_seen" },
	{ "not useful", "not_useful" }, { "no útil", "not_useful" },
	{ "no util", "not_useful" }, { "no =c3=batil", "not_useful" },
	{ "não útil", "not_useful" }, { "nao util", "not_useful" },
	{ "n=c3=a3o =c3=batil", "not_useful" },
	{ "pas utile", "not_useful" },
	{ "false positive", "false_positive" },
	{ "falso positivo", "false_positive" },
	{ "faux positif", "false_positive" },
	{ "useful", "useful" }, { "útil", "useful" }, { "util", "useful" },
	{ "=c3=batil", "useful" }, { "=fatil", "useful" },
	{ "corrected", "corrected" }, { "corregido", "corrected" },
	{ "corrigido", "corrected" }, { "corrig", "corrected" },
	{ "seen", "seen" }, { "visto", "seen" }, { "vu", "seen" }
};

static void
take_word(struct span rest, char out[REPLY_WORD + 1])
{
	while (rest.n != 0 && strchr(" \t.,:;!", rest.p[0]) != NULL &&
	    rest.p[0] != '\0')
		rest = span_of(rest.p + 1, rest.n - 1);
	out[0] = '\0';
	if (rest.n == 0)
		return;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i].says);

		if (rest.n >= n && strncasecmp((const char *)rest.p,
			words[i].says, n) == 0) {
			snprintf(out, REPLY_WORD + 1, "%s", words[i].word);
			return;
		}
	}
	snprintf(out, REPLY_WORD + 1, "?");
}

/* `after` gets the place behind it. */
static bool
find_code(struct span line, char code[REPLY_CODE + 1], size_t *after)
{
	for (size_t i = 0; i < line.n;) {
		size_t from;

		while (i < line.n && !is_wordy(line.p[i]))
			i++;
		for (from = i; i < line.n && is_wordy(line.p[i]);)
			i++;
		*after = i;
		/* a sentence may end behind it */
		if (i > from && line.p[i - 1] == '.' &&
		    reply_is_code(span_of(line.p + from, i - from - 1), code))
			return true;
		if (reply_is_code(span_of(line.p + from, i - from), code))
			return true;
	}
	return false;
}

/* --- its parts --- */

enum place { IN_HEAD, IN_PART_HEAD, IN_TEXT };

struct letter {
	struct reply *out;
	enum place place;
	bool is_skipped;  /* a part that is no plain text */
	bool is_base64;
	bool is_machine;  /* RFC 3834: it answers, that nobody is there */
	bool is_old;      /* what follows is what is answered */
	struct buf coded; /* base64 of one part */
};

static bool
is_header(struct span line, const char *name)
{
	size_t n = strlen(name);

	return line.n > n &&
	    strncasecmp((const char *)line.p, name, n) == 0;
}

static bool
has_word(struct span line, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= line.n; i++)
		if (strncasecmp((const char *)line.p + i, word, n) == 0)
			return true;
	return false;
}

static void
see_header(struct letter *l, struct span line)
{
	if (l->place == IN_HEAD && is_header(line, "from:") &&
	    l->out->from[0] == '\0')
		take_from(span_of(line.p + 5, line.n - 5), l->out->from);
	if (l->place == IN_HEAD && is_header(line, "auto-submitted:") &&
	    !has_word(line, "no"))
		l->is_machine = true;
	if (is_header(line, "content-type:"))
		l->is_skipped = !has_word(line, "text/plain") &&
		    !has_word(line, "multipart/");
	if (is_header(line, "content-transfer-encoding:"))
		l->is_base64 = has_word(line, "base64");
}

/* "-----Original Message-----", "________": below stands the old letter. */
static bool
begins_old(struct span line)
{
	return (line.n > 5 && memcmp(line.p, "-----", 5) == 0 &&
	    line.p[5] != '-') ||
	    (line.n >= 8 && memcmp(line.p, "________", 8) == 0);
}

static void
see_text(struct letter *l, struct span line)
{
	size_t after = 0;

	if (l->out->code[0] != '\0' || (line.n != 0 && line.p[0] == '>'))
		return;
	l->is_old |= begins_old(line);
	if (!l->is_old && find_code(line, l->out->code, &after))
		take_word(span_of(line.p + after, line.n - after),
		    l->out->word);
}

/* What the part held, if it was base64. */
static void
end_part(struct letter *l)
{
	struct span rest;
	struct buf text;

	buf_init(&text, LIMIT_PAGE_REPLY);
	if (l->is_base64 && !l->is_skipped && !l->coded.over &&
	    code_parse_base64(buf_span(&l->coded), &text) == ERR_NONE)
		for (rest = buf_span(&text); rest.n != 0;)
			see_text(l, next_line(&rest));
	buf_release(&text);
	buf_clear(&l->coded);
	l->is_base64 = l->is_skipped = false;
}

/* A line that may part two of them: its rest is not asked for, a head that is
 * none says nothing. */
static bool
is_boundary(struct span line)
{
	return line.n > 2 && line.p[0] == '-' && line.p[1] == '-' &&
	    !begins_old(line);
}

static void
see_line(struct letter *l, struct span line)
{
	if (l->place != IN_TEXT) {
		if (line.n == 0)
			l->place = IN_TEXT;
		else
			see_header(l, line);
	} else if (is_boundary(line)) {
		end_part(l);
		l->place = IN_PART_HEAD;
	} else if (l->is_base64) {
		buf_put(&l->coded, line);
	} else if (!l->is_skipped) {
		see_text(l, line);
	}
}

void
reply_parse(struct span letter, struct reply *out)
{
	struct letter l = { .out = out };
	struct span rest = letter;

	*out = (struct reply){ .code = "" };
	buf_init(&l.coded, LIMIT_PAGE_REPLY);
	while (rest.n != 0 && !l.is_machine)
		see_line(&l, next_line(&rest));
	end_part(&l);
	buf_release(&l.coded);
	if (l.is_machine)
		out->code[0] = '\0';
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Letters that answer.
 */
#include "courier/reply.h"

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

static bool
find_code(struct span line, char code[REPLY_CODE + 1])
{
	for (size_t i = 0; i < line.n;) {
		size_t from;

		while (i < line.n && !is_wordy(line.p[i]))
			i++;
		for (from = i; i < line.n && is_wordy(line.p[i]);)
			i++;
		/* a sentence may end behind it */
		if (i > from && line.p[i - 1] == '.' &&
		    reply_is_code(span_of(line.p + from, i - from - 1), code))
			return true;
		if (reply_is_code(span_of(line.p + from, i - from), code))
			return true;
	}
	return false;
}

static bool
is_header(struct span line, const char *name)
{
	size_t n = strlen(name);

	return line.n > n &&
	    strncasecmp((const char *)line.p, name, n) == 0;
}

void
reply_parse(struct span letter, struct reply *out)
{
	struct span rest = letter;
	bool in_head = true;

	*out = (struct reply){ .code = "" };
	while (rest.n != 0 && out->code[0] == '\0') {
		struct span line = next_line(&rest);

		if (in_head && line.n == 0) {
			in_head = false;
		} else if (in_head) {
			if (is_header(line, "from:") && out->from[0] == '\0')
				take_from(span_of(line.p + 5, line.n - 5),
				    out->from);
			/* RFC 3834: a machine answers, that nobody is there */
			if (is_header(line, "auto-submitted:") &&
			    memmem(line.p, line.n, "no", 2) == NULL)
				return;
		} else if (line.n == 0 || line.p[0] != '>') {
			(void)find_code(line, out->code);
		}
	}
}

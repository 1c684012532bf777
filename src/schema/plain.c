/* SPDX-License-Identifier: Apache-2.0
 *
 * Foreign text made harmless and wrapped.
 */
#include "schema/plain.h"

size_t
plain_is_hiding(const unsigned char *p, size_t left, bool lines)
{
	if (p[0] < 0x20)
		return lines && (p[0] == '\n' || p[0] == '\t') ? 0 : 1;
	if (p[0] == 0x7f)
		return 1;
	if (p[0] == 0xc2 && left > 1)
		return p[1] < 0xa0 ? 2 : 0;
	if (p[0] != 0xe2 || left < 3)
		return 0;
	/* U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069 */
	if (p[1] == 0x80 && ((p[2] >= 0xa8 && p[2] <= 0xae) ||
	    p[2] == 0x8e || p[2] == 0x8f))
		return 3;
	return p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9 ? 3 : 0;
}

void
plain_put(struct buf *out, struct span s, bool lines)
{
	size_t from = 0, i = 0;

	while (i < s.n) {
		size_t n = plain_is_hiding(s.p + i, s.n - i, false);

		if (n == 0) {
			i++;
			continue;
		}
		buf_put_mem(out, s.p + from, i - from);
		if (s.p[i] == '\t' || (s.p[i] == '\n' && !lines))
			buf_put_str(out, " ");
		else if (s.p[i] == '\n')
			buf_put_str(out, "\n");
		else
			buf_put_str(out, "\xef\xbf\xbd");
		i += n;
		from = i;
	}
	if (i > from)
		buf_put_mem(out, s.p + from, i - from);
}

unsigned
plain_columns(struct span s)
{
	unsigned n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n;
}

static void
new_line(struct buf *out, unsigned indent)
{
	buf_put_format(out, "\n%*s", (int)indent, "");
}

/* The end of the word that begins at `i`. */
static size_t
word_end(struct span s, size_t i)
{
	while (i < s.n && s.p[i] != ' ' && s.p[i] != '\n')
		i++;
	return i;
}

/* Columns by which further lines of the item at `i` are indented more. */
static unsigned
item_indent(struct span s, size_t i)
{
	return i + 1 < s.n && s.p[i] == '-' && s.p[i + 1] == ' ' ? 2 : 0;
}

void
plain_wrap(struct buf *out, struct span s, unsigned columns, unsigned at,
    unsigned indent)
{
	unsigned hang = indent + item_indent(s, 0);
	unsigned gap = 0;  /* spaces owed before the next word */
	bool fresh = true; /* nothing on this line yet */

	for (size_t i = 0, end; i < s.n; i = end) {
		unsigned wide;

		end = i + 1;
		if (s.p[i] == '\n') {
			new_line(out, end < s.n && s.p[end] != '\n' ? indent :
			    0);
			at = indent;
			hang = indent + item_indent(s, end);
			gap = 0;
			fresh = true;
			continue;
		}
		if (s.p[i] == ' ') {
			gap++;
			continue;
		}
		end = word_end(s, i);
		wide = plain_columns(span_of(s.p + i, end - i));
		if (columns != 0 && !fresh && at + gap + wide > columns) {
			new_line(out, hang);
			at = hang;
			gap = 0;
		}
		buf_put_format(out, "%*s", (int)gap, "");
		buf_put_mem(out, s.p + i, end - i);
		at += gap + wide;
		gap = 0;
		fresh = false;
	}
}

void
plain_cut(struct buf *out, struct span s, unsigned columns)
{
	unsigned n = 0;
	size_t i;

	if (columns == 0 || plain_columns(s) <= columns) {
		buf_put(out, s);
		return;
	}
	for (i = 0; i < s.n; i++) {
		if ((s.p[i] & 0xc0) != 0x80 && n++ == columns - 1)
			break;
	}
	buf_put_mem(out, s.p, i);
	buf_put_str(out, "…");
}

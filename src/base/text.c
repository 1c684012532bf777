/* SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8 checking (RFC 3629 section 4).
 */
#include "base/text.h"

/* Length of the well-formed character at p (n bytes left), 0 if none. */
static size_t
character(const unsigned char *p, size_t n)
{
	unsigned char c = p[0], low = 0x80, high = 0xbf;
	size_t len;

	if (c < 0x80)
		return 1;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	len = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	if (n < len)
		return 0;
	if (c == 0xe0)
		low = 0xa0;
	else if (c == 0xed)
		high = 0x9f;
	else if (c == 0xf0)
		low = 0x90;
	else if (c == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	return len;
}

enum err
text_parse(struct span in, struct text *out)
{
	for (size_t at = 0, len; at < in.n; at += len) {
		len = character(in.p + at, in.n - at);
		if (len == 0)
			return ERR_SYNTAX;
	}
	out->s = in;
	return ERR_NONE;
}

size_t
text_cut(struct text t, size_t max)
{
	size_t n = t.s.n;

	if (n <= max)
		return n;
	for (n = max; n != 0 && (t.s.p[n] & 0xc0) == 0x80; n--)
		;
	return n;
}

size_t
text_columns(struct text t)
{
	size_t columns = 0;

	for (size_t i = 0; i < t.s.n; i++)
		columns += (t.s.p[i] & 0xc0) != 0x80;
	return columns;
}

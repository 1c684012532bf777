/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of hosts.
 */
#include "base/host.h"

#include <string.h>

enum { LABEL_MAX = 63 };

static bool
is_label_char(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	    c == '_';
}

static bool
is_label(const char *p, size_t n, bool is_last)
{
	bool is_number = true;

	if (n == 0 || n > LABEL_MAX || p[0] == '-' || p[n - 1] == '-')
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_label_char((unsigned char)p[i]))
			return false;
		is_number = is_number && p[i] >= '0' && p[i] <= '9';
	}
	return !is_last || !is_number;
}

enum err
host_parse(struct span s, char out[HOST_TEXT])
{
	char text[HOST_TEXT];
	size_t labels = 0;

	if (s.n != 0 && s.p[s.n - 1] == '.')
		s.n--;
	if (s.n == 0 || s.n >= sizeof text)
		return ERR_SYNTAX;
	for (size_t i = 0; i < s.n; i++)
		text[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ?
			s.p[i] - 'A' + 'a' : s.p[i]);
	text[s.n] = '\0';
	for (size_t at = 0; at <= s.n; labels++) {
		const char *dot = memchr(text + at, '.', s.n - at);
		size_t n = dot != NULL ? (size_t)(dot - (text + at)) :
					 s.n - at;

		if (!is_label(text + at, n, at + n == s.n))
			return ERR_SYNTAX;
		at += n + 1;
	}
	if (labels < 2)
		return ERR_SYNTAX;
	memcpy(out, text, s.n + 1);
	return ERR_NONE;
}

bool
host_is_under(struct span name, struct span top)
{
	if (top.n == 0 || name.n < top.n ||
	    memcmp(name.p + name.n - top.n, top.p, top.n) != 0)
		return false;
	return name.n == top.n || name.p[name.n - top.n - 1] == '.';
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Forms: the small patterns of schemas/README.md for identifiers, such as
 * "CVE-####-####+". No backtracking: each part takes all that it can.
 */
#include "schema/check.h"

static bool
is_of(char class, unsigned char c)
{
	switch (class) {
	case '#':
		return c >= '0' && c <= '9';
	case '@':
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
	case '$':
		return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
	case '*':
		return c > 0x20 && c < 0x7f;
	default:
		return c == (unsigned char)class;
	}
}

/* One alternative, from `form` up to `end`. */
static bool
match_one(const char *form, const char *end, struct span s)
{
	size_t at = 0;

	while (form < end) {
		char class = *form++;

		if (at == s.n || !is_of(class, s.p[at]))
			return false;
		at++;
		if (form == end || *form != '+')
			continue;
		form++;
		while (at < s.n && is_of(class, s.p[at]))
			at++;
	}
	return at == s.n;
}

bool
form_match(const char *form, struct span s)
{
	for (;;) {
		const char *end = strchrnul(form, '|');

		if (match_one(form, end, s))
			return true;
		if (*end == '\0')
			return false;
		form = end + 1;
	}
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * Names: what they may look like, and how to put them together.
 */
#include "record/name.h"

#include "base/limits.h"
#include "base/text.h"

enum { TAG_HEX = 8, NODE_NUMBER_DIGITS = 3, HOST_MAX = 253 };

static bool
is_lower(unsigned char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word(struct span s, size_t min, size_t max)
{
	if (s.n < min || s.n > max)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_lower(s.p[i]) && !is_digit(s.p[i]) && s.p[i] != '-')
			return false;
	return true;
}

/* Dot-separated labels of letters, digits and inner hyphens (RFC 1123). */
static bool
is_host(struct span s, size_t max, size_t *labels)
{
	size_t begin = 0;

	*labels = 0;
	if (s.n == 0 || s.n > max)
		return false;
	for (size_t i = 0; i <= s.n; i++) {
		if (i < s.n && s.p[i] != '.')
			continue;
		if (!is_word(span_of(s.p + begin, i - begin), 1, 63) ||
		    s.p[begin] == '-' || s.p[i - 1] == '-')
			return false;
		*labels += 1;
		begin = i + 1;
	}
	return true;
}

bool
name_is_domain(struct span s)
{
	size_t labels;

	return is_host(s, LIMIT_DOMAIN, &labels) && labels >= 2;
}

bool
name_is_team(struct span s)
{
	return is_word(s, 2, LIMIT_TEAM_NAME);
}

bool
name_is_word(struct span s)
{
	return is_word(s, 1, 32);
}

bool
name_is_state(struct span s)
{
	return s.n == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' &&
	    s.p[1] >= 'A' && s.p[1] <= 'Z';
}

bool
name_is_line(struct span s, size_t max)
{
	struct text t;

	if (s.n == 0 || s.n > max || text_parse(s, &t) != ERR_NONE)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	return true;
}

static bool
is_port(struct span s)
{
	uint32_t v = 0;

	if (s.n == 0 || s.n > 5 || s.p[0] == '0')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!is_digit(s.p[i]))
			return false;
		v = v * 10 + (uint32_t)(s.p[i] - '0');
	}
	return v <= 65535;
}

/* The characters of an IPv6 address; its grammar is for the resolver. */
static bool
is_bracketed(struct span s)
{
	size_t colons = 0;

	if (s.n < 4 || s.n > 47 || s.p[0] != '[' || s.p[s.n - 1] != ']')
		return false;
	for (size_t i = 1; i < s.n - 1; i++) {
		unsigned char c = s.p[i];

		if (c == ':')
			colons++;
		else if (!is_digit(c) && !(c >= 'a' && c <= 'f') && c != '.')
			return false;
	}
	return colons >= 2;
}

bool
name_is_address(struct span s)
{
	size_t colon = s.n;
	size_t labels;
	struct span host;

	if (s.n == 0 || s.n > LIMIT_ADDRESS)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ':')
			colon = i;
	if (colon == s.n ||
	    !is_port(span_of(s.p + colon + 1, s.n - colon - 1)))
		return false;
	host = span_of(s.p, colon);
	return is_bracketed(host) || is_host(host, HOST_MAX, &labels);
}

/* What follows "<domain>/<word>/<team>" in `s`; false if it does not begin
 * so. */
static bool
cut_stem(struct span s, struct span domain, const char *word,
    struct span team, struct span *rest)
{
	struct span parts[] = { domain, span_str(word), team };

	for (size_t i = 0; i < 3; i++) {
		if (s.n < parts[i].n ||
		    !span_is_equal(span_of(s.p, parts[i].n), parts[i]))
			return false;
		s = span_of(s.p + parts[i].n, s.n - parts[i].n);
	}
	*rest = s;
	return true;
}

static bool
is_tag(struct span s)
{
	if (s.n != TAG_HEX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'f'))
			return false;
	return true;
}

bool
name_is_log(struct span s, struct span domain, struct span team)
{
	struct span rest;

	return cut_stem(s, domain, "/log/", team, &rest) && rest.n > 1 &&
	    rest.p[0] == '/' && is_tag(span_of(rest.p + 1, rest.n - 1));
}

bool
name_is_numbered(struct span s, size_t *stem)
{
	size_t i = s.n;

	while (i > 0 && is_digit(s.p[i - 1]))
		i--;
	if (i == s.n || s.n - i > NODE_NUMBER_DIGITS || s.p[i] == '0' ||
	    i < 2 || s.p[i - 1] != '-')
		return false;
	*stem = i - 1;
	return true;
}

bool
name_is_node(struct span s, struct span domain, struct span team)
{
	struct span rest;

	if (!cut_stem(s, domain, "/node/", team, &rest))
		return false;
	if (rest.n == 0)
		return true;
	if (rest.p[0] != '-' || rest.n < 2 || rest.p[1] == '0' ||
	    rest.n > 1 + NODE_NUMBER_DIGITS)
		return false;
	for (size_t i = 1; i < rest.n; i++)
		if (!is_digit(rest.p[i]))
			return false;
	return true;
}

struct span
name_log_team(struct span s)
{
	struct span none = span_of(NULL, 0);
	size_t at[3];
	size_t slashes = 0;
	struct span team;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '/')
			continue;
		if (slashes == 3)
			return none;
		at[slashes++] = i;
	}
	if (slashes != 3)
		return none;
	team = span_of(s.p + at[1] + 1, at[2] - at[1] - 1);
	if (!name_is_domain(span_of(s.p, at[0])) || !name_is_team(team) ||
	    !name_is_log(s, span_of(s.p, at[0]), team))
		return none;
	return team;
}

void
name_put_log(struct buf *out, struct span domain, struct span team,
    uint32_t tag)
{
	buf_put(out, domain);
	buf_put_str(out, "/log/");
	buf_put(out, team);
	buf_put_format(out, "/%08x", tag);
}

void
name_put_node(struct buf *out, struct span domain, struct span team,
    unsigned number)
{
	buf_put(out, domain);
	buf_put_str(out, "/node/");
	buf_put(out, team);
	if (number != 0)
		buf_put_format(out, "-%u", number);
}

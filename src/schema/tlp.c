/* SPDX-License-Identifier: Apache-2.0
 *
 * Labels of the Traffic Light Protocol 2.0 (FIRST, August 2022).
 */
#include "schema/tlp.h"

#include "schema/set.h"

static const char *const labels[TLP_COUNT] = {
	[TLP_CLEAR] = "TLP:CLEAR",
	[TLP_GREEN] = "TLP:GREEN",
	[TLP_AMBER] = "TLP:AMBER",
	[TLP_AMBER_STRICT] = "TLP:AMBER+STRICT",
	[TLP_RED] = "TLP:RED",
};

enum err
tlp_parse(struct span s, enum tlp *out)
{
	for (int t = 0; t < TLP_COUNT; t++) {
		if (span_is_str(s, labels[t])) {
			*out = (enum tlp)t;
			return ERR_NONE;
		}
	}
	return ERR_SYNTAX;
}

enum err
tlp_import(struct span s, enum tlp *out)
{
	char text[32] = "TLP:";
	size_t n = 4;

	if (s.n > 24)
		return ERR_SYNTAX;
	for (size_t i = 0; i < s.n; i++) {
		char c = (char)s.p[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (c == ' ' || c == '_' || c == '-')
			c = '+';
		text[n++] = c;
		if (n == 8 && strncmp(text, "TLP:TLP:", 8) == 0)
			n = 4;
	}
	if (span_is_str(span_of(text, n), "TLP:WHITE")) {
		*out = TLP_CLEAR;
		return ERR_NONE;
	}
	return tlp_parse(span_of(text, n), out);
}

const char *
tlp_label(enum tlp t)
{
	return labels[t];
}

const char *
tlp_name(const struct schema *s, enum tlp t, enum lang l)
{
	return s->tlp[t].names.in[l];
}

const char *
tlp_rule(const struct schema *s, enum tlp t, enum lang l)
{
	return s->tlp[t].rule.in[l];
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * CSAF 6.1.11: a weakness and its name. CWE renames weaknesses from version
 * to version and documents live longer than that: a name that this table does
 * not know is let through, one that belongs to another number is not.
 */
#include "gateways/csaf_inside.h"

static const struct weakness {
	unsigned number;
	const char *name;
} weaknesses[] = {
#define CWE(number, name) { number, name },
#include "gateways/cwe.def"
#undef CWE
};

enum { WEAKNESSES = sizeof weaknesses / sizeof *weaknesses };

/* The digits of "CWE-79" (shape-checked), 0 if there are too many. */
static unsigned
number_of(struct span id)
{
	unsigned n = 0;

	if (id.n > 12)
		return 0;
	for (size_t i = 4; i < id.n; i++)
		n = n * 10 + (unsigned)(id.p[i] - '0');
	return n;
}

static const struct weakness *
weakness_by_name(struct span name)
{
	for (size_t i = 0; i < WEAKNESSES; i++) {
		if (span_is_str(name, weaknesses[i].name))
			return &weaknesses[i];
	}
	return NULL;
}

const char *
csaf_weakness(struct span id)
{
	unsigned n = id.n > 4 ? number_of(id) : 0;

	for (size_t i = 0; n != 0 && i < WEAKNESSES; i++)
		if (weaknesses[i].number == n)
			return weaknesses[i].name;
	return NULL;
}

static enum err
other_weakness(const struct csaf_doc *d, struct fault *f)
{
	CSAF_EACH(v, d->vulnerabilities) {
		struct json_val cwe = json_get(v, "cwe");
		struct span id = csaf_text(d, cwe, "id");
		const struct weakness *w;

		if (id.n == 0)
			continue;
		w = weakness_by_name(csaf_text(d, cwe, "name"));
		if (w != NULL && w->number != number_of(id))
			return csaf_refuse(d, cwe, f,
			    "%.*s has the name of CWE-%u", SPAN_FMT(id),
			    w->number);
	}
	return ERR_NONE;
}

const struct csaf_rule csaf_rules_weakness[] = {
	{ { "6.1.11", "CWE" }, other_weakness },
	{ { NULL, NULL }, NULL }
};

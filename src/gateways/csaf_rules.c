/* SPDX-License-Identifier: Apache-2.0
 *
 * The mandatory tests of CSAF 2.0 section 6.1 as one list of tables, and those
 * that are left to others.
 */
#include "gateways/csaf_inside.h"

#include <stdarg.h>
#include <stdio.h>

static const struct csaf_rule *const tables[] = {
	csaf_rules_products, csaf_rules_scores,
	csaf_rules_weakness, csaf_rules_names,
	csaf_rules_versions, csaf_rules_vulnerabilities, csaf_rules_profiles,
};

static const struct csaf_unchecked unchecked[] = {
	{ "6.1.11 (names of other versions)", "a name that CWE 4.20 does not "
	    "know is let through: names change with the versions of CWE" },
	{ "6.1.9 (environmental)", "environmental scores belong to one site: "
	    "the draft carries base scores" },
	{ "6.1.12 (beyond the language)", "of a language tag the form and the "
	    "two-letter languages are checked, regions and variants are not" },
	{ "6.1.13 (types of purl)", "the syntax is checked, the rules of each "
	    "package type are not" },
	{ "schema (unused members)", "members that the draft only names as "
	    "left out are not checked" },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const struct csaf_rule_name *
csaf_checked(size_t i)
{
	for (size_t t = 0; t < COUNT(tables); t++) {
		for (const struct csaf_rule *r = tables[t]; r->check != NULL;
		    r++) {
			if (i-- == 0)
				return &r->name;
		}
	}
	return NULL;
}

const struct csaf_unchecked *
csaf_unchecked(size_t i)
{
	return i < COUNT(unchecked) ? &unchecked[i] : NULL;
}

enum err
csaf_refuse(const struct csaf_doc *d, struct json_val where, struct fault *f,
    const char *format, ...)
{
	va_list ap;

	f->at = json_at(where);
	csaf_path(d->root, where, d->a, f->field, sizeof f->field);
	va_start(ap, format);
	vsnprintf(f->rule, sizeof f->rule, format, ap);
	va_end(ap);
	return ERR_SCHEMA;
}

enum err
csaf_rules_check(const struct csaf_doc *d, struct fault *f)
{
	for (size_t t = 0; t < COUNT(tables); t++) {
		for (const struct csaf_rule *r = tables[t]; r->check != NULL;
		    r++) {
			struct fault g = { 0 };
			enum err e = r->check(d, &g);

			if (e != ERR_NONE)
				return fault_at(f, e, g.at, g.field,
				    "CSAF %s: %s", r->name.number, g.rule);
		}
	}
	return ERR_NONE;
}

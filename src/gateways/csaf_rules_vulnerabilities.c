/* SPDX-License-Identifier: Apache-2.0
 *
 * CSAF 6.1.23 to 6.1.25, 6.1.29, 6.1.32, 6.1.33: what stands twice, and what
 * names no product.
 */
#include "gateways/csaf_inside.h"

#include "base/instant.h"

#include <stdlib.h>

struct named {
	struct span s;
	struct json_val at;
};

static int
compare_named(const void *x, const void *y)
{
	const struct named *a = x, *b = y;
	int c = span_compare(a->s, b->s);

	return c != 0 ? c : (a->at.i > b->at.i) - (a->at.i < b->at.i);
}

static enum err
repeated_cve(const struct csaf_doc *d, struct fault *f)
{
	struct named *all = arena_alloc(d->a,
	    (json_count(d->vulnerabilities) + 1) * sizeof *all);
	size_t n = 0;

	CSAF_EACH(v, d->vulnerabilities) {
		struct json_val cve = json_get(v, "cve");

		if (cve.type != JSON_ABSENT)
			all[n++] = (struct named){ csaf_string(d, cve), cve };
	}
	qsort(all, n, sizeof *all, compare_named);
	for (size_t i = 1; i < n; i++) {
		if (span_is_equal(all[i - 1].s, all[i].s))
			return csaf_refuse(d, all[i].at, f,
			    "%.*s is there twice", SPAN_FMT(all[i].s));
	}
	return ERR_NONE;
}

struct party {
	struct span name;
	bool dated;
	struct wall date;
	struct json_val at;
};

static int
compare_parties(const void *x, const void *y)
{
	const struct party *a = x, *b = y;
	int c = span_compare(a->name, b->name);

	if (c == 0)
		c = (a->dated > b->dated) - (a->dated < b->dated);
	return c != 0 ? c : (a->date.ms > b->date.ms) -
	    (a->date.ms < b->date.ms);
}

static MUST enum err
check_parties(const struct csaf_doc *d, struct json_val list, struct fault *f)
{
	struct party *all = arena_alloc(d->a,
	    (json_count(list) + 1) * sizeof *all);
	size_t n = 0;

	CSAF_EACH(i, list) {
		all[n].name = csaf_text(d, i, "party");
		all[n].dated = wall_parse(csaf_text(d, i, "date"),
		    &all[n].date) == ERR_NONE;
		all[n++].at = i;
	}
	qsort(all, n, sizeof *all, compare_parties);
	for (size_t i = 1; i < n; i++) {
		if (compare_parties(&all[i - 1], &all[i]) == 0)
			return csaf_refuse(d, all[i].at, f,
			    "party %.*s is there twice at one date",
			    SPAN_FMT(all[i].name));
	}
	return ERR_NONE;
}

static enum err
repeated_party(const struct csaf_doc *d, struct fault *f)
{
	enum err e;

	CSAF_EACH(v, d->vulnerabilities) {
		e = check_parties(d, json_get(v, "involvements"), f);
		if (e != ERR_NONE)
			return e;
	}
	return ERR_NONE;
}

static MUST enum err
check_hashes(const struct csaf_doc *d, struct json_val list, struct fault *f)
{
	struct named *all = arena_alloc(d->a,
	    (json_count(list) + 1) * sizeof *all);
	size_t n = 0;

	CSAF_EACH(h, list)
		all[n++] = (struct named){ csaf_text(d, h, "algorithm"), h };
	qsort(all, n, sizeof *all, compare_named);
	for (size_t i = 1; i < n; i++) {
		if (span_is_equal(all[i - 1].s, all[i].s))
			return csaf_refuse(d, all[i].at, f,
			    "hash algorithm %.*s is there twice",
			    SPAN_FMT(all[i].s));
	}
	return ERR_NONE;
}

static enum err
repeated_hash(const struct csaf_doc *d, struct fault *f)
{
	enum err e;

	for (size_t i = 0; i < d->product_count; i++) {
		CSAF_EACH(h, json_get(json_get(d->product[i].at,
		    "product_identification_helper"), "hashes")) {
			e = check_hashes(d, json_get(h, "file_hashes"), f);
			if (e != ERR_NONE)
				return e;
		}
	}
	return ERR_NONE;
}

static MUST enum err
check_named(const struct csaf_doc *d, const char *list, struct fault *f)
{
	CSAF_EACH(v, d->vulnerabilities) {
		CSAF_EACH(x, json_get(v, list)) {
			if (json_count(json_get(x, "product_ids")) == 0 &&
			    json_count(json_get(x, "group_ids")) == 0)
				return csaf_refuse(d, x, f,
				    "names neither product nor group");
		}
	}
	return ERR_NONE;
}

static enum err
remediation_of_none(const struct csaf_doc *d, struct fault *f)
{
	return check_named(d, "remediations", f);
}

static enum err
flag_of_none(const struct csaf_doc *d, struct fault *f)
{
	return check_named(d, "flags", f);
}

static enum err
two_flags(const struct csaf_doc *d, struct fault *f)
{
	bool *seen = arena_alloc(d->a, d->product_count + 1);
	bool *now = arena_alloc(d->a, d->product_count + 1);

	CSAF_EACH(v, d->vulnerabilities) {
		memset(seen, 0, d->product_count);
		CSAF_EACH(flag, json_get(v, "flags")) {
			memset(now, 0, d->product_count);
			csaf_mark(d, flag, now);
			for (size_t i = 0; i < d->product_count; i++) {
				if (now[i] && seen[i])
					return csaf_refuse(d, flag, f,
					    "product %.*s has two flags",
					    SPAN_FMT(d->product[i].id));
				seen[i] = seen[i] || now[i];
			}
		}
	}
	return ERR_NONE;
}

const struct csaf_rule csaf_rules_vulnerabilities[] = {
	{ { "6.1.23", "multiple use of same CVE" }, repeated_cve },
	{ { "6.1.24", "multiple definition in involvements" },
	    repeated_party },
	{ { "6.1.25", "multiple use of same hash algorithm" },
	    repeated_hash },
	{ { "6.1.29", "remediation without product reference" },
	    remediation_of_none },
	{ { "6.1.32", "flag without product reference" }, flag_of_none },
	{ { "6.1.33", "multiple flags with VEX justification per product" },
	    two_flags },
	{ { NULL, NULL }, NULL }
};

/* SPDX-License-Identifier: Apache-2.0
 *
 * What the notice has no place for, by name. The tables say which members the
 * draft carries; every other member that a document has is named, whether a
 * version of CSAF knows it or not.
 */
#include "gateways/csaf_map.h"

#include <stdio.h>

/* A member: carried if neither `inner` nor `as` is set; `inner` goes on
 * inside, `as` is what it is left out as. */
struct place {
	const char *name;
	const struct place *inner;
	const char *as;
};

#define HAS(name) { name, NULL, NULL }
#define IN(name, inner) { name, inner, NULL }
#define AS(name, as) { name, NULL, as }
#define PLACE_END { NULL, NULL, NULL }

static const struct place publisher[] = { HAS("name"), PLACE_END };

static const struct place tlp[] = { HAS("label"), PLACE_END };

static const struct place distribution[] = { IN("tlp", tlp), PLACE_END };

static const struct place tracking[] = {
	HAS("id"), HAS("aliases"), HAS("status"), HAS("version"),
	HAS("initial_release_date"), HAS("current_release_date"), PLACE_END
};

static const struct place references[] = { HAS("url"), PLACE_END };

static const struct place notes[] = {
	HAS("category"), HAS("title"), HAS("text"), PLACE_END
};

static const struct place document[] = {
	HAS("category"), HAS("csaf_version"), HAS("lang"), HAS("title"),
	IN("publisher", publisher), IN("tracking", tracking),
	IN("distribution", distribution), IN("notes", notes),
	IN("references", references), PLACE_END
};

static const struct place helper[] = {
	HAS("cpe"), HAS("purl"), HAS("model_numbers"), HAS("serial_numbers"),
	HAS("skus"), PLACE_END
};

static const struct place product[] = {
	HAS("name"), HAS("product_id"),
	IN("product_identification_helper", helper), PLACE_END
};

static const struct place branch[] = {
	HAS("category"), HAS("name"), IN("product", product),
	IN("branches", branch), PLACE_END
};

static const struct place relationship[] = {
	IN("full_product_name", product), PLACE_END
};

static const struct place tree[] = {
	IN("branches", branch), IN("full_product_names", product),
	IN("relationships", relationship),
	AS("product_groups",
	    "product_tree.product_groups: resolved to products"),
	PLACE_END
};

static const struct place cwe[] = { HAS("id"), HAS("name"), PLACE_END };

static const struct place id[] = {
	HAS("system_name"), HAS("text"), PLACE_END
};

static const char told_affected[] =
    "vulnerabilities[].product_status: first or last, told as affected";
static const char told_fixed[] =
    "vulnerabilities[].product_status: first or recommended, told as fixed";

static const struct place status[] = {
	HAS("known_affected"), HAS("fixed"), HAS("known_not_affected"),
	HAS("under_investigation"), AS("first_affected", told_affected),
	AS("last_affected", told_affected), AS("first_fixed", told_fixed),
	AS("recommended", told_fixed), PLACE_END
};

static const struct place restart[] = { HAS("category"), PLACE_END };

static const struct place remediation[] = {
	HAS("category"), HAS("details"), HAS("date"), HAS("url"),
	HAS("group_ids"), HAS("product_ids"),
	IN("restart_required", restart), PLACE_END
};

static const struct place threat[] = {
	HAS("category"), HAS("details"), HAS("date"), HAS("group_ids"),
	HAS("product_ids"), PLACE_END
};

/* The vector of a score says them all, or they follow from it. */
static const char metrics[] =
    "vulnerabilities[].scores: single metrics, the vector has them";
#define METRIC(name) AS(name, metrics)

static const struct place cvss[] = {
	HAS("version"), HAS("vectorString"), HAS("baseScore"),
	HAS("baseSeverity"),
	METRIC("accessComplexity"), METRIC("accessVector"),
	METRIC("attackComplexity"), METRIC("attackVector"),
	METRIC("authentication"), METRIC("availabilityImpact"),
	METRIC("availabilityRequirement"), METRIC("collateralDamagePotential"),
	METRIC("confidentialityImpact"), METRIC("confidentialityRequirement"),
	METRIC("environmentalScore"), METRIC("environmentalSeverity"),
	METRIC("exploitCodeMaturity"), METRIC("exploitability"),
	METRIC("integrityImpact"), METRIC("integrityRequirement"),
	METRIC("modifiedAttackComplexity"), METRIC("modifiedAttackVector"),
	METRIC("modifiedAvailabilityImpact"),
	METRIC("modifiedConfidentialityImpact"),
	METRIC("modifiedIntegrityImpact"),
	METRIC("modifiedPrivilegesRequired"), METRIC("modifiedScope"),
	METRIC("modifiedUserInteraction"), METRIC("privilegesRequired"),
	METRIC("remediationLevel"), METRIC("reportConfidence"),
	METRIC("scope"), METRIC("targetDistribution"),
	METRIC("temporalScore"), METRIC("temporalSeverity"),
	METRIC("userInteraction"), PLACE_END
};

static const struct place score[] = {
	HAS("products"), IN("cvss_v2", cvss), IN("cvss_v3", cvss), PLACE_END
};

static const struct place vulnerability[] = {
	HAS("cve"), HAS("title"), HAS("discovery_date"), HAS("release_date"),
	IN("cwe", cwe), IN("ids", id), IN("notes", notes),
	IN("product_status", status), IN("references", references),
	IN("remediations", remediation), IN("scores", score),
	IN("threats", threat), PLACE_END
};

static const struct place root_places[] = {
	IN("document", document), IN("product_tree", tree),
	IN("vulnerabilities", vulnerability), PLACE_END
};

enum { NAMES_MAX = 48, KEY_MAX = 30 };

struct rest {
	struct csaf_map *m;
	struct {
		struct span name;
		size_t count;
	} at[NAMES_MAX];
	size_t n, more;
};

static void
count_name(struct rest *r, struct span name)
{
	for (size_t i = 0; i < r->n; i++) {
		if (span_is_equal(r->at[i].name, name)) {
			r->at[i].count++;
			return;
		}
	}
	if (r->n == NAMES_MAX) {
		r->more++;
		return;
	}
	r->at[r->n].name = arena_copy(r->m->d->a, name);
	r->at[r->n++].count = 1;
}

static void
count_member(struct rest *r, const char *path, struct span key)
{
	char name[CSAF_LEFT_BYTES];
	struct span s = csaf_map_clean(r->m, key, KEY_MAX, false, NULL);

	snprintf(name, sizeof name, "%s%s%.*s", path,
	    *path == '\0' ? "" : ".", SPAN_FMT(s));
	count_name(r, span_str(name));
}

/* Branches that the draft has no member for are words of the name. */
static void
count_branch(struct rest *r, struct json_val b)
{
	static const char *const carried[] = { "vendor", "product_family",
		"product_name", "product_version", "product_version_range" };

	for (size_t i = 0; i < sizeof carried / sizeof *carried; i++) {
		if (json_is_str(json_get(b, "category"), carried[i]))
			return;
	}
	count_name(r, span_str("product_tree.branches[].category: other "
	    "parts are words of the name"));
}

static void walk(struct rest *r, const struct place *table, struct json_val v,
    const char *path);

static void
walk_member(struct rest *r, const struct place *table, struct json_val v,
    const char *path)
{
	char here[CSAF_LEFT_BYTES];
	struct span key = json_key(v, r->m->d->a);
	const struct place *p = table;

	while (p->name != NULL && !span_is_str(key, p->name))
		p++;
	if (p->name == NULL) {
		count_member(r, path, key);
	} else if (p->as != NULL) {
		count_name(r, span_str(p->as));
	} else if (p->inner == table) {
		walk(r, table, v, path);
	} else if (p->inner != NULL) {
		snprintf(here, sizeof here, "%s%s%s%s", path,
		    *path == '\0' ? "" : ".", p->name,
		    v.type == JSON_ARRAY ? "[]" : "");
		walk(r, p->inner, v, here);
	}
}

/* As deep as the tables and the branches of the document (bounded by
 * LIMIT_IMPORT_DEPTH). */
static void
walk(struct rest *r, const struct place *table, struct json_val v,
    const char *path)
{
	if (v.type == JSON_ARRAY) {
		CSAF_EACH(item, v)
			walk(r, table, item, path);
		return;
	}
	if (v.type != JSON_OBJECT)
		return;
	if (table == branch)
		count_branch(r, v);
	CSAF_EACH(member, v)
		walk_member(r, table, member, path);
}

/* Do the words of its branches, in their order, make the whole name? */
static bool
is_told(const struct csaf_product *p)
{
	const struct span parts[] = { p->vendor, p->family, p->name,
		p->version };
	struct span rest = p->full;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		while (rest.n > 0 && *rest.p == ' ')
			rest = span_of(rest.p + 1, rest.n - 1);
		if (parts[i].n != 0 && parts[i].n <= rest.n &&
		    memcmp(rest.p, parts[i].p, parts[i].n) == 0)
			rest = span_of(rest.p + parts[i].n,
			    rest.n - parts[i].n);
	}
	return rest.n == 0;
}

static void
leave_links(struct csaf_map *m)
{
	const struct csaf_doc *d = m->d;
	size_t remedies = 0, nameless = 0, names = 0;
	size_t all = json_count(d->vulnerabilities);

	CSAF_EACH(v, d->vulnerabilities) {
		remedies += json_count(json_get(v, "remediations"));
		nameless += json_get(v, "cve").type == JSON_ABSENT;
	}
	for (size_t i = 0; i < d->product_count; i++)
		names += !is_told(&d->product[i]);
	csaf_map_leave(m, "vulnerabilities[].remediations: of which of them",
	    all > 1 ? remedies : 0);
	csaf_map_leave(m, "vulnerabilities[] without CVE: what is of which",
	    all > 1 ? nameless : 0);
	csaf_map_leave(m, "product_tree: whole names, told by their branches",
	    names);
}

void
csaf_map_rest(struct csaf_map *m)
{
	struct rest r = { .m = m };

	leave_links(m);
	walk(&r, root_places, m->d->root, "");
	for (size_t i = 0; i < r.n; i++)
		csaf_map_leave(m, arena_string(m->d->a, r.at[i].name),
		    r.at[i].count);
	csaf_map_leave(m, "further members", r.more);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * CSAF 6.1.15, 6.1.26 to 6.1.28: what the category and the publisher of a
 * document ask for.
 */
#include "gateways/csaf_inside.h"

#include <strings.h>

static enum err
translator(const struct csaf_doc *d, struct fault *f)
{
	struct json_val p = json_get(d->document, "publisher");

	if (!json_is_str(json_get(p, "category"), "translator") ||
	    json_get(d->document, "source_lang").type != JSON_ABSENT)
		return ERR_NONE;
	return csaf_refuse(d, p, f, "a translation has no source_lang");
}

static enum err
same_language(const struct csaf_doc *d, struct fault *f)
{
	struct json_val v = json_get(d->document, "source_lang");
	struct span to = csaf_text(d, d->document, "lang");
	struct span from = csaf_string(d, v);

	if (v.type == JSON_ABSENT || !span_is_equal(to, from))
		return ERR_NONE;
	return csaf_refuse(d, v, f, "is the language translated to");
}

static bool
is_category(const struct csaf_doc *d, const char *category)
{
	return json_is_str(json_get(d->document, "category"), category);
}

static bool
is_profile(const struct csaf_doc *d)
{
	static const char *const profiles[] = { "csaf_base",
		"csaf_security_incident_response",
		"csaf_informational_advisory", "csaf_security_advisory",
		"csaf_vex" };

	for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
		if (is_category(d, profiles[i]))
			return true;
	}
	return false;
}

/* Lower case, without what separates words. */
static size_t
flatten(struct span s, char *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n + 1 < max; i++) {
		unsigned char c = s.p[i];

		if (c <= ' ' || c == '-' || c == '_')
			continue;
		out[n++] = (char)(c >= 'A' && c <= 'Z' ? c | 32 : c);
	}
	out[n] = '\0';
	return n;
}

static enum err
reserved_category(const struct csaf_doc *d, struct fault *f)
{
	static const char *const names[] = { "csafbase",
		"csafsecurityincidentresponse", "csafinformationaladvisory",
		"csafsecurityadvisory", "csafvex", "securityincidentresponse",
		"informationaladvisory", "securityadvisory", "vex", "base" };
	struct json_val v = json_get(d->document, "category");
	struct span s = csaf_string(d, v);
	char flat[64];

	if (is_profile(d))
		return ERR_NONE;
	flatten(s, flat, sizeof flat);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (strcmp(flat, names[i]) == 0 ||
		    (s.n > 5 && strncasecmp((const char *)s.p, "csaf_", 5) ==
		    0))
			return csaf_refuse(d, v, f,
			    "takes a name that is kept for profiles");
	}
	return ERR_NONE;
}

static bool
is_told(const struct csaf_doc *d)
{
	return is_category(d, "csaf_informational_advisory") ||
	    is_category(d, "csaf_security_incident_response");
}

static enum err
no_notes(const struct csaf_doc *d, struct fault *f)
{
	if (!is_told(d))
		return ERR_NONE;
	CSAF_EACH(note, json_get(d->document, "notes")) {
		struct json_val c = json_get(note, "category");

		if (json_is_str(c, "description") ||
		    json_is_str(c, "details") || json_is_str(c, "general") ||
		    json_is_str(c, "summary"))
			return ERR_NONE;
	}
	return csaf_refuse(d, d->document, f, "has no note that says what");
}

static enum err
no_references(const struct csaf_doc *d, struct fault *f)
{
	if (!is_told(d))
		return ERR_NONE;
	CSAF_EACH(r, json_get(d->document, "references")) {
		struct json_val c = json_get(r, "category");

		if (c.type == JSON_ABSENT || json_is_str(c, "external"))
			return ERR_NONE;
	}
	return csaf_refuse(d, d->document, f, "has no external reference");
}

static enum err
with_vulnerabilities(const struct csaf_doc *d, struct fault *f)
{
	if (!is_category(d, "csaf_informational_advisory") ||
	    d->vulnerabilities.type == JSON_ABSENT)
		return ERR_NONE;
	return csaf_refuse(d, d->vulnerabilities, f,
	    "an informational advisory has vulnerabilities");
}

static bool
is_of_products(const struct csaf_doc *d)
{
	return is_category(d, "csaf_security_advisory") ||
	    is_category(d, "csaf_vex");
}

static enum err
no_tree(const struct csaf_doc *d, struct fault *f)
{
	if (!is_of_products(d) || d->tree.type != JSON_ABSENT)
		return ERR_NONE;
	return csaf_refuse(d, d->root, f, "has no product_tree");
}

static MUST enum err
check_each(const struct csaf_doc *d, const char *member, struct fault *f)
{
	CSAF_EACH(v, d->vulnerabilities) {
		if (json_get(v, member).type == JSON_ABSENT)
			return csaf_refuse(d, v, f, "has no %s", member);
	}
	return ERR_NONE;
}

static enum err
no_vulnerability_notes(const struct csaf_doc *d, struct fault *f)
{
	return is_of_products(d) ? check_each(d, "notes", f) : ERR_NONE;
}

static enum err
no_status(const struct csaf_doc *d, struct fault *f)
{
	if (!is_category(d, "csaf_security_advisory"))
		return ERR_NONE;
	return check_each(d, "product_status", f);
}

static enum err
no_vex_status(const struct csaf_doc *d, struct fault *f)
{
	static const char *const any[] = { "fixed", "known_affected",
		"known_not_affected", "under_investigation" };

	if (!is_category(d, "csaf_vex"))
		return ERR_NONE;
	CSAF_EACH(v, d->vulnerabilities) {
		struct json_val status = json_get(v, "product_status");
		bool found = false;

		for (size_t i = 0; i < 4; i++)
			found = found || json_count(
			    json_get(status, any[i])) != 0;
		if (!found)
			return csaf_refuse(d, v, f,
			    "has no status that VEX asks for");
	}
	return ERR_NONE;
}

static enum err
no_vex_id(const struct csaf_doc *d, struct fault *f)
{
	if (!is_category(d, "csaf_vex"))
		return ERR_NONE;
	CSAF_EACH(v, d->vulnerabilities) {
		if (json_get(v, "cve").type == JSON_ABSENT &&
		    json_get(v, "ids").type == JSON_ABSENT)
			return csaf_refuse(d, v, f, "has neither cve nor ids");
	}
	return ERR_NONE;
}

/* Each product of `status` must be in `told`. */
static MUST enum err
check_told(const struct csaf_doc *d, struct json_val v, const char *status,
    const bool *told, const char *rule, struct fault *f)
{
	CSAF_EACH(id, json_get(json_get(v, "product_status"), status)) {
		struct span s = csaf_string(d, id);
		long at = csaf_product_find(d, s);

		if (at >= 0 && !told[at])
			return csaf_refuse(d, id, f, "product %.*s has no %s",
			    SPAN_FMT(s), rule);
	}
	return ERR_NONE;
}

static enum err
no_impact(const struct csaf_doc *d, struct fault *f)
{
	bool *told = arena_alloc(d->a, d->product_count + 1);
	enum err e;

	if (!is_category(d, "csaf_vex"))
		return ERR_NONE;
	CSAF_EACH(v, d->vulnerabilities) {
		memset(told, 0, d->product_count + 1);
		CSAF_EACH(flag, json_get(v, "flags"))
			csaf_mark(d, flag, told);
		CSAF_EACH(threat, json_get(v, "threats")) {
			if (json_is_str(json_get(threat, "category"),
			    "impact"))
				csaf_mark(d, threat, told);
		}
		e = check_told(d, v, "known_not_affected", told,
		    "impact statement", f);
		if (e != ERR_NONE)
			return e;
	}
	return ERR_NONE;
}

static enum err
no_action(const struct csaf_doc *d, struct fault *f)
{
	bool *told = arena_alloc(d->a, d->product_count + 1);
	enum err e;

	if (!is_category(d, "csaf_vex"))
		return ERR_NONE;
	CSAF_EACH(v, d->vulnerabilities) {
		memset(told, 0, d->product_count + 1);
		CSAF_EACH(r, json_get(v, "remediations"))
			csaf_mark(d, r, told);
		e = check_told(d, v, "known_affected", told,
		    "action statement", f);
		if (e != ERR_NONE)
			return e;
	}
	return ERR_NONE;
}

static enum err
no_vulnerabilities(const struct csaf_doc *d, struct fault *f)
{
	if (!is_of_products(d) || d->vulnerabilities.type != JSON_ABSENT)
		return ERR_NONE;
	return csaf_refuse(d, d->root, f, "has no vulnerabilities");
}

const struct csaf_rule csaf_rules_profiles[] = {
	{ { "6.1.15", "translator" }, translator },
	{ { "6.1.26", "prohibited document category name" },
	    reserved_category },
	/* the more special ones first: they tell more */
	{ { "6.1.27.11", "vulnerabilities needed" }, no_vulnerabilities },
	{ { "6.1.27.10", "action statement" }, no_action },
	{ { "6.1.27.9", "impact statement" }, no_impact },
	{ { "6.1.27.8", "vulnerability id" }, no_vex_id },
	{ { "6.1.27.7", "VEX product status" }, no_vex_status },
	{ { "6.1.27.6", "product status" }, no_status },
	{ { "6.1.27.5", "vulnerability notes" }, no_vulnerability_notes },
	{ { "6.1.27.4", "product tree" }, no_tree },
	{ { "6.1.27.3", "vulnerabilities" }, with_vulnerabilities },
	{ { "6.1.27.2", "document references" }, no_references },
	{ { "6.1.27.1", "document notes" }, no_notes },
	{ { "6.1.28", "translation" }, same_language },
	{ { NULL, NULL }, NULL }
};

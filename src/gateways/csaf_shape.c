/* SPDX-License-Identifier: Apache-2.0
 *
 * The structure of CSAF 2.0 as far as the importer relies on it, as tables:
 * one per object, one row a member. Members that are not in a table are not
 * looked at; what the draft does not carry it names.
 */
#include "gateways/csaf_inside.h"

#include "base/instant.h"
#include "schema/check.h"

#include <stdio.h>

enum want {
	WANT_END, /* of a table */
	WANT_TEXT,
	WANT_DATE,
	WANT_WORD,    /* one of `words` */
	WANT_FORM,    /* schema/check.h */
	WANT_VERSION, /* integer or semantic */
	WANT_CATEGORY,
	WANT_OBJECT, /* of `shape` */
	WANT_ITEMS,  /* non-empty array of such objects */
	WANT_TEXTS   /* non-empty array of strings */
};

struct member {
	const char *name;
	enum want want;
	bool need;
	const char *words; /* between blanks, or a form */
	const struct member *shape;
};

#define CSAF_END { NULL, WANT_END, false, NULL, NULL }
#define TEXT(name, need) { name, WANT_TEXT, need, NULL, NULL }
#define TEXTS(name, need) { name, WANT_TEXTS, need, NULL, NULL }
#define DATE(name, need) { name, WANT_DATE, need, NULL, NULL }
#define WORD(name, need, words) { name, WANT_WORD, need, words, NULL }
#define FORM(name, need, form) { name, WANT_FORM, need, form, NULL }
#define OBJECT(name, need, shape) { name, WANT_OBJECT, need, NULL, shape }
#define ITEMS(name, need, shape) { name, WANT_ITEMS, need, NULL, shape }

static const struct member notes[] = {
	WORD("category", true, " description details faq general "
	    "legal_disclaimer other summary "),
	TEXT("text", true), TEXT("title", false), TEXT("audience", false),
	CSAF_END
};

static const struct member references[] = {
	WORD("category", false, " external self "),
	TEXT("summary", true), TEXT("url", true), CSAF_END
};

static const struct member publisher[] = {
	WORD("category", true,
	    " coordinator discoverer other translator user vendor "),
	TEXT("name", true), TEXT("namespace", true), CSAF_END
};

static const struct member revision[] = {
	DATE("date", true), { "number", WANT_VERSION, true, NULL, NULL },
	TEXT("summary", true), CSAF_END
};

static const struct member tracking[] = {
	DATE("current_release_date", true), TEXT("id", true),
	DATE("initial_release_date", true),
	ITEMS("revision_history", true, revision),
	WORD("status", true, " draft final interim "),
	{ "version", WANT_VERSION, true, NULL, NULL },
	TEXTS("aliases", false), CSAF_END
};

static const struct member tlp[] = {
	WORD("label", true, " AMBER GREEN RED WHITE "), CSAF_END
};

static const struct member distribution[] = {
	TEXT("text", false), OBJECT("tlp", false, tlp), CSAF_END
};

static const struct member document[] = {
	{ "category", WANT_CATEGORY, true, NULL, NULL },
	WORD("csaf_version", true, " 2.0 "),
	OBJECT("publisher", true, publisher), TEXT("title", true),
	OBJECT("tracking", true, tracking),
	OBJECT("distribution", false, distribution),
	TEXT("lang", false), TEXT("source_lang", false),
	ITEMS("notes", false, notes), ITEMS("references", false, references),
	CSAF_END
};

static const struct member file_hash[] = {
	TEXT("algorithm", true), TEXT("value", true), CSAF_END
};

static const struct member hashes[] = {
	ITEMS("file_hashes", true, file_hash), TEXT("filename", true),
	CSAF_END
};

static const struct member helper[] = {
	TEXT("cpe", false), TEXT("purl", false),
	ITEMS("hashes", false, hashes), TEXTS("model_numbers", false),
	TEXTS("serial_numbers", false), TEXTS("skus", false), CSAF_END
};

static const struct member product[] = {
	TEXT("name", true), TEXT("product_id", true),
	OBJECT("product_identification_helper", false, helper), CSAF_END
};

static const struct member branch[] = {
	WORD("category", true, " architecture host_name language legacy "
	    "patch_level product_family product_name product_version "
	    "product_version_range service_pack specification vendor "),
	TEXT("name", true), OBJECT("product", false, product),
	ITEMS("branches", false, branch), CSAF_END
};

static const struct member group[] = {
	TEXT("group_id", true), TEXTS("product_ids", true),
	TEXT("summary", false), CSAF_END
};

static const struct member relationship[] = {
	WORD("category", true, " default_component_of external_component_of "
	    "installed_on installed_with optional_component_of "),
	OBJECT("full_product_name", true, product),
	TEXT("product_reference", true),
	TEXT("relates_to_product_reference", true), CSAF_END
};

static const struct member tree[] = {
	ITEMS("branches", false, branch),
	ITEMS("full_product_names", false, product),
	ITEMS("product_groups", false, group),
	ITEMS("relationships", false, relationship), CSAF_END
};

static const struct member cwe[] = {
	FORM("id", true, "CWE-#+"), TEXT("name", true), CSAF_END
};

static const struct member flag[] = {
	WORD("label", true, " component_not_present "
	    "inline_mitigations_already_exist "
	    "vulnerable_code_cannot_be_controlled_by_adversary "
	    "vulnerable_code_not_in_execute_path "
	    "vulnerable_code_not_present "),
	TEXTS("group_ids", false), TEXTS("product_ids", false), CSAF_END
};

static const struct member id[] = {
	TEXT("system_name", true), TEXT("text", true), CSAF_END
};

static const struct member involvement[] = {
	DATE("date", false),
	WORD("party", true, " coordinator discoverer other user vendor "),
	WORD("status", true, " completed contact_attempted disputed "
	    "in_progress not_contacted open "), CSAF_END
};

static const struct member status[] = {
	TEXTS("first_affected", false), TEXTS("first_fixed", false),
	TEXTS("fixed", false), TEXTS("known_affected", false),
	TEXTS("known_not_affected", false), TEXTS("last_affected", false),
	TEXTS("recommended", false), TEXTS("under_investigation", false),
	CSAF_END
};

static const struct member restart[] = {
	WORD("category", true, " connected dependencies machine none parent "
	    "service system vulnerable_component zone "),
	CSAF_END
};

static const struct member remediation[] = {
	WORD("category", true, " mitigation no_fix_planned none_available "
	    "vendor_fix workaround "),
	TEXT("details", true), DATE("date", false), TEXT("url", false),
	OBJECT("restart_required", false, restart),
	TEXTS("group_ids", false), TEXTS("product_ids", false), CSAF_END
};

/* the CVSS objects are rule 6.1.8 */
static const struct member score[] = {
	TEXTS("products", true), CSAF_END
};

static const struct member threat[] = {
	WORD("category", true, " exploit_status impact target_set "),
	TEXT("details", true), DATE("date", false),
	TEXTS("group_ids", false), TEXTS("product_ids", false), CSAF_END
};

static const struct member vulnerability[] = {
	FORM("cve", false, "CVE-####-####+"), OBJECT("cwe", false, cwe),
	ITEMS("flags", false, flag), ITEMS("ids", false, id),
	ITEMS("involvements", false, involvement),
	ITEMS("notes", false, notes), OBJECT("product_status", false, status),
	ITEMS("references", false, references),
	ITEMS("remediations", false, remediation),
	ITEMS("scores", false, score), ITEMS("threats", false, threat),
	TEXT("title", false), DATE("discovery_date", false),
	DATE("release_date", false), CSAF_END
};

static const struct member root_shape[] = {
	OBJECT("document", true, document),
	OBJECT("product_tree", false, tree),
	ITEMS("vulnerabilities", false, vulnerability), CSAF_END
};

struct shape_check {
	struct json_val root;
	struct arena *a;
	struct fault *f;
};

static MUST enum err check_object(const struct shape_check *c,
    const struct member *shape, struct json_val v);

static enum err
refuse(const struct shape_check *c, struct json_val where, const char *name,
    const char *rule)
{
	char path[sizeof c->f->field];

	if (c->f == NULL)
		return ERR_SCHEMA;
	csaf_path(c->root, where, c->a, path, sizeof path);
	return fault_at(c->f, ERR_SCHEMA, json_at(where), path,
	    "CSAF schema: %s%s%s", name, *name == '\0' ? "" : " ", rule);
}

/* A run of digits without a leading zero. */
static size_t
number_length(struct span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return n > 1 && s.p[0] == '0' ? 0 : n;
}

static bool
is_version(struct span s)
{
	size_t n = number_length(s);

	if (n == 0 || n == s.n)
		return n != 0;
	for (int part = 0; part < 2; part++) {
		if (n == s.n || s.p[n] != '.')
			return false;
		s = span_of(s.p + n + 1, s.n - n - 1);
		if ((n = number_length(s)) == 0)
			return false;
	}
	if (n == s.n)
		return true;
	if (s.p[n] != '-' && s.p[n] != '+')
		return false;
	for (size_t i = n + 1; i < s.n; i++) {
		unsigned char ch = s.p[i];

		if (!((ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') ||
		    (ch >= 'A' && ch <= 'Z') || ch == '.' || ch == '-' ||
		    ch == '+'))
			return false;
	}
	return n + 1 < s.n;
}

static bool
is_edge(unsigned char c)
{
	return c <= ' ' || c == '-' || c == '_' || c == '.';
}

static const char *
text_breach(const struct member *m, struct span s)
{
	struct wall t;
	char word[64];

	if (s.n == 0)
		return "is empty";
	switch (m->want) {
	case WANT_DATE:
		return wall_parse(s, &t) == ERR_NONE ? NULL : "is no date";
	case WANT_WORD:
		if (s.n + 3 > sizeof word || memchr(s.p, ' ', s.n) != NULL)
			return "is none of the words allowed";
		snprintf(word, sizeof word, " %.*s ", SPAN_FMT(s));
		return strstr(m->words, word) != NULL ? NULL :
		    "is none of the words allowed";
	case WANT_FORM:
		return form_match(m->words, s) ? NULL : "has another form";
	case WANT_VERSION:
		return is_version(s) ? NULL : "is no version";
	case WANT_CATEGORY:
		return is_edge(s.p[0]) || is_edge(s.p[s.n - 1]) ?
		    "begins or ends with a separator" : NULL;
	case WANT_END:
	case WANT_TEXT:
	case WANT_OBJECT:
	case WANT_ITEMS:
	case WANT_TEXTS:
		break;
	}
	return NULL;
}

static MUST enum err
check_texts(const struct shape_check *c, struct json_val v)
{
	struct span s;

	CSAF_EACH(m, v) {
		if (json_text(m, c->a, &s) != ERR_NONE)
			return refuse(c, m, "", "is no string");
		if (s.n == 0)
			return refuse(c, m, "", "is empty");
	}
	return ERR_NONE;
}

static MUST enum err
check_list(const struct shape_check *c, const struct member *m,
    struct json_val v)
{
	enum err e;

	if (v.type != JSON_ARRAY)
		return refuse(c, v, "", "is no array");
	if (json_count(v) == 0)
		return refuse(c, v, "", "is empty");
	if (m->want == WANT_TEXTS)
		return check_texts(c, v);
	CSAF_EACH(item, v) {
		if ((e = check_object(c, m->shape, item)) != ERR_NONE)
			return e;
	}
	return ERR_NONE;
}

static MUST enum err
check_member(const struct shape_check *c, const struct member *m,
    struct json_val v)
{
	const char *breach;
	struct span s;

	if (m->want == WANT_OBJECT)
		return check_object(c, m->shape, v);
	if (m->want == WANT_ITEMS || m->want == WANT_TEXTS)
		return check_list(c, m, v);
	if (json_text(v, c->a, &s) != ERR_NONE)
		return refuse(c, v, "", "is no string");
	breach = text_breach(m, s);
	return breach == NULL ? ERR_NONE : refuse(c, v, "", breach);
}

static enum err
check_object(const struct shape_check *c, const struct member *shape,
    struct json_val v)
{
	enum err e;

	if (v.type != JSON_OBJECT)
		return refuse(c, v, "", "is no object");
	for (const struct member *m = shape; m->name != NULL; m++) {
		struct json_val x = json_get(v, m->name);

		if (x.type == JSON_ABSENT) {
			if (m->need)
				return refuse(c, v, m->name, "is missing");
			continue;
		}
		if ((e = check_member(c, m, x)) != ERR_NONE)
			return e;
	}
	return ERR_NONE;
}

enum err
csaf_shape_check(struct json_val root, struct arena *a, struct fault *f)
{
	struct shape_check c = { root, a, f };

	return check_object(&c, root_shape, root);
}

/* SPDX-License-Identifier: Apache-2.0
 *
 * The way of a CSAF document: JSON, structure, mandatory tests, draft.
 */
#include "gateways/csaf.h"

#include "base/limits.h"
#include "gateways/csaf_inside.h"

bool
csaf_is_document(struct json_val root)
{
	struct json_val document = json_get(root, "document");

	if (json_get(document, "csaf_version").type != JSON_ABSENT)
		return true;
	return json_get(document, "category").type == JSON_STRING &&
	    json_get(document, "tracking").type == JSON_OBJECT;
}

/* Which of the two, neither CSAF nor CSAF that is understood here? */
static MUST enum err
check_version(struct json_val root, struct fault *f)
{
	struct json_val v = json_get(json_get(root, "document"),
	    "csaf_version");

	if (!csaf_is_document(root))
		return fault_at(f, ERR_UNSUPPORTED, 0, NULL,
		    "is JSON but no CSAF document");
	if (v.type == JSON_STRING && !json_is_str(v, "2.0"))
		return fault_at(f, ERR_UNSUPPORTED, json_at(v),
		    "document.csaf_version", "is not CSAF 2.0");
	return ERR_NONE;
}

/* Memory grows with products times vulnerabilities: both have an end. */
static MUST enum err
check_size(const struct csaf_doc *d, struct fault *f)
{
	if (d->product_count > LIMIT_IMPORT_PRODUCTS)
		return fault_at(f, ERR_LIMIT, 0, "product_tree",
		    "has more than %d products", LIMIT_IMPORT_PRODUCTS);
	if (json_count(d->vulnerabilities) > LIMIT_IMPORT_VULNERABILITIES)
		return fault_at(f, ERR_LIMIT, 0, "vulnerabilities",
		    "has more than %d items", LIMIT_IMPORT_VULNERABILITIES);
	return ERR_NONE;
}

/* Products that `item` names when its groups are resolved. */
static size_t
named_by(const struct csaf_doc *d, struct json_val item)
{
	size_t n = json_count(json_get(item, "product_ids"));

	CSAF_EACH(id, json_get(item, "group_ids")) {
		long at = csaf_group_find(d, csaf_string(d, id));

		n += 1 + (at < 0 ? 0 : json_count(d->group[at].members));
	}
	return n;
}

/* A short document can name a huge group again and again: time has an end
 * too. A flag costs one look at every product (6.1.33). */
static MUST enum err
check_work(const struct csaf_doc *d, struct fault *f)
{
	static const char *const lists[] = { "flags", "remediations",
		"threats" };
	size_t work = 0;

	CSAF_EACH(v, d->vulnerabilities) {
		for (size_t i = 0; i < 3; i++) {
			CSAF_EACH(item, json_get(v, lists[i])) {
				work += named_by(d, item);
				if (i == 0)
					work += d->product_count / 16;
				if (work > LIMIT_IMPORT_WORK)
					return fault_at(f, ERR_LIMIT,
					    json_at(item), "vulnerabilities",
					    "name products more than %d times",
					    LIMIT_IMPORT_WORK);
			}
		}
	}
	return ERR_NONE;
}

/* Everything up to the draft: `tmp` holds what `d` points to. */
static MUST enum err
open_document(struct span document, struct arena *tmp, struct json *json,
    struct csaf_doc *d, struct fault *f)
{
	enum err e;

	if (document.n > LIMIT_IMPORT)
		return fault_at(f, ERR_LIMIT, LIMIT_IMPORT, NULL,
		    "has more than %d bytes", LIMIT_IMPORT);
	e = json_parse_arena(document, LIMIT_IMPORT_DEPTH,
	    LIMIT_IMPORT_TOKENS, tmp, json, f);
	if (e == ERR_NONE)
		e = check_version(json_root(json), f);
	if (e == ERR_NONE)
		e = csaf_shape_check(json_root(json), tmp, f);
	if (e != ERR_NONE)
		return e;
	csaf_doc_open(json_root(json), tmp, d);
	if ((e = check_size(d, f)) != ERR_NONE)
		return e;
	if ((e = check_work(d, f)) != ERR_NONE)
		return e;
	return csaf_rules_check(d, f);
}

enum err
csaf_check(struct span document, struct fault *f)
{
	struct arena tmp = { 0 };
	struct csaf_doc d;
	struct json json;
	enum err e = open_document(document, &tmp, &json, &d, f);

	arena_release(&tmp);
	return e;
}

enum err
csaf_import(struct span document, const struct csaf_context *context,
    struct arena *a, struct csaf_draft *out, struct fault *f)
{
	struct arena tmp = { 0 };
	struct csaf_doc d;
	struct csaf_draft draft = { 0 };
	struct json json;
	enum err e = open_document(document, &tmp, &json, &d, f);

	if (e == ERR_NONE)
		e = csaf_map(&d, document, context, a, &draft, f);
	if (e == ERR_NONE)
		*out = draft;
	arena_release(&tmp);
	return e;
}

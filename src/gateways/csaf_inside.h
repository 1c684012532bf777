/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the CSAF importer share. Not for others.
 */
#ifndef GATEWAYS_CSAF_INSIDE_H
#define GATEWAYS_CSAF_INSIDE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "gateways/csaf.h"

#include <stdint.h>

/* A product of the tree. Spans are in the arena or the document. */
struct csaf_product {
	struct span id;
	struct span full;    /* the name of the whole */
	struct span vendor;  /* from its branches; may be empty */
	struct span family;  /* may be empty */
	struct span name;    /* product name, else the full one */
	struct span version; /* or version range; may be empty */
	struct json_val at;  /* the full product name object */
};

struct csaf_group {
	struct span id;
	struct json_val at;      /* the group object */
	struct json_val members; /* product_ids */
};

/* A document that passed csaf_shape_check. */
struct csaf_doc {
	struct arena *a;
	struct json_val root, document, tracking, tree, vulnerabilities;
	struct csaf_product *product; /* sorted by id */
	size_t product_count;
	struct csaf_group *group;     /* sorted by id */
	size_t group_count;
};

/* The structure that the importer relies on (CSAF JSON schema). ERR_SCHEMA. */
MUST enum err csaf_shape_check(struct json_val root, struct arena *a,
    struct fault *f);

/* Collect products and groups of a document with a good shape. */
void csaf_doc_open(struct json_val root, struct arena *a,
    struct csaf_doc *out);

/* The place of a product or group, -1 if undefined. */
long csaf_product_find(const struct csaf_doc *d, struct span id);
long csaf_group_find(const struct csaf_doc *d, struct span id);

/* Mark in `set` (product_count flags) all products that `item` names by
 * product_ids and group_ids. */
void csaf_mark(const struct csaf_doc *d, struct json_val item, bool *set);

/* The same for one list of product ids. */
void csaf_mark_list(const struct csaf_doc *d, struct json_val ids, bool *set);

/* A string member, empty if absent. */
struct span csaf_text(const struct csaf_doc *d, struct json_val object,
    const char *key);

/* The string itself, empty if it is none. */
struct span csaf_string(const struct csaf_doc *d, struct json_val v);

/* Every mandatory test that is checked, in order. ERR_SCHEMA. */
MUST enum err csaf_rules_check(const struct csaf_doc *d, struct fault *f);

/* One mandatory test. The path of `where` is found by its place. */
struct csaf_rule {
	struct csaf_rule_name name;
	enum err (*check)(const struct csaf_doc *d, struct fault *f);
};

/* Refuse at `where`: "CSAF <number>: sentence" is made by the caller of the
 * rule; here only sentence and path. */
MUST enum err csaf_refuse(const struct csaf_doc *d, struct json_val where,
    struct fault *f, const char *format, ...) PRINTF_LIKE(4, 5);

/* The JSON path of a value, NUL-ended, cut to `n`. */
void csaf_path(struct json_val root, struct json_val v, struct arena *a,
    char *out, size_t n);

/* Tables, ended by a zeroed row. */
extern const struct csaf_rule csaf_rules_products[];
extern const struct csaf_rule csaf_rules_scores[];
extern const struct csaf_rule csaf_rules_weakness[];
extern const struct csaf_rule csaf_rules_names[];
extern const struct csaf_rule csaf_rules_versions[];
extern const struct csaf_rule csaf_rules_vulnerabilities[];
extern const struct csaf_rule csaf_rules_profiles[];

/* Is it the address of a package? Does it speak of several versions? */
bool csaf_is_purl(struct span s);
bool csaf_is_range(struct span s);

/* The name of "CWE-79", NULL if it is not known here. */
const char *csaf_weakness(struct span id);

#define CSAF_EACH(m, parent) \
	for (struct json_val m = json_first(parent); \
	    m.type != JSON_ABSENT; m = json_next(parent, m))

/* Write the draft. ERR_LIMIT if not even what is needed fits. */
MUST enum err csaf_map(const struct csaf_doc *d, struct span document,
    const struct csaf_context *context, struct arena *a,
    struct csaf_draft *out, struct fault *f);

#endif

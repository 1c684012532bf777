/* SPDX-License-Identifier: Apache-2.0
 *
 * CSAF 6.1.1 to 6.1.7: identifiers of products and groups, what is said of
 * them.
 */
#include "gateways/csaf_inside.h"

#include <stdlib.h>

static MUST enum err
check_ids(const struct csaf_doc *d, struct json_val list, struct fault *f)
{
	CSAF_EACH(id, list) {
		struct span s = csaf_string(d, id);

		if (csaf_product_find(d, s) < 0)
			return csaf_refuse(d, id, f,
			    "product %.*s is not defined", SPAN_FMT(s));
	}
	return ERR_NONE;
}

/* Call `one` on each item of the lists of a vulnerability that name products
 * or groups. */
static MUST enum err
each_item(const struct csaf_doc *d, const char *member, struct fault *f,
    enum err (*one)(const struct csaf_doc *, struct json_val, struct fault *))
{
	static const char *const lists[] = { "flags", "remediations",
		"threats" };
	enum err e;

	CSAF_EACH(v, d->vulnerabilities) {
		for (size_t i = 0; i < 3; i++) {
			CSAF_EACH(item, json_get(v, lists[i])) {
				e = one(d, json_get(item, member), f);
				if (e != ERR_NONE)
					return e;
			}
		}
	}
	return ERR_NONE;
}

static MUST enum err
check_tree_ids(const struct csaf_doc *d, struct fault *f)
{
	static const char *const ends[] = { "product_reference",
		"relates_to_product_reference" };
	enum err e;

	CSAF_EACH(g, json_get(d->tree, "product_groups")) {
		e = check_ids(d, json_get(g, "product_ids"), f);
		if (e != ERR_NONE)
			return e;
	}
	CSAF_EACH(r, json_get(d->tree, "relationships")) {
		for (size_t i = 0; i < 2; i++) {
			struct json_val id = json_get(r, ends[i]);
			struct span s = csaf_string(d, id);

			if (csaf_product_find(d, s) < 0)
				return csaf_refuse(d, id, f,
				    "product %.*s is not defined",
				    SPAN_FMT(s));
		}
	}
	return ERR_NONE;
}

static enum err
undefined_product(const struct csaf_doc *d, struct fault *f)
{
	enum err e = check_tree_ids(d, f);

	if (e != ERR_NONE)
		return e;
	CSAF_EACH(v, d->vulnerabilities) {
		CSAF_EACH(list, json_get(v, "product_status")) {
			if ((e = check_ids(d, list, f)) != ERR_NONE)
				return e;
		}
		CSAF_EACH(s, json_get(v, "scores")) {
			e = check_ids(d, json_get(s, "products"), f);
			if (e != ERR_NONE)
				return e;
		}
	}
	return each_item(d, "product_ids", f, check_ids);
}

static enum err
repeated_product(const struct csaf_doc *d, struct fault *f)
{
	for (size_t i = 1; i < d->product_count; i++) {
		if (span_is_equal(d->product[i].id, d->product[i - 1].id))
			return csaf_refuse(d, d->product[i].at, f,
			    "product %.*s is defined twice",
			    SPAN_FMT(d->product[i].id));
	}
	return ERR_NONE;
}

/* A relationship as an edge: its product is made of two others. */
struct edges {
	long (*to)[2]; /* a row a product; -1: none */
	unsigned char *seen; /* 1 on the way, 2 done */
	long *stack;
};

/* Depth first without recursion: a product on the way twice is a circle. */
static bool
has_circle(struct edges *g, long start)
{
	size_t n = 0;

	g->stack[n++] = start;
	while (n > 0) {
		long at = g->stack[n - 1];
		bool pushed = false;

		g->seen[at] = 1;
		for (int k = 0; k < 2 && !pushed; k++) {
			long to = g->to[at][k];

			if (to < 0 || g->seen[to] == 2)
				continue;
			if (g->seen[to] == 1)
				return true;
			g->stack[n++] = to;
			pushed = true;
		}
		if (pushed)
			continue;
		g->seen[at] = 2;
		n--;
	}
	return false;
}

static enum err
circle(const struct csaf_doc *d, struct fault *f)
{
	struct edges g;

	g.to = arena_alloc(d->a, (d->product_count + 1) * sizeof *g.to);
	g.seen = arena_alloc(d->a, d->product_count + 1);
	g.stack = arena_alloc(d->a, (d->product_count + 1) * sizeof *g.stack);
	for (size_t i = 0; i < d->product_count; i++)
		g.to[i][0] = g.to[i][1] = -1;
	CSAF_EACH(r, json_get(d->tree, "relationships")) {
		long at = csaf_product_find(d, csaf_text(d,
		    json_get(r, "full_product_name"), "product_id"));

		g.to[at][0] = csaf_product_find(d,
		    csaf_text(d, r, "product_reference"));
		g.to[at][1] = csaf_product_find(d,
		    csaf_text(d, r, "relates_to_product_reference"));
	}
	for (size_t i = 0; i < d->product_count; i++) {
		if (g.seen[i] == 0 && has_circle(&g, (long)i))
			return csaf_refuse(d, d->product[i].at, f,
			    "product %.*s is made of itself",
			    SPAN_FMT(d->product[i].id));
	}
	return ERR_NONE;
}

static MUST enum err
check_groups(const struct csaf_doc *d, struct json_val list, struct fault *f)
{
	CSAF_EACH(id, list) {
		struct span s = csaf_string(d, id);

		if (csaf_group_find(d, s) < 0)
			return csaf_refuse(d, id, f,
			    "group %.*s is not defined", SPAN_FMT(s));
	}
	return ERR_NONE;
}

static enum err
undefined_group(const struct csaf_doc *d, struct fault *f)
{
	return each_item(d, "group_ids", f, check_groups);
}

static enum err
repeated_group(const struct csaf_doc *d, struct fault *f)
{
	for (size_t i = 1; i < d->group_count; i++) {
		if (span_is_equal(d->group[i].id, d->group[i - 1].id))
			return csaf_refuse(d, d->group[i].at, f,
			    "group %.*s is defined twice",
			    SPAN_FMT(d->group[i].id));
	}
	return ERR_NONE;
}

static const struct {
	const char *status;
	unsigned char class;
} status_class[] = {
	{ "first_affected", 1 }, { "known_affected", 1 },
	{ "last_affected", 1 }, { "known_not_affected", 2 },
	{ "first_fixed", 3 }, { "fixed", 3 }, { "under_investigation", 4 },
};

static enum err
contradiction(const struct csaf_doc *d, struct fault *f)
{
	unsigned char *class = arena_alloc(d->a, d->product_count + 1);

	CSAF_EACH(v, d->vulnerabilities) {
		struct json_val all = json_get(v, "product_status");

		memset(class, 0, d->product_count + 1);
		for (size_t i = 0;
		    i < sizeof status_class / sizeof *status_class; i++) {
			unsigned char mine = status_class[i].class;

			CSAF_EACH(id, json_get(all, status_class[i].status)) {
				struct span s = csaf_string(d, id);
				long at = csaf_product_find(d, s);

				if (class[at] != 0 && class[at] != mine)
					return csaf_refuse(d, id, f,
					    "product %.*s has statuses that "
					    "contradict", SPAN_FMT(s));
				class[at] = mine;
			}
		}
	}
	return ERR_NONE;
}

/* The version of a score as a bit; 0 if it has none of that kind. */
static unsigned
version_bit(struct json_val score, const char *member)
{
	struct json_val version = json_get(json_get(score, member), "version");

	return version.type == JSON_ABSENT ? 0 :
	    json_is_str(version, "3.1") ? 4 :
	    json_is_str(version, "3.0") ? 2 : 1;
}

static enum err
two_scores(const struct csaf_doc *d, struct fault *f)
{
	unsigned *has = arena_alloc(d->a,
	    (d->product_count + 1) * sizeof *has);

	CSAF_EACH(v, d->vulnerabilities) {
		memset(has, 0, d->product_count * sizeof *has);
		CSAF_EACH(score, json_get(v, "scores")) {
			unsigned bits = version_bit(score, "cvss_v2") |
			    version_bit(score, "cvss_v3");

			CSAF_EACH(id, json_get(score, "products")) {
				struct span s = csaf_string(d, id);
				long at = csaf_product_find(d, s);

				if ((has[at] & bits) != 0)
					return csaf_refuse(d, id, f,
					    "product %.*s has two scores of "
					    "one version", SPAN_FMT(s));
				has[at] |= bits;
			}
		}
	}
	return ERR_NONE;
}

const struct csaf_rule csaf_rules_products[] = {
	{ { "6.1.1", "missing definition of product id" }, undefined_product },
	{ { "6.1.2", "multiple definition of product id" }, repeated_product },
	{ { "6.1.3", "circular definition of product id" }, circle },
	{ { "6.1.4", "missing definition of group id" }, undefined_group },
	{ { "6.1.5", "multiple definition of group id" }, repeated_group },
	{ { "6.1.6", "contradicting product status" }, contradiction },
	{ { "6.1.7", "multiple scores of one version per product" },
	    two_scores },
	{ { NULL, NULL }, NULL }
};

/* SPDX-License-Identifier: Apache-2.0
 *
 * Products and groups of a CSAF document, and paths for refusals.
 */
#include "gateways/csaf_inside.h"

#include "base/limits.h"

#include <stdio.h>
#include <stdlib.h>

struct span
csaf_string(const struct csaf_doc *d, struct json_val v)
{
	struct span s;

	return json_text(v, d->a, &s) == ERR_NONE ? s : (struct span){ 0 };
}

struct span
csaf_text(const struct csaf_doc *d, struct json_val object, const char *key)
{
	return csaf_string(d, json_get(object, key));
}

/* What the branches above a product say of it. */
struct above {
	struct span vendor, family, name, version;
};

static struct span
join(struct arena *a, struct span x, struct span y)
{
	unsigned char *p;

	if (x.n == 0)
		return y;
	p = arena_alloc(a, x.n + 1 + y.n);
	memcpy(p, x.p, x.n);
	p[x.n] = ' ';
	memcpy(p + x.n + 1, y.p, y.n);
	return span_of(p, x.n + 1 + y.n);
}

static void
add_product(struct csaf_doc *d, struct json_val v, const struct above *up)
{
	struct csaf_product *p = &d->product[d->product_count++];

	p->at = v;
	p->id = csaf_text(d, v, "product_id");
	p->full = csaf_text(d, v, "name");
	p->vendor = up->vendor;
	p->family = up->family;
	p->name = up->name.n != 0 ? up->name : p->full;
	p->version = up->name.n != 0 ? up->version : (struct span){ 0 };
}

static struct above
read_branch(const struct csaf_doc *d, struct json_val b, struct above up)
{
	struct json_val category = json_get(b, "category");
	struct span name = csaf_text(d, b, "name");

	if (json_is_str(category, "vendor"))
		up.vendor = name;
	else if (json_is_str(category, "product_version") ||
	    json_is_str(category, "product_version_range"))
		up.version = join(d->a, up.version, name);
	else if (json_is_str(category, "product_family"))
		up.family = join(d->a, up.family, name);
	else
		up.name = join(d->a, up.name, name);
	return up;
}

/* Depth is bounded by the reader (LIMIT_IMPORT_DEPTH). */
static void
walk_branches(struct csaf_doc *d, struct json_val list, struct above up,
    bool count_only, size_t *count)
{
	CSAF_EACH(b, list) {
		struct json_val p = json_get(b, "product");
		struct above here = up;

		if (!count_only)
			here = read_branch(d, b, up);
		*count += p.type == JSON_OBJECT;
		if (p.type == JSON_OBJECT && !count_only)
			add_product(d, p, &here);
		walk_branches(d, json_get(b, "branches"), here, count_only,
		    count);
	}
}

static int
compare_products(const void *x, const void *y)
{
	const struct csaf_product *a = x, *b = y;
	int c = span_compare(a->id, b->id);

	return c != 0 ? c : (a->at.i > b->at.i) - (a->at.i < b->at.i);
}

static int
compare_groups(const void *x, const void *y)
{
	const struct csaf_group *a = x, *b = y;
	int c = span_compare(a->id, b->id);

	return c != 0 ? c : (a->at.i > b->at.i) - (a->at.i < b->at.i);
}

static void
collect_products(struct csaf_doc *d)
{
	struct json_val branches = json_get(d->tree, "branches");
	struct json_val names = json_get(d->tree, "full_product_names");
	struct json_val pairs = json_get(d->tree, "relationships");
	const struct above none = { 0 };
	size_t count = json_count(names) + json_count(pairs), ignored = 0;

	walk_branches(d, branches, none, true, &count);
	d->product = arena_alloc(d->a, (count + 1) * sizeof *d->product);
	walk_branches(d, branches, none, false, &ignored);
	CSAF_EACH(p, names)
		add_product(d, p, &none);
	CSAF_EACH(r, pairs)
		add_product(d, json_get(r, "full_product_name"), &none);
	qsort(d->product, d->product_count, sizeof *d->product,
	    compare_products);
}

static void
collect_groups(struct csaf_doc *d)
{
	struct json_val list = json_get(d->tree, "product_groups");

	d->group = arena_alloc(d->a,
	    (json_count(list) + 1) * sizeof *d->group);
	CSAF_EACH(g, list)
		d->group[d->group_count++] = (struct csaf_group){
			.id = csaf_text(d, g, "group_id"), .at = g,
			.members = json_get(g, "product_ids") };
	qsort(d->group, d->group_count, sizeof *d->group, compare_groups);
}

void
csaf_doc_open(struct json_val root, struct arena *a, struct csaf_doc *out)
{
	struct csaf_doc d = { .a = a, .root = root };

	d.document = json_get(root, "document");
	d.tracking = json_get(d.document, "tracking");
	d.tree = json_get(root, "product_tree");
	d.vulnerabilities = json_get(root, "vulnerabilities");
	collect_products(&d);
	collect_groups(&d);
	*out = d;
}

long
csaf_product_find(const struct csaf_doc *d, struct span id)
{
	size_t low = 0, high = d->product_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (span_compare(d->product[mid].id, id) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == d->product_count ||
	    !span_is_equal(d->product[low].id, id))
		return -1;
	return (long)low;
}

long
csaf_group_find(const struct csaf_doc *d, struct span id)
{
	size_t low = 0, high = d->group_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (span_compare(d->group[mid].id, id) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == d->group_count || !span_is_equal(d->group[low].id, id))
		return -1;
	return (long)low;
}

void
csaf_mark_list(const struct csaf_doc *d, struct json_val ids, bool *set)
{
	CSAF_EACH(id, ids) {
		long at = csaf_product_find(d, csaf_string(d, id));

		if (at >= 0)
			set[at] = true;
	}
}

void
csaf_mark(const struct csaf_doc *d, struct json_val item, bool *set)
{
	csaf_mark_list(d, json_get(item, "product_ids"), set);
	CSAF_EACH(id, json_get(item, "group_ids")) {
		long at = csaf_group_find(d, csaf_string(d, id));

		if (at >= 0)
			csaf_mark_list(d, d->group[at].members, set);
	}
}

static bool
is_inside(struct json_val v, struct json_val parent)
{
	return v.i >= parent.i && v.i < parent.doc->tok[parent.i].next;
}

void
csaf_path(struct json_val root, struct json_val v, struct arena *a, char *out,
    size_t n)
{
	size_t used = 0;

	out[0] = '\0';
	if (v.type == JSON_ABSENT)
		return;
	while (root.i != v.i) {
		struct json_val m = json_first(root);
		struct span key;
		int put;
		unsigned at = 0;

		while (m.type != JSON_ABSENT && !is_inside(v, m)) {
			m = json_next(root, m);
			at++;
		}
		if (m.type == JSON_ABSENT)
			return;
		key = json_key(m, a);
		if (root.type == JSON_ARRAY)
			put = snprintf(out + used, n - used, "[%u]", at);
		else
			put = snprintf(out + used, n - used, "%s%.*s",
			    used == 0 ? "" : ".", SPAN_FMT(key));
		if (put < 0 || (size_t)put >= n - used)
			return;
		used += (size_t)put;
		root = m;
	}
}
